"""Groups of people: what the student inherits, softens or makes worse, and what is chance."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import confusion_matrix, r2_score

from jupyter_distill import _resample
from jupyter_distill.audits.bias import Bias
from jupyter_distill.audits.bias._gaps import Gap, _chance, gaps
from jupyter_distill.audits.bias._measures import STUDENT, TEACHER, measures
from jupyter_distill.checks._sensitive import Attribute
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Findings
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.targets import Predictions, SoftTargets

from .distilling import run
from .judging import Score, lent, loans

RUNS = 40


def looked(d: Distillation, sensitive: Any = "sex", **options: Any) -> Bias:
    found: Bias = d.bias(sensitive, **options)
    return found


@cache
def unfair() -> Distillation:
    return lent(Score(unfair=4.0), "linear", size=4)


@cache
def fair() -> Distillation:
    return lent(Score(), "linear", size=4)


def blind() -> Distillation:
    """A student that cannot see the column by which its teacher is unfair."""
    return lent(Score(unfair=4.0), LinearStudent(constraints=Constraints(forbid=["sex"])), size=3)


def coarse() -> Distillation:
    """A student of one question, which can only ask about the group."""
    frame, _ = loans(1_000, 3)

    def teacher(rows: Any) -> np.ndarray:
        z = np.where(rows["sex"] == "f", -0.3, 0.3) + 0.55 * np.sign(50 - rows["income"] % 97)
        return np.column_stack([-z, z])

    options = {"student": "linear", "size": 1, "temperature": 1.0, "classes": ["no", "yes"]}
    return run(teacher, frame[["sex"]], teacher_inputs=frame, **options)


CASES: dict[str, Callable[[], Bias]] = {
    "bias-inherited": lambda: looked(unfair()),
    "bias-softened": lambda: looked(blind(), rows="all"),
    "bias-worse": lambda: looked(coarse(), rows="all"),
}


@pytest.mark.parametrize("code", CASES)
def test_each_finding_comes_where_it_must(code: str) -> None:
    found = CASES[code]().findings.of(code)
    assert found
    for one in found:
        assert one.sentence.endswith(".") and one.remedy.endswith(".") and "\n" not in str(one)
        assert all(type(v) in (int, float, str) for v in one.evidence.values())
        json.dumps(one.to_dict(), allow_nan=False)


def test_an_unfair_teacher_is_found_in_its_student_and_not_in_the_truth() -> None:
    report = looked(unfair(), rows="all")
    named = next(gap for gap in report.gaps if gap.measure == "named 'yes'")
    assert named.group == "sex = f" and named.verdict == "inherited"
    assert named.teacher.value < -0.2 and named.teacher.high < 0
    assert named.student.low < named.student.value < named.student.high < 0
    assert abs(named.truth) < 0.15 and abs(named.labels_only) < 0.15
    assert "sex = f" in report.describe() and "inherited" in repr(report)
    assert report.of("inherited") and not report.of("worse")


def test_who_cannot_see_the_group_softens_it() -> None:
    report = looked(blind(), rows="all")
    named = next(gap for gap in report.gaps if gap.measure == "named 'yes'")
    assert named.verdict == "softened"
    assert abs(named.student.value) < abs(named.teacher.value)
    assert named.change.low > 0 and named.p_change < 0.001


def test_a_fair_teacher_is_left_alone() -> None:
    report = looked(fair(), ["sex", "owner"])
    assert {gap.verdict for gap in report.gaps if "owner" not in gap.group} == {"none"}
    assert not {"bias-worse", "bias-softened"} & {*report.findings.codes}


def test_rates_are_those_of_their_definitions() -> None:
    report, (table, targets) = looked(unfair()), unfair().held_out
    frame = report.frame().set_index(["group", "model"])
    group = (table.native["sex"] == "f").to_numpy()
    student = unfair().student.output(table).argmax(1)
    for model, said in (("teacher", targets.predicted), ("student", student)):
        row = frame.loc[("sex = f", model)]
        (tn, fp), (fn, tp) = confusion_matrix(targets.labels[group], said[group])
        assert row["rows"] == group.sum() and row["enough"]
        assert row["named 'yes'"] == pytest.approx(said[group].mean())
        assert row["right of 'yes'"] == pytest.approx(tp / (tp + fn))
        assert row["wrongly 'yes'"] == pytest.approx(fp / (fp + tn))
        assert row["accuracy"] == pytest.approx((tp + tn) / group.sum())
        assert row["fidelity"] == pytest.approx((said == targets.predicted)[group].mean())
    truth = frame.loc[("sex = f", "truth")]
    assert truth["named 'yes'"] == pytest.approx(targets.labels[group].mean())
    p = targets.at(1.0)[group, 1].mean() - targets.labels[group].mean()
    assert frame.loc[("sex = f", "teacher"), "over-estimates 'yes'"] == pytest.approx(p)
    assert set(frame.index.get_level_values("model")) == {
        *("truth", "teacher", "student", "labels only")
    }


def test_intersections_are_groups_and_small_ones_are_listed_and_not_judged() -> None:
    three = ["sex", "owner", "region"]
    report = looked(unfair(), three)
    assert set(report.frame()["attribute"]) == {
        *(*three, "sex and owner", "sex and region", "owner and region"),
        "sex and owner and region",
    }
    assert set(looked(unfair(), three, intersections=False).frame()["attribute"]) == set(three)
    small = report.frame().query("not enough")
    assert len(small) and small["rows"].max() < 30
    judged = {gap.group for gap in report.gaps}
    assert not judged & set(small["group"]) and min(gap.rows for gap in report.gaps) >= 30
    one = report.findings.of("small-groups")[0]
    assert one.evidence["small"] == small["group"].nunique()


def test_a_group_of_one_row_is_listed() -> None:
    frame, _ = loans()
    alone = pd.Series("many", index=frame.index, name="club").mask(
        np.arange(len(frame)) == 0, "one"
    )
    report = looked(unfair(), alone, rows="all")
    assert report.frame().set_index("group").loc["club = one", "rows"].unique().tolist() == [1]
    assert report.gaps == () and "nothing is judged" in report.describe()
    assert report.gap_frame().empty and "(1)" in report.findings.of("small-groups")[0].sentence


@pytest.mark.parametrize("kind", ["series", "frame", "polars", "array", "longer"])
def test_what_is_no_column_is_given_beside_the_rows(kind: str) -> None:
    frame, _ = loans()
    age = pd.Series(np.arange(len(frame)) % 50 + 20.0, index=frame.index, name="age")
    values: Any = {
        "series": age,
        "frame": age.to_frame(),
        "polars": pl.Series("age", age.to_list()),
        "array": age.to_numpy(),
        "longer": pd.concat([age, pd.Series([1.0], index=["other"], name="age")]).iloc[::-1],
    }[kind]
    table = looked(unfair(), values, rows="all").frame()
    name = "sensitive" if kind == "array" else "age"
    groups = table.query("model == 'teacher'").set_index("group")["rows"]
    assert len(groups) == 4 and groups.sum() == len(frame)
    assert groups.index[0].startswith(f"{name} = 20 to ")


def test_values_beside_test_rows_come_in_two_parts() -> None:
    frame, y = loans()
    d = run(
        Score(),
        frame[:400],
        y[:400],
        test=(frame[400:], y[400:]),
        student="linear",
        size=4,
        augment=None,
        temperature=1.0,
    )
    sex = frame["sex"].rename("gender")
    report = looked(d, (sex[:400], sex[400:]))
    counts = report.frame().query("model == 'teacher'").set_index("group")["rows"]
    assert counts["gender = f"] == (sex[400:] == "f").sum()


def test_of_numbers_errors_are_measured_in_their_unit() -> None:
    rng = np.random.default_rng(0)
    n = 400
    frame = pd.DataFrame({"x": rng.normal(size=n), "sex": rng.choice(["f", "m"], n)})
    y = 100 * frame["x"] + rng.normal(size=n)

    def teacher(rows: Any) -> np.ndarray:
        return np.asarray(100 * rows["x"] - 80 * (rows["sex"] == "f"))

    d = run(teacher, frame, y.to_numpy(), student="linear", size=2, task="regression", alpha=0.0)
    report = looked(d, rows="all")
    table = report.frame().set_index(["group", "model"])
    assert table.loc[("sex = f", "teacher"), "mean error"] == pytest.approx(-80, abs=1)
    f = (frame["sex"] == "f").to_numpy()
    assert table.loc[("sex = f", "teacher"), "R2"] == pytest.approx(
        r2_score(y[f], teacher(frame)[f])
    )
    errors = {gap.measure: gap for gap in report.gaps}
    assert errors["mean error"].verdict == errors["mean absolute error"].verdict == "inherited"
    assert "The student takes over" in report.findings.of("bias-inherited")[0].sentence
    with pytest.raises(ValueError, match="no of_class"):
        looked(d, of_class="yes")


def test_without_the_truth_only_what_is_named_is_compared() -> None:
    d = lent(Score(unfair=4.0), "linear", size=4, y=None)
    report = looked(d)
    assert {gap.measure for gap in report.gaps} == {"named 'yes'", "fidelity"}
    assert "truth is not known" in report.notes[0]
    assert set(report.frame()["model"]) == {"teacher", "student"}


def test_the_class_may_be_chosen() -> None:
    assert "named 'no'" in looked(unfair(), of_class="no").frame()
    with pytest.raises(ValueError, match="of_class to be one of 'no', 'yes'. Got 'maybe'"):
        looked(unfair(), of_class="maybe")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sensitive": None}, "names of columns, or values"),
        ({"sensitive": "sx"}, 'Did you mean "sex"'),
        ({"sensitive": []}, "at least one sensitive column"),
        ({"sensitive": np.zeros(3)}, "600 rows, like X. Got 3 rows"),
        ({"least": 1}, "least to be a whole number >= 2"),
        ({"rows": "some"}, "rows to be one of"),
        ({"intersections": 1}, "intersections to be True or False"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        looked(unfair(), **options)


def test_the_same_gives_the_same() -> None:
    one, other = (looked(unfair(), ["sex", "region"]) for _ in range(2))
    pd.testing.assert_frame_equal(one.gap_frame(), other.gap_frame(), check_exact=True)
    pd.testing.assert_frame_equal(one.frame(), other.frame(), check_exact=True)


# --- chance ------------------------------------------------------------------------------------


def judged(teacher: Any, said: Any, groups: np.ndarray, classes: list[int]) -> tuple[Gap, ...]:
    found = measures(teacher, {STUDENT: said}, classes)
    return gaps([Attribute("kind", groups.astype(object))], found, {}, 30, 0)


def test_what_chance_alone_makes_is_hardly_ever_called_bias(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_resample, "RESAMPLES", 50)  # intervals judge nothing
    called = 0
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        n, k = int(rng.integers(150, 900)), int(rng.integers(2, 4))
        groups = rng.choice(list("abcd"), n, p=[0.5, 0.3, 0.12, 0.08])
        z = 2 * rng.normal(size=(n, k)) + 1.5 * rng.normal(size=k)
        p = SoftTargets(z, range(k)).at(1.0)
        y = (p.cumsum(1) > rng.random(n)[:, None]).argmax(1)
        said = z + rng.normal(size=(n, k)) * rng.uniform(0.2, 2)
        of = [1] if k == 2 else list(range(k))
        found = judged(SoftTargets(z, range(k), labels=y), said, groups, of)
        truth = rng.normal(size=n)
        numbers = truth + rng.gamma(1, 1, n) - 1
        off = numbers + rng.exponential(1, n) * rng.choice([-1, 1], n)
        found += judged(Predictions(numbers, truth), off, groups, [])
        called += any(gap.verdict not in ("none", "unclear") for gap in found)
    assert called <= RUNS // 40


def test_verdicts_tell_what_the_student_does_to_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_resample, "RESAMPLES", 50)
    rng = np.random.default_rng(0)
    n = 2_000
    groups = rng.choice(["f", "m"], n)
    wants = {
        "inherited": (0.3, 0.3),
        "softened": (0.3, 0.15),
        "worse": (0.3, 0.5),
        "new": (0.0, 0.3),
        "reversed": (0.3, -0.3),
        "none": (0.0, 0.0),
    }
    for verdict, (of_teacher, of_student) in wants.items():
        luck = rng.random(n)
        named = [
            (luck < np.where(groups == "f", 0.5 - gap / 2, 0.5 + gap / 2)).astype(int)
            for gap in (of_teacher, of_student)
        ]
        logits = [3.0 * np.eye(2)[one] for one in named]
        found = judged(SoftTargets(logits[0], ["no", "yes"]), logits[1], groups, [1])
        assert found[0].measure == "named 'yes'" and found[0].verdict == verdict
        assert found[0].teacher.value == pytest.approx(-of_teacher, abs=0.08)


def test_a_group_that_does_not_vary_is_not_certain_of_anything() -> None:
    values = np.concatenate([np.zeros(30), np.ones(2), np.zeros(500)])
    group = np.arange(len(values)) < 32
    assert _chance(values, group, ~group, True) > 0.01
    assert _chance(np.zeros(600), np.arange(600) < 50, np.arange(600) >= 50, True) == 1.0


def test_findings_are_in_order_and_tables_are_copies() -> None:
    report = looked(unfair(), ["sex", "region"])
    assert report.findings == Findings.ordered(report.findings)
    mine = report.frame()
    mine["rows"] = 0
    assert report.frame()["rows"].min() > 0 and TEACHER in set(report.frame()["model"])
    assert isinstance(unfair().table, Table)
