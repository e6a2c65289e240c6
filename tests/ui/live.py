"""One notebook, one kernel, for many tests: views are shown in it one after another."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.notebook import FAILURES, NotebookPage
from tests.ui.server import JupyterServer
from tests.ui.watch import errors_of, outside_of

LONG = 60_000
# Between two cells, as the side panel asks: nothing is named in the notebook, no In[n] moves.
ASK = """async (expression) => {
    const panel = window.jupyterapp.shell.currentWidget;
    const future = panel.sessionContext.session.kernel.requestExecute({
        code: '', silent: true, store_history: false, allow_stdin: false, stop_on_error: false,
        user_expressions: { asked: expression }
    });
    return (await future.done).content.user_expressions.asked;
}"""
RUN = """async ([place, code]) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.widgets[place].model.sharedModel.setSource(code);
    notebook.activeCellIndex = place;
    notebook.deselectAll();
    await window.jupyterapp.commands.execute('notebook:run-cell');
}"""


class LiveNotebook(NotebookPage):
    """A notebook whose second cell shows what a test asks for."""

    outside: list[str]
    errors: list[str]

    def __init__(self, page: Page, server: JupyterServer, name: str, setup: str) -> None:
        server.write(name, setup, "")
        super().__init__(page, server, name)
        self.open().run_all(seconds=180)

    def show(self, code: str) -> Locator:
        """Run this in the second cell, in the place of what was shown there; return its output."""
        self.page.evaluate(RUN, [1, code])
        failures = self.page.evaluate(FAILURES)
        assert not failures, "\n\n".join(failures)
        output = self.page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".jp-OutputArea")
        expect(output.locator(".jupyter-distill").first).to_be_visible(timeout=LONG)
        return output

    def value(self, expression: str) -> Any:
        """Return what an expression is in the kernel, as JSON keeps it."""
        told = self.page.evaluate(ASK, f"__import__('json').dumps({expression}, default=int)")
        assert told["status"] == "ok", f"{expression}: {told}"
        return json.loads(ast.literal_eval(told["data"]["text/plain"]))

    def until(self, expression: str, wanted: Any, seconds: float = 30) -> Any:
        """Wait until the kernel has this value, or one that a function accepts."""
        accepts: Callable[[Any], bool] = wanted if callable(wanted) else lambda got: got == wanted
        until = time.monotonic() + seconds
        while not accepts(got := self.value(expression)):
            if time.monotonic() > until:
                raise AssertionError(f"Expected {expression} to become {wanted!r}. Got {got!r}.")
            self.page.wait_for_timeout(100)
        return got


def copied(live: LiveNotebook, button: Locator) -> str:
    """Press a button that copies, and return what is on the clipboard then."""
    button.click()
    expect(button.locator("..")).to_contain_text("Copied")
    return str(live.page.evaluate("navigator.clipboard.readText()"))


def position(row: Locator) -> int:
    return int(row.get_by_role("rowheader").inner_text().replace(",", ""))


def lines(shown: Locator) -> Locator:
    """Return the rows of a table that hold rows, not its head."""
    return shown.get_by_role("row").filter(has=shown.page.get_by_role("rowheader"))


def lines_of_rules(shown: Locator) -> Locator:
    """Return the rules of a list, in the order that they are shown in."""
    return shown.locator(".line[data-place]")


def by_income(live: LiveNotebook, rows: list[int]) -> list[int]:
    """Return rows of the live distillation in the order of one of its columns."""
    income = live.value(f"d.table.native['income'].loc[{rows}].tolist()")
    return [row for _, row in sorted(zip(income, rows, strict=True), key=lambda one: -one[0])]


@contextmanager
def live_notebook(
    browser: Browser, args: dict[str, Any], server: JupyterServer, setup: str
) -> Iterator[LiveNotebook]:
    """Open one whose page is watched, and may use the clipboard."""
    context = browser.new_context(**args, permissions=["clipboard-read", "clipboard-write"])
    outside, page = outside_of(context), context.new_page()
    errors = errors_of(page)
    live = LiveNotebook(page, server, "live.ipynb", setup)
    live.outside, live.errors = outside, errors
    yield live
    context.close()
