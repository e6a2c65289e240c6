"""The lab extension as a person uses it: panel, commands, keys, views, kernels, settings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipykernel
import pytest
from playwright.sync_api import Browser, expect

import jupyter_distill
from tests.ui.desk import CELLS, LONG, RESTART, Desk, desk
from tests.ui.front import DISTIL, DOCTOR, FRONT, LOOK, NAME, VIEW, picture, run_cell, stocked
from tests.ui.server import JupyterServer

ROOT = Path(jupyter_distill.__file__).parents[1]
AXE = ROOT / "js/node_modules/axe-core/axe.min.js"
SHORTCUTS = json.loads((ROOT / "js/schema/plugin.json").read_text())["jupyter.lab.shortcuts"]


@pytest.fixture(scope="module")
def kernels(lab: JupyterServer) -> dict[str, dict[str, str]]:
    """Kernels without this package, without what draws views, and of another language."""
    installed = Path(ipykernel.__file__).parents[1]
    poor = lab.home / "poor"
    poor.mkdir()
    for one in installed.iterdir():
        if not one.name.startswith(("anywidget", "ipywidgets", "jupyter_distill")):
            (poor / one.name).symlink_to(one)

    def python(name: str, *places: Path) -> dict[str, str]:
        # -S leaves out what .pth files name, -I the variable PYTHONPATH
        start = (
            f"import sys; sys.path += {[str(place) for place in places]!r}; "
            "from ipykernel.kernelapp import launch_new_instance as run; run()"
        )
        options = ("-I", "-S", "-c", start, "-f", "{connection_file}")
        return lab.add_kernel(name, "python", sys.executable, *options)

    script = str(Path(__file__).with_name("echo_kernel.py"))
    return {
        "bare": python("bare", installed),
        "poor": python("poor", poor, ROOT),
        "echo": lab.add_kernel("echo", "echo", sys.executable, script, "-f", "{connection_file}"),
    }


@pytest.fixture(scope="module")
def in_lab(
    browser: Browser, browser_context_args: dict[str, Any], lab: JupyterServer, kernels: object
) -> Iterator[Desk]:
    lab.write(NAME, *FRONT)
    with desk(browser, browser_context_args, lab) as here:
        here.open(NAME)
        yield here


@pytest.fixture(scope="module")
def in_notebook7(
    browser: Browser, browser_context_args: dict[str, Any], notebook7: JupyterServer
) -> Iterator[Desk]:
    notebook7.write(NAME, *FRONT)
    with desk(browser, browser_context_args, notebook7) as here:
        here.open(NAME)
        yield here


@pytest.fixture
def at_lab(in_lab: Desk) -> Iterator[Desk]:
    yield in_lab
    in_lab.clear()
    in_lab.check()


@pytest.fixture
def at_notebook7(in_notebook7: Desk) -> Iterator[Desk]:
    yield in_notebook7
    in_notebook7.clear()
    in_notebook7.check()


@pytest.fixture(params=["at_lab", "at_notebook7"])
def front(request: pytest.FixtureRequest, browser_name: str) -> Desk:
    """Each of the two in turn; the browser is named, or it would be another one."""
    here: Desk = request.getfixturevalue(request.param)
    return here


def test_panel_and_commands(front: Desk) -> None:
    page, panel, dialog = front.page, stocked(front), front.dialog
    card = panel.get_by_role("listitem")
    expect(card).to_contain_text("LogisticRegression")
    expect(card).to_contain_text("% agreement (")
    # what the panel asked has moved no In[n]: the second cell is still the second that ran
    assert page.locator(".jp-InputPrompt").all_inner_texts()[:2] == ["[1]:", "[2]:"]

    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.getElementById('jupyter-distill-panel'))")
    assert [violation["id"] for violation in found["violations"]] == []
    picture(front, f"panel-cards-{front.server.app}")

    # by keyboard: a dialog that knows what is meant, and a cell that a person could have typed
    panel.get_by_role("button", name="New distillation").focus()
    page.keyboard.press("Enter")
    teacher = dialog.get_by_role("combobox", name="Teacher")
    expect(teacher).to_have_value("model", timeout=LONG)
    expect(teacher).to_be_focused()
    expect(dialog.get_by_role("combobox", name="X: the rows")).to_have_value("X")
    expect(dialog.get_by_role("combobox", name="y: the truth")).to_have_value("y")
    name = dialog.get_by_label("Name")
    expect(name).to_have_value("d2")
    picture(front, f"dialog-{front.server.app}")
    name.fill("not a name")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("“not a name” is no name")
    dialog.get_by_label("Name").fill("second")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    front.wait_for_cell("second = jd.distill(model, X, y)\nsecond")

    # a row that is not there is refused, one that is there is certified
    panel.get_by_role("button", name="Certificate").click()
    row = dialog.get_by_label("Row, by its position from 0 to 177")
    row.fill("178")
    expect(dialog.get_by_role("button", name="Insert and Run")).to_be_disabled()
    row.fill("3")
    page.keyboard.press("Enter")
    front.wait_for_cell("d.certificate(3)")
    panel.get_by_role("button", name="Report").click()
    expect(dialog.get_by_label("File")).to_have_value("d.html")
    page.keyboard.press("Enter")
    front.wait_for_cell('d.report("d.html")')
    front.run("check-teacher")
    expect(dialog.get_by_role("combobox", name="Teacher")).to_have_value("model", timeout=LONG)
    page.keyboard.press("Enter")
    front.wait_for_cell("jd.check_teacher(model, X, y)")
    panel.get_by_role("button", name="warning").click()
    front.wait_for_cell("d.findings")
    front.run("audit", name="d")
    front.wait_for_cell("d.audit()")
    assert (front.server.root / "d.html").is_file()
    assert front.raised() == []
    picture(front, f"cells-{front.server.app}")


def test_keys_do_what_the_settings_say(at_lab: Desk) -> None:
    page, panel, dialog = at_lab.page, stocked(at_lab), at_lab.dialog
    editor = page.locator(".jp-Notebook .jp-Cell .cm-content").first
    tried = set()

    def press(command: str) -> None:
        (keys,) = (
            one["keys"] for one in SHORTCUTS if one["command"] == f"jupyter-distill:{command}"
        )
        tried.add(command)
        for key in keys:  # "Alt J" is Alt and j
            page.keyboard.press(
                key.replace(" ", "+").replace("J", "j") if " " in key else key.lower()
            )

    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    expect(panel).to_be_hidden()
    editor.click()  # while a cell is typed in
    press("open-panel")
    expect(panel).to_be_visible()
    editor.click()
    press("distill")
    expect(dialog).to_contain_text("New distillation", timeout=LONG)
    page.keyboard.press("Escape")
    editor.click()
    page.keyboard.press("Escape")  # and while none is
    press("open-view")
    view = dialog.get_by_role("combobox", name="View")
    expect(view).to_be_focused(timeout=LONG)
    view.select_option("tree")
    page.keyboard.press("Enter")
    expect(at_lab.tabs.get_by_role("tree")).to_be_visible(timeout=LONG)
    editor.click()
    press("certificate")
    expect(dialog.get_by_label("Row, by its position")).to_be_focused(timeout=LONG)
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    at_lab.wait_for_cell("d.certificate(5)")
    assert tried == {one["command"].partition(":")[2] for one in SHORTCUTS}
    assert not any("p" in source[-2:] for source in page.evaluate(CELLS)), "keys were typed"


def test_two_notebooks(at_lab: Desk) -> None:
    panel = stocked(at_lab)
    at_lab.server.write("beside.ipynb", "other = 1")
    at_lab.beside("beside.ipynb")
    expect(panel).to_contain_text("beside.ipynb", timeout=LONG)
    expect(panel).to_contain_text("There is no distillation in this notebook yet", timeout=LONG)
    at_lab.beside(NAME)
    expect(panel).to_contain_text(NAME)
    expect(panel.get_by_role("listitem")).to_contain_text("tree of 4 leaves", timeout=LONG)


def test_a_kernel_without_the_package(at_lab: Desk, kernels: dict[str, dict[str, str]]) -> None:
    at_lab.server.write("bare.ipynb", "import jupyter_distill", kernel=kernels["bare"])
    notebook, panel = at_lab.beside("bare.ipynb"), at_lab.panel()
    expect(panel).to_contain_text("jupyter_distill is not installed in the kernel", timeout=LONG)
    expect(panel).to_contain_text("%pip install jupyter-distill")
    expect(panel).to_contain_text(sys.executable)
    picture(at_lab, "missing")
    with pytest.raises(AssertionError, match="No module named 'jupyter_distill'"):
        notebook.run_all()
    at_lab.run("distill")
    expect(at_lab.dialog).to_contain_text("is not installed in the kernel", timeout=LONG)
    at_lab.dialog.get_by_role("button", name="Insert This Cell").click()
    at_lab.wait_for_cell("%pip install jupyter-distill")


def test_a_kernel_without_what_draws_views(
    at_lab: Desk, kernels: dict[str, dict[str, str]]
) -> None:
    at_lab.server.write("poor.ipynb", DISTIL, "d", "jd.TreeView(d)", kernel=kernels["poor"])
    notebook, panel = at_lab.beside("poor.ipynb"), at_lab.panel()
    with pytest.raises(AssertionError, match="Views need anywidget, which is not installed"):
        notebook.run_all()
    said = "still pictures: ipywidgets, anywidget is not installed in the kernel"
    expect(panel).to_contain_text(said, timeout=LONG)
    # of a distillation there is a picture all the same, which says what to install
    still = notebook.output("This is a still picture. Views need anywidget")
    expect(still).to_contain_text("pip install anywidget, then restart the kernel")
    expect(still.locator("svg").first).to_be_visible()
    panel.get_by_role("button", name="All linked").click()
    expect(at_lab.tabs).to_contain_text("This is a still picture", timeout=LONG)
    expect(at_lab.tabs.locator("svg").first).to_be_visible()
    picture(at_lab, "poor")


def test_a_kernel_that_is_no_python(at_lab: Desk, kernels: dict[str, dict[str, str]]) -> None:
    at_lab.server.write("echo.ipynb", "hello", kernel=kernels["echo"])
    notebook, panel = at_lab.beside("echo.ipynb"), at_lab.panel()
    expect(panel).to_contain_text("This kernel runs echo", timeout=LONG)
    notebook.run_all()
    expect(notebook.output("hello")).to_be_visible()
    at_lab.run("audit")
    expect(at_lab.dialog).to_contain_text("runs in Python", timeout=LONG)
    picture(at_lab, "echo")


@pytest.fixture
def no_widgets(lab: JupyterServer) -> Iterator[None]:
    """A server in whose environment nothing shows widgets, whatever the kernel's has."""
    path = lab.home / "config_dir" / "labconfig" / "page_config.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    # those of others too: what draws widgets complains where nothing manages them
    folder = Path(sys.prefix, "share/jupyter/labextensions")
    described = [*folder.glob("*/package.json"), *folder.glob("@*/*/package.json")]
    names = {json.loads(one.read_text())["name"] for one in described} - {"jupyter-distill"}
    path.write_text(json.dumps({"disabledExtensions": dict.fromkeys(names, True)}))
    yield
    path.unlink()


