"""The lab extension where the kernel lacks what it needs, or the server does."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import ipykernel
import pytest
from playwright.sync_api import Route, expect

import jupyter_distill
from tests.ui.desk import CURRENT, LONG, OPEN, Desk
from tests.ui.front import DISTIL, DOCTOR, NAME, VIEW, picture, run_cell, stocked
from tests.ui.server import JupyterServer

ROOT = Path(jupyter_distill.__file__).parents[1]
SPECS = "() => window.jupyterapp.serviceManager.kernelspecs.refreshSpecs()"


@pytest.fixture(scope="module")
def kernels(lab: JupyterServer, in_lab: Desk) -> dict[str, dict[str, str]]:
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
    there = {
        "bare": python("bare", installed),
        "poor": python("poor", poor, ROOT),
        "silent": lab.add_kernel("silent", "python", "sleep", "1000"),
        "echo": lab.add_kernel("echo", "echo", sys.executable, script, "-f", "{connection_file}"),
    }
    in_lab.page.evaluate(SPECS)  # it looks by itself once a minute
    return there


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


def test_a_kernel_that_does_not_start(at_lab: Desk, kernels: dict[str, dict[str, str]]) -> None:
    at_lab.server.write("silent.ipynb", "", kernel=kernels["silent"])
    at_lab.page.evaluate(OPEN, "silent.ipynb")
    panel = at_lab.panel()
    expect(panel).to_contain_text("The kernel does not answer yet", timeout=LONG)
    at_lab.run("distill")
    expect(at_lab.dialog).to_contain_text("The kernel is not ready to answer.", timeout=LONG)
    picture(at_lab, "silent")
    at_lab.dialog.get_by_role("button", name="Close").click()
    at_lab.page.evaluate(f"() => {CURRENT}.sessionContext.shutdown()")
    expect(panel).to_contain_text("This notebook has no kernel.", timeout=LONG)


def test_a_session_that_still_starts_and_one_that_nobody_wants(at_lab: Desk) -> None:
    page, held = at_lab.page, list[Route]()
    at_lab.server.write("slow.ipynb", "")
    # the server takes its time: the page knows of no session yet
    page.route(re.compile(r"/api/sessions\b"), lambda route, request: (
        held.append(route) if request.method == "POST" else route.continue_()
    ))  # fmt: skip
    page.evaluate(OPEN, "slow.ipynb")
    page.wait_for_function(f"() => {CURRENT}?.sessionContext?.hasNoKernel === false")
    at_lab.run("distill")
    expect(at_lab.dialog).to_contain_text("The kernel is not ready to answer.", timeout=LONG)
    picture(at_lab, "slow")
    at_lab.dialog.get_by_role("button", name="Close").click()
    for route in held:
        route.continue_()
    page.unroute_all()
    at_lab.wait_for_cell("")
    at_lab.run("distill")
    expect(at_lab.dialog).to_contain_text("New distillation", timeout=LONG)
    expect(at_lab.dialog.get_by_label("Student")).to_be_visible()
    at_lab.dialog.get_by_role("button", name="Cancel").click()
    page.evaluate(f"() => {CURRENT}.sessionContext.shutdown()")

    at_lab.server.write("unwanted.ipynb", "", kernel={"name": "nowhere", "display_name": "Nowhere"})
    page.evaluate(OPEN, "unwanted.ipynb")
    expect(at_lab.dialog).to_contain_text("Select Kernel", timeout=LONG)
    at_lab.dialog.get_by_role("button", name="No Kernel").click()
    at_lab.run("distill")
    expect(at_lab.dialog).to_contain_text("This notebook has no kernel.", timeout=LONG)
    picture(at_lab, "unwanted")
    at_lab.dialog.get_by_role("button", name="Close").click()


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
