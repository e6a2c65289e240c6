"""Both sliders of a page without a kernel: what follows them, and that nothing is left behind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

import jupyter_distill
from jupyter_distill._shares import percent
from jupyter_distill.distillation import Distillation
from jupyter_distill.widgets.distillation import DistillationView
from jupyter_distill.widgets.temperature import TemperatureSlider
from tests.small import EVIL, distilled, people

AXE = Path(jupyter_distill.__file__).parent.parent / "js/node_modules/axe-core/axe.min.js"
MOVE = """async ([thermo, size, moves]) => {
    const move = (slider, value) => {
        slider.value = value;
        slider.dispatchEvent(new Event('input'));
    };
    for (let i = 0; i < moves; i++) {
        move(thermo, -0.6 + 1.6 * ((i * 7) % 100) / 100);
        if (i % 5 === 0) move(size, (i / 5) % (Number(size.max) + 1));
        if (i % 20 === 0) await new Promise(requestAnimationFrame);
    }
    move(thermo, 0);
    move(size, 1);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


@pytest.fixture(scope="module")
def d() -> Distillation:
    frame, y = people(name=EVIL, answer=EVIL)
    return distilled(frame, y, size=8, temperature=(0.5, 1.0, 2.0))


def _sliders(page: Page) -> tuple[Locator, Locator]:
    thermo = page.get_by_role("slider", name="Temperature", exact=True)
    return thermo, page.get_by_role("slider", name="Size of the student")


def _measured(page: Page) -> dict[str, float]:
    """Return what the page holds on to, after the browser has swept."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("Performance.enable")
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    found: Any = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return {one["name"]: one["value"] for one in found}


def test_tree_head_and_rows_follow_without_a_kernel(
    d: Distillation, page: Page, tmp_path: Path
) -> None:
    page.goto(DistillationView(d).to_html(tmp_path / "view.html").as_uri())
    thermo, size = _sliders(page)
    leaves = d.ladder.rung(2).student
    size.focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("treeitem")).to_have_count(3)
    expect(size).to_have_attribute("aria-valuetext", _said(d, 2))
    expect(page.get_by_text("2 leaves", exact=True)).to_be_visible()
    thermo.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("it is the nearest to T = 0.1.", exact=False)).to_be_visible()
    page.get_by_role("switch", name="Follow").uncheck()
    expect(page.get_by_text("Student: tree of 2 leaves, distilled", exact=False)).to_be_visible()
    # every row is here, so that where this student parts from its teacher is counted anew
    apart = int((leaves.output(d.table).argmax(1) != d.targets.predicted).sum())
    expect(page.get_by_text(f"{apart} rows where they part")).to_be_visible()


@pytest.mark.parametrize("width", [236, 290, 340, 420])
def test_nothing_lies_over_another_in_a_narrow_cell(
    width: int, d: Distillation, page: Page, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(DistillationView(d).to_html(tmp_path / "view.html").as_uri())
    size, follow = page.locator(".sizes .figure"), page.locator(".follow")
    expect(size).to_have_text(re.compile("leaves"))
    (one, other) = (size.bounding_box(), follow.bounding_box())
    assert one is not None and other is not None
    beside = one["x"] + one["width"] <= other["x"]
    assert beside or one["y"] + one["height"] <= other["y"]
    fidelity = page.locator(".compare .main .figure")
    expect(fidelity).to_have_text(re.compile("%$"))
    box = fidelity.bounding_box()
    assert box is not None and box["x"] + box["width"] <= width


def _said(d: Distillation, size: int) -> str:
    grid = d.grid(progress=False)
    rung = grid.rungs[d.temperature, size]
    return f"{size} leaves, agreement {percent(rung.fidelity)}"


@pytest.mark.parametrize("kind", [DistillationView, TemperatureSlider])
def test_a_thousand_moves_leave_nothing_behind(
    kind: Any, d: Distillation, page: Page, tmp_path: Path
) -> None:
    page.goto(kind(d).to_html(tmp_path / "view.html").as_uri())
    expect(page.locator("#jd-static")).to_be_hidden()
    ends = [slider.element_handle() for slider in _sliders(page)]
    page.evaluate(MOVE, [*ends, 200])  # what is made on first use is made
    before = _measured(page)
    page.evaluate(MOVE, [*ends, 1_000])
    after = _measured(page)
    for name in ("JSEventListeners", "Nodes"):
        assert after[name] <= before[name] + 4, (name, before[name], after[name])
    assert after["JSHeapUsedSize"] < 1.05 * before["JSHeapUsedSize"] + 150_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(scheme: Any, d: Distillation, page: Page, tmp_path: Path) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(TemperatureSlider(d).to_html(tmp_path / "view.html").as_uri())
    _sliders(page)[1].focus()
    page.keyboard.press("Home")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((all) => all.violations.map((one) => one.id))")
    assert found == []
