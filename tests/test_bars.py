"""Bars of progress, which leave nothing behind: in a file of a notebook, and in a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from jupyter_distill._bars import Bar

# Stages as they come one after another and inside of each other, and how each may end.
CELLS = {
    "whole": "with bar(2) as one:\n    slowly(one, 2)",
    "early": "with bar(9) as one:\n    slowly(one, 2)",
    "left": "for _ in bar(9):\n    time.sleep(0.6)\n    break",
    "inside": "with bar(9) as one:\n    slowly(one, 2)\n"
    "    for _ in 'ab':\n        with bar(9) as two:\n            slowly(two, 2)",
    "short": "with bar(2) as one:\n    one.update(2)",
    "beside": "print('before')\nwith bar(9) as one:\n    slowly(one, 2)\nprint('after')",
    "captured": "from IPython.utils.capture import capture_output\nwith capture_output():\n"
    "    with bar(9) as one:\n        slowly(one, 2)\nwith bar(9) as one:\n    slowly(one, 2)",
    "failed": "with bar(9) as one:\n    slowly(one, 2)\n    raise ValueError('no')",
}
BEFORE = """
import time
from jupyter_distill._bars import Bar

def bar(total):
    return Bar(range(total), total=total, desc="doing it", unit=" parts")

def slowly(one, parts):
    for _ in range(parts):
        time.sleep(0.4)
        one.update()
"""


@pytest.fixture(scope="module")
def run() -> dict[str, list[Any]]:
    """Return the outputs of every cell, as the file of the notebook holds them."""
    cells = [nbformat.v4.new_code_cell(text) for text in (BEFORE, *CELLS.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    seen: list[str] = []
    client = NotebookClient(notebook, kernel_name="python3", timeout=120)
    original = client.process_message

    def watched(message: Any, *of: Any) -> Any:
        if message["msg_type"].endswith("display_data"):
            seen.append(message["content"]["data"].get("text/plain", ""))
        return original(message, *of)

    client.process_message = watched  # type: ignore[method-assign]
    with pytest.raises(CellExecutionError, match="no"):
        client.execute()
    assert sum("doing it" in text for text in seen) == 9, "bars have to be seen while they run"
    nbformat.validate(notebook)
    return dict(zip(CELLS, (cell.outputs for cell in cells[1:]), strict=True))


@pytest.mark.parametrize("name", CELLS)
def test_nothing_of_a_bar_is_in_the_file(run: dict[str, list[Any]], name: str) -> None:
    shown = [output for output in run[name] if output.output_type == "display_data"]
    assert all(output.data == {"text/plain": ""} for output in shown)
    # those that come one after another take the same place
    assert len(shown) == {"short": 0, "inside": 2}.get(name, 1)
    rest = [output.get("text", "") for output in run[name] if output.output_type == "stream"]
    assert "".join(rest) == ("before\nafter\n" if name == "beside" else "")


def test_a_terminal_is_wiped_too(capsys: Any) -> None:
    bar = Bar(total=9, desc="doing it")
    bar.start_t -= 1
    bar.refresh()
    bar.close()
    shown = capsys.readouterr().err
    assert "doing it" in shown
    assert shown.split("\r")[-2].isspace() and shown.endswith("\r")


def test_all_bars_are_of_this_kind() -> None:
    package = Path(__file__).parents[1] / "jupyter_distill"
    users = [path.name for path in package.rglob("*.py") if "tqdm.auto" in path.read_text("utf-8")]
    assert users == ["_bars.py"]
