"""Sparse linear students: exact, sparse, in the owner's units, every size from one run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_distill.constraints import Constraints
from jupyter_distill.students.linear import LinearRegressionStudent, LinearStudent
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss

from .small import people


def taught(n: int = 500, d: int = 4, k: int = 2, seed: int = 0) -> tuple[Any, SoftTargets]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, d)), columns=[f"x{j}" for j in range(d)])
    z = 1.5 * X.to_numpy() @ rng.normal(size=(d, k))
    return X, SoftTargets(z, np.arange(k), (z + rng.gumbel(size=z.shape)).argmax(1))


def curved(n: int = 1_500, d: int = 12, k: int = 3) -> tuple[Any, SoftTargets]:
    """Correlated columns and a teacher that is not linear: which columns are best is not plain."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n, d))
    X[:, d // 2 :] = 0.6 * X[:, d // 2 :] + 0.8 * X[:, : d - d // 2]
    z = 3 * np.tanh(X @ rng.normal(size=(d, k)))
    return pd.DataFrame(X, columns=[f"x{j}" for j in range(d)]), SoftTargets(z, np.arange(k))


# --- exactness ---------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("k", [2, 3])
def test_at_temperature_1_it_is_logistic_regression_on_rows_once_per_class(
    k: int, alpha: float
) -> None:
    X, targets = taught(k=k)
    student = LinearStudent(alpha=alpha).fit_soft(X, targets)
    mix = alpha * np.eye(k)[targets.labels] + (1 - alpha) * targets.at(1.0)
    peer = LogisticRegression(C=np.inf, max_iter=5_000, tol=1e-10).fit(
        np.tile(X.to_numpy(), (k, 1)), np.repeat(np.arange(k), len(X)), mix.T.ravel()
    )
    # the tiny ridge, which separable rows need, is all that they differ by
    np.testing.assert_allclose(
        student.predict_proba(X), peer.predict_proba(X.to_numpy()), atol=1e-3
    )
    if k == 2:
        np.testing.assert_allclose(student.coef_[:, 0], peer.coef_[0], rtol=0.01)
        np.testing.assert_allclose(student.intercept_, peer.intercept_, atol=2e-3)


@pytest.mark.parametrize("alpha", [0.0, 0.4])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("k", [2, 3])
def test_no_step_lowers_the_composite_loss(k: int, temperature: float, alpha: float) -> None:
    X, targets = taught(k=k)
    student = LinearStudent(alpha=alpha, temperature=temperature).fit_soft(X, targets)
    slope = CompositeLoss(alpha, temperature).gradient(student.logits(X), targets) / len(X)
    assert np.abs(slope.sum(0)).max() < 1e-4
    assert np.abs(X.to_numpy().T @ slope).max() < 1e-4


def test_temperature_and_alpha_change_the_coefficients() -> None:
    X, targets = curved(600)
    labelled = SoftTargets(targets.logits, targets.classes, np.arange(600) % 3)
    found = [
        LinearStudent(8, alpha, T).fit_soft(X, labelled).coef_
        for alpha, T in [(0.1, 1.0), (0.1, 4.0), (0.9, 1.0)]
    ]
    assert all(np.abs(found[0] - other).max() > 0.01 for other in found[1:])


def test_a_regression_is_least_squares_on_the_blend_of_truth_and_teacher() -> None:
    X, _ = taught()
    rng = np.random.default_rng(0)
    t = 1e4 + 300 * np.asarray(X @ [1.0, -2.0, 0.0, 3.0]) + 50 * rng.normal(size=len(X))
    y = t + 200 * rng.normal(size=len(X))
    student = LinearRegressionStudent(alpha=0.25).fit_soft(X, Predictions(t, y))
    peer = LinearRegression().fit(X, 0.25 * y + 0.75 * t)
    np.testing.assert_allclose(student.coef_[:, 0], peer.coef_, rtol=1e-3, atol=0.1)
    np.testing.assert_allclose(student.predict(X), peer.predict(X), rtol=1e-4)


def test_separable_rows_have_finite_coefficients() -> None:
    X = np.linspace(-1, 1, 40)[:, None]
    student = LinearStudent().fit(X, X[:, 0] > 0)
    assert student.score(X, X[:, 0] > 0) == 1.0
    assert np.isfinite(student.coef_).all() and np.abs(student.logits(X)).max() < 1e4


# --- units -------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    scale=st.floats(-3, 3).map(lambda power: 10.0**power),
    turn=st.sampled_from([1, -1]),
    shift=st.floats(-100, 100),
)
def test_another_unit_changes_a_coefficient_and_no_answer(
    scale: float, turn: int, shift: float
) -> None:
    X, targets = taught(200)
    other = X.assign(x1=turn * scale * (X["x1"] + shift))
    one = LinearStudent(alpha=0.0).fit_soft(X, targets)
    two = LinearStudent(alpha=0.0).fit_soft(other, targets)
    np.testing.assert_allclose(two.predict_proba(other), one.predict_proba(X), atol=1e-3)
    np.testing.assert_allclose(two.coef_[1] * turn * scale, one.coef_[1], rtol=0.01)


