#!/usr/bin/env python3
"""Runs notebooks of a built site in Chromium, as its reader would, and prints what they take.

``.ci/lite_run.py SITE [NOTEBOOK...] [--pictures FOLDER]``. Names (or parts of them) narrow the run.
Seconds by the clock from *Run All* to the last cell, and of these the first cell's, which installs;
seconds that the page and its kernel worked (on a busy machine the fairer figure) and the most
memory that they held; the megabytes that the site gave; the cells whose views were drawn, of those
that have some. What a page asks of the world outside is refused, and listed. ``CHROMIUM`` is the
browser.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
from notebooks import Watch
from playwright.sync_api import ConsoleMessage, Page, Route, TimeoutError, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE, SLOW = 1800.0, 20.0  # seconds: for a notebook; from which on a cell is named
FLAGS = ["--no-sandbox", "--disable-gpu"]  # root has none
# What a browser asks for itself, whatever the page.
OF_BROWSER = ("update.googleapis.com", "accounts.google.com", "content-autofill.googleapis.com")
# What each cell took is read from when its number came; cells that print go on for long.
RUN = """async seconds => {
    const { commands, shell } = window.jupyterapp;
    const { model } = shell.currentWidget.content;
    const began = performance.now(), took = {};
    [...model.cells].forEach((cell, index) => {
        cell.stateChanged?.connect((_, changed) => {
            if (changed.name === "executionCount" && changed.newValue) {
                took[index] = (performance.now() - began) / 1000;
            }
        });
    });
    const all = commands.execute("notebook:run-all-cells").then(() => "");
    const late = new Promise(done => setTimeout(done, seconds * 1000, `not done in ${seconds} s`));
    const said = await Promise.race([all, late]);
    const raised = [...model.cells].flatMap((cell, index) => (cell.outputs?.toJSON() ?? [])
        .filter(output => output.output_type === "error")
        .map(({ ename, evalue, traceback }) => ({ index, ename, evalue, traceback })));
    // ours carry a picture for pages without scripts; bars of progress do not, and go
    const views = [...model.cells].flatMap((cell, index) => (cell.outputs?.toJSON() ?? [])
        .flatMap(({ data }) => data?.["application/vnd.jupyter.widget-view+json"]
            && data["text/html"] ? index : []));
    return { said, took, raised, views, total: (performance.now() - began) / 1000 };
}"""
READY = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return panel?.sessionContext?.session?.kernel?.status === "idle" && panel.content.model;
}"""
SCROLL = """async index => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = index;
    await content.scrollToItem(index, "start");
    content.widgets[index].node.querySelector(".jp-Cell-outputArea").scrollIntoView();
}"""
# A view is drawn where its shadow holds something to see.
DRAWN = """index => [...window.jupyterapp.shell.currentWidget.content.widgets[index].node
    .querySelectorAll(".jp-OutputArea-output *")]
    .some(node => node.shadowRoot?.querySelector("svg, table, canvas, button"))"""


class Site(SimpleHTTPRequestHandler):
    """The site's files; counts what it gives."""

    given = 0

    def copyfile(self, source: Any, outputfile: IO[bytes]) -> None:  # type: ignore[override]
        """Count a file, and give it."""
        type(self).given += os.fstat(source.fileno()).st_size
        with suppress(ConnectionError):  # a page may think better of what it asked for
            super().copyfile(source, outputfile)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


class Gate(BaseHTTPRequestHandler):
    """The way out, which is closed; what knocks, pages and workers alike, is listed."""

    knocked: list[str] = []

    def refuse(self) -> None:
        """List an address and refuse it."""
        host = (urlsplit(self.path).hostname or self.path).partition(":")[0]
        if host not in OF_BROWSER:
            self.knocked.append(self.path)
        self.send_error(403, "Nothing leaves this machine")

    do_CONNECT = do_GET = do_POST = do_HEAD = refuse

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@contextmanager
def served(handler: Any) -> Iterator[str]:
    """Serve on a free port of this machine, and return the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def errors_of(page: Page) -> list[str]:
    """List the errors that reach the browser's console, thrown or logged."""
    errors: list[str] = []

    def logged(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location.get('url', '')})")

    page.on("console", logged)
    page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    return errors


