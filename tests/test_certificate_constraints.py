"""Certificates know the constraints of their student: listed, verified, and bounding a change."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill import students
from jupyter_distill.distillation import Distillation

from .certified import NAMES, SIZES, binary, rows, score, several
from .distilling import run

KEPT = {"monotone": {"income": "+"}, "forbid": ["z"]}


@cache
def constrained(family: str, task: str = "binary") -> Distillation:
    return keeping(family, task, KEPT)


def keeping(family: str, task: str, asked: dict[str, Any]) -> Distillation:
    frame = rows()
    kind = students.load(family, "regression" if task == "regression" else "classification")
    if task == "three classes":
        asked = {**asked, "monotone": {"income": {"granted": "+"}}}
    brief = {"quality": "greedy", "epochs": 20, "constraints": jd.Constraints(**asked)}
    student = kind(**{name: v for name, v in brief.items() if name in kind().get_params()})
    options: dict[str, Any] = {"student": student, "size": SIZES[family], "augment": None}
    if task == "regression":
        return run(score, frame, task="regression", **options)
    teacher = jd.as_teacher(binary if task == "binary" else several, classes=NAMES[task])
    return run(teacher, frame, temperature=1.0, **options)


@pytest.mark.parametrize("family", ["tree", "linear", "net"])
def test_what_the_student_keeps_is_listed_in_text_html_and_json(family: str) -> None:
    d = constrained(family)
    one = d.certificate(3)
    income, z = one.constraints
    assert (income.column, income.sign, income.status) == ("income", 1, "proven")
    assert (z.column, z.what, z.status) == ("z", "z is not read", "proven")
    report = d.constraints_report()
    assert [v.method for v in report.verdicts] == [c.method for c in one.constraints]
    text, page = one.describe(), one._repr_html_()
    for told in ("income may only raise P(granted)", "z is not read"):
        assert f"{told}: proven" in text and f"<td>{told}</td>" in page
    written = json.loads(one.to_json())
    assert [c["what"] for c in written["constraints"]] == [c.what for c in one.constraints]
    assert written["change"]["because"] == list(one.change.because)


@pytest.mark.parametrize("family", ["tree", "rules", "linear", "ebm", "net"])
def test_changes_follow_what_is_proven_and_leave_what_is_not_read(family: str) -> None:
    d = constrained(family)
    moved = 0
    for one in d.certificate(list(range(0, 40, 4)), reasons=False, ask=False):
        need = 1 if one.answer == "denied" else -1
        for step in one.change.steps:
            assert step.column != "z"
            if step.column == "income" and step.before is not None:
                moved += 1
                assert (step.after - step.before) * need > 0
                way = "larger" if need > 0 else "smaller"
                (told,) = one.change.because
                assert told == (
                    f"income may only raise P(granted) (proven), so that only a {way} value helps"
                )
                assert told in one.describe() and told in one._repr_html_()
    assert moved or family in ("rules", "net")


def test_a_bound_says_why_there_is_no_change() -> None:
    d = constrained("linear", "regression")
    said = d.student.predict(d.table)
    low = int(np.nanargmin(np.where(np.isnan(d.table.values[:, 0]), np.nan, said)))
    fixed = [name for name in d.table.names if name != "income"]
    one = d.certificate(low, target=(1e6, None), immutable=fixed, reasons=False)
    assert not one.change.steps
    told = "income may only raise the prediction (proven), so that no smaller value leads there"
    assert one.change.because == (told,) and told in one.describe()
    there = d.certificate(low, target=(None, 1e6), reasons=False)
    assert there.change.because == () and "that already" in there.change.how


def test_of_several_classes_nothing_is_said_of_the_way() -> None:
    d = constrained("linear", "three classes")
    told = {
        text
        for one in d.certificate(list(range(20)), reasons=False, ask=False)
        for text in one.change.because
    }
    assert told == {"income may only raise P(granted) (proven)"}


def test_what_is_not_kept_is_said_and_explains_nothing() -> None:
    soft = {"monotone": {"income": "-"}, "hard": False, "penalty": 0.0, "max_features": 2}
    d = keeping("tree", "binary", soft)
    one = d.certificate(3)
    income, budget = one.constraints
    assert income.status == "violated" and not income.holds and not one.change.because
    assert "income may only lower P(granted): not kept" in one.describe()
    assert (budget.column, budget.sign) == ("", 0) and budget.what == "at most 2 columns"


def test_no_constraints_are_not_spoken_of() -> None:
    X = pd.DataFrame(rows()[["income", "age"]]).fillna(30.0)
    tree = students.load("tree", "classification")(quality="greedy")
    d = run(
        lambda f: np.column_stack([-f["income"] + 50, f["income"] - 50]),
        X,
        student=tree,
        size=3,
        temperature=1.0,
        classes=["no", "yes"],
    )
    one = d.certificate(0)
    assert one.constraints == () and "fitted to keep" not in one.describe() + one._repr_html_()
