"""How far teacher and student are apart, row by row, and who is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._resample import FEW
from jupyter_distill._wilson import Z, wilson
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._segment_counts import larger_mean, more_often
from jupyter_distill.audits.disagreements import Comparison, Difference, compare
from jupyter_distill.distillation import Distillation

Positions = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Parting:
    """Both answers to all rows of a distillation.

    Attributes
    ----------
    compared : Comparison or Difference
        The answers.
    numbers : bool
        Whether they are numbers.
    off : ndarray of shape (n,)
        1 where other classes are named, else 0; of numbers the squared difference.
    sought : ndarray of shape (n,)
        What regions are sought by: `off`, or the absolute difference, so that a few rows which are
        very far apart do not draw all regions to them.
    teacher_right, student_right, known : ndarray of bool, shape (n,)
        Where the models part and the truth is known: who has it, or is nearer to it.
    classes : ndarray or None
        Names of classes.
    """

    compared: Any
    numbers: bool
    off: Floats
    sought: Floats
    teacher_right: Flags
    student_right: Flags
    known: Flags
    classes: Any

    @classmethod
    def of(cls, d: Distillation) -> Parting:
        """Ask both models about all rows."""
        compared = compare(d)
        known = d.targets.known
        known = np.zeros(d.table.n_rows, dtype=bool) if known is None else known
        if isinstance(compared, Difference):
            off = compared.difference**2
            truth = np.full(len(off), np.nan) if d.targets.truth is None else d.targets.truth
            teacher, student = (abs(said - truth) for said in (compared.teacher, compared.student))
            right = teacher < student, student < teacher
            return cls(compared, True, off, np.sqrt(off), *right, known, None)
        assert isinstance(compared, Comparison)
        off = compared.apart.astype(float)
        labels = np.full(len(off), -1) if d.targets.labels is None else d.targets.labels
        known = known & compared.apart
        right = known & (compared.teacher == labels), known & (compared.student == labels)
        return cls(compared, False, off, off, *right, known, d.targets.classes)

    def rate(self, rows: Positions) -> Interval:
        """Return the share of rows where the two part, or their RMSE, with its 95 % interval.

        The ends of an RMSE of fewer than 5 rows are NaN.
        """
        off, n = self.off[rows], len(rows)
        mean = float(off.mean())
        if not self.numbers:
            return Interval(mean, *wilson(mean, n))
        half = Z * float(off.std(ddof=1)) / np.sqrt(n) if n >= FEW else np.nan
        ends = (mean, np.maximum(mean - half, 0.0), mean + half)
        return Interval(*(float(np.sqrt(end)) for end in ends))

    def chance(self, rows: Positions, inside: Flags) -> float:
        """Return how likely chance alone makes the rate of some of the rows so much higher."""
        off, own = self.off[rows], self.off[rows[inside]]
        n = np.array([float(len(own))])
        if self.numbers and len(own) < FEW:
            return 1.0  # of numbers that happen to be alike the spread would be none
        if not self.numbers:
            return float(more_often(np.array([own.sum()]), n, float(off.sum()), len(rows))[0])
        sums, squares = np.array([own.sum()]), np.array([(own**2).sum()])
        total = np.array([len(rows), off.sum(), (off**2).sum()])
        return float(larger_mean(n, sums, squares, total)[0])

    def right(self, rows: Positions) -> tuple[int, int, int]:
        """Return of how many rows the truth is known, and for how many each model has it."""
        known = rows[self.known[rows]]
        ours, theirs = self.teacher_right[known], self.student_right[known]
        return len(known), int(ours.sum()), int(theirs.sum())

    def pair(self, rows: Positions) -> tuple[str, str, int] | None:
        """Return the two answers most often met where the models part."""
        if self.numbers:
            return None
        rows = rows[self.compared.apart[rows]]
        if not len(rows):
            return None
        k = len(self.classes)
        met = np.bincount(self.compared.teacher[rows] * k + self.compared.student[rows])
        teacher, student = divmod(int(met.argmax()), k)
        return str(self.classes[teacher]), str(self.classes[student]), int(met.max())
