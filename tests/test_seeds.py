"""Without a seed one is drawn, once: what is asked of a distillation again is answered alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeStudent

from .distilling import data, run

QUESTIONS = {
    "attributions": lambda d: d.attributions(n=5, background=10, progress=False).frame(),
    "agreement": lambda d: d.attributions(n=5, background=10, progress=False).agreement(),
    "local": lambda d: d.attributions("surrogate", n=4, background=10, progress=False).frame(),
    "bias": lambda d: d.bias("sex").frame(),
    "expectations": lambda d: d.expectations({"a": "+"}, n=10, grid=3, progress=False).frame(),
    "measures": lambda d: d.measures().frame(),
    "regions": lambda d: d.regions(rows="all").frame(),
    "reliability": lambda d: d.reliability("all").frame(),
    "segments": lambda d: d.segments(pairs=False).frame(),
    "stability": lambda d: d.stability(3, progress=False).frame(),
}


@cache
def unseeded() -> Distillation:
    X, y = data(240)
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    frame["sex"] = np.where(X[:, 2] > 0, "f", "m")
    teacher = LogisticRegression().fit(X, y)

    def says(rows: Any) -> np.ndarray:
        return np.asarray(teacher.predict_log_proba(rows[["a", "b", "c"]].to_numpy()))

    model = jd.as_teacher(says, classes=[0, 1])
    student = TreeStudent(quality="greedy")
    return run(model, frame, y, student=student, size=4, temperature=1.0, random_state=None)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_has_the_same_answer(question: str) -> None:
    d, ask = unseeded(), QUESTIONS[question]
    pd.testing.assert_frame_equal(ask(d), ask(d), check_exact=True)


def test_the_seed_is_drawn_anew_by_each_run_and_gives_the_run_again(tmp_path: Path) -> None:
    X, y = data(90)
    options: dict[str, Any] = {"size": 2, "temperature": 1.0}
    options["student"] = TreeStudent(quality="greedy")
    model = LogisticRegression().fit(X, y)
    one, other = (run(model, X, y, random_state=None, **options) for _ in range(2))
    assert one.random_state != other.random_state
    again = run(model, X, y, random_state=one.random_state, **options)
    np.testing.assert_array_equal(one.rows.held_out, again.rows.held_out)
    np.testing.assert_array_equal(one.student.output(one.table), again.student.output(one.table))
    loaded = jd.load(one.save(tmp_path / "one.distill"))
    assert loaded.random_state == one.random_state
    assert str(one.random_state) in one.report(tmp_path / "one.html").read_text()


def test_an_audit_speaks_of_the_draws_of_its_parts_asked_alone() -> None:
    d = unseeded()
    whole = d.audit(only=["attributions", "segments"], explained=5, progress=False)
    alone = d.attributions(n=5, progress=False).frame()
    pd.testing.assert_frame_equal(whole.frame("attributions"), alone)
    pd.testing.assert_frame_equal(whole.frame("segments"), d.segments().frame())
