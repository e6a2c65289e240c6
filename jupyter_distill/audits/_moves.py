"""Rows moved through the observed values of one column, all else equal, and put to both models."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.data import Table
from jupyter_distill.data._cells import gathered
from jupyter_distill.distillation import Distillation, Work
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions, Targets
from jupyter_distill.targets.asking import Asking

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

CATEGORIES = 30  # values of a category, the most frequent ones, that rows are moved through


@dataclass(frozen=True, eq=False)
class Grid:
    """Observed values of a column.

    Attributes
    ----------
    feature : int
        Position of the column.
    source : ndarray of int, shape (v,)
        A row of the table that has each value.
    values : ndarray of float, shape (v,)
        The values or their codes, ascending; last NaN, where values are missing.
    weights : ndarray of float, shape (v,)
        Share of the rows whose value is this one, or nearest to it.
    left_out : int
        How many values of a category are not among these.
    """

    feature: int
    source: Places
    values: Floats
    weights: Floats
    left_out: int = 0

    @property
    def known(self) -> Places:
        """Places of the values that are not missing."""
        return np.flatnonzero(~np.isnan(self.values))

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def of(cls, table: Table, feature: int, size: int) -> Grid:
        """Return values of a column: all that there are, or so many by quantile.

        Least and largest are among these, so that rows are moved in the observed range alone.
        """
        column = table.values[:, feature]
        numeric = table.columns[feature].kind == "numeric"
        missing = np.flatnonzero(np.isnan(column))
        rows = np.flatnonzero(~np.isnan(column) & (numeric | (column >= 0)))
        values, first, count = np.unique(column[rows], return_index=True, return_counts=True)
        kept, left_out = np.arange(len(values)), 0
        if not numeric:
            kept = np.sort(np.argsort(-count, kind="stable")[:CATEGORIES])
            left_out = len(values) - len(kept)
        elif len(values) > size:
            cuts = np.quantile(column[rows], np.linspace(0, 1, size), method="nearest")
            kept = np.searchsorted(values, np.unique(cuts))
        weights = count[kept].astype(float)
        if numeric and len(kept) < len(values):
            middle = (values[kept][1:] + values[kept][:-1]) / 2
            weights = np.bincount(np.searchsorted(middle, values), count, len(kept))
        source, values = rows[first[kept]], values[kept]
        if len(missing):
            source, values = np.append(source, missing[0]), np.append(values, np.nan)
            weights = np.append(weights, len(missing))
        total = weights.sum()
        return cls(feature, source, values, weights / total if total else weights, left_out)


def grids(table: Table, features: list[int], size: int) -> dict[int, Grid]:
    """Return the values of some columns, by position."""
    return {feature: Grid.of(table, feature, size) for feature in dict.fromkeys(features)}


def moved(table: Table, rows: Places, grid: Grid) -> Table:
    """Return `rows` with every value of a column in turn, the values outermost.

    The cells are the owner's own, so that the teacher is asked about what it can read.
    """
    source = np.repeat(np.tile(rows, len(grid))[:, None], table.n_columns, axis=1)
    source[:, grid.feature] = np.repeat(grid.source, len(rows))
    return gathered(table, source)


def moved_values(table: Table, rows: Places, grid: Grid) -> Table:
    """Return the same for a student, which needs no more than the values."""
    values = np.tile(table.values[rows], (len(grid), 1))
    values[:, grid.feature] = np.repeat(grid.values, len(rows))
    return Table(table.columns, values, table.native_rows(rows[:0]))


def answers(targets: Targets) -> Floats:
    """Return what a teacher says: probabilities (n, K) at T = 1, or numbers (n, 1)."""
    return targets.values[:, None] if isinstance(targets, Predictions) else targets.at(1.0)


def said_by(student: Student, table: Table) -> Floats:
    """Return what a student says of rows: probabilities (n, K), or numbers (n, 1)."""
    out = student.output(table)
    return out[:, None] if out.ndim == 1 else softmax(out)


def draw(d: Distillation, rows: str, n: int) -> Places:
    """Return `n` rows at random of those that are looked at, in their order; all where fewer."""
    among = d.rows.held_out if rows == "held_out" else np.arange(d.table.n_rows)
    if len(among) <= n:
        return among
    return np.sort(np.random.default_rng(d.random_state).choice(among, n, replace=False))


def asked(
    d: Distillation, rows: Places, grids: Mapping[int, Grid], work: Work
) -> tuple[dict[int, Floats], bool]:
    """Put moved rows to the teacher, column by column.

    Returns
    -------
    dict of int to ndarray of shape (v, n, K)
        By column: probabilities, or numbers; of those that were answered in full.
    bool
        Whether a person stopped it.
    """
    found, stopped = asked_raw(d, rows, grids, work)
    if d.task == "regression":
        return found, stopped
    return {
        j: softmax(one.reshape(-1, one.shape[-1])).reshape(one.shape) for j, one in found.items()
    }, stopped


def asked_raw(
    d: Distillation, rows: Places, grids: Mapping[int, Grid], work: Work
) -> tuple[dict[int, Floats], bool]:
    """Do the same and return logits, shape (v, n, K), or numbers, shape (v, n, 1)."""
    found: dict[int, Floats] = {}
    asking = Asking.of(d.teacher, None, None)
    total = sum(len(grid) for grid in grids.values()) * len(rows)
    with suppress(KeyboardInterrupt), work.bar("asking about moved rows", total, "rows") as bar:
        for feature, grid in grids.items():
            query = asking.query(d.teacher, moved(d.table, rows, grid).native)
            for done in query:
                bar.update(len(done))
            one: Any = query.predictions() if d.task == "regression" else query.logits()
            found[feature] = one.reshape(len(grid), len(rows), -1)
    return found, len(found) < len(grids)
