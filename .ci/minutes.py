#!/usr/bin/env python3
"""How long each notebook takes to teach, by a rule that is the same for all of them.

Minutes of a section: its words as they are read aloud, some for each cell to look at what it shows,
more where a view is to be tried, most for an exercise with its answer. Code is not read. A notebook
begins with a few minutes in which everybody opens it and runs all. Names (or parts of them) narrow
the list. ``example_notebooks/TEACHING.md`` has these figures; a test holds it to them.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat

NOTEBOOKS = sorted((Path(__file__).parents[1] / "example_notebooks").glob("*.ipynb"))
WORDS = 130  # read aloud in a minute, slowly, to people whose first language is another
START, LOOK, TRY, EXERCISE = 3, 1.5, 3, 4  # minutes
STEP = 5  # minutes, to which a notebook is rounded
VIEW = re.compile(r"\bjd\.\w+(?:View|Slider|Table)\(|^(?:d|display\(d\))$", re.MULTILINE)


@dataclass
class Section:
    """A heading and what stands below it.

    Attributes
    ----------
    title : str
        The heading.
    words, looks, views, exercises : int
        How much of each there is.
    """

    title: str
    words: int = 0
    looks: int = 0
    views: int = 0
    exercises: int = 0

    @property
    def minutes(self) -> float:
        """What the rule says."""
        return self.words / WORDS + LOOK * self.looks + TRY * self.views + EXERCISE * self.exercises


def sections(path: Path) -> list[Section]:
    """Return the sections of a notebook."""
    found = [Section("")]
    for cell in nbformat.read(path, as_version=4).cells:
        if "solution" in cell.metadata.get("tags", []):
            continue  # its time is that of the exercise
        if cell.cell_type == "markdown":
            for part in re.split(r"(?m)^(?=#+ )", cell.source):
                heading, _, rest = part.partition("\n") if part.startswith("#") else ("", "", part)
                if heading:
                    found.append(Section(heading.strip("# ")))
                found[-1].words += len(re.findall(r"\w+", rest))
        elif "answer = ..." in cell.source:
            found[-1].exercises += 1
        elif tried := len(VIEW.findall(cell.source)):
            found[-1].views += tried
        elif _shows(cell.source):
            found[-1].looks += 1
    return [one for one in found if one.words or one.minutes]


def total(path: Path) -> int:
    """Return the minutes of a notebook, rounded."""
    return STEP * round((START + sum(one.minutes for one in sections(path))) / STEP)


def _shows(code: str) -> bool:
    """Tell whether a cell shows something: it prints, displays, or ends in an expression."""
    ends = isinstance(ast.parse(code).body[-1], ast.Expr)
    silent = code.rstrip().endswith((";", ".close()"))
    return bool(re.search(r"\b(print|display)\(", code)) or (ends and not silent)


def main(wanted: list[str]) -> int:
    """Print a line for each section, and the sum of each notebook."""
    for path in NOTEBOOKS:
        if wanted and not any(name in path.stem for name in wanted):
            continue
        print(f"{path.stem}: {total(path)} minutes")
        for one in sections(path):
            print(
                f"  {one.minutes:5.1f}  {one.title}  ({one.words} words, {one.looks} to look at, "
                f"{one.views} to try, {one.exercises} exercises)"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
