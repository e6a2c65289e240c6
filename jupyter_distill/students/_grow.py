"""Best-first growth of a tree on binned rows: one growth, every size."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jupyter_distill.students._bins import Binned
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.students._split import Split, best_split

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


def grow(binned: Binned, response: Floats, weights: Floats, size: int, min_rows: float) -> Nodes:
    """Grow a tree that parts rows by a response, the most gainful leaf first.

    The gain of a split is the fall of the weighted squared error of `response` around its
    means, which for ``alpha y + (1 - alpha) T softmax(z / T)`` is the second-order fall of the
    composite loss.

    Parameters
    ----------
    binned : Binned
        The rows.
    response : ndarray of shape (n, m)
        What to part by.
    weights : ndarray of shape (n,)
        Non-negative weight of each row.
    size : int
        Leaves, at most.
    min_rows : float
        Least weight of a leaf.

    Returns
    -------
    Nodes
        Its first ``2 L - 1`` nodes are the tree of L leaves, for every L up to `size`.
    """
    histograms = _Histograms(binned, response, weights)
    tree = _Growing(binned)
    counter = 0
    rows = np.flatnonzero(weights > 0)
    root = histograms.of(rows)
    open_leaves: list[tuple[float, int, _Open]] = []

    def offer(node: int, rows: Rows, histogram: Floats) -> None:
        nonlocal counter
        split = best_split(histogram, binned.n_codes, binned.categorical, min_rows)
        if split is not None:
            counter += 1  # leaves of equal gain are split in the order in which they came
            item = _Open(node, rows, histogram, split)
            heapq.heappush(open_leaves, (-split.gain, counter, item))

    offer(tree.add(-1), rows, root)
    while open_leaves and tree.n_leaves < size:
        leaf = heapq.heappop(open_leaves)[2]
        goes = leaf.split.left[binned.codes[leaf.rows, leaf.split.feature]]
        below = leaf.rows[goes], leaf.rows[~goes]
        children = tree.divide(leaf.node, leaf.split)
        if tree.n_leaves == size:
            break
        # the larger side is what is left of the parent's histogram
        small = int(len(below[0]) > len(below[1]))
        of_small = histograms.of(below[small])
        for side in (0, 1):
            of_side = of_small if side == small else leaf.histogram - of_small
            offer(children[side], below[side], of_side)
    return tree.nodes()


@dataclass(frozen=True, eq=False)
class _Open:
    """A leaf that could still be split."""

    node: int
    rows: Rows
    histogram: Floats
    split: Split


class _Histograms:
    """Sums of weight and response per (column, code), for any set of rows."""

    CHUNK = 65_536  # rows at a time: bounds the memory and keeps it in cache

    def __init__(self, binned: Binned, response: Floats, weights: Floats) -> None:
        n, d = binned.codes.shape
        self.shape = (d, int(binned.n_codes.max()), response.shape[1] + 1)
        start = np.arange(d, dtype=np.int32) * self.shape[1]
        self.places = np.ascontiguousarray(binned.codes) + start
        self.sums = np.column_stack([weights, response * weights[:, None]])
        self.ones = np.ones(min(n, self.CHUNK) * d)
        self.starts = np.arange(0, len(self.ones) + 1, d, dtype=np.int32)

    def of(self, rows: Rows) -> Floats:
        d, c, outputs = self.shape
        histogram = np.zeros((d * c, outputs))
        for first in range(0, len(rows), self.CHUNK):
            some = rows[first : first + self.CHUNK]
            # Rows as the columns of a 0/1 matrix: its product with the sums is the histogram of
            # all outputs at once, in compiled code, several times as fast as np.bincount.
            onehot = sparse.csc_array(
                (
                    self.ones[: len(some) * d],
                    self.places[some].ravel(),
                    self.starts[: len(some) + 1],
                ),
                shape=(d * c, len(some)),
            )
            histogram += onehot @ self.sums[some]
        return histogram.reshape(self.shape)


class _Growing:
    """The nodes made so far."""

    def __init__(self, binned: Binned) -> None:
        self.binned = binned
        self.parent: list[int] = []
        self.children: dict[int, tuple[int, int]] = {}
        self.splits: dict[int, Split] = {}

    @property
    def n_leaves(self) -> int:
        return len(self.parent) - len(self.splits)

    def add(self, parent: int) -> int:
        self.parent.append(parent)
        return len(self.parent) - 1

    def divide(self, node: int, split: Split) -> tuple[int, int]:
        self.splits[node] = split
        self.children[node] = (self.add(node), self.add(node))
        return self.children[node]

    def nodes(self) -> Nodes:
        m = len(self.parent)
        children = [self.children.get(node, (-1, -1)) for node in range(m)]
        splits = [self.splits.get(node) for node in range(m)]
        asked = [None if s is None else self._asked(s) for s in splits]
        return Nodes(
            left=np.array([c[0] for c in children], dtype=np.intp),
            right=np.array([c[1] for c in children], dtype=np.intp),
            parent=np.array(self.parent, dtype=np.intp),
            feature=np.array([-1 if s is None else s.feature for s in splits], dtype=np.intp),
            threshold=np.array([np.nan if a is None else a[0] for a in asked]),
            left_codes=tuple(None if a is None else a[1] for a in asked),
            missing_left=np.array([s is not None and bool(s.left[0]) for s in splits]),
            missing_seen=np.array([s is not None and s.missing_seen for s in splits]),
        )

    def _asked(self, split: Split) -> tuple[float, NDArray[np.bool_] | None]:
        """Turn bin codes that go left into a threshold, or into the owner's category codes."""
        if not self.binned.categorical[split.feature]:
            cuts = self.binned.cuts[split.feature]
            last = split.cut  # the last bin that goes left
            return (float(cuts[last - 1]) if last <= len(cuts) else np.inf), None
        return np.nan, split.left[self.binned.lookups[split.feature]]
