"""One page that several tests share: opening JupyterLab anew costs more than most of them do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.ui.notebook import READY, NotebookPage
from tests.ui.server import JupyterServer
from tests.ui.watch import errors_of, outside_of

LONG = 60_000
RUN = "([id, args]) => { void window.jupyterapp.commands.execute(id, args ?? {}) }"
OPEN = """async path => {
    const { commands, shell } = window.jupyterapp;
    const panel = await commands.execute('docmanager:open', { path });
    shell.activateById(panel.id);
}"""
FIRST = "[...window.jupyterapp.shell.widgets('main')].find(one => one.sessionContext)"
CURRENT = "window.jupyterapp.shell.currentWidget"
CELLS = f"""() => ({CURRENT}?.sessionContext ? {CURRENT} : {FIRST})
    .content.widgets.map(cell => cell.model.sharedModel.source)"""
IDLE = f"""() => {{
    const {{ content, sessionContext }} = {CURRENT}?.sessionContext ? {CURRENT} : {FIRST};
    const waits = cell => cell.node.querySelector('.jp-InputPrompt')?.textContent.includes('*');
    return sessionContext.session?.kernel?.status === 'idle' && !content.widgets.some(waits);
}}"""
RESTART = f"() => {FIRST}.sessionContext.session.kernel.restart()"
RAISED = f"""() => {FIRST}.content.widgets
    .flatMap(cell => cell.model.outputs?.toJSON() ?? [])
    .filter(output => output.output_type === 'error').map(output => output.evalue)"""


class Desk:
    """A page with a notebook in it; :attr:`errors` and :attr:`outside` are empty, or a test fails.

    Others may be opened beside the first one in JupyterLab, whose notebook has the name `name`.
    """

    def __init__(self, context: BrowserContext, page: Page, server: JupyterServer) -> None:
        self.context, self.page, self.server = context, page, server
        self.outside, self.errors = outside_of(context), errors_of(page)
        self.stocked = False
        self.dialog = page.get_by_role("dialog")
        self.tabs = page.locator(".jd-tab")

    def again(self) -> Desk:
        """Return another page of the same browser, which need not load its programs anew."""
        return Desk(self.context, self.context.new_page(), self.server)

    def open(self, name: str) -> NotebookPage:
        """Open the first notebook, with all of the front end around it."""
        return NotebookPage(self.page, self.server, name).open()

    def beside(self, name: str) -> NotebookPage:
        """Open another notebook in the same page, or bring it to the front."""
        self.page.evaluate(OPEN, name)
        self.page.wait_for_function(f"() => {CURRENT}?.sessionContext")
        self.page.evaluate(READY)
        return NotebookPage(self.page, self.server, name)

    def run(self, command: str, **args: Any) -> None:
        """Run a command of ours, which may open a dialog."""
        self.page.evaluate(RUN, [f"jupyter-distill:{command}", args])

    def panel(self) -> Locator:
        """Open the side panel and return it."""
        self.run("open-panel")
        panel = self.page.locator("#jupyter-distill-panel")
        expect(panel).to_be_visible()
        return panel

    def wait_for_cell(self, text: str) -> None:
        """Wait until a cell is there and the kernel is done with it."""
        self.page.wait_for_function(f"text => ({CELLS})().includes(text)", arg=text, timeout=LONG)
        self.page.wait_for_function(IDLE, timeout=LONG)

    def raised(self) -> list[str]:
        """Return what cells of the first notebook have raised."""
        found: list[str] = self.page.evaluate(RAISED)
        return found

    def clear(self) -> None:
        """Close dialogs and views that a test has left."""
        if self.dialog.count():
            self.page.keyboard.press("Escape")
        expect(self.dialog).to_have_count(0)
        self.page.evaluate(
            "() => ['main', 'right'].flatMap(area => [...window.jupyterapp.shell.widgets(area)])"
            ".filter(one => one.node.querySelector('.jd-tab')).forEach(one => one.dispose())"
        )

    def check(self) -> None:
        """Fail where something went wrong since this was asked last."""
        outside, errors = [*self.outside], [*self.errors]
        self.outside.clear()
        self.errors.clear()
        assert not outside, outside
        assert not errors, errors


@contextmanager
def desk(browser: Browser, args: dict[str, Any], server: JupyterServer) -> Iterator[Desk]:
    """Give a page of its own in a browser."""
    context = browser.new_context(**args)
    yield Desk(context, context.new_page(), server)
    context.close()
