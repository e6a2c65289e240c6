"""Sums per column and code for any set of rows: all that a search for questions looks at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jupyter_distill.students._bins import Binned

Floats = NDArray[np.float64]
CHUNK = 65_536  # rows at a time: bounds the memory and keeps it in cache


class Histograms:
    """Makes histograms of one table's codes.

    Parameters
    ----------
    binned : Binned
        The rows.
    """

    def __init__(self, binned: Binned) -> None:
        n, d = binned.codes.shape
        self.shape = (d, int(binned.n_codes.max()))
        start = np.arange(d, dtype=np.int32) * self.shape[1]
        self.places = np.ascontiguousarray(binned.codes) + start
        self.ones = np.ones(min(n, CHUNK) * d)
        self.starts = np.arange(0, len(self.ones) + 1, d, dtype=np.int32)

    def of(self, rows: NDArray[np.intp], values: Floats) -> Floats:
        """Return the sums of `values`, shape (len(rows), m), as an array of shape (d, c, m)."""
        d, c = self.shape
        histogram = np.zeros((d * c, values.shape[1]))
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
                shape=(d * c, len(some)),
            )
            histogram += onehot @ values[first : first + CHUNK]
        return histogram.reshape(d, c, values.shape[1])
