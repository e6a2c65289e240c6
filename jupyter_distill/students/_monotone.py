"""Trees whose answers only rise, or only fall, with a column: leaves in order, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.students._nodes import Nodes

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Boxes:
    """The values that lead to each leaf, for one column.

    Attributes
    ----------
    low, high : ndarray of shape (L,)
        Numbers in ``(low, high]``; none where ``low >= high``.
    codes : ndarray of bool, shape (L, c)
        Categories, of a column that is none empty.
    missing : ndarray of bool, shape (L,)
        Whether missing values, and categories never seen, lead there.
    """

    low: Floats
    high: Floats
    codes: Bools
    missing: Bools

    @classmethod
    def of(cls, nodes: Nodes, column: Column, feature: int) -> Boxes:
        """Follow the questions about one column from the root to the leaves."""
        m = len(nodes)
        low, high = np.full(m, -np.inf), np.full(m, np.inf)
        codes = np.ones((m, 0 if column.kind == "numeric" else len(column.categories)), dtype=bool)
        missing = np.ones(m, dtype=bool)
        for node in range(1, m):  # children come after their parents
            parent = nodes.parent[node]
            low[node], high[node] = low[parent], high[parent]
            codes[node], missing[node] = codes[parent], missing[parent]
            if nodes.feature[parent] != feature:
                continue
            on_left = nodes.left[parent] == node
            missing[node] &= bool(nodes.missing_left[parent]) == on_left
            goes = nodes.left_codes[parent]
            if goes is not None:
                codes[node] &= goes if on_left else ~goes
            elif on_left:
                high[node] = min(high[node], nodes.threshold[parent])
            else:
                low[node] = max(low[node], nodes.threshold[parent])
        leaves = nodes.leaves
        return cls(low[leaves], high[leaves], codes[leaves], missing[leaves])

    @property
    def overlap(self) -> Bools:
        """Which pairs of leaves share a value, shape (L, L)."""
        if self.codes.shape[1]:
            of = self.codes.astype(np.float64)
            known = of @ of.T > 0
        else:
            known = np.maximum.outer(self.low, self.low) < np.minimum.outer(self.high, self.high)
        return np.asarray(known | np.logical_and.outer(self.missing, self.missing))

    @property
    def below(self) -> Bools:
        """Whether leaf i holds a value below one of leaf j, shape (L, L).

        A missing value is neither below nor above any other.
        """
        if self.codes.shape[1]:  # codes are in order: False before True
            seen = self.codes.any(1)
            least = self.codes.argmax(1)
            most = self.codes.shape[1] - 1 - self.codes[:, ::-1].argmax(1)
            return np.asarray(np.less.outer(least, most) & np.logical_and.outer(seen, seen))
        some = self.low < self.high
        return np.asarray(np.less.outer(self.low, self.high) & np.logical_and.outer(some, some))


def order_edges(nodes: Nodes, columns: Sequence[Column], feature: int, sign: int) -> Ints:
    """Return which leaf may say no more than which other one.

    Two leaves are bound if a row can move from one to the other by a change in `feature` alone:
    their boxes share values in all other columns. This is necessary and sufficient, whatever the
    rows. A missing value of `feature` is neither below nor above any other, so that no leaf is
    bound through it.

    Parameters
    ----------
    nodes : Nodes
        The tree.
    columns : sequence of Column
        The columns it asks about.
    feature : int
        Position of the column with a direction; a number or a boolean (False before True).
    sign : {1, -1}
        Whether the answer may only rise or only fall with it.

    Returns
    -------
    ndarray of int, shape (E, 2)
        Leaves, as nodes: the first of each pair may say no more than the second. In a tree there
        is no way round in a circle: the two sides of a question about another column are not
        bound, and those of one about `feature` in one direction.
    """
    leaves = nodes.leaves
    bound = ~np.eye(len(leaves), dtype=bool)
    asked = set(nodes.feature[nodes.left >= 0].tolist())
    for j in asked - {feature}:
        bound &= Boxes.of(nodes, columns[j], j).overlap
    bound &= Boxes.of(nodes, columns[feature], feature).below
    first, second = np.nonzero(bound if sign > 0 else bound.T)
    return np.column_stack([leaves[first], leaves[second]])


def cover(edges: Ints) -> Ints:
    """Return the fewest pairs that imply all others (the transitive reduction)."""
    if not len(edges):
        return edges
    places, at = np.unique(edges, return_inverse=True)
    at = at.reshape(edges.shape)
    reach = np.zeros((len(places), len(places)), dtype=bool)
    reach[at[:, 0], at[:, 1]] = True
    while True:
        further = reach | _through(reach)
        if (further == reach).all():
            break
        reach = further
    first, second = np.nonzero(reach & ~_through(reach))
    return np.column_stack([places[first], places[second]])


def _through(reach: Bools) -> Bools:
    """Return which pairs have a third one between them."""
    of = reach.astype(np.float32)  # counts are small, and floats multiply fast
    return np.asarray(of @ of > 0)


def violations(edges: Ints, said: Floats, close: float = 1e-12) -> tuple[Ints, Floats]:
    """Return the pairs that are in the wrong order, worst first, and by how much.

    Parameters
    ----------
    edges : ndarray of int, shape (E, 2)
        From :func:`order_edges`.
    said : ndarray of shape (m,)
        What each node says: a number, or the probability of the class.
    close : float
        Differences that are rounding.
    """
    gap = said[edges[:, 0]] - said[edges[:, 1]]
    wrong = np.flatnonzero(gap > close)
    wrong = wrong[np.argsort(-gap[wrong], kind="stable")]
    return edges[wrong], gap[wrong]
