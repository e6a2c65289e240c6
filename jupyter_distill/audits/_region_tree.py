"""A small tree over the rows where two models part, of no more leaves than tell something."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation.limits import Limit
from jupyter_distill.students.tree import TreeRegressionStudent
from jupyter_distill.targets import Predictions

Positions = NDArray[np.intp]
Floats = NDArray[np.float64]

LEAVES = 2  # of the tree for each region: the other ones are where the models agree
SIZES = (2, 3, 4, 6, 8)
LEAST, SHARE = 10, 0.02  # rows of a region, and of all rows, at least


def leaves(
    d: Distillation, apart: Floats, found_on: Positions, most: int
) -> list[tuple[str, tuple[Limit, ...], Positions]]:
    """Return rule, limits and rows of the leaves in which most of the disagreement is."""
    table = d.table.take(found_on)
    seed = d.random_state
    size = _size(table, apart, LEAVES * most, seed)
    if size < 2:
        return []
    tree = _tree(size, len(found_on), seed).fit_soft(table, Predictions(apart))
    said = tree.explain()
    leaf = tree.nodes_.apply(d.table.values)
    # by how much more than its share of the disagreement each has
    excess = said.support * (said.teacher[:, 0] - apart.mean())
    worst = [k for k in np.argsort(-excess, kind="stable") if said.left[k] < 0 and excess[k] > 0]
    return [
        (
            said.rule(int(k), in_full=True),
            tuple(said.limits(int(k)).values()),
            np.flatnonzero(leaf == k),
        )
        for k in worst[:most]
        if k > 0
    ]


def _tree(size: int, rows: int, seed: int) -> TreeRegressionStudent:
    least = max(LEAST, SHARE * rows)
    # a longer search finds more of what is so on these rows alone
    return TreeRegressionStudent(
        size=size, alpha=0.0, min_rows=least, quality="greedy", random_state=seed
    )


def _size(table: Table, apart: Floats, most: int, seed: int) -> int:
    """Return the fewest leaves that tell of other rows as much, but for chance, as any size does.

    Every fourth row is left out to learn it; 1 where no tree tells anything.
    """
    order = np.random.default_rng(seed).permutation(len(apart))
    out, kept = np.split(order, [len(order) // 4])
    if not (np.ptp(apart[kept]) > 0 and len(out)):
        return 1
    sizes = [size for size in SIZES if size < most] + [max(2, most)]
    trees = _tree(max(sizes), len(kept), seed).sweep(
        table.take(kept), Predictions(apart[kept]), sizes
    )
    off = [(apart[out] - apart[kept].mean()) ** 2]
    off += [(apart[out] - tree.output(table.take(out))) ** 2 for tree in trees]
    best = min(off, key=lambda one: float(one.mean()))
    for size, one in zip([1, *sizes], off, strict=True):
        if float((one - best).mean()) <= 2 * float((one - best).std()) / np.sqrt(len(out)):
            return size
    return 1
