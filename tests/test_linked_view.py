"""Tree, table and temperature on one model: what is chosen in one is followed by the others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets as t

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import payload, term_state
from jupyter_distill.exports.wire import decode
from jupyter_distill.students.rules import RulesStudent
from jupyter_distill.widgets.distillation import DistillationView
from tests.small import distilled, people


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=8)


@pytest.fixture
def view(d: Distillation) -> DistillationView:
    return DistillationView(d)


def size(value: Any) -> int:
    """Return about how many bytes a state takes on its way to the browser."""
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(size(part) + len(str(key)) for key, part in value.items())
    if isinstance(value, list):
        return sum(size(part) for part in value)
    return len(json.dumps(value))


def test_all_parts_follow_one_choice(view: DistillationView, d: Distillation) -> None:
    view.node = 1
    assert view.page["total"] < view.page["all"]
    assert view.rule == d.explanation().rule(1)
    view.row = 3
    assert view.leaf == d.student.apply(d.table)[3]
    assert len(view.selection) == 1


def test_the_summary_is_the_fidelity_card(view: DistillationView, d: Distillation) -> None:
    card = d.fidelity()
    assert view.summary["fidelity"] == list(card.overall.agreement)
    assert [b["name"] for b in view.summary["baselines"]] == ["labels only", "most common class"]
    assert view.summary["size"] == d.student.n_leaves_
    json.dumps(view.summary, allow_nan=False)


def test_another_temperature_changes_the_whole(view: DistillationView, d: Distillation) -> None:
    view.query = {"ticket": 5, "sort": ["age", True], "scope": "all"}
    view.node, view.row, view.folded = 1, 9, [1]
    view.set_state({"distil_at": 4.0})
    again = d.at(temperature=4.0)
    assert view.distillation.temperature == view.distilled_at == 4.0
    assert view.summary["temperature"] == 4.0
    assert view.tree == payload.tree(again.explanation(), again.table.n_rows)
    assert view.node is None and view.folded == []
    assert view.path["row"] == 9 and view.path["steps"][-1][0] == view.leaf
    assert view.row == 9 and view.leaf == again.student.apply(again.table)[9]
    assert view.page["ticket"] == 5 and view.page["total"] == d.table.n_rows
    assert not view.busy and view.distil_at is None


def test_a_late_answer_is_dropped(view: DistillationView, d: Distillation) -> None:
    class Slow:
        """A distillation during whose answer the person asks for another temperature."""

        def at(self, temperature: float) -> Distillation:
            view.distillation = d
            view.distil_at = 3.0
            return d.at(temperature=temperature)

    view.distillation = Slow()  # type: ignore[assignment]
    view.distil_at = 2.0
    assert view.distilled_at == view.distillation.temperature == 3.0
    assert not view.busy and view.distil_at is None


def test_a_failure_leaves_the_view_usable(view: DistillationView, d: Distillation) -> None:
    class Broken:
        def at(self, temperature: float) -> Distillation:
            raise RuntimeError("the teacher has gone")

    view.distillation = Broken()  # type: ignore[assignment]
    with pytest.raises(RuntimeError, match="has gone"):
        view.set_state({"distil_at": 2.0})
    assert view.error == "the teacher has gone"
    assert not view.busy and view.distil_at is None
    view.distillation = d
    view.set_state({"distil_at": 2.0})
    assert view.error == "" and view.distilled_at == 2.0


def test_data_stays_small() -> None:
    d = distilled(*people(6_000), size=32, temperature=1.0)
    view = DistillationView(d)
    assert size(view.tree) < 15_000
    assert size(view.page) + size(view.columns) < 30_000
    assert size(view.logits) <= 8 * d.table.n_rows + 100


# --- tabs -----------------------------------------------------------------------------------------


def test_a_tab_that_is_not_there(view: DistillationView) -> None:
    view.tab = "ladder"
    with pytest.raises(t.TraitError, match='Did you mean "trust"'):
        view.tab = "trusted"
    assert view.tab == "ladder"


def test_the_tabs_are_sent_with_the_first_message(view: DistillationView, d: Distillation) -> None:
    assert view.summary["chosen"] == d.size and view.summary["shows"] == "tree"
    assert view.summary["apart"] == len(d.disagreements("all"))
    assert len(view.rungs["titles"]) == len(d.ladder)
    for said in ("Findings", "Constraints", "held-out rows", "d.stability()"):
        assert said in view.trust
    for one in d.findings:
        assert one.code in view.trust and one.severity in view.trust
    assert "<script" not in view.trust


def test_what_was_asked_of_the_student_is_under_trust() -> None:
    asked = jd.Constraints(monotone={"income": "+"})
    d = distilled(*people(300), size=4, temperature=1.0, augment=None, constraints=asked)
    assert "rises with income" in DistillationView(d).trust


# --- another rung ---------------------------------------------------------------------------------


def smaller(d: Distillation) -> int:
    return next(rung.size for rung in d.ladder if rung.size < d.size)


def test_a_rung_that_is_adopted_changes_the_whole(view: DistillationView, d: Distillation) -> None:
    view.node, view.row, view.folded, view.temperature = 1, 9, [1], 7.0
    size, seen = smaller(d), []
    view.observe(
        lambda change: seen.append((change["new"], view.summary["chosen"])), "distillation"
    )
    view.set_state({"adopt": {"family": "tree", "size": size}})
    again = d.at(size=size)
    assert view.distillation.size == size and d.size != size
    assert seen == [(view.distillation, size)]
    assert view.tree["tails"] == payload.tails(again.explanation())
    assert view.summary["fidelity"] == list(again.fidelity().overall.fidelity)
    assert view.page["total"] == len(again.disagreements("all"))
    assert view.temperature == view.distilled_at == again.temperature
    assert view.node is None and view.folded == [] and view.row == 9
    assert view.leaf == again.student.apply(again.table)[9]
    assert view.adopt == {} and not view.busy and view.distil_at is None
    assert f"of {again.student.n_leaves_} leaves" in view._title()


def test_a_rung_that_is_not_there(view: DistillationView, d: Distillation) -> None:
    with pytest.raises(ValueError, match="size"):
        view.set_state({"adopt": {"family": "tree", "size": 999}})
    assert "999" in view.error and view.adopt == {} and view.distillation is d
    with pytest.raises(t.TraitError, match="a family and a size"):
        view.adopt = {"size": 3}


def test_a_rung_that_comes_too_late_is_dropped(view: DistillationView, d: Distillation) -> None:
    class Slow:
        """A distillation during whose answer the person asks for another temperature."""

        def at(self, size: int, family: str) -> Distillation:
            view._earnest = d
            view.distil_at = 3.0
            return d.at(size=size, family=family)

    view._earnest = Slow()  # type: ignore[assignment]
    view.adopt = {"family": "tree", "size": smaller(d)}
    assert view.distillation.size == d.size
    assert view.distilled_at == 3.0 and not view.busy and view.adopt == {}


# --- students of every family ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def both() -> Distillation:
    """Two families on one ladder."""
    options = {"temperature": 1.0, "augment": None}
    return distilled(*people(300), student=[RulesStudent(quality="greedy"), "linear"], **options)


def test_each_family_is_shown_by_the_view_that_fits_it(both: Distillation) -> None:
    view = DistillationView(both.at(family="rules"), row=5)
    assert view.summary["shows"] == "rules" and view.decided["row"] == 5
    assert view.tree == view.terms == {} and view.reasons == {}
    view.node = 1
    assert view.rule == view.text and view.rule != view.lines.whole
    assert view.page["total"] < view.page["all"]
    assert len(view.rows) == (view.index.leaves == 1).sum()
    assert list(view.frame()["rule"])

    rung = both.ladder.rung(None, "linear")
    view.adopt = {"family": "linear", "size": rung.size}
    assert view.summary["shows"] == "terms" and view.summary["student"] == "linear"
    assert view.rules == view.decided == {} and view.node is None
    assert view.reasons["row"] == view.row == 5
    view.term = 0
    with pytest.raises(t.TraitError, match="a term from 0"):
        view.term = 99

    least = min(rung.size for rung in both.ladder if rung.family == "rules")
    view.adopt = {"family": "rules", "size": least}
    assert view.summary["shows"] == "rules" and view.decided["row"] == 5
    assert view.terms == view.reasons == {} and view.term is None


@pytest.mark.parametrize("family", ["rules", "linear"])
def test_a_page_of_each_family_carries_its_student(
    both: Distillation, family: str, tmp_path: Path
) -> None:
    d = both.at(family=family)
    shown = {"rules": "rules", "linear": "terms"}[family]
    for text in (
        DistillationView(d).to_html(tmp_path / "v.html").read_text(),
        d.report(tmp_path / "r.html").read_text(),
    ):
        found = re.search(r'id="jd-state">(.*?)</script>', text, re.DOTALL)
        assert found is not None
        carried = json.loads(found[1])
        assert carried[shown] and carried["summary"]["shows"] == shown
        assert set(carried) == set(DistillationView(d).state())
        if shown == "terms":  # without a kernel each row of the page has its sum
            kept = carried["reasons"]["kept"]
            assert len(kept["values"]) == kept["rows"]["shape"][0] == d.table.n_rows


def test_the_sum_of_a_row_is_the_same_without_a_kernel(both: Distillation) -> None:
    view = DistillationView(both.at(family="linear"), row=7)
    assert view.model is not None
    kept = term_state.kept(view.model, np.array([2, 7]))
    assert kept["values"][1] == view.reasons["values"]
    assert decode(kept["adds"])[1].tolist() == decode(view.reasons["adds"]).tolist()
    for name in ("total", "student", "teacher"):
        np.testing.assert_allclose(decode(kept[name])[1], view.reasons[name], rtol=1e-6)


def test_a_net_is_drawn_in_the_view() -> None:
    options = {"temperature": 1.0, "augment": None, "size": 2}
    view = DistillationView(distilled(*people(300), student="net", **options))
    assert view.summary["shows"] == "still" and "unit" in view.still
    assert "<script" not in view.still and len(view.frame())
