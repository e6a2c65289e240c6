"""Shapes that only rise or only fall, as a constraint demands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from jupyter_distill._validation import expected
from jupyter_distill.constraints import MonotoneDemand
from jupyter_distill.data import Column
from jupyter_distill.students._ebm_terms import Placed

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Monotone:
    """Which columns are bound, which way, and for which output.

    Attributes
    ----------
    signs : dict of int to (int, int or None)
        Per column the direction (+1 or -1) of the score, and with several classes the class
        that it is about.
    price : float or None
        Cost of half the squared distance, in the unit of the loss's curvature, from the nearest
        shape that keeps the demands; None where they must be kept.
    """

    signs: dict[int, tuple[int, int | None]]
    price: float | None = None

    @classmethod
    def of(
        cls,
        demands: tuple[MonotoneDemand, ...],
        columns: tuple[Column, ...],
        several: bool,
        price: float | None,
    ) -> Monotone:
        """Take the demands of a constraint; `several` says that each class has a score.

        Raises
        ------
        ValueError
            If two classes are named for one column: one isotonic fit keeps one order.
        """
        signs: dict[int, tuple[int, int | None]] = {}
        for demand in demands:
            if demand.feature in signs:
                name = columns[demand.feature].name
                raise ValueError(
                    expected(
                        f"one class for the monotone column {name!r} of an EBM",
                        got="several",
                        remedy='Name one of them, or take student="linear" or "net".',
                    )
                )
            signs[demand.feature] = demand.sign, demand.of_class if several else None
        return cls(signs, price)

    def __call__(self, placed: Placed, scores: Floats, weights: Floats) -> Floats:
        """Return the nearest scores that keep the demands (weighted isotonic regression).

        At a price they go part of the way, which is where price and distance are least together.
        """
        kept = self._kept(placed, scores, weights)
        if self.price is None:
            return kept
        return (scores + self.price * kept) / (1 + self.price)

    def cost(self, placed: Placed, scores: Floats, weights: Floats) -> float:
        """Return what scores cost that do not keep the demands, where that has a price."""
        if self.price is None:
            return 0.0
        off = scores - self._kept(placed, scores, weights)
        return self.price / 2 * float((weights * off**2).sum())

    def _kept(self, placed: Placed, scores: Floats, weights: Floats) -> Floats:
        (column, *others) = placed.term.features
        if others or column not in self.signs:
            return scores
        sign, of_class = self.signs[column]
        weights = weights + 1e-9 * (1 + weights.max())  # bins without rows follow the others
        answer = scores.copy()
        # the first bin, of missing values, is neither above nor below the others
        if of_class is None:
            answer[1:, 0] = _isotone(scores[1:, 0], weights[1:, 0], sign)
            return answer
        # the class's odds against every other class rise: then so does its probability
        for k in range(scores.shape[1]):
            if k != of_class:
                odds = scores[1:, of_class] - scores[1:, k]
                answer[1:, k] = scores[1:, of_class] - _isotone(odds, weights[1:, k], sign)
        return answer


def _isotone(values: Floats, weights: Floats, sign: int) -> Floats:
    answer: Floats = isotonic_regression(values, weights=weights, increasing=sign > 0).x
    return answer
