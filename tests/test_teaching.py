"""The teacher's guide says minutes that follow from the notebooks, and names sections there are."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "example_notebooks" / "TEACHING.md").read_text(encoding="utf-8")
PARTS = re.split(r"(?m)^### (?=\d\d )", GUIDE.split("## What goes wrong")[0])[1:]
SAID = re.compile(r"\*([^*]+)\*\s*\((\d+)\)")
LINE = re.compile(r"^\| (\d+) \| ([^|]+) \|", re.MULTILINE)


def script() -> Any:
    spec = importlib.util.spec_from_file_location("minutes", ROOT / ".ci" / "minutes.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["minutes"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


minutes = script()


@pytest.mark.parametrize("path", minutes.NOTEBOOKS, ids=lambda path: path.stem)
def test_the_guide_says_the_minutes_of_the_rule(path: Path) -> None:
    (part,) = [one for one in PARTS if one.startswith(path.stem[:2])]
    assert f"({minutes.total(path)} minutes)" in part.splitlines()[0]
    said = [(title, int(n)) for title, n in SAID.findall(part)]
    said += [(title, int(n)) for n, title in LINE.findall(part)]
    assert said, "no part of the notebook is named with its minutes"
    for title, n in said:
        asked = " ".join(title.split())
        (one,) = [s for s in minutes.sections(path) if asked in s.title]
        assert n == max(1, round(one.minutes)), (asked, one)


def test_a_section_takes_what_it_asks_for(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_markdown_cell("# One\n\n" + "word " * 260 + "\n\n## Two\n\n"),
        nbformat.v4.new_code_cell("x = 1"),
        nbformat.v4.new_code_cell("print(x)"),
        nbformat.v4.new_code_cell("model.close()"),
        nbformat.v4.new_code_cell("display(jd.TreeView(d), jd.RulesView(d))"),
        nbformat.v4.new_code_cell('answer = ...\ncheck("99.1", answer)'),
        nbformat.v4.new_code_cell("x", metadata={"tags": ["solution"]}),
    ]
    path = tmp_path / "99.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    one, two = minutes.sections(path)
    assert (one.title, one.minutes) == ("One", 2.0)
    assert two.minutes == minutes.LOOK + 2 * minutes.TRY + minutes.EXERCISE
    assert minutes.total(path) == 15  # 3 + 2 + 11.5
