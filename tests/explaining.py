"""Rows, teachers and explained distillations that tests of attributions share."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import (
    GradientBoostingClassifier,
)
from sklearn.linear_model import LinearRegression

import jupyter_distill as jd
from jupyter_distill.audits.attributions import Attributions
from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent

from .distilling import run
from .small import people

FEW: dict[str, Any] = {"n": 12, "background": 20, "progress": False}


def rows(n: int = 300) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"), index=np.arange(n) + 1_000)
    return X, (X["a"] + X["b"] * X["c"]).to_numpy()


def plain(*args: Any, **options: Any) -> Distillation:
    classes = options.pop("classes_too", True)
    tree = TreeStudent(quality="greedy") if classes else TreeRegressionStudent(quality="greedy")
    given = {"augment": None, "size": 4, "student": tree, "random_state": 0, "alpha": 0.0}
    if classes:
        given["temperature"] = 1.0
    return run(*args, **{**given, **options})


@cache
def classes(kind: Any, **options: Any) -> Distillation:
    X, z = rows()
    y = np.where(z > 0, "yes", "no")
    return plain(kind.fit(X, y), X, y, **options)


@cache
def boosted() -> Distillation:
    return classes(GradientBoostingClassifier(n_estimators=15, random_state=0))


@cache
def mixed() -> Distillation:
    """A function over categories, booleans and missing values."""
    X, y = people(300)

    def teacher(rows: Any) -> np.ndarray:
        frame = pd.DataFrame(rows)
        z = frame["income"].astype(float).fillna(30) / 10 - 5
        z = z + 2 * frame["employed"].astype(float) - 3 * (frame["purpose"] == "car")
        return np.column_stack([-z / 2, z / 2])

    teach = jd.as_teacher(teacher, classes=["no", "yes"])
    return plain(teach, X, y, size=5)


@cache
def explained(method: str = "shap") -> Attributions:
    return mixed().attributions(method, evaluations=30_000, **FEW)


def other_reasons() -> Attributions:
    """A student of one column, of a teacher that says the same by others."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 5)), columns=list("abcde"))
    X["e"] = X[["a", "b", "c", "d"]].sum(axis=1)
    line = LinearRegression().fit(X[list("abcde")], X["e"])
    line.coef_, line.intercept_ = np.array([1.0, 1.0, 1.0, 1.0, 0.0]), 0.0
    d = plain(line, X, student="linear", size=1, task="regression", classes_too=False)
    return d.attributions(n=40, progress=False)
