"""The rows a net learns from, in an order and number that only their content decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table

Floats = NDArray[np.float64]

VALIDATION = 0.2  # share of the rows that tell when to stop and what to prune
FEW = 30  # distinct rows below which none can be spared for that


@dataclass(frozen=True)
class DistinctRows:
    """Positions of rows that differ, how much each counts, and where validation begins.

    A net is not convex: the smallest difference in its sums leads to another net. So copies
    become weights and the order becomes that of a hash, and the same rows give the same net
    whatever their order and however often each was written down. The hash is also the lot that
    draws the validation rows; copies never stand on both sides.

    Attributes
    ----------
    at : ndarray of int, shape (m,)
        Positions in the table.
    weights : ndarray of shape (m,)
        What their copies weigh together.
    train : int
        Rows up to here are for training, the others for validation; m where there are too few.
    """

    at: NDArray[np.intp]
    weights: Floats
    train: int

    @classmethod
    def of(cls, table: Table, taught: Floats, weights: Floats | None, seed: int) -> DistinctRows:
        """Find them.

        Parameters
        ----------
        table : Table
            The rows.
        taught : ndarray of shape (n, m)
            All that is learnt of each; rows that differ here are not copies.
        weights : ndarray of shape (n,), optional
            Row weights; rows without weight are absent.
        seed : int
            Draws another order.
        """
        weights = np.ones(len(table)) if weights is None else weights
        rows = np.flatnonzero(weights > 0)
        values = np.ascontiguousarray(table.values[rows]) + 0.0  # of -0.0 and 0.0 there is one
        values[np.isnan(values)] = np.nan  # and of NaN too
        for j, column in enumerate(table.columns):
            if column.kind == "category":  # codes would know of levels that only absent rows have
                values[:, j] = np.unique(values[:, j], return_inverse=True)[1]
        # a column that never changes tells no rows apart, so it must not draw another order
        values = np.ascontiguousarray(values[:, _changes(values)])
        key = _hash(values, seed)
        full = np.column_stack([values, taught[rows] + 0.0])
        second = _hash(full, seed + 1)
        order = np.lexsort((second, key))
        bits = full[order].view(np.uint64)
        new = np.r_[True, (bits[1:] != bits[:-1]).any(1)]
        together: Floats = np.bincount(np.cumsum(new) - 1, weights[rows][order]).astype(np.float64)
        first = order[new]
        return cls(rows[first], together, _cut(key[first]))


def _changes(values: Floats) -> NDArray[np.bool_]:
    bits = values.view(np.uint64)
    found: NDArray[np.bool_] = (bits != bits[:1]).any(0)
    return found


def _cut(key: NDArray[np.uint64]) -> int:
    """Return where validation begins: never between rows with the same values."""
    n = len(key)
    if len(np.unique(key)) < FEW:
        return n
    cut = int(n * (1 - VALIDATION))
    while cut < n and key[cut] == key[cut - 1]:
        cut += 1
    return cut


def _hash(values: Floats, seed: int) -> NDArray[np.uint64]:
    """Return a hash of every row (the finaliser of splitmix64, Steele et al., 2014)."""
    found = np.full(len(values), np.uint64(seed % 2**32 + 0x9E3779B9), dtype=np.uint64)
    for column in values.view(np.uint64).T:
        found = (found ^ column) + np.uint64(0x9E3779B97F4A7C15)
        found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        found ^= found >> np.uint64(31)
    return found
