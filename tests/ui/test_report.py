"""A report in a browser: one file, no kernel, no network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from jupyter_distill.distillation import Distillation
from tests.small import EVIL, distilled, people


@pytest.fixture(scope="module")
def evil() -> Distillation:
    return distilled(*people(name=EVIL, answer=EVIL), size=8)


def test_the_views_in_a_report_run(evil: Distillation, page: Page, tmp_path: Path) -> None:
    said: list[Dialog] = []
    page.on("dialog", lambda dialog: (said.append(dialog), dialog.dismiss()))
    page.goto(evil.report(tmp_path / "report.html").as_uri())
    expect(page.locator("#jd-static")).to_be_hidden()
    tree = page.get_by_role("tree")
    expect(tree).to_be_visible()
    expect(page.get_by_role("grid")).to_contain_text(EVIL)
    expect(page.get_by_role("slider", name="Temperature")).to_be_visible()
    page.get_by_role("treeitem").nth(1).click()
    expect(page.locator("button.chip")).to_contain_text("in node")
    assert said == []


def test_a_report_without_scripts(evil: Distillation, page: Page, tmp_path: Path) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    still = context.new_page()
    still.goto(evil.report(tmp_path / "report.html").as_uri())
    expect(still.locator("#jd-static svg").first).to_be_visible()
    expect(still.get_by_role("heading", name="Where the two part")).to_be_visible()
    expect(still.locator("#jd-static")).to_contain_text(EVIL)
    context.close()


def test_a_report_on_paper(evil: Distillation, page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 700, "height": 990})  # A4 within its margins
    page.emulate_media(color_scheme="dark")
    page.goto(evil.report(tmp_path / "report.html").as_uri())
    expect(page.locator("#jd-static")).to_be_hidden()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#jd-static svg").first).to_be_visible()
    # controls make no sense there
    assert page.locator("button, input, select").locator("visible=true").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    style = page.evaluate("({...getComputedStyle(document.body)}).backgroundColor")
    assert style == "rgb(255, 255, 255)"


@pytest.mark.parametrize("family", ["tree", "rules", "linear", "ebm", "net"])
def test_a_report_is_no_wider_than_a_small_screen(family: str, page: Page, tmp_path: Path) -> None:
    frame, y = people(300, name="the_yearly_income_of_everybody_in_the_household")
    d = distilled(frame, y, student=family, size=3, temperature=1.0)
    page.set_viewport_size({"width": 420, "height": 900})
    page.goto(d.report(tmp_path / "report.html").as_uri())
    if family == "tree":
        expect(page.get_by_role("tree")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('table')].every(t => t.closest('.scroll, #jd-view'))"
    )
    # what was distilled from what is read without scrolling
    facts = page.locator(".facts")
    assert facts.evaluate("table => table.offsetWidth <= table.parentNode.offsetWidth")
