"""Loading and unloading, help, and what %config sets."""

from __future__ import annotations

import atexit
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from traitlets.config import Config

from jupyter_distill.magics import COMMANDS


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    shell = InteractiveShell()
    yield shell
    atexit.unregister(shell.atexit_operations)


def state(shell: InteractiveShell) -> object:
    magics = {kind: dict(of) for kind, of in shell.magics_manager.magics.items()}
    registered = dict(shell.magics_manager.registry)
    configured = [(one, deepcopy(one.config)) for one in shell.configurables]
    return (
        magics,
        registered,
        configured,
        list(shell.Completer.custom_matchers),
        dict(shell.user_ns),
    )


def test_unloading_leaves_nothing_behind(shell: InteractiveShell) -> None:
    def other(line: str) -> str:
        return "of somebody else"

    shell.register_magic_function(other, magic_name="audit")
    shell.magics_manager.load_all_lazy_magics()  # as %config does
    before = state(shell)
    shell.run_line_magic("load_ext", "jupyter_distill")
    shell.run_line_magic("reload_ext", "jupyter_distill")
    assert len(shell.Completer.custom_matchers) == len(before[3]) + 1  # type: ignore[index]
    shell.run_line_magic("config", "DistillMagics.size = 4")
    assert shell.run_line_magic("config", "DistillMagics.size") == 4
    for command in COMMANDS:
        assert command.name in shell.magics_manager.magics["line"]
        assert (command.name in shell.magics_manager.magics["cell"]) == command.cell
    shell.run_line_magic("unload_ext", "jupyter_distill")
    assert state(shell) == before
    assert shell.run_line_magic("audit", "") == "of somebody else"
    shell.run_line_magic("load_ext", "jupyter_distill")
    assert shell.run_line_magic("config", "DistillMagics.size") == "auto"
    shell.register_magic_function(other, magic_name="fidelity")
    shell.run_line_magic("unload_ext", "jupyter_distill")
    assert shell.run_line_magic("fidelity", "") == "of somebody else"


def test_loading_is_cheap() -> None:
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as S\n"
        "s = S.instance(); s.run_line_magic('load_ext', 'jupyter_distill')\n"
        "s.run_line_magic('distill', '--help'); s.run_line_magic('config', 'DistillMagics')\n"
        "s.complete('', '%distill --student ', 19); s.complete('', '%fidelity ', 10)\n"
        "heavy = ('torch', 'sklearn', 'anywidget', 'pandas', 'numpy', 'scipy', 'narwhals')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_shows_the_settings_in_force(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_line_magic("load_ext", "jupyter_distill")
    shell.run_line_magic("config", "DistillMagics.temperature = (0.5, 1, 2)")
    assert shell.run_line_magic("distill", "--help") is None
    text = capsys.readouterr().out
    for word in ("%distill TEACHER X [Y]", "--size SIZE", "-o NAME, --output NAME", "%%distill"):
        assert word in text
    for title in ("Usage", "Parameters", "Options", "Returns", "Examples"):
        assert f"\n{title}\n{'-' * len(title)}\n" in text
    assert text.startswith("Distil a teacher") and "One of greedy, fast, best." in text
    assert "Now: 0.5,1,2." in text and "Now: tree." in text
    inspected = shell.object_inspect_mime("%distill")["text/plain"]
    assert "Now: 0.5,1,2." in inspected
    for command in COMMANDS:
        shell.run_line_magic(command.name, "-h")
        shown = capsys.readouterr().out
        for option in command.options:
            assert f"--{option.name}" in shown and option.about[-1] == "."
    shell.run_line_magic("unload_ext", "jupyter_distill")