def opened(route: Route) -> None:
    """Answer with the site's settings, and let a script speak to its application."""
    answer = route.fetch()
    settings = answer.json()
    settings["jupyter-config-data"]["exposeAppInBrowser"] = True
    route.fulfill(response=answer, body=json.dumps(settings))


def drawn(page: Page, views: list[int], pictures: Path | None, stem: str) -> int:
    """Bring every cell with a view into sight, and return how many have drawn theirs."""
    count = 0
    for index in views:
        page.evaluate(SCROLL, index)
        try:
            page.wait_for_function(DRAWN, arg=index, timeout=20_000)
            count += 1
        except TimeoutError:
            print(f"  the view of cell {index} was not drawn", flush=True)
        if pictures:
            page.wait_for_timeout(1000)  # for what is drawn after the first picture
            page.screenshot(path=pictures / f"{stem}-{index}.png")
    return count


def run(page: Page, path: Path, pictures: Path | None) -> tuple[dict[str, Any], int]:
    """Run all of a notebook that is opened; return what it took and how many views were drawn."""
    page.wait_for_function(READY, timeout=300_000)
    done = page.evaluate(RUN, PATIENCE)
    return done, drawn(page, sorted(set(done["views"])), pictures, path.stem)


def told(done: dict[str, Any]) -> list[str]:
    """Return what went wrong in a run, and which cells took long."""
    lines = [done["said"]] if done["said"] else []
    lines += [f"cell {e['index']}: {e['ename']}: {e['evalue']}" for e in done["raised"]]
    ends = sorted((at, index) for index, at in done["took"].items())
    began = [0.0, *(at for at, _ in ends)]
    took = [(index, at - before) for (at, index), before in zip(ends, began, strict=False)]
    slow = [f"cell {index}: {seconds:.0f} s" for index, seconds in took if seconds >= SLOW]
    return [*lines, f"took long: {', '.join(slow)}"] if slow else lines


def look(address: str, path: Path, pictures: Path | None) -> bool:
    """Run one notebook in a browser of its own, print what it took; return whether it ran."""
    Site.given = 0
    Gate.knocked.clear()
    with served(Gate) as gate, sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            # (this machine itself is reached without a proxy)
            args=[*FLAGS, f"--proxy-server={gate}"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        errors = errors_of(page)
        page.route("**/jupyter-lite.json", opened)
        page.goto(f"{address}/lab/index.html?path={path.name}", wait_until="commit")
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        pages = [one["id"] for one in processes["processInfo"] if one["type"] == "renderer"]
        watch = Watch(psutil.Process(max(pages)))
        watch.start()
        done, count = run(page, path, pictures)
        watch.enough.set()
        watch.join()
        browser.close()
    views, first = len(set(done["views"])), min(done["took"].values(), default=0.0)
    figures = (done["total"], first, watch.worked, watch.most / 2**20, Site.given / 1e6)
    print(f"{path.stem:<36}{''.join(f'{n:>9.0f}' for n in figures)}{count:>6} of {views}")
    for line in told(done):
        print(f"  {line}")
    for what, lines in (("asked of outside", Gate.knocked), ("in the console", errors)):
        for line in dict.fromkeys(lines):
            print(f"  {what}: {line[:300]}", flush=True)
    return count == views and not (done["said"] or done["raised"] or Gate.knocked or errors)


def main() -> int:
    """Print a line for each notebook, and last which did not run as they should; then return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("notebooks", nargs="*")
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    there = sorted((asked.site / "files").glob("*.ipynb"))
    chosen = [p for p in there if not asked.notebooks or any(n in p.stem for n in asked.notebooks)]
    if not chosen:
        names = ", ".join(path.stem for path in there) or "none: was it built by make lite?"
        sys.exit(
            f"Expected parts of names of notebooks in {asked.site}: {names}. Got {asked.notebooks}."
        )
    if asked.pictures:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    columns = ("seconds", "install", "worked", "MB", "MB given", "views")
    print(f"{'notebook':<36}{''.join(f'{name:>9}' for name in columns)}", flush=True)
    with served(partial(Site, directory=str(asked.site))) as address:
        failed = [path.stem for path in chosen if not look(address, path, asked.pictures)]
    if failed:
        print(f"These did not run as they should, see what is said of each: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
