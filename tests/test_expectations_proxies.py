"""Columns that should have no part, and live on in others; shares of reasons that are limited."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

import jupyter_distill as jd
from jupyter_distill.audits.expectations import ExpectationsReport
from jupyter_distill.audits.expectations._proxies import _numbers
from jupyter_distill.audits.expectations._sampled import share_of, unfolded
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.expectations import Expectations
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent

from .distilling import by_heart, run
from .judging import Score, loans
from .small import distilled, people

FEW: dict[str, Any] = {"n": 20, "grid": 3, "evaluations": 8_000, "progress": False}


def redlined() -> tuple[pd.DataFrame, np.ndarray]:
    """Loans with a postcode that income tells, one that nothing tells, and a twin of debt."""
    X, y = loans()
    rng = np.random.default_rng(3)
    rich = np.where(X["income"] > 55, "9A", "1B")
    return X.assign(
        postcode=np.where(rng.random(len(X)) < 0.95, rich, "5C"),
        idle=rng.choice(["p", "q"], len(X)),
        twin=X["debt"] * 10 + 0.1 * rng.normal(size=len(X)),
        gaps=np.where(rng.random(len(X)) < 0.2, np.nan, X["income"]),
    ), y


@cache
def lent() -> Distillation:
    student = TreeStudent(
        quality="greedy", constraints=Constraints(forbid=["postcode", "twin", "gaps", "idle"])
    )
    return run(Score(), *redlined(), student=student, size=5, temperature=1.0)


@cache
def report() -> ExpectationsReport:
    found: ExpectationsReport = lent().expectations(
        {"postcode": "unused", "idle": "unused", "twin": "unused", "gaps": "unused"}, **FEW
    )
    return found


# --- proxies -----------------------------------------------------------------------------------


def test_a_column_that_others_tell_is_found_and_one_that_none_tells_is_not() -> None:
    told = {(one.column, one.model): one for one in report().proxies}
    postcode = told["postcode", "student"]
    assert postcode.measure == "balanced accuracy" and postcode.by[0] == "income"
    assert postcode.low > 0.6 and postcode.chance == pytest.approx(1 / 3)
    assert postcode.low <= postcode.value <= postcode.high
    twin = told["twin", "student"]
    assert twin.measure == "R2" and twin.by == ("debt",) and twin.value > 0.9 and twin.chance == 0
    assert told["gaps", "student"].rows < 600  # those whose value is known
    idle = told["idle", "student"]
    assert idle.low < 0.5 < idle.high and idle.by == () and idle.told < 0.1
    found = report().findings.of("proxy-columns")
    assert {one.evidence["column"] for one in found} == {"postcode", "twin", "gaps"}
    one = next(one for one in found if one.evidence["column"] == "postcode")
    assert "income, which the student reads, tells it to" in one.sentence
    assert "bias('postcode')" in one.remedy and set(one.table["model"]) == {"teacher", "student"}
    json.dumps(one.to_dict(), allow_nan=False)


def test_of_the_student_only_what_it_reads_counts() -> None:
    student = TreeStudent(quality="greedy", constraints=Constraints(forbid=["income", "gaps"]))
    d = run(Score(), *redlined(), student=student, size=3, temperature=1.0)
    found = d.expectations({"postcode": "unused"}, **FEW)
    told = {one.model: one for one in found.proxies}
    assert told["teacher"].low > 0.6 > told["student"].high
    assert told["teacher"].columns == 8 > told["student"].columns
    assert not found.findings.of("proxy-columns")
    assert "all columns but it tell postcode" in found.describe()


def test_proxies_are_a_frame_and_the_same_each_time() -> None:
    again = lent().expectations({"postcode": "unused"}, **FEW)
    frame = report().frame("proxies")
    assert list(frame["model"]) == ["teacher", "student"] * 4
    ours = frame[frame["column"] == "postcode"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again.frame("proxies"), ours, check_exact=True)
    assert len(report().frame()) == 8
    with pytest.raises(ValueError, match="of to be one of 'judged', 'shares', 'proxies'"):
        report().frame("proxy")


def test_a_column_without_enough_values_is_named() -> None:
    X, y = redlined()
    X["postcode"] = "9A"
    student = TreeStudent(quality="greedy")
    d = run(Score(), X, y, student=student, size=2, temperature=1.0)
    found = d.expectations({"postcode": "unused"}, **FEW)
    assert not found.proxies
    assert any("tell postcode was not measured" in note for note in found.notes)


def test_of_a_teacher_that_saw_something_else_nothing_is_told() -> None:
    X, y = redlined()
    p = Score().predict_proba(X)
    student = TreeStudent(quality="greedy")
    options: dict[str, Any] = {"teacher_inputs": np.arange(len(X)), "classes": ["no", "yes"]}
    d = run(by_heart(np.log(p)), X, y, student=student, size=3, temperature=1.0, **options)
    found = d.expectations({"postcode": "unused", "debt": {"max_share": 0.01}}, **FEW)
    assert [one.model for one in found.proxies] == ["student"]
    teacher, own = found.shares
    assert teacher.verdict == "unknown" and "saw other inputs" in teacher.method
    assert own.verdict == "violated" and not found.ok


def test_ranks_keep_the_order_of_values_and_what_is_missing() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=900) ** 3, "k": rng.integers(0, 9, 900).astype(float)})
    X.loc[::7, "x"] = np.nan
    numbers, categorical = _numbers(Table.of(X), np.arange(900), [0, 1])
    assert not any(categorical) and len(np.unique(numbers[~np.isnan(numbers[:, 0]), 0])) == 250
    for j, name in enumerate(X):
        order = np.argsort(X[name].to_numpy(), kind="stable")
        ranks = numbers[order, j]
        assert np.all(np.diff(ranks[~np.isnan(ranks)]) >= 0)
        np.testing.assert_array_equal(np.isnan(numbers[:, j]), X[name].isna())
    assert set(numbers[:, 1]) == set(range(9))


# --- shares ------------------------------------------------------------------------------------


def test_shares_are_read_and_written() -> None:
    one = Expectations(
        income={"want": "increasing", "max_share": 0.3},
        debt={"yes": -1, "max_share": np.float64(0.5)},
        age={"max_share": 0.1},
        sex={"want": None, "max_share": 1 / 3},
    )
    assert one.columns == {
        "income": {"want": "+", "max_share": 0.3},
        "debt": {"yes": -1, "max_share": 0.5},
        "age": {"max_share": 0.1},
        "sex": {"want": None, "max_share": 1 / 3},
    }
    again = Expectations.from_dict(yaml.safe_load(yaml.safe_dump(one.to_dict())))
    assert again == one and json.dumps(one.to_dict())
    X = pd.DataFrame({name: [1.0, 2.0] for name in one.columns})
    looked = one.check(Table.of(X), ["no", "yes"])
    assert [(of.column, of.want, of.most) for of in looked] == [
        ("income", "max_share", 0.3),
        ("income", "+", None),
        ("debt", "max_share", 0.5),
        ("debt", "-", None),
        ("age", "max_share", 0.1),
        ("sex", "max_share", 1 / 3),
        ("sex", None, None),
    ]
    # a class may have that name
    assert Expectations(a={"max_share": "+"}).columns == {"a": {"max_share": 1}}


@pytest.mark.parametrize(
    ("want", "said"),
    [
        ({"max_share": 0}, "max_share of 'a' to be a finite number > 0 and <= 1"),
        ({"max_share": 2}, "max_share of 'a'"),
        ({"max_share": "much"}, "max_share of 'a'"),
        ({"want": "+", "yes": "+", "max_share": 0.1}, "or classes and directions"),
        ({"want": "up", "max_share": 0.1}, "\"used\" or None for 'a'"),
        ({"want": "+"}, "for 'a'|a class among"),
    ],
)
def test_shares_that_cannot_be_are_refused(want: Any, said: str) -> None:
    X = pd.DataFrame({"a": [1.0, 2.0]})
    with pytest.raises((TypeError, ValueError), match=said):
        Expectations({"a": want}).check(Table.of(X), ["no", "yes"])


def test_shares_are_those_of_attributions_met_or_violated_with_an_interval() -> None:
    d = lent()
    wanted = {
        "income": {"want": "+", "max_share": 0.2},
        "debt": {"max_share": 0.9},
        "postcode": {"max_share": 0.01},
    }
    found = d.expectations(wanted, **FEW)
    reasons = d.attributions(n=20, evaluations=8_000, progress=False).frame().set_index("column")
    for one in found.shares:
        # sampled values are taller by their noise, which the share is not
        seen = reasons.loc[one.column, f"{one.model}_share"]
        assert one.share == pytest.approx(seen, abs=0.02 if one.model == "teacher" else 1e-9)
        assert one.low <= one.share <= one.high
    verdicts = {(one.column, one.model): one.verdict for one in found.shares}
    assert verdicts == {
        ("income", "teacher"): "violated",
        ("income", "student"): "violated",
        ("debt", "teacher"): "met",
        ("debt", "student"): "met",
        ("postcode", "teacher"): "met",
        ("postcode", "student"): "met",
    }
    postcode = found.frame("shares").set_index(["column", "model"]).loc["postcode", "student"]
    assert postcode["share"] == 0 and postcode["method"].startswith("proven")
    assert not found.ok and {one.column for one in found.judged} == {"income"}
    for one in found.findings.of("expectation-violated"):
        assert "may have 20.0\N{NO-BREAK SPACE}%" in one.sentence and one.evidence["low"] > 0.2
    assert len(found.findings.of("expectation-violated")) == 2
    assert (
        "debt (at most 90.0\N{NO-BREAK SPACE}% of the reasons): teacher met, it has"
        in found.describe()
    )
    with pytest.raises(ValueError, match="Raise evaluations="):
        d.expectations({"debt": {"max_share": 0.9}}, **{**FEW, "evaluations": 50})


def test_a_fault_of_the_reasons_is_not_taken_for_a_small_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> Any:
        return np.ones(3) + np.ones(4)

    monkeypatch.setattr("jupyter_distill.audits.attributions._attributions._result", broken)
    with pytest.raises(ValueError, match="broadcast"):
        lent().expectations({"debt": {"max_share": 0.9}}, **FEW)


def test_why_the_student_stands_alone_is_a_field_of_its_own() -> None:
    few: dict[str, Any] = {"n": 8, "evaluations": 8_000, "progress": False}
    d, given = lent(), distilled(*people(), size=3)
    both, one = d.attributions(**few), given.attributions(**few)
    assert both.alone is None and both.teacher is not None
    assert one.alone in one.notes and one.teacher is None and given.silence in str(one.alone)
    with pytest.raises(ValueError, match="saw other inputs"):
        one.agreement()
    found = given.expectations({"income": {"max_share": 0.9}}, **FEW)
    assert one.alone not in found.notes  # it is said with the verdict
    assert given.silence in found.shares[0].method


def test_a_share_by_chance_above_is_nearly_met() -> None:
    d = lent()
    options: dict[str, Any] = {**FEW, "n": 8}
    (_, at) = d.expectations({"debt": {"max_share": 0.9}}, **options).shares
    least = (at.low + at.share) / 2
    (_, one) = d.expectations({"debt": {"max_share": least}}, **options).shares
    assert one.verdict == "nearly met" and one.low < least < one.share


def test_of_numbers_shares_alone_move_no_row() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(120, 3)), columns=list("abc"))
    student = TreeRegressionStudent(quality="greedy")
    line = jd.as_teacher(lambda rows: 3 * np.asarray(rows)[:, 0], task="regression")
    d = run(line, X, student=student, size=3, task="regression")
    found = d.expectations({"a": {"max_share": 0.5}, "b": {"max_share": 0.5}}, **FEW)
    assert [one.verdict for one in found.shares] == ["violated", "violated", "met", "met"]
    assert found.judged == () and found.curves().empty and found.frame().empty
    assert found.asked > 0 and "a (at most 50.0\N{NO-BREAK SPACE}% of the reasons)" in str(found)


@pytest.mark.parametrize("true", [0.0, 0.5, 1.5, 4.0])
def test_noise_does_not_make_sizes_larger(true: float) -> None:
    sampled = true + np.random.default_rng(0).normal(size=200_000)
    mean = unfolded(sampled, np.ones_like(sampled)).mean()
    assert mean == pytest.approx(true * (2 * stats.norm.cdf(true / np.sqrt(2)) - 1), abs=0.01)
    assert mean <= true + 0.01
    np.testing.assert_array_equal(unfolded(sampled, 0 * sampled), np.abs(sampled))


@pytest.mark.parametrize("alike", [True, False])
def test_sampling_alone_violates_no_limit(alike: bool) -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=(40, 6, 1)) * np.array([0, 0.1, 1, 1, 1, 1])[:, None]
    sizes = np.abs(true).mean((0, 2))
    error = np.full_like(true, 0.4)
    held, above, plain = [], [], []
    for seed in range(60):
        # the rows are compared with the same others: an error may be that of all of them
        luck = rng.normal(size=(1, 6, 1) if alike else true.shape) * error
        for column in (0, 2):
            found = share_of(true + luck, error, column, seed)
            held.append(found.low <= sizes[column] / sizes.sum() <= found.high)
            if column == 0:
                above.append(found.low > 0.01)
                plain.append(share_of(true + luck, None, column, seed).low > 0.01)
    assert np.mean(held) > 0.93 and np.mean(above) < 0.05 < 0.5 < np.mean(plain)


def test_exact_values_have_the_interval_of_their_rows() -> None:
    values = np.random.default_rng(0).normal(size=(30, 4, 2))
    share, low, high = share_of(values, None, 1, 0)
    sizes = np.abs(values).mean((0, 2))
    assert share == pytest.approx(sizes[1] / sizes.sum()) and low < share < high
    assert np.isnan(share_of(0 * values, None, 1, 0).value)
    few = share_of(values[:4], None, 1, 0)
    assert few.value > 0 and np.isnan([few.low, few.high]).all()
