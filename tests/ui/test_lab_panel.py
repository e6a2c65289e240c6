"""The lab extension as a person uses it: panel, commands, views in tabs, kernels, settings."""

from __future__ import annotations

import json
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import OpenNotebook
from tests.ui.notebook import NotebookPage
from tests.ui.server import JupyterServer

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
READY = """\
import jupyter_distill as jd
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
X, y = load_wine(return_X_y=True, as_frame=True)
X = X.iloc[:, :4]
model = LogisticRegression(max_iter=5_000).fit(X, y)"""
DISTIL = f"""{READY}
d = jd.distill(model, X, y, size=4, temperature=1.0, augment=None, progress=False)"""
RUN = "([id, args]) => { void window.jupyterapp.commands.execute(id, args ?? {}) }"
CELLS = """() => window.jupyterapp.shell.widgets('main').next().value && [
    ...window.jupyterapp.shell.widgets('main')].find(one => one.content?.widgets?.[0]?.model)
    .content.widgets.map(cell => cell.model.sharedModel.source)"""
IDLE = """() => [...window.jupyterapp.shell.widgets('main')]
    .find(one => one.sessionContext).sessionContext.session.kernel.status === 'idle'"""
RESTART = """() => [...window.jupyterapp.shell.widgets('main')]
    .find(one => one.sessionContext).sessionContext.session.kernel.restart()"""
LONG = 60_000


def run(page: Page, command: str, **args: Any) -> None:
    page.evaluate(RUN, [f"jupyter-distill:{command}", args])


def panel_of(notebook: NotebookPage) -> Locator:
    run(notebook.page, "open-panel")
    panel = notebook.page.locator("#jupyter-distill-panel")
    expect(panel).to_be_visible()
    return panel


def wait_for_cell(page: Page, text: str) -> None:
    """Wait until a cell is there and the kernel is done with it."""
    page.wait_for_function(f"text => ({CELLS})().includes(text)", arg=text, timeout=LONG)
    page.wait_for_function(IDLE, timeout=LONG)


def test_panel_and_commands(jupyter: JupyterServer, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(jupyter, DISTIL, "1 + 1")
    page, panel = notebook.page, panel_of(notebook)
    expect(panel).to_contain_text("There is no distillation in this notebook yet", timeout=LONG)
    notebook.run_all()
    card = panel.get_by_role("listitem")
    expect(card).to_contain_text("tree of 4 leaves", timeout=LONG)
    expect(card).to_contain_text("LogisticRegression")
    expect(card).to_contain_text("% agreement (")
    # what the panel asked has moved no In[n]: the second cell is still the second that ran
    assert page.locator(".jp-InputPrompt").all_inner_texts()[:2] == ["[1]:", "[2]:"]

    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.getElementById('jupyter-distill-panel'))")
    assert [violation["id"] for violation in found["violations"]] == []
    notebook.screenshot(f"panel-cards-{jupyter.app}")

    # by keyboard: a dialog that knows what is meant, and a cell that a person could have typed
    panel.get_by_role("button", name="New distillation").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox", name="Teacher")).to_have_value("model", timeout=LONG)
    expect(dialog.get_by_role("combobox", name="X: the rows")).to_have_value("X")
    expect(dialog.get_by_role("combobox", name="y: the truth")).to_have_value("y")
    name = dialog.get_by_label("Name")
    expect(name).to_have_value("d2")
    notebook.screenshot(f"dialog-{jupyter.app}")
    name.fill("not a name")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("“not a name” is no name")
    dialog.get_by_label("Name").fill("second")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    wait_for_cell(page, "second = jd.distill(model, X, y)\nsecond")

    # a row that is not there is refused, one that is there is certified
    panel.get_by_role("button", name="Certificate").click()
    row = dialog.get_by_label("Row, by its position from 0 to 177")
    row.fill("178")
    expect(dialog.get_by_role("button", name="Insert and Run")).to_be_disabled()
    row.fill("3")
    page.keyboard.press("Enter")
    wait_for_cell(page, "d.certificate(3)")
    panel.get_by_role("button", name="Report").click()
    expect(dialog.get_by_label("File")).to_have_value("d.html")
    page.keyboard.press("Enter")
    wait_for_cell(page, 'd.report("d.html")')
    run(page, "check-teacher")
    expect(dialog.get_by_role("combobox", name="Teacher")).to_have_value("model", timeout=LONG)
    page.keyboard.press("Enter")
    wait_for_cell(page, "jd.check_teacher(model, X, y)")
    run(page, "audit", name="d")
    wait_for_cell(page, "d.audit()")
    assert (jupyter.root / "d.html").is_file()
    assert not page.evaluate(
        "() => [...window.jupyterapp.shell.widgets('main')].find(one => one.sessionContext).content"
        ".widgets.flatMap(cell => cell.model.outputs?.toJSON() ?? [])"
        ".some(output => output.output_type === 'error')"
    )
    notebook.screenshot(f"cells-{jupyter.app}")


