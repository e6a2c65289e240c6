"""Targets whose truth is known of some rows only: the loss, its slope, what is joined and taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jupyter_distill._softmax import log_softmax
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss, soften

from .test_laws import SHAPES, TEMPERATURES, Case, logits_of

ALPHAS = st.floats(0, 1)
NUMBERS = st.floats(-100, 100)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A student beside a teacher, some labels unknown but not all."""
    n, k = shape = draw(SHAPES)
    labels = draw(arrays(np.int64, n, elements=st.integers(-1, k - 1)))
    assume((labels >= 0).any())
    return Case(draw(logits_of(shape)), SoftTargets(draw(logits_of(shape)), np.arange(k), labels))


@st.composite
def numbers(draw: st.DrawFn) -> tuple[np.ndarray, Predictions]:
    n = draw(st.integers(1, 6))
    values, truth, said = (draw(arrays(np.float64, n, elements=NUMBERS)) for _ in range(3))
    unknown = draw(arrays(bool, n))
    assume(not unknown.all())
    return said, Predictions(values.round(6), np.where(unknown, np.nan, truth.round(6)))


# --- the loss ----------------------------------------------------------------------------------


@given(cases(), ALPHAS, TEMPERATURES)
def test_a_row_without_label_costs_what_its_labels_would_as_the_teacher_has_them(
    case: Case, alpha: float, temperature: float
) -> None:
    z, targets = case
    loss, labels = CompositeLoss(alpha, temperature), targets.labels
    assert labels is not None
    each = []  # the loss if every unknown label were the k-th
    for k in range(targets.n_classes):
        told = SoftTargets(targets.logits, targets.classes, np.where(labels < 0, k, labels))
        each.append(loss.per_row(z, told))
    expected = (np.array(each).T * targets.at(1.0)).sum(1)
    np.testing.assert_allclose(loss.per_row(z, targets), expected, atol=1e-8, rtol=1e-8)
    known = labels >= 0
    np.testing.assert_array_equal(loss.per_row(z, targets)[known], each[0][known])


@given(cases(), ALPHAS)
def test_at_temperature_one_a_row_without_label_is_a_row_at_alpha_zero(
    case: Case, alpha: float
) -> None:
    z, targets = case
    unknown = ~targets.known  # type: ignore[operator]
    q = targets.at(1.0)
    entropy = -(q * log_softmax(targets.logits)).sum(1)
    here, there = CompositeLoss(alpha), CompositeLoss(0)
    np.testing.assert_allclose(
        (here.per_row(z, targets) - alpha * entropy)[unknown],
        there.per_row(z, targets)[unknown],
        atol=1e-8,
    )
    for part in ("gradient", "response", "answers"):
        args = (z, targets) if part == "gradient" else (targets,)
        one, other = (getattr(loss, part)(*args)[unknown] for loss in (here, there))
        np.testing.assert_allclose(one, other, atol=1e-9)


@given(cases(), ALPHAS, TEMPERATURES)
def test_the_gradient_is_that_of_finite_differences(
    case: Case, alpha: float, temperature: float
) -> None:
    loss, step = CompositeLoss(alpha, temperature), 1e-5
    z, targets = case
    slopes = np.empty_like(z)
    for k in range(z.shape[1]):
        move = step * np.eye(z.shape[1])[k]
        rise = loss.per_row(z + move, targets) - loss.per_row(z - move, targets)
        slopes[:, k] = rise / (2 * step)
    np.testing.assert_allclose(loss.gradient(z, targets), slopes, atol=1e-4, rtol=1e-4)
    own = alpha * soften(z) + (1 - alpha) * temperature * soften(z, temperature)
    np.testing.assert_allclose(loss.gradient(z, targets), own - loss.response(targets), atol=1e-9)


@given(cases(), st.floats(0.01, 1), TEMPERATURES)
def test_rows_that_share_their_logits_are_known_by_their_means(
    case: Case, alpha: float, temperature: float
) -> None:
    (student, targets), loss = case, CompositeLoss(alpha, temperature)
    labels = loss.label_mix(targets).mean(0)  # type: ignore[union-attr]
    soft = targets.at(temperature).mean(0)
    one, other = (np.tile(z, (targets.n_rows, 1)) for z in (student[0], student[-1]))
    np.testing.assert_allclose(
        loss.value_at(one[0], labels, soft) - loss.value_at(other[0], labels, soft),
        loss(one, targets) - loss(other, targets),
        atol=1e-7,
    )
    np.testing.assert_allclose(
        loss.gradient_at(one[0], labels, soft), loss.gradient(one, targets).mean(0), atol=1e-9
    )


@given(cases(), ALPHAS, TEMPERATURES)
def test_every_row_weighs_the_same(case: Case, alpha: float, temperature: float) -> None:
    targets, loss = case.targets, CompositeLoss(alpha, temperature)
    weight = alpha + (1 - alpha) * temperature
    np.testing.assert_allclose(loss.response(targets).sum(1), weight)
    np.testing.assert_allclose(loss.answers(targets).sum(1), 1)
    mix = loss.label_mix(targets)
    assert (mix is None) == (alpha == 0)
    if mix is not None:
        np.testing.assert_allclose(mix.sum(1), 1)
        unknown = ~targets.known  # type: ignore[operator]
        np.testing.assert_allclose(mix[unknown], targets.at(1.0)[unknown])


