"""Best-first growth of a tree on binned rows."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._bins import Binned
from jupyter_distill.students._histograms import Histograms
from jupyter_distill.students._sketch import Sketch
from jupyter_distill.students._split import Split, best_split

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


def grow(
    tree: Sketch,
    binned: Binned,
    histograms: Histograms,
    response: Floats,
    weights: Floats,
    size: int,
    min_rows: float,
    allowed: NDArray[np.bool_] | None = None,
) -> Sketch:
    """Grow the leaves of a tree in place, the most gainful one first, and return it.

    The gain of a split is the fall of the weighted squared error of `response` around its
    means, which for ``alpha y + (1 - alpha) T softmax(z / T)`` is the second-order fall of the
    composite loss.

    Parameters
    ----------
    tree : Sketch
        A single leaf, or a tree to be grown on.
    binned : Binned
        The rows.
    histograms : Histograms
        Of these rows.
    response : ndarray of shape (n, m)
        What to part by.
    weights : ndarray of shape (n,)
        Non-negative weight of each row; rows of weight 0 are not looked at.
    size : int
        Leaves, at most.
    min_rows : float
        Least weight of a leaf.
    allowed : ndarray of bool, shape (d,), optional
        Columns that may be asked about.
    """
    sums = np.column_stack([weights, response * weights[:, None]])
    counter = 0
    open_leaves: list[tuple[float, int, _Open]] = []

    def offer(node: int, rows: Rows, histogram: Floats) -> None:
        nonlocal counter
        split = best_split(histogram, histograms, min_rows, allowed)
        if split is not None:
            counter += 1  # leaves of equal gain are split in the order in which they came
            item = _Open(node, rows, histogram, split)
            heapq.heappush(open_leaves, (-split.gain, counter, item))

    reach = tree.reach(binned.codes, np.flatnonzero(weights > 0))
    for node, rows in enumerate(reach):
        if tree.left[node] < 0 and len(rows):
            offer(node, rows, histograms.of(rows, sums[rows]))
    while open_leaves and tree.n_leaves < size:
        leaf = heapq.heappop(open_leaves)[2]
        split = leaf.split
        goes = split.left[binned.codes[leaf.rows, split.feature]]
        below = leaf.rows[goes], leaf.rows[~goes]
        children = tree.divide(leaf.node, split.feature, split.left, split.missing_seen)
        if tree.n_leaves == size:
            break
        # the larger side is what is left of the parent's histogram
        small = int(len(below[0]) > len(below[1]))
        of_small = histograms.of(below[small], sums[below[small]])
        for side in (0, 1):
            of_side = of_small if side == small else leaf.histogram - of_small
            offer(children[side], below[side], of_side)
    return tree


@dataclass(frozen=True, eq=False)
class _Open:
    """A leaf that could still be split."""

    node: int
    rows: Rows
    histogram: Floats
    split: Split
