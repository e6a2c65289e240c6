"""Rows as small codes: binned once, then reused for every temperature, alpha and size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column, Table

Floats = NDArray[np.float64]

SAMPLE = 50_000  # rows that choose the cuts: more move a quantile by less than its own noise
MARGIN = 0.1  # of the gap between two values that a threshold keeps away from either
WIDE = 256  # columns above which fewer bins keep the histograms of all open leaves in memory


@dataclass(frozen=True, eq=False)
class Binned:
    """A table whose values are replaced by codes below 256.

    Attributes
    ----------
    table : Table
        The rows that were binned.
    codes : ndarray of uint8, shape (n, d)
        0 for missing (and categories too rare to keep); numeric values get 1 + the number of
        cuts below them, categories 1 + their code.
    cuts : tuple of ndarray
        Per numeric column the thresholds between neighbouring bins, as round as the gap between
        two observed values allows; empty for categories.
    n_codes : ndarray of int, shape (d,)
        Codes in use per column, the missing one included.
    categorical : ndarray of bool, shape (d,)
        Columns whose codes have no order.
    lookups : tuple of (ndarray of uint8 or None)
        Per category column the code here of each category of the table.
    """

    table: Table
    codes: NDArray[np.uint8]
    cuts: tuple[Floats, ...]
    n_codes: NDArray[np.intp]
    categorical: NDArray[np.bool_]
    lookups: tuple[NDArray[np.uint8] | None, ...]

    @classmethod
    def of(cls, table: Table, weights: Floats | None = None, seed: int | None = 0) -> Binned:
        """Bin every column of a table.

        Parameters
        ----------
        table : Table
            The rows.
        weights : ndarray of shape (n,), optional
            Rows of weight 0 have no say in where the cuts are, others in proportion.
        seed : int or None
            Seed of the sample that chooses the cuts when there are more than 50,000 rows.
        """
        bins = 255 if table.n_columns <= WIDE else 63
        rows = np.arange(table.n_rows) if weights is None else np.flatnonzero(weights > 0)
        if len(rows) > SAMPLE:
            rows = np.sort(np.random.default_rng(seed).choice(rows, SAMPLE, replace=False))
        share = np.ones(len(rows)) if weights is None else weights[rows]
        codes = np.empty(table.values.shape, dtype=np.uint8, order="F")
        cuts, counts = [], []
        lookups: list[NDArray[np.uint8] | None] = []
        for j, column in enumerate(table.columns):
            values = table.values[:, j]
            if column.kind == "numeric":
                cut = _cuts(values[rows], share, bins - 1, column)
                found = np.searchsorted(cut, values, side="left") + 1
                codes[:, j] = np.where(np.isnan(values), 0, found)
                counts.append(len(cut) + 2)
                lookups.append(None)
            else:
                cut = np.empty(0)
                lookup = _kept(values[rows], share, column, bins - 1)
                codes[:, j] = lookup[np.nan_to_num(values, nan=-1).astype(np.intp)]
                counts.append(int(lookup.max()) + 1)
                lookups.append(lookup[:-1])
            cuts.append(cut)
        kinds = np.array([c.kind != "numeric" for c in table.columns])
        return cls(table, codes, tuple(cuts), np.array(counts), kinds, tuple(lookups))

    def at(self, rows: NDArray[np.intp]) -> Self:
        """Return the codes of some rows; the table stays whole."""
        return replace(self, codes=np.asfortranarray(self.codes[rows]))


def _kept(values: Floats, weights: Floats, column: Column, limit: int) -> NDArray[np.uint8]:
    """Map category codes to bin codes; the last entry stands for missing (index -1)."""
    n = len(column.categories)
    lookup = np.zeros(n + 1, dtype=np.uint8)
    kept = np.arange(n)
    if n > limit:
        known = values >= 0
        mass = np.bincount(values[known].astype(np.intp), weights[known], minlength=n)
        kept = np.sort(np.argsort(-mass, kind="stable")[:limit])
    lookup[kept] = np.arange(1, len(kept) + 1)
    return lookup


def _cuts(values: Floats, weights: Floats, limit: int, column: Column) -> Floats:
    """Choose at most `limit` thresholds, at even shares of the weight, each in an observed gap."""
    known = ~np.isnan(values)
    values, weights = values[known], weights[known]
    levels, counts = np.unique(values, return_counts=True)
    if len(levels) < 2:
        return np.empty(0)
    gaps = np.arange(len(levels) - 1)
    if len(gaps) > limit:
        mass = counts * weights[0]
        if np.ptp(weights) > 0:
            mass = np.bincount(np.searchsorted(levels, values), weights)
        below = np.cumsum(mass)
        wanted = below[-1] * np.arange(1, limit + 1) / (limit + 1)
        gaps = np.unique(np.minimum(np.searchsorted(below, wanted), len(levels) - 2))
    low, high = levels[gaps], levels[gaps + 1]
    if not column.integer:  # keep a distance from the values themselves
        margin = MARGIN * high - MARGIN * low
        low, high = low + margin, high - margin
    return roundest(low, high)


def roundest(low: Floats, high: Floats) -> Floats:
    """Return for each pair the number in ``[low, high)`` that is shortest to write.

    Any threshold in the gap between two neighbouring values parts the rows alike, so the one
    that is easiest to read is taken: 52000 between 51873.2 and 52411.9.
    """
    best = low.copy()
    open_ = np.ones(len(low), dtype=bool)
    size = np.maximum(np.maximum(np.abs(low), np.abs(high)), 1e-289)
    top = np.minimum(np.ceil(np.log10(size)) + 1, 308)  # of each pair: sizes may lie far apart
    middle = low / 2 + high / 2
    for step in range(19):
        for factor in (10, 5):  # 100, 50, 10, 5, 1, 0.5, ...
            unit = factor / 10
            for pick in (np.round, np.ceil):
                of = middle if pick is np.round else low
                power = top[open_] - step
                # dividing by a whole power of ten rounds to the nearest decimal number
                scale, inverse = 10.0 ** np.maximum(power, 0), 10.0 ** np.maximum(-power, 0)
                number = pick(of[open_] * inverse / scale / unit) * unit * scale / inverse
                fits = (number >= low[open_]) & (number < high[open_])
                at = np.flatnonzero(open_)[fits]
                best[at] = number[fits]
                open_[at] = False
        if not open_.any():
            break
    # Beyond 1e22 a power of ten is not exact: drop the noise that it left in the last digit.
    clean = np.array([float(f"{number:.15g}") for number in best])
    return np.where((clean >= low) & (clean < high), clean, best)
