"""A restarted kernel answers no view of before: what it was asked is taken back, and said."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.ui.conftest import OpenNotebook
from tests.ui.server import JupyterServer

ROOT = str(Path(__file__).parents[2])
DISTIL = f"""\
import sys; sys.path.insert(0, {ROOT!r})
import jupyter_distill as jd
from ipywidgets import VBox
from tests.small import distilled, people
d = distilled(*people(300), size=8, temperature=(1.0, 2.0), augment=None)
VBox([jd.LadderView(d), jd.CertificateView(d), jd.AuditView(d), jd.DisagreementTable(d)])"""
RESTART = """async () => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    await kernel.restart();
    await kernel.info;
}"""
SILENT = re.compile("The kernel has not answered")


def test_views_of_before_a_restart_wait_for_nobody(
    lab: JupyterServer, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(lab, DISTIL)
    notebook.run_all(seconds=180)
    page = notebook.page
    ladder = page.locator(".ladder-view")
    expect(ladder).to_be_visible(timeout=30_000)
    page.evaluate(RESTART)

    ladder.locator("[data-rung='0']").click(force=True)
    told = ladder.get_by_role("status")
    expect(told).to_contain_text(SILENT)
    expect(told).to_contain_text("was not adopted")
    expect(ladder.locator(".pending")).to_have_count(0)

    certificate = page.locator(".certificate-view")
    row = certificate.get_by_role("spinbutton")
    shown = row.input_value()
    row.fill("9")
    row.press("Enter")
    expect(certificate.get_by_role("status")).to_contain_text(SILENT)
    expect(row).to_have_value(shown)
    expect(certificate.locator(".late")).to_have_count(0)

    audit = page.locator(".audit-view")
    explain = audit.get_by_role("button", name=re.compile("^Explain"))
    explain.click()
    expect(audit.get_by_role("status")).to_contain_text("nothing was explained by SHAP")
    expect(explain).to_be_enabled()

    table = page.locator(".disagreement-view")
    table.get_by_role("button", name="All rows").click()
    expect(table.locator(".count")).to_contain_text("all rows need it", timeout=10_000)
    parted = table.get_by_role("button", name="Disagreements")
    expect(parted).to_have_attribute("aria-pressed", "true")
