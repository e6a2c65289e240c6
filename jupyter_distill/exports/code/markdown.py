"""A student as Markdown: its rules or sums in tables, its settings, its fidelity."""

from __future__ import annotations

import re

from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._follow import Passage
from jupyter_distill.exports.code._names import one_line
from jupyter_distill.exports.code._reading import check_words, digits_for, document
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.exports.code._words import Section
from jupyter_distill.reading import Form

SUFFIX = ".md"
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|~>$])")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-!|~>$])")


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
    """Follow the text that was written."""
    return check_words(read(content), form, cells, digits)


def read(content: str) -> list[Passage]:
    """Return what stands under each heading of a text that :func:`write` made."""
    found = []
    for part in re.split(r"^## ", content, flags=re.MULTILINE)[1:]:
        heading, *blocks = part.strip("\n").split("\n\n")
        told = [[_plain(line) for line in block.split("\n")] for block in blocks]
        for block in told:
            if block[1:] and set(block[1].split()) == {"---"}:
                del block[1]
        found.append(Passage(_plain(heading), tuple(map(tuple, told))))
    return found


def _plain(line: str) -> str:
    """Return a line as it is shown, the cells of a row two blanks apart."""
    if line.startswith("| ") and line.endswith(" |"):
        line = "  ".join(line[2:-2].split(" | "))
    shown = ESCAPED.sub(r"\1", line)
    return shown.replace("&lt;", "<").replace("&amp;", "&")


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
