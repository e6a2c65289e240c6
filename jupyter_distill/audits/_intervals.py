"""Means with 95 % intervals, many at once on the same resamples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._resample import FEW
from jupyter_distill._wilson import Z, wilson

Floats = NDArray[np.float64]

RESAMPLES = 500
# rows of a group above which the bootstrap of its mean is its normal limit to the last digit shown
MANY = 20_000
TOGETHER = 50  # resamples at a time, to bound the memory
NAN = float("nan")


class Interval(NamedTuple):
    """A mean and its 95 % interval.

    NaN where there is no row to measure on; its ends where there are too few to tell a spread by.
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return self.text()

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
        By group, then by column. Shares have Wilson's interval, other means that of a bootstrap,
        or its normal limit where the group has very many rows; below 5 rows it has no ends.
    """
    n, m = values.shape
    counts = groups.sum(0)
    numbers = ~np.asarray(shares, dtype=bool)
    with np.errstate(invalid="ignore"):
        means = (groups.T @ values) / counts[:, None]
        ends = np.full((2, len(counts), m), NAN)
        if numbers.any():
            ends[:, :, numbers] = _of_numbers(values[:, numbers], groups, means[:, numbers], seed)
    ends[:, counts < FEW] = NAN
    for g in np.flatnonzero(counts):
        for c in np.flatnonzero(~numbers):
            ends[:, g, c] = wilson(float(means[g, c]), int(counts[g]))
    low, high = ends
    return [
        [Interval(float(means[g, c]), float(low[g, c]), float(high[g, c])) for c in range(m)]
        for g in range(len(counts))
    ]


def _of_numbers(
    values: Floats, groups: NDArray[np.bool_], means: Floats, seed: int | None
) -> Floats:
    """Return both ends, shape (2, g, m); each group is told by as many rows as it has itself."""
    if len(values) <= MANY:
        ends = np.array(_drawn(values, groups, seed))
    else:
        ends = np.array(_normal(values, groups, means))
        counts = groups.sum(0)
        for g in np.flatnonzero((counts >= FEW) & (counts <= MANY)):
            own = values[groups[:, g]]
            low, high = _drawn(own, np.ones((len(own), 1), dtype=bool), seed)
            ends[:, g] = low[0], high[0]
    # of equals, up to rounding
    return np.array([np.minimum(ends[0], means), np.maximum(ends[1], means)])


def _drawn(values: Floats, groups: NDArray[np.bool_], seed: int | None) -> tuple[Floats, Floats]:
    n, m = values.shape
    rng = np.random.default_rng(seed)
    products = (groups[:, :, None] * values[:, None, :]).reshape(n, -1)
    columns = np.concatenate([products, groups], axis=1)
    drawn = []
    for _ in range(0, RESAMPLES, TOGETHER):
        times = np.empty((TOGETHER, n))
        for b in range(TOGETHER):
            rows = rng.integers(0, n, n).astype(np.intp, copy=False)  # 32 bits in a browser
            times[b] = np.bincount(rows, minlength=n)
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
