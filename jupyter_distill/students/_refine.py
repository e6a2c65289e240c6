"""Tree alternating optimisation: every question in turn is replaced by the best one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._bins import Binned
from jupyter_distill.students._criterion import Criterion
from jupyter_distill.students._histograms import Histograms
from jupyter_distill.students._sketch import Bools, Sketch
from jupyter_distill.students._split import Split, tidy

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def refine(
    tree: Sketch,
    binned: Binned,
    histograms: Histograms,
    rows: Ints,
    criterion: Criterion,
    min_rows: float,
    sweeps: int,
    allowed: Bools | None = None,
) -> float:
    """Improve the questions of a tree in place, from the bottom up, and return its cost.

    With everything else held, the rows that reach a node cost a known amount more on one side
    than on the other; the best question is the one that splits these differences best, which is
    found exactly on histograms. Leaves follow at once. The cost never rises.

    References
    ----------
    M. A. Carreira-Perpinan, P. Tavallali: Alternating optimization of decision trees, NeurIPS
    2018.
    """
    codes = binned.codes
    leaf = np.zeros(len(codes), dtype=np.intp)
    leaf[rows] = tree.route(codes, rows)
    weight = criterion.rows[:, 0]
    sums = _sums(tree, leaf[rows], criterion.rows[rows])
    last = _cost(tree, criterion, sums)
    for _ in range(sweeps):
        reach = tree.reach(codes, rows)
        prices = criterion.prices(sums)
        for node in range(len(tree) - 1, -1, -1):
            here = reach[node]
            now = tree.goes[node]
            if now is None or len(here) == 0:
                continue
            to_left = tree.route(codes, here, tree.left[node])
            to_right = tree.route(codes, here, tree.right[node])
            of = criterion.rows[here]
            dearer = np.einsum("ij,ij->i", of, prices[to_left] - prices[to_right])
            if not dearer.any():
                continue
            histogram = histograms.of(here, np.column_stack([weight[here], dearer]))
            current = float(dearer[now[codes[here, tree.feature[node]]]].sum())
            found = best_question(histogram, histograms, min_rows, allowed)
            if found is None or -found.gain >= current - 1e-9 * abs(last):
                continue
            tree.feature[node], tree.goes[node] = found.feature, found.left
            tree.missing[node] = found.missing_seen
            ends = np.where(found.left[codes[here, found.feature]], to_left, to_right)
            moved = leaf[here] != ends
            leaf[here] = ends
            if moved.any():
                below = np.unique(np.concatenate([to_left, to_right]))
                for j in range(sums.shape[1]):
                    sums[below, j] = np.bincount(ends, of[:, j], minlength=len(tree))[below]
                prices[below] = criterion.prices(sums[below])
        sums = _sums(tree, leaf[rows], criterion.rows[rows])
        cost = _cost(tree, criterion, sums)
        if cost > last - 1e-6 * abs(last):
            return min(cost, last)
        last = cost
    return last


def _sums(tree: Sketch, leaf: Ints, of: Floats) -> Floats:
    return np.column_stack([np.bincount(leaf, c, minlength=len(tree)) for c in of.T])


def _cost(tree: Sketch, criterion: Criterion, sums: Floats) -> float:
    return float(criterion.cost(sums[np.array(tree.left) < 0]).sum())


def best_question(
    histogram: Floats, of: Histograms, min_rows: float, allowed: Bools | None = None
) -> Split | None:
    """Return the question whose left side is the cheapest; its gain is what that side saves.

    Parameters
    ----------
    histogram : ndarray of shape (C, 2)
        Per place: weight, and how much dearer the left side is for these rows.
    of : Histograms
        What made it.
    min_rows : float
        Least weight on either side.
    allowed : ndarray of bool, shape (d,), optional
        Columns that may be asked about.
    """
    weight, dearer = histogram[:, 0], histogram[:, 1]
    total = float(np.add.reduceat(weight, of.start)[0])
    # Ordered codes: a running sum, which missing values join where they are cheaper on the left.
    # Codes without an order: each goes where it is cheaper, which is the best of all divisions.
    joins = dearer[of.start] < 0
    missing = np.where(joins[:, None], 0.0, histogram[of.start])
    running = of.running(histogram) - missing[of.column]
    running[of.start[~joins]] = 0.0  # nothing is on the left yet
    if of.categorical.any():
        chosen = of.categorical & (dearer < 0) & (weight > 0)
        sides = np.add.reduceat(np.where(chosen[:, None], histogram, 0.0), of.start)
        running[of.categorical] = sides[of.column[of.categorical]]
    possible = (running[:, 0] >= min_rows) & (total - running[:, 0] >= min_rows)
    if allowed is not None:
        possible &= allowed[of.column]
    cheapest = np.where(possible, running[:, 1], np.inf)
    place = int(cheapest.argmin())
    if not np.isfinite(cheapest[place]):
        return None
    feature = int(of.column[place])
    at = slice(of.start[feature], of.start[feature] + of.n_codes[feature])
    left = np.zeros(256, dtype=bool)
    n = at.stop - at.start
    if of.categorical[place]:
        left[:n] = chosen[at]
    else:
        left[1 : of.code[place] + 1] = True
        left[0] = joins[feature]
    seen = bool(weight[at.start] > 0)
    left = tidy(left, weight[at], bool(of.categorical[place]))
    return Split(-float(cheapest[place]), feature, left, seen)
