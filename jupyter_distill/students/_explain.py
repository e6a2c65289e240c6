"""From a fitted tree and the rows that it met to an explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.targets import SoftTargets

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Met:
    """What a tree's nodes met: sums over rows, so that smaller trees need no row again.

    Attributes
    ----------
    rows : ndarray of shape (m,)
        Rows that reach each node.
    teacher : ndarray of shape (m, K)
        Sums of their soft targets at temperature 1.
    votes : ndarray of shape (m, K)
        How many of them the teacher gives to each class.
    """

    rows: Floats
    teacher: Floats
    votes: Floats

    @classmethod
    def of(cls, nodes: Nodes, leaf: NDArray[np.intp], targets: SoftTargets) -> Met:
        """Count over rows, given the leaf of each."""
        k = targets.n_classes
        votes = np.eye(k)[targets.predicted]
        sums = nodes.totals(leaf, np.column_stack([targets.at(1.0), votes]))
        return cls(sums[:, k:].sum(1), sums[:, :k], sums[:, k:])

    def first(self, m: int) -> Met:
        """Return the sums of the first `m` nodes."""
        return Met(self.rows[:m], self.teacher[:m], self.votes[:m])


def tree_explanation(
    columns: tuple[Column, ...],
    classes: NDArray[Any],
    nodes: Nodes,
    probabilities: Floats,
    met: Met,
) -> TreeExplanation:
    """Explain a tree whose nodes would say `probabilities`, shape (m, K), if they were leaves."""
    leaf = nodes.left < 0
    says = np.where(leaf[:, None], probabilities * met.rows[:, None], 0.0)
    agrees = np.where(leaf, met.votes[np.arange(len(nodes)), probabilities.argmax(1)], 0.0)
    for node in range(len(nodes) - 1, 0, -1):  # inner nodes say what their leaves say
        says[nodes.parent[node]] += says[node]
        agrees[nodes.parent[node]] += agrees[node]
    rows = met.rows[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        student = np.where(rows > 0, says / rows, probabilities)
        teacher = np.where(rows > 0, met.teacher / rows, np.nan)
        agreement = np.where(met.rows > 0, agrees / met.rows, np.nan)
    return TreeExplanation(
        columns=columns,
        classes=tuple(str(c) for c in classes),
        left=nodes.left.astype(np.int32),
        right=nodes.right.astype(np.int32),
        parent=nodes.parent.astype(np.int32),
        depth=nodes.depth.astype(np.int32),
        feature=nodes.feature.astype(np.int32),
        threshold=nodes.threshold,
        left_categories=tuple(
            None if c is None else tuple(int(i) for i in np.flatnonzero(c))
            for c in nodes.left_codes
        ),
        missing_left=nodes.missing_left,
        missing_seen=nodes.missing_seen,
        support=met.rows,
        teacher=teacher,
        student=student,
        agreement=agreement,
    )
