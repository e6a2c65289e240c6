"""The main job as a person does it: look, choose a node, choose a row, drag the temperature."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.conftest import OpenNotebook
from tests.ui.notebook import NotebookPage
from tests.ui.server import JupyterServer

DISTIL = """\
import torch
from sklearn.model_selection import train_test_split
import jupyter_distill as jd
from jupyter_distill._demo import train_network
from jupyter_distill.data.loans import load_loans

X, y = (part[:2_800] for part in load_loans())
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
teacher = train_network(X_train, y_train)"""
THREE_LINES = """\
d = jd.distill(teacher, X_train, y_train, test=(X_test, y_test), size=12, quality="greedy")
v = d.view()
v"""
LOOK = """\
print(f"node {v.node} row {v.row} path {v.leaf is not None} T {v.temperature:g} "
      f"distilled {v.distilled_at:g} error {v.error!r} "
      f"size {v.distillation.size} leaves {v.distillation.student.n_leaves_} end")"""


@pytest.fixture
def notebook(jupyter: JupyterServer, open_notebook: OpenNotebook) -> NotebookPage:
    opened = open_notebook(jupyter, DISTIL, THREE_LINES, LOOK)
    opened.run_all(seconds=180)
    return opened


def drag(slider: Locator, to: float) -> None:
    """Drag the handle of a slider to a share of its width, as a hand does."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    mouse, middle = slider.page.mouse, box["y"] + box["height"] / 2
    start = float(slider.evaluate("s => (s.valueAsNumber - s.min) / (s.max - s.min)"))
    mouse.move(box["x"] + start * box["width"], middle)
    mouse.down()
    mouse.move(box["x"] + to * box["width"], middle, steps=12)
    mouse.up()


def test_linked_view(jupyter: JupyterServer, notebook: NotebookPage) -> None:
    page = notebook.page
    tree = page.get_by_role("tree", name="The student as a tree")
    expect(tree).to_be_visible(timeout=30_000)
    expect(page.get_by_role("grid")).to_be_visible()
    notebook.screenshot(f"linked-{jupyter.app}")

    # a node filters the table, and reaches the kernel
    count = page.locator("p.count").first
    before = count.inner_text()
    tree.get_by_role("treeitem").nth(1).click()
    chip = page.locator("button.chip")
    expect(chip).to_be_visible()
    node = "".join(c for c in chip.inner_text() if c.isdigit())
    notebook.read_until(f"node {node} row None")
    expect(count).not_to_have_text(before)
    chip.click()
    notebook.read_until("node None")

    # a row lights its path
    row = (
        page.get_by_role("grid").get_by_role("row").filter(has=page.get_by_role("rowheader")).first
    )
    position = row.get_by_role("rowheader").inner_text().replace(",", "").strip()
    row.get_by_role("gridcell").first.click()
    notebook.read_until(f"row {position} path True")
    notebook.screenshot(f"row-{jupyter.app}")

    # the slider softens in the browser; letting go offers the student distilled anew
    slider = page.get_by_role("slider", name="Temperature")
    drag(slider, to=0.8)
    temperature = float((slider.get_attribute("aria-valuetext") or "").split()[-1])
    assert temperature > 3
    notebook.read_until(f"T {temperature:g} distilled")
    page.get_by_role("button", name="Distil again").click()
    notebook.read_until(f"distilled {temperature:g} error ''")
    notebook.screenshot(f"distilled-{jupyter.app}")

    # a rung of the ladder is adopted by a key, and everything follows
    student = page.get_by_role("tab", name="Student")
    student.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Ladder")).to_have_attribute("aria-selected", "true")
    notebook.screenshot(f"ladder-{jupyter.app}")
    rung = page.locator("[data-rung='0']")
    size = re.search(r", size (\d+);", rung.get_attribute("aria-label") or "")
    assert size is not None
    page.locator("[data-rung][tabindex='0']").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    notebook.read_until(f"error '' size {size[1]} leaves {size[1]} end")
    expect(page.get_by_role("status")).to_contain_text(f"Chosen: tree of {size[1]} leaves")
    student.click()
    expect(tree.get_by_role("treeitem")).to_have_count(2 * int(size[1]) - 1)
    notebook.screenshot(f"adopted-{jupyter.app}")
