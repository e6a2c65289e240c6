"""Questions and sums of a student as SQL expressions over named columns.

Expressions are lists of lines: text in quotes may hold line ends of its own, which stay as they are
wherever the expression is put.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from jupyter_distill.exports.code._cells import kind_of
from jupyter_distill.exports.code._read import categories
from jupyter_distill.exports.code._sql_words import literal, number, threshold
from jupyter_distill.reading import (
    Addend,
    Ask,
    Axis,
    Choice,
    Clause,
    Form,
    Line,
    Question,
    Scores,
    Sums,
    depth,
)

Lines = list[str]
DEEP = 4  # questions inside each other beyond which the longer way comes last
Says = Callable[[int], Lines]


def indent(lines: Lines) -> Lines:
    """Return lines two steps to the right."""
    return [f"  {line}" for line in lines]


def listed(items: Sequence[Lines]) -> Lines:
    """Return expressions with commas between them."""
    found: Lines = []
    for place, lines in enumerate(items):
        comma = "," if place < len(items) - 1 else ""
        found += [*lines[:-1], lines[-1] + comma]
    return found


def named(lines: Lines, name: str) -> Lines:
    """Return an expression under a name."""
    return [*lines[:-1], f"{lines[-1]} AS {name}"]


class Expressions:
    """Writes the parts of a form.

    Parameters
    ----------
    form : Form
        The student.
    dialect : str
        Whose SQL.
    names : dict of int to str
        Per column that is read how to refer to it, quoted.
    """

    def __init__(self, form: Form, dialect: str, names: dict[int, str]) -> None:
        self.form, self.dialect, self.names = form, dialect, names

    def choice(self, body: Choice, says: dict[int, str]) -> Lines:
        """Return a CASE whose branches are what each leaf or rule says."""
        if isinstance(body.how, tuple):
            return self._rules(body.how, says)
        return self._tree(body.how, says)

    def _tree(self, how: Ask | int, says: dict[int, str]) -> Lines:
        if isinstance(how, int):
            return [says[how]]
        lines = ["CASE"]
        while isinstance(how, Ask):
            asked, yes, no = self.asked(how.question), how.yes, how.no
            if depth(yes) > max(depth(no), DEEP):  # databases end at some depth of brackets
                asked, yes, no = f"({asked}) IS NOT TRUE", no, yes
            lines += _when(asked, self._tree(yes, says))
            how = no
        return [*lines, f"  ELSE {says[how]}", "END"]

    def _rules(self, rules: tuple[Clause, ...], says: dict[int, str]) -> Lines:
        lines = []
        for rule in rules[:-1]:
            asked = [self.asked(question) for question in rule.box.items()]
            asked = [f"({one})" if " OR " in one and len(asked) > 1 else one for one in asked]
            lines += _when(" AND ".join(asked) or "1 = 1", [says[rule.number]])
        last = says[rules[-1].number]
        return ["CASE", *lines, f"  ELSE {last}", "END"] if lines else [last]

    def asked(self, question: Question) -> str:
        """Return a condition that is true where it holds, else false or NULL."""
        j, limit = question
        name = self.names[j]
        if limit.codes is not None:
            known = categories(limit.column)
            if not limit.missing:
                chosen = [literal(known[code]) for code in sorted(limit.codes)]
                return f"{name} IN ({', '.join(chosen)})" if chosen else "1 = 0"
            others = [literal(v) for i, v in enumerate(known) if i not in limit.codes]
            if not others:
                return "1 = 1"
            return f"{name} NOT IN ({', '.join(others)}) OR {name} IS NULL"
        low, high = limit.low, limit.high
        inside = [f"{name} > {threshold(low, self.dialect)}"] if np.isfinite(low) else []
        inside += [f"{name} <= {threshold(high, self.dialect)}"] if np.isfinite(high) else []
        if limit.missing:
            if not inside:
                return "1 = 1"
            lost = self.lost(j)
            return lost if low >= high else f"{' AND '.join(inside)} OR {lost}"
        if low >= high:
            return "1 = 0"
        if not inside:
            inside = [f"{name} IS NOT NULL"]
        if not np.isfinite(high) and self.dialect == "duckdb":  # to it, NaN is above any number
            inside.append(f"NOT isnan({name})")
        return " AND ".join(inside)

    def lost(self, j: int) -> str:
        """Return what holds where a column is missing."""
        name = self.names[j]
        numbers = kind_of(self.form.columns[j]) in ("number", "numbers")
        if self.dialect == "duckdb" and numbers:
            return f"{name} IS NULL OR isnan({name})"
        return f"{name} IS NULL"

    def unit(self, body: Scores, h: int) -> Lines:
        """Return what a hidden unit says."""
        assert body.hidden is not None
        return ["tanh(", *indent(self._sum(body.hidden, h)), ")"]

    def total(self, body: Scores, k: int, units: Sequence[Lines]) -> Lines:
        """Return one of the sums, given the expressions of all units."""
        lines = self._sum(body.sums, k)
        for unit, row in zip(units, body.out, strict=True):
            if row[k]:
                lines += [f"+ {number(row[k])} * {unit[0]}", *unit[1:]]
        return lines

    def _sum(self, of: Sums, k: int) -> Lines:
        lines = [number(of.intercept[k])]
        for part in of.parts:
            adds = self._adds(part, k)
            lines += [f"+ {adds[0]}", *adds[1:]] if adds else []
        return lines

    def _adds(self, part: Addend, k: int) -> Lines:
        if isinstance(part, Line):
            return self._line(part, k)
        scores = [row[k] for row in part.scores]
        if not any(scores):
            return []
        if len(part.axes) == 1:
            return self._case(part.axes[0], lambda place: [number(scores[place])])
        first, second = part.axes
        return self._case(
            first,
            lambda place: self._case(
                second, lambda other: [number(scores[place * part.width + other])]
            ),
        )

    def _line(self, part: Line, k: int) -> Lines:
        name = self.names[part.column]
        slope, known, missing = part.slope[k], part.known[k], part.missing[k]
        if not (slope or known or missing):
            return []
        adds = [number(known)] if known or not slope else []
        adds += [f"{number(slope)} * ({name} {minus(part.mean)})"] if slope else []
        lost = self.lost(part.column)
        return [f"CASE WHEN {lost} THEN {number(missing)} ELSE {' + '.join(adds)} END"]

    def _case(self, axis: Axis, says: Says) -> Lines:
        """Return a CASE over the bins of an axis."""
        name = self.names[axis.column]
        lines = ["CASE", *_when(self.lost(axis.column), says(axis.missing))]
        if axis.cuts is not None:
            for cut, place in zip(axis.cuts, axis.bins[:-1], strict=True):
                lines += _when(f"{name} <= {threshold(cut, self.dialect)}", says(place))
            return [*lines, *_else(says(axis.bins[-1])), "END"]
        known = categories(self.form.columns[axis.column])
        for place in dict.fromkeys(axis.bins):
            if place == axis.other:
                continue
            chosen = [literal(v) for v, of in zip(known, axis.bins, strict=True) if of == place]
            lines += _when(f"{name} IN ({', '.join(chosen)})", says(place))
        return [*lines, *_else(says(axis.other)), "END"]


def minus(value: float) -> str:
    """Return what stands behind a name from which a number is taken."""
    return f"+ {number(-value)}" if value < 0 else f"- {number(value)}"


def _when(asked: str, says: Lines) -> Lines:
    if len(says) == 1:
        return [f"  WHEN {asked} THEN {says[0]}"]
    return [f"  WHEN {asked} THEN", *indent(indent(says))]


def _else(says: Lines) -> Lines:
    return [f"  ELSE {says[0]}"] if len(says) == 1 else ["  ELSE", *indent(indent(says))]