def test_views_live_in_tabs_until_the_kernel_is_gone(
    jupyter: JupyterServer, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(jupyter, DISTIL, "v = d.view()\nv", "print('node', v.node, 'end')")
    page, panel = notebook.page, panel_of(notebook)
    notebook.run_all()
    panel.get_by_role("button", name="Tree").click(timeout=LONG)
    tab = page.locator(".jd-tab")
    expect(tab.get_by_role("tree")).to_be_visible(timeout=LONG)
    notebook.screenshot(f"tab-{jupyter.app}")
    # once more is the same tab
    panel.get_by_role("button", name="Tree").click()
    expect(tab).to_have_count(1)

    if jupyter.app == "jupyterlab":
        # a view of a cell, in a tab: the same view twice
        page.locator(".jp-Notebook .jupyter-distill").first.click(
            button="right", position={"x": 40, "y": 12}
        )
        page.get_by_role("menuitem", name="Open This View in Its Own Tab").click()
        twin = tab.filter(has=page.get_by_role("tablist"))
        twin.get_by_role("treeitem").nth(1).click()
        chosen = page.locator(".jp-Notebook [role=treeitem][aria-selected=true]")
        expect(chosen).to_have_count(1)
        notebook.screenshot("twin")

    page.evaluate(RESTART)
    expect(panel).to_contain_text("There is no distillation in this notebook yet", timeout=LONG)
    line = tab.last.locator(".jd-line")
    expect(line).to_contain_text("is gone, so that it answers no more")
    notebook.screenshot(f"gone-{jupyter.app}")
    count = tab.count()
    line.get_by_role("button", name="Close").click()
    expect(tab).to_have_count(count - 1)


def test_two_notebooks(lab: JupyterServer, open_notebook: OpenNotebook) -> None:
    lab.write("beside.ipynb", f"{READY}\nother = 1")
    notebook = open_notebook(lab, DISTIL)
    page, panel = notebook.page, panel_of(notebook)
    notebook.run_all()
    expect(panel.get_by_role("listitem")).to_have_count(1, timeout=LONG)
    opened = "path => window.jupyterapp.commands.execute('docmanager:open', {path})"
    page.evaluate(f"path => {{ void ({opened})(path) }}", "beside.ipynb")
    expect(panel).to_contain_text("beside.ipynb", timeout=LONG)
    expect(panel).to_contain_text("There is no distillation in this notebook yet", timeout=LONG)
    page.evaluate(f"path => {{ void ({opened})(path) }}", notebook.name)
    expect(panel).to_contain_text(notebook.name)
    expect(panel.get_by_role("listitem")).to_contain_text("tree of 4 leaves", timeout=LONG)


@pytest.fixture(scope="module")
def bare(lab: JupyterServer) -> dict[str, str]:
    """A Python that has IPython's kernel and nothing that was installed as a link."""
    # -S leaves out what .pth files name, -I the variable PYTHONPATH
    start = (
        f"import sys; sys.path.append({sysconfig.get_path('purelib')!r}); "
        "from ipykernel.kernelapp import launch_new_instance as run; run()"
    )
    options = ("-I", "-S", "-c", start, "-f", "{connection_file}")
    return lab.add_kernel("bare", "python", sys.executable, *options)


def test_a_kernel_without_the_package(
    lab: JupyterServer, bare: dict[str, str], page: Page, watched: None
) -> None:
    lab.write("bare.ipynb", "import jupyter_distill", kernel=bare)
    notebook = NotebookPage(page, lab, "bare.ipynb").open()
    panel = panel_of(notebook)
    expect(panel).to_contain_text("jupyter_distill is not installed in the kernel", timeout=LONG)
    expect(panel).to_contain_text("%pip install jupyter-distill")
    expect(panel).to_contain_text(sys.executable)
    notebook.screenshot("missing")
    with pytest.raises(AssertionError, match="No module named 'jupyter_distill'"):
        notebook.run_all()
    run(page, "distill")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("is not installed in the kernel", timeout=LONG)
    dialog.get_by_role("button", name="Insert This Cell").click()
    page.wait_for_function(
        f"text => ({CELLS})().includes(text)", arg="%pip install jupyter-distill"
    )


def test_a_kernel_that_is_no_python(lab: JupyterServer, page: Page, watched: None) -> None:
    script = str(Path(__file__).with_name("echo_kernel.py"))
    echo = lab.add_kernel("echo", "echo", sys.executable, script, "-f", "{connection_file}")
    lab.write("echo.ipynb", "hello", kernel=echo)
    notebook = NotebookPage(page, lab, "echo.ipynb").open()
    panel = panel_of(notebook)
    expect(panel).to_contain_text("This kernel runs echo", timeout=LONG)
    notebook.run_all()
    expect(notebook.output("hello")).to_be_visible()
    run(page, "audit")
    expect(page.get_by_role("dialog")).to_contain_text("runs in Python", timeout=LONG)
    notebook.screenshot("echo")


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


def test_a_server_that_shows_no_widgets(
    lab: JupyterServer, no_widgets: None, open_notebook: OpenNotebook, console: list[str]
) -> None:
    notebook = open_notebook(lab, DISTIL, "d.view()", "print(jd.doctor())")
    page, panel = notebook.page, panel_of(notebook)
    notebook.run_all()
    said = "Views are shown as still pictures: anywidget, jupyterlab_widgets is missing"
    expect(panel).to_contain_text(said, timeout=LONG)
    expect(notebook.output("2 problems found: anywidget")).to_be_visible()
    # the picture that a view carries for such places: in the cell, and in a tab
    expect(page.locator(".jp-Notebook .jp-OutputArea-output svg").first).to_be_visible()
    panel.get_by_role("button", name="Tree").click()
    expect(page.locator(".jd-tab svg").first).to_be_visible(timeout=LONG)
    notebook.screenshot("still")
    # what JupyterLab says of any comm that nobody there waits for
    its_own = ("Exception opening new comm", "Object 'jupyter.widget' not found in registry")
    console[:] = [error for error in console if not any(text in error for text in its_own)]


@pytest.fixture
def settings(lab: JupyterServer) -> Iterator[None]:
    plugin = "jupyter-distill:plugin"
    chosen = {"defaultStudent": "rules", "theme": "dark", "rowsPerView": 100}
    lab.set_settings(plugin, json.dumps(chosen))
    yield
    lab.set_settings(plugin, "")


def test_settings(lab: JupyterServer, settings: None, open_notebook: OpenNotebook) -> None:
    count = "print([view.row_ids['shape'] for view in lab._open.values()])"
    notebook = open_notebook(lab, DISTIL, f"from jupyter_distill import lab\n{count}")
    page, panel = notebook.page, panel_of(notebook)
    notebook.run_all()
    panel.get_by_role("button", name="Temperature").click(timeout=LONG)
    root = page.locator(".jd-tab .jd")
    expect(root).to_have_attribute("data-theme", "dark", timeout=LONG)
    background = root.evaluate("element => getComputedStyle(element).backgroundColor")
    assert background == "rgb(22, 24, 28)"
    notebook.screenshot("dark")
    panel.get_by_role("button", name="New distillation").click()
    student = page.get_by_role("dialog").get_by_role("combobox", name="Student")
    expect(student).to_have_value("rules", timeout=LONG)
    page.keyboard.press("Enter")
    wait_for_cell(page, 'd2 = jd.distill(model, X, y, student="rules")\nd2')
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1 }")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    expect(notebook.output("[[100]]")).to_be_visible()


def test_launcher_and_workshop_notebooks(lab: JupyterServer, page: Page, watched: None) -> None:
    page.goto(f"{lab.url}/lab?reset")
    card = page.locator(".jp-LauncherCard", has_text="Distillation")
    expect(card).to_be_visible(timeout=90_000)
    page.screenshot()
    NotebookPage(page, lab).screenshot("launcher")
    card.click()
    expect(page.locator(".jp-Notebook")).to_contain_text("jd.distill(model, X, y)", timeout=LONG)
    run(page, "open-examples")
    folder = lab.root / "jupyter_distill_examples"
    expect(page.get_by_role("tab", name="01_first_distillation.ipynb")).to_be_visible(timeout=LONG)
    here = Path(__file__).parents[2] / "example_notebooks"
    copied = {path.name for path in folder.glob("*.ipynb")}
    assert copied == {path.name for path in here.glob("*.ipynb")}
    # what is there is the person's own: it is not written over
    (folder / "01_first_distillation.ipynb").unlink()
    lab.write("jupyter_distill_examples/01_first_distillation.ipynb", "mine = 1")
    run(page, "open-examples")
    page.wait_for_timeout(1_000)
    assert "mine = 1" in (folder / "01_first_distillation.ipynb").read_text()