def test_a_server_that_shows_no_widgets(at_lab: Desk, no_widgets: None) -> None:
    stocked(at_lab)
    here = at_lab.again()  # the same kernel, in a page that was loaded without
    notebook = here.open(NAME)
    page, panel = here.page, here.panel()
    said = "Views are shown as still pictures: anywidget, jupyterlab_widgets is missing"
    expect(panel).to_contain_text(said, timeout=LONG)
    run_cell(here, VIEW)
    run_cell(here, DOCTOR)
    expect(notebook.output("2 problems found: anywidget")).to_be_visible()
    # the picture that a view carries for such places: in the cell, and in a tab
    expect(page.locator(".jp-Notebook .jp-OutputArea-output svg").first).to_be_visible()
    panel.get_by_role("button", name="Tree").click()
    expect(page.locator(".jd-tab svg").first).to_be_visible(timeout=LONG)
    picture(here, "still")
    # what JupyterLab says of any comm that nobody there waits for
    its_own = ("Exception opening new comm", "Object 'jupyter.widget' not found in registry")
    here.errors[:] = [error for error in here.errors if not any(own in error for own in its_own)]
    here.check()
    page.close()


@pytest.fixture
def settings(lab: JupyterServer) -> Iterator[None]:
    plugin = "jupyter-distill:plugin"
    chosen = {"defaultStudent": "rules", "theme": "dark", "rowsPerView": 100}
    lab.set_settings(plugin, json.dumps(chosen))
    yield
    lab.set_settings(plugin, "")


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


