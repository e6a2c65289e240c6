"""Which size is enough for a regression: tried on validation rows. There is no temperature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Rows, Table
from jupyter_distill.distillation._calibrate import folds
from jupyter_distill.distillation._progress import Progress
from jupyter_distill.distillation._sweep import sweep
from jupyter_distill.distillation.resample import r2, r2_columns
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pilot:
    """What validation rows say about every size that was tried.

    Attributes
    ----------
    sizes : tuple of int
        Sizes.
    said : ndarray of shape (sizes, rows)
        What the student of each size says.
    teacher : ndarray of shape (rows,)
        What the teacher says.
    """

    sizes: tuple[int, ...]
    said: Floats
    teacher: Floats

    def r2(self) -> Floats:
        """Return R2 to the teacher per size; where it says one number only, 1 for the same."""
        scores = np.array([r2(r2_columns(said, self.teacher).mean(0)) for said in self.said])
        return np.where(np.isnan(scores), np.isclose(self.said, self.teacher).all(1), scores)


def pilot(
    student: Student,
    table: Table,
    targets: Predictions,
    rows: Rows,
    sizes: Sequence[int],
    progress: Progress,
    seed: int | None,
) -> Pilot:
    """Fit every size and score it on rows that it did not learn from.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before one part of the rows is through; later, what is done is kept.
    """
    student = student.pilot() if student.PILOT_SIZES else student
    parts = folds(rows, seed)
    said, teacher = [], []
    try:
        for fit, score in progress.each(parts, "piloting sizes", "parts"):
            learnt = targets.take(fit)
            prepared = student.prepare(table.take(fit), learnt.weights)
            shown = table.take(score)
            swept = sweep(student, prepared, learnt, sizes)
            said.append(np.array([one.output(shown) for one in swept]))
            teacher.append(targets.values[score])
    except KeyboardInterrupt:
        if not said:
            raise
        progress.interrupted(
            f"sizes were tried on {len(said)} of {len(parts)} parts of the rows; the size was "
            "chosen by these."
        )
    return Pilot(tuple(sizes), np.concatenate(said, axis=1), np.concatenate(teacher))
