"""A tree on bin codes while it is being searched for: grown, cut and changed in place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._bins import Binned
from jupyter_distill.students._nodes import Nodes

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass
class Sketch:
    """Nodes as lists, children after their parents, the root first.

    Attributes
    ----------
    left, right : list of int
        Children; -1 for a leaf.
    feature : list of int
        Column that the node asks about; -1 for a leaf.
    goes : list of (ndarray of bool, shape (256,), or None)
        Which codes go left.
    missing : list of bool
        Whether the node met missing values.
    """

    left: list[int] = field(default_factory=lambda: [-1])
    right: list[int] = field(default_factory=lambda: [-1])
    feature: list[int] = field(default_factory=lambda: [-1])
    goes: list[Bools | None] = field(default_factory=lambda: [None])
    missing: list[bool] = field(default_factory=lambda: [False])

    def __len__(self) -> int:
        return len(self.left)

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return (len(self) + 1) // 2

    def copy(self) -> Sketch:
        """Return a tree that can be changed without changing this one."""
        return Sketch(
            list(self.left),
            list(self.right),
            list(self.feature),
            list(self.goes),
            list(self.missing),
        )

    def divide(self, node: int, feature: int, goes: Bools, missing: bool) -> tuple[int, int]:
        """Give a leaf two children and return them."""
        first = len(self)
        self.left[node], self.right[node] = first, first + 1
        self.feature[node], self.goes[node], self.missing[node] = feature, goes, missing
        for _ in range(2):
            self.left.append(-1)
            self.right.append(-1)
            self.feature.append(-1)
            self.goes.append(None)
            self.missing.append(False)
        return first, first + 1

    def route(self, codes: NDArray[np.uint8], rows: Ints, start: int = 0) -> Ints:
        """Return the leaf at which each of `rows` ends that starts at node `start`."""
        leaf = np.empty(len(rows), dtype=np.intp)
        stack = [(start, np.arange(len(rows)))]
        while stack:
            node, at = stack.pop()
            goes = self.goes[node]
            if goes is None:
                leaf[at] = node
                continue
            side = goes[codes[rows[at], self.feature[node]]]
            stack += [(self.left[node], at[side]), (self.right[node], at[~side])]
        return leaf

    def reach(self, codes: NDArray[np.uint8], rows: Ints) -> list[Ints]:
        """Return for each node the rows that reach it."""
        found = [rows[:0]] * len(self)
        found[0] = rows
        for node, goes in enumerate(self.goes):
            if goes is not None:
                here = found[node]
                side = goes[codes[here, self.feature[node]]]
                found[self.left[node]], found[self.right[node]] = here[side], here[~side]
        return found

    def totals(self, leaf: Ints, of: Floats) -> Floats:
        """Sum the columns of `of`, shape (n, c), over the rows that reach each node."""
        sums: Floats = np.column_stack(
            [np.bincount(leaf, weights=column, minlength=len(self)) for column in of.T]
        ).astype(np.float64)
        for node in range(len(self) - 1, -1, -1):
            if self.left[node] >= 0:
                sums[node] = sums[self.left[node]] + sums[self.right[node]]
        return sums

    def kept(self, keep: Bools) -> Sketch:
        """Return the tree in which only the inner nodes in `keep` are still divided."""
        new = Sketch()
        new.graft(0, self, keep=keep)
        return new

    def graft(self, leaf: int, tree: Sketch, start: int = 0, keep: Bools | None = None) -> None:
        """Put at a leaf what another tree has from node `start` on, in place."""
        stack = [(start, leaf)]  # node there, node here
        while stack:
            old, at = stack.pop(0)
            goes = tree.goes[old]
            if goes is not None and (keep is None or keep[old]):
                left, right = self.divide(at, tree.feature[old], goes, tree.missing[old])
                stack += [(tree.left[old], left), (tree.right[old], right)]

    def below(self, node: int) -> Sketch:
        """Return the tree that begins at a node."""
        new = Sketch()
        new.graft(0, self, node)
        return new

    def joined(self, left: Sketch, right: Sketch) -> Sketch:
        """Return the tree with the root's question, and other trees below its two sides."""
        goes = self.goes[0]
        assert goes is not None
        new = Sketch()
        sides = new.divide(0, self.feature[0], goes, self.missing[0])
        for side, tree in zip(sides, (left, right), strict=True):
            new.graft(side, tree)
        return new

    def without_empty(self, weight: Floats) -> Sketch:
        """Return the tree without the questions that all rows answer alike.

        Parameters
        ----------
        weight : ndarray of shape (m,)
            Weight of the rows that reach each node.
        """
        new = Sketch()
        stack = [(0, 0)]
        while stack:
            old, at = stack.pop(0)
            goes = self.goes[old]
            while goes is not None:
                sides = self.left[old], self.right[old]
                if weight[sides[0]] > 0 and weight[sides[1]] > 0:
                    break
                old = sides[0] if weight[sides[0]] > 0 else sides[1]
                goes = self.goes[old]
            if goes is not None:
                left, right = new.divide(at, self.feature[old], goes, self.missing[old])
                stack += [(self.left[old], left), (self.right[old], right)]
        return new

    def nodes(self, binned: Binned) -> Nodes:
        """Return the tree in the owner's thresholds and categories."""
        m = len(self)
        parent = np.full(m, -1, dtype=np.intp)
        threshold = np.full(m, np.nan)
        codes: list[Bools | None] = [None] * m
        missing_left = np.zeros(m, dtype=bool)
        for node, goes in enumerate(self.goes):
            if goes is None:
                continue
            parent[[self.left[node], self.right[node]]] = node
            feature = self.feature[node]
            missing_left[node] = goes[0]
            lookup = binned.lookups[feature]
            if lookup is not None:
                codes[node] = goes[lookup]
            else:
                cuts = binned.cuts[feature]
                last = int(goes[1 : binned.n_codes[feature]].sum())  # the last bin that goes left
                threshold[node] = cuts[last - 1] if last <= len(cuts) else np.inf
        return Nodes(
            left=np.array(self.left, dtype=np.intp),
            right=np.array(self.right, dtype=np.intp),
            parent=parent,
            feature=np.array(self.feature, dtype=np.intp),
            threshold=threshold,
            left_codes=tuple(codes),
            missing_left=missing_left,
            missing_seen=np.array(self.missing),
        )
