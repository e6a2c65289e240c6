"""Softmax at a temperature, exact for every finite logit; log-probabilities with a floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FLOOR = 1e-6
"""The smallest probability a teacher is taken at its word for: a forest of 200 trees that says
0 has only not seen the class, and the logarithm of 0 would silence every other row."""

TOLERANCE = 1e-3
"""How far the sum of a row of probabilities may be from one (float16 and float32 answers)."""


FEW = 8  # columns that numpy, too, takes one after another: below it all digits are the same


def along(function: np.ufunc, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``function.reduce(z, axis=-1, keepdims=True)``, quicker for many short rows.

    Whole columns are taken together, in the order in which numpy takes the values of a row.
    """
    if z.ndim != 2 or not 1 < z.shape[1] < FEW:
        reduced: NDArray[np.float64] = function.reduce(z, axis=-1, keepdims=True)
        return reduced
    answer: NDArray[np.float64] = function(z[:, 0], z[:, 1])
    for column in z.T[2:]:
        function(answer, column, out=answer)
    return answer[:, None]


def scaled(logits: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return ``(logits - max) / temperature`` along the last axis, without overflow."""
    z = np.asarray(logits, dtype=np.float64)
    top = along(np.maximum, z)
    with np.errstate(over="ignore"):
        differences = z - top
        answer: NDArray[np.float64] = differences / temperature
        lost = np.isinf(differences)
        if lost.any():  # 1e308 - (-1e308): halve, divide, double
            answer = np.where(lost, (z / 2 - top / 2) / temperature * 2, answer)
    return answer


def log_softmax(logits: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return ``log softmax(logits / temperature)`` along the last axis."""
    z = scaled(logits, temperature)
    answer: NDArray[np.float64] = z - np.log(along(np.add, np.exp(z)))
    return answer


def softmax(logits: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return ``softmax(logits / temperature)`` along the last axis."""
    powers = np.exp(scaled(logits, temperature))
    answer: NDArray[np.float64] = powers / along(np.add, powers)
    return answer


def log_floored(probabilities: ArrayLike) -> NDArray[np.float64]:
    """Return the logarithm of probabilities, none taken as less than `FLOOR`."""
    answer: NDArray[np.float64] = np.log(
        np.maximum(np.asarray(probabilities, dtype=np.float64), FLOOR)
    )
    return answer
