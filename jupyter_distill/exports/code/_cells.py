"""Rows as plain values, and rows made up at the edges of what a student asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column, Table
from jupyter_distill.exports.code._read import categories
from jupyter_distill.reading import Choice, Form, Line, parts, questions

Floats = NDArray[np.float64]
PROBES = 200  # rows that are made up


@dataclass(frozen=True, eq=False)
class Cells:
    """Rows for a check.

    Attributes
    ----------
    columns : tuple of Column
        What they hold.
    values : ndarray of shape (n, d)
        Coded like those of a :class:`Table`.
    probes : int
        How many of them, the last ones, are made up.
    """

    columns: tuple[Column, ...]
    values: Floats
    probes: int

    def __len__(self) -> int:
        return len(self.values)

    @property
    def table(self) -> Table:
        """The rows as a table that a student answers."""
        return Table(self.columns, self.values, self.values)

    def column(self, j: int) -> list[Any]:
        """Return the values of a column as Python has them, None where missing."""
        column = self.columns[j]
        x = self.values[:, j]
        if column.kind == "numeric":
            # of whole numbers 0.0 and 0 are the same, but not to every database
            whole = column.integer and bool((np.abs(x[~np.isnan(x)]) < 2**53).all())
            whole = whole and bool((x[~np.isnan(x)] % 1 == 0).all())
            return [None if np.isnan(v) else int(v) if whole else float(v) for v in x]
        known = categories(column)
        other = unseen(column)
        return [None if np.isnan(v) else known[int(v)] if v >= 0 else other for v in x]


def kind_of(column: Column) -> str:
    """Return what a column's values are: number, boolean, text, numbers, or mixed.

    ``"numbers"`` are categories that are numbers; ``"mixed"`` ones are of several types, which no
    typed column holds.
    """
    if column.kind == "numeric":
        return "number"
    types = {type(value) for value in categories(column)}
    if types <= {bool}:
        return "boolean"
    if types <= {str}:
        return "text"
    return "numbers" if types <= {int, float} else "mixed"


def unseen(column: Column) -> Any:
    """Return a value that is none of the categories of a column, of their type if it can be."""
    known = categories(column)
    if kind_of(column) == "numbers":
        return int(max(abs(float(value)) for value in known)) + 1
    found = "another value"
    while found in known:
        found += "_"
    return found


def cells(form: Form, table: Table | None, seed: int = 0) -> Cells:
    """Return the rows of a table, and others at the edges of all questions.

    Parameters
    ----------
    form : Form
        The student.
    table : Table, optional
        Rows with its columns.
    seed : int
        Of what is made up.
    """
    columns = form.columns
    made = _probes(form, np.random.default_rng(seed))
    given = np.empty((0, len(columns))) if table is None else np.asarray(table.values)
    return Cells(columns, np.concatenate([given, made]), len(made))


def _probes(form: Form, rng: np.random.Generator) -> Floats:
    """Draw rows whose numbers lie on, just above and beyond thresholds, and are missing at times.

    Categories are all that are known, and one that is not.
    """
    edges = _edges(form)
    made = np.empty((PROBES, len(form.columns)))
    for j, column in enumerate(form.columns):
        if column.kind == "numeric":
            at = np.array(sorted(edges.get(j, {0.0, 1.0})))
            span = max(float(np.ptp(at)), 1.0)
            pool = np.concatenate(
                [
                    at,
                    np.nextafter(at, np.inf),
                    [at[0] - span, at[-1] + span],
                    (at[1:] + at[:-1]) / 2,
                ]
            )
        elif kind_of(column) == "boolean":  # a typed column of booleans holds no third value
            pool = np.arange(len(column.categories), dtype=float)
        else:
            pool = np.arange(-1, len(column.categories), dtype=float)
        made[:, j] = rng.choice(pool, PROBES)
        made[rng.random(PROBES) < 0.15, j] = np.nan
    return made


def _edges(form: Form) -> dict[int, set[float]]:
    found: dict[int, set[float]] = {}
    if isinstance(form.body, Choice):
        for column, limit in questions(form.body):
            ends = {end for end in (limit.low, limit.high) if np.isfinite(end)}
            found.setdefault(column, set()).update(ends)
    else:
        for part in parts(form.body):
            if isinstance(part, Line):
                found.setdefault(part.column, set()).add(part.mean)
                continue
            for axis in part.axes:
                found.setdefault(axis.column, set()).update(axis.cuts or ())
    return {j: ends for j, ends in found.items() if ends}
