"""What the views send, and how soon they are seen, in a real JupyterLab."""

from __future__ import annotations

import json
from collections.abc import Mapping
from statistics import median, quantiles
from typing import Any

import pytest
from playwright.sync_api import expect
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

from jupyter_distill import TreeStudent
from jupyter_distill.exports import payload
from jupyter_distill.targets import SoftTargets
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

STUDENT = """\
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier
import jupyter_distill as jd

X, y = make_classification({rows}, 20, n_informative=12, n_classes={classes},
                           n_clusters_per_class=1, flip_y=0.2, random_state=0)
model = DecisionTreeClassifier(max_leaf_nodes=1000, random_state=1).fit(X, y)
{then}"""
TO_VISIBLE = """async () => {
    const seen = () => [...document.querySelectorAll('.jp-OutputArea-output *')]
            .some(e => e.shadowRoot?.querySelector('[role=treeitem]'));
    const start = performance.now();
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = 1;
    window.jupyterapp.commands.execute('notebook:run-cell');
    while (!seen()) await new Promise(requestAnimationFrame);
    await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
    return performance.now() - start;
}"""
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


def size(value: Any) -> int:
    """Return the bytes that a payload takes: buffers as they are, the rest as JSON."""
    if isinstance(value, bytes | memoryview):
        return len(value)
    if isinstance(value, Mapping):
        return sum(len(json.dumps(k)) + 2 + size(v) for k, v in value.items())
    return len(json.dumps(value, separators=(",", ":")))


@pytest.mark.parametrize("leaves", [31, 511])
def test_payload(leaves: int, record: Record) -> None:
    X, y = make_classification(20_000, 20, n_informative=12, flip_y=0.2, random_state=0)
    model = DecisionTreeClassifier(max_leaf_nodes=2000, random_state=1).fit(X, y)
    targets = SoftTargets.from_probabilities(model.predict_proba(X), [0, 1], labels=y)
    student = TreeStudent(size=leaves).fit_soft(X, targets)
    sent = payload.tree(student.explain())
    record(f"payload of a tree of {student.n_leaves_} leaves", f"{size(sent) / 1000:.1f} kB")


@pytest.mark.parametrize("leaves", [15, 31, 511])
def test_time_to_visible(
    lab: JupyterServer,  # noqa: F811
    open_notebook: OpenNotebook,  # noqa: F811
    leaves: int,
    record: Record,
) -> None:
    fitted = f"student = jd.TreeStudent(size={leaves}).fit(X, y); jd.TreeView(student)"
    code = STUDENT.format(rows=20_000, classes=2, then=fitted)
    notebook = open_notebook(lab, code, "jd.TreeView(student)", "1")
    notebook.page.evaluate(
        """async () => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = 0;
            await window.jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    expect(notebook.page.get_by_role("tree").first).to_be_visible(timeout=60_000)
    notebook.page.evaluate(
        "() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
    )
    expect(notebook.page.get_by_role("tree")).to_have_count(0)
    first = notebook.page.evaluate(TO_VISIBLE)
    record(f"cell run to tree of {leaves} leaves visible", f"{first:.0f} ms (second view)")


def test_slider_step(
    lab: JupyterServer,  # noqa: F811
    open_notebook: OpenNotebook,  # noqa: F811
    record: Record,
) -> None:
    then = "d = jd.distill(model, X, y, size=16, progress=False)"
    code = STUDENT.format(rows=10_000, classes=10, then=then)
    notebook = open_notebook(lab, code, "jd.TemperatureSlider(d)", "1")
    notebook.run_all(seconds=180)
    slider = notebook.page.get_by_role("slider", name="Temperature")
    expect(slider).to_be_visible(timeout=60_000)
    taken = slider.evaluate(STEPS)
    record(
        "slider step to painted, 10,000 rows x 10 classes",
        f"p50 {median(taken):.1f} ms, p95 {quantiles(taken, n=20)[-1]:.1f} ms",
    )


# From the hand that lets go of the slider to the tree of the new temperature on the screen.
FOLLOWED = """async (slider) => {
    const root = slider.getRootNode();
    const said = () => root.querySelector('.chooser .student').textContent;
    const tree = () => root.querySelector('svg[role=tree]');
    const taken = [], scripted = [];
    for (let i = 0; i < 12; i++) {
        const before = said();
        let drawn = false;
        const watch = new MutationObserver(() => { drawn = true; });
        watch.observe(tree(), { childList: true, subtree: true, attributes: true,
                                characterData: true });
        const start = performance.now();
        slider.value = String([0.5, -0.3, 0.8, 0.2][i % 4] + 0.04 * i);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        slider.dispatchEvent(new Event('change', { bubbles: true }));
        scripted.push(performance.now() - start);
        while (said() === before || !drawn) {
            if (performance.now() - start > 20000) throw new Error(`no answer after ${before}`);
            await new Promise(requestAnimationFrame);
        }
        await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
        taken.push(performance.now() - start);
        watch.disconnect();
        await new Promise(r => setTimeout(r, 400));
    }
    return [taken.slice(2), scripted.slice(2)];
}"""


def test_follow(
    lab: JupyterServer,  # noqa: F811
    open_notebook: OpenNotebook,  # noqa: F811
    record: Record,
) -> None:
    then = "d = jd.distill(model, X, y, size=16, augment=None, temperature=1.0, progress=False)"
    code = STUDENT.format(rows=10_000, classes=3, then=then)
    notebook = open_notebook(lab, code, "v = d.view()\nv.follow = True\nv", "1")
    notebook.run_all(seconds=300)
    slider = notebook.page.get_by_role("slider", name="Temperature", exact=True)
    expect(slider).to_be_visible(timeout=60_000)
    taken, scripted = slider.evaluate(FOLLOWED)
    record(
        "slider let go to tree drawn anew, follow, 10,000 rows, 16 leaves (goal 150 ms)",
        f"p50 {median(taken):.0f} ms, p90 {quantiles(taken, n=10)[-1]:.0f} ms",
    )
    record("script of such a step of the slider", f"p50 {median(scripted):.1f} ms")