@pytest.mark.parametrize("k", [2, 3])
def test_logits_are_what_the_coefficients_say(k: int) -> None:
    X, targets = taught(k=k)
    student = LinearStudent(3).fit_soft(X, targets)
    scores = X.to_numpy() @ student.coef_ + student.intercept_
    z = student.logits(X)
    got = z[:, [1]] - z[:, [0]] if k == 2 else z
    np.testing.assert_allclose(got, scores, atol=1e-9)


# --- sizes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 7])
def test_no_more_columns_than_asked_for(size: int) -> None:
    X, targets = curved()
    student = LinearStudent(size, alpha=0.0).fit_soft(X, targets)
    assert student.complexity_.features == size
    assert np.unique(np.flatnonzero(student.coef_.any(1))).size == size
    assert student.title_ == f"linear model of {size} column{'s' * (size > 1)}"


def test_a_sweep_falls_with_every_size_and_is_what_single_fits_are() -> None:
    X, targets = curved()
    loss = CompositeLoss(alpha=0.0)
    swept = LinearStudent(alpha=0.0).sweep(X, targets, range(1, 13))
    values = [loss(student.logits(X), targets) for student in swept]
    assert values == sorted(values, reverse=True)
    alone = LinearStudent(6, alpha=0.0).fit_soft(X, targets)
    assert loss(alone.logits(X), targets) == pytest.approx(values[5], rel=1e-3)


def test_columns_are_chosen_together_not_one_by_one() -> None:
    # Of three columns, the best single one is the sum of the two that give the answer.
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 800))
    X = pd.DataFrame({"sum": a + b + 0.3 * rng.normal(size=800), "a": a, "b": b})
    z = np.column_stack([0 * a, 3 * (a + b)])
    one, two = LinearStudent(alpha=0.0).sweep(X, SoftTargets(z, ["no", "yes"]), (1, 2))
    assert set(one.explain().frame()["column"]) == {"sum", ""}
    assert set(two.explain().frame()["column"]) == {"a", "b", ""}


def test_fewer_columns_than_asked_for_are_all_used() -> None:
    X, targets = taught(d=3)
    student = LinearStudent(30).fit_soft(X, targets)
    assert student.complexity_.features == 3


def test_a_category_with_all_its_values_is_one_column() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"kind": rng.choice(list("abcde"), 500), "x": rng.normal(size=500)})
    adds = X["kind"].map(dict(zip("abcde", (3.0, -2.0, 1.0, 0.0, -3.0), strict=True))).to_numpy()
    z = np.column_stack([0 * adds, adds + 0.1 * X["x"]])
    student = LinearStudent(1, alpha=0.0).fit_soft(X, SoftTargets(z, ["no", "yes"]))
    frame = student.explain().frame()
    assert student.complexity_.features == 1
    assert set(frame["term"]) == {*(f"kind is {c}" for c in "abcde"), "(intercept)"}
    says = frame.set_index("term")["log-odds of yes"]
    assert says["kind is a"] - says["kind is e"] == pytest.approx(6.0, abs=0.2)


# --- rows --------------------------------------------------------------------------------------


def test_weights_are_repeated_rows() -> None:
    X, targets = taught(300, k=3)
    weights = np.random.default_rng(0).integers(0, 4, len(X))
    copies = np.repeat(np.arange(len(X)), weights)
    weighted = SoftTargets(targets.logits, targets.classes, targets.labels, weights)
    one = LinearStudent(2).fit_soft(X, weighted)
    two = LinearStudent(2).fit_soft(X.iloc[copies], targets.take(copies))
    np.testing.assert_allclose(one.coef_, two.coef_, atol=1e-6)


