"""Isotonic regression on a partial order, for any convex loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import brentq, linprog
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

GAIN = 1e-9  # share of the slopes in a block below which dividing it gains nothing but rounding


class Leaves(ABC):
    """What leaves cost as a function of one score each, convex in it."""

    @abstractmethod
    def slopes(self, at: Ints, scores: Floats) -> Floats:
        """Return the derivatives of the weighted loss of the leaves `at`."""

    @abstractmethod
    def alone(self) -> Floats:
        """Return the score of each leaf that costs least, whatever the order."""

    def best(self, at: Ints, alone: Floats) -> float:
        """Return the one score for all leaves `at` that costs least; `alone` are their own."""
        low, high = float(alone.min()), float(alone.max())

        def slope(score: float) -> float:
            return float(self.slopes(at, np.full(len(at), score)).sum())

        if slope(low) >= 0:
            return low
        if slope(high) <= 0:
            return high
        return float(brentq(slope, low, high, xtol=1e-13, rtol=1e-14))


@dataclass(frozen=True, eq=False)
class MeanLeaves(Leaves):
    """Squared errors: leaves of some weight whose rows have some mean."""

    weights: Floats
    means: Floats

    def slopes(self, at: Ints, scores: Floats) -> Floats:
        return 2 * self.weights[at] * (scores - self.means[at])

    def alone(self) -> Floats:
        return self.means

    def best(self, at: Ints, alone: Floats) -> float:
        return float(np.average(alone, weights=self.weights[at]))


def isotone(leaves: Leaves, n: int, edges: Ints) -> Floats:
    """Return the scores of least cost among those in order.

    Leaves whose own scores are in order keep them. Of others one score for all is divided where
    raising one part and lowering the other gains most, which a linear programme finds exactly; the
    parts are divided in turn until nothing is gained. For convex losses the outcome is the exact
    minimiser.

    Parameters
    ----------
    leaves : Leaves
        What the n leaves cost.
    n : int
        Number of leaves.
    edges : ndarray of int, shape (E, 2)
        The score of the first may not exceed that of the second; no circles.

    References
    ----------
    J. Spouge, H. Wan, W. J. Wilbur: Least squares isotonic regression in two dimensions, 2003.
    R. Luss, S. Rosset: Generalized isotonic regression, 2014.
    """
    alone = leaves.alone()
    scores = alone.copy()
    links = sparse.coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    apart, member = connected_components(links, directed=False)
    blocks: list[Ints] = [np.flatnonzero(member == k) for k in range(apart)]
    while blocks:
        block = blocks.pop()
        inside = edges[np.isin(edges, block).all(1)]
        if (alone[inside[:, 0]] <= alone[inside[:, 1]]).all():
            continue
        score = leaves.best(block, alone[block])
        slopes = leaves.slopes(block, np.full(len(block), score))
        rises = _rising(slopes, np.searchsorted(block, inside))
        if rises is None:
            scores[block] = score
        else:
            blocks += [block[rises], block[~rises]]
    # what rounding has left in the wrong order
    for _ in range(n):
        least = scores.copy()
        np.maximum.at(least, edges[:, 1], scores[edges[:, 0]])
        if (least == scores).all():
            break
        scores = least
    return scores


def _rising(slopes: Floats, edges: Ints) -> NDArray[np.bool_] | None:
    """Return which leaves to raise above the others; None if that gains nothing."""
    n, size = len(slopes), np.abs(slopes).sum()
    if n == 1 or size == 0:
        return None
    if len(edges) == 0:
        rises = slopes < 0
        return None if rises.all() or not rises.any() else rises
    e = np.arange(len(edges))
    pairs = sparse.csr_array(
        (np.repeat([1.0, -1.0], len(edges)), (np.tile(e, 2), edges.T.ravel())),
        shape=(len(edges), n),
    )
    found = linprog(
        slopes / np.abs(slopes).max(), A_ub=pairs, b_ub=np.zeros(len(edges)), bounds=(0, 1)
    )
    if found.x is None:
        raise RuntimeError(f"The order of the leaves could not be solved: {found.message}")
    rises = found.x > 0.5
    if rises.all() or not rises.any() or slopes[rises].sum() >= -GAIN * size:
        return None
    return np.asarray(rises)
