"""Tree alternating optimisation: every question in turn is replaced by the best one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._bins import Binned
from jupyter_distill.students._criterion import Criterion
from jupyter_distill.students._histograms import Histograms
from jupyter_distill.students._sketch import Bools, Sketch

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
            found = best_question(histogram, binned, min_rows, allowed)
            if found is None or found[0] >= current - 1e-9 * abs(last):
                continue
            _, feature, goes, missing = found
            tree.feature[node], tree.goes[node], tree.missing[node] = feature, goes, missing
            ends = np.where(goes[codes[here, feature]], to_left, to_right)
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
    histogram: Floats, binned: Binned, min_rows: float, allowed: Bools | None = None
) -> tuple[float, int, Bools, bool] | None:
    """Return (sum on the left, column, codes that go left, missing seen) of the least sum.

    Parameters
    ----------
    histogram : ndarray of shape (d, c, 2)
        Per column and code: weight, and how much dearer the left side is. Code 0 is missing.
    binned : Binned
        What the codes mean.
    min_rows : float
        Least weight on either side.
    allowed : ndarray of bool, shape (d,), optional
        Columns that may be asked about.
    """
    weight, dearer = histogram[..., 0], histogram[..., 1]
    total = float(weight[0].sum())
    best: tuple[float, int, Bools, bool] | None = None
    numeric = ~binned.categorical
    if allowed is not None:
        numeric = numeric & allowed
    at = np.flatnonzero(numeric)
    if len(at):
        # missing values go to the cheaper side, which differs by column
        joins = dearer[at, 0] < 0
        base = np.where(joins, dearer[at, 0], 0.0)
        base_weight = np.where(joins, weight[at, 0], 0.0)
        left = np.cumsum(dearer[at, 1:], axis=1) + base[:, None]
        below = np.cumsum(weight[at, 1:], axis=1) + base_weight[:, None]
        left[(below < min_rows) | (total - below < min_rows)] = np.inf
        # a cut behind the last bin parts the known from the missing only
        place = int(left.argmin())
        i, cut = divmod(place, left.shape[1])
        if np.isfinite(left[i, cut]):
            feature = int(at[i])
            goes = np.zeros(256, dtype=bool)
            goes[1 : cut + 2] = True
            n = int(binned.n_codes[feature])
            if cut + 2 >= n:
                goes[1:] = True
            seen = bool(weight[feature, 0] > 0)
            known = weight[feature, 1:]
            goes[0] = bool(joins[i]) if seen else known[goes[1 : len(known) + 1]].sum() * 2 >= total
            best = float(left[i, cut]), feature, goes, seen
    unordered = binned.categorical if allowed is None else binned.categorical & allowed
    for feature in np.flatnonzero(unordered).tolist():
        n = int(binned.n_codes[feature])
        w, s = weight[feature, :n], dearer[feature, :n]
        side = (s < 0) & (w > 0)
        value = float(s[side].sum())
        mass = float(w[side].sum())
        if mass < min_rows or total - mass < min_rows:
            continue
        if best is None or value < best[0]:
            seen = bool(w[0] > 0)
            if not seen:
                side[0] = mass * 2 >= total
            side[w <= 0] = side[0]
            goes = np.zeros(256, dtype=bool)
            goes[:n] = side
            best = value, feature, goes, seen
    return best
