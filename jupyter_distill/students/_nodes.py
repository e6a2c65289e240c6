"""A tree as arrays: where rows go, and what is said there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of a tree: the root first, children after their parents.

    Attributes
    ----------
    left, right, parent, feature : ndarray of int, shape (m,)
        Structure; -1 where there is none.
    threshold : ndarray of float, shape (m,)
        Numeric splits: values ``<=`` it go left. +inf parts the known from the missing.
    left_codes : tuple of (ndarray of bool or None), length m
        Splits on a category: whether each code goes left.
    missing_left, missing_seen : ndarray of bool, shape (m,)
        Where missing values go, and whether there were any while the tree grew.
    """

    left: Ints
    right: Ints
    parent: Ints
    feature: Ints
    threshold: Floats
    left_codes: tuple[NDArray[np.bool_] | None, ...]
    missing_left: NDArray[np.bool_]
    missing_seen: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.left)

    @property
    def leaves(self) -> Ints:
        """Nodes that ask nothing, in order."""
        return np.flatnonzero(self.left < 0)

    @property
    def depth(self) -> Ints:
        """Steps from the root to each node."""
        depth = np.zeros(len(self), dtype=np.intp)
        for node in range(1, len(self)):
            depth[node] = depth[self.parent[node]] + 1
        return depth

    def kept(self, keep: NDArray[np.bool_]) -> tuple[Nodes, Ints]:
        """Return the tree that divides only the inner nodes in `keep`, and its old nodes."""
        old = [0]
        left, right, parent = [-1], [-1], [-1]
        for at in range(len(self)):
            if at >= len(old):
                break
            node = old[at]
            if not keep[node]:
                continue
            left[at], right[at] = len(old), len(old) + 1
            for child in (self.left[node], self.right[node]):
                old.append(int(child))
                left.append(-1)
                right.append(-1)
                parent.append(at)
        at_old = np.array(old, dtype=np.intp)
        inner = np.array(left) >= 0
        return Nodes(
            left=np.array(left, dtype=np.intp),
            right=np.array(right, dtype=np.intp),
            parent=np.array(parent, dtype=np.intp),
            feature=np.where(inner, self.feature[at_old], -1),
            threshold=np.where(inner, self.threshold[at_old], np.nan),
            left_codes=tuple(
                self.left_codes[o] if i else None for o, i in zip(old, inner, strict=True)
            ),
            missing_left=self.missing_left[at_old] & inner,
            missing_seen=self.missing_seen[at_old] & inner,
        ), at_old

    def telling(self, answers: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Return which questions part leaves that say different things, and what is then said.

        Parameters
        ----------
        answers : ndarray of shape (m, ...)
            What each node says as a leaf.
        """
        answers, keep = answers.copy(), self.left >= 0
        for node in np.flatnonzero(keep)[::-1]:  # children come after their parents
            left, right = self.left[node], self.right[node]
            if not keep[left] and not keep[right] and (answers[left] == answers[right]).all():
                keep[node], answers[node] = False, answers[left]
        return keep, answers

    def apply(self, values: Floats) -> Ints:
        """Return the leaf that each row of a table's values falls in."""
        leaf = np.zeros(len(values), dtype=np.intp)
        rows_at: dict[int, Ints] = {0: np.arange(len(values))}
        for node in np.flatnonzero(self.left >= 0):
            rows = rows_at.pop(int(node))
            goes = self._goes_left(int(node), values[rows, self.feature[node]])
            for child, side in ((self.left[node], goes), (self.right[node], ~goes)):
                rows_at[int(child)] = rows[side]
                leaf[rows[side]] = child
        return leaf

    def _goes_left(self, node: int, values: Floats) -> NDArray[np.bool_]:
        codes = self.left_codes[node]
        if codes is None:
            goes = values <= self.threshold[node]
            lost = np.isnan(values)
        else:
            lost = ~(values >= 0)  # missing, or a category that was never seen
            goes = codes[np.where(lost, 0, values).astype(np.intp)]
        goes[lost] = self.missing_left[node]
        return np.asarray(goes)

    def totals(self, leaf: Ints, of: Floats) -> Floats:
        """Sum the columns of `of` over the rows that reach each node.

        Parameters
        ----------
        leaf : ndarray of int, shape (n,)
            From :meth:`apply`.
        of : ndarray of shape (n, c)
            What to sum.

        Returns
        -------
        ndarray of shape (m, c)
        """
        sums: Floats = np.column_stack(
            [np.bincount(leaf, weights=column, minlength=len(self)) for column in of.T]
        ).astype(np.float64)
        for node in range(len(self) - 1, 0, -1):  # children come after their parents
            sums[self.parent[node]] += sums[node]
        return sums
