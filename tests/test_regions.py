"""Regions of disagreement: a planted one is found by its rule, and none where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from jupyter_distill.audits._parting import Parting
from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import SoftTargets

from .audited import applicants, at_random, copied, odd, plain, planted, planted_numbers, yes_or_no
from .distilling import run


def apart(d: Distillation) -> np.ndarray:
    return d.student.output(d.table).argmax(1) != d.targets.predicted


def test_a_planted_region_is_found_by_its_rule() -> None:
    d = planted()
    found = d.regions()
    cars = [one for one in found.clear if "purpose is car" in one.rule and "age > " in one.rule]
    inside = odd(d.table.native)
    reached = np.unique(np.concatenate([one.positions for one in cars]))
    assert inside[reached].mean() > 0.9  # nearly nothing but the region,
    assert inside[reached].sum() > 0.8 * inside.sum()  # and nearly all of it
    (finding,) = found.findings
    one = found[0]
    assert finding.code == "disagreement-region" and one.rule in finding.sentence
    assert finding.sentence.endswith(".") and finding.remedy.endswith(".")
    assert f"0: {one.rule}" in repr(found) and found.value == one.rate.value


def test_rates_are_those_of_held_out_rows_alone() -> None:
    d = planted()
    found, parts, rows = d.regions(), apart(d), d.rows.held_out
    assert found.rows == len(rows) and found.found_on == len(d.rows.learnt)
    assert found.rate == pytest.approx(parts[rows].mean())
    for one in found:
        own = np.intersect1d(rows, one.positions)
        assert one.rows == len(own) and one.share == len(own) / len(rows)
        assert one.rate.value == pytest.approx(parts[own].mean())
        assert one.elsewhere == pytest.approx(parts[np.setdiff1d(rows, own)].mean())
        assert one.lift == pytest.approx(one.rate.value / found.rate)
        assert one.rate.low <= one.rate.value <= one.rate.high


def test_who_is_right_is_counted_where_the_two_part() -> None:
    d = planted()
    truth, teacher = d.targets.labels, d.targets.predicted
    student = d.student.output(d.table).argmax(1)
    for one in d.regions():
        own = np.intersect1d(d.rows.held_out, one.positions)
        own = own[apart(d)[own]]
        assert one.known == len(own)
        if one.known:
            assert one.teacher_right.value == pytest.approx((teacher == truth)[own].mean())
            assert one.student_right.value == pytest.approx((student == truth)[own].mean())
            total = one.teacher_right.value + one.student_right.value + one.neither.value
            assert total == pytest.approx(1)
            met = pd.Series(list(zip(teacher[own], student[own], strict=True))).value_counts()
            assert one.pair is not None and one.pair[2] == met.iloc[0]


def test_truth_that_is_partly_or_not_known() -> None:
    d = planted()
    some = d.targets.labels.copy()
    some[::2] = -1
    half = replace(d, targets=SoftTargets(d.targets.logits, d.targets.classes, some))
    for one, whole in zip(half.regions(), d.regions(), strict=True):
        assert one.rate == whole.rate and one.known <= whole.known
    none = planted(truth=False).regions()
    assert all(one.known == 0 and np.isnan(one.teacher_right.value) for one in none)
    assert "truth not known" in repr(none) and none.findings


def test_the_rows_of_a_region_are_shown() -> None:
    d = planted()
    one = next(region for region in d.regions() if "purpose is car" in region.rule)
    shown = d.disagreements(region=one.number)
    own = np.intersect1d(d.rows.held_out, one.positions)
    names = d.table.native.index[own[apart(d)[own]]]
    assert set(shown.index) == set(names) and len(shown)
    assert (shown["purpose"] == "car").all()
    for same in (one, one.rule, np.int64(one.number)):
        pd.testing.assert_frame_equal(d.disagreements(region=same), shown)
    everywhere = d.disagreements("all", region=one)
    assert set(names) < set(everywhere.index)
    pd.testing.assert_frame_equal(d.disagreements(), d.disagreements(region=None))


def test_a_region_that_is_not_there_is_refused_by_name() -> None:
    d = planted()
    with pytest.raises(IndexError, match="a region from 0 to"):
        d.disagreements(region=99)
    with pytest.raises(KeyError, match="Did you mean"):
        d.disagreements(region=d.regions()[0].rule[:-1])
    for wrong in (1.5, True, [0]):
        with pytest.raises(TypeError, match="a region, its number or its rule"):
            d.disagreements(region=wrong)
    with pytest.raises(ValueError, match="region"):
        d.disagreements(region=-1)
    other = run(
        yes_or_no, applicants(300), size=2, temperature=1.0, **plain(TreeStudent(quality="greedy"))
    )
    with pytest.raises(ValueError, match="a region of this distillation, of 300 rows"):
        other.disagreements(region=d.regions()[0])
    for options in ({"max_regions": 0}, {"rows": "some"}):
        with pytest.raises(ValueError, match=next(iter(options))):
            d.regions(**options)


def test_none_stands_out_where_models_part_at_random() -> None:
    for make in (planted, planted_numbers):
        found = [at_random(make(), seed).regions() for seed in range(12)]
        assert sum(bool(one.findings) for one in found) <= 1
        quiet = next(one for one in found if not one.clear)
        assert "spread evenly" in repr(quiet)
        assert sum(len(one) == 0 for one in found) > 6  # mostly no tree tells anything


def test_a_copy_parts_nowhere() -> None:
    for make in (planted, planted_numbers):
        found = copied(make()).regions()
        assert len(found) == 0 and found.value == 0 and not found.findings
        assert found.frame().empty and "spread evenly" in repr(found)
        with pytest.raises(IndexError, match="spread evenly"):
            found[0]


def test_numbers_are_compared_by_their_differences() -> None:
    d = planted_numbers()
    found = d.regions()
    one, off = found[0], (d.student.output(d.table) - d.targets.values) ** 2
    assert "purpose is car" in one.rule and one.clear and one.pair is None
    own = np.intersect1d(d.rows.held_out, one.positions)
    assert one.rate.value == pytest.approx(np.sqrt(off[own].mean()))
    assert found.rate == pytest.approx(np.sqrt(off[d.rows.held_out].mean()))
    assert one.known == len(own) and one.teacher_right.value > 0.5 > one.student_right.value
    assert found.findings.codes == ("disagreement-region",)
    assert "nearer to the truth" in repr(found)
    shown = d.disagreements(region=0)
    assert len(shown) == len(own) and "teacher_says" not in found.frame()


def test_of_all_rows_one_half_is_measured_and_regions_are_bounded_and_the_same_again() -> None:
    d = planted()
    found = d.regions(max_regions=1, rows="all")
    assert found.rows + found.found_on == d.table.n_rows and len(found) == 1
    pd.testing.assert_frame_equal(found.frame(), d.regions(max_regions=1, rows="all").frame())


def test_frames_of_others() -> None:
    frame = pl.from_pandas(applicants(800))

    def teacher(rows: Any) -> np.ndarray:
        return yes_or_no(rows.to_pandas())

    d = run(teacher, frame, size=3, temperature=1.0, **plain(TreeStudent(quality="greedy")))
    shown = d.disagreements("all", region=d.regions()[0])
    assert isinstance(shown, pl.DataFrame) and len(shown)


def test_chance_is_small_only_inside_the_region() -> None:
    d = planted()
    parting, rows = Parting.of(d), d.rows.held_out
    inside = odd(d.table.native)[rows]
    assert parting.chance(rows, inside) < 1e-6 < 0.5 < parting.chance(rows, ~inside)


def test_of_a_few_numbers_no_interval_and_no_chance_is_made_up() -> None:
    parting = Parting.of(planted_numbers())
    rows = np.arange(40)
    off = parting.off.copy()
    off[:4] = 9 * off[rows].max()  # far apart, and all alike
    parting = replace(parting, off=off)
    rate = parting.rate(rows[:4])
    assert rate.value == pytest.approx(np.sqrt(off[0])) and np.isnan([rate.low, rate.high]).all()
    assert parting.chance(rows, rows < 4) == 1.0
    enough = parting.rate(rows[4:12])
    mean, half = off[4:12].mean(), 1.959964 * off[4:12].std(ddof=1) / np.sqrt(8)
    np.testing.assert_allclose(enough.high, np.sqrt(mean + half), rtol=1e-6)


def test_regions_of_all_rows_are_those_that_their_finding_names() -> None:
    d = planted()
    found = d.regions(rows="all")
    (finding,) = found.findings
    assert "d.disagreements(rows='all', region=" in finding.remedy
    rows = d.disagreements("all", region=finding.evidence["region"])
    region = found[int(finding.evidence["region"])]
    assert set(rows.index) <= set(d.table.native.index[region.positions])
