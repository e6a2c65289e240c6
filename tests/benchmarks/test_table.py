"""The table of disagreements over a million rows: what is sent, and how soon it is seen."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.benchmarks.conftest import Record
from tests.ui.conftest import (  # noqa: F401 - fixtures
    OpenNotebook,
    browser_context_args,
    browser_type_launch_args,
    console,
    lab,
    open_notebook,
    outside,
    watched,
)
from tests.ui.server import JupyterServer

ROWS = """\
import numpy as np, pandas as pd
import jupyter_distill as jd

def rows(n):
    rng = np.random.default_rng(0)
    names = [f"x{{j:02d}}" for j in range(24)]
    frame = pd.DataFrame(rng.normal(size=(n, 24)).round(4), columns=names)
    frame["age"] = rng.integers(18, 90, n)
    frame["income"] = np.where(rng.random(n) < .05, np.nan, rng.lognormal(10, 1, n).round(0))
    frame["purpose"] = rng.choice(["car", "house", "holiday", "education", "other"], n)
    frame["city"] = rng.choice([f"town {{k:04d}}" for k in range(2000)], n)
    frame["owner"] = rng.random(n) < .4
    frame["segment"] = rng.choice([f"segment {{k}}" for k in range(12)], n)
    return frame

def teacher(X):
    z = 1.5 * X[:, 0] + 2 * np.sin(2 * X[:, 1]) + X[:, 2] * X[:, 1] + (X[:, 3] - 50) / 20
    return np.column_stack([-z, z])

X = rows({n})
"""
DISTIL = """
d = jd.distill(
    teacher, X, teacher_inputs=X[["x00", "x01", "x02", "age"]].to_numpy(float),
    student=jd.TreeStudent(quality="greedy"), size=16, temperature=1.0, alpha=0.0, augment=None,
    progress=False)
jd.DisagreementTable(d.at())  # the libraries are loaded
"""
AFTER = """
import json
from jupyter_distill.exports.wire import to_text
state = table.state()
print("data", round(len(json.dumps(to_text(state))) / 1000, 1), "kB")
def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
def ask(i):
    table.set_state({"query": {"ticket": i, "scope": "all", "sort": [f"x{i % 24:02d}", bool(i % 2)],
                     "filters": [{"column": "age", "op": ">=", "value": i % 60 + 18}]}})
for i in range(30):
    ask(i)
before = held()
for i in range(200):
    ask(i)
print("growth", round(held() - before, 1), "MB")
"""
TO_VISIBLE = """async ([cell, css]) => {
    const inner = (root) => [...root.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean);
    const deep = (root) => root.querySelector(css) || inner(root).map(deep).find(Boolean);
    const start = performance.now();
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = cell;
    window.jupyterapp.commands.execute('notebook:run-cell');
    while (![...document.querySelectorAll('.jp-OutputArea-output')].some(deep)) {
        await new Promise(requestAnimationFrame);
    }
    await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
    return performance.now() - start;
}"""
# Acts on the table, and waits until the rows of the new question are on the screen.
ACTS = """async ([act, times]) => {
    const root = [...document.querySelectorAll('.jp-OutputArea-output *')]
        .map(e => e.shadowRoot).find(r => r?.querySelector('[role=grid]'));
    const grid = root.querySelector('[role=grid]');
    const frame = () => new Promise(requestAnimationFrame);
    const type = (input, text) => {
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const heads = [...root.querySelectorAll('[role=columnheader] button')];
    const acts = {
        sort: i => heads[6 + i].click(),
        sortNames: i => heads.find(h => h.textContent.startsWith('city')).click(),
        filter: i => type(root.querySelector('[aria-label="Filter x03"]'), `>= ${i / 10}`),
        search: i => type(root.querySelector('[type=search]'), `1.${i}`),
        names: i => type(root.querySelector('[type=search]'), `town 0${i}`),
        page: i => { grid.scrollTop = 300_000 + 5_000 * i; },
    };
    const taken = [];
    for (let i = 0; i < times; i++) {
        const start = performance.now();
        acts[act](i);
        if (act === 'page') {
            do await frame(); while (root.querySelector('.rows [data-empty]'));
        } else {
            while (!grid.classList.contains('waiting')) {
                if (performance.now() - start > 5000) throw new Error(`${act} was never asked`);
                await frame();
            }
            while (grid.classList.contains('waiting')) await frame();
        }
        await frame();
        taken.push(performance.now() - start);
        await new Promise(r => setTimeout(r, 150));
    }
    return taken;
}"""
SCROLL = """async () => {
    const root = [...document.querySelectorAll('.jp-OutputArea-output *')]
        .map(e => e.shadowRoot).find(r => r?.querySelector('[role=grid]'));
    const grid = root.querySelector('[role=grid]');
    const frame = () => new Promise(requestAnimationFrame);
    const taken = [];
    let last = await frame();
    for (let i = 0; i < 180; i++) {
        grid.scrollTop += 3;
        const now = await frame();
        taken.push(now - last);
        last = now;
    }
    return taken;
}"""


def said(taken: list[float]) -> str:
    """Return the middle and the slow end of some times."""
    return f"p50 {median(taken):.0f} ms, p95 {quantiles(taken, n=20)[-1]:.0f} ms"


def run_cell(page: Page, cell: int) -> None:
    page.evaluate(
        """async (cell) => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = cell;
            await window.jupyterapp.commands.execute('notebook:run-cell');
        }""",
        cell,
    )


@pytest.mark.parametrize("n", [1_000, 1_000_000])
def test_table_in_lab(
    lab: JupyterServer,  # noqa: F811
    open_notebook: OpenNotebook,  # noqa: F811
    n: int,
    record: Record,
) -> None:
    show = 'table = jd.DisagreementTable(d, scope="all"); table'
    notebook = open_notebook(lab, ROWS.format(n=n) + DISTIL, show, AFTER)
    page: Any = notebook.page
    page.set_default_timeout(600_000)
    run_cell(page, 0)
    name = f"table of {n:,} x 30"
    for which in ("first", "second"):
        taken = page.evaluate(TO_VISIBLE, [1, "[role=grid] .rows [data-row]"])
        record(f"{name}: cell run to rows visible", f"{taken:.0f} ms ({which} view)")
        page.wait_for_timeout(1_000)
        if which == "first":
            page.evaluate(
                "() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
            )
    if n < 1_000_000:
        return
    for act, words in {
        "sort": "a sort by another column to pixels",
        "sortNames": "a sort by 2,000 names to pixels",
        "filter": "a filter to pixels, 120 ms of waiting for the next key included",
        "search": "a search for digits to pixels, the same",
        "names": "a search for text to pixels, the same",
        "page": "a page far away to pixels",
    }.items():
        times = 2 if act == "sortNames" else 8
        record(f"{name}: {words}", said(page.evaluate(ACTS, [act, times])))
    record(f"{name}: a frame of scrolling", said(page.evaluate(SCROLL)))
    run_cell(page, 2)
    for line in notebook.output("growth").inner_text().splitlines():
        record(f"{name}: {line.split()[0]}", " ".join(line.split()[1:]))
