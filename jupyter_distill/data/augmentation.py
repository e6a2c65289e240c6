"""Rows made up from the owner's rows, for a teacher to answer and a student to learn from.

Each method is a function of a table, a number of rows and a seed; none of them changes the table,
sees a label or asks a teacher. What none of them does is add noise to categories, or break the
owner's types: the rows made can be given to the teacher as the owner's own rows are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import check_choice, check_number
from jupyter_distill.data import _copula
from jupyter_distill.data._cells import gathered, movable, moved
from jupyter_distill.data._near import check_table, encode, neighbours, pool
from jupyter_distill.data.table import Table

Places = NDArray[np.intp]

NEAREST = 5  # neighbours that a value may come from
SHARE = 0.5  # of the values of a row that are changed


def local_swap(table: Table, n: int, seed: int | None) -> Table:
    """Make rows by taking half of the values from near rows.

    Every value of a row drawn from the table is replaced, with probability one half, by that of
    one of its five nearest neighbours. Only observed values appear, so integers, bounds and
    categories are kept by construction, and what is missing in a row stays missing.

    Parameters
    ----------
    table : Table
        The real rows; neighbours are sought among 10,000 of them at most, drawn at random.
    n : int
        Number of rows to make.
    seed : int or None
        Seed; without one every call makes other rows.

    Returns
    -------
    Table
        `n` rows with the same columns, in the owner's type of frame.

    Raises
    ------
    TypeError, ValueError
        If `n` is not a whole number of at least 1, or the table has fewer than 2 rows or no
        columns.

    Notes
    -----
    Rows are near by the sum of squared differences of numbers, in standard deviations, and of 1
    for each category that differs and each value that is missing in one row only [1]_. Values are
    exchanged between neighbours as in MUNGE [2]_, but none is made up.

    References
    ----------
    .. [1] J. C. Gower: A General Coefficient of Similarity and Some of Its Properties.
       Biometrics 27, 1971.
    .. [2] C. Bucila, R. Caruana, A. Niculescu-Mizil: Model Compression. KDD 2006.
    """
    _check(table, n)
    rng = np.random.default_rng(seed)
    rows, near = _neighbourhood(table, NEAREST, rng)
    base = _drawn(len(rows), n, rng)
    which = rng.integers(0, near.shape[1], (n, table.n_columns))
    other = rows[near[base[:, None], which]]
    own = np.broadcast_to(rows[base][:, None], other.shape)
    return gathered(table, np.where(_changed(table, own, other, rng), other, own))


def copula(table: Table, n: int, seed: int | None) -> Table:
    """Make rows with the columns' own distributions and rank correlations, by a Gaussian copula.

    Values become normal scores by rank (categories in the order of their frequency); rows are
    drawn from the normal distribution with the shrunk correlations of the scores, and each number
    becomes the observed value of the same rank. Which values are missing is copied from real rows.

    Parameters
    ----------
    table : Table
        The real rows.
    n : int
        Number of rows to make.
    seed : int or None
        Seed; without one every call makes other rows.

    Returns
    -------
    Table
        `n` rows with the same columns, in the owner's type of frame.

    Raises
    ------
    TypeError, ValueError
        If `n` is not a whole number of at least 1, or the table has fewer than 2 rows or no
        columns.

    Notes
    -----
    Tied values weaken the correlation of what is drawn, so that of the normal distribution is
    raised until the rows drawn have the correlation asked for, as in NORTA [2]_. Dependences that
    are not monotone, and of values on what is missing, are lost.

    References
    ----------
    .. [1] O. Ledoit, M. Wolf: A Well-Conditioned Estimator for Large-Dimensional Covariance
       Matrices. Journal of Multivariate Analysis 88, 2004.
    .. [2] M. C. Cario, B. L. Nelson: Modeling and Generating Random Vectors with Arbitrary
       Marginal Distributions and Correlation Matrix. Northwestern University, 1997.
    """
    _check(table, n)
    rng = np.random.default_rng(seed)
    margins = [
        _copula.Margin.of(values, column.kind == "numeric", rng)
        for values, column in zip(table.values.T, table.columns, strict=True)
    ]
    normals = rng.normal(size=(n, table.n_columns)) @ _copula.root(margins, rng).T
    pattern = _drawn(table.n_rows, n, rng)
    source = np.repeat(pattern[:, None], table.n_columns, axis=1)
    for j, margin in enumerate(margins):
        known = ~np.isnan(table.values[pattern, j])
        source[known, j] = margin.rows[margin.ranks(normals[known, j])]
    return gathered(table, source)


def munge(table: Table, n: int, seed: int | None) -> Table:
    """Make rows by moving numbers about those of the nearest row, and swapping categories (MUNGE).

    With probability one half a number is replaced by a normal one about that of the row's nearest
    neighbour, whose standard deviation is the difference of the two; a category by that of the
    neighbour. Whole numbers are rounded, all are kept inside the observed range, and what is
    missing in a row stays missing.

    Parameters
    ----------
    table : Table
        The real rows; neighbours are sought among 10,000 of them at most, drawn at random.
    n : int
        Number of rows to make.
    seed : int or None
        Seed; without one every call makes other rows.

    Returns
    -------
    Table
        `n` rows with the same columns, in the owner's type of frame.

    Raises
    ------
    TypeError, ValueError
        If `n` is not a whole number of at least 1, or the table has fewer than 2 rows or no
        columns.

    Notes
    -----
    Numbers that the owner keeps as objects or decimals are swapped as categories are. Rows are
    near as in `local_swap`.

    References
    ----------
    .. [1] C. Bucila, R. Caruana, A. Niculescu-Mizil: Model Compression. KDD 2006.
    """
    _check(table, n)
    rng = np.random.default_rng(seed)
    rows, near = _neighbourhood(table, 1, rng)
    base = _drawn(len(rows), n, rng)
    own = np.repeat(rows[base][:, None], table.n_columns, axis=1)
    other = np.repeat(rows[near[base, 0]][:, None], table.n_columns, axis=1)
    changed = _changed(table, own, other, rng)
    move = changed & movable(table)
    mine, theirs = (np.take_along_axis(table.values, at, axis=0) for at in (own, other))
    numbers = rng.normal(np.where(move, theirs, 0), np.where(move, np.abs(theirs - mine), 0))
    whole = np.array([column.integer for column in table.columns])
    numbers = np.where(whole, np.rint(numbers), numbers)
    low = np.fmin.reduce(table.values)
    numbers = np.clip(numbers, low, np.fmax.reduce(table.values))
    return moved(table, np.where(changed & ~move, other, own), move, numbers)


METHODS: dict[str, Callable[[Table, int, int | None], Table]] = {
    "local_swap": local_swap,
    "copula": copula,
    "munge": munge,
}


def augment(method: str, table: Table, n: int, seed: int | None) -> Table:
    """Make rows by the method of that name.

    Parameters
    ----------
    method : {"local_swap", "copula", "munge"}
        A name in `METHODS`.
    table : Table
        The real rows.
    n : int
        Number of rows to make.
    seed : int or None
        Seed; without one every call makes other rows.

    Raises
    ------
    TypeError, ValueError
        If there is no such method, or it refuses.
    """
    return METHODS[check_choice("method", method, list(METHODS))](table, n, seed)


def _check(table: Table, n: object) -> None:
    check_number("n", n, low=1, integer=True)
    check_table(table)


def _drawn(rows: int, n: int, rng: np.random.Generator) -> Places:
    """Draw `n` of `rows` at random, none of them twice more often than another."""
    rounds = np.tile(np.arange(rows), (-(-n // rows), 1))
    drawn: Places = rng.permuted(rounds, axis=1).ravel()[:n]
    return drawn


def _neighbourhood(table: Table, k: int, rng: np.random.Generator) -> tuple[Places, Places]:
    """Return places of rows in the table, and of each the places among these of those near it."""
    rows = pool(table, rng)
    values = table.values[rows]
    return rows, neighbours(encode(values, values, table.columns), k, rng)


def _changed(
    table: Table, own: Places, other: Places, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Choose the cells to change: half of those that are known in both rows.

    A row whose value is missing is seldom among the nearest of rows whose value is known, so
    exchanging what is missing would wear it away.
    """
    mine, theirs = (np.isnan(np.take_along_axis(table.values, at, axis=0)) for at in (own, other))
    return (rng.random(own.shape) < SHARE) & ~mine & ~theirs
