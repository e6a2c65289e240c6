"""Laws that hold for every input: of softening, of the composite loss, of shares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jupyter_distill._wilson import wilson
from jupyter_distill.targets import CompositeLoss, SoftTargets, soften

SHAPES = st.tuples(st.integers(1, 5), st.integers(2, 5))
TEMPERATURES = st.floats(0.2, 20.0)


def logits_of(shape: tuple[int, int], size: float = 10.0) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, shape, elements=st.floats(-size, size))


class Case(NamedTuple):
    """A student's logits beside the teacher's, with labels."""

    student: np.ndarray
    targets: SoftTargets


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n, k = shape = draw(SHAPES)
    labels = draw(arrays(np.int64, n, elements=st.integers(0, k - 1)))
    targets = SoftTargets(draw(logits_of(shape)), np.arange(k), labels)
    return Case(draw(logits_of(shape)), targets)


# --- softening ---------------------------------------------------------------------------------


@given(SHAPES.flatmap(lambda shape: logits_of(shape, 1e308)), st.floats(1e-300, 1e300))
def test_rows_sum_to_one(z: np.ndarray, temperature: float) -> None:
    p = soften(z, temperature)
    assert ((p >= 0) & (p <= 1)).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)


@given(SHAPES.flatmap(lambda shape: logits_of(shape)))
def test_temperature_one_gives_probabilities_back(z: np.ndarray) -> None:
    p = soften(z)
    np.testing.assert_allclose(soften(np.log(p)), p, atol=1e-12)


@given(SHAPES.flatmap(lambda shape: logits_of(shape)), TEMPERATURES)
def test_log_probabilities_soften_like_logits(z: np.ndarray, temperature: float) -> None:
    np.testing.assert_allclose(
        soften(np.log(soften(z)), temperature), soften(z, temperature), atol=1e-12
    )


@given(SHAPES.flatmap(lambda shape: logits_of(shape)))
def test_a_high_temperature_is_uniform(z: np.ndarray) -> None:
    np.testing.assert_allclose(soften(z, 1e12), 1 / z.shape[1], atol=1e-9)


@given(SHAPES.flatmap(lambda shape: logits_of(shape)), TEMPERATURES)
def test_the_likeliest_class_does_not_move_with_temperature(
    z: np.ndarray, temperature: float
) -> None:
    p, best = soften(z, temperature), z.argmax(axis=1)
    np.testing.assert_allclose(p[np.arange(len(z)), best], p.max(axis=1))


@given(SHAPES.flatmap(lambda shape: logits_of(shape)), TEMPERATURES, st.floats(-100, 100))
def test_a_shift_of_all_logits_changes_nothing(
    z: np.ndarray, temperature: float, shift: float
) -> None:
    np.testing.assert_allclose(soften(z + shift, temperature), soften(z, temperature), atol=1e-9)


@given(SHAPES.flatmap(lambda shape: logits_of(shape)), TEMPERATURES, TEMPERATURES)
def test_a_higher_temperature_never_raises_the_largest_probability(
    z: np.ndarray, one: float, other: float
) -> None:
    low, high = sorted([one, other])
    assert (soften(z, high).max(axis=1) <= soften(z, low).max(axis=1) + 1e-12).all()


# --- the composite loss ------------------------------------------------------------------------


@given(cases(), st.floats(0, 1), TEMPERATURES)
def test_the_loss_is_never_negative(case: Case, alpha: float, temperature: float) -> None:
    loss = CompositeLoss(alpha, temperature)
    per_row = loss.per_row(case.student, case.targets)
    assert (per_row >= 0).all() and np.isfinite(per_row).all()
    np.testing.assert_allclose(loss(case.student, case.targets), per_row.mean())


@given(cases(), TEMPERATURES)
def test_a_student_that_is_the_teacher_loses_nothing(case: Case, temperature: float) -> None:
    loss = CompositeLoss(0, temperature)
    twin = case.targets.logits + 3.0  # a shift of all logits changes nothing
    np.testing.assert_allclose(loss.per_row(twin, case.targets), 0, atol=1e-9)
    np.testing.assert_allclose(loss.gradient(twin, case.targets), 0, atol=1e-9)


@given(cases(), st.floats(0, 1), TEMPERATURES)
def test_the_gradient_is_that_of_finite_differences(
    case: Case, alpha: float, temperature: float
) -> None:
    loss, step = CompositeLoss(alpha, temperature), 1e-5
    z, targets = case.student, case.targets
    slopes = np.empty_like(z)
    for k in range(z.shape[1]):
        move = step * np.eye(z.shape[1])[k]
        rise = loss.per_row(z + move, targets) - loss.per_row(z - move, targets)
        slopes[:, k] = rise / (2 * step)
    np.testing.assert_allclose(loss.gradient(z, targets), slopes, atol=1e-4, rtol=1e-4)


@given(cases(), st.floats(0, 1), TEMPERATURES)
def test_the_hessian_is_the_slope_of_the_gradient_and_convex(
    case: Case, alpha: float, temperature: float
) -> None:
    loss, step = CompositeLoss(alpha, temperature), 1e-5
    z, targets = case.student, case.targets
    hessian = loss.hessian(z)
    for k in range(z.shape[1]):
        move = step * np.eye(z.shape[1])[k]
        rise = loss.gradient(z + move, targets) - loss.gradient(z - move, targets)
        np.testing.assert_allclose(hessian[:, :, k], rise / (2 * step), atol=1e-5)
    assert np.linalg.eigvalsh(hessian).min() >= -1e-12


@given(cases(), TEMPERATURES)
def test_alpha_one_is_the_cross_entropy_of_the_labels(case: Case, temperature: float) -> None:
    labels = case.targets.labels
    p = soften(case.student)[np.arange(len(case.student)), labels]
    np.testing.assert_allclose(
        CompositeLoss(1, temperature).per_row(case.student, case.targets), -np.log(p), atol=1e-9
    )


@given(cases())
def test_alpha_zero_at_temperature_one_is_the_divergence_of_the_student(case: Case) -> None:
    q, p = soften(case.targets.logits), soften(case.student)
    np.testing.assert_allclose(
        CompositeLoss(0, 1).per_row(case.student, case.targets),
        (q * np.log(q / p)).sum(axis=1),
        atol=1e-9,
    )


@given(cases(), st.floats(0, 1), TEMPERATURES)
def test_the_response_weighs_truth_and_teacher_like_the_gradient(
    case: Case, alpha: float, temperature: float
) -> None:
    loss = CompositeLoss(alpha, temperature)
    response = loss.response(case.targets)
    np.testing.assert_allclose(response.sum(axis=1), alpha + (1 - alpha) * temperature)
    # The gradient is the student's own response less the targets' one.
    own = alpha * soften(case.student) + (1 - alpha) * temperature * soften(
        case.student, temperature
    )
    np.testing.assert_allclose(loss.gradient(case.student, case.targets), own - response, atol=1e-9)


@given(cases(), st.floats(0, 1), TEMPERATURES, st.integers(1, 4))
def test_a_weight_is_a_number_of_copies(
    case: Case, alpha: float, temperature: float, copies: int
) -> None:
    loss, targets = CompositeLoss(alpha, temperature), case.targets
    weights = np.ones(targets.n_rows)
    weights[0] = copies
    weighted = SoftTargets(targets.logits, targets.classes, targets.labels, weights)
    rows = np.repeat(np.arange(targets.n_rows), weights.astype(int))
    np.testing.assert_allclose(
        loss(case.student, weighted), loss(case.student[rows], targets.take(rows)), atol=1e-12
    )


@given(cases(), st.floats(0, 1), TEMPERATURES)
def test_rows_that_share_their_logits_are_known_by_their_means(
    case: Case, alpha: float, temperature: float
) -> None:
    loss, targets = CompositeLoss(alpha, temperature), case.targets
    labels = np.eye(targets.n_classes)[targets.labels].mean(0)
    soft = targets.at(temperature).mean(0)
    one, other = (np.tile(z, (targets.n_rows, 1)) for z in (case.student[0], case.student[-1]))
    # up to a constant: so a difference is the same
    np.testing.assert_allclose(
        loss.value_at(one[0], labels, soft) - loss.value_at(other[0], labels, soft),
        loss(one, targets) - loss(other, targets),
        atol=1e-7,
    )
    np.testing.assert_allclose(
        loss.gradient_at(one[0], labels, soft), loss.gradient(one, targets).mean(0), atol=1e-9
    )


@given(cases(), st.floats(0, 1), TEMPERATURES, st.floats(-50, 50))
def test_a_shift_of_the_student_s_logits_changes_no_loss(
    case: Case, alpha: float, temperature: float, shift: float
) -> None:
    loss = CompositeLoss(alpha, temperature)
    np.testing.assert_allclose(
        loss.per_row(case.student + shift, case.targets),
        loss.per_row(case.student, case.targets),
        atol=1e-7,
    )


@given(cases())
def test_labels_as_targets_name_themselves(case: Case) -> None:
    labels = case.targets.labels
    if len(np.unique(labels)) < 2:
        labels = np.append(labels, 1 - min(labels[0], 1))
    targets = SoftTargets.from_labels(labels)
    np.testing.assert_array_equal(targets.classes[targets.predicted], labels)
    np.testing.assert_array_equal(targets.labels, targets.predicted)
    assert targets.at(1.0).max(axis=1).min() > 0.999


# --- shares ------------------------------------------------------------------------------------

COUNTS = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_the_interval_of_a_share_holds_it_and_is_never_certain(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = wilson(hits / n, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert low < high


@given(COUNTS, st.integers(2, 50))
def test_more_rows_narrow_the_interval_of_a_share(counts: tuple[int, int], times: int) -> None:
    hits, n = counts
    low, high = wilson(hits / n, n)
    nearer_low, nearer_high = wilson(hits / n, times * n)
    assert nearer_high - nearer_low < high - low


@given(COUNTS)
def test_the_interval_of_a_share_and_of_the_rest_are_mirrored(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = wilson(hits / n, n)
    np.testing.assert_allclose(wilson(1 - hits / n, n), (1 - high, 1 - low), atol=1e-12)
