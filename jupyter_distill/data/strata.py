"""A stratified sample of rows that lie in several places: exact, and the same for a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.intp]


def fixed(seed: int | None) -> int:
    """Return the seed, or one that is drawn here: several places must draw alike."""
    return int(np.random.default_rng().integers(2**32)) if seed is None else seed


def allot(counts: Counts, n: int, seed: int) -> Counts:
    """Say how many rows of each stratum every partition gives to a sample.

    Parameters
    ----------
    counts : ndarray of int, shape (partitions, strata)
        Rows that there are.
    n : int
        Rows of the sample; at most as many as there are.
    seed : int
        Of what is drawn.

    Returns
    -------
    ndarray of int, shape (partitions, strata)
        Sums to `n`. Strata in proportion, but none that there is is left out while there is room;
        partitions as a draw without replacement from all rows of a stratum gives them.
    """
    totals = counts.sum(0)
    wanted = _proportional(totals, min(n, int(totals.sum())))
    rng = np.random.default_rng(seed)
    drawn = [
        rng.multivariate_hypergeometric(counts[:, k], wanted[k], method="marginals")
        for k in range(len(totals))
    ]
    return np.column_stack(drawn).astype(np.intp)


def _proportional(totals: Counts, n: int) -> Counts:
    """Return whole shares of n by the largest remainder, one of each while there is room."""
    exact = totals * (n / totals.sum())
    least = (totals > 0) & (exact < 1) if n >= (totals > 0).sum() else np.zeros(len(totals), bool)
    shares = np.where(least, 1, np.floor(exact)).astype(np.intp)
    left = n - int(shares.sum())
    order = np.argsort(-(exact - np.floor(exact)) + least * 2.0, kind="stable")
    for place in order[:left] if left > 0 else ():
        shares[place] += 1
    while left < 0:  # rows that rare strata took from the others
        shares[int(np.argmax(shares))] -= 1
        left += 1
    return shares


def draw(strata: NDArray[np.intp], wanted: Counts, seed: int, place: int) -> NDArray[np.intp]:
    """Return positions of rows of one partition, ascending: so many of each stratum, at random."""
    rng = np.random.default_rng([seed, place])
    drawn = [
        rng.choice(np.flatnonzero(strata == k), int(many), replace=False)
        for k, many in enumerate(wanted)
        if many
    ]
    return np.sort(np.concatenate(drawn)) if drawn else np.arange(0)


def spread(strata: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """Return an order of rows of which every beginning is a stratified sample of the whole."""
    rng = np.random.default_rng(seed)
    at = np.empty(len(strata))
    for k in np.unique(strata):
        rows = np.flatnonzero(strata == k)
        at[rng.permutation(rows)] = (np.arange(len(rows)) + rng.random()) / len(rows)
    return np.argsort(at, kind="stable")
