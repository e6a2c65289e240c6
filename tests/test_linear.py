"""Sparse linear students: exact on their columns, in the owner's units, few columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LinearRegression, LogisticRegression

from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table
from jupyter_distill.explanation.terms import Coefficients, TermExplanation
from jupyter_distill.students.linear import LinearRegressionStudent, LinearStudent
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss

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
    student = LinearStudent(8, alpha, objective="distribution").fit_soft(X, targets)
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
        student = LinearStudent(8, 0.2, temperature, "distribution").fit_soft(X, targets)
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


# --- edges, choice of columns, limits and words ------------------------------------------------


def straight(n: int = 500, d: int = 4, k: int = 2, seed: int = 0) -> tuple[Any, SoftTargets]:
    """A linear teacher of named columns, and noisy labels."""
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


def test_temperature_and_alpha_change_the_coefficients() -> None:
    X, targets = curved(600)
    labelled = SoftTargets(targets.logits, targets.classes, np.arange(600) % 3)
    found = [
        LinearStudent(8, alpha, T).fit_soft(X, labelled).coef_
        for alpha, T in [(0.1, 1.0), (0.1, 4.0), (0.9, 1.0)]
    ]
    assert all(np.abs(found[0] - other).max() > 0.01 for other in found[1:])


def test_a_regression_is_least_squares_on_the_blend_of_truth_and_teacher() -> None:
    X, _ = straight()
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


@pytest.mark.parametrize("k", [2, 3])
def test_logits_are_what_the_coefficients_say(k: int) -> None:
    X, targets = straight(k=k)
    student = LinearStudent(3).fit_soft(X, targets)
    scores = X.to_numpy() @ student.coef_ + student.intercept_
    z = student.logits(X)
    got = z[:, [1]] - z[:, [0]] if k == 2 else z
    np.testing.assert_allclose(got, scores, atol=1e-9)


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
    X, targets = straight(d=3)
    student = LinearStudent(30).fit_soft(X, targets)
    assert student.complexity_.features == 3


def test_weights_are_repeated_rows() -> None:
    X, targets = straight(300, k=3)
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
    X, targets = straight()
    X = X.assign(same=1.0, none=np.nan)
    student = LinearStudent().fit_soft(X, targets)
    assert {"same", "none"}.isdisjoint(student.explain().frame()["column"])
    assert np.isfinite(student.logits(X.assign(same=7.0, none=1.0))).all()


def test_rows_all_alike_are_answered_by_the_intercept() -> None:
    student = LinearStudent().fit(np.ones((10, 2)), np.arange(10) % 5 == 0)
    assert student.complexity_.features == 0
    assert student.predict_proba(np.ones((1, 2)))[0, 1] == pytest.approx(0.2, abs=1e-3)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_probability_of_a_named_class_of_several_only_moves_one_way(sign: int) -> None:
    X, targets = straight(k=3)
    student = LinearStudent(constraints=Constraints(monotone={"x1": {1: sign}})).fit_soft(
        X, targets
    )
    for step in (0.1, 1.0, 10.0):
        moved = student.predict_proba(X.assign(x1=X["x1"] + step)) - student.predict_proba(X)
        assert (sign * moved[:, 1] >= -1e-12).all()


def test_of_several_classes_one_has_to_be_named() -> None:
    X, targets = straight(k=3)
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


def test_the_explanation_is_in_the_owner_s_words() -> None:
    frame, y = people(400)
    explained = LinearStudent().fit(frame, y).explain()
    table = explained.frame()
    assert {"income", "income is missing", "purpose is car", "(intercept)"} <= set(table["term"])
    assert table["term"].iloc[0] == "income" and table["term"].iloc[-1] == "(intercept)"
    assert explained.scores == ("log-odds of yes",)
    assert explained.to_dict()["classes"] == ["no", "yes"]


def test_a_regression_is_explained_in_the_unit_of_its_target() -> None:
    X, _ = straight()
    student = LinearRegressionStudent(1, alpha=0.0)
    student.fit_soft(X, Predictions(7 + 250 * X["x2"].to_numpy()))
    table = student.explain().frame().set_index("term")["prediction"]
    assert table["x2"] == pytest.approx(250, rel=1e-3)
    assert table["(intercept)"] == pytest.approx(7, abs=0.1)
    assert SquaredLoss(0.0)(student.predict(X), Predictions(7 + 250 * X["x2"].to_numpy())) < 0.1


def test_importance_is_measured_on_the_rows_that_are_given_and_what_they_weigh() -> None:
    X, targets = straight(300, d=3)
    student = LinearStudent(3).fit_soft(X, targets)
    weights = np.arange(300) % 3
    weighed = SoftTargets(targets.logits, targets.classes, targets.labels, weights)
    copies = np.repeat(np.arange(300), weights)
    said = student.explain(X, weighed).frame()
    table = student.explain(X.iloc[copies], targets.take(copies)).frame()
    pd.testing.assert_frame_equal(said, table)
    entry = said.iloc[0]
    deviation = X[entry["column"]].iloc[copies].std(ddof=0) * abs(
        entry[student.explain().scores[0]]
    )
    assert entry["importance"] == pytest.approx(deviation)


def test_other_rows_need_what_the_teacher_says_of_them() -> None:
    X, targets = straight(50)
    student = LinearStudent(2).fit_soft(X, targets)
    says = "Expected targets for the 50 rows of X. Got {}. Give what the teacher says of these rows"
    with pytest.raises(ValueError, match=says.format("none")):
        student.explain(X)
    with pytest.raises(ValueError, match=says.format("40 of them")):
        student.explain(X, targets.take(np.arange(40)))


def test_equally_important_terms_stand_in_order_and_the_intercept_comes_last() -> None:
    X, _ = straight(d=80)
    terms = tuple(
        Coefficients(j, f"x{j}", np.ones(1), np.array([0.1 + 0.2 if j % 2 else -0.3]))
        for j in range(80)
    )
    explained = TermExplanation(Table.of(X).columns, (), ("prediction",), np.ones(1), terms)
    assert list(explained.frame()["term"]) == [*(f"x{j}" for j in range(80)), "(intercept)"]
    assert repr(explained).splitlines()[-1].split() == ["(intercept)", "1"]


def test_the_terms_add_up_to_the_answer_where_values_are_missing_too() -> None:
    frame, y = people(300)
    frame.loc[:20, "purpose"] = None
    t = np.asarray(y == "yes", dtype=float) + frame["age"].to_numpy()
    student = LinearRegressionStudent(alpha=0.0).fit_soft(frame, Predictions(t))
    table = student.explain().frame().set_index("term")["prediction"]
    for row in np.flatnonzero(frame["income"].isna() | frame["purpose"].isna())[:10]:
        total = table["(intercept)"]
        for name, value in frame.iloc[row].items():
            if pd.isna(value):
                total += table.get(f"{name} is missing", 0.0)
            elif isinstance(value, str):
                total += table.get(f"{name} is {value}", 0.0)
            elif isinstance(value, bool | np.bool_):
                total += table.get(f"{name} is True", 0.0) * value
            else:
                total += table[name] * value
        assert total == pytest.approx(student.predict(frame.iloc[[row]])[0], abs=1e-6)


def test_the_loss_falls_with_every_size_on_many_rows_too() -> None:
    rng = np.random.default_rng(0)  # columns are chosen on some of the rows, judged on all
    base = rng.normal(size=(12_000, 5))
    X = base @ rng.normal(size=(5, 14)) + 0.5 * rng.normal(size=(12_000, 14))
    targets = SoftTargets(np.sin(X @ rng.normal(size=(14, 2)) / 2) * 3, np.arange(2))
    student = LinearStudent(alpha=0.0, objective="distribution", random_state=0)
    swept = student.sweep(X, targets, range(1, 15))
    losses = np.array([CompositeLoss(0.0)(student.logits(X), targets) for student in swept])
    assert (np.diff(losses) <= 1e-12).all()


def test_more_required_columns_than_the_size_are_refused() -> None:
    X, targets = straight()
    limits = Constraints(require=("x0", "x1", "x2"))
    with pytest.raises(ValueError, match="size of at least 3.* Got size=2"):
        LinearStudent(2, constraints=limits).fit_soft(X, targets)


def test_weights_are_repeated_rows_for_rare_values_too() -> None:
    rng = np.random.default_rng(0)
    kind = np.array(["a", "b"] * 150)
    kind[:3], kind[3:6] = "c", "d"
    X = pd.DataFrame({"kind": kind, "x": rng.normal(size=300)})
    weights = np.where(np.arange(300) < 6, 2, 1)
    copies = np.repeat(np.arange(300), weights)
    t = X["x"].to_numpy() + 2.0 * (kind == "c") - 2.0 * (kind == "d") + (kind == "a")
    one = LinearRegressionStudent(alpha=0.0).fit_soft(X, Predictions(t, None, weights))
    two = LinearRegressionStudent(alpha=0.0).fit_soft(X.iloc[copies], Predictions(t[copies]))
    np.testing.assert_allclose(one.predict(X), two.predict(X), atol=1e-6)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_soft_sign_is_a_price(classes: int) -> None:
    rng = np.random.default_rng(3)
    X = pd.DataFrame(rng.normal(size=(400, 3)), columns=["a", "b", "c"])
    z = np.column_stack([np.zeros(400), X["a"] + X["b"], X["c"]])[:, :classes]
    targets = SoftTargets(z, np.arange(classes))
    demand = {"a": {1: -1}}

    def slope(constraints: Constraints | None) -> float:
        student = LinearStudent(size=3, alpha=0.0, constraints=constraints)
        coef = student.fit_soft(X, targets).coef_[0]
        return float(coef[0] if classes == 2 else coef[1] - coef[0])

    free, hard = slope(None), slope(Constraints(monotone=demand))
    prices = [0.0, 0.1, 1.0, 1e4]
    soft = [slope(Constraints(monotone=demand, hard=False, penalty=p)) for p in prices]
    assert soft[0] == pytest.approx(free, abs=1e-3) and free > 0.5
    assert soft == sorted(soft, reverse=True) and soft[1] < 0.9 * free
    assert hard <= 0 < soft[2] and soft[3] == pytest.approx(0, abs=1e-3)
