"""Tree, table and temperature on one model: what is chosen in one is followed by the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import payload
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
