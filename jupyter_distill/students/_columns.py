"""A search for trees with columns limited or required."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._careful import careful
from jupyter_distill.students._search import Effort, Search
from jupyter_distill.students._sketch import Sketch

Floats = NDArray[np.float64]


def within(
    search: Search,
    budget: tuple[int | None, list[int]],
    responses: Sequence[Floats],
    sizes: Sequence[int],
    effort: Effort,
    seed: int | None,
) -> list[Sketch]:
    """Search with at most so many columns, some of them required; carefully with a seed.

    Where a tree asks about too many, the required ones and those that save most are kept and
    the search begins anew with them.
    """
    find = search.trees if seed is None else partial(careful, search, seed=seed)
    trees = find(responses, sizes, effort)
    most, required = budget
    for i, size in enumerate(sizes):
        saved = _saved(search, trees[i])
        saved[required] = np.inf
        if most is not None and (saved > 0).sum() > most:
            keep = np.zeros(len(saved), dtype=bool)
            keep[np.argsort(-saved, kind="stable")[:most]] = True
            narrow = search.asking(keep)
            (trees[i],) = within(narrow, (None, []), responses, [size], effort, seed)
        trees[i] = _asking(search, trees[i], set(required), responses[-1], size)
    return trees


def _asking(
    search: Search, tree: Sketch, required: set[int], response: Floats, size: int
) -> Sketch:
    """Return a tree of that size that asks about all required columns which part any rows.

    Those that the search did not take are asked about where that gains most, in the place of the
    questions that save least.
    """
    for room in range(len(required) + 1):
        cut = tree if room == 0 else search.cut(tree, size - room)[1]
        missing = required - set(cut.feature)
        if len(missing) <= room:
            break
    for column in sorted(missing):
        others = [j for j in range(len(search.binned.n_codes)) if j != column]
        cut = search.grown(cut, response, cut.n_leaves + 1, but=others)
    return cut


def _saved(search: Search, tree: Sketch) -> Floats:
    """Return what the questions about each column save."""
    cost = search.criterion.cost(search.sums(tree))
    saved = np.zeros(len(search.binned.n_codes))
    for node, feature in enumerate(tree.feature):
        if feature >= 0:
            below = cost[tree.left[node]] + cost[tree.right[node]]
            saved[feature] += max(float(cost[node] - below), 1e-12)
    return saved
