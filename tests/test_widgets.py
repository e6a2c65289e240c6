"""The kernel's half of the views: what they hold, how they are linked, what they refuse."""

from __future__ import annotations

import gc
import json
import logging
import re
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import pandas as pd
import pytest
import traitlets as t
from comm import get_comm_manager
from ipywidgets.widgets.widget import _instances
from sklearn.ensemble import RandomForestClassifier

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.wire import decode
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.widgets._base import bundle
from jupyter_distill.widgets.audit import AuditView
from jupyter_distill.widgets.certificate import CertificateView
from jupyter_distill.widgets.disagreement import DisagreementTable
from jupyter_distill.widgets.distillation import DistillationView
from jupyter_distill.widgets.ladder import LadderView
from jupyter_distill.widgets.rules import RulesView
from jupyter_distill.widgets.temperature import TemperatureSlider
from jupyter_distill.widgets.terms import TermsView
from jupyter_distill.widgets.tree import TreeView
from tests.distilling import run
from tests.small import EVIL, distilled, people

VIEWS = (
    *(TreeView, RulesView, DisagreementTable, TemperatureSlider, LadderView, DistillationView),
    *(TermsView, AuditView, CertificateView),
)
# Students that a view shows where it is not a tree.
STUDENTS = {TermsView: "linear"}


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=8)


@pytest.fixture(scope="module")
def of(d: Distillation) -> Callable[[Any], Distillation]:
    """What a view is built on: a distillation into a tree, or into what it shows."""
    made = {
        kind: distilled(*people(), size=4, student=student, temperature=1.0, augment=None)
        for kind, student in STUDENTS.items()
    }
    return lambda kind: made.get(kind, d)


@pytest.fixture
def view(d: Distillation) -> DistillationView:
    return DistillationView(d)


# --- what every view does -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_shows_a_picture_where_it_cannot_run(
    kind: Any, of: Callable[[Any], Distillation]
) -> None:
    view = kind(of(kind))
    data, _ = view._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == view.model_id
    assert "<script" not in data["text/html"]
    assert re.search("<svg|<table", data["text/html"])
    assert len(data["text/plain"]) > 40 and "<" not in data["text/plain"].split("\n")[0][:1]


@pytest.fixture(scope="module")
def evil() -> Distillation:
    return distilled(*people(name=EVIL, answer=EVIL), size=4, temperature=(1.0, 2.0))


@pytest.mark.parametrize("kind", VIEWS)
def test_hostile_names_are_text(kind: Any, evil: Distillation, tmp_path: Path) -> None:
    if kind in STUDENTS:
        named = people(name=EVIL, answer=EVIL)
        evil = distilled(*named, size=4, student=STUDENTS[kind], temperature=1.0, augment=None)
    view = kind(evil)
    assert "<img" not in view._repr_mimebundle_()[0]["text/html"]
    assert "<img" not in view.to_html(tmp_path / "view.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", VIEWS)
