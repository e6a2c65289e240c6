"""Intervals of whatever is a function of means: R2, RMSE, MAE."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 500
MANY = 20_000  # rows above which means are drawn from their normal limit instead
TOGETHER = 50  # resamples at a time, to bound the memory
FEW = 5  # rows below which neither resamples nor a spread say anything


def resampled_means(columns: Floats, seed: int | None) -> Floats:
    """Return the means of every column over bootstrap resamples, shape (resamples, m).

    Parameters
    ----------
    columns : ndarray of shape (n, m)
        What to average; a row is drawn as a whole.
    seed : int or None
        Seed of the resamples.

    References
    ----------
    B. Efron, R. Tibshirani: An Introduction to the Bootstrap, 1993.
    """
    n = len(columns)
    rng = np.random.default_rng(seed)
    if n > MANY:
        drawn: Floats = rng.multivariate_normal(
            columns.mean(0),
            np.atleast_2d(np.cov(columns, rowvar=False)) / n,  # of one column it is a number
            RESAMPLES,
            method="eigh",
            check_valid="ignore",
        )
        return drawn
    sums = []
    for _ in range(0, RESAMPLES, TOGETHER):
        times = np.empty((TOGETHER, n))
        for b in range(TOGETHER):
            rows = rng.integers(0, n, n).astype(np.intp, copy=False)  # 32 bits in a browser
            times[b] = np.bincount(rows, minlength=n)
        sums.append(times @ columns)
    return np.concatenate(sums) / n


def interval(
    columns: Floats, means: Floats, measure: Callable[[Floats], Floats]
) -> tuple[float, float, float]:
    """Return a measure of the means of columns, and its 95 % percentile interval.

    Parameters
    ----------
    columns : ndarray of shape (n, m)
        What was averaged.
    means : ndarray of shape (resamples, m)
        Of `resampled_means`, for the same columns.
    measure : callable
        From means, shape (..., m), to the measure, shape (...).
    """
    value = float(measure(columns.mean(0)))
    drawn = measure(means)
    drawn = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not drawn.size:
        return float("nan"), float("nan"), float("nan")
    low, high = np.quantile(drawn, [0.025, 0.975])
    return value, min(float(low), value), max(float(high), value)


def r2_columns(said: Floats, target: Floats) -> Floats:
    """Return squared error, centred target and its square: all that R2 depends on."""
    centred = target - target.mean()
    return np.column_stack([(target - said) ** 2, centred, centred**2])


def r2(means: Floats) -> Floats:
    """Return R2 of the means of `r2_columns`; NaN where the target does not vary."""
    spread = means[..., 2] - means[..., 1] ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        # a resample of equal numbers varies by rounding alone
        return np.where(spread > 1e-12 * means[..., 2], 1 - means[..., 0] / spread, np.nan)
