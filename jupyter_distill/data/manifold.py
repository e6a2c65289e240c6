"""Whether rows that were made lie where the real ones do, and which of these is nearest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected, some
from jupyter_distill.data._near import check_table, encode, farness, nearest, pool
from jupyter_distill.data.table import Table

Places = NDArray[np.intp]

NEAREST = 5  # the neighbour whose distance tells the far rows
USUAL = 0.95  # of the real rows are no farther from the others than what counts as far


def off_manifold(real: Table, made: Table, seed: int | None) -> NDArray[np.bool_]:
    """Say which made rows lie farther from the real ones than real rows do from each other.

    Parameters
    ----------
    real : Table
        The real rows, at least 2; 10,000 of them at most are looked at, drawn at random.
    made : Table
        The rows to judge, with the same columns.
    seed : int or None
        Seed of that draw.

    Returns
    -------
    ndarray of bool, shape (n_made,)
        True where the distance to the fifth nearest real row is beyond that of 95 % of the real
        rows. Of other real rows about 5 % are such.

    Raises
    ------
    ValueError
        If the columns differ, or there are fewer than 2 real rows or no columns.
    """
    check_table(real)
    if made.columns != real.columns:
        pairs = zip(real.columns, made.columns, strict=False)
        other = [column.name for own, column in pairs if own != column]
        raise ValueError(
            expected(
                "made rows with the columns of the real ones",
                got=f"{made.n_columns} columns for {real.n_columns}"
                + (f", of them {some(other)} of another name, kind or categories" if other else ""),
                remedy="Read both alike: Table.of(made, columns=real.columns).",
            )
        )
    rows = pool(real, np.random.default_rng(seed))
    kept = real.values[rows]
    points = encode(np.vstack([kept, made.values]), kept, real.columns)
    among = points[: len(rows)]
    usual = np.quantile(farness(among, None, NEAREST), USUAL, method="higher")
    # Distances between rows that are the same are not zero to the last digit.
    far: NDArray[np.bool_] = farness(points[len(rows) :], among, NEAREST) > usual * 1.000001 + 1e-6
    return far


def nearest_real(real: Table, made: Table) -> Places:
    """Return of each made row the place of the real row that is nearest to it.

    Parameters
    ----------
    real, made : Table
        Rows with the same columns; near is as in `local_swap`.

    Returns
    -------
    ndarray of int, shape (n_made,)
        Places in `real`; of rows equally near, any.
    """
    points = encode(np.vstack([real.values, made.values]), real.values, real.columns)
    return nearest(points[real.n_rows :], points[: real.n_rows])
