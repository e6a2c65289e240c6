"""What a student of a regression learns from: the teacher's predictions, and the truth if known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._validation import expected
from jupyter_distill.targets._arrays import check_weights, floats, freeze

Floats = NDArray[np.float64]

# Squares of numbers beyond, summed over rows, are infinite; those of lesser differences are 0.
LARGEST, LEAST = 1e140, 1e-140


@dataclass(frozen=True, eq=False, repr=False)
class Predictions:
    """A regression teacher's predictions for some rows, frozen.

    Parameters
    ----------
    values : array_like of shape (n,)
        Finite predictions, in the unit of the target.
    truth : array_like of shape (n,), optional
        The ground truth.
    weights : array_like of shape (n,), optional
        Row weights, none negative, not all zero.

    Examples
    --------
    >>> Predictions([1.0, 2.0, 4.0], truth=[1.0, 3.0, 3.0]).take([0, 2]).values
    array([1., 4.])
    """

    values: Floats
    truth: Floats | None = None
    weights: Floats | None = None

    def __post_init__(self) -> None:
        values = floats("predictions", self.values, 1)
        if len(values) == 0:
            raise ValueError(expected("predictions for at least one row", got="none"))
        _check_unit("predictions", values)
        freeze(self, "values", values)
        if self.truth is not None:
            truth = floats("truth", self.truth, 1)
            if len(truth) != len(values):
                what = f"{len(values)} true values, one per prediction"
                raise ValueError(expected(what, got=f"{len(truth)}"))
            _check_unit("truth", truth)
            freeze(self, "truth", truth)
        if self.weights is not None:
            freeze(self, "weights", check_weights(self.weights, len(values)))

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.values)

    def take(self, rows: ArrayLike | slice) -> Predictions:
        """Return the targets of some rows (positions, a mask or a slice)."""
        chosen = rows if isinstance(rows, slice) else np.asarray(rows)
        return Predictions(
            self.values[chosen],
            None if self.truth is None else self.truth[chosen],
            None if self.weights is None else self.weights[chosen],
        )

    def __len__(self) -> int:
        return self.n_rows

    def __repr__(self) -> str:
        parts = [f"{self.n_rows} rows", "truth known" if self.truth is not None else "no truth"]
        if self.weights is not None:
            parts.append("weighted")
        return f"<Predictions: {', '.join(parts)}>"


def _check_unit(name: str, values: Floats) -> None:
    """Refuse numbers whose squared differences are none."""
    largest, spread = float(np.abs(values).max()), float(np.ptp(values))
    if largest > LARGEST or 0 < spread < LEAST:
        raise ValueError(
            expected(
                f"{name} whose squared differences can be told from 0 and from infinity",
                got=f"numbers up to {largest:g} that differ by up to {spread:g}",
                remedy="Give them in another unit.",
            )
        )
