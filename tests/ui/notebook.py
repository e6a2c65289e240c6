"""A notebook open in the browser: run its cells, wait for what they print, take a picture."""

from __future__ import annotations

import os
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.ui.server import JupyterServer

# Running before the session is ready opens "Select Kernel" and waits for a person for ever.
READY = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = app.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
RUN_ALL = """async (seconds) => {
    const late = new Promise((_, reject) => setTimeout(
        () => reject(new Error(`cells still running after ${seconds} s`)), seconds * 1000));
    await Promise.race([window.jupyterapp.commands.execute('notebook:run-all-cells'), late]);
}"""
RUN_LAST = """async () => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = notebook.widgets.length - 1;
    notebook.deselectAll();
    await window.jupyterapp.commands.execute('notebook:run-cell');
}"""
FAILURES = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .flatMap(cell => cell.model.type === 'code' ? cell.model.outputs.toJSON() : [])
    .filter(output => output.output_type === 'error')
    .map(output => output.traceback.join('\\n'))"""


class NotebookPage:
    """One notebook in one page.

    The last cell is for looking: it prints what the kernel knows, and is run again and again by
    :meth:`read_until`, because a widget's changes reach the kernel one message at a time.
    """

    def __init__(self, page: Page, server: JupyterServer, name: str = "test.ipynb") -> None:
        self.page, self.server, self.name = page, server, name

    def open(self) -> NotebookPage:
        """Open the notebook and wait until its kernel answers."""
        self.page.goto(self.server.address(self.name))
        expect(self.page.locator(".jp-Notebook")).to_be_visible(timeout=90_000)
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
        self.page.evaluate(READY)
        return self

    def run_all(self, seconds: float = 120) -> NotebookPage:
        """Run every cell and fail if one of them raised."""
        self.page.evaluate(RUN_ALL, seconds)
        failures = self.page.evaluate(FAILURES)
        assert not failures, "\n\n".join(failures)
        return self

    def output(self, text: str) -> Locator:
        """Return the outputs that hold this text."""
        return self.page.locator(".jp-OutputArea-output").filter(has_text=text)

    def read_until(self, text: str, seconds: float = 30) -> None:
        """Run the last cell again until its output holds this text."""
        last = self.page.locator(".jp-Notebook .jp-Cell").last.locator(".jp-OutputArea-output")
        until = time.monotonic() + seconds
        while True:
            self.page.evaluate(RUN_LAST)
            said = last.all_inner_texts()
            if any(text in part for part in said):
                return
            if time.monotonic() > until:
                raise AssertionError(f"Expected the last cell to print {text!r}. Got {said!r}.")
            self.page.wait_for_timeout(300)

    def screenshot(self, name: str, of: Locator | None = None) -> None:
        """Save a picture, if the variable JUPYTER_DISTILL_SHOTS names a folder for them."""
        folder = os.environ.get("JUPYTER_DISTILL_SHOTS")
        if folder:
            path = Path(folder, f"{name}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            (of or self.page).screenshot(path=path)