def test_notebook_7_lists_what_it_can_do(at_notebook7: Desk) -> None:
    here = at_notebook7
    stocked(here)
    here.page.keyboard.press("Control+Shift+c")
    palette = here.page.locator(".lm-CommandPalette-input:visible")
    palette.fill("Certificate of a Row")
    listed = here.page.locator(".lm-CommandPalette-itemLabel:visible")
    expect(listed.filter(has_text="Certificate of a Row…")).to_be_visible()
    here.page.keyboard.press("Escape")
    # what opens another notebook opens it in another page
    for command, name in (
        ("open-examples", "jupyter_distill_examples/01_first_distillation.ipynb"),
        ("new-notebook", "Untitled.ipynb"),
    ):
        with here.context.expect_page() as opened:
            here.run(command)
        opened.value.wait_for_url(f"**/notebooks/{name}")
        opened.value.close()


def test_views_live_in_tabs_until_the_kernel_is_gone(front: Desk) -> None:
    page, panel, tab = front.page, stocked(front), front.tabs
    panel.get_by_role("button", name="Tree").click(timeout=LONG)
    expect(tab.get_by_role("tree")).to_be_visible(timeout=LONG)
    picture(front, f"tab-{front.server.app}")
    # once more is the same tab
    panel.get_by_role("button", name="Tree").click()
    expect(tab).to_have_count(1)

    if front.server.app == "jupyterlab":
        # a view of a cell, in a tab: the same view twice
        page.locator(".jp-Notebook .jupyter-distill").first.click(
            button="right", position={"x": 40, "y": 12}
        )
        page.get_by_role("menuitem", name="Open This View in Its Own Tab").click()
        twin = tab.filter(has=page.get_by_role("tablist"))
        twin.get_by_role("treeitem").nth(1).click()
        chosen = page.locator(".jp-Notebook [role=treeitem][aria-selected=true]")
        expect(chosen).to_have_count(1)
        picture(front, "twin")

    front.stocked = False
    page.evaluate(RESTART)
    expect(panel).to_contain_text("There is no distillation in this notebook yet", timeout=LONG)
    line = tab.last.locator(".jd-line")
    expect(line).to_contain_text("is gone, so that it answers no more")
    picture(front, f"gone-{front.server.app}")
    count = tab.count()
    line.get_by_role("button", name="Close").click()
    expect(tab).to_have_count(count - 1)
