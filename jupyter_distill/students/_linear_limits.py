"""Directions as signs of coefficients: as their limits, or at a price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.constraints import MonotoneDemand
from jupyter_distill.students._design import Design

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class SignPenalty:
    """Signs that coefficients should have, and what it costs where they have the other.

    Attributes
    ----------
    places : ndarray of int, shape (m,)
        Columns of the matrix.
    directions : ndarray of shape (m, J)
        The combination of a column's coefficients that should not be negative.
    price : float
        Cost of its square where it is.
    """

    places: Ints
    directions: Floats
    price: float

    def within(self, on: NDArray[np.bool_]) -> SignPenalty:
        """Return the same over some columns of the matrix."""
        kept = on[self.places]
        places = np.cumsum(on)[self.places[kept]] - 1
        return SignPenalty(places, self.directions[kept], self.price)

    def cost(self, coef: Floats) -> tuple[float, Floats]:
        """Return the cost of coefficients (p, J), and its gradient."""
        wrong = np.minimum((coef[self.places] * self.directions).sum(1), 0)
        gradient = np.zeros_like(coef)
        np.add.at(gradient, self.places, 2 * self.price * wrong[:, None] * self.directions)
        return self.price * float(wrong @ wrong), gradient


def sign_limits(
    design: Design, n_scores: int, demands: Sequence[MonotoneDemand], forbidden: Sequence[int]
) -> tuple[Floats, Floats]:
    """Return the least and largest coefficient of every column of the design, shape (p, J)."""
    groups = design.groups
    low = np.full((len(groups), n_scores), -np.inf)
    high = -low
    off = np.isin(groups, list(forbidden))
    low[off] = high[off] = 0.0
    if n_scores == 1:
        for place, _, up in _signs(design, n_scores, demands):
            (low if up else high)[place] = 0.0
        return low, high
    # Adding the same to all classes changes nothing, so those that are named are held at 0 and the
    # others fall, or rise, against them; or the others are held where named ones do both.
    rising, falling = np.zeros((2, *low.shape), dtype=bool)
    for place, output, up in _signs(design, n_scores, demands):
        (rising if up else falling)[place, output] = True
    for place in np.flatnonzero((rising | falling).any(1)).tolist():
        ups, downs = rising[place], falling[place]
        if ups.any() and downs.any():
            at_0 = ~(ups | downs)
            low[place, ups], high[place, downs] = 0.0, 0.0
            for side in (ups, downs):  # each of several is to be the most of all: they are equal
                at_0 |= side if side.sum() > 1 else False
        else:
            at_0 = ups | downs
            (high if ups.any() else low)[place, ~at_0] = 0.0
        low[place, at_0] = high[place, at_0] = 0.0
    return low, high


def sign_penalty(
    design: Design, n_scores: int, demands: Sequence[MonotoneDemand], price: float
) -> SignPenalty:
    """Return the cost of coefficients whose sign is not the one that is demanded."""
    places, directions = [], []
    for place, output, up in _signs(design, n_scores, demands):
        for other in range(n_scores):
            if other != output or n_scores == 1:
                along = np.zeros(n_scores)
                along[other] = -1.0
                along[output] = 1.0
                places.append(place)
                directions.append(along if up else -along)
    return SignPenalty(
        np.array(places, dtype=np.intp), np.array(directions).reshape(-1, n_scores), price
    )


def _signs(
    design: Design, n_scores: int, demands: Sequence[MonotoneDemand]
) -> Iterator[tuple[int, int, bool]]:
    """Yield places in the design, the score that is meant, and whether it should rise."""
    for demand in demands:
        output = 0 if n_scores == 1 else demand.of_class or 0
        for place, way in design.rises(demand.feature):
            yield place, output, demand.sign * way > 0
