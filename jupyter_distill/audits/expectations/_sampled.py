"""Sizes of values that were sampled: of noise alone an absolute value is not nought."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._resample import FEW, interval, resampled_means
from jupyter_distill._wilson import Z
from jupyter_distill.audits._intervals import Interval

Floats = NDArray[np.float64]

NAN = float("nan")


def unfolded(values: Floats, error: Floats) -> Floats:
    """Return estimates of absolute values, from which what noise adds to them is taken off.

    On average they are never more than the true ones, and 0 where these are: each is the expected
    product of a value with the sign of another, were the two sampled apart with twice the variance.
    So one by one they may be negative.

    Parameters
    ----------
    values, error : ndarray
        What was sampled, and its standard errors, in the same shape; exact where these are 0.

    References
    ----------
    J. Leiner, B. Duan, L. Wasserman, A. Ramdas: Data fission: splitting a single data point, 2023.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        z = values / error
        found = values * (2 * stats.norm.cdf(z) - 1) - 2 * error * stats.norm.pdf(z)
    return np.where(error > 0, found, np.abs(values))


def share_of(values: Floats, error: Floats | None, column: int, seed: int | None) -> Interval:
    """Return the mean absolute value of a column over rows and scores, as a share of all columns'.

    Parameters
    ----------
    values : ndarray of shape (n, columns, J)
        SHAP values.
    error : ndarray of shape (n, columns, J), optional
        Their standard errors; None where they are exact.
    column : int
        Which.
    seed : int or None
        Of the resamples of the rows.

    Returns
    -------
    Interval
        Over the rows, and over what may be sampled: rows are compared with the same others, so
        that errors may be the same in all of them, and do not cancel. NaN where there is nothing
        to share, the ends also below 5 rows.
    """
    noise = np.zeros_like(values) if error is None else error
    least, most = unfolded(values, noise).mean(2), np.abs(values).mean(2)
    sums = [least[:, column], least.sum(1), most[:, column], most.sum(1)]
    columns = np.column_stack(sums)
    drawn = resampled_means(columns, seed)
    value, _, _ = interval(columns, drawn, lambda m: part(m[..., 0], m[..., 1]))
    if np.isnan(value) or len(values) < FEW:
        return Interval(value, NAN, NAN)
    # where noise hides how large values are, the ends are those of the least and the most
    _, low, _ = interval(columns, drawn, lambda m: part(m[..., 0], m[..., 3]))
    _, _, high = interval(columns, drawn, lambda m: part(m[..., 2], m[..., 1]))
    errors = noise.mean((0, 2))
    others = np.sqrt((errors**2).sum() - errors[column] ** 2)
    off = Z * np.hypot((1 - value) * errors[column], value * others) / columns[:, 1].mean()
    low, high = value - np.hypot(value - low, off), value + np.hypot(high - value, off)
    return Interval(value, max(float(low), 0.0), min(float(high), 1.0))


def part(of: Floats, whole: Floats) -> Floats:
    """Return shares of sums, from 0 to 1; NaN where there is nothing to share."""
    shares = np.clip(of / np.where(whole > 0, whole, 1.0), 0.0, 1.0)
    return np.asarray(np.where(whole > 0, shares, NAN))
