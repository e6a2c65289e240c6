"""The table as a matrix: columns of mean 0 and spread 1, levels beside each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column, Table

Floats = NDArray[np.float64]

LEVELS = 30  # most levels of one category with a column of their own
RARE = 5  # rows below which a level is merged with other rare ones
SAME = 1e-12  # spread, in parts of the largest value, that may be nothing but rounding


@dataclass(frozen=True)
class Entry:
    """One column of the matrix: ``(x - mean) / spread`` of what it holds of a table's column.

    Attributes
    ----------
    column : int
        Column of the table.
    what : {"value", "levels", "missing"}
        The number itself, whether it is one of `codes`, or whether there is none.
    codes : tuple of int
        Codes of the categories; -1 stands for those not seen in the fit.
    mean, spread : float
        Over the rows of the fit, weighted; the mean stands in for missing values.
    """

    column: int
    what: str
    codes: tuple[int, ...]
    mean: float
    spread: float

    def name(self, columns: tuple[Column, ...]) -> str:
        """Say it in the owner's words."""
        column = columns[self.column]
        if self.what == "value":
            return column.name
        if self.what == "missing":
            return f"{column.name} is missing"
        if column.kind == "boolean":
            return f"{column.name} is {column.text(self.codes[0])}"
        return f"{column.name} is " + " or ".join(column.text(code) for code in self.codes)

    def read(self, values: Floats) -> Floats:
        """Return the column of the matrix."""
        missing = np.isnan(values)
        if self.what == "missing":
            raw = missing.astype(np.float64)
        else:
            raw = values if self.what == "value" else np.isin(values, self.codes).astype(np.float64)
            raw = np.where(missing, self.mean, raw)
        scaled: Floats = (raw - self.mean) / self.spread
        return scaled


@dataclass(frozen=True)
class Design:
    """How a table becomes a matrix; columns that never change have no place in it."""

    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, table: Table, weights: Floats) -> Design:
        """Learn means, spreads and levels from rows."""
        found: list[Entry] = []
        for j, column in enumerate(table.columns):
            values = table.values[:, j]
            missing = np.isnan(values)
            parts: list[tuple[str, tuple[int, ...]]] = [("value", ())]
            if column.kind != "numeric":
                parts = [
                    ("levels", codes)
                    for codes in _levels(values[~missing], weights[~missing], column)
                ]
            for what, codes in (*parts, ("missing", ())):
                entry = Entry(j, what, codes, 0.0, 1.0)
                # rows without weight are absent
                known = (weights > 0) & (~missing | (what == "missing"))
                entry = _scaled(entry, values[known], weights[known])
                if entry.spread > 0:
                    found.append(entry)
        return cls(table.columns, tuple(found))

    @property
    def groups(self) -> NDArray[np.intp]:
        """Column of the table that each column of the matrix belongs to."""
        return np.array([entry.column for entry in self.entries], dtype=np.intp)

    @property
    def names(self) -> tuple[str, ...]:
        """What each column of the matrix holds, in the owner's words."""
        return tuple(entry.name(self.columns) for entry in self.entries)

    def apply(self, table: Table) -> Floats:
        """Return the matrix of a table, shape (n, p)."""
        matrix = np.empty((len(table), len(self.entries)))
        for place, entry in enumerate(self.entries):
            matrix[:, place] = entry.read(table.values[:, entry.column])
        return matrix

    def rises(self, column: int) -> tuple[tuple[int, int], ...]:
        """Return the columns of the matrix that change as a number or boolean rises, with signs."""
        found = []
        for place, entry in enumerate(self.entries):
            if entry.column == column and entry.what == "value":
                found.append((place, 1))
            elif entry.column == column and entry.what == "levels":
                found.append((place, 1 if 1 in entry.codes else -1))
        return tuple(found)


def _levels(values: Floats, weights: Floats, column: Column) -> list[tuple[int, ...]]:
    """Return the sets of codes that get a column each; weights count as rows."""
    some = weights > 0
    codes, of = np.unique(values[some].astype(np.intp), return_inverse=True)
    counts = np.bincount(of, weights=weights[some], minlength=len(codes))
    if column.kind == "boolean" or len(codes) <= 2:
        return [(int(codes[-1]),)] if len(codes) else []
    frequent = codes[np.argsort(-counts, kind="stable")][:LEVELS]
    frequent = np.sort(frequent[np.isin(frequent, codes[counts >= min(RARE, counts.max())])])
    others = [code for code in range(len(column.categories)) if code not in frequent]
    levels = [(int(code),) for code in frequent]
    return levels + ([(*others, -1)] if others else [])


def _scaled(entry: Entry, values: Floats, weights: Floats) -> Entry:
    raw = entry.read(values)
    if not len(raw) or np.ptp(raw) == 0:
        return Entry(entry.column, entry.what, entry.codes, 0.0, 0.0)
    # by the largest value first, as the square of one may be too large for a number
    largest = np.abs(raw).max()
    mean = float(np.average(raw / largest, weights=weights)) * largest
    spread = float(np.sqrt(np.average(((raw - mean) / largest) ** 2, weights=weights))) * largest
    if spread <= SAME * largest:
        return Entry(entry.column, entry.what, entry.codes, 0.0, 0.0)
    return Entry(entry.column, entry.what, entry.codes, mean, spread)
