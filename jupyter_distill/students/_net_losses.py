"""What a net minimises, for torch; and how curved it is, which says what a weight is worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from jupyter_distill._optional import require
from jupyter_distill._softmax import softmax
from jupyter_distill.students._row_loss import RowLoss
from jupyter_distill.targets import CompositeLoss, SoftTargets

Floats = NDArray[np.float64]


class NetLesson(Protocol):
    """What there is to learn of some rows."""

    @property
    def outputs(self) -> int:
        """Number of outputs of the net."""

    @property
    def taught(self) -> Floats:
        """All that is learnt of each row, shape (n, m)."""

    def take(self, rows: NDArray[np.intp] | slice) -> NetLesson:
        """Return the lesson of some rows."""

    def value_and_slope(self, said: Floats) -> tuple[Floats, Floats]:
        """Return the loss of each row for outputs of shape (n, O), and its gradient (n, O)."""

    def tensors(self) -> tuple[Any, ...]:
        """Return the targets as tensors, to be cut into batches."""

    def losses(self, said: Any, *targets: Any) -> Any:
        """Return the loss of each row for outputs of shape (n, O), as a tensor."""

    def curvature(self, said: Floats, directions: Floats) -> Floats:
        """Return each row's second derivative along directions (m, O) of the output: (n, m)."""


@dataclass(frozen=True, eq=False)
class CompositeLesson:
    """Soft targets under the composite loss; two classes share one output, the log-odds."""

    loss: CompositeLoss
    soft: Floats
    truth: Floats | None

    @classmethod
    def of(
        cls, targets: SoftTargets, loss: CompositeLoss, order: NDArray[np.intp]
    ) -> CompositeLesson:
        """Read targets, the classes in another order."""
        truth = loss.label_mix(targets)
        soft = targets.at(loss.temperature)[:, order]
        return cls(loss, soft, None if truth is None else truth[:, order])

    @property
    def outputs(self) -> int:
        """One for two classes, else one per class."""
        k = self.soft.shape[1]
        return 1 if k == 2 else k

    @property
    def taught(self) -> Floats:
        """Labels and soft targets, as far as they count."""
        parts = [] if self.truth is None else [self.truth]
        return np.hstack([*parts, self.soft] if self.loss.alpha < 1 else parts)

    def take(self, rows: NDArray[np.intp] | slice) -> CompositeLesson:
        """Return the lesson of some rows."""
        truth = None if self.truth is None else self.truth[rows]
        return CompositeLesson(self.loss, self.soft[rows], truth)

    def value_and_slope(self, said: Floats) -> tuple[Floats, Floats]:
        """Return ``alpha CE + (1 - alpha) T^2 KL`` of each row and its gradient."""
        value, slope = self._rows.value_and_slope(said)
        return self._least + value, slope

    @cached_property
    def _rows(self) -> RowLoss:
        return RowLoss.of(self.loss, self.truth, self.soft)

    @cached_property
    def _least(self) -> Floats:
        """What the teacher's own uncertainty takes off each row's loss."""
        least = (1 - self.loss.alpha) * self.loss.temperature**2 * xlogy(self.soft, self.soft)
        return np.asarray(least.sum(1))

    def tensors(self) -> tuple[Any, ...]:
        """Return soft targets, what their uncertainty takes off, and labels where they count."""
        parts = [self.soft, self._least]
        if self.truth is not None:
            parts.append(self.truth)
        return tuple(tensor(part) for part in parts)

    def losses(self, said: Any, *targets: Any) -> Any:
        """Return ``alpha CE + (1 - alpha) T^2 KL`` of each row."""
        soft, least, *truth = targets
        alpha, temperature = self.loss.alpha, self.loss.temperature
        answer = least
        if alpha < 1:
            soft_part = self._cross_entropy(said / temperature, soft)
            answer = answer + (1 - alpha) * temperature**2 * soft_part
        if truth:
            answer = answer + alpha * self._cross_entropy(said, truth[0])
        return answer

    def _cross_entropy(self, said: Any, mix: Any) -> Any:
        torch = torch_()
        if self.outputs == 1:  # by the log-odds: no sums over two numbers per row, which are slow
            odds = said[:, 0]
            return torch.nn.functional.softplus(odds, threshold=40.0) - mix[:, 1] * odds
        return -(mix * torch.log_softmax(said, 1)).sum(1)

    def curvature(self, said: Floats, directions: Floats) -> Floats:
        """Return the variance of the direction under the probabilities, hard and soft."""
        if self.outputs == 1:
            said = np.hstack([np.zeros_like(said), said])
            directions = np.hstack([np.zeros_like(directions), directions])
        alpha = self.loss.alpha
        hard = _variance(softmax(said), directions)
        soft = _variance(softmax(said, self.loss.temperature), directions)
        return alpha * hard + (1 - alpha) * soft


@dataclass(frozen=True, eq=False)
class SquaredLesson:
    """Numbers under the squared loss; ``centre + scale * output`` is the answer."""

    blend: Floats
    centre: float
    scale: float

    @property
    def outputs(self) -> int:
        """One."""
        return 1

    @property
    def taught(self) -> Floats:
        """The best answer for each row."""
        return self.blend[:, None]

    def take(self, rows: NDArray[np.intp] | slice) -> SquaredLesson:
        """Return the lesson of some rows."""
        return SquaredLesson(self.blend[rows], self.centre, self.scale)

    def value_and_slope(self, said: Floats) -> tuple[Floats, Floats]:
        """Return the squared error to the best answer and its gradient."""
        off = said - self._scaled
        return (off**2).sum(1), 2 * off

    @cached_property
    def _scaled(self) -> Floats:
        return np.asarray((self.taught - self.centre) / self.scale)

    def tensors(self) -> tuple[Any, ...]:
        """Return the best answers."""
        return (tensor(self._scaled),)

    def losses(self, said: Any, *targets: Any) -> Any:
        """Return the squared error to the best answer, which is the loss but for a constant."""
        return ((said - targets[0]) ** 2).sum(1)

    def curvature(self, said: Floats, directions: Floats) -> Floats:
        """Return the same for each row."""
        return np.broadcast_to(2 * (directions**2).sum(1), (len(said), len(directions)))


def _variance(p: Floats, directions: Floats) -> Floats:
    mean = p @ directions.T
    answer: Floats = np.maximum(p @ (directions**2).T - mean**2, 0.0)
    return answer


def tensor(values: NDArray[Any]) -> Any:
    """Return numbers as a tensor on the CPU, wherever the user's own tensors are."""
    return torch_().tensor(values, device="cpu")


def torch_() -> Any:
    """Return torch, or say how to install it."""
    return require("torch", extra="torch", feature="Fitting a net")
