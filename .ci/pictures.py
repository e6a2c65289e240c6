#!/usr/bin/env python3
"""Takes the pictures of the README anew: the demo's network, distilled and seen in Chromium.

``CHROMIUM`` is the browser; the pictures go to ``example_notebooks/pictures``.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright
from sklearn.model_selection import train_test_split

import jupyter_distill as jd
from jupyter_distill._demo import train_network
from jupyter_distill.data.loans import load_loans

PICTURES = Path(__file__).parents[1] / "example_notebooks" / "pictures"


def open_page(page: Page, view: jd.DistillationView | jd.LadderView, folder: Path) -> None:
    """Show a view as a page of its own."""
    page.goto(view.to_html(folder / "view.html").as_uri())
    page.wait_for_load_state("networkidle")


def take(part: Locator, name: str) -> None:
    """Save a picture, once what was asked of the views has been drawn."""
    part.page.wait_for_timeout(800)
    part.screenshot(path=PICTURES / f"{name}.png")


def main() -> None:
    """Distil, open, choose a row, and take the pictures."""
    X, y = load_loans()
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
    teacher = train_network(X, y)
    d = jd.distill(teacher, X, y, test=(X_test, y_test), size=8)
    families = jd.distill(teacher, X, y, test=(X_test, y_test), student=["tree", "rules", "linear"])
    with tempfile.TemporaryDirectory() as apart, sync_playwright() as playwright:
        folder = Path(apart)
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1080, "height": 900})
        open_page(page, d.view(), folder)
        page.get_by_role("row").nth(3).click()
        page.get_by_role("switch", name="Follow").uncheck()
        page.get_by_label("Temperature, as a number").fill("4.4")
        page.get_by_label("Temperature, as a number").press("Tab")
        page.locator("h1").click()  # nothing has the focus
        take(page.locator(".distillation-view"), "linked")
        take(page.locator(".tree-view .stage").first, "tree")
        take(page.locator(".disagreement-view").first, "table")
        take(page.locator(".temperature-view").first, "temperature")
        open_page(page, jd.LadderView(families), folder)
        take(page.locator(".ladder-view").first, "ladder")
        browser.close()


if __name__ == "__main__":
    main()
