"""Measures as means of columns, a number per row each: so all have intervals of one bootstrap.

What is not a mean by itself (AUC, balanced agreement, Spearman's correlation) has a column of its
value plus each row's influence on it, so that its resamples are right to first order.

References
----------
F. Hampel: The influence curve and its role in robust estimation. JASA, 1974. Of AUC: E. DeLong, D.
DeLong, D. Clarke-Pearson: Comparing the areas under two or more correlated ROC curves, 1988.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill import _resample as resample
from jupyter_distill._softmax import log_floored, log_softmax, softmax
from jupyter_distill._wilson import wilson
from jupyter_distill.audits._intervals import UNKNOWN, Interval
from jupyter_distill.checks import _reliability as reliability

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class Counted(NamedTuple):
    """A measure: columns of shape (n, m), and the measure as a function of their means."""

    columns: Floats
    of: Callable[[Floats], Floats]
    share: bool = False  # of rows that are 0 or 1
    folded: bool = False  # a sum of absolute values: that of a resample is larger by its noise


def intervals(counted: Mapping[str, Counted | None], seed: int | None) -> dict[str, Interval]:
    """Return every measure with its interval, all over the same resamples; None is not known."""
    there = {name: one for name, one in counted.items() if one is not None}
    if not there:
        return dict.fromkeys(counted, UNKNOWN)
    means = resample.resampled_means(np.hstack([one.columns for one in there.values()]), seed)
    found, start = dict.fromkeys(counted, UNKNOWN), 0
    for name, one in there.items():
        end = start + one.columns.shape[1]
        own = means[:, start:end]
        at = Interval(*resample.interval(one.columns, own, one.of))
        if one.folded:
            drawn = one.of(own)
            ends = np.quantile(drawn - drawn.mean(), [0.025, 0.975]) + at.value
            at = Interval(at.value, max(float(ends[0]), 0.0), float(ends[1]))
        if one.share:
            at = Interval(at.value, *wilson(at.value, len(one.columns)))
        elif len(one.columns) < resample.FEW:
            at = Interval(at.value, float("nan"), float("nan"))
        found[name], start = at, end
    return found


def to_classes(z: Floats, named: Codes) -> dict[str, Counted | None]:
    """Return how well logits name classes, each row's own: hard, balanced and as a ranking."""
    k, answer = z.shape[1], z.argmax(1)
    return {
        "agreement": mean(answer == named, share=True),
        "balanced agreement": _first(_balanced(answer == named, named, k)),
        "AUC": _first(_auc(softmax(z), named)),
    }


def to_distribution(z: Floats, logits: Floats) -> dict[str, Counted | None]:
    """Return how far logits are from a teacher's, as distributions and as log-odds."""
    log_q, log_p = log_softmax(logits), log_softmax(z)
    q = np.exp(log_q)
    with np.errstate(invalid="ignore"):  # two impossible classes: -inf - -inf
        kl = np.where(q > 0, q * (log_q - log_p), 0.0).sum(1)
    ours, theirs = (_log_odds(np.exp(log)) for log in (log_p, log_q))
    off, about = ((ours - theirs) ** 2).sum(1), ((theirs - theirs.mean(0)) ** 2).sum(1)
    r2 = None
    if about.mean() > 1e-12 * (theirs**2).sum(1).mean():
        r2 = Counted(np.column_stack([off, about]), lambda m: 1 - m[..., 0] / m[..., 1])
    return {
        "KL": mean(np.maximum(kl, 0.0)),
        "Brier": mean(((np.exp(log_p) - q) ** 2).sum(1)),
        "R2 of log-odds": r2,
    }


def to_labels(z: Floats, labels: Codes) -> dict[str, Counted | None]:
    """Return how right logits are, and how far their probabilities are from what happens."""
    hard = to_classes(z, labels)
    p, rows = softmax(z), np.arange(len(z))
    scores, right = p.max(1), z.argmax(1) == labels
    place = reliability.bins(scores)
    off = np.zeros((len(z), int(place.max()) + 1))
    off[rows, place] = scores - right
    return {
        "accuracy": hard["agreement"],
        "balanced accuracy": hard["balanced agreement"],
        "AUC": hard["AUC"],
        "ECE": Counted(off, lambda m: np.abs(m).sum(-1), folded=True),
        "log loss": mean(-log_softmax(z)[rows, labels]),
        "Brier": mean(((p - np.eye(z.shape[1])[labels]) ** 2).sum(1)),
    }