def test_being_missing_has_a_coefficient_of_its_own() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(5, 1, 400)
    t = np.where(np.arange(400) % 4 == 0, 40.0, 2 * x)
    X = pd.DataFrame({"x": np.where(np.arange(400) % 4 == 0, np.nan, x)})
    student = LinearRegressionStudent(1, alpha=0.0).fit_soft(X, Predictions(t))
    np.testing.assert_allclose(student.predict(X), t, atol=0.01)
    assert {"x", "x is missing"} < set(student.explain().frame()["term"])


def test_columns_that_never_change_are_never_used() -> None:
    X, targets = taught()
    X = X.assign(same=1.0, none=np.nan)
    student = LinearStudent().fit_soft(X, targets)
    assert {"same", "none"}.isdisjoint(student.explain().frame()["column"])
    assert np.isfinite(student.logits(X.assign(same=7.0, none=1.0))).all()


def test_rows_all_alike_are_answered_by_the_intercept() -> None:
    student = LinearStudent().fit(np.ones((10, 2)), np.arange(10) % 5 == 0)
    assert student.complexity_.features == 0
    assert student.predict_proba(np.ones((1, 2)))[0, 1] == pytest.approx(0.2, abs=1e-3)


# --- limits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [1, -1])
def test_a_demanded_sign_is_kept(sign: int) -> None:
    X, targets = taught()
    student = LinearStudent(constraints=Constraints(monotone={"x0": sign, "x3": sign}))
    student.fit_soft(X, targets)
    assert (sign * student.coef_[[0, 3]] >= 0).all()
    rises = student.predict_proba(X.assign(x0=X["x0"] + 1))[:, 1] - student.predict_proba(X)[:, 1]
    assert (sign * rises >= 0).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_the_probability_of_a_named_class_of_several_only_moves_one_way(sign: int) -> None:
    X, targets = taught(k=3)
    student = LinearStudent(constraints=Constraints(monotone={"x1": {1: sign}})).fit_soft(
        X, targets
    )
    for step in (0.1, 1.0, 10.0):
        moved = student.predict_proba(X.assign(x1=X["x1"] + step)) - student.predict_proba(X)
        assert (sign * moved[:, 1] >= -1e-12).all()


def test_of_several_classes_one_has_to_be_named() -> None:
    X, targets = taught(k=3)
    with pytest.raises(ValueError, match="1 and 3 classes. "):
        LinearStudent(constraints=Constraints(monotone={"x1": 1})).fit_soft(X, targets)


def test_forbidden_columns_are_left_out_and_required_ones_are_in() -> None:
    X, targets = curved()
    free = LinearStudent(3, alpha=0.0).fit_soft(X, targets)
    used = set(free.explain().frame()["column"]) - {""}
    first, other = sorted(used)[0], sorted(set(X) - used)[0]
    limits = Constraints(forbid=(first,), require=(other,))
    held = LinearStudent(3, alpha=0.0, constraints=limits).fit_soft(X, targets)
    columns = set(held.explain().frame()["column"])
    assert first not in columns and other in columns
    loss = CompositeLoss(alpha=0.0)
    assert loss(held.logits(X), targets) > loss(free.logits(X), targets)


# --- what it says ------------------------------------------------------------------------------


def test_the_explanation_is_in_the_owner_s_words() -> None:
    frame, y = people(400)
    explained = LinearStudent().fit(frame, y).explain()
    table = explained.frame()
    assert {"income", "income is missing", "purpose is car", "(intercept)"} <= set(table["term"])
    assert table["term"].iloc[0] == "income" and table["term"].iloc[-1] == "(intercept)"
    assert explained.scores == ("log-odds of yes",)
    assert explained.to_dict()["classes"] == ["no", "yes"]


def test_a_regression_is_explained_in_the_unit_of_its_target() -> None:
    X, _ = taught()
    student = LinearRegressionStudent(1, alpha=0.0)
    student.fit_soft(X, Predictions(7 + 250 * X["x2"].to_numpy()))
    table = student.explain().frame().set_index("term")["prediction"]
    assert table["x2"] == pytest.approx(250, rel=1e-3)
    assert table["(intercept)"] == pytest.approx(7, abs=0.1)
    assert SquaredLoss(0.0)(student.predict(X), Predictions(7 + 250 * X["x2"].to_numpy())) < 0.1
