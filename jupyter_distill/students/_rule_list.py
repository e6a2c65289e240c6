"""A tree read as an ordered list of rules, each as short as those before it allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation import Box, Limit, TreeExplanation, holds

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rule:
    """What a row must fulfil, per column, and the leaf of the tree that then speaks."""

    box: Box
    leaf: int

    @property
    def conditions(self) -> tuple[str, ...]:
        """What it asks, in the owner's words."""
        return tuple(limit.text() for limit in self.box.values())

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return for which rows of a table's values it holds."""
        return holds(self.box, values)


def rule_list(tree: TreeExplanation, columns: tuple[Column, ...]) -> tuple[Rule, ...]:
    """Return the leaves of a tree as an ordered list that decides every possible row alike.

    A rule only sees rows that no rule before it took, so it may leave out whatever merely keeps it
    apart from those. At each place the leaf with the fewest conditions is taken, of equals the one
    with the most rows; the last leaf needs none.
    """
    leaves = np.array(list(tree.boxes))
    boxes = _Boxes(list(tree.boxes.values()), columns)
    left = np.ones(len(leaves), dtype=bool)
    short = [boxes.shortened(i, left) for i in range(len(leaves))]
    rules: list[Rule] = []
    for _ in range(len(leaves) - 1):
        best = min(
            (int(i) for i in np.flatnonzero(left)),
            key=lambda i: (_load(short[i][0]), -float(tree.support[leaves[i]]), i),
        )
        rules.append(Rule(short[best][0], int(leaves[best])))
        left[best] = False
        for i in np.flatnonzero(left):
            # only rules that had to keep away from the one that is gone can become shorter
            if short[i][1][best]:
                short[i] = boxes.shortened(int(i), left)
    rules.append(Rule({}, int(leaves[left][0])))
    return tuple(rules)


def _load(box: Box) -> int:
    """Return how much there is to read: both ends of an interval count."""
    return sum(1 + _two_sided(limit) for limit in box.values())


def _two_sided(limit: Limit) -> bool:
    return bool(limit.codes is None and np.isfinite(limit.low) and np.isfinite(limit.high))


class _Boxes:
    """The boxes of all leaves, and which conditions keep which of them apart.

    Parameters
    ----------
    boxes : list of dict of int to Limit
        Per leaf its conditions.
    columns : tuple of Column
        The columns that they are about.
    """

    def __init__(self, boxes: list[Box], columns: tuple[Column, ...]) -> None:
        self.boxes = boxes
        self.ends: dict[int, tuple[Floats, Floats]] = {}
        self.codes: dict[int, Bools] = {}
        self.missing: dict[int, Bools] = {}
        for j in {j for box in boxes for j in box}:
            limits = [box.get(j) for box in boxes]
            self.missing[j] = np.array([limit is None or limit.missing for limit in limits])
            if columns[j].kind == "numeric":
                low = [-np.inf if limit is None else limit.low for limit in limits]
                high = [np.inf if limit is None else limit.high for limit in limits]
                self.ends[j] = np.array(low), np.array(high)
                continue
            held = np.ones((len(boxes), len(columns[j].categories)), dtype=bool)
            for i, limit in enumerate(limits):
                if limit is not None and limit.codes is not None:
                    held[i] = np.isin(np.arange(held.shape[1]), sorted(limit.codes))
            self.codes[j] = held

    def apart(self, j: int, limit: Limit) -> Bools:
        """Return which boxes hold no value of a column, nor a missing one, that a limit does."""
        both_missing = self.missing[j] & limit.missing
        if limit.codes is not None:
            return np.asarray(~both_missing & ~self.codes[j][:, sorted(limit.codes)].any(1))
        low, high = self.ends[j]
        return np.asarray(
            ~both_missing & (np.maximum(low, limit.low) >= np.minimum(high, limit.high))
        )

    def shortened(self, i: int, left: Bools) -> tuple[Box, Bools]:
        """Leave conditions of a box out as long as it stays apart from all others that are left.

        Returns
        -------
        box : dict of int to Limit
        apart : ndarray of bool, shape (boxes,)
            From which boxes it still is.
        """
        others = left.copy()
        others[i] = False
        now = dict(self.boxes[i])
        by = {j: self.apart(j, limit) for j, limit in now.items()}
        while True:
            keeping = np.sum(list(by.values()), axis=0) if by else np.zeros(len(left), dtype=int)
            for j, limit in self._shorter(now):
                instead = 0 if limit is None else self.apart(j, limit)
                if (keeping - by[j] + instead)[others].all():
                    break
            else:
                return now, keeping > 0
            if limit is None:
                del now[j], by[j]
            else:
                now[j], by[j] = limit, self.apart(j, limit)

    def _shorter(self, box: dict[int, Limit]) -> Iterator[tuple[int, Limit | None]]:
        """Yield less for one column: nothing, those asked last first; then one end."""
        for j in reversed(list(box)):
            yield j, None
        for j, limit in box.items():
            if _two_sided(limit):
                yield j, replace(limit, low=-np.inf)
                yield j, replace(limit, high=np.inf)
