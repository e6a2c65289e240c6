"""The composite loss of regressions: squared error to the truth and to the teacher."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._validation import check_number, expected
from jupyter_distill.targets.predictions import Predictions

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SquaredLoss:
    r"""The loss of a student's predictions against truth and teacher; it has no temperature.

    .. math::

        L(s) = \alpha \, (y - s)^2 + (1 - \alpha) \, (t - s)^2

    It equals the squared error to :math:`\alpha y + (1 - \alpha) t` plus a term that no student
    can change, so whatever minimises a squared error minimises it exactly.

    Of a row whose truth is not known (NaN) the teacher takes over the part of the truth:
    :math:`y = t`, hence :math:`L(s) = (t - s)^2`. Every row then weighs the same. Were the part
    dropped, such a row would weigh :math:`1 - \alpha`, and the best answer for several rows
    would no longer be the mean of their blends.

    Parameters
    ----------
    alpha : float, default=0.1
        Weight of the ground truth, between 0 and 1.

    Examples
    --------
    >>> SquaredLoss(alpha=0.5)([1.0], Predictions([2.0], truth=[3.0]))
    2.5
    """

    alpha: float = 0.1

    def __post_init__(self) -> None:
        alpha = float(check_number("alpha", self.alpha, low=0, high=1))
        object.__setattr__(self, "alpha", alpha)

    def __call__(self, predicted: ArrayLike, targets: Predictions) -> float:
        """Return the mean loss over the rows, weighted by the targets' weights."""
        return float(np.average(self.per_row(predicted, targets), weights=targets.weights))

    def per_row(self, predicted: ArrayLike, targets: Predictions) -> Floats:
        """Return the loss of each row, shape (n,)."""
        s = np.asarray(predicted, dtype=np.float64)
        if s.shape != targets.values.shape:
            what = f"{targets.n_rows} predictions, one per row"
            raise ValueError(expected(what, got=f"shape {s.shape}"))
        answer: Floats = (1 - self.alpha) * (targets.values - s) ** 2
        if self.alpha > 0:
            answer = answer + self.alpha * (self._truth(targets) - s) ** 2
        return answer

    def blend(self, targets: Predictions) -> Floats:
        r"""Return :math:`\alpha y + (1 - \alpha) t`, shape (n,): the best answer for each row.

        It is :math:`t` where the truth is not known.
        """
        answer: Floats = (1 - self.alpha) * targets.values
        if self.alpha > 0:
            answer = answer + self.alpha * self._truth(targets)
        return answer

    def _truth(self, targets: Predictions) -> Floats:
        if targets.truth is None:
            raise ValueError(
                expected(
                    "true values for the ground truth's part of the loss",
                    got=f"alpha={self.alpha!r} and predictions without truth",
                    remedy="Give the true values y, or set alpha=0.",
                )
            )
        return np.where(np.isnan(targets.truth), targets.values, targets.truth)
