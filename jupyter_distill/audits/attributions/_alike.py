"""How far two models agree in their reasons, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from jupyter_distill._paired import LEVEL, above_zero, holm
from jupyter_distill.audits._intervals import Interval, mean_intervals

Floats = NDArray[np.float64]

NOTABLE = 0.05  # share of a row's reasons above which the sign of one is looked at
TOP = (3, 5)
EPSILON = 1e-9  # share of the largest below which a value is rounding


def measures(teacher: Floats, student: Floats) -> dict[str, Floats]:
    """Return per row how alike the values of two models are.

    Parameters
    ----------
    teacher, student : ndarray of shape (n, columns)
        What each column adds to one score.

    Returns
    -------
    dict of str to ndarray of shape (n,)
        ``rank_correlation``: Spearman's, of the sizes. ``pairwise_rank_agreement``: share of the
        pairs of columns that both put in the same order, or both hold equal. ``sign_agreement``:
        of the columns that hold more than 5 % of the sum in both, the share that push the same
        way. For the k largest, of those that are not 0 in the teacher: ``feature_agreement``, the
        share that are among the k largest of the student; ``rank_agreement``, at the same place;
        ``signed_agreement``, with the same sign; ``signed_rank_agreement``, both. NaN where a row
        gives nothing to compare.

    References
    ----------
    S. Krishna et al.: The disagreement problem in explainable machine learning, 2022.
    """
    one, other = _cleaned(teacher), _cleaned(student)
    d = one.shape[1]
    found = {
        "rank_correlation": _spearman(np.abs(one), np.abs(other)),
        "pairwise_rank_agreement": _pairs(np.abs(one), np.abs(other)),
        "sign_agreement": _signs(one, other),
    }
    for k in [k for k in TOP if k < d] or [max(d - 1, 1)]:
        found |= {f"{name}@{k}": share for name, share in _top(one, other, k).items()}
    return found


def notable(values: Floats) -> NDArray[np.bool_]:
    """Return which columns hold more than 5 % of the sum of a row's reasons."""
    sizes = np.abs(values)
    return np.asarray(sizes > NOTABLE * sizes.sum(1, keepdims=True))


def compared(
    teacher: Floats, student: Floats, again: Floats | None, seed: int | None
) -> pd.DataFrame:
    """Return every measure with its interval, beside that of the teacher against itself.

    Whether it is below that is asked of each by Student's test of the gaps, and the level of 1 %
    shared among all of them by Holm.

    Parameters
    ----------
    teacher, student : ndarray of shape (n, columns)
        What each column adds to the score of each row's decision.
    again : ndarray of shape (n, columns), optional
        The teacher's with another seed and background.
    seed : int or None
        Of the resamples of the rows.
    """
    alike = measures(teacher, student)
    floor = {} if again is None else measures(teacher, again)
    nothing = np.full(len(teacher), np.nan)
    columns = [
        values
        for name, of in alike.items()
        for values in (of, floor.get(name, nothing), floor.get(name, nothing) - of)
    ]
    means = iter(_means(np.column_stack(columns), seed))
    rows = []
    for name in alike:
        row: dict[str, Any] = {"measure": name}
        for first, prefix in (("value", ""), ("floor", "floor_"), ("gap", "gap_")):
            mean = next(means)
            row |= {first: mean.value, f"{prefix}low": mean.low, f"{prefix}high": mean.high}
        row["p"] = _chance(floor[name] - alike[name]) if floor else np.nan
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame["p"] = holm(frame["p"].to_numpy(dtype=float))
    frame["below_floor"] = frame["p"] < LEVEL
    return frame


def _chance(gaps: Floats) -> float:
    """Return how likely chance alone makes gaps so large on average; NaN where none is known."""
    known = gaps[~np.isnan(gaps)]
    if not len(known):
        return float("nan")
    # shares that happen to be the same in a few rows tell no more than the fall of as many coins
    return max(above_zero(known), 0.5 ** len(known))


def _means(values: Floats, seed: int | None) -> list[Interval]:
    """Return the mean of every column over the rows in which it is known, on the same resamples."""
    known = ~np.isnan(values)
    found = [Interval(np.nan, np.nan, np.nan)] * values.shape[1]
    some = np.flatnonzero(known.any(0))
    filled = np.where(known, values, 0.0)[:, some]
    # a group of rows per column
    each = mean_intervals(filled, known[:, some], [False] * len(some), seed)
    for place, at in enumerate(some):
        found[at] = each[place][place]
    return found


def _cleaned(values: Floats) -> Floats:
    """Return values in which what is only rounding is 0."""
    largest = np.abs(values).max(1, initial=0.0, keepdims=True)
    return np.where(np.abs(values) <= EPSILON * largest, 0.0, values)


def _spearman(one: Floats, other: Floats) -> Floats:
    a, b = (rankdata(of, axis=1) for of in (one, other))
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    across = np.sqrt((a**2).sum(1) * (b**2).sum(1))
    # a model that holds all columns alike orders none of them
    neither = (np.ptp(one, axis=1) == 0) & (np.ptp(other, axis=1) == 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(across > 0, (a * b).sum(1) / across, 0.0)
    return np.where(neither, np.nan, found)


def _pairs(one: Floats, other: Floats) -> Floats:
    i, j = np.triu_indices(one.shape[1], 1)
    if not len(i):
        return np.full(len(one), np.nan)
    return np.asarray(
        (np.sign(one[:, i] - one[:, j]) == np.sign(other[:, i] - other[:, j])).mean(1)
    )


def _signs(one: Floats, other: Floats) -> Floats:
    both = notable(one) & notable(other)
    same = both & (np.sign(one) == np.sign(other))
    with np.errstate(invalid="ignore"):
        return np.asarray(same.sum(1) / np.where(both.any(1), both.sum(1), np.nan))


def _top(one: Floats, other: Floats, k: int) -> dict[str, Floats]:
    first, second = (np.argsort(-np.abs(of), axis=1, kind="stable")[:, :k] for of in (one, other))
    in_first, in_second = (
        np.take_along_axis(of, places, 1) != 0 for of, places in ((one, first), (other, second))
    )
    n = np.where(in_first.any(1), in_first.sum(1), np.nan)
    hit = (first[:, :, None] == second[:, None, :]) & in_first[:, :, None] & in_second[:, None, :]
    signs = (
        np.sign(np.take_along_axis(one, first, 1))[:, :, None]
        == np.sign(np.take_along_axis(other, second, 1))[:, None, :]
    )
    place = np.eye(first.shape[1], dtype=bool)
    return {
        "feature_agreement": hit.sum((1, 2)) / n,
        "rank_agreement": (hit & place).sum((1, 2)) / n,
        "signed_agreement": (hit & signs).sum((1, 2)) / n,
        "signed_rank_agreement": (hit & place & signs).sum((1, 2)) / n,
    }
