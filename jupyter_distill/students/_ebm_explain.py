"""Terms of an EBM put into the owner's words."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation import Limit, Shape
from jupyter_distill.explanation.shapes import Axis
from jupyter_distill.students._ebm_terms import Grid, Term

Floats = NDArray[np.float64]


def shape_of(term: Term, columns: tuple[Column, ...], grid: Grid) -> Shape:
    """Put a term into words; its importance is that over the rows it has as support."""
    axes = tuple(
        _axis(columns[j], grid, j, bins) for j, bins in zip(term.features, term.bins, strict=True)
    )
    one = len(axes) == 1
    unbounded = np.full(len(term.scores), np.nan)
    return Shape(
        name=" and ".join(axis.name for axis in axes),
        features=term.features,
        kind="shape" if one else "pair",
        importance=term.importance,
        bins=tuple(" and ".join(texts) for texts in product(*(axis.bins for axis in axes))),
        low=axes[0].low if one else unbounded,
        high=axes[0].high if one else unbounded,
        scores=term.scores,
        support=term.support,
        axes=axes,
    )


def _axis(column: Column, grid: Grid, place: int, bins: NDArray[np.intp]) -> Axis:
    limits = [
        _limit(column, grid, place, np.flatnonzero(bins == b)) for b in range(int(bins.max()) + 1)
    ]
    texts, low, high = zip(*limits, strict=True)
    return Axis(column.name, texts, np.array(low), np.array(high))


def _limit(
    column: Column, grid: Grid, place: int, codes: NDArray[np.intp]
) -> tuple[str, float, float]:
    lookup = grid.lookups[place]
    if codes[0] == 0:
        rare = " or another value" if column.kind == "category" else ""
        return f"{column.name} is missing{rare}", np.nan, np.nan
    if lookup is not None:
        names = [column.text(float(code)) for code in np.flatnonzero(np.isin(lookup, codes))]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        return f"{column.name} is {listed}", np.nan, np.nan
    # code c holds the values above cut c - 2 and up to cut c - 1
    edges = np.concatenate([[-np.inf], grid.cuts[place], [np.inf]])
    low, high = float(edges[codes[0] - 1]), float(edges[codes[-1]])
    return Limit(column, low, high, None, False, False).text(), low, high