@given(cases(), ALPHAS, TEMPERATURES)
def test_what_a_row_costs_does_not_depend_on_its_neighbours(
    case: Case, alpha: float, temperature: float
) -> None:
    loss = CompositeLoss(alpha, temperature)
    together = loss.per_row(case.student, case.targets)
    for row in range(len(together)):
        alone = loss.per_row(case.student[[row]], case.targets.take([row]))
        np.testing.assert_allclose(alone, together[[row]], atol=1e-12)


@given(numbers(), ALPHAS)
def test_a_number_without_truth_has_the_teacher_s(
    case: tuple[np.ndarray, Predictions], alpha: float
) -> None:
    said, targets = case
    assert targets.truth is not None
    filled = np.where(np.isnan(targets.truth), targets.values, targets.truth)
    told, loss = Predictions(targets.values, filled), SquaredLoss(alpha)
    np.testing.assert_array_equal(loss.per_row(said, targets), loss.per_row(said, told))
    np.testing.assert_array_equal(loss.blend(targets), loss.blend(told))
    unknown = ~targets.known  # type: ignore[operator]
    np.testing.assert_allclose(loss.blend(targets)[unknown], targets.values[unknown])
    alone = [loss(said[[i]], targets.take([i])) for i in range(len(said))]
    np.testing.assert_allclose(alone, loss.per_row(said, targets), atol=1e-9)


# --- what targets say of it --------------------------------------------------------------------

Z = np.array([[0.0, 1.0], [2.0, 0.0], [0.0, 3.0]])


def test_targets_say_of_which_rows_the_truth_is_known() -> None:
    classes = SoftTargets(Z, ["no", "yes"], [-1, 0, 1])
    values = Predictions([1.0, 2.0, 3.0], [np.nan, 0.0, 1.0])
    for targets in (classes, values):
        assert targets.known is not None and targets.known.tolist() == [False, True, True]
        some = targets.take([0])
        assert some.known is not None and some.known.tolist() == [False]
        whole = targets.take([1, 2]).known
        assert whole is not None and whole.all()
    assert "labels known for 2" in repr(classes) and "truth known for 2" in repr(values)
    assert repr(values.take([1, 2])) == "<Predictions: 2 rows, truth known>"
    assert SoftTargets(Z, ["no", "yes"]).known is None and Predictions([1.0]).known is None


@pytest.mark.parametrize(
    ("truth", "says"),
    [
        ([np.nan] * 3, r"true values that are known for at least one row.*any of 3 rows.*alpha=0"),
        ([np.inf, 1.0, np.nan], r"finite truth. Got infinity in 1 rows \(first: 0"),
        ([1e200, 1.0, np.nan], "truth whose squared differences"),
    ],
)
def test_truth_that_no_row_has_is_refused(truth: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Predictions([1.0, 2.0, 3.0], truth)


# --- joined ------------------------------------------------------------------------------------


def test_soft_targets_are_joined() -> None:
    one = SoftTargets(Z, ["no", "yes"], [1, 0, -1])
    two = SoftTargets(Z[:2] + 1, ["no", "yes"], weights=[2.0, 3.0])
    both = one.join(two, one.take([2]))
    np.testing.assert_array_equal(both.logits, np.concatenate([Z, Z[:2] + 1, Z[2:]]))
    assert both.labels is not None and both.labels.tolist() == [1, 0, -1, -1, -1, -1]
    assert both.weights is not None and both.weights.tolist() == [1, 1, 1, 2, 3, 1]
    assert both.classes.tolist() == ["no", "yes"]
    plain = two.take([0]).join(one.take([2]))
    assert plain.labels is None
    assert one.join(one).weights is None


def test_predictions_are_joined() -> None:
    one, two = Predictions([1.0, 2.0], [3.0, np.nan]), Predictions([5.0], weights=[4.0])
    both = two.join(one)
    np.testing.assert_array_equal(both.values, [5, 1, 2])
    np.testing.assert_array_equal(both.truth, [np.nan, 3, np.nan])
    np.testing.assert_array_equal(both.weights, [4, 1, 1])
    assert two.join(one.take([1])).truth is None


@pytest.mark.parametrize(
    ("one", "other", "error", "says"),
    [
        (["no", "yes"], ["yes", "no"], ValueError, "order, 'no', 'yes'. Got 'yes', 'no'"),
        (["no", "yes"], [0, 1], ValueError, "the same classes .* 'no', 'yes'. Got 0, 1"),
        (["no", "yes"], None, TypeError, "SoftTargets to join. Got <Predictions: .*Predictions"),
        (None, ["no", "yes"], TypeError, "Predictions to join. Got <SoftTargets: .*SoftTargets"),
    ],
)
def test_what_does_not_fit_is_not_joined(
    one: Any, other: Any, error: type[Exception], says: str
) -> None:
    made = [Predictions([1.0]) if c is None else SoftTargets(Z, c) for c in (one, other)]
    with pytest.raises(error, match=says):
        made[0].join(made[1])  # type: ignore[arg-type]
