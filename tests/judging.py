"""Loans that tests of expectations, groups and comparisons look at, and teachers of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier

from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeStudent

from .distilling import run

ROWS = 600


@cache
def loans(n: int = ROWS, seed: int = 0, dip: bool = False) -> tuple[pd.DataFrame, np.ndarray]:
    """Income raises and debt lowers the chance; with a dip, incomes between 60 and 75 do not."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "income": rng.uniform(10, 100, n).round(1),
            "debt": rng.uniform(0, 1, n),
            "owner": rng.random(n) < 0.5,
            "sex": rng.choice(["f", "m"], n),
            "region": rng.choice(["north", "south", "west"], n, p=[0.5, 0.47, 0.03]),
        },
        index=[f"r{i}" for i in range(n)],
    )
    z = frame["income"] / 15 - 4 * frame["debt"] + frame["owner"] - 2.5
    if dip:
        z -= 5 * frame["income"].between(60, 75)
    return frame, np.where(rng.random(n) < 1 / (1 + np.exp(-2 * z)), "yes", "no")


class Score(ClassifierMixin, BaseEstimator):
    """A teacher that is a formula: not one that may be far away."""

    def __init__(self, unfair: float = 0.0, postcode: float = 0.0) -> None:
        self.unfair, self.postcode = unfair, postcode
        self.classes_ = np.array(["no", "yes"])

    def fit(self, X: Any, y: Any) -> Score:
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        z = np.asarray(X["income"]) / 15 - 4 * np.asarray(X["debt"]) + np.asarray(X["owner"]) - 2.5
        z = 2 * z - self.unfair * (np.asarray(X["sex"]) == "f")
        p = 1 / (1 + np.exp(-z))
        return np.column_stack([1 - p, p])

    def predict(self, X: Any) -> np.ndarray:
        return self.classes_[self.predict_proba(X).argmax(1)]


class Boosted(Score):
    """Boosted trees of the two numbers."""

    def __init__(self, dip: bool = True, monotone: bool = False) -> None:
        super().__init__()
        self.dip, self.monotone = dip, monotone
        frame, y = loans(1_500, 1, dip)
        signs = [1, -1] if monotone else [0, 0]
        model = HistGradientBoostingClassifier(max_iter=30, monotonic_cst=signs, random_state=0)
        self.model = model.fit(frame[["income", "debt"]].to_numpy(), y)

    def predict_proba(self, X: Any) -> np.ndarray:
        return self.model.predict_proba(X[["income", "debt"]].to_numpy())


def lent(model: Any, student: Any = None, size: int = 6, **options: Any) -> Distillation:
    """Distil a teacher of loans."""
    frame, y = loans()
    student = TreeStudent(quality="greedy") if student is None else student
    options = {"size": size, "augment": None, "temperature": 1.0, "y": y, **options}
    return run(model, frame, student=student, **options)
