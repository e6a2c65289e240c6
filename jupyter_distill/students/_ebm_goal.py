"""What an additive model is measured by while its shapes are fitted: sums over merged rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

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
    outputs : int
        J: scores per row; 1 for two classes (the log-odds of the second) and for a number.
    stretch : float
        Factor from the scores that are boosted to those of the goal.
    unit, centre : float
        What a score is multiplied by and added to at last.
    """

    weights: Floats
    outputs: int
    stretch: float = 1.0
    unit: float = 1.0
    centre: float = 0.0

    @abstractmethod
    def value(self, z: Floats) -> float:
        """Return the sum over the rows, up to a constant."""

    @abstractmethod
    def slope(self, z: Floats) -> Floats:
        """Return the gradient, shape (n, J)."""

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
        self.weights = merged.weights
        self.soft = merged.mean(targets.at(loss.temperature))
        self.labels = None if labels is None else merged.mean(labels)
        self.binary = targets.n_classes == 2
        self.outputs = 1 if self.binary else targets.n_classes
        self._rows = RowLoss.of(loss, self.labels, self.soft)
        # the log-odds of `mix` count T times where only the teacher counts
        self.stretch = loss.alpha + (1 - loss.alpha) * loss.temperature

    def value(self, z: Floats) -> float:
        """Return the sum over the rows, up to a constant."""
        return float(self.weights @ self._rows.value(z))

    def slope(self, z: Floats) -> Floats:
        """Return the gradient, shape (n, J)."""
        return self._rows.value_and_slope(z)[1] * self.weights[:, None]

    def slope_and_curve(self, z: Floats) -> tuple[Floats, Floats]:
        """Return the gradient and the diagonal of the Hessian, both of shape (n, J)."""
        slope, curve = self._rows.slope_and_curve(z)
        return slope * self.weights[:, None], curve * self.weights[:, None]

    @property
    def mix(self) -> Floats:
        """One distribution per row that stands for labels and teacher, shape (n, K)."""
        alpha, temperature = self.loss.alpha, self.loss.temperature
        mix = (1 - alpha) * temperature * self.soft
        return (mix if self.labels is None else mix + alpha * self.labels) / self.stretch

    def constant(self) -> Floats:
        """Return a good answer that is the same for all rows, shape (J,)."""
        log = self.stretch * np.log(
            np.maximum(np.average(self.mix, axis=0, weights=self.weights), 1e-9)
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

    def __init__(self, merged: Merged, targets: Predictions, loss: SquaredLoss) -> None:
        means = merged.mean(loss.blend(targets)[:, None])
        self.weights = merged.weights
        self.centre = float(np.average(means, weights=self.weights[:, None]))
        spread = np.average((means - self.centre) ** 2, weights=self.weights[:, None])
        self.unit = float(np.sqrt(spread)) or 1.0
        self.means = np.round((means - self.centre) / self.unit, DECIMALS)

    def value(self, z: Floats) -> float:
        """Return the sum over the rows, up to a constant."""
        return float(self.weights @ ((z - self.means) ** 2)[:, 0]) / 2

    def slope(self, z: Floats) -> Floats:
        """Return the gradient, shape (n, 1)."""
        return (z - self.means) * self.weights[:, None]

    def slope_and_curve(self, z: Floats) -> tuple[Floats, Floats]:
        """Return the gradient and the diagonal of the Hessian, both of shape (n, 1)."""
        return self.slope(z), self.weights[:, None]

    def constant(self) -> Floats:
        """Return a good answer that is the same for all rows, shape (1,)."""
        return np.zeros(1)
