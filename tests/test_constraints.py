"""Constraints refuse what cannot be meant, and every family is checked for what it keeps."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import jupyter_distill as jd
from jupyter_distill.constraints import Constraints, MonotoneDemand
from jupyter_distill.data import Table
from jupyter_distill.explanation import Explanation
from jupyter_distill.students._complexity import Complexity
from jupyter_distill.students._constraints_report import ConstraintsReport, Verdict
from jupyter_distill.students._regressor import StudentRegressor
from jupyter_distill.students._verify import verify
from jupyter_distill.students.ebm import EbmRegressionStudent, EbmStudent
from jupyter_distill.students.linear import LinearRegressionStudent, LinearStudent
from jupyter_distill.students.net import NetStudent
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = 900
    return pd.DataFrame(
        {
            "income": rng.uniform(0, 10, n),
            "age": rng.integers(18, 80, n),
            "region": rng.choice(["n", "s", "w"], n),
            "owner": rng.random(n) < 0.5,
        }
    )


@pytest.fixture(scope="module")
def said(people: pd.DataFrame) -> Any:
    z = people["income"] - 5 + 2 * people["owner"] + np.where(people["region"] == "n", 2, 0)
    noise = np.random.default_rng(1).normal(0, 1, len(people))
    return np.where(z + noise > 0, "yes", "no")


def test_directions_can_be_written_in_words() -> None:
    c = Constraints(monotone={"a": "+", "b": "decreasing", "c": np.int64(1), "d": {"x": "-"}})
    assert c.monotone == {"a": 1, "b": -1, "c": 1, "d": {"x": -1}}
    assert jd.Constraints is Constraints
    assert pickle.loads(pickle.dumps(c)) == c
    assert clone(LinearStudent(constraints=c)).constraints == c


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"monotone": {"a": 0}}, ValueError, r"for 'a'\. Got 0\. Leave the column out"),
        ({"monotone": {"a": float("nan")}}, ValueError, "Got nan"),
        ({"monotone": {"a": True}}, ValueError, "Got True"),
        ({"monotone": {"a": "increasin"}}, ValueError, 'mean "increasing"'),
        ({"monotone": {"a": {}}}, ValueError, "a class and a direction"),
        ({"monotone": ["a"]}, TypeError, "Write monotone="),
        ({"monotone": {1: 1}}, TypeError, "by text"),
        ({"forbid": "postcode"}, TypeError, r"Write forbid=\['postcode'\]"),
        ({"require": [3]}, TypeError, "by text"),
        ({"forbid": ["a"], "require": ["a"]}, ValueError, "'a', forbidden and required"),
        ({"forbid": ["a"], "monotone": {"a": 1}}, ValueError, "'a', forbidden and monotone"),
        ({"require": ["a", "b"], "max_features": 1}, ValueError, "at least 2"),
        ({"max_features": 0}, ValueError, ">= 1"),
        ({"max_features": True}, TypeError, "whole number"),
        ({"interactions": 3}, TypeError, "interactions"),
        ({"hard": "yes"}, TypeError, "hard"),
        ({"penalty": -1}, ValueError, "penalty"),
    ],
)
def test_contradictions_are_refused_by_name(
    given: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Constraints(**given)


@pytest.mark.parametrize(
    ("given", "classes", "message"),
    [
        ({"monotone": {"incom": 1}}, ["no", "yes"], 'mean "income"'),
        ({"forbid": ["zzz"]}, None, "The columns are 'income'"),
        ({"require": ["ages"]}, None, 'mean "age"'),
        ({"monotone": {"region": 1}}, None, "the category 'region'"),
        ({"monotone": {"age": {"maybe": 1}}}, ["no", "yes"], "a class among 'no', 'yes'"),
        ({"monotone": {"age": {"1": 1}}}, [0, 1], "Write 1"),
        ({"monotone": {"age": {"yes": 1}}}, None, "gives a number"),
        ({"monotone": {"age": 1}}, ["a", "b", "c"], r"monotone=\{'age': \{'c': \+1\}\}"),
        ({"monotone": {"age": {"no": 1, "yes": 1}}}, ["no", "yes"], "cannot change alike"),
        ({"monotone": {"age": {"a": 1, "b": 1, "c": 1}}}, ["a", "b", "c"], "change alike"),
        ({"forbid": ["income", "age", "region", "owner"]}, None, "at least one column"),
    ],
)
def test_what_the_table_does_not_allow_is_refused(
    people: pd.DataFrame, given: dict[str, Any], classes: list[Any] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Constraints(**given).check(Table.of(people), classes)


def test_directions_come_back_by_position(people: pd.DataFrame) -> None:
    c = Constraints(monotone={"income": 1, "owner": {"no": 1, "yes": -1}, "age": {"no": -1}})
    assert c.check(Table.of(people), ["no", "yes"]) == (
        MonotoneDemand(0, 1, 1),
        MonotoneDemand(3, -1, 1),
        MonotoneDemand(1, 1, 1),
    )
    several = Constraints(monotone={"age": {"a": 1, "b": -1}}).check(
        Table.of(people), ["a", "b", "c"]
    )
    assert several == (MonotoneDemand(1, 1, 0), MonotoneDemand(1, -1, 1))


RISES = Constraints(monotone={"income": 1, "owner": 1})


@pytest.mark.parametrize(
    ("student", "method"),
    [
        (LinearStudent(size=4, constraints=RISES), "proven: signs of the coefficients"),
        (EbmStudent(size=4, constraints=RISES), "proven: differences of the shapes"),
        (NetStudent(size=2, epochs=30, constraints=RISES), "proven: signs of the weights"),
    ],
)
def test_a_family_that_keeps_directions_can_prove_it(
    people: pd.DataFrame, said: Any, student: Any, method: str
) -> None:
    report = verify(student.fit(people, said), RISES, Table.of(people))
    assert report.ok
    assert report.verdicts[0].verdict == "met"
    assert report.verdicts[0].method == method


@pytest.mark.parametrize("kind", [LinearStudent, EbmStudent, TreeStudent])
def test_a_broken_direction_is_found_with_an_example(
    people: pd.DataFrame, said: Any, kind: Any
) -> None:
    student = kind(size=4).fit(people, said)
    report = verify(student, Constraints(monotone={"income": {"no": "+"}}), Table.of(people))
    (verdict,) = report.verdicts
    assert not report.ok
    assert verdict.verdict == "violated"
    assert verdict.violations > 0
    assert verdict.worst > 0.1
    assert "income" in verdict.example
    assert verdict.what == "P(yes) falls with income"


@pytest.mark.parametrize(
    "student",
    [LinearRegressionStudent(size=4), EbmRegressionStudent(size=4), TreeRegressionStudent()],
)
def test_numbers_are_checked_alike(people: pd.DataFrame, student: Any) -> None:
    student.fit(people, -3 * people["income"].to_numpy())
    table = Table.of(people)
    assert verify(student, Constraints(monotone={"income": -1}), table).ok
    assert not verify(student, Constraints(monotone={"income": 1}), table).ok


def test_several_classes_are_proven_for_the_class_that_is_named(people: pd.DataFrame) -> None:
    y = np.digitize(people["income"], [3, 6])
    c = Constraints(monotone={"income": {2: 1}})
    student = LinearStudent(size=2, constraints=c).fit(people, y)
    (verdict,) = verify(student, c, Table.of(people)).verdicts
    assert (verdict.verdict, verdict.method) == ("met", "proven: signs of the coefficients")
    # the middle class rises and falls: no proof, and a grid that finds it
    (verdict,) = verify(
        student, Constraints(monotone={"income": {1: 1}}), Table.of(people)
    ).verdicts
    assert verdict.verdict == "violated"
    assert verdict.method.startswith("grid of")


def test_columns_and_budgets_are_checked(people: pd.DataFrame, said: Any) -> None:
    student = TreeStudent(size=8).fit(people, said)
    c = Constraints(forbid=["income"], require=["owner"], max_features=1, interactions=False)
    verdicts = {v.what: v for v in verify(student, c, Table.of(people)).verdicts}
    assert verdicts["income is not used"].verdict == "violated"
    assert verdicts["owner is used"].verdict == "met"
    assert verdicts["at most 1 column"].verdict == "violated"
    assert verdicts["no two columns act together"].verdict == "violated"
    stump = TreeStudent(size=2).fit(people, said)
    assert verify(stump, Constraints(max_features=1, interactions=False), Table.of(people)).ok
    (unused,) = verify(stump, Constraints(monotone={"age": 1}), Table.of(people)).verdicts
    assert unused.verdict == "not used"


class Wave(StudentRegressor):
    """A family that shows nothing of itself."""

    size, alpha, UNIT = 1, 1.0, "waves"

    def _fit(self, rows: Any, targets: Any, loss: Any) -> None:
        pass

    def _output(self, table: Table) -> Any:
        return np.sin(table.values[:, 0]) + table.values[:, 3]

    def explain(self, X: Any = None, targets: Any = None) -> Explanation:
        raise AssertionError("a grid asks for answers only")

    def _cut(self, size: int) -> None:
        pass

    title_ = "wave"
    complexity_ = Complexity(features=1)


def test_other_families_are_tried_on_a_grid(people: pd.DataFrame) -> None:
    student = Wave().fit(people, people["income"])
    c = Constraints(
        monotone={"income": 1, "owner": 1},
        forbid=["region"],
        require=["age"],
        max_features=1,
        interactions=False,
    )
    report = verify(student, c, Table.of(people))
    income, owner, region, age, budget, apart = report.verdicts
    assert income.verdict == "violated"
    assert income.worst == pytest.approx(2, abs=0.05)
    assert "income from 1.6" in income.example
    assert "age=" in income.example
    assert (owner.verdict, region.verdict) == ("met", "met")
    assert owner.method == "grid of 500 rows x 2 values: not proven"
    assert (age.verdict, budget.verdict, apart.verdict) == ("violated", "violated", "unknown")
    constant = verify(student, Constraints(monotone={"age": 1}), Table.of(people.assign(age=20)))
    assert constant.verdicts[0].verdict == "unknown"
    assert not constant.ok


def test_the_report_reads_as_text_frame_and_safe_html() -> None:
    report = ConstraintsReport((Verdict("<b> is used", "proven", "violated", 2, 0.25, "a & b"),))
    assert repr(report) == ("<b> is used: violated (proven), 2 of them, the worst by 0.25: a & b")
    assert "&lt;b&gt; is used" in report._repr_html_()
    assert "a &amp; b" in report._repr_html_()
    assert report.frame().loc[0, "violations"] == 2
    empty = ConstraintsReport(())
    assert empty.ok
    assert repr(empty) == "No constraints."
    assert list(empty.frame().columns)[:3] == ["what", "method", "verdict"]


def test_a_distillation_takes_constraints_and_reports_them(people: pd.DataFrame, said: Any) -> None:
    def teacher(X: pd.DataFrame) -> Any:
        z = X["income"] - 5 + 2 * X["owner"]
        return np.column_stack([-z / 2, z / 2])

    given = {"classes": ["no", "yes"], "temperature": 1.0, "size": 3, "progress": False}
    d = jd.distill(teacher, people, said, student="linear", constraints=RISES, **given)
    assert [v.verdict for v in d.constraints_report().verdicts] == ["met", "met"]
    assert not d.constraints_report(Constraints(forbid=["income"])).ok
    with pytest.raises(ValueError, match='mean "income"'):
        wrong = Constraints(monotone={"incme": 1})
        jd.distill(teacher, people, said, student="linear", constraints=wrong, **given)
