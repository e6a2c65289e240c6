"""Rows in segments: each category, each quarter of a number, what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column, Table
from jupyter_distill.explanation.limits import Limit
from jupyter_distill.students._bins import roundest

Floats = NDArray[np.float64]

QUARTERS = 4
FEW = 5  # values of a number that are each a segment of their own


@dataclass(frozen=True, eq=False)
class Levels:
    """The segments of one column.

    Attributes
    ----------
    column : Column
        Of which.
    names : tuple of str
        Each in the owner's words, e.g. ``"30 < income <= 52"``.
    place : ndarray of int, shape (n,)
        Which of them each row is in.
    """

    column: Column
    names: tuple[str, ...]
    place: NDArray[np.intp]


def levels(table: Table, learnt: Floats) -> list[Levels]:
    """Return the segments of every column that parts the rows of a table.

    Parameters
    ----------
    table : Table
        The rows.
    learnt : ndarray of shape (m, d)
        Values of the rows whose quarters are taken.
    """
    found = [_levels(c, table.values[:, j], learnt[:, j]) for j, c in enumerate(table.columns)]
    return [one for one in found if len(one.names) > 1]


def _levels(column: Column, values: Floats, learnt: Floats) -> Levels:
    lost = np.isnan(values)
    seen = bool(lost.any())
    if column.kind == "numeric":
        cuts = _cuts(learnt[~np.isnan(learnt)])
        place = np.searchsorted(cuts, values, side="left")
        ends = [-np.inf, *cuts.tolist(), np.inf]
        limits = [
            Limit(column, low, high, None, False, seen)
            for low, high in zip(ends[:-1], ends[1:], strict=True)
        ]
        names = [limit.text() for limit in limits]
    else:
        n = len(column.categories)
        place = np.where(values >= 0, values, n)
        codes = [frozenset([code]) for code in range(n)]
        names = [Limit(column, -np.inf, np.inf, c, False, seen).text() for c in codes]
        names.append(f"{column.name} is another value")
    names.append(f"{column.name} is {column.gap}")
    place = np.where(lost, len(names) - 1, place).astype(np.intp)
    kept, place = np.unique(place, return_inverse=True)
    return Levels(column, tuple(names[k] for k in kept), place.astype(np.intp))


def _cuts(learnt: Floats) -> Floats:
    """Return thresholds, each as round as the gap between two values allows."""
    known, counts = np.unique(learnt, return_counts=True)
    if len(known) < 2:
        return np.empty(0)
    gaps = np.arange(len(known) - 1)
    if len(known) > FEW:
        below = np.cumsum(counts) / counts.sum()
        wanted = np.arange(1, QUARTERS) / QUARTERS
        # the gap next to each quartile, on the nearer side of a value that many rows share
        gaps = np.unique([np.abs(below[:-1] - share).argmin() for share in wanted])
    return roundest(known[gaps], known[gaps + 1])
