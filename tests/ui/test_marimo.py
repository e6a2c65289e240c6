"""The linked whole in marimo, which is no Jupyter: it draws, and what is chosen reaches Python."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

HERE = Path(__file__).parents[2]
APP = """\
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    from tests.small import distilled, people

    view = mo.ui.anywidget(distilled(*people(300), temperature=1.0).view())
    view
    return mo, view


@app.cell
def _(mo, view):
    mo.md(f"chosen: {view.value['row']}, {len(view.frame())} rows found")
    return
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "app.py").write_text(APP)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = ["--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "marimo", "run", "app.py", *told],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(HERE), "MARIMO_SKIP_UPDATE_CHECK": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).read()
            break
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                pytest.fail((tmp_path / "log").read_text(), pytrace=False)
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(20)


def test_a_row_chosen_in_marimo_reaches_python(address: str, page: Page) -> None:
    page.goto(address)
    expect(page.get_by_role("tree")).to_be_visible(timeout=60_000)
    said = page.get_by_text("chosen: None")
    expect(said).to_contain_text("rows found", timeout=30_000)
    row = page.get_by_role("grid").locator("[data-row]").first
    number = row.get_attribute("data-row")
    row.click()
    expect(page.get_by_text(f"chosen: {number}")).to_be_visible()
