"""A tree read as an ordered list of rules, each as short as those before it allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    leaves = list(tree.boxes)
    boxes = _Boxes(list(tree.boxes.values()), columns)
    left = list(range(len(leaves)))
    short = [boxes.shortened(i, left) for i in left]
    load = [_load(box) for box, _ in short]
    rules: list[Rule] = []
    for _ in range(len(leaves) - 1):
        best = min(left, key=lambda i: (load[i], -float(tree.support[leaves[i]]), i))
        rules.append(Rule(short[best][0], int(leaves[best])))
        left.remove(best)
        for i in left:
            # only rules that had to keep away from the one that is gone can become shorter
            if short[i][1] >> best & 1:
                short[i] = boxes.shortened(i, left)
                load[i] = _load(short[i][0])
    rules.append(Rule({}, int(leaves[left[0]])))
    return tuple(rules)


def _load(box: Box) -> int:
    """Return how much there is to read: both ends of an interval count."""
    return sum(1 + _two_sided(limit) for limit in box.values())


def _two_sided(limit: Limit) -> bool:
    return bool(limit.codes is None and np.isfinite(limit.low) and np.isfinite(limit.high))


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is asked of one column.

    Attributes
    ----------
    limit : Limit
        The condition.
    apart : int
        From which boxes it keeps a box apart: a bit each, the first one lowest.
    ends : tuple of _Asked
        Of an interval each of its two ends alone.
    """

    limit: Limit
    apart: int
    ends: tuple[_Asked, ...] = ()


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
        self.asked = [{j: self._asked(j, limit) for j, limit in box.items()} for box in boxes]

    def _asked(self, j: int, limit: Limit) -> _Asked:
        ends: tuple[_Asked, ...] = ()
        if _two_sided(limit):
            halves = replace(limit, low=-np.inf), replace(limit, high=np.inf)
            ends = tuple(self._asked(j, half) for half in halves)
        bits = np.packbits(self.apart(j, limit), bitorder="little")
        return _Asked(limit, int.from_bytes(bits.tobytes(), "little"), ends)

    def apart(self, j: int, limit: Limit) -> Bools:
        """Return which boxes hold no value of a column, nor a missing one, that a limit does."""
        both_missing = self.missing[j] & limit.missing
        if limit.codes is not None:
            return np.asarray(~both_missing & ~self.codes[j][:, sorted(limit.codes)].any(1))
        low, high = self.ends[j]
        return np.asarray(
            ~both_missing & (np.maximum(low, limit.low) >= np.minimum(high, limit.high))
        )

    def shortened(self, i: int, left: Iterable[int]) -> tuple[Box, int]:
        """Leave conditions of a box out as long as it stays apart from all others that are left.

        Returns
        -------
        box : dict of int to Limit
        apart : int
            From which boxes it still is, a bit each.
        """
        others = sum(1 << k for k in left if k != i)
        now = dict(self.asked[i])
        while True:
            for j, instead in _shorter(now):
                apart = _apart(asked for k, asked in now.items() if k != j)
                if instead is not None:
                    apart |= instead.apart
                if not others & ~apart:
                    break
            else:
                return {j: asked.limit for j, asked in now.items()}, _apart(now.values())
            if instead is None:
                del now[j]
            else:
                now[j] = instead


def _apart(asked: Iterable[_Asked]) -> int:
    """Return from which boxes conditions keep a box apart together."""
    apart = 0
    for one in asked:
        apart |= one.apart
    return apart


def _shorter(box: dict[int, _Asked]) -> Iterator[tuple[int, _Asked | None]]:
    """Yield less for one column: nothing, those asked last first; then one end."""
    for j in reversed(list(box)):
        yield j, None
    for j, asked in box.items():
        for end in asked.ends:
            yield j, end
