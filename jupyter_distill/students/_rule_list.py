"""A tree read as an ordered list of rules, each as short as those before it allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation import Limit, TreeExplanation

Box = Mapping[int, Limit]


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
        held = np.ones(len(values), dtype=bool)
        for column, limit in self.box.items():
            x = values[:, column]
            if limit.codes is None:
                lost = np.isnan(x)
                inside = (x > limit.low) & (x <= limit.high)
            else:
                lost = ~(x >= 0)  # missing, or a category that was never seen
                inside = np.isin(x, sorted(limit.codes))
            held &= np.where(lost, limit.missing, inside)
        return held


def rule_list(tree: TreeExplanation, columns: tuple[Column, ...]) -> tuple[Rule, ...]:
    """Return the leaves of a tree as an ordered list that decides every possible row alike.

    A rule only sees rows that no rule before it took, so it may leave out whatever merely keeps it
    apart from those. At each place the leaf with the fewest conditions is taken, of equals the one
    with the most rows; the last leaf needs none.
    """
    boxes = {int(leaf): tree.limits(int(leaf)) for leaf in np.flatnonzero(tree.left < 0)}
    rules: list[Rule] = []
    short = {leaf: _shortened(box, boxes, leaf) for leaf, box in boxes.items()}
    while len(boxes) > 1:
        best = min(boxes, key=lambda leaf: (_load(short[leaf]), -float(tree.support[leaf]), leaf))
        rules.append(Rule(short[best], best))
        gone = boxes.pop(best)
        for leaf, box in boxes.items():
            # only rules that had to keep away from the one that is gone can become shorter
            if not _apart_without(short[leaf], gone):
                continue
            short[leaf] = _shortened(box, boxes, leaf)
    rules.append(Rule({}, next(iter(boxes))))
    return tuple(rules)


def _apart_without(box: Box, other: Box) -> bool:
    return any(j in other and _disjoint(limit, other[j]) for j, limit in box.items())


def _load(box: Box) -> int:
    """Return how much there is to read: both ends of an interval count."""
    return sum(
        1 + (limit.codes is None and np.isfinite(limit.low) and np.isfinite(limit.high))
        for limit in box.values()
    )


def _shortened(box: Box, boxes: Mapping[int, Box], leaf: int) -> Box:
    """Leave out conditions as long as the box stays apart from all others."""
    others = [other for at, other in boxes.items() if at != leaf]
    now = dict(box)
    again = True
    while again:
        again = False
        for shorter in _shorter(now):
            if all(_apart_without(shorter, other) for other in others):
                now, again = shorter, True
                break
    return now


def _shorter(box: dict[int, Limit]) -> Iterator[dict[int, Limit]]:
    """Yield the box with one condition less, whole columns first, those asked last first."""
    for column in reversed(list(box)):
        yield {j: limit for j, limit in box.items() if j != column}
    for column, limit in box.items():
        if limit.codes is None and np.isfinite(limit.low) and np.isfinite(limit.high):
            yield {**box, column: replace(limit, low=-np.inf)}
            yield {**box, column: replace(limit, high=np.inf)}


def _disjoint(a: Limit, b: Limit) -> bool:
    """Return whether no value, and no missing one, is within both."""
    if a.missing and b.missing:
        return False
    if a.codes is not None and b.codes is not None:
        return not a.codes & b.codes
    return max(a.low, b.low) >= min(a.high, b.high)
