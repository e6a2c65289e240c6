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
        Share of the variance near the row that the weights explain, mean over seeds and scores;
        0 where they explain no more than a constant does.
    asked : int
        Rows that the model was asked about.
    """

    weights: Floats
    spread: Floats
    r2: float
    asked: int


def local_surrogate(
    table: Table, row: int, background: Places, asks: list[Ask], samples: int, seed: int
) -> list[Local]:
    """Fit a line to how models' answers change near one row, for several seeds.

    Samples are walks from the row to a row of the background: one column after another, in an
    order by lot and then in its reverse, is taken from there. What two neighbours of a walk differ
    in is one column alone, and the line is fitted to these differences. So no column is given what
    another one does, however much the two go together in the rows, and one that a model does not
    read is given nothing.

    Numbers go a random part of the way, the same in a whole walk, and none is made missing. Nothing
    lies outside of what was seen, and categories, booleans and whole numbers stay such. Differences
    weigh less the farther they are from the row (Gower's distance). All models are asked about the
    same rows.

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
        Per seed, at most; at least one walk is made.
    seed : int
        The first of `SEEDS`.

    References
    ----------
    M. T. Ribeiro, S. Singh, C. Guestrin: "Why should I trust you?", 2016. M. D. Morris: Factorial
    sampling plans for preliminary computational experiments, 1991 (walks that change one column at
    a time). R. Mitchell et al.: Sampling permutations for Shapley value estimation, 2022 (orders
    and their reverse).
    """
    spread = _spreads(table, background)
    ranks, drawn = [], []
    for turn in range(SEEDS):
        rng = np.random.default_rng([seed, row, turn])
        rank, walked = _walks(table, row, background, samples, rng)
        ranks.append(rank)
        drawn.append(walked)
    mine = table.take(np.array([row]))
    # the row itself, from which all walks start, is asked about once
    whole = mine.join(*drawn)
    X, distance = _apart(whole, mine, spread)
    steps = np.split(np.arange(1, whole.n_rows), SEEDS)
    found = []
    for ask in asks:
        said = ask(whole)
        fits = [
            _fit(rank, X[part], distance[part], said[part], said[0])
            for rank, part in zip(ranks, steps, strict=True)
        ]
        weights = np.array([fit[0] for fit in fits])
        r2 = float(np.mean([fit[1] for fit in fits]))
        found.append(Local(weights.mean(0), weights.std(0, ddof=1), r2, len(said)))
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


def _walks(
    table: Table, row: int, background: Places, samples: int, rng: np.random.Generator
) -> tuple[Places, Table]:
    """Return when each walk changes each column, shape (walks, d), and its d rows, walk by walk."""
    d = table.n_columns
    n = max((samples - 1) // d, 1)  # one sample is the row itself
    forward = rng.permuted(np.tile(np.arange(d), ((n + 1) // 2, 1)), axis=1)
    rank = np.concatenate([forward, d - 1 - forward])[:n]
    # no row of the background twice before all were taken, and parts of the way from all over it
    turns = [rng.permutation(background) for _ in range(-(-n // len(background)))]
    other = np.concatenate(turns)[:n]
    part = (rng.permuted(np.tile(np.arange(n), (d, 1)), axis=1).T + rng.random((n, d))) / n
    known = ~np.isnan(table.values[row])
    number = np.array([column.kind == "numeric" for column in table.columns]) & known
    # a gap is no part of the way
    whole_way = ~(number & np.isnan(table.values[other]))
    taken = (rank[:, None, :] <= np.arange(d)[:, None]) & whole_way[:, None, :]
    source = np.where(taken, other[:, None, None], row).reshape(-1, d)
    move = taken.reshape(-1, d) & movable(table) & known
    if not move.any():
        return rank, gathered(table, source)
    start = table.values[row]
    ends = start + part * (table.values[other] - start)
    integer = np.array([column.integer for column in table.columns])
    ends[:, integer] = np.round(ends[:, integer])
    return rank, moved(table, source, move, np.repeat(ends, d, axis=0))


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


def _fit(
    rank: Places, X: Floats, distance: Floats, said: Floats, start: Floats
) -> tuple[Floats, float]:
    """Return the weights of a line through differences, (columns, J), and the share explained."""
    n, d = rank.shape
    answers, far = said.reshape(n, d, -1), distance.reshape(n, d)
    # the row stands before the first row of every walk
    before = np.concatenate([np.broadcast_to(start, (n, 1, len(start))), answers[:, :-1]], axis=1)
    near = np.concatenate([np.zeros((n, 1)), far[:, :-1]], axis=1)
    rises = np.take_along_axis(answers - before, rank[:, :, None], axis=1)
    kernel = np.take_along_axis(_kernel((near + far) / 2), rank, axis=1)
    runs = X.reshape(n, d, d)[:, -1]  # every column has changed by the end of a walk
    square = (kernel * runs**2).sum(0)[:, None]
    rise = (kernel * runs)[:, :, None] * rises
    weights = np.where(square > 0, rise.sum(0) / np.where(square > 0, square, 1.0), 0.0)
    share = _kernel(distance) / _kernel(distance).sum()
    mean, errors = share @ said, said - X @ weights
    left, there = share @ (errors - share @ errors) ** 2, share @ (said - mean) ** 2
    known = there > 1e-12 * np.maximum(mean**2, 1e-300)
    r2 = np.where(known, 1 - left / np.where(known, there, 1.0), 1.0)
    return weights, float(np.mean(np.maximum(r2, 0.0)))


def _kernel(distance: Floats) -> Floats:
    return np.asarray(np.exp(-((distance / WIDTH) ** 2)))
