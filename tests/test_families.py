"""Every family of students, for classes and for numbers, from teacher to what a person sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from jupyter_distill import students
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports.answers import row_index

from .distilling import run, sentences
from .small import EVIL, numbers, people

TASKS = ("classification", "regression")
QUICK: dict[str, dict[str, Any]] = {
    "tree": {"quality": "greedy"},
    "rules": {"quality": "greedy"},
    "net": {"epochs": 40},
}


@pytest.fixture(scope="module")
def rows() -> tuple[pd.DataFrame, dict[str, Any], np.ndarray]:
    frame, y = people(240, name=EVIL)
    price = (10 * frame[EVIL].fillna(30) + frame["age"]).to_numpy()
    return frame, {"classification": y, "regression": price}, numbers(frame)


@pytest.fixture(scope="module", params=students.names())
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=TASKS)
def d(request: pytest.FixtureRequest, family: str, rows: Any) -> Distillation:
    frame, truth, X = rows
    model = LogisticRegression(max_iter=500) if request.param == TASKS[0] else Ridge()
    y = truth[request.param]
    options: dict[str, Any] = {"temperature": 1.0} if request.param == TASKS[0] else {}
    options |= QUICK.get(family, {})
    return run(model.fit(X, y), frame, y, teacher_inputs=X, student=family, **options)


def test_it_is_distilled(d: Distillation, family: str) -> None:
    assert d.family == family and type(d.student) is students.load(family, d.task)
    assert d.fidelity().value > 0.7
    assert d.title in repr(d) and f"alpha = {d.alpha:g}" in repr(d)
    assert (d.temperature is None) == (d.task == "regression")


def test_the_ladder_says_what_there_is_to_read(d: Distillation) -> None:
    frame = d.ladder.frame()
    assert set(d.student.complexity_.to_dict()) <= set(frame)
    assert frame["size"][frame["chosen"]].tolist() == [d.size]
    assert d.size <= d.student.READABLE and set(frame["size"]) <= set(d.student.SIZES)
    assert d.at(size=int(frame["size"].iloc[0])).fidelity().value <= 1


def test_labels_only_costs_one_fit_of_the_chosen_size(d: Distillation) -> None:
    twin = d.labels_only
    assert twin is not None and twin.size == d.size and twin.alpha == 1.0


def test_rows_are_compared_in_the_frame_of_their_owner(d: Distillation) -> None:
    apart = d.disagreements("all")
    assert {"teacher", "student", EVIL} <= set(apart)
    index = row_index(d)
    assert len(index.select({"scope": "all"}, None)) == d.table.n_rows
    json.dumps(index.cells(np.arange(5)), allow_nan=False)


def test_it_shows_itself_and_hostile_names_do_no_harm(d: Distillation) -> None:
    bundle, _ = d._repr_mimebundle_()
    html = bundle["text/html"]
    assert "<img" not in html and "</script>" not in html
    assert "prefers-color-scheme:dark" in html and "held-out rows" in html
    assert "application/vnd.jupyter.widget-view+json" in bundle
    if not isinstance(d.explanation(), TreeExplanation):
        assert "What the student says" in html


def test_the_report_is_one_file(d: Distillation, tmp_path: Path) -> None:
    text = d.report(tmp_path / "report.html").read_text()
    assert "<img" not in text and d.title in text and "Where the two part" in text


def test_a_size_beyond_the_data_is_said_by_name(family: str, rows: Any) -> None:
    frame, truth, X = rows
    y = truth["regression"]
    size = {"tree": 200, "net": 8}.get(family, 25)
    options = {"student": family, "size": size, **QUICK.get(family, {})}
    d = run(Ridge().fit(X, y), frame, y, teacher_inputs=X, **options)
    counted = d.student.complexity_.to_dict().get(d.student.UNIT)
    assert d.size == size
    if counted is not None and counted < size:
        said = f"{size} {d.student.UNIT} were asked for; the data give no more than {counted}."
        assert said in sentences(d)
