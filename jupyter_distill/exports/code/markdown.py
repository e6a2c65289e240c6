"""A student as Markdown: its rules or sums in tables, its settings, its fidelity."""

from __future__ import annotations

import re

from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._names import one_line
from jupyter_distill.exports.code._reading import check_words, digits_for, document
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.exports.code._words import Section
from jupyter_distill.reading import Form

SUFFIX = ".md"
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|~>$])")


def write(form: Form, about: About, *, digits: int | None = None) -> str:
    """Return sections under headings, with tables; nothing in a name is taken for markup.

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
    lines = [f"# {escaped(title.heading)}", "", *map(escaped, title.sentences)]
    for section in others:
        lines += ["", f"## {escaped(section.heading)}"]
        for sentence in section.sentences:
            lines += ["", escaped(sentence)]
        lines += _table(section)
    if about.card:
        longest = max((len(ticks) for ticks in re.findall("`+", about.card)), default=0)
        fence = "`" * max(3, longest + 1)
        lines += ["", "## Fidelity", "", f"{fence}text", about.card, fence]
    return "\n".join(lines) + "\n"


def check(content: str, form: Form, cells: Cells, *, digits: int | None = None) -> Checked:
    """Answer by the rules and the rounded numbers; the text itself is for people."""
    return check_words(form, cells, digits_for(form, cells, digits))


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    safe = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return SPECIAL.sub(r"\\\1", safe)


def _table(section: Section) -> list[str]:
    if not section.rows:
        return []
    rule = ["---"] * len(section.header)
    rows = [[escaped(cell) for cell in row] for row in (section.header, *section.rows)]
    rows.insert(1, rule)
    return ["", *(f"| {' | '.join(row)} |" for row in rows)]