def to_numbers(said: Floats, target: Floats) -> dict[str, Counted | None]:
    """Return how far numbers are from others."""
    varies = np.ptp(target) > 0
    return {
        "R2": Counted(resample.r2_columns(said, target), resample.r2) if varies else None,
        "RMSE": Counted(
            ((said - target) ** 2)[:, None], lambda m: np.sqrt(np.maximum(m[..., 0], 0))
        ),
        "MAE": mean(np.abs(said - target)),
        "Spearman": _spearman(said, target) if varies and np.ptp(said) > 0 else None,
    }


def mean(values: NDArray[np.generic], *, share: bool = False) -> Counted:
    """Return a measure that is the mean of what every row has."""
    return Counted(np.asarray(values, dtype=np.float64)[:, None], lambda m: m[..., 0], share)


def _first(column: Floats | None) -> Counted | None:
    """Return a measure between 0 and 1 from its column of influences."""
    if column is None:
        return None
    return Counted(column[:, None], lambda m: np.clip(m[..., 0], 0.0, 1.0))


def _balanced(right: NDArray[np.bool_], named: Codes, k: int) -> Floats:
    rows = np.bincount(named, minlength=k)
    there = np.flatnonzero(rows)
    recall = np.bincount(named, weights=right, minlength=k) / np.maximum(rows, 1)
    influence = (right - recall[named]) * (len(named) / rows[named]) / len(there)
    return np.asarray(recall[there].mean() + influence)


def _auc(p: Floats, named: Codes) -> Floats | None:
    """Return the column of the mean one-vs-rest AUC over classes that some rows are named, not all.

    Of two classes both have the same.
    """
    n, k = p.shape
    columns = []
    for c in range(k - 1, -1, -1) if k > 2 else [1]:
        own = named == c
        of, rest = int(own.sum()), int((~own).sum())
        if not of or not rest:
            continue
        ranks = stats.rankdata(p[:, c])
        below = np.empty(n)  # share of the other rows that a row of the class is above
        below[own] = (ranks[own] - stats.rankdata(p[own, c])) / rest
        below[~own] = 1 - (ranks[~own] - stats.rankdata(p[~own, c])) / of
        value = below[own].mean()
        columns.append(value + (below - value) * np.where(own, n / of, n / rest))
    return np.asarray(np.mean(columns, axis=0)) if columns else None


def _spearman(said: Floats, target: Floats) -> Counted:
    n = len(said)
    x, y = ((stats.rankdata(v) - 0.5) / n for v in (said, target))
    columns = [
        _product(x, y, said, target),
        _product(x, x, said, said),
        _product(y, y, target, target),
    ]

    def correlation(m: Floats) -> Floats:
        both, one, other = (m[..., i] - 0.25 for i in range(3))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.clip(both / np.sqrt(one * other), -1.0, 1.0)

    return Counted(np.column_stack(columns), correlation)


def _product(x: Floats, y: Floats, said: Floats, target: Floats) -> Floats:
    """Return the column of the mean product of two ranks; a row moves the ranks above it, too."""
    influence = x * y + _above(said, y) + _above(target, x)
    return np.asarray((x * y).mean() + influence - influence.mean())


def _above(values: Floats, of: Floats) -> Floats:
    """Return for each row the sum over rows with larger values, ties by half, divided by n."""
    levels, place = np.unique(values, return_inverse=True)
    sums = np.bincount(place, weights=of, minlength=len(levels))
    return np.asarray((sums[::-1].cumsum()[::-1] - sums / 2)[place] / len(values))


def _log_odds(p: Floats) -> Floats:
    """Return log-probabilities about their mean in each row, none taken as less than the floor."""
    log = log_floored(p)
    return np.asarray(log - log.mean(1, keepdims=True))
