"""Sums over all segments and pairs of them, and whether they are worse than the other rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill.audits._levels import Levels

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Counts:
    """Sums over S segments.

    Attributes
    ----------
    first, second : ndarray of int, shape (S, 2)
        Column and level of each part; -1 where there is no second.
    rows : ndarray of float, shape (S,)
        How many rows each has.
    sums : ndarray of shape (S, m)
        Sums of what was counted.
    """

    first: Ints
    second: Ints
    rows: Floats
    sums: Floats


def count(columns: Sequence[Levels], of: Floats, least: int, pairs: Sequence[int]) -> Counts:
    """Sum what every row has over each segment with enough rows, but not over all rows.

    Parameters
    ----------
    columns : sequence of Levels
        The segments, by column.
    of : ndarray of shape (n, m)
        What to sum.
    least : int
        Rows below which a segment is left out.
    pairs : sequence of int
        Columns whose segments are also looked at two at a time.
    """
    n = len(of)
    found = []

    def add(place: Ints, sizes: tuple[int, int], f: int, g: int) -> None:
        cells = sizes[0] * sizes[1]
        rows = np.bincount(place, minlength=cells)
        kept = np.flatnonzero((rows >= least) & (rows < n))
        if not len(kept):
            return
        sums = np.column_stack([np.bincount(place, w, cells)[kept] for w in of.T])
        one, other = np.divmod(kept, sizes[1])
        column = np.full_like(kept, f), np.full_like(kept, g)
        if g < 0:
            other = np.full_like(kept, -1)
        ends = np.column_stack([column[0], one]), np.column_stack([column[1], other])
        found.append((*ends, rows[kept].astype(np.float64), sums))

    for f, level in enumerate(columns):
        add(level.place, (len(level.names), 1), f, -1)
    for at, f in enumerate(pairs):
        for g in pairs[at + 1 :]:
            sizes = len(columns[f].names), len(columns[g].names)
            add(columns[f].place * sizes[1] + columns[g].place, sizes, f, g)
    if not found:
        none = np.zeros((0, 2), dtype=np.intp)
        return Counts(none, none, np.zeros(0), np.zeros((0, of.shape[1])))
    return Counts(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def more_often(hits: Floats, rows: Floats, all_hits: float, all_rows: float) -> Floats:
    """Return how likely chance alone puts so many of all hits among so many of all rows.

    References
    ----------
    R. Fisher: The logic of inductive inference, 1935: the exact test, one-sided.
    """
    return np.asarray(stats.hypergeom.sf(hits - 1, all_rows, all_hits, rows))


def larger_mean(rows: Floats, sums: Floats, squares: Floats, total: Floats) -> Floats:
    """Return how likely chance alone gives segments so much larger a mean than the other rows'.

    Parameters
    ----------
    rows, sums, squares : ndarray of shape (S,)
        Of each segment.
    total : ndarray of shape (3,)
        The same of all rows.

    References
    ----------
    B. Welch: The generalization of Student's problem when several different population variances
    are involved, 1947; one-sided.
    """
    ends = []
    for n, s, q in ((rows, sums, squares), (total[0] - rows, total[1] - sums, total[2] - squares)):
        n = np.maximum(n, 1.0)
        mean = s / n
        ends.append((mean, np.maximum(q - n * mean**2, 0.0) / np.maximum(n - 1, 1) / n, n))
    (own, own_error, n), (rest, rest_error, m) = ends
    error = own_error + rest_error
    with np.errstate(invalid="ignore", divide="ignore"):
        t = (own - rest) / np.sqrt(error)
        freedom = error**2 / (own_error**2 / (n - 1) + rest_error**2 / (m - 1))
        p = stats.t.sf(t, np.maximum(freedom, 1.0))
    same = np.where(own > rest, 0.0, 1.0)  # of rows that do not vary
    return np.where((error > 0) & (n > 1) & (m > 1), p, np.where((n > 1) & (m > 1), same, 1.0))


def adjusted(p: Floats) -> Floats:
    """Return p-values for so many looks: the share of false alarms among those as small.

    References
    ----------
    Y. Benjamini, Y. Hochberg: Controlling the false discovery rate, 1995.
    """
    if not len(p):
        return p
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    answer = np.empty_like(p)
    answer[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return answer
