"""What an additive model is measured by while its shapes are fitted: sums over merged rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._row_loss import RowLoss
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss

Floats = NDArray[np.float64]
DECIMALS = 12  # of a mean: copies of a row and a weight then give the very same numbers


@dataclass(frozen=True, eq=False)
class Merged:
    """Rows that no binned model can tell apart, as one row with their weight.

    Sorted by their codes, so that the order of the rows, copies and rows without weight cannot
    change what is fitted. Nothing is lost: the composite loss depends on the means alone.

    Attributes
    ----------
    codes : ndarray of uint8, shape (n, d)
        One row per set of codes.
    weights : ndarray of shape (n,)
        Their weights, all positive.
    """

    codes: NDArray[np.uint8]
    weights: Floats
    _rows: NDArray[np.intp]
    _into: NDArray[np.intp]
    _share: Floats

    @classmethod
    def of(cls, codes: NDArray[np.uint8], weights: Floats | None) -> Merged:
        """Merge rows of equal codes."""
        share = np.ones(len(codes)) if weights is None else weights
        rows = np.flatnonzero(share > 0)
        share = share[rows]
        unique, into = np.unique(np.ascontiguousarray(codes[rows]), axis=0, return_inverse=True)
        into = into.ravel()
        sums = np.bincount(into, share, len(unique)).astype(np.float64)
        return cls(np.asfortranarray(unique), sums, rows, into, share)

    def mean(self, values: Floats) -> Floats:
        """Return the weighted means of columns given for all rows, shape (n, m)."""
        of = values[self._rows] * self._share[:, None]
        sums = [np.bincount(self._into, column, len(self.weights)) for column in of.T]
        answer: Floats = np.round(np.column_stack(sums) / self.weights[:, None], DECIMALS)
        return answer


class Goal(ABC):
    """A convex loss of scores ``z`` of shape (n, J), summed over merged rows.

    Attributes
    ----------
    weights : ndarray of shape (n,)
        Weight of each row.
    wanted : ndarray of shape (n, K or 1)
        What is boosted to: a distribution per row, or a number.
    outputs : int
        J: scores per row; 1 for two classes (the log-odds of the second) and for a number.
    stretch : float
        Factor from the scores that are boosted to those of the goal.
    unit, centre : float
        What a score is multiplied by and added to at last.
    """

    weights: Floats
    wanted: Floats
    outputs: int
    stretch: float = 1.0
    unit: float = 1.0
    centre: float = 0.0

    @abstractmethod
    def plain(self) -> Goal:
        """Return the goal of the same rows at T = 1."""

    @abstractmethod
    def value(self, z: Floats) -> float:
        """Return the sum over the rows, up to a constant."""

    @abstractmethod
    def value_and_slope(self, z: Floats) -> tuple[float, Floats]:
        """Return the sum over the rows, and its gradient of shape (n, J)."""

    @abstractmethod
    def slope_and_curve(self, z: Floats) -> tuple[Floats, Floats]:
        """Return the gradient and the diagonal of the Hessian, both of shape (n, J)."""

    @abstractmethod
    def constant(self) -> Floats:
        """Return a good answer that is the same for all rows, shape (J,)."""


class SoftGoal(Goal):
    """The composite loss of merged rows.

    Parameters
    ----------
    merged : Merged
        The rows.
    targets : SoftTargets
        What is learnt, for the rows before they were merged.
    loss : CompositeLoss
        Temperature and alpha.
    """

    def __init__(self, merged: Merged, targets: SoftTargets, loss: CompositeLoss) -> None:
        labels = loss.label_mix(targets)
        self.loss = loss
        self._merged, self._targets = merged, targets
        self.weights = merged.weights
        soft = merged.mean(targets.at(loss.temperature))
        hard = None if labels is None else merged.mean(labels)
        self.binary = targets.n_classes == 2
        self.outputs = 1 if self.binary else targets.n_classes
        self._rows = RowLoss.of(loss, hard, soft)
        # the log-odds of `wanted` count T times where only the teacher counts
        self.stretch = loss.alpha + (1 - loss.alpha) * loss.temperature
        mix = (1 - loss.alpha) * loss.temperature * soft
        self.wanted = (mix if hard is None else mix + loss.alpha * hard) / self.stretch

    def value(self, z: Floats) -> float:
        """Return the sum over the rows, up to a constant."""
        return float(self.weights @ self._rows.value(z))

    def value_and_slope(self, z: Floats) -> tuple[float, Floats]:
        """Return the sum over the rows, and its gradient of shape (n, J)."""
        value, slope = self._rows.value_and_slope(z)
        return float(self.weights @ value), slope * self.weights[:, None]

    def slope_and_curve(self, z: Floats) -> tuple[Floats, Floats]:
        """Return the gradient and the diagonal of the Hessian, both of shape (n, J)."""
        slope, curve = self._rows.slope_and_curve(z)
        return slope * self.weights[:, None], curve * self.weights[:, None]

    def plain(self) -> SoftGoal:
        """Return the goal of the same rows at T = 1."""
        return SoftGoal(self._merged, self._targets, replace(self.loss, temperature=1.0))

    def constant(self) -> Floats:
        """Return a good answer that is the same for all rows, shape (J,)."""
        log = self.stretch * np.log(
            np.maximum(np.average(self.wanted, axis=0, weights=self.weights), 1e-9)
        )
        return log[1:] - log[:1] if self.binary else log - log.mean()


class NumberGoal(Goal):
    """The squared composite loss of merged rows, in standard deviations of what is learnt.

    Parameters
    ----------
    merged : Merged
        The rows.
    targets : Predictions
        What is learnt, for the rows before they were merged.
    loss : SquaredLoss
        Its alpha.
    """

    outputs = 1
    wanted: Floats

    def __init__(self, merged: Merged, targets: Predictions, loss: SquaredLoss) -> None:
        means = merged.mean(loss.blend(targets)[:, None])
        self.weights = merged.weights
        self.centre = float(np.average(means, weights=self.weights[:, None]))
        spread = np.average((means - self.centre) ** 2, weights=self.weights[:, None])
        self.unit = float(np.sqrt(spread)) or 1.0
        self.wanted = np.round((means - self.centre) / self.unit, DECIMALS)

    def plain(self) -> NumberGoal:
        """Return the goal itself: there is no temperature."""
        return self

    def value(self, z: Floats) -> float:
        """Return the sum over the rows, up to a constant."""
        return float(self.weights @ ((z - self.wanted) ** 2)[:, 0]) / 2

    def value_and_slope(self, z: Floats) -> tuple[float, Floats]:
        """Return the sum over the rows, and its gradient of shape (n, 1)."""
        off = z - self.wanted
        slope = off * self.weights[:, None]
        return float(off[:, 0] @ slope[:, 0]) / 2, slope

    def slope_and_curve(self, z: Floats) -> tuple[Floats, Floats]:
        """Return the gradient and the diagonal of the Hessian, both of shape (n, 1)."""
        return self.value_and_slope(z)[1], self.weights[:, None]

    def constant(self) -> Floats:
        """Return a good answer that is the same for all rows, shape (1,)."""
        return np.zeros(1)
