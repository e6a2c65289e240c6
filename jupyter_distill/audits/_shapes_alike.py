"""How alike two shapes of the same term are, although their bins need not be the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.explanation.shapes import Axis, Shape

Ints = NDArray[np.intp]


def correlation(one: Shape, other: Shape) -> float:
    """Return the correlation of two shapes, weighted by the rows that both met.

    NaN where one of them is flat, or no bin is common to both.
    """
    pairs = [_common(a, b) for a, b in zip(one.axes, other.axes, strict=True)]
    at, to = (_places([pair[side] for pair in pairs], of) for side, of in ((0, one), (1, other)))
    if not len(at):
        return float("nan")
    # a bin that is cut in several by the other's bounds gives each an equal part of its rows
    weights = one.support[at] / np.bincount(at)[at] + other.support[to] / np.bincount(to)[to]
    if not weights.sum() > 0:
        return float("nan")
    a, b = one.scores[at], other.scores[to]
    a, b = (s - np.average(s, axis=0, weights=weights) for s in (a, b))
    both, first, second = (float(weights @ (x * y).sum(1)) for x, y in ((a, b), (a, a), (b, b)))
    scale = np.sqrt(first * second)
    return float(np.clip(both / scale, -1.0, 1.0)) if scale > 0 else float("nan")


def _common(one: Axis, other: Axis) -> tuple[Ints, Ints]:
    """Return pairs of bins that hold the same values, in either axis."""
    if one.bins == other.bins:
        every = np.arange(len(one.bins))
        return every, every
    named = [(i, other.bins.index(text)) for i, text in enumerate(one.bins) if text in other.bins]
    highs = [np.flatnonzero(~np.isnan(axis.high)) for axis in (one, other)]
    if len(highs[0]) and len(highs[1]):
        named = [(i, k) for i, k in named if np.isnan(one.high[i])]
        ends = np.union1d(one.high[highs[0]], other.high[highs[1]])
        spots = [
            of[np.searchsorted(axis.high[of], ends)]
            for axis, of in zip((one, other), highs, strict=True)
        ]
        named += list(zip(spots[0].tolist(), spots[1].tolist(), strict=True))
    pairs = np.array(named, dtype=np.intp).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _places(bins: list[Ints], shape: Shape) -> Ints:
    """Return the rows of a shape's scores for every combination of its axes' bins."""
    places = np.zeros(1, dtype=np.intp)
    for axis, of in zip(shape.axes, bins, strict=True):  # the bins of the last one run fastest
        places = (places[:, None] * len(axis.bins) + of).ravel()
    return places
