"""The weights of a net with one hidden layer and a linear way around it, as numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NetWeights:
    """Weights of ``tanh(x @ first + bias) @ out + x @ skip + intercept``.

    The same shape also holds what belongs to each weight: its saliency, its least value.

    Attributes
    ----------
    first : ndarray of shape (p, H)
        From the p columns of the design matrix to the H units.
    bias : ndarray of shape (H,)
    out : ndarray of shape (H, O)
        From the units to the O outputs.
    skip : ndarray of shape (p, O)
        From the columns straight to the outputs.
    intercept : ndarray of shape (O,)
    """

    first: Floats
    bias: Floats
    out: Floats
    skip: Floats
    intercept: Floats

    @classmethod
    def full(cls, columns: int, units: int, outputs: int, value: float) -> Self:
        """Return weights that are all the same."""
        shapes = ((columns, units), (units,), (units, outputs), (columns, outputs), (outputs,))
        return cls(*(np.full(shape, value) for shape in shapes))

    @property
    def arrays(self) -> list[Floats]:
        """The five arrays, in the order of the fields."""
        return [self.first, self.bias, self.out, self.skip, self.intercept]

    @property
    def n_units(self) -> int:
        """Number of hidden units."""
        return int(self.first.shape[1])

    @property
    def count(self) -> int:
        """Non-zero weights; biases and intercepts are not counted."""
        return sum(int(np.count_nonzero(part)) for part in (self.first, self.out, self.skip))

    @property
    def columns(self) -> NDArray[np.bool_]:
        """Which columns of the design matrix are read."""
        read: NDArray[np.bool_] = (self.first != 0).any(1) | (self.skip != 0).any(1)
        return read

    def flat(self) -> Floats:
        """Return all in one vector."""
        return np.concatenate([part.ravel() for part in self.arrays])

    def unflat(self, vector: Floats) -> Self:
        """Return weights of this shape from one vector."""
        found, begin = [], 0
        for like in self.arrays:
            found.append(vector[begin : begin + like.size].reshape(like.shape).copy())
            begin += like.size
        return type(self)(*found)

    def hidden(self, X: Floats) -> Floats:
        """Return what the units say, shape (n, H)."""
        said: Floats = np.tanh(X @ self.first + self.bias)
        return said

    def output(self, X: Floats) -> Floats:
        """Return the outputs, shape (n, O)."""
        said: Floats = self.hidden(X) @ self.out + X @ self.skip + self.intercept
        return said

    def only(self, units: NDArray[np.intp]) -> Self:
        """Return the net of some of the units."""
        return type(self)(
            self.first[:, units], self.bias[units], self.out[units], self.skip, self.intercept
        )

    def tidy(self) -> Self:
        """Return the same function without units that read nothing or tell nothing."""
        reads, tells = (self.first != 0).any(0), (self.out != 0).any(1)
        # a unit that reads nothing always says the same
        constant = np.tanh(self.bias[~reads]) @ self.out[~reads]
        kept = self.only(np.flatnonzero(reads & tells))
        return type(self)(kept.first, kept.bias, kept.out, kept.skip, kept.intercept + constant)


@dataclass(frozen=True)
class Limits:
    """The range of every weight; both ends are 0 for a weight that must not be there."""

    low: NetWeights
    high: NetWeights

    @classmethod
    def none(cls, like: NetWeights) -> Limits:
        """Return limits that allow everything."""
        of = (*like.skip.shape, like.n_units)
        columns, outputs, units = of
        return cls(
            NetWeights.full(columns, units, outputs, -np.inf),
            NetWeights.full(columns, units, outputs, np.inf),
        )

    def clip(self, weights: NetWeights) -> NetWeights:
        """Return the nearest weights within the limits."""
        return weights.unflat(np.clip(weights.flat(), self.low.flat(), self.high.flat()))

    def only(self, units: NDArray[np.intp]) -> Limits:
        """Return the limits of some of the units."""
        return Limits(self.low.only(units), self.high.only(units))

    def without_zeros(self, weights: NetWeights) -> Limits:
        """Return limits that also keep weights at 0 that are 0 now, biases excepted."""
        gone = [part == 0 for part in weights.arrays]
        gone[1][:], gone[4][:] = False, False
        lows, highs = (
            NetWeights(
                *(np.where(no, 0.0, part) for no, part in zip(gone, end.arrays, strict=True))
            )
            for end in (self.low, self.high)
        )
        return Limits(lows, highs)
