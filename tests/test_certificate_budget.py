"""What the reasons of a certificate may cost: never much unasked, and it is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill.audits.certificate import _reasons_budget
from jupyter_distill.audits.certificate._reasons_budget import FAR, Purse
from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeStudent

from .distilling import data, run, smooth


class Counting:
    """A service: it counts the rows that it is asked about."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, X: Any) -> np.ndarray:
        self.asked += len(X)
        return smooth(np.asarray(X))


@cache
def service() -> tuple[Distillation, Counting]:
    model, (X, y) = Counting(), data(200)
    student = TreeStudent(quality="greedy")
    return run(model, X, y, size=3, temperature=1.0, student=student), model


@cache
def local() -> Distillation:
    X, y = data(200)
    student = TreeStudent(quality="greedy")
    return run(LogisticRegression().fit(X, y), X, y, size=3, temperature=1.0, student=student)


def ticking(per_row: float) -> Callable[[], float]:
    """A clock by which each answer that is timed takes as long as said."""
    steps = [step for size in _reasons_budget.TRIED for step in (0.0, size * per_row)]
    now = iter(np.cumsum(steps))
    return lambda: float(next(now))


@pytest.mark.parametrize("method", ["shap", "surrogate"])
def test_a_service_is_asked_about_few_rows_and_how_many_is_said(method: str) -> None:
    d, model = service()
    before = model.asked
    one = d.certificate(3, reasons=[method], target=None)
    beside = one.beside[0]
    assert 0 < beside.evaluations <= FAR
    # those of the reasons, of the change, and a few whose answers were timed
    assert beside.evaluations <= model.asked - before <= beside.evaluations + 1 + 16
    assert f"{beside.evaluations:,} answers" in beside.how_teacher
    assert "may be a service that costs: evaluations= allows others" in beside.how_teacher
    assert one.to_dict()["beside"][0]["evaluations"] == beside.evaluations
    assert beside.how_teacher in one.describe()


def test_a_service_is_asked_no_more_of_a_row_because_the_table_is_long() -> None:
    X, y = data(2_600)
    d = run(Counting(), X, y, size=3, temperature=1.0, student=TreeStudent(quality="greedy"))
    most = {
        n: Purse(d, n, 1, None, clock=ticking(1e-6)).allowed("shap").evaluations for n in (1, 9)
    }
    assert most == {1: FAR, 9: d.table.n_rows} and d.table.n_rows > FAR


def test_a_person_may_allow_more_and_less() -> None:
    d, _ = service()
    spent = {}
    for evaluations in (2_000, 6_000):
        (beside,) = d.certificate(3, reasons="surrogate", evaluations=evaluations).beside
        spent[evaluations] = beside.evaluations
        assert beside.evaluations <= evaluations and "at most" not in beside.how_teacher
    assert 0 < spent[2_000] <= FAR < spent[6_000]
    need = "evaluations of at least 2,000, to explain 1 row by surrogate. Got 1,500"
    with pytest.raises(ValueError, match=need):
        d.certificate(3, reasons="surrogate", evaluations=1_500)
    with pytest.raises(ValueError, match="evaluations to be a whole number >= 1. Got 0"):
        d.certificate(3, evaluations=0)


def test_many_rows_of_a_service_are_explained_by_the_student_alone() -> None:
    d, model = service()
    before = model.asked
    many = d.certificate([0, 1, 2], reasons=["lime"])
    assert model.asked - before <= 3 + 16
    for one in many:
        beside = one.beside[0]
        assert beside.student and not beside.teacher and beside.evaluations == 0
        assert "3 rows by lime takes 3,600 answers" in beside.how_teacher
        assert "evaluations=3600 allows it" in beside.how_teacher


def test_a_slow_teacher_is_asked_for_some_seconds() -> None:
    slow = replace(Purse(local(), 1, 2, None), clock=ticking(0.004)).allowed("shap")
    assert slow.evaluations == 1_250
    assert "a row takes it about 4 ms: evaluations= allows others" in slow.note
    slower = replace(Purse(local(), 1, 1, None), clock=ticking(1.0)).allowed("lime")
    assert slower.evaluations == 0
    assert "takes 1,200 answers (20 minutes), and a row takes it about 1 s" in slower.note


def test_a_quick_teacher_is_asked_as_before_whatever_the_clock_says() -> None:
    quick = [replace(Purse(local(), 1, 1, None), clock=ticking(t)) for t in (1e-5, 4e-4)]
    assert {one.allowed("surrogate").evaluations for one in quick} == {_reasons_budget.EACH}
    many = replace(Purse(local(), 100, 1, None), clock=ticking(1e-5))
    assert many.allowed("surrogate").evaluations == 200_000


def test_a_teacher_that_fails_leaves_the_students_reasons() -> None:
    d, model = service()

    def broken(X: Any) -> Any:
        raise RuntimeError("out of service")

    gone = replace(d, teacher=jd.as_teacher(broken, classes=["0", "1"]).of_task(d.task))
    beside = gone.certificate(3, reasons="shap").beside[0]
    assert beside.student and not beside.teacher and "out of service" in beside.how_teacher
