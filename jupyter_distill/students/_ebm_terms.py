"""Terms of an additive model: a table of scores over the bins of one column or of two."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jupyter_distill.data import Table
from jupyter_distill.students._bins import Binned

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grid:
    """How rows become codes, without the rows that chose the cuts.

    Attributes
    ----------
    cuts : tuple of ndarray
        Thresholds per numeric column; a value belongs to the bin whose upper cut is not below it.
    lookups : tuple of (ndarray or None)
        Per category column the code of each category.
    n_codes : ndarray of int
        Codes per column; code 0 is for missing values and categories never seen.
    """

    cuts: tuple[Floats, ...]
    lookups: tuple[NDArray[np.uint8] | None, ...]
    n_codes: NDArray[np.intp]

    @classmethod
    def of(cls, binned: Binned) -> Grid:
        """Take the cuts of binned rows."""
        return cls(binned.cuts, binned.lookups, binned.n_codes)

    def code(self, table: Table, column: int) -> NDArray[np.intp]:
        """Return the codes of one column of a table with the same columns."""
        values = table.values[:, column]
        lookup = self.lookups[column]
        if lookup is None:
            found = np.searchsorted(self.cuts[column], values, side="left") + 1
            return np.where(np.isnan(values), 0, found)
        by_code = np.append(lookup, 0).astype(np.intp)  # its last entry is met by index -1
        return by_code[np.nan_to_num(values, nan=-1).astype(np.intp)]


@dataclass(frozen=True, eq=False)
class Term:
    """A table of scores.

    Attributes
    ----------
    features : tuple of int
        Position of one column, or of two for a pair.
    bins : tuple of ndarray of int
        Per feature the bin of each code.
    scores : ndarray of shape (B, J)
        Scores per bin; for a pair the bins of the second column run fastest.
    ordered : bool
        Whether neighbouring bins (after the first, the missing one) lie side by side.
    support : ndarray of shape (B,)
        Weight of the rows of the fit per bin.
    """

    features: tuple[int, ...]
    bins: tuple[NDArray[np.intp], ...]
    scores: Floats
    ordered: bool
    support: Floats = field(default_factory=lambda: np.empty(0))
    shape: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(int(b.max()) + 1 for b in self.bins))

    def having(self, scores: Floats, support: Floats) -> Term:
        """Return the same term with other scores, and with the weight of each bin."""
        return replace(self, scores=scores, support=support)

    @property
    def importance(self) -> float:
        """Mean absolute contribution over the rows of the fit; the largest over the outputs."""
        return float((self.support @ np.abs(self.scores)).max() / self.support.sum())

    def place(self, codes: tuple[NDArray[np.integer], ...]) -> NDArray[np.intp]:
        """Return the row of `scores` for the codes of each feature."""
        place: NDArray[np.intp] = self.bins[0][codes[0]]
        for bins, code, size in zip(self.bins[1:], codes[1:], self.shape[1:], strict=True):
            place = place * size + bins[code]
        return place

    def score(self, table: Table, grid: Grid) -> Floats:
        """Return the contribution of the term to each row, shape (n, J)."""
        return self.scores[self._place(table, grid)]

    def met(self, table: Table, grid: Grid, weights: Floats | None = None) -> Term:
        """Return the same term with the weight of other rows in each bin."""
        support = np.bincount(self._place(table, grid), weights, len(self.scores))
        return replace(self, support=support.astype(np.float64))

    def _place(self, table: Table, grid: Grid) -> NDArray[np.intp]:
        return self.place(tuple(grid.code(table, j) for j in self.features))


class Placed:
    """A term's bins for the rows of a fit, with fast sums over them.

    Parameters
    ----------
    term : Term
        The term; its scores are where the fit of its shape is drawn to.
    codes : ndarray of shape (n, d)
        The rows.
    ones : ndarray of shape (n,)
        Ones, shared by all terms.
    starts : ndarray of int32, shape (n + 1,)
        0, 1, ... n, shared by all terms.
    """

    def __init__(
        self, term: Term, codes: NDArray[np.uint8], ones: Floats, starts: NDArray[np.int32]
    ) -> None:
        self.term = term
        self.place = term.place(tuple(codes[:, j] for j in term.features)).astype(np.int32)
        shape = (len(term.scores), len(codes))
        self._sum = sparse.csc_array((ones, self.place, starts), shape=shape)

    def sums(self, values: Floats) -> Floats:
        """Return sums of the rows' values per bin, shape (B, m)."""
        answer: Floats = self._sum @ values
        return answer


def place_all(terms: list[Term], codes: NDArray[np.uint8]) -> list[Placed]:
    """Place rows in the bins of every term."""
    ones = np.ones(len(codes))
    starts = np.arange(len(codes) + 1, dtype=np.int32)
    return [Placed(term, codes, ones, starts) for term in terms]


def own(placed: list[Placed]) -> dict[int, Floats]:
    """Return the terms' own scores by their number."""
    return {t: each.term.scores for t, each in enumerate(placed)}


def added(placed: list[Placed], shapes: dict[int, Floats], intercept: Floats, n: int) -> Floats:
    """Return the sum of intercept and shapes for each of the `n` rows, shape (n, J)."""
    z = np.tile(intercept, (n, 1))
    for t, shape in shapes.items():
        z += shape[placed[t].place]
    return z
