"""Distil and compare: what the teacher leans on and the truth does not ask for."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.audits import _refits
from jupyter_distill.audits._moves import grids
from jupyter_distill.audits.compare import TruthComparison, _twins
from jupyter_distill.audits.compare._against_truth import _chance
from jupyter_distill.audits.compare._twins import Said, shown
from jupyter_distill.distillation import Distillation, InterruptedWarning
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent

from .distilling import run
from .judging import Score, lent, loans

TREE = TreeStudent(quality="greedy")


def compared(d: Distillation, resamples: int = 8, **options: Any) -> TruthComparison:
    found: TruthComparison = d.compare(resamples, progress=False, **options)
    return found


@cache
def unfair(student: str = "tree") -> Distillation:
    kind = TREE if student == "tree" else student
    return lent(Score(unfair=6.0), kind, size=4 if student == "linear" else 8, alpha=0.0)


@cache
def of_unfair(student: str = "tree") -> TruthComparison:
    return compared(unfair(student))


CASES: dict[str, Callable[[], TruthComparison]] = {"differs-from-truth": of_unfair}


@pytest.mark.parametrize("code", CASES)
def test_each_finding_comes_where_it_must(code: str) -> None:
    found = CASES[code]().findings.of(code)
    assert found
    for one in found:
        assert one.sentence.endswith(".") and one.remedy.endswith(".") and "\n" not in str(one)
        assert all(type(v) in (int, float, str) for v in one.evidence.values())
        json.dumps(one.to_dict(), allow_nan=False)


@pytest.mark.parametrize("student", ["linear", "tree"])
def test_the_column_by_which_a_teacher_is_unfair_is_named(student: str) -> None:
    report = of_unfair(student)
    assert report.leans("more") == ["sex"]
    sex = report.frame().set_index("column").loc["sex"]
    assert sex["student"] > 0.12 > 0.06 > sex["labels_only"]
    assert sex["low"] > 0 and sex["low"] < sex["difference"] < sex["high"]
    assert report.findings.of("differs-from-truth")[0].evidence["column"] == "sex"
    assert report.apart.value > report.by_chance
    assert "leans more than the truth asks for on sex" in report.describe()
    said = report.curves().query("column == 'sex'").set_index("text")["difference"]
    assert said["m"] - said["f"] > 0.1


def test_a_teacher_of_the_truth_leans_on_nothing_more() -> None:
    report = compared(lent(Score(), TREE, size=4, alpha=0.0))
    assert report.leans("more") == [] and not report.findings
    assert "No column moves" in report.describe()


def test_parts_of_both_are_listed_side_by_side() -> None:
    parts = of_unfair("tree").parts.set_index(["kind", "part"])
    own = unfair("tree").explanation()
    used = {own.columns[j].name for j in own.feature if j >= 0}
    assert set(parts.loc["column"].query("in_student").index) == used
    assert parts[["share_student", "share_labels_only"]].stack().between(0, 1).all()
    assert parts.loc[("column", "sex"), "share_student"] == 1.0
    assert parts.loc[("column", "sex"), "share_labels_only"] < 0.7
    assert parts["in_student"].dtype == parts["in_labels_only"].dtype == bool


def test_answers_are_compared_on_held_out_rows_with_the_truth_beside() -> None:
    report, d = of_unfair(), unfair()
    table, targets = d.held_out
    assert d.labels_only is not None
    one, other = (s.output(table).argmax(1) for s in (d.student, d.labels_only))
    assert report.apart.value == pytest.approx((one != other).mean())
    assert report.student_right.value == pytest.approx((one == targets.labels).mean())
    assert report.labels_only_right.value == pytest.approx((other == targets.labels).mean())
    assert report.rows == len(table) and report.refits == 8


def test_of_numbers_it_is_in_their_unit() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"])
    frame.loc[::11, "b"] = np.nan
    y = (100 * frame["a"] + rng.normal(size=300)).to_numpy()

    def teacher(rows: Any) -> np.ndarray:
        return np.asarray(100 * rows["a"] + 60 * rows["c"])

    student = TreeRegressionStudent(quality="greedy")
    d = run(teacher, frame, y, student=student, size=8, task="regression", alpha=0.0)
    report = compared(d)
    assert report.leans("more") == ["c"] and report.regression
    assert report.frame().set_index("column").loc["c", "student"] > 30
    assert report.apart.value > 30 and "(RMSE)" in report.describe()
    assert set(report.curves()["of_class"]) == {""}


def test_several_classes_are_compared_at_once() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"])
    truth = np.digitize(frame["a"], [-0.5, 0.5])

    def teacher(rows: Any) -> np.ndarray:
        z = np.asarray(rows["b"])
        return np.column_stack([-4 * z, 0 * z, 4 * z])

    d = run(
        teacher,
        frame,
        truth,
        classes=[0, 1, 2],
        student=TREE,
        size=6,
        temperature=1.0,
        alpha=0.0,
    )
    report = compared(d)
    assert report.leans("more") == ["b"] and report.leans("less") == ["a"]
    assert set(report.curves()["of_class"]) == {"0", "1", "2"}


def test_without_the_truth_there_is_nothing_to_compare_with() -> None:
    with pytest.raises(ValueError, match="with the ground truth.*Distil with y"):
        compared(lent(Score(), TREE, y=None))
    for options in ({"resamples": 4}, {"rows": "some"}, {"n": 1}, {"random_state": -1}):
        with pytest.raises(ValueError, match=next(iter(options))):
            compared(unfair(), **options)


def test_what_the_truth_has_in_the_student_is_said() -> None:
    report = compared(lent(Score(unfair=4.0), TREE, alpha=0.5), 5)
    assert "alpha = 0.5" in report.notes[0]


def test_the_same_seed_gives_the_same_to_the_bit() -> None:
    again = compared(unfair())
    for name in ("columns", "parts", "lines"):
        pd.testing.assert_frame_equal(
            getattr(again, name), getattr(of_unfair(), name), check_exact=True
        )
    other = compared(unfair(), random_state=5).frame()
    assert not other["low"].equals(again.frame()["low"])
    np.testing.assert_array_equal(
        other.sort_values("column")["student"], again.frame().sort_values("column")["student"]
    )


def test_an_interrupt_keeps_the_refits_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = _twins._refit, []

    def stopped(*call: Any) -> Any:
        calls.append(call)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return real(*call)

    monkeypatch.setattr(_twins, "_refit", stopped)
    with pytest.warns(InterruptedWarning, match="3 of 8 refits to the truth"):
        report = compared(unfair())
    assert report.refits == 3 and report.leans("more") == []
    assert any("too few" in note for note in report.notes)


def test_effects_are_moves_weighted_by_how_often_each_value_is_there() -> None:
    frame, _ = loans()
    d = unfair()
    rows = np.arange(30)
    values = grids(d.table, [0, 3], 5)
    stacked = shown(d.table, rows, values)
    said = Said.of([d.student.output(stacked)], 30, values)
    table = d.table.take(rows)
    own = d.student.predict_proba(table.native)
    shares = frame["sex"].value_counts(normalize=True)
    effect = sum(
        shares[sex]
        * np.abs(d.student.predict_proba(table.native.assign(sex=sex)) - own)[:, 1].mean()
        for sex in ("f", "m")
    )
    assert said.effects(values)[0, 1] == pytest.approx(effect)


def test_both_are_refitted_to_the_same_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    real: dict[str, Any] = {"student": _refits._refit, "truth": _twins._refit}
    weights: dict[str, list[np.ndarray]] = {"student": [], "truth": []}

    def noting(who: str) -> Callable[..., Any]:
        def call(student: Any, rows: Any, targets: Any, *rest: Any) -> Any:
            weights[who].append(targets.weights)
            return real[who](student, rows, targets, *rest)

        return call

    monkeypatch.setattr(_refits, "_refit", noting("student"))
    monkeypatch.setattr(_twins, "_refit", noting("truth"))
    compared(unfair(), 5)
    assert len(weights["student"]) == len(weights["truth"]) == 5
    for one, other in zip(weights["student"], weights["truth"], strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(weights["truth"][0], weights["truth"][1])


def test_luck_that_both_have_is_no_difference() -> None:
    luck = np.random.default_rng(0).normal(size=12)
    off = np.random.default_rng(1).normal(scale=0.01, size=12)
    low, high, p = _chance(0.1, luck + off, luck)
    assert 0.05 < low < 0.1 < high < 0.15 and p < 1e-4
    # an interrupt left fewer of the second: those that are there are of the same resamples
    assert _chance(0.1, luck + off, luck[:9]) == _chance(0.1, (luck + off)[:9], luck[:9])
    assert _chance(0.1, luck + off, luck[:4])[2] == 1.0
