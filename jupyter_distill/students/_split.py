"""The best split of one node, found on its histogram for all columns at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._histograms import Histograms

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Rows by which a category's mean is pulled towards the node's before categories are put in
# order: one lucky row must not carry a rare category to the end of the line.
CATEGORY_PRIOR = 10.0
TINY = 1e-9  # a gain below this share of the node's own sum of squares is rounding


@dataclass(frozen=True, eq=False)
class Split:
    """What to ask at a node.

    Attributes
    ----------
    gain : float
        By how much better it is than no question.
    feature : int
        Column.
    left : ndarray of bool, shape (256,)
        Whether each code goes left; code 0 is missing.
    missing_seen : bool
        Whether any row of the node has a missing value there.
    """

    gain: float
    feature: int
    left: Bools
    missing_seen: bool


def best_split(
    histogram: Floats, of: Histograms, min_rows: float, allowed: Bools | None = None
) -> Split | None:
    """Return the split with the largest gain, or None where none gains anything.

    Parameters
    ----------
    histogram : ndarray of shape (C, 1 + m)
        Per place: weight, and weighted sums of the response.
    of : Histograms
        What made it. Codes without an order are put in order of their mean response, which holds
        the best division into two sets where there is one output (Fisher, 1958), and along the
        first principal component of the means otherwise (Coppersmith, Hong and Hosking, 1999).
    min_rows : float
        Least weight on either side.
    allowed : ndarray of bool, shape (d,), optional
        Columns that may be asked about.
    """
    first = slice(0, of.start[1] if len(of.start) > 1 else None)
    total = histogram[first].sum(0)
    if total[0] < 2 * min_rows:
        return None
    order = _order(histogram, of, total)
    running = of.running(histogram if order is None else histogram[order])
    possible = None if allowed is None else allowed[of.column]
    # Numeric columns keep code 0 (missing) first, so a running sum carries it on the left;
    # without it the missing go right.
    ways = [_best(running, total, min_rows, possible)]
    if histogram[of.start, 0].any():
        missing = histogram[of.start][of.column]
        # only the missing on the left: said as the other one
        known = of.categorical | (running[:, 0] - missing[:, 0] > TINY * total[0])
        ordered = ~of.categorical
        if possible is not None:
            known, ordered = known & possible, ordered & possible
        ways = [
            _best(running, total, min_rows, known),
            _best(running - missing, total, min_rows, ordered),
        ]
    way = int(ways[1][0] > ways[0][0]) if len(ways) > 1 else 0
    found, place = ways[way]
    if not found > TINY * float(_square(total)):
        return None
    feature = int(of.column[place])
    start, n = int(of.start[feature]), int(of.n_codes[feature])
    inside = place - start + 1
    codes = np.arange(n) if order is None else order[start : start + n] - start
    weight = histogram[start : start + n, 0]
    left = np.zeros(256, dtype=bool)
    left[codes[:inside]] = True
    missing_seen = bool(weight[0] > TINY * total[0])
    if way == 1:
        left[0] = False
    return Split(found, feature, tidy(left, weight, of.categorical[start]), missing_seen)


def tidy(left: Bools, weight: Floats, categorical: bool) -> Bools:
    """Decide where codes go that no row of the node has, in place, and return it.

    Parameters
    ----------
    left : ndarray of bool, shape (256,)
        Which codes go left.
    weight : ndarray of shape (codes in use,)
        Weight of the node's rows with each code; the first is of missing values.
    categorical : bool
        Whether codes have no order.
    """
    total = weight.sum()
    present = weight > TINY * total
    n = len(weight)
    if not present[0]:  # nobody knows where the missing belong: with the many
        left[0] = weight[1:][left[1:n]].sum() * 2 >= total
    elif not categorical and not left[0] and not present[1:][~left[1:n]].any():
        left[1:n] = True  # all that are known: larger ones belong to them too
    if categorical:  # categories that the node does not know go where missing values go
        left[:n][~present] = left[0]
    return left


def _order(histogram: Floats, of: Histograms, total: Floats) -> NDArray[np.intp] | None:
    """Return the places in the order in which they are tried; None if as they are."""
    if not of.categorical.any():
        return None
    # histograms are made by subtraction, so that nothing may be left as a little less than nothing
    weight = np.where(histogram[:, :1] > TINY * total[0], histogram[:, :1], 0.0)
    mean = total[1:] / total[0]
    means = (histogram[:, 1:] + CATEGORY_PRIOR * mean) / (weight + CATEGORY_PRIOR) - mean
    score = of.code.astype(np.float64)
    for feature in np.unique(of.column[of.categorical]):
        at = slice(of.start[feature], of.start[feature] + of.n_codes[feature])
        axis = means[at, 0]
        if means.shape[1] > 1:
            spread = means[at] * np.sqrt(weight[at])
            axis = means[at] @ np.linalg.eigh(spread.T @ spread)[1][:, -1]
        score[at] = np.where(weight[at, 0] > 0, axis, np.inf)  # absent codes last
    return np.lexsort((score, of.column))


def _best(
    left: Floats, total: Floats, min_rows: float, possible: Bools | None
) -> tuple[float, int]:
    """Return the largest gain of the places that part the rows as wanted, and its place."""
    fits = (left[:, 0] >= min_rows) & (total[0] - left[:, 0] >= min_rows)
    places = np.flatnonzero(fits if possible is None else fits & possible)
    if len(places) == 0:
        return -np.inf, 0
    left = left[places]
    gain = _square(left) + _square(total - left) - _square(total)
    best = int(gain.argmax())
    return float(gain[best]), int(places[best])


def _square(sums: Floats) -> Floats:
    """Squared sum of the response over the weight: what a mean takes off the squared error."""
    of = sums[..., 1:]
    squares = of[..., 0] ** 2 if of.shape[-1] == 1 else np.einsum("...j,...j->...", of, of)
    return np.asarray(squares / sums[..., 0])
