"""Means with 95 % bootstrap intervals, many at once on the same resamples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._wilson import Z, wilson

Floats = NDArray[np.float64]

RESAMPLES = 500
MANY = (
    20_000  # rows above which the bootstrap of a mean is its normal limit to the last digit shown
)
TOGETHER = 50  # resamples at a time, to bound the memory
FEW = 5  # rows below which resamples say nothing
NAN = float("nan")


class Interval(NamedTuple):
    """A mean and its 95 % interval.

    NaN where there is no row to measure on; its ends where there are too few to tell a spread by.
    """

    value: float
    low: float
    high: float

    def text(self, digits: int = 3) -> str:
        """Return ``0.912 [0.899, 0.924]``, or ``0.912`` where the ends are not known."""
        if np.isnan(self.value):
            return "-"
        form = f".{digits}f"
        if np.isnan(self.low):
            return f"{self.value:{form}}"
        return f"{self.value:{form}} {between(self.low, self.high, form)}"


UNKNOWN = Interval(NAN, NAN, NAN)


def between(low: float, high: float, form: str = ".3f") -> str:
    """Return ``[0.899, 0.924]``, each end written as `form` says."""
    return f"[{low:{form}}, {high:{form}}]"


def mean_intervals(
    values: Floats, groups: NDArray[np.bool_], shares: Sequence[bool], seed: int | None
) -> list[list[Interval]]:
    """Return the mean of every column of `values` in every group of rows.

    Parameters
    ----------
    values : ndarray of shape (n, m)
        What to average.
    groups : ndarray of bool, shape (n, g)
        Which rows belong to each group.
    shares : sequence of bool, length m
        Which columns are shares: of rows that are 0 or 1.
    seed : int or None
        Seed of the resamples.

    Returns
    -------
    list of list of Interval
        By group, then by column. A share that is 0 or 1 in all rows, of which no resample can
        tell anything, gets Wilson's interval; any other mean of fewer than 5 rows has no ends.
    """
    n, m = values.shape
    counts = groups.sum(0)
    with np.errstate(invalid="ignore"):
        means = (groups.T @ values) / counts[:, None]
        low, high = _normal(values, groups, means) if n > MANY else _drawn(values, groups, seed)
        low, high = np.minimum(low, means), np.maximum(high, means)  # of equals, up to rounding
    unknown = (counts < FEW)[:, None] & ~np.asarray(shares, dtype=bool)
    low, high = np.where(unknown, NAN, low), np.where(unknown, NAN, high)
    for g in range(groups.shape[1]):
        for c in np.flatnonzero(shares):
            if counts[g] and low[g, c] == high[g, c] and means[g, c] in (0.0, 1.0):
                low[g, c], high[g, c] = wilson(float(means[g, c]), int(counts[g]))
    return [
        [Interval(float(means[g, c]), float(low[g, c]), float(high[g, c])) for c in range(m)]
        for g in range(groups.shape[1])
    ]


def _drawn(values: Floats, groups: NDArray[np.bool_], seed: int | None) -> tuple[Floats, Floats]:
    n, m = values.shape
    rng = np.random.default_rng(seed)
    products = (groups[:, :, None] * values[:, None, :]).reshape(n, -1)
    columns = np.concatenate([products, groups], axis=1)
    drawn = []
    for _ in range(0, RESAMPLES, TOGETHER):
        times = np.empty((TOGETHER, n))
        for b in range(TOGETHER):
            times[b] = np.bincount(rng.integers(0, n, n), minlength=n)
        sums = times @ columns
        g = groups.shape[1]
        drawn.append(sums[:, :-g].reshape(TOGETHER, g, m) / sums[:, -g:, None])
    means = np.concatenate(drawn)
    # A resample may hold no row of a rare class; what is unknown in all rows stays unknown.
    unknown = np.isnan(means).all(0)
    low, high = np.nanquantile(np.where(unknown, 0.0, means), [0.025, 0.975], axis=0)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _normal(values: Floats, groups: NDArray[np.bool_], means: Floats) -> tuple[Floats, Floats]:
    counts = groups.sum(0)[:, None]
    spread = np.sqrt(np.maximum((groups.T @ values**2) / counts - means**2, 0.0))
    half = Z * spread / np.sqrt(counts)
    return means - half, means + half
