"""A stable local surrogate: which columns move an answer near one row, and how surely."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.data._cells import gathered, movable, moved

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Ask = Callable[[Table], Floats]

WIDTH = 0.35  # of the kernel, as a mean distance per column
PRIOR = 1e-2  # weight of the ridge, as a share of the weight of the rows
SEEDS = 5


@dataclass(frozen=True, eq=False)
class Local:
    """Weights near one row.

    Attributes
    ----------
    weights, spread : ndarray of shape (columns, J)
        Mean and standard deviation over the seeds. Of a number: what one standard deviation more
        adds; of a category or boolean: what being as it is adds, compared with another value.
    r2 : float
        Share of the variance near the row that the weights explain, mean over seeds and scores.
    """

    weights: Floats
    spread: Floats
    r2: float


def local_surrogate(
    table: Table, row: int, background: Places, asks: list[Ask], samples: int, seed: int
) -> list[Local]:
    """Fit a line to what models say near one row, for several seeds, on the same rows for all.

    A sample is the row with some of its columns taken from one row of the background (so that
    they go together); numbers go a random part of the way there, and none is made missing. Nothing
    lies outside of what was seen, and categories, booleans and whole numbers stay such. Samples
    weigh less the farther they are from the row (Gower's distance), and a ridge keeps columns that
    move together apart.

    Parameters
    ----------
    table : Table
        Rows.
    row : int
        Place of the row.
    background : ndarray of int
        Places of rows that samples are drawn from.
    asks : list of callable
        From rows to scores of shape (m, J), one per model.
    samples : int
        Per seed.
    seed : int
        The first of `SEEDS`.

    References
    ----------
    M. T. Ribeiro, S. Singh, C. Guestrin: "Why should I trust you?", 2016. Z. Zhou, G. Hooker,
    F. Wang: S-LIME: stabilized-LIME for model explanation, 2021.
    """
    spread = _spreads(table, background)
    drawn = [
        _samples(table, row, background, samples, np.random.default_rng([seed, row, turn]))
        for turn in range(SEEDS)
    ]
    whole = drawn[0].join(*drawn[1:])
    mine = table.take(np.array([row]))
    X, distance = _apart(whole, mine, spread)
    kernel = np.exp(-((distance / WIDTH) ** 2))
    found = []
    for ask in asks:
        said = ask(whole)
        fits = [
            _fit(X[part], said[part], kernel[part])
            for part in np.split(np.arange(len(said)), SEEDS)
        ]
        weights = np.array([fit[0] for fit in fits])
        r2 = float(np.mean([fit[1] for fit in fits]))
        found.append(Local(weights.mean(0), weights.std(0, ddof=1), r2))
    return found


def _spreads(table: Table, background: Places) -> Floats:
    """Return the standard deviation of every numeric column; 1 of others, and of constant ones."""
    values = table.values[background]
    spread = np.ones(table.n_columns)
    for j, column in enumerate(table.columns):
        known = values[~np.isnan(values[:, j]), j]
        if column.kind == "numeric" and known.size and np.ptp(known) > 0:
            spread[j] = known.std()
    return spread


def _samples(table: Table, row: int, background: Places, n: int, rng: np.random.Generator) -> Table:
    d = table.n_columns
    other = background[rng.integers(0, len(background), n)]
    many = rng.integers(1, d + 1, n)
    taken = rng.permuted(np.tile(np.arange(d), (n, 1)), axis=1) < many[:, None]
    known = ~np.isnan(table.values[row])
    number = np.array([column.kind == "numeric" for column in table.columns]) & known
    taken &= ~(number & np.isnan(table.values[other]))  # a gap is no part of the way
    source = np.where(taken, other[:, None], row)
    move = taken & movable(table) & known
    if not move.any():
        return gathered(table, source)
    start = table.values[row]
    numbers = start + rng.random((n, d)) * (table.values[other] - start)
    whole = np.array([column.integer for column in table.columns])
    numbers[:, whole] = np.round(numbers[:, whole])
    return moved(table, source, move, numbers)


def _apart(samples: Table, mine: Table, spread: Floats) -> tuple[Floats, Floats]:
    """Return how samples differ from a row per column, and their distance from it."""
    values, own = samples.values, mine.values[0]
    numeric = np.array([column.kind == "numeric" for column in samples.columns]) & ~np.isnan(own)
    same = (values == own) | (np.isnan(values) & np.isnan(own))
    X = np.where(same, 0.0, -1.0)
    differs = np.where(np.isnan(values), 0.0, values - own) / spread
    X[:, numeric] = differs[:, numeric]
    far = np.where(numeric, np.minimum(np.abs(differs) / 2, 1.0), (~same).astype(np.float64))
    return X, far.mean(1)


def _fit(X: Floats, said: Floats, kernel: Floats) -> tuple[Floats, float]:
    """Return weighted ridge weights, shape (columns, J), and the share that they explain."""
    share = kernel / kernel.sum()
    centre, mean = share @ X, share @ said
    A, b = X - centre, said - mean
    gram = (A * share[:, None]).T @ A
    at = PRIOR * np.where(np.diag(gram) > 0, np.diag(gram), 1.0)
    weights = np.linalg.solve(gram + np.diag(at), (A * share[:, None]).T @ b)
    left, there = share @ (b - A @ weights) ** 2, share @ b**2
    known = there > 1e-12 * np.maximum(mean**2, 1e-300)
    return weights, float(np.mean(np.where(known, 1 - left / np.where(known, there, 1.0), 1.0)))
