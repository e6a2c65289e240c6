"""Linear scores on chosen columns, fitted to the exact loss."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize, minimize_scalar

from jupyter_distill.students._classifier import score_spread
from jupyter_distill.students._linear_apart import Apart
from jupyter_distill.students._linear_limits import SignPenalty
from jupyter_distill.students._row_loss import RowLoss
from jupyter_distill.targets import CompositeLoss, SoftTargets, SquaredLoss

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

RIDGE = 1e-5  # on columns of spread 1: keeps separable rows from sending coefficients to infinity
STEPS = 300
FACTORS = -12.0, 3.0  # logarithms of those that all scores may be multiplied by
# Falls of the loss, as a share of it, at which to stop: for good, and where models are compared.
EXACT = 1e-10
CLOSE = 1e-6


@dataclass(frozen=True, eq=False)
class Lesson:
    """The mean loss as a function of scores of shape (n, J), and its gradient.

    Attributes
    ----------
    loss : CompositeLoss or SquaredLoss
        What is minimised.
    spread : ndarray of shape (J, K)
        Logits are ``scores @ spread``; two classes share one score, their log-odds.
    labels : ndarray of shape (n, K) or None
        One-hot labels, or the teacher's probabilities where these are not known.
    soft : ndarray of shape (n, K)
        The teacher's probabilities at T; of a regression the blended numbers, which are given a
        mean of 0 and a spread of 1; K = 1.
    weights : ndarray of shape (n,)
        Sum to 1.
    mean : float
        Of a regression's numbers; their spread is the entry of `spread`.
    apart : Apart or None
        What disagreement costs beside the loss.
    """

    loss: Any
    spread: Floats
    labels: Floats | None
    soft: Floats
    weights: Floats
    mean: float = 0.0
    apart: Apart | None = None

    @classmethod
    def of(cls, targets: Any, loss: CompositeLoss | SquaredLoss) -> Lesson:
        """Prepare targets."""
        n = targets.n_rows
        weights = np.ones(n) if targets.weights is None else targets.weights
        weights = weights / weights.sum()
        if isinstance(loss, SquaredLoss):
            blend = loss.blend(targets)
            mean = float(weights @ blend)
            scale = float(np.sqrt(weights @ (blend - mean) ** 2)) or 1.0
            return cls(
                loss, np.full((1, 1), scale), None, (blend[:, None] - mean) / scale, weights, mean
            )
        assert isinstance(targets, SoftTargets)
        spread = score_spread(targets.n_classes)
        return cls(loss, spread, loss.label_mix(targets), targets.at(loss.temperature), weights)

    @property
    def n_scores(self) -> int:
        """J."""
        return int(self.spread.shape[0])

    @property
    def curvature(self) -> float:
        """Largest second derivative of a row's loss in its scores, whatever T and alpha."""
        return 2.0 if isinstance(self.loss, SquaredLoss) else 0.5

    def at(self, rows: Ints) -> Lesson:
        """Return the lesson of some rows."""
        labels = None if self.labels is None else self.labels[rows]
        weights = self.weights[rows]
        return replace(
            self,
            labels=labels,
            soft=self.soft[rows],
            weights=weights / weights.sum(),
            apart=None if self.apart is None else self.apart.at(rows),
        )

    @property
    def convex(self) -> Lesson:
        """The loss alone, which has one minimum."""
        return self if self.apart is None else replace(self, apart=None)

    def value(self, scores: Floats) -> tuple[float, Floats]:
        """Return the mean loss up to a constant, and its gradient, shape (n, J)."""
        value, slope = self.beside(np.ascontiguousarray(scores.T))
        return value, slope.T

    def beside(self, scores: Floats) -> tuple[float, Floats]:
        """Do the same for scores, and with a gradient, of shape (J, n)."""
        if isinstance(self.loss, SquaredLoss):
            off = scores - self.soft.T
            return float(self.weights @ off[0] ** 2), 2 * self.weights * off
        value, slope = self._rows.beside(scores)
        if self.apart is not None:
            cost, steep = self.apart.beside(scores)
            value, slope = value + cost, slope + steep
        slope *= self.weights
        return float(self.weights @ value), slope

    def slope(self, scores: Floats) -> Floats:
        """Return the gradient of the loss alone, for scores of shape (J, n) and of that shape."""
        if isinstance(self.loss, SquaredLoss):
            return 2 * self.weights * (scores - self.soft.T)
        assert self.apart is None, "a gradient alone is of a loss alone"
        slope = self._rows.slope(scores)
        slope *= self.weights
        return slope

    @cached_property
    def _rows(self) -> RowLoss:
        return RowLoss.of(self.loss, self.labels, self.soft)


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients, shape (p, J), of some columns, the intercepts (J,), and the loss."""

    coef: Floats
    intercept: Floats
    value: float


def fit(
    matrix: Floats,
    lesson: Lesson,
    bounds: tuple[Floats, Floats],
    start: Fit | None = None,
    close: float = EXACT,
    penalty: SignPenalty | None = None,
) -> Fit:
    """Minimise the loss over coefficients within bounds, by L-BFGS-B (Byrd et al., 1995).

    Where disagreement has a price there are several minima; one near `start` is found.

    Parameters
    ----------
    matrix : ndarray of shape (n, p)
        Columns of spread about 1.
    lesson : Lesson
        The loss of the same rows.
    bounds : tuple of two ndarray of shape (p, J)
        Least and largest coefficients.
    start : Fit, optional
        Where to begin.
    close : float
        Fall of the loss, as a share of it, at which to stop.
    penalty : SignPenalty, optional
        Signs that are wanted at a price.
    """
    n, p = matrix.shape
    j = lesson.n_scores
    full = np.vstack([matrix.T, np.ones(n)])
    low = np.vstack([bounds[0], np.full((1, j), -np.inf)])
    high = np.vstack([bounds[1], np.full((1, j), np.inf)])
    first = np.zeros((p + 1, j))
    if start is not None:
        first = np.vstack([start.coef, start.intercept])

    def value(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(p + 1, j)
        loss, slope = lesson.beside(w.T @ full)
        gradient = full @ slope.T
        gradient[:p] += RIDGE * w[:p]
        if penalty is not None:
            cost, slope = penalty.cost(w[:p])
            loss, gradient[:p] = loss + cost, gradient[:p] + slope
        return loss + RIDGE / 2 * float((w[:p] ** 2).sum()), gradient.ravel()

    found = minimize(
        value,
        np.clip(first, low, high).ravel(),
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(low.ravel(), high.ravel()),
        options={"maxiter": STEPS, "ftol": close, "gtol": 1e-7},
    )
    w = found.x.reshape(p + 1, j)
    return Fit(w[:p], w[p], float(found.fun))


def in_measure(matrix: Floats, lesson: Lesson, found: Fit, penalty: SignPenalty | None) -> Fit:
    """Multiply a fit by the factor at which the loss alone is least: it names the same classes.

    What disagreement costs falls on as scores grow, so it makes them larger than the loss would.
    """
    if lesson.apart is None:
        return found
    convex = lesson.convex
    scores = np.ascontiguousarray((matrix @ found.coef + found.intercept).T)
    square = RIDGE / 2 * float((found.coef**2).sum())
    if penalty is not None:
        square += penalty.cost(found.coef)[0]

    def value(power: float) -> float:
        factor = np.exp(power)
        return float(convex.beside(factor * scores)[0] + square * factor**2)

    power = float(minimize_scalar(value, bounds=FACTORS, method="bounded").x)
    factor = float(np.exp(power))
    return Fit(factor * found.coef, factor * found.intercept, value(power))
