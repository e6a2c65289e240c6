"""Every view in a page of its own: seen as it was, read by all, light and dark, without growth."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.ui.seen import compare
from tests.views import BUILDERS

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
HEAVY = ["JSEventListeners", "Nodes", "JSHeapUsedSize"]
MOVES, SETTLED = 1000, 200


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the page of a view, written once."""
    folder, made = tmp_path_factory.mktemp("views"), dict[str, Path]()

    def of(name: str) -> Path:
        if name not in made:
            made[name] = BUILDERS[name]().to_html(folder / f"{name}.html")
        return made[name]

    return of


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", BUILDERS)
def test_a_view_is_seen_and_read_by_all(
    name: str, theme: Literal["light", "dark"], page_of: Callable[[str], Path], page: Page
) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": 900, "height": 700})
    page.goto(page_of(name).as_uri())
    expect(page.locator("#jd-static")).to_be_hidden()
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(200)
    compare(f"{name}-{theme}", page.locator("#jd-view").screenshot())
    # the page's policy allows no other script: run where it does not reach
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.getElementById('jd-view'))")
    said = [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in found["violations"]
        for node in violation["nodes"][:2]
    ]
    assert said == []


@pytest.mark.parametrize("width", [320, 236])
@pytest.mark.parametrize("name", BUILDERS)
def test_a_view_fits_a_narrow_cell(
    name: str, width: int, page_of: Callable[[str], Path], page: Page
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(page_of(name).as_uri())
    expect(page.locator("#jd-static")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", BUILDERS)
def test_a_view_has_its_share_of_a_row(
    name: str, page_of: Callable[[str], Path], page: Page
) -> None:
    page.set_viewport_size({"width": 900, "height": 700})
    page.goto(page_of(name).as_uri())
    expect(page.locator("#jd-static")).to_be_hidden()
    # ipywidgets.HBox: a flexible row, here with another widget of 300 pixels
    width = page.evaluate(ROW)
    assert 400 < width <= 600
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", BUILDERS)
def test_every_control_is_reached_by_keyboard(
    name: str, page_of: Callable[[str], Path], page: Page
) -> None:
    page.goto(page_of(name).as_uri())
    expect(page.locator("#jd-static")).to_be_hidden()
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or focused["id"] in reached:
            break
        reached.append(focused["id"])
        assert focused["seen"], f"no visible focus on {focused['id']}"
    assert reached


def grown(page: Page, work: Callable[[], Any]) -> dict[str, float]:
    """Return by how much a page has grown after some work, beyond what it took to settle."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def measure() -> dict[str, float]:
        session.send("HeapProfiler.collectGarbage")
        session.send("HeapProfiler.collectGarbage")
        found = {
            one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]
        }
        return {name: found[name] for name in HEAVY}

    before = measure()
    work()
    after = measure()
    return {name: after[name] - before[name] for name in HEAVY}


def test_a_thousand_moves_of_the_slider_leave_nothing(
    page_of: Callable[[str], Path], page: Page
) -> None:
    page.goto(page_of("temperature").as_uri())
    slider = page.get_by_role("slider", name=re.compile("Temperature"))
    expect(slider).to_be_visible()
    slider.evaluate(DRAG, SETTLED)
    left = grown(page, lambda: slider.evaluate(DRAG, MOVES))
    assert left["JSEventListeners"] <= 0
    assert left["Nodes"] <= 20
    assert left["JSHeapUsedSize"] < 500_000


@pytest.mark.parametrize("name", BUILDERS)
def test_drawn_again_and_again_a_view_leaves_nothing(
    name: str, page_of: Callable[[str], Path], page: Page
) -> None:
    page.goto(page_of(name).as_uri())
    expect(page.locator("#jd-static")).to_be_hidden()
    page.evaluate(AGAIN, 20)
    left = grown(page, lambda: page.evaluate(AGAIN, 200))
    assert left["JSEventListeners"] <= 5
    assert left["Nodes"] <= 200
    assert left["JSHeapUsedSize"] < 2_000_000


DRAG = """async (slider, times) => {
    for (let i = 0; i < times; i++) {
        slider.value = String(Number(slider.min) + (i % 50 + 1) * 0.04);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        if (i % 10 === 0) await new Promise(requestAnimationFrame);
    }
    slider.dispatchEvent(new Event('change', { bubbles: true }));
    await new Promise(r => setTimeout(r, 300));
}"""
FOCUSED = """() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    if (!active || active === document.body) return null;
    const path = [];
    for (let e = active; e; e = e.parentNode ?? e.host)
        path.push(e.parentNode ? [...e.parentNode.children].indexOf(e) : 0);
    const style = getComputedStyle(active);
    const seen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
        || style.boxShadow !== 'none' || active.matches('svg *, option');
    return { id: `${active.tagName} ${active.getAttribute('aria-label') ?? ''} ${path.join('.')}`,
             seen };
}"""
ROW = """() => {
    const view = document.getElementById('jd-view');
    const row = document.createElement('div');
    row.style.display = 'flex';
    view.replaceWith(row);
    const other = row.appendChild(document.createElement('div'));
    other.style.flex = '0 0 300px';
    row.append(view);
    return view.offsetWidth;
}"""
# Mounts the view beside itself, and takes it away, as a notebook does when its cell is run again.
AGAIN = """async (times) => {
    const text = id => document.getElementById(id).textContent;
    const url = URL.createObjectURL(new Blob([text('jd-esm')], { type: 'text/javascript' }));
    const view = (globalThis.jdAgain ??= (await import(url)).default);
    URL.revokeObjectURL(url);
    const state = { error: '', ...JSON.parse(text('jd-state')), live: false };
    const known = new Map();
    const model = {
        get: name => state[name],
        set: (name, value) => { state[name] = value; },
        save_changes: () => {},
        on: (event, f) => known.set(event, (known.get(event) ?? new Set()).add(f)),
        off: (event, f) => f ? known.get(event)?.delete(f) : known.delete(event)
    };
    for (let i = 0; i < times; i++) {
        const place = document.body.appendChild(document.createElement('div'));
        const stop = new AbortController();
        const end = await view.render({ model, el: place, signal: stop.signal });
        if (i % 10 === 0) await new Promise(requestAnimationFrame);
        stop.abort();
        end?.();
        place.remove();
    }
    const left = [...known.values()].reduce((n, of) => n + of.size, 0);
    if (left) throw new Error(`${left} callbacks are left on the model`);
}"""
