"""Altair charts show themselves in a notebook that cannot reach the network."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.conftest import OpenNotebook
from tests.ui.server import JupyterServer

DISTIL = """\
import jupyter_distill as jd
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

X, y = load_iris(return_X_y=True, as_frame=True)
teacher = RandomForestClassifier(10, random_state=0).fit(X, y)
d = jd.distill(teacher, X, y, student=["tree", "linear"], size=4, alpha=(0.0, 0.5),
               temperature=(1.0, 2.0), augment=None, quality="greedy", progress=False)"""
CHARTS = (
    "d.ladder.chart()",
    "d.temperature_chart()",
    "d.alpha_chart()",
    "d.reliability().chart()",
    "d.attributions(n=20).chart()",
)


def test_charts_are_drawn_offline(jupyter: JupyterServer, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(jupyter, DISTIL, *CHARTS)
    notebook.run_all(seconds=180)
    charts = notebook.page.locator(".vega-embed canvas")
    expect(charts).to_have_count(len(CHARTS), timeout=30_000)
    for chart in charts.all():
        box = chart.bounding_box()
        assert box is not None and box["width"] > 300 and box["height"] > 150
    notebook.screenshot(f"charts-{jupyter.app}")
