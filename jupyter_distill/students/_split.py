"""The best split of one node, found on its histograms for all columns at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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
        Fall of the weighted squared error.
    feature : int
        Column.
    cut : int
        Numeric columns: the last bin that goes left.
    left : ndarray of bool, shape (256,)
        Whether each code goes left; code 0 is missing.
    missing_seen : bool
        Whether any row of the node has a missing value there.
    """

    gain: float
    feature: int
    cut: int
    left: NDArray[np.bool_]
    missing_seen: bool


def best_split(
    histogram: Floats,
    n_codes: NDArray[np.intp],
    categorical: NDArray[np.bool_],
    min_rows: float,
    allowed: NDArray[np.bool_] | None = None,
) -> Split | None:
    """Return the split with the largest gain, or None where none gains anything.

    Parameters
    ----------
    histogram : ndarray of shape (d, c, 1 + m)
        Per column and code: weight, and weighted sums of the response. Code 0 is missing.
    n_codes : ndarray of int, shape (d,)
        Codes in use.
    categorical : ndarray of bool, shape (d,)
        Columns whose codes have no order: they are ordered by their mean response, which holds
        the best division into two sets where there is one output (Fisher, 1958), and along the
        first principal component of the means otherwise (Coppersmith, Hong and Hosking, 1999).
    min_rows : float
        Least weight on either side.
    allowed : ndarray of bool, shape (d,), optional
        Columns that may be asked about.
    """
    total = histogram[0].sum(0)
    if total[0] < 2 * min_rows:
        return None
    order = _orders(histogram, categorical, total)
    sorted_ = np.take_along_axis(histogram, order[:, :, None], axis=1)
    running = np.cumsum(sorted_, axis=1)
    missing = histogram[:, :1]
    # Numeric columns keep code 0 (missing) first, so a running sum carries it on the left;
    # without it the missing go right.
    numeric = ~categorical[:, None]
    gains = np.stack(
        [
            _gain(running, total, min_rows),
            np.where(numeric, _gain(running - missing, total, min_rows), -np.inf),
        ]
    )
    known = running[:, :, 0] - missing[:, :, 0]
    # only the missing on the left: said as the other one
    gains[0][numeric & (known <= TINY * total[0])] = -np.inf
    if allowed is not None:
        gains[:, ~allowed] = -np.inf
    best = int(gains.argmax())
    if gains.flat[best] <= TINY * float(_square(total)):
        return None
    way, feature, place = np.unravel_index(best, gains.shape)
    left = np.zeros(256, dtype=bool)
    left[order[feature, : place + 1]] = True
    weight = histogram[feature, :, 0]
    present = weight > TINY * total[0]
    missing_seen = bool(present[0])
    if missing_seen and way == 1:
        left[0] = False
        if not present[place + 1 :].any():  # all that are known: larger ones belong to them too
            place = n_codes[feature] - 1
            left[1 : place + 1] = True
    elif not missing_seen:  # nobody knows where they belong: with the many
        left[0] = weight[1:][left[1 : len(weight)]].sum() * 2 >= total[0]
    if categorical[feature]:  # so do categories that no row of this node has
        left[: len(weight)][~present] = left[0]
    return Split(float(gains.flat[best]), int(feature), int(place), left, missing_seen)


def _orders(histogram: Floats, categorical: NDArray[np.bool_], total: Floats) -> NDArray[np.intp]:
    """Return per column the order of its codes: as they are, or by mean response."""
    d, c, _ = histogram.shape
    order = np.tile(np.arange(c), (d, 1))
    if categorical.any():
        part = histogram[categorical]
        weight = part[:, :, :1]
        mean = total[1:] / total[0]
        means = (part[:, :, 1:] + CATEGORY_PRIOR * mean) / (weight + CATEGORY_PRIOR)
        if means.shape[2] == 1:
            score = means[:, :, 0]
        else:
            centred = (means - mean) * np.sqrt(weight)
            _, axes = np.linalg.eigh(centred.transpose(0, 2, 1) @ centred)
            score = np.einsum("dck,dk->dc", means - mean, axes[:, :, -1])
        score = np.where(weight[:, :, 0] > 0, score, np.inf)  # absent codes last
        order[categorical] = np.argsort(score, axis=1, kind="stable")
    return order


def _gain(left: Floats, total: Floats, min_rows: float) -> Floats:
    right = total - left
    allowed = (left[..., 0] >= min_rows) & (right[..., 0] >= min_rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = _square(left) + _square(right) - _square(total)
    return np.where(allowed, gain, -np.inf)


def _square(sums: Floats) -> Floats:
    """Squared sum of the response over the weight: what a mean takes off the squared error."""
    return np.asarray((sums[..., 1:] ** 2).sum(-1) / sums[..., 0])
