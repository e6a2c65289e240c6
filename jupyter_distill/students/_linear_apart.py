"""Disagreement as a smooth function of scores, so that coefficients can be fitted to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from jupyter_distill.targets import CompositeLoss, SoftTargets

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Apart:
    r"""The smooth share of rows for which another class is named than the one that is asked for.

    A row with scores :math:`z` whose answer is :math:`k` costs

    .. math:: \lambda \, (1 - \mathrm{softmax}(z / \tau)_k)

    which for :math:`\tau \to 0` is :math:`\lambda` where another class has the largest score.

    Attributes
    ----------
    answers : ndarray of shape (K, n)
        Weight of each class as the answer; one per row in all.
    price : float
        :math:`\lambda`, in nats of the composite loss.
    width : float
        :math:`\tau`: how close to a tie, in nats, a row has to be to count in part.
    """

    answers: Floats
    price: float
    width: float

    @classmethod
    def of(cls, targets: SoftTargets, loss: CompositeLoss, price: float, width: float) -> Apart:
        """Ask for the classes that the teacher names, and with weight alpha for the true ones."""
        return cls(np.ascontiguousarray(loss.answers(targets).T), price, width)

    def at(self, rows: NDArray[np.intp]) -> Apart:
        """Return the same of some rows."""
        return replace(self, answers=np.ascontiguousarray(self.answers[:, rows]))

    def beside(self, z: Floats) -> tuple[Floats, Floats]:
        """Return the cost of each row, and its gradient, for scores of shape (J, n)."""
        if len(z) == 1:  # two classes: the score is the log-odds of the second
            likely = expit(z / self.width)
            wrong = self.answers[1] - self.answers[0]
            slope = -self.price / self.width * wrong * likely * (1 - likely)
            return self.price * (self.answers[1] - wrong * likely[0]), slope
        likely = z - z.max(0)
        likely /= self.width
        np.exp(likely, out=likely)
        likely /= likely.sum(0)
        named = np.einsum("kn,kn->n", likely, self.answers)
        slope = likely * (named - self.answers)
        slope *= self.price / self.width
        return self.price * (1 - named), slope
