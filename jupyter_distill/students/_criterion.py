"""What a searched tree is judged by: a cost that adds up over rows, given what the leaves say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Criterion:
    r"""Cost of a tree: disagreement with the teacher's answer, and distance to its distribution.

    A row that falls in a leaf whose commonest answer is :math:`k` and whose mean response is
    :math:`p` costs

    .. math:: \lambda \, [\hat y \neq k] + (1 - \lambda) \, \|r - p\|^2

    The first part is fidelity; the second is the second-order form of the composite loss. The
    best leaf for any set of rows follows from sums over them.

    Attributes
    ----------
    rows : ndarray of shape (n, 1 + K + m)
        Weight, weighted answers (one-hot; K = 0 in a regression), weighted response.
    n_answers : int
        K.
    fidelity : float
        :math:`\lambda`.
    """

    rows: Floats
    n_answers: int
    fidelity: float

    @classmethod
    def of(
        cls, answers: Floats | None, response: Floats, weights: Floats, fidelity: float
    ) -> Criterion:
        """Weigh answers (n, K), or None in a regression, and response (n, m)."""
        k = 0 if answers is None else answers.shape[1]
        parts = [np.ones((len(weights), 1)), *([] if answers is None else [answers]), response]
        return cls(np.hstack(parts) * weights[:, None], k, fidelity)

    def at(self, rows: NDArray[np.intp]) -> Criterion:
        """Return the criterion over some rows."""
        return Criterion(self.rows[rows], self.n_answers, self.fidelity)

    def answers(self, sums: Floats) -> NDArray[np.intp] | None:
        """Return the class that rows with these sums are best given; None in a regression."""
        k = self.n_answers
        return np.asarray(sums[:, 1 : 1 + k].argmax(1)) if k else None

    def cost(self, sums: Floats) -> Floats:
        """Return what rows with these sums cost in one leaf, up to a constant per row."""
        weight = np.maximum(sums[:, 0], 1e-300)
        k = 1 + self.n_answers
        cost: Floats = -(1 - self.fidelity) * (sums[:, k:] ** 2).sum(1) / weight
        if self.n_answers:
            cost -= self.fidelity * sums[:, 1:k].max(1)
        return cost

    def prices(self, sums: Floats) -> Floats:
        """Return per leaf what each unit of `rows` costs there, shape (m, 1 + K + m)."""
        k = 1 + self.n_answers
        mean = sums[:, k:] / np.maximum(sums[:, :1], 1e-300)
        prices = np.zeros_like(sums)
        prices[:, 0] = (1 - self.fidelity) * (mean**2).sum(1)
        prices[:, k:] = -2 * (1 - self.fidelity) * mean
        if self.n_answers:
            prices[np.arange(len(sums)), 1 + sums[:, 1:k].argmax(1)] = -self.fidelity
        return prices