def test_a_page_carries_its_state(
    kind: Any, of: Callable[[Any], Distillation], tmp_path: Path
) -> None:
    view = kind(of(kind))
    text = view.to_html(tmp_path / "view.html").read_text(encoding="utf-8")
    found = re.search(r'id="jd-state">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    carried = json.loads(found[1])
    assert set(carried) == set(view.state())
    assert carried["live"] is False and view.live is True
    for name in ("tree", "logits", "row_ids"):
        assert '"data":"' in json.dumps(carried.get(name, {"data": ""}), separators=(",", ":"))


@pytest.mark.parametrize("kind", VIEWS)
def test_a_wrong_keyword_is_named(kind: Any, of: Callable[[Any], Distillation]) -> None:
    with pytest.raises(TypeError, match=r"has no setting 'layuot'.* Did you mean \"layout\""):
        kind(of(kind), layuot=1)
    with pytest.raises(TypeError, match="has no setting 'error'"):
        kind(of(kind), error="mine")


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_needs_a_distillation(kind: Any) -> None:
    with pytest.raises(TypeError, match="Got int"):
        kind(3)


@pytest.mark.parametrize("kind", VIEWS)
def test_layout_is_passed_on(kind: Any, of: Callable[[Any], Distillation]) -> None:
    assert kind(of(kind), layout=ipywidgets.Layout(width="50%")).layout.width == "50%"


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_that_is_closed_leaves_nothing(kind: Any, of: Callable[[Any], Distillation]) -> None:
    def held() -> tuple[int, int]:
        return len(_instances), len(get_comm_manager().comms)

    view = kind(of(kind))
    open_now = held()
    for _ in range(200):  # a cell that is run again shows the view again
        view._repr_mimebundle_()
    assert held() == open_now
    view.close()
    before, left = held(), []
    assert before[0] < open_now[0] and before[1] < open_now[1]
    for _ in range(5):
        view = kind(of(kind))
        view._repr_mimebundle_()
        view.close()
        left.append(weakref.ref(view))
        del view
    gc.collect()
    assert held() == before
    assert [one() for one in left] == [None] * 5


def test_a_layout_that_was_given_stays_open(d: Distillation) -> None:
    layout = ipywidgets.Layout(width="50%")
    TreeView(d, layout=layout).close()
    assert layout.comm is not None


def test_a_view_that_is_not_built_says_how(d: Distillation) -> None:
    class Unbuilt(TreeView):
        _esm = bundle("nowhere.py")

    with pytest.raises(FileNotFoundError, match="npm run build"):
        Unbuilt(d)


def test_a_distillation_shows_a_picture_where_nothing_is_built(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DistillationView, "_esm", "")
    data, _ = d._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html"}
    assert "still picture" in data["text/html"] and "npm run build" in data["text/html"]
    assert "<svg" in data["text/html"] and "labels only" in data["text/plain"]


def test_a_distillation_shows_its_linked_view(d: Distillation) -> None:
    data, _ = d._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert isinstance(d.view(), DistillationView)


def test_views_are_found_by_name() -> None:
    assert jd.TreeView is TreeView
    assert jd.RulesView is RulesView
    assert jd.DisagreementTable is DisagreementTable
    assert jd.TemperatureSlider is TemperatureSlider
    assert jd.LadderView is LadderView
    assert jd.AuditView is AuditView
    assert jd.CertificateView is CertificateView


@pytest.mark.parametrize("kind", VIEWS)
def test_every_trait_says_what_it_is(kind: Any) -> None:
    inherited = anywidget.AnyWidget.class_traits(sync=True)
    for name, trait in kind.class_traits(sync=True).items():
        if name not in inherited and not name.startswith("_"):
            assert re.fullmatch(r"[A-Z].{20,}\.", trait.help), f"{name}: {trait.help!r}"


# --- errors from the browser --------------------------------------------------------------------


def test_an_error_is_shown_and_raised(view: DistillationView) -> None:
    with pytest.raises(t.TraitError, match='Did you mean "income"'):
        view.set_state({"query": {"ticket": 1, "sort": ["incom", True]}})
    assert 'Did you mean "income"' in view.error
    view.set_state({"query": {"ticket": 2, "sort": ["income", True]}})
    assert view.error == "" and view.page["ticket"] == 2


def test_an_error_reaches_the_log(
    view: DistillationView, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view.log, "propagate", True)
    message = {"content": {"data": {"method": "update", "state": {"node": 10_000}}}}
    with caplog.at_level(logging.WARNING):
        view._handle_msg(message)
    assert "Expected node from 0 to" in view.error
    assert view.node is None
    assert any("Expected node from 0 to" in str(record.exc_text) for record in caplog.records)


# --- tree ---------------------------------------------------------------------------------------


def test_a_node_has_a_rule_and_rows(d: Distillation) -> None:
    view = TreeView(d)
    assert view.rule == "all rows" and len(view.rows) == d.table.n_rows
    leaves = d.student.apply(d.table)
    for leaf in np.unique(leaves):
        view.node = leaf  # numpy's integers too
        assert view.rule == d.explanation().rule(int(leaf))
        assert view.rows.tolist() == np.flatnonzero(leaves == leaf).tolist()
    view.node = None
    pd.testing.assert_frame_equal(view.frame(), d.explanation().frame())


def test_a_node_that_is_not_there_cannot_be_folded(d: Distillation) -> None:
    for folded in ([99], [-1]):
        with pytest.raises(
            t.TraitError, match=f"folded to hold nodes from 0 to .* Got {folded[0]}"
        ):
            TreeView(d, folded=folded)


def test_a_row_finds_its_leaf(d: Distillation) -> None:
    view = TreeView(d, row=np.int64(17), folded=[1])
    assert view.row == 17 and view.folded == [1]
    assert view.leaf == d.student.apply(d.table)[17]
    view.row = None
    assert view.leaf is None


def test_a_tree_alone_has_no_rows(d: Distillation) -> None:
    for model in (d.student, d.explanation()):
        view = TreeView(model, node=1)
        assert view.rows is None and view.rule
        with pytest.raises(t.TraitError, match="built without rows"):
            view.row = 3
        assert view.row is None


@pytest.mark.parametrize("node", [-1, 10_000, 1.5, "1", True])
def test_a_node_that_is_not_there(d: Distillation, node: Any) -> None:
    view = TreeView(d)
    with pytest.raises(t.TraitError):
        view.node = node
    assert view.node is None
    with pytest.raises(t.TraitError, match="a position in X"):
        view.row = d.table.n_rows


def test_other_models_are_refused_with_a_remedy() -> None:
    forest = RandomForestClassifier(2).fit([[0], [1]], [0, 1])
    with pytest.raises(TypeError, match="Got RandomForestClassifier. Distil it into one tree: "):
        TreeView(forest)
    with pytest.raises(TypeError, match="Distil it first"):
        TreeView("a tree")


def test_an_unfitted_student_is_refused() -> None:
    with pytest.raises(Exception, match="not fitted"):
        TreeView(TreeStudent())


# --- table --------------------------------------------------------------------------------------


def test_the_first_page_needs_no_question(d: Distillation) -> None:
    table = DisagreementTable(d)
    apart = len(d.disagreements("all"))
    assert table.page["total"] == table.page["all"] == apart
    assert table.page["rows"] == d.table.n_rows and table.page["ticket"] == 0
    assert len(table.page["cells"][0]) == min(50, apart)
    names = [column["name"] for column in table.columns]
    assert names[:6] == ["teacher", "student", "truth", "margin", "kl", "leaf"]
    assert names[6:] == list(d.table.names)
    assert table.columns[0]["classes"] == ["no", "yes"]


def test_a_question_gets_its_window(d: Distillation) -> None:
    table = DisagreementTable(d)
    asked = {"ticket": 7, "start": 100, "stop": 130, "sort": ["age", True], "scope": "all"}
    table.set_state({"query": asked})
    ages = d.table.native["age"].sort_values(ascending=False, kind="stable")
    shown = table.page["cells"][[c["name"] for c in table.columns].index("age")]
    assert shown == ages.iloc[100:130].tolist()
    assert (table.page["ticket"], table.page["start"]) == (7, 100)
    assert (table.page["total"], table.page["all"]) == (d.table.n_rows, d.table.n_rows)
    rows = decode(table.page["row_ids"])
    np.testing.assert_array_equal(decode(table.page["leaves"]), d.student.apply(d.table)[rows])


def test_a_node_filters_the_table(d: Distillation) -> None:
    table = DisagreementTable(d, scope="all", node=1)
    inside = np.asarray(TreeView(d, node=1).rows)
    assert table.page["total"] == len(inside) and table.page["all"] == d.table.n_rows
    assert list(table.frame().index) == d.table.native.index[inside].tolist()
    table.node = None
    assert table.page["total"] == d.table.n_rows


def test_frames_come_in_the_owners_type(d: Distillation) -> None:
    table = DisagreementTable(d)
    shown, wanted = table.frame(), d.disagreements("all")
    leaves = pd.Series(d.student.apply(d.table), d.table.native.index)
    assert (shown.pop("leaf") == leaves.loc[shown.index]).all()
    pd.testing.assert_frame_equal(shown, wanted)
    assert table.selection is None
    table.row = 5
    assert list(table.selection.index) == [d.table.native.index[5]]
    assert table.leaf == d.student.apply(d.table)[5]


def test_it_works_without_labels() -> None:
    frame, _ = people()
    d = run(
        lambda X: np.column_stack([X["age"] < 40, X["age"] >= 40]) * 0.8 + 0.1,
        frame,
        size=4,
        temperature=1.0,
    )
    table = DisagreementTable(d)
    assert "truth" not in [column["name"] for column in table.columns]
    assert table._repr_mimebundle_() and DistillationView(d)._repr_mimebundle_()


@pytest.mark.parametrize("query", [{"start": "a"}, {"sort": ["age"]}, {"sort": "age"}])
def test_a_bad_query_says_what_is_wrong(d: Distillation, query: dict[str, Any]) -> None:
    table = DisagreementTable(d)
    with pytest.raises(
        t.TraitError, match=r"Expected (start|sort) to be .* Got .*\. (Leave|Write)"
    ):
        table.query = query


def test_an_unknown_scope(d: Distillation) -> None:
    with pytest.raises(ValueError, match="Expected scope"):
        DisagreementTable(d, scope="everything")
