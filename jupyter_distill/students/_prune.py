"""The best subtree of every size, by dynamic programming on what its nodes would cost as leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SLACK = 1e-9  # a leaf more must save at least this share of the root's cost


class Pruning:
    """All best subtrees (same root) of a tree with at most `size` leaves.

    Parameters
    ----------
    left, right : sequence of int, length m
        Children of each node, which come after it; -1 for a leaf.
    cost : ndarray of shape (m,)
        Cost of each node as a leaf.
    size : int
        Most leaves of interest.

    References
    ----------
    M. Bohanec, I. Bratko: Trading accuracy for simplicity in decision trees, 1994.
    """

    def __init__(self, left: Sequence[int], right: Sequence[int], cost: Floats, size: int) -> None:
        self.left, self.right = left, right
        m = len(cost)
        self.best: list[Floats] = [np.empty(0)] * m  # [node][leaves - 1]
        self.share: list[NDArray[np.intp]] = [np.empty(0, dtype=np.intp)] * m
        slack = SLACK * abs(float(cost[0]))
        for node in range(m - 1, -1, -1):
            if left[node] < 0:
                self.best[node], self.share[node] = cost[node : node + 1], np.zeros(1, np.intp)
                continue
            a, b = self.best[left[node]], self.best[right[node]]
            leaves = min(size, len(a) + len(b))
            best, share = np.full(leaves, np.inf), np.zeros(leaves, dtype=np.intp)
            best[0] = cost[node]
            for i in range(min(len(a), leaves - 1)):  # i + 1 leaves on the left
                both = a[i] + b[: leaves - 1 - i]
                at = slice(i + 1, i + 1 + len(both))
                better = both < best[at]
                best[at][better] = both[better]
                share[at][better] = i + 1
            for k in range(1, leaves):
                if not best[k] < best[k - 1] - slack:  # a leaf that saves nothing is not taken
                    best[k], share[k] = best[k - 1], -1
            self.best[node], self.share[node] = best, share

    def cost(self, size: int) -> float:
        """Return the cost of the best subtree of at most `size` leaves."""
        return float(self.best[0][min(size, len(self.best[0])) - 1])

    def keep(self, size: int) -> NDArray[np.bool_]:
        """Return which nodes are still divided in the best subtree of at most `size` leaves."""
        keep = np.zeros(len(self.best), dtype=bool)
        stack = [(0, min(size, len(self.best[0])) - 1)]
        while stack:
            node, k = stack.pop()
            share = self.share[node]
            while k > 0 and share[k] < 0:
                k -= 1
            if k > 0:
                keep[node] = True
                on_left = int(share[k])
                stack += [(self.left[node], on_left - 1), (self.right[node], k - on_left)]
        return keep
