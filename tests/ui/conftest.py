"""Fixtures of the browser tests: two servers, Chromium, and a watch over each page.

Nothing may leave the machine and no error may reach the browser's console: every test here fails
otherwise, without asking.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.ui.desk import Desk, desk
from tests.ui.front import FRONT, NAME
from tests.ui.notebook import NotebookPage
from tests.ui.server import App, JupyterServer
from tests.ui.watch import errors_of, outside_of

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's browser: none is downloaded, and without one the tests fail."""
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.fail(
            f"Expected a Chromium, as {named or ', '.join(CHROMIUM)}. Got none. Install it "
            "(apt-get install chromium) or set CHROMIUM to its path. `make test` does it itself.",
            pytrace=False,
        )
    return {**browser_type_launch_args, "executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A laptop's screen; no service worker, whose requests would pass the gate."""
    return {
        **browser_context_args,
        "viewport": {"width": 1280, "height": 800},
        "service_workers": "block",
    }


@pytest.fixture
def outside(context: BrowserContext) -> list[str]:
    """Return the requests that would have left this machine."""
    return outside_of(context)


@pytest.fixture
def console(page: Page) -> list[str]:
    """Return the errors that reach the browser's console."""
    return errors_of(page)


@pytest.fixture(autouse=True)
def watched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that asked for the network or left an error, when it is over."""
    if "page" not in request.fixturenames:  # it has a desk, which is watched too
        yield
        return
    outside, console = (request.getfixturevalue(name) for name in ("outside", "console"))
    yield
    assert outside == []
    assert console == []


def _server(app: App, factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    extension = Path(sys.prefix, "share/jupyter/labextensions/jupyter-distill/package.json")
    if not extension.is_file():
        pytest.fail(f"Expected the lab extension at {extension}. Run: make dev", pytrace=False)
    server = JupyterServer(app, factory.mktemp(app))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """A running JupyterLab."""
    yield from _server("jupyterlab", tmp_path_factory)


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """A running Notebook 7."""
    yield from _server("notebook", tmp_path_factory)


@pytest.fixture(params=["lab", "notebook7"])
def jupyter(request: pytest.FixtureRequest) -> JupyterServer:
    """Each of the two in turn."""
    server: JupyterServer = request.getfixturevalue(request.param)
    return server


OpenNotebook = Callable[..., NotebookPage]


@pytest.fixture
def open_notebook(page: Page, request: pytest.FixtureRequest, watched: None) -> OpenNotebook:
    """Write cells into a notebook and open it: ``open_notebook(server, "x = 1", "print(x)")``."""

    def open_it(server: JupyterServer, *cells: str) -> NotebookPage:
        name = "".join(c if c.isalnum() else "-" for c in request.node.name).strip("-") + ".ipynb"
        server.write(name, *cells)
        return NotebookPage(page, server, name).open()

    return open_it


@contextmanager
def _front(browser: Browser, options: dict[str, Any], server: JupyterServer) -> Iterator[Desk]:
    """One page of a server, with the notebook that all tests of the front end begin with."""
    server.write(NAME, *FRONT)
    with desk(browser, options, server) as here:
        here.open(NAME)
        yield here


@pytest.fixture(scope="session")
def in_lab(
    browser: Browser, browser_context_args: dict[str, Any], lab: JupyterServer
) -> Iterator[Desk]:
    with _front(browser, browser_context_args, lab) as here:
        yield here


@pytest.fixture(scope="session")
def in_notebook7(
    browser: Browser, browser_context_args: dict[str, Any], notebook7: JupyterServer
) -> Iterator[Desk]:
    with _front(browser, browser_context_args, notebook7) as here:
        yield here


@pytest.fixture
def at_lab(in_lab: Desk) -> Iterator[Desk]:
    yield in_lab
    in_lab.clear()
    in_lab.check()


@pytest.fixture
def at_notebook7(in_notebook7: Desk) -> Iterator[Desk]:
    yield in_notebook7
    in_notebook7.clear()
    in_notebook7.check()


@pytest.fixture(params=["at_lab", "at_notebook7"])
def front(request: pytest.FixtureRequest, browser_name: str) -> Desk:
    """Each of the two in turn; the browser is named, or it would be another one."""
    here: Desk = request.getfixturevalue(request.param)
    return here
