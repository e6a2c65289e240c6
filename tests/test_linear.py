"""Sparse linear students: exact on their columns, in the owner's units, few columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_distill.students.linear import LinearRegressionStudent, LinearStudent
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets

from .small import people

SEEDS = st.integers(0, 2**32 - 1)


def taught(classes: int = 2, n: int = 400, seed: int = 0) -> tuple[np.ndarray, SoftTargets]:
    X, y = make_classification(
        n,
        8,
        n_informative=5,
        n_redundant=0,
        n_classes=classes,
        n_clusters_per_class=1,
        random_state=seed,
    )
    W = np.random.default_rng(seed).normal(size=(8, classes))
    return X, SoftTargets(X @ W + np.sin(3 * X[:, :classes]), np.arange(classes), y)


@pytest.mark.parametrize("classes", [2, 3])
def test_it_is_the_logistic_regression_of_weighted_copies(classes: int) -> None:
    X, targets = taught(classes)
    alpha = 0.3
    student = LinearStudent(size=8, alpha=alpha).fit_soft(X, targets)
    mix = alpha * np.eye(classes)[targets.labels] + (1 - alpha) * targets.at(1.0)
    # at T = 1 the loss is the cross-entropy of rows that are each class in part
    peer = LogisticRegression(C=1e6, tol=1e-10, max_iter=5000).fit(
        np.repeat(X, classes, axis=0), np.tile(np.arange(classes), len(X)), mix.ravel()
    )
    np.testing.assert_allclose(student.predict_proba(X), peer.predict_proba(X), atol=2e-3)
    if classes == 2:
        np.testing.assert_allclose(student.coef_.ravel(), peer.coef_.ravel(), rtol=0.02, atol=0.01)


def test_the_slope_of_the_loss_is_zero_at_every_temperature() -> None:
    X, targets = taught(3)
    for temperature in (0.5, 3.0):
        student = LinearStudent(8, 0.2, temperature).fit_soft(X, targets)
        slope = CompositeLoss(0.2, temperature).gradient(student.logits(X), targets)
        np.testing.assert_allclose(X.T @ slope / len(X), 0, atol=2e-4)


def test_numbers_are_fitted_by_least_squares() -> None:
    X, y = make_regression(300, 5, noise=10, random_state=0)
    student = LinearRegressionStudent(5, alpha=0.0).fit_soft(X, Predictions(y))
    peer = LinearRegression().fit(X, y)
    np.testing.assert_allclose(student.coef_.ravel(), peer.coef_, rtol=1e-3)
    np.testing.assert_allclose(student.intercept_, peer.intercept_, atol=1e-2)


@given(SEEDS, st.floats(-3, 3), st.floats(-1000, 1000))
@settings(max_examples=10)
def test_another_unit_changes_the_coefficient_and_nothing_else(
    seed: int, power: float, shift: float
) -> None:
    X, targets = taught(n=150, seed=seed % 1000)
    scale = 10.0**power
    other = X.copy()
    other[:, 0] = X[:, 0] * scale + shift
    student = LinearStudent(8, 0.0).fit_soft(X, targets)
    again = LinearStudent(8, 0.0).fit_soft(other, targets)
    np.testing.assert_allclose(again.predict_proba(other), student.predict_proba(X), atol=1e-3)
    place = [entry.column for entry in student.design_.entries].index(0)
    np.testing.assert_allclose(
        again.coef_[place] * scale, student.coef_[place], rtol=0.02, atol=5e-3
    )


def test_no_more_columns_than_asked_and_the_right_ones() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 20))
    z = np.column_stack([np.zeros(500), 3 * X[:, 4] - 2 * X[:, 11] + X[:, 17]])
    student = LinearStudent(3, 0.0).fit_soft(X, SoftTargets(z, [0, 1]))
    assert {term.feature for term in student.explain().terms} == {4, 11, 17}
    np.testing.assert_allclose(student.logits(X)[:, 1] * 2, z[:, 1], atol=0.05)
    assert student.title_ == "linear model of 3 columns"
    assert student.complexity_.to_dict() == {"features": 3, "coefficients": 3}


def test_the_loss_falls_with_every_size() -> None:
    X, targets = taught(3, 600)
    swept = LinearStudent(alpha=0.0).sweep(X, targets, (1, 2, 4, 8))
    losses = [CompositeLoss(0.0)(student.logits(X), targets) for student in swept]
    assert losses == sorted(losses, reverse=True)


def test_a_category_counts_once_and_is_told_in_its_owner_s_words() -> None:
    frame, _ = people(500)
    effect = frame["purpose"].map({"car": 2.0}).fillna(-1.0).to_numpy(float)
    targets = SoftTargets(np.column_stack([np.zeros(500), effect]), ["no", "yes"])
    student = LinearStudent(1, 0.0).fit_soft(frame, targets)
    table = student.explain().frame()
    assert set(table["column"]) == {"purpose", ""}
    assert "purpose is car" in set(table["term"])
    assert list(table.columns[2:3]) == ["log-odds of yes"]
    unseen = frame.assign(purpose="never seen")
    assert np.isfinite(student.logits(unseen)).all()


def test_signs_hold_and_forbidden_columns_are_not_used() -> None:
    from jupyter_distill import Constraints

    X, targets = taught()
    frame = pd.DataFrame(X, columns=list("abcdefgh"))
    free = LinearStudent(8, 0.0).fit_soft(frame, targets)
    turned = "abcdefgh"[int(np.argmin(free.coef_[:, 0]))]
    asked = Constraints(monotone={turned: +1}, forbid=["h"])
    student = LinearStudent(8, 0.0, constraints=asked).fit_soft(frame, targets)
    coef = {
        e.name(student.columns_): c
        for e, c in zip(student.design_.entries, student.coef_, strict=True)
    }
    assert coef[turned][0] >= 0
    assert coef["h"][0] == 0
