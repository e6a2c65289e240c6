"""The view of certificates: what is shown, going through many, and asking for another row."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest
import traitlets as t

import jupyter_distill as jd
from jupyter_distill._validation import Refusal
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import certificate_state
from jupyter_distill.exports.certificate import page
from jupyter_distill.widgets.certificate import CertificateView
from tests.certified import FAMILIES, TASKS, distilled, target


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled("tree", "binary")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("family", FAMILIES)
def test_all_that_a_certificate_says_is_sent(family: str, task: str) -> None:
    d = distilled(family, task)
    one = d.certificate(5, target=target(task, d, 5))
    sent = one.view().shown
    json.dumps(sent, allow_nan=False)
    assert sent["text"] == one.describe() and sent["title"] == one.title
    assert dict(zip(sent["student"]["classes"], sent["student"]["shares"], strict=True)) == (
        one.student.probabilities
    )
    assert [name for name, _ in sent["values"]] == list(d.table.names)
    if sent["rule"] is not None:
        assert [c["text"] for c in sent["rule"]["conditions"]] == [
            c.text for c in one.decision.conditions
        ]
        told = [m for c in sent["rule"]["conditions"] for m in c["margins"]]
        told += [m for rule in sent["rule"]["earlier"] for m in rule["margins"]]
    else:
        assert [term["text"] for term in sent["sum"]["terms"]] == [
            term.text for term in one.decision.terms if not term.empty
        ]
        told = sent["margins"]
    # every margin once, whatever condition it stands at
    assert sorted(m["condition"] for m in told) == sorted(m.condition for m in one.margins)
    known = [m.spreads for m in one.margins if np.isfinite(m.spreads)]
    narrowest = [m["spreads"] for m in told if m["narrowest"]]
    assert narrowest == ([min(known)] if known else [])
    if one.change is not None:
        assert [step["column"] for step in sent["change"]["steps"]] == [
            step.column for step in one.change.steps
        ]


def test_reasons_of_both(d: Distillation) -> None:
    one = d.certificate(5, reasons=["shap"], evaluations=500)
    own, both = one.view().shown["reasons"]
    assert not own["teacher"] and both["teacher"] and both["title"] == "By SHAP"
    weights = {line["name"]: line["teacher"] for line in both["lines"]}
    assert {r.value: r.weight for r in one.beside[0].teacher} == {
        name: weight for name, weight in weights.items() if weight
    }


def test_a_constraint_that_bounds_the_change_is_marked() -> None:
    from jupyter_distill.students.tree import TreeStudent
    from tests.certified import NAMES, binary, rows
    from tests.distilling import run

    keeps = jd.Constraints(monotone={"age": +1, "income": +1})
    student = TreeStudent(quality="greedy", constraints=keeps)
    frame = rows()
    teacher = jd.as_teacher(binary, classes=NAMES["binary"])
    d = run(teacher, frame, student=student, size=6, temperature=1.0)
    marked = set()
    for one in d.certificate(list(range(12)), ask=False, reasons=False):
        sent = certificate_state.certificate(one)
        assert one.change is not None
        bound = [kept["what"] for kept in sent["constraints"] if kept["bound"]]
        assert len(bound) == len(one.change.because)
        assert all(kept["status"] == "proven" for kept in sent["constraints"])
        marked |= set(bound)
    assert marked


def test_many_are_gone_through(d: Distillation, tmp_path: Path) -> None:
    many = d.certificate([3, 7, 11])
    view = many.view()
    assert (view.place, view.row, view.certificate) == (0, 3, many[0])
    assert [one["position"] for one in view.batch] == [3, 7, 11]
    view.place = 2
    assert view.row == 11 and view.shown["position"] == 11 and view.text == many[2].describe()
    view.row = 7  # as a linked table says it
    assert view.place == 1 and view.certificate is many[1]
    pd.testing.assert_frame_equal(view.frame(), many.frame())
    with pytest.raises(
        t.TraitError, match=r"a row that was certified \(3, 7, 11\).*CertificateView\(d\)"
    ):
        view.row = 8
    with pytest.raises(t.TraitError, match="place from 0 to 2"):
        view.place = 3
    assert (view.place, view.row) == (1, 7)
    text = view.to_html(tmp_path / "many.html").read_text(encoding="utf-8")
    carried = json.loads(re.search(r'id="jd-state">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    assert [one["position"] for one in carried["pages"]] == [3, 7, 11] and view.pages == []


def test_new_rows_have_no_position(d: Distillation) -> None:
    frame = d.table.native.iloc[:2]
    view = d.certificate(frame).view(place=1)
    assert view.row is None and view.among == 0 and view.batch[1]["position"] is None
    view.place = 0
    assert view.row is None and view.certificate is view.certificates[0]


def test_any_other_row_is_asked_for(d: Distillation) -> None:
    view = CertificateView(d, row=4, asked={"immutable": ["age"], "ask": False})
    assert view.among == d.table.n_rows and view.row == 4
    seen: list[Any] = []
    view.observe(lambda change: seen.append(change["new"]), "busy")
    view.set_state({"row": 9})
    assert seen == [True, False] and view.place is None and view.certificate is not None
    assert view.certificate.position == 9 and view.shown["position"] == 9
    assert view.text == d.certificate(9, immutable=["age"], ask=False).describe()
    view.place = 0
    assert view.row == 4 and view.shown["position"] == 4
    table = jd.DisagreementTable(d)
    ipywidgets.link((table, "row"), (view, "row"))
    table.row = 12
    assert view.shown["position"] == 12
    table.row = None  # the last one stays
    assert view.shown["position"] == 12
    with pytest.raises(t.TraitError, match="a row from 0 to"):
        view.row = 10_000


def test_a_list_of_positions_is_gone_through(d: Distillation) -> None:
    view = CertificateView(d, row=[4, 6], place=1)
    assert view.row == 6 and len(view.certificates) == 2
    assert CertificateView(d).row == d.rows.held_out[0]


def test_what_comes_too_late_is_dropped(d: Distillation) -> None:
    view = CertificateView(d, row=4)

    def wants_another(_change: Any) -> None:
        view.unobserve_all("busy")
        view.row = 21

    view.observe(wants_another, "busy")
    view.row = 20
    assert view.row == 21 and view.shown["position"] == 21 and not view.busy


def test_a_refusal_is_said_in_words(d: Distillation, tmp_path: Path) -> None:
    view = CertificateView(d, row=4)
    row = 30
    view._asked = {**view._asked, "limits": {"age": (1000, None)}}
    with pytest.raises(Refusal) as refused:
        d.certificate(row, limits={"age": (1000, None)})
    view.set_state({"row": row})
    assert view.shown == {"position": row, "refused": str(refused.value)}
    assert view.certificate is None and not view.busy and view.error == ""
    assert "no certificate of row 30" in view.text and view.text in view._plain()
    assert "age" in view.to_html(tmp_path / "none.html").read_text(encoding="utf-8")
    view.place = 0
    assert view.certificate is not None


def test_wrong_things_are_refused(d: Distillation) -> None:
    one = d.certificate(3)
    with pytest.raises(ValueError, match="asked= with a Distillation alone"):
        CertificateView(one, asked={"ask": False})
    with pytest.raises(ValueError, match="row= with a Distillation alone"):
        CertificateView(one, row=4)
    with pytest.raises(TypeError, match=r"Ask for one: CertificateView\(d.certificate\(17\)\)"):
        CertificateView(d.attributions)  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match=r"asked to be one of.*'immutabel'. Did you mean \"immutable\""
    ):
        CertificateView(d, asked={"immutabel": ["age"]})


def test_its_page_holds_what_the_saved_certificate_does(d: Distillation, tmp_path: Path) -> None:
    one = d.certificate(5)
    text = one.view().to_html(tmp_path / "c.html").read_text(encoding="utf-8")
    body = re.search(r"<h1>.*?</h1>(.*?)</main>", page(one), re.DOTALL)
    assert body is not None
    # printed, the page shows its still part
    still = re.search(r'<div id="jd-static">(.*)</div></main>', text, re.DOTALL)
    assert still is not None
    for piece in re.findall(r"<(?:td|p|th)[^>]*>([^<]+)", body[1]):
        assert piece in still[1]
