"""Rows in memory, cut into partitions: where a sample of them is to be learnt from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jupyter_distill.data.partitions import LocalPartitions, Partition

ROWS = 16_384


class MemoryPartitions(LocalPartitions):
    """A frame or an array, some rows at a time.

    Parameters
    ----------
    X : data frame or ndarray of shape (n, d)
        The rows.
    y : array of shape (n,) or None
        Their truth.
    """

    def __init__(self, X: Any, y: Any) -> None:
        super().__init__()
        if isinstance(y, list | tuple):
            y = pd.Series(y).to_numpy()
        elif hasattr(y, "to_pylist"):
            y = pd.Series(y.to_pylist()).to_numpy()
        self._all, self.truth = Partition(X, y), y
        self.what = "X"
        self.n_rows = int(X.shape[0])
        self.n = -(-self.n_rows // ROWS)
        self.has_truth = y is not None

    def load(self, place: int) -> Partition:
        """Cut one partition."""
        assert self.n_rows is not None  # rows in memory are counted
        return self._all.take(slice(place * ROWS, min((place + 1) * ROWS, self.n_rows)))
