"""What is to be explained, of whom, against which rows, and what it may cost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected
from jupyter_distill.audits.attributions._chosen_rows import chosen_rows
from jupyter_distill.audits.attributions._score_scale import Scale
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

EVALUATIONS = 200_000


class TooFew(Refusal):
    """The teacher may not be asked often enough to explain even one row."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What an explanation is of; a resumed one keeps it.

    Attributes
    ----------
    d : Distillation
        Whose models.
    method : {"shap", "lime", "surrogate"}
        How they are explained.
    scale : Scale
        What of their answers is explained.
    rows : ndarray of int
        Places of the rows that are explained.
    background, other : ndarray of int
        Places of the rows that they are compared with, and of those of the second time.
    seed : int
        Of everything that is drawn.
    asks_teacher : bool
        Whether the teacher can be asked about rows that are put together.
    notes : tuple of str
        What of this a reader should know.
    """

    d: Distillation
    method: str
    scale: Scale
    rows: Places
    background: Places
    other: Places
    seed: int
    asks_teacher: bool
    notes: tuple[str, ...]

    def teacher_says(self, table: Table) -> Floats:
        """Ask the teacher for its scores."""
        d = self.d
        if d.task == "regression":
            return self.scale.of(d.teacher.predictions(table.native))
        return self.scale.of(d.teacher.logits(table.native))

    def student_says(self, table: Table) -> Floats:
        """Ask the student for its scores."""
        return self.scale.of(self.d.student.output(table))

    @property
    def plain(self) -> Table:
        """The rows as the student reads them alone: quicker to put together."""
        table = self.d.table
        return Table(table.columns, table.values, table.values)


@dataclass(frozen=True)
class Budget:
    """What may be spent.

    Attributes
    ----------
    evaluations : int
        Rows that the teacher is asked about.
    until : float
        When to stop, by ``time.monotonic``.
    """

    evaluations: int
    until: float

    @classmethod
    def of(cls, evaluations: int, seconds: float | None) -> Budget:
        """Start the clock."""
        return cls(evaluations, np.inf if seconds is None else time.monotonic() + seconds)

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.until


def why_not(d: Distillation) -> str | None:
    """Say why the teacher cannot be asked about rows put together of others; None if it can."""
    if not d.silence:
        return None
    return f"Only the student was explained, and not {d.teacher.name}: {d.silence}."


def make_plan(
    d: Distillation,
    method: str,
    scale: Scale,
    rows: Any,
    n: int,
    background: int,
    seed: int,
    *,
    most: Callable[[int], int],
) -> Plan:
    """Draw the rows, and two backgrounds from those that the student learnt from.

    Parameters
    ----------
    d, method, scale, seed
        As of `Plan`.
    rows : {"held_out", "all"} or array of int
        Which rows.
    n : int
        How many rows.
    background : int
        How many rows they are compared with.
    most : callable
        From the size of the background to how many rows the budget is enough for.
    """
    learnt = d.rows.learnt
    drawn = np.random.default_rng([seed, 2]).permutation(learnt)
    size = min(background, len(learnt))
    # two that share no row while there are enough
    first, second = drawn[:size], drawn[size : 2 * size]
    if len(second) < size:
        second = np.random.default_rng([seed, 3]).permutation(learnt)[:size]
    notes = []
    why = why_not(d)
    if why is not None:
        notes.append(why)
    if d.population is not None:
        notes.append(f"Rows and background are of the sample of {d.table.n_rows:,} rows.")
    if isinstance(rows, str) and why is None:
        able = most(size)
        if able < 1:
            remedy = "Raise evaluations=, or lower background=."
            what = "a budget of teacher evaluations that is enough for one row"
            raise TooFew(expected(what, got="less", remedy=remedy))
        if able < n:
            wanted = min(n, len(d.rows.held_out) if rows == "held_out" else d.table.n_rows)
            n = able
            if able < wanted:
                notes.append(
                    f"{able} rows were explained instead of {wanted}: more would not have been "
                    "explained well within the budget of teacher evaluations."
                )
    places = chosen_rows(d, rows, n, seed)
    return Plan(d, method, scale, places, first, second, seed, why is None, tuple(notes))
