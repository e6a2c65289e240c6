"""From a fitted tree and the rows that it met to an explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.targets import SoftTargets, Targets

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Met:
    """What a tree's nodes met: sums over rows, so that smaller trees need no row again.

    Attributes
    ----------
    rows : ndarray of shape (m,)
        Rows that reach each node.
    teacher : ndarray of shape (m, K)
        Sums of their soft targets at temperature 1; of a regression, of the predictions (K = 1).
    votes : ndarray of shape (m, K)
        How many of them the teacher gives to each class; of a regression, sums of squares.
    """

    rows: Floats
    teacher: Floats
    votes: Floats

    @classmethod
    def of(cls, nodes: Nodes, leaf: NDArray[np.intp], targets: Targets) -> Met:
        """Count over rows, given the leaf of each."""
        if isinstance(targets, SoftTargets):
            says, votes = targets.at(1.0), np.eye(targets.n_classes)[targets.predicted]
        else:
            says, votes = targets.values[:, None], targets.values[:, None] ** 2
        k = says.shape[1]
        sums = nodes.totals(leaf, np.column_stack([np.ones(len(leaf)), says, votes]))
        return cls(sums[:, 0], sums[:, 1 : 1 + k], sums[:, 1 + k :])

    def at(self, nodes: NDArray[np.intp]) -> Met:
        """Return the sums of some nodes."""
        return Met(self.rows[nodes], self.teacher[nodes], self.votes[nodes])


def tree_explanation(
    columns: tuple[Column, ...],
    classes: NDArray[Any] | None,
    nodes: Nodes,
    answers: Floats,
    met: Met,
) -> TreeExplanation:
    """Explain a tree whose nodes would say `answers`, shape (m, K), if they were leaves.

    They are probabilities, or with ``classes=None`` the numbers of a regression (K = 1).
    """
    leaf = nodes.left < 0
    says = np.where(leaf[:, None], answers * met.rows[:, None], 0.0)
    if classes is None:  # squared differences of the leaves to the teacher
        differ = met.votes - 2 * answers * met.teacher + answers**2 * met.rows[:, None]
        right = np.where(leaf, np.maximum(differ[:, 0], 0.0), 0.0)
    else:
        right = np.where(leaf, met.votes[np.arange(len(nodes)), answers.argmax(1)], 0.0)
    for node in range(len(nodes) - 1, 0, -1):  # inner nodes say what their leaves say
        says[nodes.parent[node]] += says[node]
        right[nodes.parent[node]] += right[node]
    rows = met.rows[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        student = np.where(rows > 0, says / rows, answers)
        teacher = np.where(rows > 0, met.teacher / rows, np.nan)
        share = np.where(met.rows > 0, right / met.rows, np.nan)
    return TreeExplanation(
        columns=columns,
        classes=() if classes is None else tuple(str(c) for c in classes),
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
        agreement=np.full(len(nodes), np.nan) if classes is None else share,
        error=np.sqrt(share) if classes is None else None,
    )
