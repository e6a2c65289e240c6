"""How near rows of mixed columns are to each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from jupyter_distill._validation import expected
from jupyter_distill.data.columns import Column
from jupyter_distill.data.table import Table

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

WIDE = 32  # levels of a category up to which each has an axis of its own
POOL = 10_000  # rows among which neighbours are sought: the cost grows with the square
SMALL = 1e-3  # of a spread
FAR = 1e6  # spreads: whatever lies beyond is as far, and its square is exact enough


def pool(table: Table, rng: np.random.Generator) -> Places:
    """Return the places of all rows, or of `POOL` drawn at random where there are more."""
    n = table.n_rows
    return np.arange(n) if n <= POOL else np.sort(rng.choice(n, POOL, replace=False))


def encode(values: Floats, like: Floats, columns: tuple[Column, ...]) -> Floats:
    """Return rows as points whose Euclidean distance is that of mixed columns.

    The square of a distance is a sum over the columns: of numbers the difference in standard
    deviations of `like`, squared; of categories 0 or 1; and 1 where one value is missing only,
    beside the difference of the other from the mean.
    """
    parts = []
    for j, column in enumerate(columns):
        numeric = column.kind == "numeric"
        parts.append(_numbers(values[:, j], like[:, j]) if numeric else _levels(values[:, j]))
    return np.hstack(parts)


def neighbours(points: Floats, k: int, rng: np.random.Generator) -> Places:
    """Return the `k` nearest other rows of each row; of rows equally near, any."""
    # Of many rows equally near always the first would be chosen. A random place on a small circle
    # tells them apart and, unlike noise, puts none of them nearer to all others.
    angle = rng.uniform(0, 2 * np.pi, len(points))
    apart = np.column_stack([points, SMALL * np.cos(angle), SMALL * np.sin(angle)])
    search = NearestNeighbors(n_neighbors=min(k, len(points) - 1)).fit(apart)
    found: Places = search.kneighbors(return_distance=False)
    return found


def nearest(points: Floats, among: Floats) -> Places:
    """Return of each point the place of the nearest of `among`."""
    found: Places = NearestNeighbors(n_neighbors=1).fit(among).kneighbors(points, None, False)
    return found[:, 0]


def farness(points: Floats, among: Floats | None, k: int) -> Floats:
    """Return the distance of points to their `k`-th nearest of `among`, or of each other."""
    rows = points if among is None else among
    search = NearestNeighbors(n_neighbors=min(k, len(rows) - 1)).fit(rows)
    distance, _ = search.kneighbors(None if among is None else points)
    last: Floats = distance[:, -1]
    return last


def _numbers(values: Floats, like: Floats) -> Floats:
    known = like[~np.isnan(like)]
    missing = np.isnan(values)
    if not known.size:
        return missing[:, None].astype(np.float64)
    unit = np.abs(known).max() or 1.0  # so that squares of large numbers are finite
    spread = float(np.std(known / unit)) or 1.0
    with np.errstate(over="ignore"):
        scaled = (values / unit - np.mean(known / unit)) / spread
    scaled = np.clip(np.where(missing, 0.0, scaled), -FAR, FAR)
    return np.column_stack([scaled, missing]) if missing.any() else scaled[:, None]


def _levels(codes: Floats) -> Floats:
    places = np.where(np.isnan(codes), 0, codes + 2).astype(np.intp)  # -1: an unlisted category
    levels = int(places.max()) + 1
    if levels <= WIDE:
        axes = np.eye(levels)
    else:  # random directions are nearly at right angles, and their number is not that of levels
        axes = np.random.default_rng(0).normal(size=(levels, WIDE))
        axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    return np.asarray(axes[places] / np.sqrt(2))


def check_table(table: Table) -> None:
    """Refuse a table in which nothing can be near anything."""
    if table.n_columns == 0:
        raise ValueError(expected("a table with columns", got="none"))
    if table.n_rows < 2:
        raise ValueError(
            expected(
                "at least 2 rows to make others from",
                got=f"{table.n_rows}",
                remedy="Give more rows.",
            )
        )
