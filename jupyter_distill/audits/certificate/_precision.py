"""The numbers that the owner of a column would write."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any, Self

import narwhals.stable.v1 as nw
import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table

Floats = NDArray[np.float64]

DECIMALS = 4  # most decimals of a column that is taken to be rounded to them
DIGITS = 3  # of the range of any other column, that its numbers are written with
FINEST = 15  # more decimals than a number of size 1 has


@dataclass(frozen=True, eq=False)
class Precision:
    """Which numbers a column may hold.

    Attributes
    ----------
    decimals : int
        Decimals of its numbers; below 0 they are multiples of 10, 100 and so on.
    exact : bool
        Whether none has more: whole numbers, or money.
    kind : dtype
        In which they are kept.
    listed : ndarray or None
        All values that can be written, where the owner's type is not ours to make.
    """

    decimals: int
    exact: bool
    kind: np.dtype[Any]
    listed: Floats | None = None

    @classmethod
    def none(cls) -> Self:
        """Return that of a column without numbers."""
        return cls(0, True, np.dtype(np.float64))

    @classmethod
    def of(cls, values: Floats, table: Table, j: int, written: bool) -> Self:
        """Read it from the known values of a column, and from its owner's type."""
        kind = _kept_as(table, j)
        if not written:
            return cls(0, True, kind, np.unique(values))
        if table.columns[j].integer:
            return cls(0, True, kind)
        for decimals in range(1, DECIMALS + 1):
            if (_as(kind, np.round(values, decimals)) == values).all():
                return cls(decimals, True, kind)
        wide = float(np.ptp(values)) if len(values) else 1.0
        return cls(DIGITS - floor(log10(wide)) if wide > 0 else DIGITS, False, kind)

    def _write(self, steps: int, decimals: int) -> float:
        number = steps / 10**decimals if decimals >= 0 else float(steps * 10**-decimals)
        return float(_as(self.kind, np.array([number]))[0])

    def nearest(self, x: float) -> float:
        """Return the number that is nearest to `x`."""
        if self.listed is not None:
            return float(self.listed[np.abs(self.listed - x).argmin()])
        return self._write(round(x * 10.0**self.decimals), self.decimals)

    def above(self, cut: float, most: float) -> float | None:
        """Return the least number that is greater than `cut` and at most `most`."""
        if self.listed is not None:
            found = self.listed[(self.listed > cut) & (self.listed <= most)]
            return float(found[0]) if len(found) else None
        for decimals in self._finer:
            steps = floor(cut * 10.0**decimals)
            for more in range(4):
                number = self._write(steps + more, decimals)
                if cut < number <= most:
                    return number
        return most if not self.exact and cut < most else None

    def below(self, most: float, low: float) -> float | None:
        """Return the greatest number that is at most `most` and at least `low`."""
        if self.listed is not None:
            found = self.listed[(self.listed <= most) & (self.listed >= low)]
            return float(found[-1]) if len(found) else None
        for decimals in self._finer:
            steps = ceil(most * 10.0**decimals)
            for less in range(4):
                number = self._write(steps - less, decimals)
                if low <= number <= most:
                    return number
        return most if not self.exact and low <= most else None

    @property
    def _finer(self) -> range:
        """Decimals to try: more of them only where the column has no number of its own."""
        return range(self.decimals, self.decimals + 1 if self.exact else self.decimals + FINEST)


def _as(kind: np.dtype[Any], values: Floats) -> Floats:
    """Return numbers as their owner's type keeps them."""
    if kind.kind != "f":
        return values
    return np.asarray(values.astype(kind).astype(np.float64))


def _kept_as(table: Table, j: int) -> np.dtype[Any]:
    frame = nw.from_native(table.native, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        half = frame[:, j].dtype == nw.Float32
        return np.dtype(np.float32 if half else np.float64)
    of = np.asarray(frame).dtype
    return (
        np.dtype(np.float32)
        if of in (np.dtype(np.float32), np.dtype(np.float16))
        else np.dtype(np.float64)
    )
