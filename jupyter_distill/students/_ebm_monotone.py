"""Shapes that only rise or only fall, as a constraint demands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from jupyter_distill.constraints import MonotoneDemand
from jupyter_distill.students._ebm_terms import Placed

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Monotone:
    """Which columns are bound, which way, and for which output.

    Attributes
    ----------
    signs : dict of int to dict of (int or None) to int
        Per column the direction (+1 or -1) of the score, by the class that it is about where each
        class has a score.
    price : float or None
        Cost of half the squared distance, in the unit of the loss's curvature, from the nearest
        shape that keeps the demands; None where they must be kept.
    """

    signs: dict[int, dict[int | None, int]]
    price: float | None = None

    @classmethod
    def of(
        cls, demands: tuple[MonotoneDemand, ...], several: bool, price: float | None
    ) -> Monotone:
        """Take the demands of a constraint; `several` says that each class has a score."""
        signs: dict[int, dict[int | None, int]] = {}
        for demand in demands:
            of_class = demand.of_class if several else None
            signs.setdefault(demand.feature, {})[of_class] = demand.sign
        return cls(signs, price)

    def __call__(self, placed: Placed, scores: Floats, weights: Floats) -> Floats:
        """Return scores near by that keep the demands (weighted isotonic regression).

        Of two classes, or of a number, they are the nearest; of several classes the odds that are
        meant are taken one after another. At a price the scores go part of the way.
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
        signs = self.signs[column]
        weights = weights + 1e-9 * (1 + weights.max())  # bins without rows follow the others
        answer = scores.copy()
        # the first bin, of missing values, is neither above nor below the others
        if None in signs:
            answer[1:, 0] = signs[None] * _isotone(signs[None] * scores[1:, 0], weights[1:, 0])
            return answer
        rising = [k for k, sign in signs.items() if k is not None and sign > 0]
        falling = [k for k, sign in signs.items() if k is not None and sign < 0]
        answer[1:] = _fanned(scores[1:], weights[1:], rising, falling)
        return answer


def _fanned(scores: Floats, weights: Floats, rising: list[int], falling: list[int]) -> Floats:
    """Let the odds of classes against every other rise, or fall: then so do their probabilities.

    Classes that rise both have constant odds between them, as have those that fall. One fit after
    the other keeps what was reached: an isotonic fit of a sequence never takes a larger step than
    the sequence itself, so that a class which rises less than the first ones still does so once its
    odds against the last ones rise.
    """
    answer = scores.copy()
    for group in (rising, falling):
        if len(group) > 1:
            offset = np.average(scores[:, group], axis=0, weights=weights[:, group].sum(1))
            level = np.average(scores[:, group] - offset, axis=1, weights=weights[:, group])
            answer[:, group] = level[:, None] + offset
    if rising and falling:
        odds = answer[:, rising[0]] - answer[:, falling[0]]
        odds = _isotone(odds, weights[:, falling].sum(1)) - odds
        answer[:, falling] -= odds[:, None]
    for k in range(scores.shape[1]):
        if k in rising or k in falling:
            continue
        if rising:
            top = answer[:, rising[0]]
            answer[:, k] = top - _isotone(top - answer[:, k], weights[:, k])
        if falling:
            bottom = answer[:, falling[0]]
            answer[:, k] = bottom + _isotone(answer[:, k] - bottom, weights[:, k])
    return answer


def _isotone(values: Floats, weights: Floats) -> Floats:
    answer: Floats = isotonic_regression(values, weights=weights).x
    return answer
