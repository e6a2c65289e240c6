"""What a field expects: found where a model breaks it, and left alone where it keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import LinearRegression

import jupyter_distill as jd
from jupyter_distill.audits._moves import Grid, moved, moved_values
from jupyter_distill.audits.expectations import ExpectationsReport
from jupyter_distill.audits.expectations._judged import Lines, judge
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Column, Table
from jupyter_distill.distillation import Distillation, InterruptedWarning
from jupyter_distill.expectations import Expectation, Expectations
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent

from .distilling import by_heart, run
from .judging import Boosted, Score, lent, loans

USUAL = Expectations(income="+", debt="-")


def looked(d: Distillation, expectations: Any = USUAL, **options: Any) -> ExpectationsReport:
    found: ExpectationsReport = d.expectations(expectations, progress=False, **options)
    return found


@cache
def dipped() -> Distillation:
    return lent(Boosted(dip=True), size=8)


@cache
def plain() -> Distillation:
    return lent(Score(), "linear", size=3)


CASES: dict[str, Callable[[], ExpectationsReport]] = {
    "expectation-violated": lambda: looked(dipped()),
    "expectation-unused": lambda: looked(lent(Boosted(dip=False)), {"owner": "+"}),
}


# --- what is expected --------------------------------------------------------------------------


def test_they_are_said_by_name_or_by_a_dict_and_read_from_yaml() -> None:
    one = Expectations(income="increasing", age=None, postcode="unused", debt=-1)
    assert one.columns == {"income": "+", "age": None, "postcode": "unused", "debt": "-"}
    assert repr(one) == "Expectations(income='+', age=None, postcode='unused', debt='-')"
    other = Expectations({"debt ratio": "-", "age": {"yes": "+"}}, of_class=np.int64(1))
    for each in (one, other):
        again = Expectations.from_dict(yaml.safe_load(yaml.safe_dump(each.to_dict())))
        assert again == each and json.dumps(each.to_dict())
    assert "debt ratio" in repr(other) and "of_class" in repr(other)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Expectations(), "at least one column"),
        (lambda: Expectations(["income"]), "expectations by column"),
        (lambda: Expectations(income="up"), r'"\+", "-", "unused", "used" or None for \'income\''),
        (lambda: Expectations(income="unusd"), 'Did you mean "unused"'),
        (lambda: Expectations(income=2), "for 'income'. Got 2"),
        (lambda: Expectations(income=True), "for 'income'. Got True"),
        (lambda: Expectations({1: "+"}), "name columns by text. Got 1"),
        (lambda: Expectations({"a": "+"}, a="-"), "one expectation a column. Got two for 'a'"),
        (lambda: Expectations(income={}), "a class and a direction"),
        (lambda: Expectations.from_dict({"income": "+"}), "a dict of columns"),
        (lambda: Expectations.from_dict("income"), "Got 'income'"),
        (lambda: looked(plain(), "income"), "Expectations, or a dict"),
        (lambda: looked(plain(), {"incme": "+"}), "Got 'incme'. Did you mean \"income\""),
        (lambda: looked(plain(), {"sex": "+"}), "whose values have an order"),
        (lambda: looked(plain(), {"income": {"maybe": "+"}}), "a class among 'no', 'yes'"),
        (lambda: looked(plain(), Expectations(income="+", of_class="ys")), 'Did you mean "yes"'),
        (lambda: looked(plain(), n=1), "n to be a whole number >= 2"),
        (lambda: looked(plain(), tolerance=-1), "tolerance"),
        (lambda: looked(plain(), rows="some"), "rows to be one of"),
        (lambda: looked(plain(), evaluations=3), "evaluations of at least 40"),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], Any], said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        make()


# --- what is found -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", CASES)
def test_each_finding_comes_where_it_must(code: str) -> None:
    found = CASES[code]().findings.of(code)
    assert found
    for one in found:
        assert one.sentence.endswith(".") and one.remedy.endswith(".") and "\n" not in str(one)
        assert all(type(v) in (int, float, str) for v in one.evidence.values())
        json.dumps(one.to_dict(), allow_nan=False)


def test_a_dip_is_found_in_the_teacher_with_the_row_that_shows_it() -> None:
    report = looked(dipped())
    teacher = report.of("teacher")[0]
    assert (teacher.column, teacher.verdict, teacher.of_class) == ("income", "violated", "yes")
    assert teacher.share > 0.8 and teacher.worst > 0.5 and not report.ok
    assert 50 < float(teacher.start) < float(teacher.end) < 76
    row = loans()[0].loc[[teacher.row]]
    for value, answer in ((teacher.start, teacher.before), (teacher.end, teacher.after)):
        said = dipped().teacher.predict_proba(row.assign(income=float(value)))
        assert said[0, 1] == pytest.approx(answer)
    assert teacher.before - teacher.after == pytest.approx(teacher.worst)


def test_who_keeps_a_direction_is_left_alone() -> None:
    report = looked(lent(Boosted(dip=False, monotone=True)))
    assert [one.verdict for one in report.of("teacher")] == ["met", "met"]
    named = {one.evidence["model"] for one in report.findings.of("expectation-violated")}
    assert "teacher" not in named
    sound = looked(plain(), {"income": "+", "debt": "-", "sex": "unused"})
    assert sound.findings.codes == () and sound.ok
    assert {one.verdict for one in sound.judged} == {"met"}
    by_sign = {(one.model, one.column): one for one in sound.judged}
    for model in ("teacher", "student"):
        assert by_sign[model, "income"].direction > 0.99
        assert by_sign[model, "income"].attribution > 0.8
        assert by_sign[model, "debt"].direction < -0.99
        assert by_sign[model, "sex"].spread == pytest.approx(0, abs=1e-6)


def test_of_the_student_it_is_proven_and_its_teacher_may_break_it() -> None:
    student = TreeStudent(quality="greedy", constraints=Constraints(monotone={"income": "+"}))
    report = looked(lent(Boosted(dip=True), student, size=8), {"income": "+", "sex": "unused"})
    own = report.of("student")[0]
    assert own.verdict == "met" and own.method.startswith("proven")
    assert report.of("teacher")[0].verdict == "violated"
    assert report.of("student")[1].method == "proven: the columns that it reads"
    free = looked(dipped()).of("student")[0]
    proof = dipped().constraints_report(Constraints(monotone={"income": "+"})).verdicts[0]
    assert (free.verdict == "violated") == (proof.verdict == "violated")


def test_use_is_looked_for_and_measured() -> None:
    wanted = {"income": "used", "owner": None, "sex": "used", "debt": "unused"}
    report = looked(lent(Boosted(dip=False)), wanted)
    verdicts = {one.column: one.verdict for one in report.of("teacher")}
    assert verdicts == {
        "income": "met",
        "owner": "not used",
        "sex": "violated",
        "debt": "violated",
    }
    frame = report.frame().query("model == 'teacher'").set_index("column")
    assert frame.loc["income", "effect"] > frame.loc["owner", "effect"] == 0
    assert frame.loc["income", "effect"] < frame.loc["income", "spread"] <= 1


def test_a_small_step_back_is_nearly_met() -> None:
    report = looked(dipped(), {"income": "+"}, tolerance=1.0)
    assert report.of("teacher")[0].verdict == "nearly met" and not report.findings


def test_of_several_classes_one_is_named() -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 2)), columns=["a", "b"])

    def teacher(rows: Any) -> np.ndarray:
        a = np.asarray(rows)[:, 0]
        return np.column_stack([2 * a, 0 * a, -2 * a])

    d = run(teacher, frame, classes=["x", "y", "z"], student="linear", size=2, temperature=1.0)
    with pytest.raises(ValueError, match=r"Write Expectations\({'a': {'z': \+1}}\)"):
        looked(d, {"a": "+"})
    for wanted in (Expectations(a={"x": "+", "z": "-"}), Expectations(a="+", of_class="x")):
        of_x = looked(d, wanted).of("teacher")[0]
        assert (of_x.of_class, of_x.verdict) == ("x", "met")
    middle = looked(d, Expectations(a="+", of_class="y")).of("teacher")[0]
    assert middle.verdict == "violated"  # it rises and falls again


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "numpy"])
def test_of_numbers_with_gaps_in_every_kind_of_frame(kind: str) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(150, 3)), columns=["x0", "x1", "x2"])
    frame.loc[::9, "x2"] = np.nan
    X: Any = {
        "pandas": lambda: frame,
        "polars": lambda: pl.from_pandas(frame),
        "pyarrow": lambda: pl.from_pandas(frame).to_arrow(),
        "numpy": frame.to_numpy,
    }[kind]()
    y = 3 * frame["x0"] - frame["x1"] + 0.01 * rng.normal(size=150)
    model = LinearRegression().fit(frame[["x0", "x1"]].to_numpy(), y)

    class Teacher(LinearRegression):
        coef_, intercept_ = model.coef_, model.intercept_

        def predict(self, rows: Any) -> np.ndarray:
            # numpy first: a frame of any kind becomes one
            values = (
                np.column_stack([np.asarray(rows[c]) for c in ("x0", "x1")])
                if (kind != "numpy")
                else rows[:, :2]
            )
            return values @ model.coef_ + model.intercept_

    d = run(Teacher(), X, y.to_numpy(), student="linear", size=2, augment=None, task="regression")
    report = looked(d, {"x0": "+", "x1": "+", "x2": "unused"})
    assert [one.verdict for one in report.of("teacher")] == ["met", "violated", "met"]
    assert [one.verdict for one in report.of("student")][:2] == ["met", "violated"]
    assert report.of("teacher")[1].share == 1.0
    assert set(report.curves()["of_class"]) == {""}
    assert report.curves().query("column == 'x2'")["text"].eq("missing").any()


def test_who_cannot_be_asked_is_unknown_with_the_reason() -> None:
    frame, y = loans()
    answers = Score().predict_proba(frame)
    named = pd.DataFrame(answers, columns=["no", "yes"], index=frame.index)
    options = {"student": "linear", "size": 3, "augment": None, "temperature": 1.0}
    apart = run(
        by_heart(answers),
        frame,
        y,
        teacher_inputs=np.arange(len(frame)),
        classes=["no", "yes"],
        **options,
    )
    recorded = run(jd.as_teacher(named), frame, y, **options)
    for d, why in ((apart, "other inputs"), (recorded, "answers are recorded")):
        report = looked(d)
        assert {one.verdict for one in report.of("teacher")} == {"unknown"}
        assert why in report.of("teacher")[0].method and why in report.describe()
        assert [one.verdict for one in report.of("student")] == ["met", "met"]
        assert report.asked == 0 and not report.ok


def test_no_more_is_asked_than_is_allowed() -> None:
    report = looked(plain(), evaluations=400)
    assert report.asked == 400 and report.rows == 10 and "raise evaluations=" in report.notes[0]
    frame, y = loans()
    asked: list[int] = []

    def far(rows: Any) -> np.ndarray:
        asked.append(len(rows))
        return Score().predict_proba(rows)

    d = run(
        far,
        frame,
        y,
        classes=["no", "yes"],
        student="linear",
        size=3,
        temperature=1.0,
        augment=None,
    )
    asked.clear()
    found = looked(d)
    assert found.asked == 2_000 and 2_000 <= sum(asked) <= 2_100


def test_an_interrupt_keeps_the_columns_that_are_done() -> None:
    d = lent(Score(), "linear", size=3)
    calls: list[int] = []
    real = d.teacher.answer

    def stopped(rows: Any) -> Any:
        calls.append(len(rows))
        if sum(calls) > 2_600:
            raise KeyboardInterrupt
        return real(rows)

    d.teacher.answer = stopped  # type: ignore[method-assign]
    with pytest.warns(InterruptedWarning, match="1 of 2 columns"):
        report = looked(d)
    assert [one.verdict for one in report.of("teacher")] == ["met", "unknown"]
    assert [one.verdict for one in report.of("student")] == ["met", "met"]
    assert "Interrupted" in report.describe()


def test_the_same_seed_gives_the_same_and_curves_are_its_evidence() -> None:
    one, other = looked(dipped(), n=50), looked(dipped(), n=50)
    pd.testing.assert_frame_equal(one.frame(), other.frame(), check_exact=True)
    pd.testing.assert_frame_equal(one.curves(), other.curves(), check_exact=True)
    curves = one.curves().query("column == 'income' and model == 'teacher'")
    ice, mean = curves[curves["row"].notna()], curves[curves["row"].isna()]
    np.testing.assert_allclose(ice.groupby("value")["answer"].mean(), mean["answer"])
    assert ice["row"].nunique() == 50 and set(ice["row"]) <= set(loans()[0].index)
    assert "income (+, P(yes)): teacher violated" in repr(one)


def test_a_column_that_never_changes_is_unknown() -> None:
    frame, y = loans()
    d = run(
        Score(), frame.assign(fixed=1.0), y, student="linear", size=3, augment=None, temperature=1.0
    )
    verdicts = looked(d, {"fixed": "+"}).judged
    assert {one.verdict for one in verdicts} == {"unknown"}
    assert "fewer than 2 values" in verdicts[0].method


# --- laws --------------------------------------------------------------------------------------

COLUMN = Column("x", "numeric")
ANSWERS = arrays(np.float64, (5, 4), elements=st.floats(-1, 1).map(lambda v: round(v, 3)))


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.sampled_from(["+", "-"]))
def test_the_worst_is_that_of_all_pairs_of_values(said: np.ndarray, want: str) -> None:
    grid = Grid(0, np.arange(5), np.arange(5.0), np.full(5, 0.2))
    lines = Lines(
        said[..., None], said[0][:, None], np.arange(4.0), grid, COLUMN, "abcd", 1e-9, 0.1
    )
    judged = judge(Expectation("x", 0, want, 0), lines, "", "teacher")
    sign = 1 if want == "+" else -1
    falls = np.array(
        [
            max(sign * (said[i, r] - said[j, r]) for i in range(5) for j in range(i, 5))
            for r in range(4)
        ]
    )
    assert judged.worst == pytest.approx(falls.max())
    assert judged.share == pytest.approx((falls > 0.1).mean())
    if judged.verdict in ("met", "not used"):
        assert falls.max() <= 1e-9
    else:
        assert (judged.verdict == "violated") == (falls.max() > 0.1)


def test_rows_are_moved_in_the_owners_types() -> None:
    frame, _ = loans()
    table = Table.of(frame)
    for name in frame:
        grid = Grid.of(table, table.position(name), 7)
        rows = np.array([3, 1, 4])
        native = moved(table, rows, grid)
        assert native.native.dtypes.equals(frame.dtypes)
        np.testing.assert_array_equal(native.values, moved_values(table, rows, grid).values)
        assert grid.weights.sum() == pytest.approx(1)
        values = frame[name]
        if name in ("income", "debt"):
            assert len(grid) == 7
            assert (grid.values[0], grid.values[-1]) == (values.min(), values.max())
        else:
            assert len(grid) == values.nunique()


def test_a_regression_tree_turns_back_in_its_own_unit() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.uniform(0, 10, 300)})
    wave = 1000 * np.sin(frame["x"])
    d = run(
        lambda rows: 1000 * np.sin(np.asarray(rows["x"])),
        frame,
        wave.to_numpy(),
        student=TreeRegressionStudent(quality="greedy"),
        size=6,
        augment=None,
        task="regression",
    )
    report = looked(d, {"x": "+"})
    assert all(one.verdict == "violated" and one.worst > 1000 for one in report.judged)
    assert report.tolerance == pytest.approx(0.01 * d.targets.values.std())
