"""Every family learns more from a teacher than from labels: held-out loss beside its twin's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_wine, make_classification
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from jupyter_distill import students
from jupyter_distill.targets import CompositeLoss, SoftTargets
from jupyter_distill.teachers import as_teacher

torch.set_num_threads(1)


def net(X: np.ndarray, y: np.ndarray) -> Any:
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(X.shape[1], 32), torch.nn.Tanh(), torch.nn.Linear(32, y.max() + 1)
    )
    rows, labels = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    steps = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(60):
        steps.zero_grad()
        torch.nn.functional.cross_entropy(model(rows), labels).backward()
        steps.step()
    return model


DATA = {
    "cancer": lambda: load_breast_cancer(return_X_y=True),
    "wine": lambda: load_wine(return_X_y=True),
    "noisy": lambda: make_classification(
        1_000, 8, n_informative=5, n_classes=3, flip_y=0.3, class_sep=0.6, random_state=0
    ),
}
TEACHERS: dict[str, Callable[..., Any]] = {
    "logistic": lambda X, y: LogisticRegression(max_iter=2_000).fit(X, y),
    "boosting": lambda X, y: GradientBoostingClassifier(n_estimators=20, random_state=0).fit(X, y),
    "mlp": lambda X, y: MLPClassifier((16,), max_iter=40, random_state=0, tol=0.1).fit(X, y),
    "net": net,
}


SCORED = 500  # held-out rows at least: a single split of a small set decides by chance


@cache
def answers(data: str, teacher: str) -> list[tuple[Any, ...]]:
    """Return folds of rows to fit and to score on, with a teacher that only knows the former.

    A small set is divided anew, with the next seed, until enough rows were scored.
    """
    X, y = DATA[data]()
    X = StandardScaler().fit_transform(X)
    folds = []
    for seed in range(-(-SCORED // len(X))):
        order = np.random.default_rng(seed).permutation(len(X))
        for new in (order[k::3] for k in range(3)):
            fit = np.setdiff1d(order, new)
            logits = as_teacher(TEACHERS[teacher](X[fit], y[fit])).logits(X)
            folds.append((X, SoftTargets(logits, np.unique(y), y), fit, new))
    return folds


@cache
def twins(name: str, data: str) -> list[Any]:
    """Return students of the labels alone, one a fold: they are the same for every teacher."""
    family: Any = students.load(name)
    folds = answers(data, "logistic")
    return [family().fit(X[fit], targets.labels[fit]) for X, targets, fit, _ in folds]


# Every teacher with two sets for the family that is quick to fit, and two pairs for each other one;
# one for lists, which are made of trees.
TWO = {("cancer", "mlp"), ("noisy", "boosting")}
TREES = {("wine", "net"), ("wine", "logistic"), ("noisy", "boosting"), ("noisy", "mlp")}
PAIRS = [
    (name, data, teacher)
    for name in students.names()
    for data in DATA
    for teacher in TEACHERS
    if (data, teacher) in (TWO if name != "rules" else {("cancer", "mlp")})
    or (name == "tree" and (data == "cancer" or (data, teacher) in TREES))
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("name", "data", "teacher"), PAIRS)
def test_a_distilled_student_beats_its_twin_of_labels_on_new_rows(
    name: str, data: str, teacher: str
) -> None:
    family: Any = students.load(name)
    losses: dict[float, list[tuple[float, float]]] = {1.0: [], 2.0: []}
    for twin, (X, targets, fit, new) in zip(twins(name, data), answers(data, teacher), strict=True):
        for temperature, found in losses.items():
            loss = CompositeLoss(alpha=0.1, temperature=temperature)
            distilled = family(alpha=0.1, temperature=temperature)
            distilled.fit_soft(X[fit], targets.take(fit))
            models = (distilled.logits(X[new]), twin.logits(X[new]))
            found.append(tuple(loss(z, targets.take(new)) for z in models))
    for found in losses.values():
        of_distilled, of_twin = np.mean(found, axis=0)
        assert of_distilled < of_twin
