"""Sums per column and code for any set of rows: all that a search for questions looks at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jupyter_distill.students._bins import Binned

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
SMALL = 10_000  # entries up to which making a sparse matrix takes longer than adding them up
CHUNK = 65_536  # rows at a time: bounds the memory and keeps it in cache


class Histograms:
    """Makes histograms of one table's codes, the codes of all columns one after the other.

    Parameters
    ----------
    binned : Binned
        The rows.

    Attributes
    ----------
    start : ndarray of int, shape (d,)
        Place of each column's code 0, missing.
    n_codes : ndarray of int, shape (d,)
        Places of each column.
    column, code : ndarray of int, shape (C,)
        What each place stands for.
    categorical : ndarray of bool, shape (C,)
        Places of columns whose codes have no order.
    """

    def __init__(self, binned: Binned) -> None:
        n, d = binned.codes.shape
        ends = np.cumsum(binned.n_codes)
        self.n_codes: Ints = binned.n_codes
        self.start: Ints = ends - binned.n_codes
        self.column: Ints = np.repeat(np.arange(d), binned.n_codes)
        self.n_first = int(binned.n_codes[0])
        self.code: Ints = np.arange(ends[-1]) - self.start[self.column]
        self.categorical = binned.categorical[self.column]
        self.places = np.ascontiguousarray(binned.codes) + self.start.astype(np.int32)
        self.ones = np.ones(min(n, CHUNK) * d)
        self.starts = np.arange(0, len(self.ones) + 1, d, dtype=np.int32)

    def __len__(self) -> int:
        return len(self.column)

    def of(self, rows: Ints, values: Floats) -> Floats:
        """Return the sums of `values`, shape (len(rows), m), as an array of shape (C, m)."""
        d, m = len(self.start), values.shape[1]
        if len(rows) * d * m <= SMALL:
            places = self.places[rows][:, :, None] * m + np.arange(m)
            summed = np.repeat(values, d, axis=0).ravel()
            flat = np.bincount(places.ravel(), summed, len(self) * m)
            return np.asarray(flat.reshape(len(self), m))
        histogram = np.zeros((len(self), m))
        for first in range(0, len(rows), CHUNK):
            some = rows[first : first + CHUNK]
            # Rows as the columns of a 0/1 matrix: its product with the values is the histogram
            # of all outputs at once, in compiled code, several times as fast as np.bincount.
            onehot = sparse.csc_array(
                (
                    self.ones[: len(some) * d],
                    self.places[some].ravel(),
                    self.starts[: len(some) + 1],
                ),
                shape=(len(self), len(some)),
            )
            histogram += onehot @ values[first : first + CHUNK]
        return histogram

    def running(self, sums: Floats) -> Floats:
        """Return sums, shape (C, ...), added up along the codes of each column."""
        before = sums[: self.n_first].sum(0)  # every column parts the same rows
        return np.asarray(np.cumsum(sums, axis=0) - np.multiply.outer(self.column, before))
