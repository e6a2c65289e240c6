"""Terms of an EBM put into the owner's words."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation import Limit, Shape
from jupyter_distill.students._ebm_terms import Grid, Term

Floats = NDArray[np.float64]


def shape_of(term: Term, columns: tuple[Column, ...], grid: Grid) -> Shape:
    """Put a term into words; its importance is that over the rows it has as support."""
    axes = [
        [_limit(columns[j], grid, j, np.flatnonzero(bins == b)) for b in range(size)]
        for j, bins, size in zip(term.features, term.bins, term.shape, strict=True)
    ]
    one = len(axes) == 1 and columns[term.features[0]].kind == "numeric"
    unbounded = np.full(len(term.scores), np.nan)
    return Shape(
        name=" and ".join(columns[j].name for j in term.features),
        features=term.features,
        kind="shape" if len(axes) == 1 else "pair",
        importance=term.importance,
        bins=tuple(" and ".join(text for text, _, _ in bins) for bins in product(*axes)),
        low=np.array([low for _, low, _ in axes[0]]) if one else unbounded,
        high=np.array([high for _, _, high in axes[0]]) if one else unbounded,
        scores=term.scores,
        support=term.support,
    )


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
