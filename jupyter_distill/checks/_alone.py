"""How well one column alone tells y: on rows that were set aside, whatever its scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.targets import Predictions, SoftTargets, Targets

FEWEST, MOST, IN_GROUP = 8, 64, 10  # groups of values that are told apart, and rows of each
LEAST = 10  # rows of a class, or in all, below which a perfect score may be luck
MEASURES: dict[type, str] = {SoftTargets: "AUC", Predictions: "R2"}

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


def alone(codes: Codes, values: Floats, targets: Targets) -> float:
    """Return how well a column tells y by itself; NaN where it cannot be said.

    The values are put into groups of about as many rows each. Of every other row it is learnt what
    a group says of y, on the rest it is measured, and the other way round.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        A code per row, in the order of the values; missing ones are a value of their own.
    values : ndarray of shape (n,)
        The values, NaN where missing.
    targets : SoftTargets or Predictions
        With the truth.

    Returns
    -------
    float
        The area under the ROC curve, of each class against the rest and averaged over classes
        with enough rows; of a regression R2, be it by groups or on a straight line.
    """
    known = targets.known
    if known is None or known.sum() < 2 * LEAST:
        return float("nan")
    groups = _groups(codes[known])
    if isinstance(targets, Predictions):
        assert targets.truth is not None
        truth = targets.truth[known]
        return max(_r2(groups, truth), _straight(values[known], truth))
    assert targets.labels is not None
    return _auc(groups, targets.labels[known], targets.n_classes)


def _groups(codes: Codes) -> Codes:
    """Return codes of not too many groups: neighbours in order, of about as many rows each."""
    counts = np.bincount(codes)
    bins = min(MOST, max(FEWEST, len(codes) // IN_GROUP))
    if len(counts) <= bins:
        return codes
    below = np.cumsum(counts) - counts
    return np.asarray(below * bins // len(codes), dtype=np.intp)[codes]


def _halves(n: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return two halves, alike in any order of the rows but one that knows this seed."""
    one = np.zeros(n, dtype=bool)
    one[np.random.default_rng(0).permutation(n)[: n // 2]] = True
    return one, ~one


def _auc(groups: Codes, labels: Codes, classes: int) -> float:
    bins = int(groups.max()) + 1
    areas, enough = [], np.bincount(labels, minlength=classes) >= LEAST
    if enough.sum() < 2:
        return float("nan")
    one, other = (
        np.bincount(groups[half] * classes + labels[half], minlength=bins * classes).reshape(
            bins, classes
        )
        for half in _halves(len(labels))
    )
    for learnt, measured in ((one, other), (other, one)):
        shares = learnt.sum(0) / learnt.sum()
        says = (learnt + shares) / (learnt.sum(1, keepdims=True) + 1)
        for k in np.flatnonzero(enough):
            areas.append(_area(says[:, k], measured[:, k], measured.sum(1) - measured[:, k]))
    return float(np.mean(areas))


def _area(says: Floats, yes: Codes, no: Codes) -> float:
    """Return the area under the ROC curve of groups that hold so many rows of either kind."""
    levels, place = np.unique(says, return_inverse=True)
    yes, no = (np.bincount(place, weights=c, minlength=len(levels)) for c in (yes, no))
    pairs = yes.sum() * no.sum()
    if pairs == 0:
        return 0.0
    below = np.cumsum(no) - no
    return float((yes * (below + no / 2)).sum() / pairs)


def _r2(groups: Codes, truth: Floats) -> float:
    bins = int(groups.max()) + 1
    off = np.empty(len(truth))
    for learnt in _halves(len(truth)):
        counts = np.bincount(groups[learnt], minlength=bins)
        mean = truth[learnt].mean()
        # a group without rows, or with one by chance, says what all do
        sums = np.bincount(groups[learnt], weights=truth[learnt] - mean, minlength=bins)
        says = mean + sums / np.maximum(counts, 1)
        off[~learnt] = (truth - says[groups])[~learnt]
    spread = float(truth.var())
    return 1 - float((off**2).mean()) / spread if spread > 0 else float("nan")


def _straight(values: Floats, truth: Floats) -> float:
    """Return the squared correlation, over rows whose value is known; 0 where many are not."""
    known = ~np.isnan(values)
    if known.mean() < 0.99 or np.ptp(values[known]) == 0 or np.ptp(truth[known]) == 0:
        return 0.0
    return float(np.corrcoef(values[known], truth[known])[0, 1] ** 2)
