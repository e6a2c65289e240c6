"""A student as plain text: its rules or sums in full, its settings, its fidelity."""

from __future__ import annotations

from itertools import pairwise

from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._follow import Passage
from jupyter_distill.exports.code._names import one_line
from jupyter_distill.exports.code._reading import check_words, digits_for, document
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.exports.code._words import Section
from jupyter_distill.reading import Form

SUFFIX = ".txt"


def write(form: Form, about: About, *, digits: int | None = None) -> str:
    """Return sections under headings, with tables in columns.

    Parameters
    ----------
    form, about
        The student.
    digits : int, optional
        Of the numbers that are added or answered, 3 to 17; unless given the fewest that leave the
        answers to all rows of the check alike.
    """
    digits = digits_for(form, about.cells, digits)
    title, *others = document(form, about, digits)
    lines = [one_line(title.heading), "=" * len(one_line(title.heading)), "", *title.sentences]
    for section in others:
        lines += ["", section.heading, "-" * len(section.heading)]
        lines += [*section.sentences, *([""] if section.sentences and section.rows else [])]
        lines += _table(section)
    if about.card:
        lines += ["", "Fidelity", "--------", about.card]
    return "\n".join(lines) + "\n"


def check(content: str, form: Form, cells: Cells, *, digits: int | None = None) -> Checked:
    """Follow the text that was written."""
    return check_words(read(content), form, cells, digits)


def read(content: str) -> list[Passage]:
    """Return what stands under each heading of a text that :func:`write` made."""
    lines = content.splitlines()
    starts = [
        i
        for i, (line, below) in enumerate(pairwise(lines))
        if line and below == "-" * len(line) and (i == 0 or not lines[i - 1])
    ]
    found = []
    for start, end in pairwise([*starts, len(lines)]):
        blocks = "\n".join(lines[start + 2 : end]).strip("\n").split("\n\n")
        told = tuple(tuple(block.split("\n")) for block in blocks if block)
        found.append(Passage(lines[start], told))
    return found


def _table(section: Section) -> list[str]:
    if not section.rows:
        return []
    rows = [tuple(one_line(cell) for cell in row) for row in (section.header, *section.rows)]
    wide = [max(len(row[i]) for row in rows) for i in range(len(section.header))]
    return [
        "  ".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)).rstrip() for row in rows
    ]
