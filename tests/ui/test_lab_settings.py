"""The lab extension as it is set: settings, language, launcher, workshop notebooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

import jupyter_distill
from tests.ui.desk import LONG, Desk
from tests.ui.front import LOOK, NAME, picture, run_cell, stocked
from tests.ui.language_pack import add_pack
from tests.ui.server import JupyterServer

ROOT = Path(jupyter_distill.__file__).parents[1]


@pytest.fixture
def settings(lab: JupyterServer) -> Iterator[None]:
    chosen = {"defaultStudent": "rules", "theme": "dark", "rowsPerView": 100}
    lab.set_settings(PLUGIN, json.dumps(chosen))
    yield
    lab.set_settings(PLUGIN, "")


GERMAN = {
    "Distillations": "Destillationen",
    "Distill": "Destillieren",
    "Theme of views": "Aussehen der Ansichten",
    "Teacher": "Lehrer",
    "Fidelity": "Treue",
    "%1 agreement": "%1 Übereinstimmung",
    "%1 warning": ("%1 Warnung", "%1 Warnungen"),
    "Tree": "Baum",
    "New distillation": "Neue Destillation",
    "A decision tree with few leaves": "Ein Entscheidungsbaum mit wenigen Blättern",
    "Certificate of a Row…": "Urkunde einer Zeile …",
    "Default student": "Üblicher Schüler",
}
PLUGIN = "jupyter-distill:plugin"
TRANSLATION = "@jupyterlab/translation-extension:plugin"
# what our package says, and not those of others
DATA = {
    "d",
    "4",
    "1.0",
    "tree of 4 leaves",
    "LogisticRegression",
    NAME,
    "Python 3 (ipykernel) (idle)",
}
TEXTS = """panel => {
    const walk = document.createTreeWalker(panel, NodeFilter.SHOW_ELEMENT);
    const said = [];
    do {
        const own = [...walk.currentNode.childNodes].filter(one => one.nodeType === 3);
        if (own.length) said.push(own.map(one => one.nodeValue).join(''));
    } while (walk.nextNode());
    return said;
}"""


@pytest.fixture
def german(lab: JupyterServer) -> Iterator[None]:
    add_pack(lab.packages, "de_DE", GERMAN)
    lab.set_settings(TRANSLATION, json.dumps({"locale": "de_DE"}))
    yield
    lab.set_settings(TRANSLATION, "")
    lab.set_settings(PLUGIN, "")


def test_a_language_pack(at_lab: Desk, german: None) -> None:
    stocked(at_lab)
    here = at_lab.again()
    here.open(NAME)
    page, panel, dialog = here.page, here.panel(), here.dialog
    expect(panel.get_by_role("heading", name="Destillationen")).to_be_visible()
    expect(panel.get_by_role("listitem")).to_contain_text("% Übereinstimmung", timeout=LONG)
    for said in ("Lehrer", "Treue", "2 Warnungen", "Baum"):
        expect(panel).to_contain_text(said)
    others = set(GERMAN.values()) | {"2 Warnungen"}
    plain = {text for text in panel.evaluate(TEXTS) if "«" not in text} - others - DATA
    assert {text for text in plain if "Übereinstimmung" not in text} == set()
    picture(here, "german")
    page.get_by_role("menuitem", name="Destillieren").click()
    expect(page.get_by_role("menuitem", name="Urkunde einer Zeile …")).to_be_visible()
    page.keyboard.press("Escape")
    panel.get_by_role("button", name="«New distillation …»").click()
    expect(dialog).to_contain_text("Neue Destillation", timeout=LONG)
    student = dialog.get_by_role("combobox", name="«Student»")
    expect(student).to_contain_text("tree: Ein Entscheidungsbaum mit wenigen Blättern")
    picture(here, "german-dialog")
    page.keyboard.press("Escape")
    # the server translates what it says of the settings
    page.evaluate(
        "() => window.jupyterapp.commands.execute('settingeditor:open', {query: 'Destillieren'})"
    )
    form = page.locator(".jp-SettingsForm")
    expect(form).to_contain_text("Üblicher Schüler", timeout=LONG)
    # a setting holds at once
    expect(form).to_contain_text("Aussehen der Ansichten")
    picture(here, "german-settings")
    form.locator("select[id$=theme]").select_option("dark")
    expect(page.locator("body")).to_have_attribute("data-jupyter-distill-theme", "dark")
    expect(dialog).to_have_count(0)
    here.check()
    page.close()


def test_settings_launcher_and_workshop_notebooks(at_lab: Desk, settings: None) -> None:
    stocked(at_lab)
    here, lab = at_lab.again(), at_lab.server  # the same kernel, in a page with these settings
    notebook = here.open(NAME)
    page, panel = here.page, here.panel()
    expect(panel.get_by_role("listitem")).to_contain_text("tree of 4 leaves", timeout=LONG)
    panel.get_by_role("button", name="Temperature").click()
    root = page.locator(".jd-tab .jd")
    expect(root).to_have_attribute("data-theme", "dark", timeout=LONG)
    background = root.evaluate("element => getComputedStyle(element).backgroundColor")
    assert background == "rgb(22, 24, 28)"
    picture(here, "dark")
    here.beside(NAME)
    run_cell(here, LOOK)
    expect(notebook.output("[[100]]")).to_be_visible()
    panel.get_by_role("button", name="New distillation").click()
    student = here.dialog.get_by_role("combobox", name="Student")
    expect(student).to_have_value("rules", timeout=LONG)
    page.keyboard.press("Enter")
    here.wait_for_cell('d2 = jd.distill(model, X, y, student="rules")\nd2')

    page.evaluate("() => { void window.jupyterapp.commands.execute('launcher:create') }")
    card = page.locator(".jp-LauncherCard", has_text="Distillation")
    expect(card).to_be_visible()
    picture(here, "launcher")
    card.click()
    made = page.locator(".jp-Notebook", has_text="from sklearn.datasets import load_wine")
    expect(made.filter(has_text="# your fitted model")).to_be_visible(timeout=LONG)
    here.run("open-examples")
    folder = lab.root / "jupyter_distill_examples"
    first = folder / "01_first_distillation.ipynb"
    expect(page.get_by_role("tab", name=first.name)).to_be_visible(timeout=LONG)
    copied = {path.name for path in folder.glob("*.ipynb")}
    assert copied == {path.name for path in (ROOT / "example_notebooks").glob("*.ipynb")}
    # what is there is the person's own: it is not written over; what is gone comes again
    first.unlink()
    lab.write(f"{folder.name}/{first.name}", "mine = 1")
    gone = sorted(folder.glob("*.ipynb"))[-1]
    gone.unlink()
    here.run("open-examples")
    page.wait_for_function(
        "async name => (await window.jupyterapp.serviceManager.contents.get("
        "'jupyter_distill_examples')).content.some(one => one.name === name)",
        arg=gone.name,
    )
    assert "mine = 1" in first.read_text()
    here.check()
    page.close()
