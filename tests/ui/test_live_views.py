"""Every view in a live kernel, clicked through: what a person does there is what Python knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.ui.live import LONG, LiveNotebook, by_income, copied, lines, live_notebook, position
from tests.ui.server import JupyterServer

ROOT = str(Path(__file__).parents[2])
SETUP = f"""\
import sys; sys.path.insert(0, {ROOT!r})
import ipywidgets
from IPython.display import display
import jupyter_distill as jd
from tests.ui.several import student
d, sums = student("tree"), student("linear")
reasons = d.attributions(n=3, method="surrogate", progress=False)"""


@pytest.fixture(scope="module")
def live(
    lab: JupyterServer, browser: Browser, browser_context_args: dict[str, Any]
) -> Iterator[LiveNotebook]:
    with live_notebook(browser, browser_context_args, lab, SETUP) as live:
        yield live


@pytest.fixture(autouse=True)
def nothing_goes_wrong(live: LiveNotebook) -> Iterator[None]:
    yield
    assert (live.outside, live.errors) == ([], [])


# --- the table ----------------------------------------------------------------------------------


@pytest.fixture
def table(live: LiveNotebook) -> Locator:
    shown = live.show("table = jd.DisagreementTable(d)\ntable")
    # regions are sought unasked once the rows are there
    expect(shown.get_by_role("button", name="They part where").first).to_be_visible(timeout=LONG)
    return shown


def test_the_table_is_sorted_by_a_head(live: LiveNotebook, table: Locator) -> None:
    head = table.get_by_role("columnheader", name="income").get_by_role("button")
    for wanted in (["income", True], ["income", False], None):
        head.click()
        live.until("table.query['sort']", wanted)
    head.click()
    rows = live.until("table.frame().index.tolist()", lambda got: got == by_income(live, got))
    expect(lines(table).first.get_by_role("rowheader")).to_have_text(str(rows[0]))
    # asked from Python the same is shown
    live.value("setattr(table, 'query', {'sort': ['age', False], 'scope': 'all'})")
    youngest = live.value("table.frame().index.tolist()")[0]
    expect(lines(table).first.get_by_role("rowheader")).to_have_text(str(youngest))
    aged = table.get_by_role("columnheader", name="age")
    expect(aged).to_have_attribute("aria-sort", "ascending")


def test_the_table_is_narrowed(live: LiveNotebook, table: Locator) -> None:
    page, total = live.page, "table.page['total']"
    everything = live.value(total)
    chips = table.locator("button.chip")

    # by a value of a column
    table.get_by_role("button", name="What purpose holds").click()
    table.get_by_role("checkbox", name="house").check()
    live.until("table.query['filters']", [{"column": "purpose", "op": "is", "value": "house"}])
    assert set(live.value("table.frame()['purpose'].tolist()")) == {"house"}
    expect(chips).to_contain_text("purpose is house")
    page.keyboard.press("Escape")

    # by two answers beside it
    pairs = table.get_by_role("combobox", name="Teacher says, student says")
    pairs.select_option(index=1)
    live.until("len(table.query['filters'])", 3)
    told = live.value("table.frame()[['teacher', 'student']].drop_duplicates().values.tolist()")
    first = live.value("table.pairs[0]")
    assert told == [[first["teacher"], first["student"]]]
    expect(chips).to_have_count(2)
    live.screenshot("live-table", table)

    # each is taken away by its chip, or all of them by one button
    chips.filter(has_text="purpose").click()
    live.until("[one['column'] for one in table.query['filters']]", ["teacher", "student"])
    live.until(total, first["rows"])
    search = table.get_by_role("searchbox", name="Search all columns")
    search.fill("holiday")
    live.until("table.query['text']", "holiday")
    table.get_by_role("button", name="Clear all").click()
    live.until(total, everything)
    expect(search).to_have_value("")

    # by a typed bound, and by the number of a leaf
    table.get_by_role("textbox", name="Filter age").fill(">= 70")
    live.until("table.query['filters']", [{"column": "age", "op": ">=", "value": 70}])
    live.until("table.frame()['age'].min() >= 70", True)
    table.get_by_role("textbox", name="Filter age").fill("")
    leaf = live.value("table.frame()['leaf'].iloc[0]")
    table.get_by_role("textbox", name="Filter leaf").fill(str(leaf))
    live.until("table.frame()['leaf'].unique().tolist()", [leaf])
    table.get_by_role("textbox", name="Filter leaf").fill("")
    live.until(total, everything)


def test_a_region_narrows_the_table(live: LiveNotebook, table: Locator) -> None:
    region = table.get_by_role("button", name="They part where").nth(1)
    number = live.value("table.regions['found'][1]['number']")
    region.click()
    live.until("table.region", number)
    live.until("table.page['total']", live.value("table.regions['found'][1]['apart']"))
    expect(region).to_have_attribute("aria-pressed", "true")
    table.locator("button.chip").click()
    live.until("table.region", None)
    expect(region).to_have_attribute("aria-pressed", "false")


def test_rows_chosen_in_the_table_are_a_frame(live: LiveNotebook, table: Locator) -> None:
    rows = lines(table)
    three = [position(rows.nth(i)) for i in range(3)]
    cell = rows.first.get_by_role("gridcell").first
    cell.click()
    live.until("table.row", three[0])
    live.until("table.leaf", live.value(f"d.student.apply(d.table)[{three[0]}]"))
    rows.nth(2).get_by_role("gridcell").first.click(modifiers=["Shift"])
    live.until("sorted(table.rows_chosen)", sorted(three))
    rows.nth(1).get_by_role("gridcell").first.click(modifiers=["ControlOrMeta"])
    live.until("table.selection.index.tolist()", [three[0], three[2]])
    expect(table.get_by_role("row", selected=True)).to_have_count(2)
    live.page.keyboard.press("Escape")
    live.until("(table.rows_chosen, table.row, table.selection)", [[], None, None])
    # a span that reaches beyond the rows that are here is found in the kernel
    total = live.value("table.page['total']")
    cell.click()
    live.page.keyboard.press("Control+Shift+End")
    live.until("len(table.rows_chosen)", total)


# --- the student --------------------------------------------------------------------------------


def test_the_tree_is_searched_folded_and_copied(live: LiveNotebook) -> None:
    shown = live.show("view = jd.TreeView(d)\nview")
    items, page = shown.get_by_role("treeitem"), live.page
    expect(items).to_have_count(live.value("len(d.explanation().left)"))
    find = shown.get_by_role("combobox", name="Find a column")
    find.fill("age")
    live.until("view.search", "age")
    find.press("Escape")
    live.until("view.search", "")

    # folded as a whole, and at one node
    shown.get_by_label("show").select_option("1")
    live.until("view.depth", 1)
    expect(items).to_have_count(3)
    assert live.value("{1, 2} <= set(view.folded)")
    shown.get_by_label("show").select_option(label="all")
    live.until("view.folded", [])
    items.first.locator(".handle").click()
    live.until("view.folded", [0])
    expect(items).to_have_count(1)
    page.keyboard.press("ArrowRight")
    live.until("view.folded", [])

    shown.get_by_role("combobox", name="colour").select_option("agreement")
    live.until("view.colour", "agreement")

    # a node: its rule, on the clipboard as in Python
    items.nth(2).click()
    node = live.until("view.node", lambda got: got is not None)
    rule = live.value("view.rule")
    assert copied(live, shown.get_by_role("button", name="Copy rule")) == rule
    assert live.value("len(view.rows)") == live.value(f"int(d.explanation().support[{node}])")

    # a row: its way
    field = shown.get_by_role("spinbutton", name="row")
    field.fill("17")
    field.press("Enter")
    live.until("view.leaf", live.value("d.student.apply(d.table)[17]"))
    expect(shown.get_by_role("region", name="The way of row 17")).to_be_visible()
    assert live.value("view.margins()['node'].tolist()")[-1] == live.value("view.leaf")
    live.screenshot("live-tree", shown)


def test_rules_are_sorted_filtered_and_chosen(live: LiveNotebook) -> None:
    shown = live.show("view = jd.RulesView(d)\nview")
    rows = shown.locator(".line[data-place]")
    shown.get_by_label("Sort by").select_option("support")
    live.until("view.sort", "support")
    most = live.value("int(view.lines.support.argmax())")
    expect(rows.first).to_have_attribute("data-place", str(most))
    shown.get_by_role("combobox", name="Show rules that hold these words").fill("age")
    live.until("view.filter", "age")
    shown.get_by_role("combobox", name="Show rules that hold these words").fill("")
    live.until("view.filter", "")
    rows.first.click()
    live.until("view.rule", most)
    live.until("view.node", live.value(f"int(view.lines.nodes[{most}])"))
    text = copied(live, shown.get_by_role("button", name=f"Copy rule {most + 1}"))
    assert text == live.value("view.text")
    assert live.value("len(view.rows)") == live.value(f"int(view.lines.support[{most}])")
    rows.first.click()
    live.until("(view.rule, view.node)", [None, None])
    assert copied(live, shown.get_by_role("button", name="Copy all rules")) == live.value(
        "view.text"
    )
    live.value("setattr(view, 'row', 17)")
    expect(shown.locator(".line.decides")).to_have_attribute(
        "data-place", str(live.value("view.decided['rule']"))
    )
    shown.locator("button.chip").click()
    live.until("(view.row, view.decided)", [None, {}])
    live.screenshot("live-rules", shown)


def test_the_teacher_is_asked_about_a_term_when_it_is_looked_at(live: LiveNotebook) -> None:
    shown = live.show("view = jd.TermsView(sums)\nview")
    assert live.value("view.curves") == {}
    terms = shown.get_by_role("listbox", name="Terms by importance").get_by_role("option")
    terms.nth(1).click()
    live.until("view.term", 1)
    live.until("list(view.curves)", ["1"])
    live.until("(view.ask, view.busy)", [None, False])
    expect(shown.get_by_text("partial dependence")).to_be_visible()
    curve = live.value("view.curve(1)[['x', 'teacher']].notna().all().tolist()")
    assert curve == [True, True]
    shown.get_by_label("score of").select_option(label="middle")
    live.until("view.score", live.value("view.terms['scores'].index('middle')"))
    field = shown.get_by_role("spinbutton", name="row")
    field.fill("17")
    field.press("Enter")
    live.until("view.reasons.get('row')", 17)
    expect(shown.get_by_role("region", name="Chosen row")).to_contain_text("Row 17")
    live.screenshot("live-terms", shown)
    shown.get_by_role("button", name="All terms").click()
    live.until("view.term", None)


# --- temperature and ladder ---------------------------------------------------------------------


def test_both_sliders_reach_the_kernel(live: LiveNotebook) -> None:
    shown = live.show("view = jd.TemperatureSlider(d)\nview")
    page = live.page
    exact = shown.get_by_role("spinbutton", name="Temperature, as a number")
    exact.fill("3")
    exact.press("Enter")
    live.until("view.temperature", 3.0)
    assert live.value("view.distilled_at") == 1.0
    shown.get_by_role("switch", name="Follow").check()
    live.until("view.follow", True)
    live.until("(view.shown['how'], view.shown['temperature'])", ["quick", 3.0])
    expect(shown.get_by_text("a quick fit at T = 3.0")).to_be_visible()
    size = shown.get_by_role("slider", name="Size of the student")
    size.focus()
    page.keyboard.press("ArrowLeft")
    smaller = live.value("max(size for size in view.grid['sizes'] if size < 6)")
    live.until("(view.student_size, view.distillation.size)", [smaller, smaller])
    shown.get_by_role("switch", name="Follow").uncheck()
    live.until("view.follow", False)
    # what was fitted on the way stays until it is asked for in earnest
    shown.get_by_role("button", name="Distil in earnest at T = 3.0").click()
    live.until("(view.shown['how'], view.distilled_at, view.busy)", ["distilled", 3.0, False])
    live.value("setattr(view, 'row', 17)")
    expect(shown.get_by_text("Soft targets of row 17")).to_be_visible()
    live.screenshot("live-temperature", shown)


def test_a_rung_of_the_ladder_is_adopted(live: LiveNotebook) -> None:
    shown = live.show("view = jd.LadderView(d)\nview")
    measures = shown.get_by_label("Measure")
    measures.select_option(index=1)
    live.until("view.measure", live.value("view.rungs['measures'][1]['name']"))
    shown.locator("[data-rung='1']").click(force=True)
    size = live.value("view.ladder[1].size")
    live.until("(view.size, view.distillation.size, view.busy)", [size, size, False])
    expect(shown.get_by_role("status")).to_contain_text(f"Chosen: tree of {size} leaves")
    assert live.value("d.size") == 6
    live.screenshot("live-ladder", shown)


# --- audit and certificate ----------------------------------------------------------------------


def test_a_row_that_was_not_explained_is_asked_for(live: LiveNotebook) -> None:
    shown = live.show("view = jd.AuditView([reasons])\nview")
    known = live.value("reasons.places.tolist()")
    rows = shown.get_by_role("listbox", name="Explained rows").get_by_role("option")
    rows.nth(2).click()
    live.until("view.row", known[1])
    rows.first.click()
    live.until("view.row", None)
    shown.get_by_label("Class").select_option("middle")
    live.until("view.output", "middle")
    other = next(row for row in range(10) if row not in known)
    live.value(f"setattr(view, 'row', {other})")
    shown.get_by_role("button", name=f"Explain row {other} too").click()
    live.until(f"{other} in view.attributions['surrogate'].places.tolist()", True, seconds=60)
    live.until("(view.ask, view.asking)", [{}, ""])
    expect(shown.get_by_role("status").first).to_contain_text(f"Row {other}: the teacher says")
    expect(rows.and_(shown.get_by_role("option", selected=True))).to_contain_text(str(other))
    live.screenshot("live-audit", shown)


def test_any_row_is_certified_when_it_is_asked_for(live: LiveNotebook) -> None:
    shown = live.show("view = jd.CertificateView(d, row=[3, 5])\nview")
    shown.get_by_role("button", name="Next").click()
    live.until("(view.place, view.row)", [1, 5])
    field = shown.get_by_role("spinbutton", name="Row")
    field.fill("17")
    field.press("Enter")
    live.until("(view.place, view.row, view.busy, view.shown['position'])", [None, 17, False, 17])
    expect(shown.get_by_role("heading", name=re.compile("17")).first).to_be_visible()
    text = copied(live, shown.get_by_role("button", name="Copy as text"))
    assert text == live.value("view.text")
    live.screenshot("live-certificate", shown)


# --- several views ------------------------------------------------------------------------------


def test_views_follow_each_other_by_jslink(live: LiveNotebook) -> None:
    shown = live.show(
        "rules, table, one = jd.RulesView(d), jd.DisagreementTable(d, scope='all'), "
        "jd.CertificateView(d)\n"
        "links = [ipywidgets.jslink((rules, 'node'), (table, 'node')), "
        "ipywidgets.jslink((table, 'row'), (rules, 'row')), "
        "ipywidgets.jslink((table, 'row'), (one, 'row'))]\n"
        "display(rules, table, one)"
    )
    shown.locator(".line[data-place]").nth(1).click()
    node = live.until("rules.node", lambda got: got is not None)
    live.until("table.node", node)
    rows = live.value("len(rules.rows)")
    live.until("(len(table.frame()), table.page['total'])", [rows, rows])
    expect(shown.locator("p.count").filter(has_text="of 1,200")).to_contain_text(f"{rows:,}")
    # a row of the table is decided by that rule, and has its certificate
    first = lines(shown.get_by_role("grid", name="Rows, teacher against student")).first
    row = position(first)
    first.get_by_role("gridcell").first.click()
    live.until("(rules.decided.get('row'), rules.leaf)", [row, node])
    live.until("one.shown['position']", row)
    expect(shown.get_by_role("heading", name=re.compile(str(row))).first).to_be_visible()
    live.screenshot("live-linked", shown)


def test_what_a_view_says_is_observed(live: LiveNotebook) -> None:
    shown = live.show(
        "ladder, tree, heard = jd.LadderView(d), jd.TreeView(d), []\n"
        "table = jd.DisagreementTable(d)\n"
        "ladder.observe(lambda change: heard.append([change['name'], change['new']]), 'size')\n"
        "ipywidgets.link((tree, 'node'), (table, 'node'))\n"
        "tree.observe(lambda change: heard.append([change['name'], len(table.frame())]), 'node')\n"
        "display(ladder, tree)"
    )
    shown.locator("[data-rung='2']").click(force=True)
    live.until("heard", [["size", live.value("ladder.ladder[2].size")]])
    shown.get_by_role("treeitem").nth(1).click()
    node = live.until("tree.node", lambda got: got is not None)
    within = "int((d.disagreements('all').index.isin(tree.rows)).sum())"
    live.until("heard[-1]", ["node", live.value(within)])
    live.until("table.node", node)


def test_the_whole_view_keeps_its_parts_together(live: LiveNotebook) -> None:
    shown = live.show("view = d.view()\nview")
    region = shown.get_by_role("button", name="They part where").first
    expect(region).to_be_visible(timeout=LONG)
    region.click()
    live.until("view.region", live.value("view.regions['found'][0]['number']"))
    shown.get_by_role("combobox", name="Find a column").fill("purpose")
    live.until("view.search", "purpose")
    # a student that follows the slider leaves filters and sort as they are
    shown.get_by_role("columnheader", name="age").get_by_role("button").click()
    live.until("view.query['sort']", ["age", True])
    shown.get_by_role("switch", name="Follow").check()
    slider = shown.get_by_role("slider", name="Temperature", exact=True)
    slider.focus()
    live.page.keyboard.press("End")
    live.until("(view.shown['how'], view.distilled_at)", ["quick", 20.0])
    live.until("view.query['sort']", ["age", True])
    aged = shown.get_by_role("columnheader", name="age")
    expect(aged).to_have_attribute("aria-sort", "descending")
    live.screenshot("live-whole", shown)
    for name, tab in (("Where they part", "disagreements"), ("Trust", "trust")):
        shown.get_by_role("tab", name=name).click()
        live.until("view.tab", tab)
    expect(shown.get_by_role("tabpanel", name="Trust")).to_be_visible()
    live.screenshot("live-trust", shown)
