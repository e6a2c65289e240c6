"""Calibration: measured as others do, found where it was planted, and not where it was not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill._softmax import softmax
from jupyter_distill.audits.reliability import _numbers, _to_teacher, _to_truth
from jupyter_distill.exports.reliability import reliability as draw
from jupyter_distill.targets import Predictions, SoftTargets

from .audited import copied, planted, planted_numbers
from .trees import SEEDS


def test_a_student_is_measured_against_truth_and_teacher() -> None:
    d = planted()
    found = d.reliability()
    table = found.frame().set_index(["model", "against", "measure"])["value"].sort_index()
    rows = d.rows.held_out
    p = softmax(d.student.output(d.table)[rows])
    labels = d.targets.labels[rows]
    own = table["student", "truth"]
    assert own["confidence"] == pytest.approx(p.max(1).mean())
    assert own["accuracy"] == pytest.approx((p.argmax(1) == labels).mean())
    assert own["log loss"] == pytest.approx(-np.log(p[np.arange(len(rows)), labels]).mean())
    assert own["Brier"] == pytest.approx(((p - np.eye(2)[labels]) ** 2).sum(1).mean())
    assert found.value == own["ECE"]
    q = d.targets.at(1.0)[rows, p.argmax(1)]
    to_teacher = table["student", "teacher"]
    assert to_teacher["teacher's probability"] == pytest.approx(q.mean())
    assert to_teacher["ECE"] >= abs(p.max(1).mean() - q.mean()) - 1e-12
    measures = d.measures()
    for name in ("ECE", "log loss", "Brier"):
        assert own[name] == pytest.approx(measures.of(name, against="truth").value)
    assert {"student", "labels only", "teacher"} == set(found.frame()["model"])
    assert "against the truth" in repr(found) and not found.findings


def test_a_curve_is_the_mean_of_its_bins() -> None:
    d = planted()
    curve = d.reliability().curve("student", "truth")
    rows = d.rows.held_out
    p = softmax(d.student.output(d.table)[rows])
    assert curve["rows"].sum() == len(rows)
    levels = np.unique(p.max(1).round(12))  # a tree says few things: each may be a bin
    assert len(curve) <= len(levels)
    assert np.average(curve["said"], weights=curve["rows"]) == pytest.approx(p.max(1).mean())
    assert ((curve["low"] <= curve["happened"]) & (curve["happened"] <= curve["high"])).all()
    everything = d.reliability().curve()
    assert set(everything["against"]) == {"truth", "teacher"}


@given(SEEDS, st.integers(2, 4))
@settings(max_examples=15, deadline=None)
def test_calibrated_probabilities_are_hardly_ever_said_to_be_off(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(300, k)) * 2
    labels = (z + rng.gumbel(size=z.shape)).argmax(1)
    found, curve = _to_truth(z, labels, 0)
    assert found["ECE"].low <= found["ECE"].value <= found["ECE"].high
    usual = found["ECE by chance"]
    assert found["ECE"].value < usual.high + 3 * (usual.high - usual.low)
    assert found["p"].value > 1e-3 and curve["rows"].sum() == 300
    sharp, _ = _to_truth(6 * z, labels, 0)
    assert sharp["ECE"].value > found["ECE"].value and sharp["p"].value < 0.01


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_of_numbers_the_slope_is_that_of_least_squares(seed: int) -> None:
    rng = np.random.default_rng(seed)
    said = rng.normal(5, 2, 200)
    target = 3 * said + rng.normal(size=200)
    found, curve = _numbers(said, target, 0)
    assert found["slope"].value == pytest.approx(np.polyfit(said, target, 1)[0])
    assert found["slope"].low < found["slope"].value < found["slope"].high
    assert found["bias"].value == pytest.approx((said - target).mean())
    np.testing.assert_allclose(np.average(curve["happened"], weights=curve["rows"]), target.mean())


def test_a_bin_of_a_few_rows_has_no_interval() -> None:
    rng = np.random.default_rng(0)
    p = np.where(np.arange(40) < 37, 0.9, 0.6)
    z, q = np.log(np.column_stack([p, 1 - p])), rng.uniform(0.5, 1, 40)
    q[37:] = 0.7  # alike, by chance
    curve = _to_teacher(z, np.column_stack([q, 1 - q]), 0)[1].sort_values("rows")
    assert curve["rows"].tolist() == [3, 37]
    few, many = curve.iloc[0], curve.iloc[1]
    assert few["happened"] == pytest.approx(0.7) and np.isnan([few["low"], few["high"]]).all()
    half = 1.959964 * q[:37].std(ddof=1) / np.sqrt(37)
    assert many["high"] - many["happened"] == pytest.approx(half, rel=1e-6)
    drawn = draw(curve)
    assert "3 rows" in drawn and "nan" not in drawn
    curve = _numbers(p, p + np.where(p < 0.7, 0.1, rng.normal(size=40)), 0)[1]
    few = curve.set_index("rows").loc[3]
    assert few["happened"] == pytest.approx(0.7) and np.isnan([few["low"], few["high"]]).all()


def test_a_student_that_is_too_sure_is_found_and_its_teacher_named() -> None:
    d = planted()
    rng = np.random.default_rng(0)
    p = softmax(d.student.output(d.table) / 3)[:, 1]
    labels = (rng.random(len(p)) < p).astype(int)
    sure = replace(d, targets=SoftTargets(d.targets.logits, d.targets.classes, labels))
    (one,) = sure.reliability().findings
    assert one.code == "miscalibrated-student" and "surer than it is right" in one.sentence
    assert one.sentence.endswith(".") and one.remedy.endswith(".")
    assert "Its teacher is off as well" in one.remedy
    assert one.evidence["ECE"] > one.evidence["ECE by chance"] + 0.05 and len(one.table) > 1
    # one whose teacher is right
    right = replace(d, targets=SoftTargets(np.log(np.column_stack([1 - p, p])), [0, 1], labels))
    (one,) = right.reliability().findings
    assert "temperature" in one.remedy


def test_numbers_that_are_too_cautious_are_found() -> None:
    d = planted_numbers()
    assert not d.reliability().findings
    said = d.student.output(d.table)
    noise = np.random.default_rng(0).normal(0, 0.1, len(said))
    shy = replace(d, targets=Predictions(said, 2 * said + noise))
    found = shy.reliability()
    (one,) = found.findings
    assert "too cautious" in one.sentence and found.value == pytest.approx(2, abs=0.05)
    assert "Its teacher is off as well" in one.remedy and "slope" in repr(found)


def test_a_copy_is_as_its_teacher_says() -> None:
    found = copied(planted()).reliability().frame()
    ece = found[(found["model"] == "student") & (found["against"] == "teacher")]
    assert ece["value"].iloc[0] == pytest.approx(0)
    numbers = copied(planted_numbers()).reliability().frame()
    slope = numbers[(numbers["model"] == "student") & (numbers["against"] == "teacher")]
    assert slope["value"].tolist() == pytest.approx([1, 0])


def test_truth_that_is_not_known_is_said() -> None:
    found = planted(truth=False).reliability()
    assert found.known == 0 and set(found.frame()["against"]) == {"teacher"}
    assert "truth is not known" in repr(found) and not found.findings
    d = planted()
    some = d.targets.labels.copy()
    some[::3] = -1
    half = replace(d, targets=SoftTargets(d.targets.logits, d.targets.classes, some))
    assert 0 < half.reliability().known < half.reliability().rows
    pd.testing.assert_frame_equal(half.reliability().frame(), half.reliability().frame())
    with pytest.raises(ValueError, match="rows to be one of"):
        d.reliability("some")
