"""Which trees of a search are taken where rows are few: those that pay on rows left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._paired import Paired
from jupyter_distill.students._search import GREEDY, Effort, Search
from jupyter_distill.students._sketch import Sketch

Floats = NDArray[np.float64]
PARTS = 3  # of the rows, each left out once to see what pays


def careful(
    search: Search,
    responses: Sequence[Floats],
    sizes: Sequence[int],
    effort: Effort,
    seed: int | None,
) -> list[Sketch]:
    """Search, but only as far as it pays on rows that were left out.

    Few rows are learnt by heart by a long search. Parts of them are left out in turn; each
    size takes the way whose trees cost least there, but the plainest one, grown by the last
    response and cut back, unless another one saves more than one standard error.
    """
    ways = [([response], GREEDY) for response in reversed(responses)]
    ways.append((list(responses), effort))
    weights, codes, rows = search.weights, search.binned.codes, search.rows
    # rows of the same codes are left out together: a copy would tell what is to be guessed
    unique, copy = np.unique(codes[rows], axis=0, return_inverse=True)
    parts = np.random.default_rng(seed).permutation(len(unique)) % PARTS
    part = np.full(len(weights), -1)
    part[rows] = parts[copy]
    cost = np.zeros((len(ways), len(sizes), len(weights)))
    for left_out in range(PARTS):
        outside = np.flatnonzero(part == left_out)
        inside = search.among(np.flatnonzero((part >= 0) & (part != left_out)))
        if len(inside.rows) == 0:
            continue
        for i, (starts, how) in enumerate(ways):
            trees = inside.trees(starts, sizes, how)
            cost[i][:, outside] = [_beyond(inside, tree, outside) for tree in trees]
    order = np.argsort(copy, kind="stable")
    first = np.searchsorted(copy[order], np.arange(len(unique)))
    saved = np.add.reduceat((cost[:1] - cost)[..., rows[order]], first, axis=2)
    gain = Paired.of(saved)
    best = np.where(gain.beyond(1.0), gain.mean, 0.0).argmax(0)
    found = {i: search.trees(ways[i][0], sizes, ways[i][1]) for i in np.unique(best)}
    return [found[i][j] for j, i in enumerate(best)]


def _beyond(search: Search, tree: Sketch, outside: NDArray[np.intp]) -> Floats:
    """Return what each row costs in the leaves that other rows have filled."""
    prices = search.criterion.prices(search.sums(tree))
    leaf = tree.route(search.binned.codes, outside)
    return np.asarray((search.criterion.rows[outside] * prices[leaf]).sum(1))
