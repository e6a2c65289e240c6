"""The views beside their fastest peers, in one run of one JupyterLab."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

import pytest
from playwright.sync_api import expect

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

TIMES = 3
DATA = """\
import warnings; warnings.simplefilter("ignore")
import numpy as np, pandas as pd
import jupyter_distill as jd
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier, export_text
X, y = make_classification({rows}, {columns}, n_informative=12, flip_y=0.2, random_state=0)
X = pd.DataFrame(X, columns=[f"column {{j}}" for j in range({columns})])
"""
TREE = "tree = DecisionTreeClassifier(max_leaf_nodes={leaves}, random_state=0).fit(X, y)\n"
TREES = {
    "export_text": (
        "print(export_text(tree, max_depth=99)[:2_000_000])",
        "found.querySelector('pre')",
    ),
    "supertree without data": (
        "from supertree import SuperTree; SuperTree(tree).show_tree()",
        "found.querySelector('svg g text, canvas') || "
        "found.querySelector('iframe')?.contentDocument?.querySelector('svg g text')",
    ),
    "jd.TreeView": ("jd.TreeView(tree)", "all(found, '[role=treeitem]')"),
}
TABLES = {
    "pandas": ("X.head(10)", "found.querySelector('table')"),
    "quak": ("quak.Widget(X)", "all(found, 'table tbody tr td')"),
    "jd.DisagreementTable": ("jd.DisagreementTable(d)", "all(found, '[role=gridcell]')"),
}
# Runs the cell at `index`, and waits until `seen` finds in its output what a person waits for.
VISIBLE = """async ([index, seen]) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const cell = notebook.widgets[index];
    const all = (root, selector) => {
        const own = root.querySelector(selector);
        if (own) return own;
        for (const e of root.querySelectorAll('*'))
            if (e.shadowRoot && all(e.shadowRoot, selector)) return e;
        return null;
    };
    const ready = new Function('found', 'all', `return ${seen}`);
    const start = performance.now();
    notebook.activeCellIndex = index;
    window.jupyterapp.commands.execute('notebook:run-cell');
    const until = start + 60000;
    while (true) {
        await new Promise(requestAnimationFrame);
        const found = cell.node.querySelector('.jp-OutputArea');
        if (found && ready(found, all)) break;
        if (performance.now() > until) return null;
    }
    await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
    return performance.now() - start;
}"""
CLEAR = "() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
RUN = """async (index) => {
    window.jupyterapp.shell.currentWidget.content.activeCellIndex = index;
    await window.jupyterapp.commands.execute('notebook:run-cell');
}"""
BYTES = """() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.widgets
    .map(cell => cell.model.outputs?.toJSON() ?? [])).length"""


def compared(notebook: Any, views: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Return what each view takes, the median of several runs in turn; and what it leaves."""
    page = notebook.page
    taken: dict[str, list[float]] = {name: [] for name in views}
    page.evaluate(RUN, 0)
    expect(notebook.output("ready")).to_be_visible(timeout=300_000)
    kept = {}
    for turn in range(TIMES + 1):
        for index, (name, (_, seen)) in enumerate(views.items(), 1):
            page.evaluate(CLEAR)
            found = page.evaluate(VISIBLE, [index, seen])
            page.wait_for_timeout(300)
            kept[name] = page.evaluate(BYTES)
            if turn and found is not None:  # the first time everything is loaded
                taken[name].append(found)
    return {
        name: f"{median(times):.0f} ms, {kept[name] / 1000:.0f} kB in the notebook"
        if times
        else "not seen within a minute"
        for name, times in taken.items()
    }


@pytest.mark.parametrize("leaves", [15, 127, 1023])
def test_trees(
    lab: JupyterServer,  # noqa: F811
    open_notebook: OpenNotebook,  # noqa: F811
    outside: list[str],  # noqa: F811
    console: list[str],  # noqa: F811
    leaves: int,
    record: Record,
) -> None:
    code = DATA.format(rows=10_000, columns=20) + TREE.format(leaves=leaves) + "print('ready')"
    notebook = open_notebook(lab, code, *(cell for cell, _ in TREES.values()))
    for name, figure in compared(notebook, TREES).items():
        record(f"tree of {leaves} leaves, {name}", figure)
    record(f"tree of {leaves} leaves, requests that left the machine", f"{len(outside)} (peers)")
    outside.clear()
    console.clear()


@pytest.mark.parametrize("rows", [100_000])
def test_tables(
    lab: JupyterServer,  # noqa: F811
    open_notebook: OpenNotebook,  # noqa: F811
    outside: list[str],  # noqa: F811
    console: list[str],  # noqa: F811
    rows: int,
    record: Record,
) -> None:
    code = DATA.format(rows=rows, columns=20) + TREE.format(leaves=200)
    code += (
        "import quak\n"
        "d = jd.distill(tree, X, y, size=16, temperature=1.0, augment=None, quality='greedy',"
        " progress=False)\nprint('ready')"
    )
    notebook = open_notebook(lab, code, *(cell for cell, _ in TABLES.values()))
    for name, figure in compared(notebook, TABLES).items():
        record(f"table of {rows:,} x 20, {name}", figure)
    outside.clear()
    console.clear()


