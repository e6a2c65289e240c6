"""What a student of a regression learns from: the teacher's predictions, and the truth if known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._validation import Refusal, expected
from jupyter_distill.targets._arrays import (
    check_alike,
    check_known,
    check_weights,
    floats,
    freeze,
    how_known,
    stacked,
)

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
        The ground truth; NaN for rows of which it is not known. Where it is known of no row, None.
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
            raise Refusal(expected("predictions for at least one row", got="none"))
        _check_unit("predictions", values)
        freeze(self, "values", values)
        if self.truth is not None:
            truth = floats("truth", self.truth, 1, gaps=True)
            if len(truth) != len(values):
                what = f"{len(values)} true values, one per prediction"
                raise Refusal(expected(what, got=f"{len(truth)}"))
            known = ~np.isnan(truth)
            check_known(known, "true values")
            _check_unit("truth", truth[known])
            freeze(self, "truth", truth)
        if self.weights is not None:
            freeze(self, "weights", check_weights(self.weights, len(values)))

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.values)

    @property
    def known(self) -> NDArray[np.bool_] | None:
        """Which rows the ground truth is known of, shape (n,); None where there is none."""
        return None if self.truth is None else ~np.isnan(self.truth)

    def take(self, rows: ArrayLike | slice) -> Predictions:
        """Return the targets of some rows (positions, a mask or a slice).

        Truth that is not known stays so, even where it is that of all rows that are taken: what a
        row costs does not depend on its neighbours.
        """
        chosen = rows if isinstance(rows, slice) else np.asarray(rows)
        weights = None if self.weights is None else self.weights[chosen]
        taken = Predictions(self.values[chosen], weights=weights)
        if self.truth is not None:
            freeze(taken, "truth", self.truth[chosen])
        return taken

    def join(self, *others: Predictions) -> Predictions:
        """Return these targets and those of other rows, one after another.

        The truth is not known of rows that have none; rows without weights weigh 1 beside others
        that have them.

        Parameters
        ----------
        *others : Predictions
            Of other rows.

        Raises
        ------
        TypeError
            If they are no `Predictions`.

        Examples
        --------
        >>> Predictions([1.0, 2.0], truth=[1.0, 3.0]).join(Predictions([5.0])).truth
        array([ 1.,  3., nan])
        """
        check_alike(self, others)
        parts = (self, *others)
        lengths = [part.n_rows for part in parts]
        return Predictions(
            np.concatenate([part.values for part in parts]),
            stacked([_truth(part.truth) for part in parts], lengths, np.nan),
            stacked([part.weights for part in parts], lengths, 1.0),
        )

    def __len__(self) -> int:
        return self.n_rows

    def __repr__(self) -> str:
        parts = [f"{self.n_rows} rows", how_known(self.known, "truth")]
        if self.weights is not None:
            parts.append("weighted")
        return f"<Predictions: {', '.join(parts)}>"


def _truth(truth: Floats | None) -> Floats | None:
    """Return true values, but None where none of them is known, as may be after `take`."""
    return truth if truth is not None and not np.isnan(truth).all() else None


def _check_unit(name: str, values: Floats) -> None:
    """Refuse numbers whose squared differences are none."""
    largest, spread = float(np.abs(values).max()), float(np.ptp(values))
    if largest > LARGEST or 0 < spread < LEAST:
        raise Refusal(
            expected(
                f"{name} whose squared differences can be told from 0 and from infinity",
                got=f"numbers up to {largest:g} that differ by up to {spread:g}",
                remedy="Give them in another unit.",
            )
        )
