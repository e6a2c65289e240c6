"""Which size is enough for a regression: tried on validation rows. There is no temperature."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.distillation._knee import Faithful
from jupyter_distill.distillation._parts import Part, Scores, joined, score
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pilot:
    """What validation rows say about every size that was tried.

    Attributes
    ----------
    sizes : tuple of int
        Sizes.
    scores : Scores
        Of every size.
    teacher : ndarray of shape (rows,)
        What the teacher says.
    """

    sizes: tuple[int, ...]
    scores: Scores
    teacher: Floats

    def faithful(self) -> Faithful:
        """Return R2 to the teacher per size; where it says one number only, 1 for the same."""
        return faithful_numbers(self.scores.off, self.teacher)


def faithful_numbers(off: Floats, teacher: Floats) -> Faithful:
    """Return how faithful students are, from squared differences of shape (sizes, rows)."""
    spread = float(teacher.var())
    if spread == 0:
        near = 1e-8 + 1e-5 * np.abs(teacher)
        return Faithful(np.asarray((np.sqrt(off) <= near).all(1), dtype=np.float64))
    r2: Floats = 1 - off.mean(1) / spread
    return Faithful(r2)


def pilot(student: Student, parts: Sequence[Part], sizes: Sequence[int], work: Work) -> Pilot:
    """Fit every size and score it on rows that it did not learn from.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before one part of the rows is through; later, what is done is kept.
    """
    student = student.pilot() if student.PILOT_SIZES else student
    done: list[Scores] = []
    try:
        calls = [(part, student, sizes) for part in parts]
        with closing(work.each(score, calls, "piloting sizes", "parts")) as found:
            done.extend(found)
    except KeyboardInterrupt:
        if not done:
            raise
        work.interrupted(
            f"sizes were tried on {len(done)} of {len(parts)} parts of the rows; the size was "
            "chosen by these."
        )
    teacher = np.concatenate([part.score_targets.values for part in parts[: len(done)]])
    return Pilot(tuple(sizes), joined(done), teacher)
