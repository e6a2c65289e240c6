"""Audits where the truth is known of some rows only: what is not known is not counted as wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor

from jupyter_distill.audits.disagreements import compare, disagreements
from jupyter_distill.audits.fidelity import fidelity
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.answers import row_index
from jupyter_distill.targets import Predictions, SoftTargets

from .distilling import run
from .small import distilled, people


@pytest.fixture(scope="module")
def classes() -> Distillation:
    return distilled(*people(), size=4, temperature=1.0)


@pytest.fixture(scope="module")
def numbers() -> Distillation:
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    model = RandomForestRegressor(30, random_state=0).fit(X, y)
    return run(model, X, y, size=4)


def forget(d: Distillation, rows: np.ndarray) -> Distillation:
    """Return the same distillation, the truth of some rows not known."""
    targets = d.targets
    if isinstance(targets, Predictions):
        truth = targets.truth.copy()  # type: ignore[union-attr]
        truth[rows] = np.nan
        return replace(d, targets=Predictions(targets.values, truth))
    labels = targets.labels.copy()  # type: ignore[union-attr]
    labels[rows] = -1
    return replace(d, targets=SoftTargets(targets.logits, targets.classes, labels))


def test_accuracy_is_measured_where_the_label_is_known(classes: Distillation) -> None:
    held = classes.rows.held_out
    d, known = forget(classes, held[::2]), held[1::2]
    card, whole = fidelity(d), fidelity(classes)
    labels = d.targets.labels
    right = classes.student.output(d.table)[known].argmax(1) == labels[known]
    assert card.overall.accuracy.value == pytest.approx(right.mean())
    assert card.overall.accuracy.low < right.mean() < card.overall.accuracy.high
    assert card.teacher_accuracy.value == pytest.approx(
        (d.targets.predicted[known] == labels[known]).mean()
    )
    # what is said of the teacher does not depend on the truth
    assert card.overall.agreement == whole.overall.agreement
    assert card.overall.kl == whole.overall.kl


def test_where_no_label_of_a_held_out_row_is_known_nothing_is_said(classes: Distillation) -> None:
    card = fidelity(forget(classes, classes.rows.held_out))
    assert np.isnan(card.overall.accuracy).all() and np.isnan(card.teacher_accuracy).all()
    assert "accuracy" not in card.describe()


def test_errors_to_the_truth_are_measured_where_it_is_known(numbers: Distillation) -> None:
    held = numbers.rows.held_out
    d, known = forget(numbers, held[::2]), held[1::2]
    card, whole = fidelity(d), fidelity(numbers)
    off = numbers.student.output(d.table)[known] - d.targets.truth[known]
    assert card.overall.truth_rmse.value == pytest.approx(np.sqrt((off**2).mean()))
    assert card.of_teacher.truth_mae.value == pytest.approx(
        np.abs(d.targets.values - d.targets.truth)[known].mean()
    )
    assert card.overall.rmse == whole.overall.rmse
    none = fidelity(forget(numbers, held))
    assert none.of_teacher is None and np.isnan(none.overall.truth_r2).all()


def test_truth_that_is_not_known_is_no_class(classes: Distillation) -> None:
    d = forget(classes, np.arange(0, classes.table.n_rows, 2))
    known = np.arange(classes.table.n_rows) % 2 == 1
    truth = compare(d).columns(d)["truth"]
    assert set(truth[~known]) == {None} and set(truth[known]) == {"no", "yes"}
    shown = disagreements(d, rows="all")
    assert (shown["truth"].isna() == (shown.index % 2 == 0)).all()
    field = next(f for f in row_index(d).fields if f.name == "truth")
    assert (field.values[~known] == -1).all()


def test_truth_that_is_not_known_is_no_number(numbers: Distillation) -> None:
    d = forget(numbers, np.arange(0, numbers.table.n_rows, 2))
    assert np.isnan(compare(d).columns(d)["truth"][::2]).all()
    assert not np.isnan(compare(d).columns(d)["truth"][1::2]).any()
