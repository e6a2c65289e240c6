"""A notebook saved with its widgets, opened anew: its kernel is gone, and its views are not."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.ui.conftest import OpenNotebook
from tests.ui.notebook import NotebookPage
from tests.ui.server import JupyterServer

ROOT = str(Path(__file__).parents[2])
DISTIL = """\
from tests.small import distilled, people
d = distilled(*people(300), size=8, temperature=(1.0, 2.0), augment=None)
grid = d.grid(progress=False)
v = d.view()
v"""
SAVE = """async () => {
    const { commands, shell } = window.jupyterapp;
    const panel = shell.currentWidget;
    // from now on widgets are saved with their notebook
    await commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState');
    await new Promise(r => setTimeout(r, 500));
    await panel.context.save();
    await panel.sessionContext.shutdown();
    return Object.keys(panel.context.model.getMetadata('widgets') ?? {});
}"""


def test_a_saved_notebook_shows_its_views_again(
    lab: JupyterServer, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(lab, f"import sys; sys.path.insert(0, {ROOT!r})\n{DISTIL}")
    notebook.run_all(seconds=180)
    expect(notebook.page.get_by_role("tree")).to_be_visible(timeout=30_000)
    assert notebook.page.evaluate(SAVE) == ["application/vnd.jupyter.widget-state+json"]

    again = NotebookPage(notebook.page, lab, notebook.name).open()
    page = again.page
    tree = page.get_by_role("tree")
    expect(tree).to_be_visible(timeout=30_000)
    nodes = tree.get_by_role("treeitem").count()
    tree.get_by_role("treeitem").nth(1).click()
    expect(page.locator("[role=treeitem][aria-selected=true]")).to_have_count(1)
    page.get_by_role("tab", name="Ladder").click()
    expect(page.locator("[data-rung='0']")).to_be_visible()
    page.get_by_role("tab", name="Student").click()
    # the students of the grid are in the file: the size slider moves without a kernel
    size = page.get_by_role("slider", name="Size of the student")
    size.focus()
    page.keyboard.press("Home")
    expect(tree.get_by_role("treeitem")).not_to_have_count(nodes)
    # so are the rows that the table showed: they are sorted here when no kernel has answered
    rows = page.get_by_role("grid").get_by_role("row").filter(has=page.get_by_role("rowheader"))
    ages = [int(one.get_by_role("gridcell").last.inner_text()) for one in rows.all()]
    assert len(set(ages)) > 2 and ages[0] < max(ages)
    page.get_by_role("columnheader", name="age").get_by_role("button").click()
    oldest = rows.first.get_by_role("gridcell").last
    expect(oldest).to_have_text(str(max(ages)), timeout=15_000)
    again.screenshot("saved")
