"""The fidelity card and the rows where the models part."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill.audits._counted import _mean
from jupyter_distill.distillation import Distillation
from jupyter_distill.distillation._census import constant
from jupyter_distill.targets import CompositeLoss, SoftTargets, soften

from .distilling import run
from .small import distilled, people

KL = CompositeLoss(alpha=0.0, temperature=1.0)


def three(rows: Any) -> np.ndarray:
    """A teacher of three classes that no small tree can copy."""
    X = np.asarray(rows, dtype=float)
    return 2 * np.column_stack([X[:, 0] + X[:, 1], np.sin(3 * X[:, 0]), X[:, 1] * X[:, 2]])


def data(n: int = 600, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return X, (three(X) + rng.gumbel(size=(n, 3))).argmax(1)


@cache
def parted() -> Distillation:
    X, y = data()
    return run(three, X, y, classes=[0, 1, 2], size=6, temperature=1.0)


def twin(d: Distillation) -> Distillation:
    """The same run with a teacher that is the student itself."""
    targets = SoftTargets(d.student.logits(d.table), d.targets.classes, d.targets.labels)
    return replace(d, targets=targets)


# --- the fidelity card -------------------------------------------------------------------------


def test_a_model_is_wholly_faithful_to_itself() -> None:
    card = twin(parted()).fidelity()
    assert card.value == 1.0
    assert card.overall.agreement.high == 1.0
    np.testing.assert_allclose(card.overall.kl, 0, atol=1e-12)  # nothing is lost, for certain
    assert all(score.agreement.value == score.precision == 1.0 for score in card.per_class)
    assert card.teacher_accuracy.value == card.overall.accuracy.value


def test_the_card_is_measured_on_held_out_rows() -> None:
    d = parted()
    card, (table, targets) = d.fidelity(), d.held_out
    z = d.student.logits(table)
    assert card.rows == len(d.rows.held_out) == targets.n_rows
    assert card.value == (z.argmax(1) == targets.predicted).mean()
    np.testing.assert_allclose(card.overall.kl.value, KL(z, targets))
    np.testing.assert_allclose(card.overall.accuracy.value, (z.argmax(1) == targets.labels).mean())
    np.testing.assert_allclose(
        card.teacher_accuracy.value, (targets.predicted == targets.labels).mean()
    )
    assert card.value == d.rung.fidelity


def test_classes_add_up_to_the_whole() -> None:
    card = parted().fidelity()
    for model in ("student", "labels only", "most common class"):
        frame = card.frame()
        frame = frame[frame["model"] == model].set_index("class")
        whole, classes = frame.loc["all classes"], frame.drop("all classes")
        assert classes["rows"].sum() == whole["rows"] == card.rows
        for name in ("agreement", "kl", "accuracy"):
            mean = np.average(classes[name], weights=classes["rows"])
            np.testing.assert_allclose(mean, whole[name])
    assert [score.of_class for score in card.per_class] == ["0", "1", "2"]


def test_a_class_may_be_called_what_it_likes() -> None:
    d = parted()
    names = np.array(["all classes", "student", "other"])
    named = replace(d, targets=SoftTargets(d.targets.logits, names, d.targets.labels))
    card = named.fidelity()
    assert [score.of_class for score in card.per_class] == names.tolist()
    assert [s.model for s in card.baselines] == [s.model for s in d.fidelity().baselines]


def test_precision_and_agreement_per_class_are_those_of_the_confusion() -> None:
    d = parted()
    table, targets = d.held_out
    answers = d.student.logits(table).argmax(1)
    for k, score in enumerate(d.fidelity().per_class):
        both = ((answers == k) & (targets.predicted == k)).sum()
        assert score.rows == (targets.predicted == k).sum()
        np.testing.assert_allclose(score.agreement.value, both / score.rows)
        np.testing.assert_allclose(score.precision, both / (answers == k).sum())


def test_both_baselines_stand_beside_the_student() -> None:
    d = parted()
    table, targets = d.held_out
    by_labels, most_common = d.fidelity().baselines
    assert (by_labels.model, most_common.model) == ("labels only", "most common class")
    twin = d.labels_only
    z = twin.logits(table)
    assert twin.size == d.size and twin.alpha == 1.0
    np.testing.assert_allclose(by_labels.agreement.value, (z.argmax(1) == targets.predicted).mean())
    np.testing.assert_allclose(by_labels.kl.value, KL(z, targets))
    learnt = d.targets.take(d.rows.learnt)
    top = np.bincount(learnt.predicted).argmax()
    np.testing.assert_allclose(most_common.agreement.value, (targets.predicted == top).mean())
    constant = np.log(np.tile(learnt.at(1.0).mean(0), (targets.n_rows, 1)))
    np.testing.assert_allclose(most_common.kl.value, KL(constant, targets), rtol=1e-6)


@pytest.mark.parametrize("often", [0, 1, 2])
def test_the_most_common_class_is_the_one_named_most_not_the_one_thought_of_most(
    often: int,
) -> None:
    # Seven of ten rows are given to one class by a hair, three wholly to another.
    X = np.random.default_rng(0).random((500, 1))
    sure = (often + 1) % 3

    def teacher(rows: Any) -> np.ndarray:
        p = np.full((len(rows), 3), 0.02)
        p[:, often], p[:, sure] = 0.50, 0.48
        p[rows[:, 0] > 0.7] = 0.005
        p[rows[:, 0] > 0.7, sure] = 0.99
        return p

    d = run(teacher, X, size=2, temperature=1.0)
    (most_common,) = d.fidelity().baselines
    share = (d.held_out[1].predicted == often).mean()
    np.testing.assert_allclose(most_common.agreement.value, share)
    assert share > 0.5


@given(st.integers(0, 2**32 - 1))
def test_the_constant_names_the_most_common_class_however_near_another_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 6))
    targets = SoftTargets(rng.normal(size=(40, k)) * rng.choice([0.1, 1.0, 5.0]), np.arange(k))
    assert constant(targets).argmax() == np.bincount(targets.predicted).argmax()


def test_another_size_has_its_own_card_and_baseline() -> None:
    d = parted()
    small = d.at(size=2)
    assert small.fidelity().student == "tree of 2 leaves"
    assert small.fidelity().value == d.ladder.rung(2).fidelity
    by_labels = small.fidelity().baselines[0]
    z = small.labels_only.logits(d.held_out[0])
    np.testing.assert_allclose(by_labels.kl.value, KL(z, d.held_out[1]))
    assert by_labels.kl != d.fidelity().baselines[0].kl


def test_without_labels_the_card_speaks_of_the_teacher_alone() -> None:
    X, _ = data()
    card = run(three, X, size=4, temperature=1.0).fidelity()
    assert [score.model for score in card.baselines] == ["most common class"]
    assert np.isnan(card.overall.accuracy).all() and np.isnan(card.teacher_accuracy).all()
    assert "accuracy" not in card.describe() and "labels" not in card.describe()


def test_a_class_without_held_out_rows_has_no_figures() -> None:
    X, _ = data()

    def four(rows: Any) -> np.ndarray:
        return np.column_stack([three(rows), np.full(len(rows), -40.0)])

    card = run(four, X, size=4, temperature=1.0).fidelity()
    silent = card.per_class[3]
    assert silent.rows == 0
    assert np.isnan(silent.agreement).all() and np.isnan(silent.precision)
    assert card.describe().splitlines()[-1].split()[-4:] == ["0", "-", "-", "nan"]
    assert np.isfinite(card.overall.agreement).all()


def test_the_kl_of_a_class_of_a_few_rows_has_no_interval() -> None:
    d = twin(parted())
    logits = d.targets.logits.copy()
    logits[:, 2] = logits.min() - 1.0
    logits[d.rows.held_out[:2], 2] = logits.max() + 1.0
    card = replace(d, targets=SoftTargets(logits, d.targets.classes, d.targets.labels)).fidelity()
    few = card.per_class[2]
    assert few.rows == 2 and few.kl.value > 0 and np.isnan([few.kl.low, few.kl.high]).all()
    assert 0 <= few.agreement.low < few.agreement.high <= 1
    assert "nan" not in card.describe().splitlines()[-1].rsplit(maxsplit=1)[0]
    summed = _mean(2 * few.kl.value, 2 * few.kl.value**2, 2)
    assert summed.value == pytest.approx(few.kl.value) and np.isnan(summed.low)


def test_the_card_is_data_and_text() -> None:
    card = parted().fidelity()
    frame = card.frame()
    assert len(frame) == 3 * 4  # three models; all classes and each of three
    assert frame.loc[0, ["agreement", "agreement_low", "agreement_high"]].tolist() == list(
        card.overall.agreement
    )
    assert f"{card.overall.agreement.value:.3f} [" in card.describe()
    assert "labels only" in card.describe() and "most common class" in card.describe()
    assert repr(card) == card.describe()
    assert f"{card.rows} held-out rows" in card.describe()


def test_it_is_said_whether_the_teacher_may_have_seen_the_rows() -> None:
    X, y = data(300)
    assert "the teacher may have seen them" in parted().fidelity().describe()
    d = run(three, X, y, test=data(200, seed=1), classes=[0, 1, 2], size=4, temperature=1.0)
    assert "may have seen" not in d.fidelity().describe()


def test_intervals_hold_their_values() -> None:
    for score in parted().fidelity().scores:
        for interval in (score.agreement, score.kl, score.accuracy):
            assert interval.low <= interval.value <= interval.high


# --- disagreements -----------------------------------------------------------------------------


def test_a_row_is_listed_exactly_if_the_models_part() -> None:
    d = parted()
    X, y = data()
    teacher, student = three(X).argmax(1), d.student.predict(X)
    listed = d.disagreements(rows="all")
    assert sorted(listed.index) == np.flatnonzero(teacher != student).tolist()
    np.testing.assert_array_equal(listed["teacher"], teacher[listed.index])
    np.testing.assert_array_equal(listed["student"], student[listed.index])
    np.testing.assert_array_equal(listed["truth"], y[listed.index])
    np.testing.assert_array_equal(listed[["x0", "x1", "x2"]], X[listed.index])
    held_out = d.disagreements()
    assert set(held_out.index) == set(listed.index) & set(d.rows.held_out)
    assert 1 - len(held_out) / len(d.rows.held_out) == pytest.approx(d.fidelity().value)


def test_the_surest_teacher_comes_first() -> None:
    d = parted()
    X, _ = data()
    listed = d.disagreements(rows="all")
    p, rows = soften(three(X))[listed.index], np.arange(len(listed))
    np.testing.assert_allclose(
        listed["margin"], p[rows, listed["teacher"]] - p[rows, listed["student"]]
    )
    assert listed["margin"].is_monotonic_decreasing
    assert (listed["margin"] > 0).all()
    kl = KL.per_row(d.student.logits(X), d.targets)
    np.testing.assert_allclose(listed["kl"], kl[listed.index])


def test_a_model_does_not_part_from_itself() -> None:
    assert len(twin(parted()).disagreements("all")) == 0


def test_without_labels_there_is_no_truth() -> None:
    X, _ = data(200)
    d = run(three, X, size=2, temperature=1.0)
    assert d.disagreements().columns.tolist() == [
        "teacher",
        "student",
        "margin",
        "kl",
        "x0",
        "x1",
        "x2",
    ]


def framed(frame: Any, y: Any) -> Distillation:
    """Distil a frame whose teacher answers by heart, with an error in every fifth row."""
    answers = np.where(np.arange(len(y)) % 5 == 0, -2.0, 2.0) * np.where(y == "yes", 1, -1)
    return run(
        lambda rows: np.column_stack([-answers[rows], answers[rows]]),
        frame,
        y,
        teacher_inputs=np.arange(len(y)),
        classes=["no", "yes"],
        size=4,
        temperature=1.0,
    )


def test_a_pandas_frame_keeps_its_index_and_types() -> None:
    frame, y = people(300)
    frame.index = pd.Index([f"loan {i}" for i in range(300)], name="loan")
    frame["purpose"] = frame["purpose"].astype("category")
    d = framed(frame, y)
    listed = d.disagreements("all")
    assert isinstance(listed, pd.DataFrame) and listed.index.name == "loan"
    pd.testing.assert_frame_equal(listed[frame.columns], frame.loc[listed.index])
    assert listed.columns.tolist()[:5] == ["teacher", "student", "truth", "margin", "kl"]
    assert set(listed["teacher"]) <= {"yes", "no"}


def test_an_index_with_repeated_labels_is_kept() -> None:
    frame, y = people(300)
    frame.index = np.arange(300) % 7
    listed = framed(frame, y).disagreements("all")
    assert len(listed) > 30
    assert set(listed.index) <= set(range(7))


@pytest.mark.parametrize("kind", [pl.DataFrame, pa.table])
def test_other_frames_come_back_as_they_are(kind: Any) -> None:
    frame, y = people(300)
    plain = frame.astype(object).where(frame.notna(), None).to_dict("list")
    expected = framed(frame, y).disagreements("all")
    listed = framed(kind(plain), y).disagreements("all")
    assert type(listed) is type(kind(plain))
    found = listed.to_pydict() if isinstance(listed, pa.Table) else listed.to_dict(as_series=False)
    assert list(found) == expected.columns.tolist()
    assert found["teacher"] == expected["teacher"].tolist()
    assert found["purpose"] == expected["purpose"].tolist()
    np.testing.assert_allclose(found["margin"], expected["margin"])


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_the_owner_s_columns_keep_their_names(kind: Any) -> None:
    frame, y = people(300)
    names = {"income": "teacher", "purpose": "teacher (model)", "employed": "kl", "age": "margin"}
    frame = frame.rename(columns=names)
    plain = frame.astype(object).where(frame.notna(), None).to_dict("list")
    listed = framed(kind(plain), y).disagreements("all")
    columns = list(getattr(listed, "column_names", None) or listed.columns)
    assert columns == [
        "teacher (model) (model)",
        "student",
        "truth",
        "margin (model)",
        "kl (model)",
        *frame.columns,
    ]


def test_columns_named_by_numbers_stay_so() -> None:
    X, y = data(200)
    d = run(three, pd.DataFrame(X), y, classes=[0, 1, 2], size=2, temperature=1.0)
    assert d.disagreements().columns.tolist()[-3:] == [0, 1, 2]


def test_only_known_rows_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="rows to be one of 'held_out', 'all'. Got 'al'.*\"all\""):
        parted().disagreements("al")


def test_nothing_of_the_owner_s_is_changed() -> None:
    frame, y = people(300)
    before = frame.copy(deep=True)
    d = distilled(frame, y, size=4, temperature=1.0)
    listed = d.disagreements("all")
    listed["age"] = -1
    d.fidelity()
    pd.testing.assert_frame_equal(frame, before)
