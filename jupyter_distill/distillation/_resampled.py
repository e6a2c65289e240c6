"""Bootstrap resamples of the real rows a student learnt from, with what was made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data.manifold import nearest_real
from jupyter_distill.distillation._assistants import taught
from jupyter_distill.distillation._distillation import Distillation
from jupyter_distill.distillation._lessons import TIMES, Lessons
from jupyter_distill.distillation._more_rows import Answering
from jupyter_distill.distillation._work import Work
from jupyter_distill.targets.asking import Asking

Places = NDArray[np.intp]


class Resamples:
    """What a distillation's student may learn from instead: its real rows, drawn again.

    Rows that were made are made anew from the real rows that were drawn, and the teacher is asked
    about them; otherwise a real row that was not drawn would go on teaching through what was made
    of it. A teacher that may be far away is not asked again: a made row is then drawn as often as
    the real row nearest to it.

    Parameters
    ----------
    d : Distillation
        Whose student it is.

    Attributes
    ----------
    anew : bool
        Whether rows are made anew.
    n_rows : int
        How many real rows the student learnt from, with those without labels.
    notes : tuple of str
        What of the distillation a resample does not repeat.
    """

    def __init__(self, d: Distillation) -> None:
        course = self._course = d.course
        self._d, self._learnt = d, d.rows.learnt
        n = course.table.n_rows
        made = 0 if course.teaching.method is None else TIMES * len(self._learnt)
        self.n_rows = n - made
        self.anew = bool(made) and not d.teacher.remote
        self._of = np.arange(n)  # the real row that each row is drawn with
        if made and not self.anew:
            rows = np.arange(n)
            real, others = rows[: self.n_rows], rows[self.n_rows :]
            self._of[others] = nearest_real(course.table.take(real), course.table.take(others))
        self.notes = tuple(self._left_out(made))

    def _left_out(self, made: int) -> list[str]:
        notes = []
        if made and not self.anew:
            notes.append(
                "The teacher may be far away and was not asked again, so no rows were made anew: "
                "each made row was drawn as often as the real row nearest to it, which overstates "
                "stability a little."
            )
        if self._course.teaching.assistants:
            who = ", ".join(fitted.name for fitted in self._course.chain)
            notes.append(f"The assistants were not taught anew: {who}.")
        return notes

    def times(self, seed: np.random.SeedSequence) -> Places:
        """Return how often `draw` draws each row that was learnt from, not those without labels.

        A student that learns something else from the same rows is so fitted to the same resample.
        """
        drawn, _ = self._places(seed)
        return np.bincount(drawn, minlength=self.n_rows)[: len(self._learnt)]

    def _places(self, seed: np.random.SeedSequence) -> tuple[Places, np.random.Generator]:
        rng = np.random.default_rng(seed)
        there = np.flatnonzero(self._weights[: self.n_rows] > 0)
        return there[rng.integers(0, len(there), len(there))], rng

    @property
    def _weights(self) -> NDArray[np.float64]:
        targets = self._course.targets
        return np.ones(targets.n_rows) if targets.weights is None else targets.weights

    def draw(self, seed: np.random.SeedSequence) -> tuple[Any, Any]:
        """Return rows and targets of one resample.

        Returns
        -------
        table : Table or None
            Rows to learn from; None where they are those of the distillation.
        targets : SoftTargets or Predictions
            A row weighs what it weighs anyhow, times how often it was drawn; of rows that were
            made anew, whatever they weigh.
        """
        drawn, rng = self._places(seed)
        if self.anew:
            return self._made_anew(drawn, int(rng.integers(2**32)))
        times = np.bincount(drawn, minlength=self.n_rows)[self._of]
        return None, replace(self._course.targets, weights=self._weights * times)

    def _made_anew(self, drawn: Places, seed: int) -> tuple[Any, Any]:
        d, course = self._d, self._course
        n = len(self._learnt)
        more = drawn[drawn >= n]
        lessons = Lessons(
            d.table,
            d.targets,
            Answering(d.teacher, d.targets, Asking.of(d.teacher, None, None), Work(False)),
            (course.table.take(more), course.targets.take(more)) if len(more) else None,
            seed,
        )
        plain = replace(course.teaching, unlabelled=len(more) > 0, assistants=())
        table, targets = lessons.lesson(self._learnt[drawn[drawn < n]], plain)
        if course.teaching.assistants:
            for assistant in course.chain:
                targets = taught(assistant, table, targets)
        return table.bare(), targets
