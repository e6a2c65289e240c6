"""The ladder in a page of its own: by mouse, by keyboard, and for people who see nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jupyter_distill.widgets.ladder import LadderView
from tests.small import distilled, people

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"


@pytest.mark.parametrize("wide", [1000, 320])
def test_the_ladder_is_read_by_all(wide: int, page: Page, tmp_path: Path) -> None:
    view = LadderView(distilled(*people(300), temperature=1.0))
    page.set_viewport_size({"width": wide, "height": 900})
    page.goto(view.to_html(tmp_path / "ladder.html").as_uri())
    points = page.locator("[data-rung]")
    expect(page.get_by_role("listbox", name="Students that were piloted")).to_be_visible()
    expect(points).to_have_count(len(view.ladder))
    chosen = page.locator("[role=option][aria-selected=true]")
    chosen.focus()
    page.keyboard.press("Home")
    card = page.locator(".hover")
    expect(card).to_contain_text("agreement")
    page.keyboard.press("Enter")
    if view.ladder[0].size != view.size:
        expect(page.get_by_role("status")).to_contain_text("was not adopted: that needs a kernel")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    points.last.hover(force=True)
    expect(card).to_contain_text(view.ladder[-1].student.title_)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # the page's policy allows no other script: run where it does not reach
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.getElementById('jd-view'))")
    assert [violation["id"] for violation in found["violations"]] == []
