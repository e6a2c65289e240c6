"""The composite loss of many rows at once: what is fitted by steps asks it thousands of times.

The loss itself is defined by `CompositeLoss`; a test holds this to it. Rows lie side by side here
(classes are the first axis), as sums over two or three neighbours in memory are slow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.targets import CompositeLoss

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RowLoss:
    """Each row's loss as a function of scores of shape (n, J), up to a constant.

    J is 1 for two classes, whose score is the log-odds of the second, else K.

    Attributes
    ----------
    parts : tuple of (float, float, ndarray)
        Weight w, temperature T and target distribution q, shape (J, n); the loss is the sum of
        ``w T^2 CE(q, softmax(z / T))``.
    binary : bool
        Whether there are two classes.
    """

    parts: tuple[tuple[float, float, Floats], ...]
    binary: bool

    @classmethod
    def of(cls, loss: CompositeLoss, labels: Floats | None, soft: Floats) -> RowLoss:
        """Prepare labels and soft targets of shape (n, K)."""
        alpha, temperature = loss.alpha, loss.temperature
        binary = soft.shape[1] == 2
        hard = soft if labels is None else labels
        parts = [(alpha, 1.0, hard), (1 - alpha, temperature, soft)]
        if temperature == 1:  # then both parts are one
            parts = [(1.0, 1.0, soft if labels is None else alpha * hard + (1 - alpha) * soft)]
        return cls(
            tuple(
                (weight, T, np.ascontiguousarray((q[:, 1:] if binary else q).T))
                for weight, T, q in parts
                if weight > 0
            ),
            binary,
        )

    def value(self, z: Floats) -> Floats:
        """Return the loss of each row, shape (n,)."""
        return self._value(np.ascontiguousarray(z.T))[0]

    def value_and_slope(self, z: Floats) -> tuple[Floats, Floats]:
        """Return the loss of each row, and its gradient of shape (n, J)."""
        value, slope = self.beside(np.ascontiguousarray(z.T))
        return value, slope.T

    def beside(self, z: Floats) -> tuple[Floats, Floats]:
        """Do the same for scores, and with a gradient, of shape (J, n)."""
        value, likely = self._value(z)
        slope = np.zeros_like(z)
        for (weight, T, q), p in zip(self.parts, likely, strict=True):
            p -= q
            p *= weight * T
            slope += p
        return value, slope

    def slope(self, z: Floats) -> Floats:
        """Return that gradient alone, which needs no logarithm."""
        slope = np.zeros_like(z)
        for weight, T, q in self.parts:
            p, *_ = self._likely(z / T if T != 1 else z)
            p -= q
            p *= weight * T
            slope += p
        return slope

    def slope_and_curve(self, z: Floats) -> tuple[Floats, Floats]:
        """Return each row's gradient and the diagonal of its Hessian, both of shape (n, J)."""
        z = np.ascontiguousarray(z.T)
        slope, curve = np.zeros_like(z), np.zeros_like(z)
        for weight, T, q in self.parts:
            p, *_ = self._likely(z / T if T != 1 else z)
            slope += weight * T * (p - q)
            curve += weight * p * (1 - p)
        return slope.T, curve.T

    def _value(self, z: Floats) -> tuple[Floats, list[Floats]]:
        value, likely = np.zeros(z.shape[1]), []
        for weight, T, q in self.parts:
            scaled = z / T if T != 1 else z
            p, top, mass = self._likely(scaled)
            value += weight * T**2 * (top + np.log(mass) - np.einsum("kn,kn->n", q, scaled))
            likely.append(p)
        return value, likely

    def _likely(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the probabilities, shape (J, n), and per row the top score and the mass below.

        The top plus the logarithm of the mass is that of the sum of all exponentials.
        """
        if self.binary:
            small = np.exp(-np.abs(z))
            p = np.where(z >= 0, 1.0, small) / (1 + small)
            return p, np.maximum(z, 0)[0], (1 + small)[0]
        top = z.max(0)
        p = z - top
        np.exp(p, out=p)
        mass = p.sum(0)
        p /= mass
        return p, top, mass
