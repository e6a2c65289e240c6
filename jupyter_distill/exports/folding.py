"""Which nodes of a tree are folded, and which depth that comes to."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from jupyter_distill.explanation import TreeExplanation


def to_depth(tree: TreeExplanation, depth: int) -> list[int]:
    """Return the nodes to fold so that `depth` levels of conditions show."""
    return [int(node) for node in np.flatnonzero((tree.left >= 0) & (tree.depth >= depth))]


def depth_of(tree: TreeExplanation, folded: Collection[int]) -> int | None:
    """Return how many levels show; None where nodes are folded one by one."""
    shut = (tree.left >= 0) & np.isin(np.arange(len(tree)), list(folded))
    hidden = np.zeros(len(tree), dtype=bool)
    for node in range(1, len(tree)):  # parents come before children
        hidden[node] = hidden[tree.parent[node]] or shut[tree.parent[node]]
    seen = (tree.left >= 0) & ~hidden
    if not (shut & seen).any():
        return int(tree.depth.max())
    depth = int(tree.depth[shut & seen].min())
    return depth if bool((shut[seen] == (tree.depth[seen] >= depth)).all()) else None
