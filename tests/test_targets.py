"""Soft targets, the composite loss and the alignment of labels: what is taken and refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jupyter_distill.targets import CompositeLoss, SoftTargets, align, soften

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(6, 3))
LABELS = np.array([0, 1, 2, 0, 1, 2])


def targets(**changes: Any) -> SoftTargets:
    return SoftTargets(**{"logits": LOGITS, "classes": ["a", "b", "c"], "labels": LABELS} | changes)


# --- soften ------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [5e-324, 1e-3, 1.0, 1e3, 1e300])
def test_softening_is_exact_for_huge_logits(temperature: float) -> None:
    with np.errstate(all="raise", under="ignore", over="ignore"):
        p = soften([[1e308, -1e308], [1e308, 1e308], [-1e308, 1e308]], temperature)
    np.testing.assert_array_equal(p, [[1, 0], [0.5, 0.5], [0, 1]])


def test_softening_where_the_difference_overflows_but_the_quotient_does_not() -> None:
    p = soften([1e308, -1e308], 1e308)
    assert p[1] / p[0] == pytest.approx(np.exp(-2))


def test_softening_takes_any_leading_shape() -> None:
    z = RNG.normal(size=(2, 3, 4))
    np.testing.assert_allclose(soften(z, 2.0)[1, 2], soften(z[1, 2], 2.0))
    assert soften([[0.0, 2.0]], 2).tolist()[0] == pytest.approx([0.2689, 0.7311], abs=1e-4)


@pytest.mark.parametrize("temperature", [0, -1.0, np.nan, np.inf])
def test_a_temperature_is_positive_and_finite(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature to be a finite number > 0"):
        soften(LOGITS, temperature)
    with pytest.raises(ValueError, match="temperature to be a finite number > 0"):
        CompositeLoss(temperature=temperature)


@pytest.mark.parametrize("temperature", ["2", None, True, [1.0]])
def test_a_temperature_is_a_number(temperature: Any) -> None:
    with pytest.raises(TypeError, match="temperature"):
        soften(LOGITS, temperature)


def test_softening_refuses_what_is_no_logits() -> None:
    with pytest.raises(ValueError, match="finite logits. Got 1 values"):
        soften([0.0, np.nan])
    with pytest.raises(ValueError, match="one column per class. Got shape"):
        soften(1.0)
    with pytest.raises(ValueError, match="one column per class"):
        soften(np.zeros((3, 0)))


# --- SoftTargets -------------------------------------------------------------------------------


def test_targets_are_frozen_copies() -> None:
    mine, labels, weights = LOGITS.copy(), LABELS.copy(), np.ones(6)
    t = SoftTargets(mine, np.array(["a", "b", "c"]), labels, weights)
    mine[:], labels[:], weights[:] = 99, 0, 7
    np.testing.assert_array_equal(t.logits, LOGITS)
    np.testing.assert_array_equal(t.labels, LABELS)
    assert t.weights is not None and t.labels is not None and t.weights.tolist() == [1] * 6
    for array in (t.logits, t.classes, t.labels, t.weights):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    with pytest.raises(FrozenInstanceError):
        t.labels = None  # type: ignore[misc]


def test_targets_tell_what_they_are() -> None:
    t = targets()
    assert (t.n_rows, t.n_classes, len(t)) == (6, 3, 6)
    np.testing.assert_array_equal(t.predicted, LOGITS.argmax(axis=1))
    np.testing.assert_array_equal(t.at(3.0), soften(LOGITS, 3.0))
    assert repr(t) == "<SoftTargets: 6 rows, classes 'a', 'b', 'c', labels known>"
    assert "no labels, weighted" in repr(targets(labels=None, weights=np.ones(6)))


@pytest.mark.parametrize("rows", [[4, 1], np.arange(6) % 2 == 0, slice(2, 5)])
def test_taking_rows(rows: Any) -> None:
    some = targets(weights=np.arange(1.0, 7.0)).take(rows)
    np.testing.assert_array_equal(some.logits, LOGITS[rows])
    np.testing.assert_array_equal(some.labels, LABELS[rows])
    np.testing.assert_array_equal(some.weights, np.arange(1.0, 7.0)[rows])
    assert targets(labels=None).take(rows).labels is None


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"logits": LOGITS[0]}, ValueError, r"logits with 2 dimension\(s\). Got.*\(3,\)"),
        ({"logits": LOGITS[:, :1]}, ValueError, "at least 2 classes.. Got shape"),
        ({"logits": LOGITS[:0]}, ValueError, r"Got shape \(0, 3\)"),
        ({"logits": [["a", "b"]]}, TypeError, "logits to be numbers"),
        ({"logits": np.where(LOGITS > 1, np.inf, LOGITS)}, ValueError, "finite logits.*first: "),
        ({"classes": ["a", "b"]}, ValueError, r"3 classes, one per column.*\['a', 'b'\]"),
        ({"classes": ["a", "b", "a"]}, ValueError, "each class name once. Got 'a'"),
        ({"classes": [["a", "b", "c"]]}, ValueError, "one row of at least two class names"),
        ({"labels": LABELS[:5]}, ValueError, r"6 labels, one per row. Got shape \(5,\)"),
        ({"labels": LABELS + 1}, ValueError, "label codes between 0 and 2, or -1 .* Got 1 to 3"),
        ({"labels": LABELS - 2}, ValueError, "between 0 and 2, or -1 .* Got -2 to 0"),
        ({"labels": [-1] * 6}, ValueError, r"known for at least one row.*any of 6 rows.*\(None\)"),
        ({"labels": list("abcabc")}, TypeError, "codes into classes.*from_labels"),
        ({"labels": LABELS / 1.0}, TypeError, "whole-number codes.*float64"),
        ({"weights": np.ones(5)}, ValueError, "6 weights, one per row"),
        ({"weights": [1, 1, 1, -2, 1, 1]}, ValueError, "weights >= 0. Got -2.0 in row 3"),
        ({"weights": np.zeros(6)}, ValueError, "at least one weight above 0"),
        ({"weights": [1, 1, np.nan, 1, 1, 1]}, ValueError, r"finite weights.*first: 2"),
    ],
)
def test_bad_targets_are_refused(
    changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        targets(**changes)


def test_targets_of_labels_alone() -> None:
    t = SoftTargets.from_labels(["no", "yes", "no"], weights=[1, 2, 3])
    assert t.classes.tolist() == ["no", "yes"] and t.labels is not None
    assert t.labels.tolist() == [0, 1, 0] == t.predicted.tolist()
    np.testing.assert_allclose(t.at(1.0), [[1, 0], [0, 1], [1, 0]], atol=2e-6)
    wider = SoftTargets.from_labels([1, 0], classes=[2, 1, 0])
    assert wider.n_classes == 3 and wider.predicted.tolist() == [1, 2]
    with pytest.raises(ValueError, match="at least two classes. Got 'no' only, in all 2 rows"):
        SoftTargets.from_labels(["no", "no"])
    with pytest.raises(ValueError, match="among the teacher's classes 'a', 'b'. Got 'c'"):
        SoftTargets.from_labels(["a", "b", "c"], classes=["a", "b"])


def test_targets_of_probabilities() -> None:
    p = soften(LOGITS)
    t = SoftTargets.from_probabilities(p, ["a", "b", "c"], labels=LABELS)
    np.testing.assert_allclose(t.at(4.0), soften(LOGITS, 4.0), atol=1e-12)
    with pytest.raises(ValueError, match=r"sum to one. Got \[0.5, 0.2\] \(sum 0.7\) in row 1"):
        SoftTargets.from_probabilities([[0.5, 0.5], [0.5, 0.2]], ["a", "b"])
    with pytest.raises(ValueError, match=r"between 0 and 1.*Got \[1.5, -0.5\]"):
        SoftTargets.from_probabilities([[1.5, -0.5]], ["a", "b"])


# --- CompositeLoss -----------------------------------------------------------------------------


def test_the_loss_is_the_formula() -> None:
    z, t = RNG.normal(size=(6, 3)), targets(weights=np.arange(6.0))
    p, p_t, q_t = soften(z), soften(z, 2.0), soften(LOGITS, 2.0)
    wanted = 0.3 * -np.log(p[np.arange(6), LABELS]) + 0.7 * 4 * (q_t * np.log(q_t / p_t)).sum(1)
    loss = CompositeLoss(alpha=0.3, temperature=2.0)
    np.testing.assert_allclose(loss.per_row(z, t), wanted)
    assert loss(z, t) == pytest.approx(np.average(wanted, weights=np.arange(6.0)))
    np.testing.assert_allclose(loss.response(t), 0.3 * np.eye(3)[LABELS] + 0.7 * 2 * q_t)


def test_the_loss_of_means_differs_from_the_mean_loss_by_a_constant() -> None:
    t = targets()
    loss = CompositeLoss(alpha=0.3, temperature=2.0)
    y, q = loss.label_mix(t), t.at(2.0)
    assert y is not None

    def both(z: np.ndarray) -> tuple[float, float]:
        shared = np.tile(z, (6, 1))
        return loss(shared, t), float(loss.value_at(z, y.mean(axis=0), q.mean(axis=0)))

    (a, b), (c, d) = both(np.array([1.0, 0.0, -2.0])), both(np.array([0.0, 3.0, 1.0]))
    assert a - b == pytest.approx(c - d)
    z = np.array([0.4, -1.0, 2.0])
    np.testing.assert_allclose(
        loss.gradient_at(z, y.mean(axis=0), q.mean(axis=0)),
        loss.gradient(np.tile(z, (6, 1)), t).mean(axis=0),
    )


def test_newton_on_the_means_of_a_leaf_finds_its_minimum() -> None:
    t = targets()
    loss = CompositeLoss(alpha=0.4, temperature=3.0)
    truth = loss.label_mix(t)
    assert truth is not None
    y, q = truth.mean(axis=0), t.at(3.0).mean(axis=0)
    z = np.zeros(3)
    for _ in range(20):
        z = z - np.linalg.pinv(loss.hessian(z)) @ loss.gradient_at(z, y, q)
    assert np.abs(loss.gradient_at(z, y, q)).max() < 1e-10
    for _ in range(20):
        assert loss.value_at(z + RNG.normal(size=3), y, q) >= loss.value_at(z, y, q)


def test_huge_logits_give_finite_or_infinite_losses_and_no_warning() -> None:
    sure = SoftTargets([[1e308, -1e308]], ["a", "b"], labels=[0])
    loss = CompositeLoss(alpha=0.5)
    with np.errstate(all="raise", under="ignore"):
        assert loss([[1e308, -1e308]], sure) == 0
        assert loss([[-1e308, 1e308]], sure) == np.inf
        assert np.isfinite(loss.gradient([[-1e308, 1e308]], sure)).all()


@pytest.mark.parametrize("alpha", [-0.1, 1.1, np.nan])
def test_alpha_is_between_zero_and_one(alpha: float) -> None:
    with pytest.raises(ValueError, match=r"alpha to be a finite number >= 0 and <= 1"):
        CompositeLoss(alpha=alpha)


def test_without_labels_alpha_must_be_zero() -> None:
    t = targets(labels=None)
    assert CompositeLoss(alpha=0)(LOGITS, t) == pytest.approx(0)
    for use in ("per_row", "gradient"):
        with pytest.raises(ValueError, match="alpha=0.1 and soft targets without labels.*alpha=0"):
            getattr(CompositeLoss(), use)(LOGITS, t)
    with pytest.raises(ValueError, match="or set alpha=0"):
        CompositeLoss().response(t)
    with pytest.raises(ValueError, match="label_mix where alpha > 0"):
        CompositeLoss().value_at(LOGITS, None, soften(LOGITS))


def test_student_logits_must_fit_the_targets() -> None:
    with pytest.raises(ValueError, match=r"of shape \(6, 3\), like the targets. Got shape \(3,\)"):
        CompositeLoss()(LOGITS[0], targets())
    with pytest.raises(ValueError, match="finite student logits. Got NaN or infinity in 6 rows"):
        CompositeLoss()(LOGITS * np.nan, targets())


def test_a_loss_is_a_value() -> None:
    assert CompositeLoss(0, 2) == CompositeLoss(alpha=0.0, temperature=2.0)
    assert repr(CompositeLoss()) == "CompositeLoss(alpha=0.1, temperature=1.0)"
    with pytest.raises(FrozenInstanceError):
        CompositeLoss().alpha = 0.5  # type: ignore[misc]


# --- align -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "y",
    [
        ["no", "yes", "no"],
        ("no", "yes", "no"),
        np.array(["no", "yes", "no"]),
        np.array(["no", "yes", "no"], dtype=object),
        pd.Series(["no", "yes", "no"], index=[5, 6, 7]),
        pd.Series(["no", "yes", "no"], dtype="category"),
        pd.Series(["no", "yes", "no"], dtype="string"),
        pd.Categorical(["no", "yes", "no"]),
        pl.Series(["no", "yes", "no"]),
        pl.Series(["no", "yes", "no"], dtype=pl.Categorical),
        pa.array(["no", "yes", "no"]),
        pa.chunked_array([["no", "yes"], ["no"]]),
    ],
)
def test_labels_of_any_make(y: Any) -> None:
    for classes in (None, ["no", "yes"], np.array(["no", "yes"])):
        names, codes = align(classes, y)
        assert names.tolist() == ["no", "yes"] and codes.tolist() == [0, 1, 0]
    names, codes = align(["yes", "no"], y)
    assert names.tolist() == ["yes", "no"] and codes.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("classes", "y", "codes"),
    [
        ([0, 1], [True, False, True], [1, 0, 1]),
        ([False, True], np.array([1, 0]), [1, 0]),
        ([0, 1], pd.Series([1.0, 0.0]), [1, 0]),
        ([1, 2, 3], [3, 1], [2, 0]),
        ([0, "x"], ["x", 0], [1, 0]),
        (None, pd.Series([2, 7], dtype="Int64"), [0, 1]),
    ],
)
def test_labels_are_compared_by_value(classes: Any, y: Any, codes: list[int]) -> None:
    assert align(classes, y)[1].tolist() == codes


@pytest.mark.parametrize(
    "y",
    [
        ["a", None, "b", None],
        [0.0, np.nan, 1.0, np.nan],
        pd.Series([0, pd.NA, 1, pd.NA], dtype="Int64"),
        pl.Series(["a", None, "b", None]),
        pa.array(["a", None, "b", None]),
        pd.Series(["a", None, "b", None], dtype="category"),
    ],
)
def test_missing_labels_are_refused(y: Any) -> None:
    with pytest.raises(ValueError, match=r"2 missing labels \(rows 1, 3\).*Leave these rows out"):
        align(None, y)


@pytest.mark.parametrize(
    ("classes", "y", "k", "message"),
    [
        ([0, 1], ["no", "yes"], 2, r"classes 0, 1. Got 'no', 'yes'.*classes=\['no', 'yes'\]"),
        ([0, 1], ["0", "1"], 2, r"classes 0, 1. Got '0', '1'.*classes=\['0', '1'\]"),
        (["a", "b"], ["a", "b", "c"], 2, "Got 'c'. Leave rows of other classes out"),
        (None, ["a", "b"], 3, "labels of 3 classes.*Got 2 different labels.*name all classes"),
        (None, [0.3, 1.7, 2.9], 2, "Got 3 different labels.*like a quantity"),
        (None, ["a", 1], 2, "labels of one type. Got 'a', 1.*astype"),
        (None, [1, 1], 2, "at least two classes. Got 1 only"),
        ([0, 1], [1, 1], 2, "at least two classes. Got 1 only"),
        ([0, 1], [1, 0, 1], 2, "one label per row, 2 in all. Got 3 labels"),
        (None, np.eye(2), 2, r"single dimension. Got shape \(2, 2\).*argmax"),
        (None, pd.DataFrame({"y": [1, 0]}), 2, r"Got shape \(2, 1\).*squeeze"),
        (None, [[1], [0]], 2, r"one plain label per row. Got \[1\]"),
        ([0, 1, 2], [0, 1], 2, "3 columns of logits, one per class. Got 2"),
    ],
)
def test_labels_that_do_not_fit_are_refused(classes: Any, y: Any, k: int, message: str) -> None:
    rows = 2 if len(y) == 2 or k == 2 and classes == [0, 1] else len(y)
    with pytest.raises(ValueError, match=message):
        align(classes, y, np.zeros((rows, k)))


def test_labels_must_be_a_sequence() -> None:
    for y in ("abc", 3):
        with pytest.raises(TypeError, match="labels, one per row"):
            align(None, y)


def answers(codes: np.ndarray, k: int, right: float) -> np.ndarray:
    """Logits of a teacher that is right in a share of the rows."""
    said = np.where(RNG.random(len(codes)) < right, codes, RNG.integers(0, k, len(codes)))
    return 3.0 * np.eye(k)[said]


def test_an_order_that_another_one_beats_clearly_is_refused_with_the_remedy() -> None:
    names = np.array(["high", "low", "mid"])
    y = RNG.integers(0, 3, 300)
    logits = answers(y, 3, right=0.9)[:, [1, 2, 0]]  # columns: low, mid, high
    for classes in (None, names):
        with pytest.raises(ValueError, match=r"come in another order.*[0-9]\s% .*") as caught:
            align(classes, names[y], logits)
        assert "as_teacher(model, classes=['low', 'mid', 'high'])" in str(caught.value)
    _, codes = align(["low", "mid", "high"], names[y], logits)
    assert (logits.argmax(axis=1) == codes).mean() > 0.8


def test_an_order_that_the_owner_gave_only_warns() -> None:
    y = RNG.integers(0, 2, 200)
    with pytest.warns(UserWarning, match="another order"):
        align([1, 0], y, answers(y, 2, right=0.9), classes_given=True)


def test_a_poor_teacher_or_few_rows_are_not_called_another_order() -> None:
    y = RNG.integers(0, 4, 400)
    align(None, y, answers(y, 4, right=0.05))
    align(None, np.array([0, 1, 0, 1]), answers(1 - np.array([0, 1, 0, 1]), 2, right=1.0))
    # A common class that the teacher mistakes for a rare one: wrong, but in no other order right.
    rare = (np.arange(1000) % 10 == 0).astype(int)
    logits = 3.0 * np.eye(2)[np.where(np.arange(1000) % 10 < 9, 1, 0)]
    align(None, rare, logits)


def test_a_class_without_rows_keeps_its_place_in_the_advice() -> None:
    y = RNG.integers(0, 2, 300)
    logits = np.hstack([answers(y, 2, right=0.95)[:, ::-1], np.full((300, 2), -9.0)])
    with pytest.raises(ValueError, match=r"classes=\['b', 'a', 'c', 'd'\]"):
        align(["a", "b", "c", "d"], np.array(["a", "b"])[y], logits)
