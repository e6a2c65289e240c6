"""Segments: each is measured right, a planted one is found, and none where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

from jupyter_distill.audits import segments as audit
from jupyter_distill.audits._levels import levels
from jupyter_distill.audits._segment_counts import adjusted, larger_mean, more_often
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeStudent

from .audited import applicants, at_random, copied, plain, planted, planted_numbers, yes_or_no
from .distilling import run


def held_out(d: Distillation) -> pd.DataFrame:
    rows = d.rows.held_out
    table = d.table.native.iloc[rows].copy()
    said, targets = d.student.output(d.table)[rows], d.targets.take(rows)
    if d.task == "regression":
        return table.assign(off=said - targets.values)
    return table.assign(
        agrees=said.argmax(1) == targets.predicted, right=said.argmax(1) == targets.labels
    )


def test_a_planted_segment_is_the_worst_and_is_found() -> None:
    found = planted().segments()
    assert "purpose is car" in found.frame()["segment"].iloc[0]
    worst = found.worst["segment"].tolist()
    assert "purpose is car" in worst[0]
    (one,) = found.findings
    assert one.code == "weak-segment" and "purpose is car" in one.sentence
    assert one.sentence.endswith(".") and one.remedy.endswith(".")
    assert one.evidence[found.measure] < one.evidence["others"] - 0.1
    assert "purpose is car" in repr(found)


def test_every_segment_is_measured_right() -> None:
    d = planted()
    table = d.segments(least=5).frame().set_index("segment")
    rows = held_out(d)
    car, rest = rows[rows["purpose"] == "car"], rows[rows["purpose"] != "car"]
    one = table.loc["purpose is car"]
    assert one["rows"] == len(car) and one["share"] == len(car) / len(rows)
    assert one["agreement"] == pytest.approx(car["agrees"].mean())
    assert one["rest"] == pytest.approx(rest["agrees"].mean())
    assert one["accuracy"] == pytest.approx(car["right"].mean())
    counts = [[(~part["agrees"]).sum(), part["agrees"].sum()] for part in (car, rest)]
    assert one["p"] == pytest.approx(stats.fisher_exact(counts, alternative="greater")[1])
    lost = rows[rows["income"].isna()]
    assert table.loc["income is missing", "rows"] == len(lost)
    pair = rows[rows["income"].isna() & rows["employed"]]
    name = "income is missing and employed is True"
    assert table.loc[name, "rows"] == len(pair)
    assert table.loc[name, "agreement"] == pytest.approx(pair["agrees"].mean())
    # each column parts all rows
    singles = table[table["columns"] == 1]
    for column in ("age", "purpose", "employed"):
        own = singles[[column in name for name in singles.index]]
        assert own["rows"].sum() == len(rows)


def test_quarters_are_those_of_the_rows_learnt_from_and_written_short() -> None:
    frame = applicants(1_000)
    (income, *others) = levels(Table.of(frame), Table.of(frame).values)
    shares = np.bincount(income.place) / len(frame)
    np.testing.assert_allclose(shares[:4], 0.9 / 4, atol=0.01)
    assert income.names[-1] == "income is missing" and len(income.names) == 5
    assert [len(one.names) for one in others] == [4, 4, 2]
    assert 'purpose is "a, b"' in others[1].names
    few = pd.DataFrame({"n": [1, 2, 3] * 5, "same": 1.0})
    (one,) = levels(Table.of(few), Table.of(few).values)
    assert one.names == ("n <= 1", "1 < n <= 2", "n > 2")


def test_values_that_were_not_learnt_are_a_segment() -> None:
    seen = Table.of(pd.DataFrame({"kind": ["a", "b", "a"]}))
    other = Table.of(pd.DataFrame({"kind": ["a", "c", None]}), columns=seen.columns)
    (one,) = levels(other, seen.values)
    assert one.names == ("kind is a", "kind is another value", "kind is missing")


@pytest.mark.parametrize("make", [planted, planted_numbers])
def test_none_is_found_where_models_part_at_random(make: Any) -> None:
    found = [at_random(make(), seed).segments(least=20) for seed in range(12)]
    assert all(len(one.table) > 50 for one in found)
    assert sum(bool(one.findings) for one in found) <= 1
    quiet = next(one for one in found if not one.distinct)
    assert "No segment is worse" in repr(quiet)


def test_a_copy_has_no_weak_segment() -> None:
    found = copied(planted()).segments()
    assert (found.frame()["agreement"] == 1).all() and not found.findings and not found.distinct


@pytest.mark.parametrize("measure", ["kl", "accuracy"])
def test_other_measures_order_and_test_them_too(measure: str) -> None:
    d = planted()
    found = d.segments(measure=measure)
    frame = found.frame()
    worst_first = -frame["kl_low"] if measure == "kl" else frame["accuracy_high"]
    assert worst_first.is_monotonic_increasing
    assert found.measure == measure and measure in frame
    if measure == "kl":
        assert "purpose is car" in frame["segment"].iloc[0] and found.findings


def test_numbers_are_measured_by_their_differences() -> None:
    d = planted_numbers()
    found = d.segments()
    rows = held_out(d)
    one = found.frame().set_index("segment").loc["purpose is car"]
    car, rest = (rows.loc[rows["purpose"].eq("car") == w, "off"] ** 2 for w in (True, False))
    assert one["rmse"] == pytest.approx(np.sqrt(car.mean()))
    assert one["rest"] == pytest.approx(np.sqrt(rest.mean()))
    assert one["ratio"] == pytest.approx(np.sqrt(car.mean() / (rows["off"] ** 2).mean()))
    p = stats.ttest_ind(car, rest, equal_var=False, alternative="greater").pvalue
    assert one["p"] == pytest.approx(p)
    assert found.findings.codes == ("weak-segment",) and "purpose is car" in repr(found)
    assert {"truth_rmse", "teacher_truth_rmse"} <= set(found.frame())


def test_p_values_are_those_of_scipy() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(50) ** 3
    np.testing.assert_allclose(adjusted(p), stats.false_discovery_control(p))
    np.testing.assert_allclose(
        more_often(np.array([5.0]), np.array([20.0]), 12, 100),
        stats.fisher_exact([[5, 15], [7, 73]], alternative="greater")[1],
    )
    same = larger_mean(*(np.array([v]) for v in (5.0, 5.0, 5.0)), np.array([9.0, 9.0, 9.0]))
    assert same[0] == 1.0


def test_frames_of_others_and_unknown_truth_and_rows_of_all() -> None:
    frame = applicants(400)
    polars = pl.from_pandas(frame)

    def teacher(rows: Any) -> np.ndarray:
        return yes_or_no(rows.to_pandas())

    d = run(teacher, polars, size=3, temperature=1.0, **plain(TreeStudent(quality="greedy")))
    found = d.segments("all", pairs=False, least=2)
    assert found.rows == 400 and (found.frame()["columns"] == 1).all()
    assert "accuracy" not in found.frame()
    assert len(d.segments("all", top=3).frame()) == 3
    with pytest.raises(ValueError, match="the truth, for measure='accuracy'"):
        d.segments(measure="accuracy")


def test_of_very_many_columns_the_pairs_of_some_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "PAIRED", 2)
    found = planted().segments()
    pairs = found.frame().loc[lambda f: f["columns"] == 2, "segment"]
    assert len(pairs) and all("purpose" in one for one in pairs)
    assert "Pairs are of the 2 columns (of 4)" in repr(found)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"rows": "test"}, ValueError, "rows to be one of"),
        ({"least": 1}, ValueError, "least"),
        ({"least": 2.5}, TypeError, "least"),
        ({"top": 0}, ValueError, "top"),
        ({"measure": "rmse"}, ValueError, "measure to be one of"),
    ],
)
def test_bad_input_is_refused_by_name(
    options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        planted().segments(**options)


def test_a_segment_of_no_rows_is_none() -> None:
    found = planted().segments(least=10_000)
    assert not len(found.frame()) and np.isnan(found.value) and not found.findings
    assert "No segment" in repr(found)