def test_settings_are_checked_and_listed(
    shell: InteractiveShell,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    shell.run_line_magic("load_ext", "jupyter_distill")
    for given, kept in (
        ('student = "rules"', "rules"),
        ('student = ["tree", "linear"]', ["tree", "linear"]),
        ("size = 8", 8),
        ('size = "auto"', "auto"),
        ("alpha = None", None),
        ("progress = False", False),
        ("random_state = None", None),
        ('store = "kept"', "kept"),
        ('augment = "none"', None),
    ):
        shell.run_line_magic("config", f"DistillMagics.{given}")
        assert shell.run_line_magic("config", f"DistillMagics.{given.split()[0]}") == kept
    for given, words in (
        ('student = "tres"', 'Did you mean "tree"?'),
        ("size = 2.5", "a whole number or auto"),
        ("progress = 3", "True or False"),
        ("store = {}", "expected text or a number"),
    ):
        caplog.clear()
        name = f"DistillMagics.{given.split()[0]}"
        before = shell.run_line_magic("config", name)
        shell.run_line_magic("config", f"DistillMagics.{given}")
        (record,) = caplog.records
        message = record.getMessage()
        assert message.startswith(f"{name}: ") and words in message and "\n" not in message
        assert shell.run_line_magic("config", name) == before
    with pytest.warns(UserWarning, match="Did you mean `student`"):
        shell.run_line_magic("config", 'DistillMagics.studnet = "tree"')
    capsys.readouterr()
    shell.run_line_magic("config", "DistillMagics")
    text = capsys.readouterr().out
    assert "DistillMagics.size=" in text and "Current: 'auto'" in text
    shell.run_line_magic("unload_ext", "jupyter_distill")


def test_a_profile_sets_them() -> None:
    shell = InteractiveShell(config=Config({"DistillMagics": {"size": 4}}))
    atexit.unregister(shell.atexit_operations)
    shell.run_line_magic("load_ext", "jupyter_distill")
    assert shell.run_line_magic("config", "DistillMagics.size") == 4
    shell.run_line_magic("config", "DistillMagics.size = 6")
    shell.run_line_magic("reload_ext", "jupyter_distill")
    assert shell.run_line_magic("config", "DistillMagics.size") == 4
    shell.run_line_magic("unload_ext", "jupyter_distill")


CELLS = [
    "%load_ext jupyter_distill\n%config DistillMagics.augment = 'none'",
    "import numpy as np, pandas as pd\n"
    "X = pd.DataFrame({'income': np.arange(40.0), 'age': np.arange(40) % 7})\n"
    "def model(rows): return np.column_stack([20 - rows['income'], rows['income'] - 20]) / 9\n",
    "%%distill model X -o d\nsize: 2\nquality: greedy\ntemperature: 1",
    "%certificate 3 --reasons False --ask False",
    "%distillations",
    "%fidelity dd",
]


def test_a_notebook_shows_results_completes_and_stops_at_a_slip() -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    client = NotebookClient(notebook, timeout=300, allow_errors=True)
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        line = "%certificate d 3 --immutable a"

        async def ask() -> dict[str, Any]:
            reply: dict[str, Any] = await client.kc.complete(line, reply=True)
            return reply["content"]

        content = run_sync(ask)()
    kinds = [[one["output_type"] for one in cell.outputs] for cell in notebook.cells]
    shown = notebook.cells[2].outputs[-1]["data"]
    assert "model -> tree of 2 leaves" in shown["text/plain"] and "text/html" in shown
    assert kinds[0] == kinds[1] == []
    assert notebook.cells[3].outputs[0]["text"].startswith("d: model distilled into")
    assert notebook.cells[3].outputs[1]["output_type"] == "execute_result"
    assert "tree of 2 leaves" in notebook.cells[4].outputs[0]["data"]["text/html"]
    slip = "".join(str(one.get("text", "")) for one in notebook.cells[5].outputs)
    assert (
        slip.strip()
        == "UsageError: There is no variable 'dd' in this notebook. Did you mean \"d\"?"
    )
    assert (content["matches"], content["cursor_start"]) == (["age"], len(line) - 1)
