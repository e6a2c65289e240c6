"""The ground the tests of the views stand on: both front ends, the gate, the console."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import OpenNotebook
from tests.ui.server import JupyterServer

FAIL = """() => window.jupyterapp.shell.currentWidget.content.widgets.at(-1)
    .model.sharedModel.setSource('1 / 0')"""


def test_cells_run_the_extension_is_there_and_a_cell_that_raises_fails_the_run(
    jupyter: JupyterServer, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(jupyter, "count = 0", "count += 1\nprint('count is', count)")
    page = notebook.run_all().page
    notebook.read_until("count is 3")
    commands = page.evaluate("() => window.jupyterapp.commands.listCommands()")
    assert "jupyter-distill:open-panel" in commands
    notebook.screenshot(f"harness-{jupyter.app}")

    # the panel names the kernel
    page.evaluate("() => window.jupyterapp.commands.execute('jupyter-distill:open-panel')")
    panel = page.locator("#jupyter-distill-panel")
    expect(panel).to_contain_text(notebook.name)
    expect(panel).to_contain_text("Python 3")
    notebook.screenshot(f"panel-{jupyter.app}")

    page.evaluate(FAIL)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        notebook.run_all()


def test_nothing_leaves_the_machine(page: Page, outside: list[str], console: list[str]) -> None:
    page.goto("data:text/html,<title>gate</title>")
    page.evaluate("() => fetch('http://198.51.100.7/a').catch(() => null)")
    assert outside == ["http://198.51.100.7/a"]
    assert len(console) == 1 and "ERR_FAILED" in console[0]
    outside.clear()
    console.clear()
