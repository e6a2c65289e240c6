"""What a teacher answers on average as rows are moved through one column, beside a student's sum.

J. Friedman: Greedy Function Approximation: A Gradient Boosting Machine, 2001.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.audits._moves import Grid, asked_raw, draw
from jupyter_distill.audits.attributions._score_scale import scale_of
from jupyter_distill.distillation import Distillation, Work

Floats = NDArray[np.float64]

VALUES, ROWS = 20, 200  # of a number that rows are moved through, and rows that are moved
MOST = VALUES * ROWS  # moved rows that a teacher is asked about for one column, at most
# Least probability whose log-odds are averaged where a teacher gives many classes no chance at
# all: the logarithm of 0 is nothing but the floor that it is given.
LEAST = 0.01


@dataclass(frozen=True, eq=False)
class PartialDependence:
    """What a teacher says on average at each value of a column.

    Attributes
    ----------
    grid : Grid
        The v values.
    scores : ndarray of shape (v, J)
        Means over the rows: of two classes the log-odds of the second, of K classes the log-odds
        of each against the mean of all, of a regression its answer.
    rows : int
        Held-out rows that were moved through all values.
    floored : bool
        Whether probabilities below :data:`LEAST` were taken as that.
    """

    grid: Grid
    scores: Floats
    rows: int
    floored: bool = False

    @property
    def evaluations(self) -> int:
        """Moved rows that the teacher was asked about."""
        return len(self.grid) * self.rows

    def beside(self, student: Floats) -> Floats:
        """Return the teacher's scores with the mean that the student's have, shape (v, J).

        Parameters
        ----------
        student : ndarray of shape (v, J)
            What the student adds at the same values. Of several classes it may add the same to
            all of them, which moves no probability: what it shares so is given to the teacher too.
        """
        scores = self.scores
        if scores.shape[1] > 1:
            scores = scores + student.mean(axis=1, keepdims=True)
        return np.asarray(scores + self.grid.weights @ (student - scores))


def evaluations(d: Distillation, grid: Grid) -> int:
    """Return how many moved rows the teacher would be asked about."""
    return len(grid) * min(_rows(grid), len(d.rows.held_out))


def partial_dependence(d: Distillation, grid: Grid, work: Work) -> PartialDependence | None:
    """Ask the teacher about held-out rows that are moved through the values of a column.

    Parameters
    ----------
    d : Distillation
        Whose teacher; one that can be asked about rows that are changed (see `silence`).
    grid : Grid
        The values.
    work : Work
        Shows how far it is.

    Returns
    -------
    PartialDependence or None
        None where a person stopped it.
    """
    rows = draw(d, "held_out", _rows(grid))
    found, stopped = asked_raw(d, rows, {grid.feature: grid}, work)
    if stopped:
        return None
    raw = found[grid.feature].reshape(len(grid) * len(rows), -1)
    scale, _ = scale_of(d, "auto")
    floored = scale.kind == "probability"
    if floored:
        raw, scale = np.log(np.maximum(softmax(raw), LEAST)), replace(scale, kind="log-odds")
    scores = scale.of(raw).reshape(len(grid), len(rows), -1)
    return PartialDependence(grid, scores.mean(axis=1), len(rows), floored)


def _rows(grid: Grid) -> int:
    return min(ROWS, max(MOST // max(len(grid), 1), 1))