# Turns the wheel or drags once a frame over the drawing of the cell at `index`.
MOVED = """async ([index, act]) => {
    const cell = window.jupyterapp.shell.currentWidget.content.widgets[index];
    cell.node.scrollIntoView();
    const all = (root) => [...root.querySelectorAll('*')]
        .flatMap(e => e.shadowRoot ? [e, ...all(e.shadowRoot)] : [e]);
    const size = (e) => e.getBoundingClientRect().width * e.getBoundingClientRect().height;
    const svg = all(cell.node).filter(e => e.localName === 'svg')
        .reduce((a, b) => (size(b) > size(a) ? b : a));
    const box = svg.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, 300) / 2];
    const at = { bubbles: true, cancelable: true, composed: true, view: window };
    const send = (kind, type, more) =>
        svg.dispatchEvent(new kind(type, { ...at, clientX: x, clientY: y, ...more }));
    const frame = () => new Promise(requestAnimationFrame);
    const steps = {
        zoom: i => send(WheelEvent, 'wheel', { deltaY: i % 60 < 30 ? -12 : 12, ctrlKey: true }),
        pan: i => {
            const moved = { clientX: x + 4 * (i % 60), clientY: y + 2 * (i % 60), pointerId: 1 };
            send(PointerEvent, 'pointermove', moved);
            send(MouseEvent, 'mousemove', moved);
        },
    };
    send(PointerEvent, 'pointerdown', { button: 0, pointerId: 1 });
    send(MouseEvent, 'mousedown', { button: 0 });
    const taken = [];
    let last = await frame();
    for (let i = 0; i < 120; i++) {
        steps[act](i);
        const now = await frame();
        taken.push(now - last);
        last = now;
    }
    send(PointerEvent, 'pointerup', { button: 0, pointerId: 1 });
    send(MouseEvent, 'mouseup', { button: 0 });
    return taken.slice(2);
}"""


def test_moving_a_large_tree(
    lab: JupyterServer,  # noqa: F811
    open_notebook: OpenNotebook,  # noqa: F811
    outside: list[str],  # noqa: F811
    console: list[str],  # noqa: F811
    record: Record,
) -> None:
    code = DATA.format(rows=10_000, columns=20) + TREE.format(leaves=1023) + "print('ready')"
    unfolded = "jd.TreeView(tree, depth=99)"
    views = [TREES["supertree without data"][0], TREES["jd.TreeView"][0], unfolded]
    notebook = open_notebook(lab, code, *views)
    page = notebook.page
    page.evaluate(RUN, 0)
    expect(notebook.output("ready")).to_be_visible(timeout=300_000)
    for index, name in enumerate(("supertree", "jd.TreeView, as it opens", "the same, all open")):
        page.evaluate(RUN, index + 1)
        page.wait_for_timeout(4_000)
        if index == 2:
            page.get_by_role("button", name="Fit").last.click()
            page.wait_for_timeout(500)
        for act in ("zoom", "pan"):
            said = _said(page.evaluate(MOVED, [index + 1, act]))
            record(f"a frame, {act} at 1,023 leaves, {name}", said)
    outside.clear()
    console.clear()


SLIDERS = {
    "ipywidgets interact + matplotlib": """\
import matplotlib.pyplot as plt, ipywidgets
from scipy.special import softmax
def show(T):
    plt.bar(range(10), softmax(logits / T, axis=1).mean(0)); plt.show()
ipywidgets.interact(show, T=ipywidgets.FloatSlider(1, min=0.1, max=10, step=0.1))""",
    "jd.TemperatureSlider": "jd.TemperatureSlider(d)",
}


def test_sliders(
    lab: JupyterServer,  # noqa: F811
    open_notebook: OpenNotebook,  # noqa: F811
    outside: list[str],  # noqa: F811
    console: list[str],  # noqa: F811
    record: Record,
) -> None:
    code = """\
import numpy as np, jupyter_distill as jd
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
X, y = make_classification(10_000, 20, n_informative=12, n_classes=10, n_clusters_per_class=1,
                           random_state=0)
model = LogisticRegression(max_iter=200).fit(X, y)
logits = model.decision_function(X)
d = jd.distill(model, X, y, size=16, temperature=1.0, augment=None, quality="greedy",
               progress=False)
print("ready")"""
    notebook = open_notebook(lab, code, *SLIDERS.values())
    notebook.run_all(seconds=180)
    page = notebook.page
    ours = page.get_by_role("slider", name="Temperature")
    expect(ours).to_be_visible(timeout=60_000)
    steps: list[float] = ours.evaluate(STEPS)
    record("slider step to painted, jd.TemperatureSlider", _said(steps))
    handle = page.locator(".jp-OutputArea-output .noUi-handle").first
    expect(handle).to_be_visible(timeout=30_000)
    expect(page.locator(".jp-OutputArea-output img").first).to_be_visible(timeout=30_000)
    handle.focus()
    taken = []
    for _ in range(15):
        taken.append(page.evaluate(PRESSED))
        page.wait_for_timeout(100)
    record("slider step to painted, ipywidgets interact + matplotlib", _said(taken))
    outside.clear()
    console.clear()


STEPS = """async (slider) => {
    const taken = [];
    for (let i = 0; i < 60; i++) {
        const start = performance.now();
        slider.value = String(Number(slider.min) + (i % 50 + 1) * 0.04);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
        taken.push(performance.now() - start);
    }
    return taken;
}"""
PRESSED = """async () => {
    const image = () => document.querySelector('.jp-OutputArea-output img')?.src;
    const before = image(), start = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
        { key: 'ArrowRight', code: 'ArrowRight', bubbles: true }));
    while (image() === before || !image()) {
        await new Promise(requestAnimationFrame);
        if (performance.now() - start > 5000) break;
    }
    await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
    return performance.now() - start;
}"""


def _said(taken: list[float]) -> str:
    return f"p50 {median(taken):.0f} ms, p95 {quantiles(taken, n=20)[-1]:.0f} ms"
