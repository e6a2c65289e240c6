"""The lab extension as a person uses it: panel, commands, keys, views."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

import jupyter_distill
from jupyter_distill.students import names
from tests.ui.desk import CELLS, FIRST, LONG, RESTART, Desk
from tests.ui.front import FRONT, NAME, picture, stocked

ROOT = Path(jupyter_distill.__file__).parents[1]
AXE = ROOT / "js/node_modules/axe-core/axe.min.js"
COUNTS = f"() => {FIRST}.content.widgets.map(cell => cell.model.executionCount)"
SHORTCUTS = json.loads((ROOT / "js/schema/plugin.json").read_text())["jupyter.lab.shortcuts"]


def test_panel_and_commands(front: Desk) -> None:
    page, panel, dialog = front.page, stocked(front), front.dialog
    card = panel.get_by_role("listitem")
    expect(card).to_contain_text("LogisticRegression")
    expect(card).to_contain_text("% agreement (")
    # what the panel asked has moved no In[n]: the second cell is still the second that ran
    assert page.evaluate(COUNTS)[: len(FRONT)] == [n + 1 for n in range(len(FRONT))]

    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.getElementById('jupyter-distill-panel'))")
    assert [violation["id"] for violation in found["violations"]] == []
    picture(front, f"panel-cards-{front.server.app}")

    # by keyboard: a dialog that knows what is meant, and a cell that a person could have typed
    panel.get_by_role("button", name="New distillation").focus()
    page.keyboard.press("Enter")
    teacher = dialog.get_by_role("combobox", name="Teacher")
    expect(teacher).to_have_value("model", timeout=LONG)
    expect(teacher).to_be_focused()
    expect(dialog.get_by_role("combobox", name="X: the rows")).to_have_value("X")
    expect(dialog.get_by_role("combobox", name="y: the truth")).to_have_value("y")
    families = dialog.get_by_role("combobox", name="Student").get_by_role("option")
    assert [one.partition(":")[0] for one in families.all_inner_texts()] == [*names(), "auto"]
    name = dialog.get_by_label("Name")
    expect(name).to_have_value("d2")
    picture(front, f"dialog-{front.server.app}")
    name.fill("not a name")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("“not a name” is no name")
    dialog.get_by_label("Name").fill("second")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    front.wait_for_cell("second = jd.distill(model, X, y)\nsecond")

    # a row that is not there is refused, one that is there is certified
    panel.get_by_role("button", name="Certificate").click()
    row = dialog.get_by_label("Row, by its position from 0 to 177")
    row.fill("178")
    expect(dialog.get_by_role("button", name="Insert and Run")).to_be_disabled()
    row.fill("3")
    page.keyboard.press("Enter")
    front.wait_for_cell("d.certificate(3)")
    panel.get_by_role("button", name="Report").click()
    expect(dialog.get_by_label("File")).to_have_value("d.html")
    page.keyboard.press("Enter")
    front.wait_for_cell('d.report("d.html")')
    front.run("check-teacher")
    expect(dialog.get_by_role("combobox", name="Teacher")).to_have_value("model", timeout=LONG)
    page.keyboard.press("Enter")
    front.wait_for_cell("jd.check_teacher(model, X, y)")
    panel.get_by_role("button", name="warning").click()
    front.wait_for_cell("d.findings")
    front.run("audit", name="d")
    front.wait_for_cell("d.audit()")
    assert (front.server.root / "d.html").is_file()
    assert front.raised() == []
    picture(front, f"cells-{front.server.app}")


def test_keys_do_what_the_settings_say(front: Desk) -> None:
    page, panel, dialog = front.page, stocked(front), front.dialog
    editor = page.locator(".jp-Notebook .jp-Cell .cm-content").first
    tried = set()

    def press(command: str) -> None:
        (keys,) = (
            one["keys"] for one in SHORTCUTS if one["command"] == f"jupyter-distill:{command}"
        )
        tried.add(command)
        for key in keys:  # "Alt J" is Alt and j
            page.keyboard.press(
                key.replace(" ", "+").replace("J", "j") if " " in key else key.lower()
            )

    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    expect(panel).to_be_hidden()
    editor.click()  # while a cell is typed in
    press("open-panel")
    expect(panel).to_be_visible()
    editor.click()
    press("distill")
    expect(dialog).to_contain_text("New distillation", timeout=LONG)
    page.keyboard.press("Escape")
    editor.click()
    page.keyboard.press("Escape")  # and while none is
    press("open-view")
    view = dialog.get_by_role("combobox", name="View")
    expect(view).to_be_focused(timeout=LONG)
    view.select_option("tree")
    page.keyboard.press("Enter")
    expect(front.tabs.get_by_role("tree")).to_be_visible(timeout=LONG)
    editor.click()
    press("certificate")
    expect(dialog.get_by_label("Row, by its position")).to_be_focused(timeout=LONG)
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    front.wait_for_cell("d.certificate(5)")
    assert tried == {one["command"].partition(":")[2] for one in SHORTCUTS}
    assert not any("p" in source[-2:] for source in page.evaluate(CELLS)), "keys were typed"


def test_two_notebooks(at_lab: Desk) -> None:
    panel = stocked(at_lab)
    at_lab.server.write("beside.ipynb", "other = 1")
    at_lab.beside("beside.ipynb")
    expect(panel).to_contain_text("beside.ipynb", timeout=LONG)
    expect(panel).to_contain_text("There is no distillation in this notebook yet", timeout=LONG)
    at_lab.beside(NAME)
    expect(panel).to_contain_text(NAME)
    expect(panel.get_by_role("listitem")).to_contain_text("tree of 4 leaves", timeout=LONG)


def test_notebook_7_lists_what_it_can_do(at_notebook7: Desk) -> None:
    here = at_notebook7
    stocked(here)
    here.page.keyboard.press("Control+Shift+c")
    palette = here.page.locator(".lm-CommandPalette-input:visible")
    palette.fill("Certificate of a Row")
    listed = here.page.locator(".lm-CommandPalette-itemLabel:visible")
    expect(listed.filter(has_text="Certificate of a Row…")).to_be_visible()
    here.page.keyboard.press("Escape")
    # what opens another notebook opens it in another page
    for command, name in (
        ("open-examples", "jupyter_distill_examples/01_first_distillation.ipynb"),
        ("new-notebook", "Untitled.ipynb"),
    ):
        with here.context.expect_page() as opened:
            here.run(command)
        opened.value.wait_for_url(f"**/notebooks/{name}")
        opened.value.close()


def test_views_live_in_tabs_until_the_kernel_is_gone(front: Desk) -> None:
    page, panel, tab = front.page, stocked(front), front.tabs
    panel.get_by_role("button", name="Tree").click(timeout=LONG)
    expect(tab.get_by_role("tree")).to_be_visible(timeout=LONG)
    picture(front, f"tab-{front.server.app}")
    # once more is the same tab
    panel.get_by_role("button", name="Tree").click()
    expect(tab).to_have_count(1)

    # a view of a cell, in a tab: the same view twice
    page.locator(".jp-Notebook .jupyter-distill").first.click(
        button="right", position={"x": 40, "y": 12}
    )
    page.get_by_role("menuitem", name="Open This View in Its Own Tab").click()
    twin = tab.filter(has=page.get_by_role("tablist"))
    twin.get_by_role("treeitem").nth(1).click()
    chosen = page.locator(".jp-Notebook [role=treeitem][aria-selected=true]")
    expect(chosen).to_have_count(1)
    picture(front, f"twin-{front.server.app}")

    front.stocked = False
    page.evaluate(RESTART)
    expect(panel).to_contain_text("There is no distillation in this notebook yet", timeout=LONG)
    line = tab.last.locator(".jd-line")
    expect(line).to_contain_text("is gone, so that it answers no more")
    picture(front, f"gone-{front.server.app}")
    count = tab.count()
    line.get_by_role("button", name="Close").click()
    expect(tab).to_have_count(count - 1)
