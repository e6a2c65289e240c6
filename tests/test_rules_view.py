"""The view of rules: what it holds of lists and of trees, and how a row meets them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import polars as pl
import pytest
import traitlets as t
from sklearn.linear_model import LinearRegression

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import Limit, RuleExplanation
from jupyter_distill.exports import overview
from jupyter_distill.exports.answers import row_index
from jupyter_distill.exports.rule_lines import rule_lines
from jupyter_distill.exports.rule_state import met
from jupyter_distill.exports.wire import decode
from jupyter_distill.students.rules import RulesStudent
from jupyter_distill.widgets.disagreement import DisagreementTable
from jupyter_distill.widgets.rules import RulesView
from tests.small import distilled, people

EASY = {"temperature": 1.0, "augment": None, "progress": False}


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=6, student=RulesStudent(quality="greedy"), **EASY)


@pytest.fixture(scope="module")
def tree() -> Distillation:
    return distilled(*people(), size=6, **EASY)


@pytest.fixture(scope="module")
def numbers() -> Distillation:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = 40 * X[:, 0] + 10 * np.abs(X[:, 1])
    student = jd.RulesRegressionStudent(quality="greedy")
    quick = {"augment": None, "progress": False}
    return jd.distill(LinearRegression().fit(X, y), X, y, student=student, size=5, **quick)


def listed(m: int) -> RuleExplanation:
    """A list of `m` lines, each but the last asking for ten towns and an age."""
    frame = pd.DataFrame({"town": [f"town {k}" for k in range(10, 40)], "age": 1.0})
    frame.loc[len(frame) - 10 :, "town"] = [f"town {k}" for k in range(10)]
    columns = jd.Table.of(frame).columns
    ten = frozenset(columns[0].categories.index(f"town {k}") for k in range(10))
    town = Limit(columns[0], -np.inf, np.inf, ten, False, False)
    asked = [(town, Limit(columns[1], k, np.inf, None, False, False)) for k in range(m - 1)]
    mix = np.full((m, 2), 0.5)
    return RuleExplanation(columns, ("no", "yes"), (*asked, ()), np.ones(m), mix, mix, np.ones(m))


def test_a_rule_has_its_rows(d: Distillation) -> None:
    view = RulesView(d)
    places = d.student.decide(d.table)
    pd.testing.assert_frame_equal(view.rows, d.table.native)
    for place in range(len(d.explanation())):
        view.rule = np.int64(place)
        pd.testing.assert_frame_equal(view.rows, d.table.native[places == place])
        assert len(view.rows) == d.explanation().support[place]
        assert view.node == place + 1
    view.node = None
    assert view.rule is None


def test_leaves_of_a_tree_are_rules(tree: Distillation) -> None:
    view = RulesView(tree)
    said, lines = tree.explanation(), view.lines
    assert sorted(lines.nodes.tolist()) == np.flatnonzero(said.left < 0).tolist()
    leaves = tree.student.apply(tree.table)
    for place, leaf in enumerate(lines.nodes.tolist()):
        view.rule = place
        assert view.node == leaf
        assert view.text == f"if {said.rule(leaf, in_full=True)} then {lines.answer(place)}"
        pd.testing.assert_frame_equal(view.rows, tree.table.native[leaves == leaf])
    view.node = int(said.parent[lines.nodes[0]])  # a node inside the tree is no rule, and stays
    assert view.rule is None and view.node == said.parent[lines.nodes[0]]
    assert view.frame()["node"].tolist() == lines.nodes.tolist()
    assert not lines.ordered and "Exactly one" in lines.reading


def test_a_linked_table_shows_the_rows_of_the_rule(d: Distillation) -> None:
    view, table = RulesView(d), DisagreementTable(d, scope="all")
    t.link((view, "node"), (table, "node"))
    for place in range(len(d.explanation())):
        view.rule = place
        found = table.frame()
        assert list(found.index) == list(view.rows.index)
    table.row = 17
    t.link((table, "row"), (view, "row"))
    assert view.leaf == table.leaf == d.student.decide(d.table)[17] + 1
    # the browser finds the rows of a page by their leaf alone
    index = row_index(d)
    for place in range(len(d.explanation())):
        chosen = index.select({"scope": "all"}, place + 1)
        assert chosen.tolist() == np.flatnonzero(index.leaves == place + 1).tolist()


def test_linked_in_the_browser_by_the_same_names(d: Distillation) -> None:
    view, table = RulesView(d), DisagreementTable(d)
    for name in ("node", "row"):
        ipywidgets.jslink((view, name), (table, name))


def test_a_row_meets_every_rule_before_its_own(d: Distillation) -> None:
    view = RulesView(d)
    for row in range(0, 600, 29):
        view.row = row
        decided = view.decided
        place = int(d.student.decide(d.table)[row])
        assert (decided["row"], decided["rule"]) == (row, place)
        # each rule before fails somewhere, and all of its own conditions hold
        assert {k for k, _, _ in decided["tests"] if k != place} == set(range(place))
        own = [i for k, i, _ in decided["tests"] if k == place]
        assert own == list(range(len(view.lines.limits[place])))
        values = d.table.values[row]
        for k, i, said in decided["tests"]:
            limit = view.lines.limits[k][i]
            j = d.table.position(limit.column.name)
            assert limit.holds(values[[j]])[0] == (k == place)
            assert said.startswith("is ")
    view.row = None
    assert view.decided == {}


def test_a_row_meets_all_leaves_of_a_tree(tree: Distillation) -> None:
    view = RulesView(tree, row=3)
    others = {k for k, _, _ in view.decided["tests"]}
    assert others == set(range(len(view.lines)))
    assert view.lines.nodes[view.decided["rule"]] == view.leaf


@pytest.mark.parametrize(
    ("low", "high", "x", "said"),
    [
        (-np.inf, 24.0, 36.0, "is 36, 12 above"),
        (-np.inf, 24.0, 18.0, "is 18, 6 below"),
        (-np.inf, 24.0, 24.0, "is 24, on the threshold"),
        (0.1, np.inf, 0.3, "is 0.3, 0.2 above"),  # 0.3 - 0.1 has sixteen digits
        (10.0, 20.0, 19.0, "is 19, 1 below"),
        (10.0, 20.0, 4.0, "is 4, 6 below"),
        (-np.inf, 24.0, np.nan, "is missing"),
        (-np.inf, np.inf, 5.0, "is 5"),
        (3.0, 3.0, 5.0, "is 5"),
    ],
)
def test_a_margin_is_said_in_the_units_of_the_column(
    low: float, high: float, x: float, said: str
) -> None:
    column = jd.Table.of(pd.DataFrame({"age": [1.0]})).columns[0]
    limit = Limit(column, low, high, None, True, True)
    assert met(limit, x, column.text(x)) == said


def test_a_category_that_was_never_met_is_named() -> None:
    frame, y = people(300)
    student = RulesStudent(quality="greedy", size=5).fit(frame, y)
    new = frame.head(1).assign(purpose="a yacht")
    table = jd.Table.of(new, columns=student.columns_)
    lines = rule_lines(student.explain())
    asked = [of for of in lines.limits if any(limit.column.name == "purpose" for limit in of)]
    assert asked
    from jupyter_distill.exports.rule_state import decided

    tests = decided(lines, table, 0, int(student.decide(new)[0]))["tests"]
    said = {text for k, i, text in tests if lines.limits[k][i].column.name == "purpose"}
    assert said <= {"is a yacht"}


def test_texts_of_a_list(d: Distillation) -> None:
    view = RulesView(d)
    lines = view.text.split("\n")
    assert len(lines) == len(d.explanation())
    assert lines[0].startswith("1. if ") and lines[-1].startswith(f"{len(lines)}. otherwise ")
    view.rule = 0
    assert view.text == lines[0].removeprefix("1. ")
    view.rule = 1
    assert "and the rule before does not hold then" in view.text
    view.rule = len(lines) - 1
    assert view.text.startswith(f"if none of the {len(lines) - 1} rules before holds then ")


def test_long_lists_of_categories_are_cut_to_read_and_whole_to_copy() -> None:
    view = RulesView(listed(3), rule=1)
    assert view.rules["conditions"][1] == [
        "town is town 0, town 1, town 2, town 3, town 4, town 5 … and 4 more",
        "age > 1",
    ]
    full = view.rules["full"]["1"][0]
    assert "more" not in full and full.endswith("town 8 or town 9") and full in view.text


def test_what_the_browser_is_given(d: Distillation) -> None:
    said, given = d.explanation(), RulesView(d).rules
    m, k = len(said), len(said.classes)
    assert given["conditions"][-1] == [] and len(given["conditions"]) == m
    for name in ("teacher", "student"):
        np.testing.assert_allclose(decode(given[name]), getattr(said, name), rtol=1e-6)
        assert given[name]["shape"] == [m, k]
    assert decode(given["nodes"]).tolist() == list(range(1, m + 1))
    assert set(given["columns"]) <= set(d.table.names)
    assert "range" not in given


def test_numbers_have_a_range_and_an_error(numbers: Distillation) -> None:
    view = RulesView(numbers, rule=0)
    low, high = view.rules["range"]
    assert (
        low <= decode(view.rules["student"]).min() and decode(view.rules["teacher"]).max() <= high
    )
    np.testing.assert_allclose(decode(view.rules["error"]), numbers.explanation().error, rtol=1e-6)
    start, end = view.rules["axis"]
    says, error = numbers.explanation().student[:, 0], numbers.explanation().error
    assert start == min(low, *(says - error)) < low and end == max(high, *(says + error)) > high
    assert isinstance(view.rows, pd.DataFrame)
    places = np.flatnonzero(numbers.student.decide(numbers.table) == 0)
    assert view.rows.index.tolist() == places.tolist()
    np.testing.assert_array_equal(view.rows.to_numpy(), numbers.table.native[places])
    picture = view._picture()
    assert "error (RMS)" in picture and picture.count("<svg") == len(view.lines)
    assert f": {view.lines.number(start)} to {view.lines.number(end)}" in picture
    drawn = re.findall(r'<circle cx="([\d.]+)"|M([\d.]+) [\d.]+H([\d.]+)M', picture)
    ends = [(float(a), float(b)) for _, a, b in drawn if a]
    middles = [float(x) for x, *_ in drawn if x]
    assert len(ends) == len(middles) == len(view.lines)
    for (a, b), middle in zip(ends, middles, strict=True):  # as long to both sides
        assert a + b == pytest.approx(2 * middle, abs=0.2)


def test_rows_come_in_the_owners_type() -> None:
    frame, y = people(200)
    given = pl.from_pandas(frame)
    d = jd.distill(_steep, given, student="rules", size=3, **EASY)
    view = RulesView(d, rule=0)
    assert isinstance(view.rows, pl.DataFrame) and view.rows.columns == frame.columns.tolist()


def _steep(X: Any) -> np.ndarray:
    z = 3 * np.tanh((np.asarray(X["age"], dtype=float) - 40) / 10)
    return np.column_stack([-z, z])


def test_students_and_explanations_alone_have_no_rows(d: Distillation, tree: Distillation) -> None:
    for model in (d.student, d.explanation(), tree.student, tree.explanation()):
        view = RulesView(model, rule=1)
        assert view.rows is None and view.text.startswith("if ")
        with pytest.raises(t.TraitError, match=r"built without rows.*RulesView\(d\)"):
            view.row = 3


@pytest.mark.parametrize("rule", [-1, 10_000, 1.5, "1", True])
def test_a_rule_that_is_not_there(d: Distillation, rule: Any) -> None:
    view = RulesView(d)
    with pytest.raises(t.TraitError):
        view.rule = rule
    assert view.rule is None and view.node is None


def test_an_order_that_is_not_there(d: Distillation) -> None:
    with pytest.raises(t.TraitError, match='Did you mean "support"'):
        RulesView(d, sort="suport")
    view = RulesView(d, sort="agreement", filter="income")
    view.set_state({"sort": "support"})
    assert (view.sort, view.filter) == ("support", "income")


def test_a_list_of_rules_is_no_tree(d: Distillation) -> None:
    for model in (d, d.student):
        with pytest.raises(TypeError, match="Expected a tree. Got RulesStudent. Show it by RulesV"):
            jd.TreeView(model)


def test_other_students_are_refused_with_a_remedy() -> None:
    d = distilled(*people(200), student="linear", **EASY)
    with pytest.raises(TypeError, match="Got LinearStudent. Distil into rules: .*d.view()"):
        RulesView(d)
    with pytest.raises(TypeError, match="student='rules'"):
        RulesView("rules")  # type: ignore[arg-type]


def test_the_picture_holds_every_rule_with_its_bars(d: Distillation) -> None:
    said = d.explanation()
    picture = overview.student(said)
    assert picture == RulesView(d)._picture()
    assert "What the student says" in picture and "first rule that holds decides" in picture
    assert picture.count("<svg") == len(said) == picture.count('<tr><td class="num dim">')
    bars = re.findall(r'<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="9"', picture)
    assert len(bars) == 2 * len(said)  # the named class of both models
    shares = said.student.max(1)
    np.testing.assert_allclose([float(w) for w in bars[1::2]], 148 * shares - 0.8, atol=0.1)


def test_the_picture_of_many_rules_is_cut_and_says_so() -> None:
    picture = RulesView(listed(150))._picture()
    assert "the first 100 of 150 lines" in picture
    assert picture.count('<tr><td class="num dim">') == 100


def test_one_rule_alone(d: Distillation) -> None:
    said = d.explanation()
    last = slice(len(said) - 1, None)
    parts = {n: getattr(said, n)[last] for n in ("support", "teacher", "student", "agreement")}
    view = RulesView(RuleExplanation(said.columns, said.classes, said.limits[last], **parts))
    assert view.text == f"1. always {view.lines.answer(0)}"
    view.rule = 0
    assert view.text == f"always {view.lines.answer(0)}"


def test_a_page_stands_alone(d: Distillation, tmp_path: Path) -> None:
    text = RulesView(d, row=5, rule=2).to_html(tmp_path / "rules.html").read_text("utf-8")
    assert '"decided":{"row":5' in text and '"rule":2' in text
    assert not re.search(r'(?:src|href)="', text.split('id="jd-state"')[0])
