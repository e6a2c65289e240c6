"""Rows that cannot be certified, teachers that cannot be asked, and certificates on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import jupyter_distill as jd
from jupyter_distill.findings import CODES

from .certified import QUOTED, binary, distilled, rows
from .distilling import run

VALUES = {"income": 20.0, "purpose": "car", "employed": False, "age": 30, "z": 0.0}


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({}, TypeError, "Expected one row.*neither"),
        ({"row": 0, "index": 1000}, TypeError, "both row= and index="),
        ({"row": 200}, IndexError, "from 0 to 199"),
        ({"row": 1000}, IndexError, "index=1000"),
        ({"row": -1}, IndexError, "from 0 to 199"),
        ({"row": True}, TypeError, "True"),
        ({"row": "abc"}, TypeError, "'abc'"),
        ({"row": []}, ValueError, "at least one row"),
        ({"row": [1.5]}, TypeError, "1.5"),
        ({"row": [True, False]}, ValueError, "a mask of 200 rows"),
        ({"index": 5}, KeyError, "no row called 5"),
        ({"index": []}, ValueError, "at least one row"),
        ({"row": {**VALUES, "more": 1}}, ValueError, "unknown column 'more'"),
        ({"row": {"income": 1.0}}, ValueError, "no column 'age'"),
        ({"row": {**VALUES, "income": "much"}}, TypeError, "'income' to be numeric"),
        ({"row": {**VALUES, "income": np.inf}}, ValueError, "finite numbers"),
        ({"row": rows().iloc[:0]}, ValueError, "at least one row"),
        (
            {"row": rows()[["z", "age", "income", "purpose", "employed"]]},
            ValueError,
            "in the order",
        ),
        ({"row": 0, "immutable": ["agee"]}, ValueError, 'Did you mean "age"'),
        ({"row": 0, "immutable": "age"}, TypeError, r"immutable=\['age'\]"),
        ({"row": 0, "limits": {"agee": "+"}}, ValueError, 'Did you mean "age"'),
        ({"row": 0, "limits": [1]}, TypeError, "limits to be a dict"),
        ({"row": 0, "limits": {"age": "up"}}, ValueError, "'up'"),
        ({"row": 0, "limits": {"age": (5, 2)}}, ValueError, "low <= high"),
        ({"row": 0, "limits": {"age": (200, 300)}}, ValueError, "hold the value of row 1000"),
        ({"row": 0, "limits": {"purpose": "car"}}, ValueError, r"'purpose': \['car'\]"),
        ({"row": 0, "limits": {"purpose": ["boat"]}}, ValueError, "'boat'"),
        ({"row": 0, "limits": {"age": "+"}, "immutable": ["age"]}, ValueError, "immutable as well"),
        ({"row": 0, "target": "grantet"}, ValueError, 'Did you mean "granted"'),
        ({"row": 0, "fill_missing": 1}, TypeError, "fill_missing"),
        ({"row": 0, "reasons": 1}, TypeError, "reasons"),
        ({"row": 0, "reasons": []}, TypeError, "reasons"),
        ({"row": 0, "reasons": ["shape"]}, ValueError, "Did you mean"),
    ],
)
def test_what_cannot_be_certified_is_said(asked: dict[str, Any], error: Any, said: str) -> None:
    with pytest.raises(error, match=said):
        distilled("tree", "binary").certificate(**asked)


@pytest.mark.parametrize("target", [3, "3", (1, 2, 3), (None, None), (2, 1), (True, None)])
def test_targets_of_a_number_are_ranges(target: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"\(low, high\)|Expected target"):
        distilled("tree", "regression").certificate(0, target=target)


def test_a_row_is_named_in_many_ways() -> None:
    d, frame = distilled("tree", "binary"), rows()
    text = d.certificate(7).to_json()
    assert d.certificate(index=1007).to_json() == text
    assert d.certificate([7])[0].to_json() == text
    assert d.certificate(np.arange(200) == 7)[0].to_json() == text
    new = [
        d.certificate(frame.iloc[[7]]),
        d.certificate(frame.iloc[7]),
        d.certificate(frame.iloc[7].to_dict()),
        d.certificate([frame.iloc[7].to_dict()])[0],
    ]
    for one in new:
        assert one.part == "new" and one.truth is None
        assert one.decision == d.certificate(7).decision
        assert one.teacher == d.certificate(7).teacher
    many = d.certificate(index=[1003, 1001])
    assert list(many.frame().index) == [1003, 1001] and len(many[:1]) == 1
    twice = replace(d, table=d.table.take(np.zeros(200, dtype=int)))
    with pytest.raises(ValueError, match="one row called 1000"):
        twice.certificate(index=1000)


def test_a_text_names_a_row_where_rows_are_called_by_texts() -> None:
    d, frame = distilled("tree", "binary"), rows()
    named = frame.set_axis([f"id {k}" for k in range(len(frame))])
    called = replace(d, table=replace(d.table, native=named))
    assert called.certificate("id 7").position == 7
    assert called.certificate("id 7").to_json() == called.certificate(index="id 7").to_json()
    assert [one.position for one in called.certificate(["id 7", "id 3"])] == [7, 3]
    assert called.certificate(["id 7"])[0].to_json() == called.certificate(7).to_json()
    with pytest.raises(KeyError, match="no row called .*id 700.*Did you mean"):
        called.certificate("id 700")
    with pytest.raises(TypeError, match="a label that is text.*'id 7'"):
        d.certificate("id 7")  # the labels here are numbers


def test_teachers_that_cannot_be_asked_are_named() -> None:
    frame = rows()
    answers = binary(frame)
    p = 1 / (1 + np.exp(-2 * answers[:, 1]))
    recorded = pd.DataFrame({"denied": 1 - p, "granted": p}, index=frame.index)
    settings: dict[str, Any] = {"size": 4, "augment": None, "temperature": 1.0}
    d = run(recorded, frame, **settings)
    one = d.certificate(dict(frame.iloc[0]))
    assert one.teacher is None and "its answers are recorded" in one.teacher_note
    assert "its answers are recorded" in one.describe() and one.agrees is None
    known = d.certificate(3)
    assert known.teacher is not None
    assert known.change.steps and known.change.shared is None
    other = run(lambda i: answers[i], frame, teacher_inputs=np.arange(len(frame)), **settings)
    assert "other inputs" in other.certificate(3).change.teacher_note
    asked = distilled("tree", "binary").certificate(VALUES, ask=False)
    assert asked.teacher is None and "not asked" in asked.teacher_note


def test_a_teacher_that_fails_is_a_note_and_the_rule_stands() -> None:
    frame = rows()

    def teacher(X: Any) -> Any:
        if (X["purpose"] == "boat").any():
            raise ValueError("never heard of boats")
        return binary(X)

    d = run(jd.as_teacher(teacher), frame, size=4, augment=None, temperature=1.0)
    one = d.certificate({**VALUES, "purpose": "boat"})
    assert one.teacher is None and "never heard of boats" in one.teacher_note
    assert "outside-what-was-learnt" in one.findings.codes


def test_frames_of_polars_and_arrays_are_written_in_their_own_type() -> None:
    frame = rows()
    settings: dict[str, Any] = {"size": 5, "augment": None, "temperature": 1.0}
    kinds = []

    def teacher(X: pl.DataFrame) -> Any:
        kinds.append((type(X), X["age"].dtype))
        return binary(X.to_pandas())

    d = run(jd.as_teacher(teacher), pl.from_pandas(frame), **settings)
    del kinds[:]
    changed = [one for one in d.certificate(list(range(30))) if one.change.steps]
    assert changed and set(kinds) == {(pl.DataFrame, pl.Int64)}
    assert d.certificate(dict(frame.iloc[0])).teacher is not None
    with pytest.raises(TypeError, match="pandas frame"):
        d.certificate(index=0)
    numbers = frame[["age", "z"]].to_numpy(dtype=np.float32)
    plain = run(lambda X: np.column_stack([0 * X[:, 0], X[:, 1] * 3 + 1]), numbers, **settings)
    flips = [one for one in plain.certificate(list(range(10))) if one.change.steps]
    for one in flips:
        row = np.array([[one.values["x0"], one.values["x1"]]], dtype=np.float32)
        for step in one.change.steps:
            row[0, int(step.column[1:])] = step.after
        assert plain.student.predict(row)[0] == one.change.student.answer != one.answer
    assert flips


def test_every_finding_of_a_certificate_is_planted() -> None:
    d = distilled("tree", "binary")
    found = {
        code
        for one in d.certificate(list(range(200)), reasons=False)
        for code in one.findings.codes
    }
    strange = d.certificate({**VALUES, "age": 400, "purpose": "boat"})
    assert "age = 400 is beyond 18 to 89" in str(strange.findings) and "'boat'" in str(
        strange.findings
    )
    found |= set(strange.findings.codes)
    from jupyter_distill.audits._intervals import Interval
    from jupyter_distill.audits.certificate._certified import Said
    from jupyter_distill.audits.certificate._near_rows import Support
    from jupyter_distill.audits.certificate._notable import notable

    poor = Support("in the same leaf", 9, 9, Interval(0.2, 0.1, 0.5), 9, 0.9, 0.9)
    said = Said("yes", {"no": 0.49, "yes": 0.51})
    found |= set(notable(said, said, np.nan, poor, [], [], None).codes)
    assert found >= {
        *("teacher-disagrees", "locally-unfaithful", "outside-what-was-learnt"),
        *("change-not-shared", "narrow-margin"),
    }
    assert found <= set(CODES)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("family", ["tree", "rules", "linear", "ebm", "net"])
def test_html_is_whole_and_every_value_in_it_is_escaped(family: str, tmp_path: Any) -> None:
    d = distilled(family, "three classes")
    place = int(np.flatnonzero(rows()["purpose"] == QUOTED)[0])
    one, many = d.certificate(place), d.certificate([place, 1, 2])
    page = one.save(tmp_path / "one.html").read_text(encoding="utf-8")
    for text in (one._repr_html_(), many._repr_html_(), page):
        tags = Tags()
        tags.feed(text)
        assert tags.open == [] and not tags.seen & {"b", "script", "img"}
        assert "&lt;b&gt;bold" in text
    assert not re.search(r"(src|href)=|https?://", page) and one.title in page
    assert "<h2>" in many.save(tmp_path / "many.html").read_text(encoding="utf-8")
    assert one.save(tmp_path / "one.txt").read_text(encoding="utf-8").strip() == one.describe()
    assert one.save(str(tmp_path / "one.json")).read_text(encoding="utf-8").startswith("{")
    assert len(many.frame()) == 3 and repr(many).startswith("Certificates of 3 decisions")
    with pytest.raises(ValueError, match="ends in"):
        one.save(tmp_path / "one.pdf")
    with pytest.raises(FileNotFoundError, match="Make it first"):
        one.save(tmp_path / "no" / "one.html")


@pytest.mark.parametrize("mixture", [[0, {"age": 1}], [True, 2], [{"age": 1}, 0]])
def test_a_list_of_positions_and_rows_together_is_refused(mixture: Any) -> None:
    with pytest.raises(TypeError, match="a list of positions, or one of dicts"):
        distilled("tree", "binary").certificate(mixture)
