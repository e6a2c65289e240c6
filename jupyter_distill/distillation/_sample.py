"""How many rows are enough to learn from: a learning curve, climbed until it is flat."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.distillation._parts import Part, Scores, score
from jupyter_distill.distillation._plan import Plan
from jupyter_distill.distillation._sweep import at_temperature
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions, Targets

START = 2_000  # rows of the first step
MOST = 200_000  # rows that are drawn unless more are asked for
SCORED = 20_000  # rows that score a step, at most
LEARNT = 0.8  # share of a sample that its student learns from

# What all rows may still gain beyond a sample: a point of fidelity, as between sizes, and a
# twentieth of the loss.
LEFT, LEFT_LOSS = 0.01, 0.05
LEAST_STEPS = 3  # of fewer the curve cannot be told from chance


@dataclass(frozen=True)
class Step:
    """A student of so many rows, on rows that it did not learn from.

    Attributes
    ----------
    family : str
        Whose student.
    size : int
        Its size.
    rows : int
        Rows that it learnt from.
    fidelity : float
        Share of rows for which it names the teacher's class; R2 to a regression.
    loss : float
        KL(teacher || student) in nats, or mean squared difference.
    """

    family: str
    size: int
    rows: int
    fidelity: float
    loss: float


@dataclass(frozen=True)
class Sample:
    """The rows that a student was distilled from, where there are too many for that.

    Attributes
    ----------
    rows : int
        How many: for learning, for choosing and for measuring the ladder.
    of : int
        How many there are.
    steps : tuple of Step
        The learning curve; none where the number of rows was given.
    enough : bool
        Whether the curve was flat at the end.
    """

    rows: int
    of: int
    steps: tuple[Step, ...] = ()
    enough: bool = True

    def frame(self) -> pd.DataFrame:
        """Return the learning curve: one row per family and number of rows.

        Columns: ``family``, ``size``, ``rows`` (learnt from), ``fidelity``, ``loss``.
        """
        names = list(Step.__dataclass_fields__)
        return pd.DataFrame([vars(step) for step in self.steps], columns=names)

    @property
    def left(self) -> tuple[Left, ...]:
        """What more rows are still to gain, of each family; none without a curve."""
        families = dict.fromkeys(step.family for step in self.steps)
        curves = [[step for step in self.steps if step.family == name] for name in families]
        return tuple(Left.after(curve) for curve in curves if len(curve) > 1)

    def describe(self) -> str:
        """Return it in a sentence."""
        said = f"The student was distilled from a stratified sample of {self.rows:,} of "
        said += f"{self.of:,} rows"
        left = max(self.left, key=lambda one: one.fidelity, default=None)
        if left is None or self.rows == self.of:
            return f"{said}."
        return (
            f"{said}; as its learning curve goes, more of them would gain the {left.family} "
            f"{100 * left.fidelity:.1f} points of fidelity at most."
        )

    def __repr__(self) -> str:
        return self.describe()


def learning_curve(
    plans: Sequence[Plan],
    table: Table,
    targets: Targets,
    order: NDArray[np.intp],
    work: Work,
) -> tuple[tuple[Step, ...], bool]:
    """Fit students to more and more rows, until more gain next to nothing.

    Parameters
    ----------
    plans : sequence of Plan
        Families; the curve goes on while one of them still gains.
    table, targets
        A sample.
    order : ndarray of int
        Its rows; every beginning is a stratified sample.

    Returns
    -------
    steps : tuple of Step
        By family, then by number of rows.
    enough : bool
        Whether it was flat at the end.
    """
    most = int(LEARNT * len(order))
    scored = np.sort(order[most:][:SCORED])
    sizes = [START * 2**k for k in range(64) if START * 2**k < most] + [most]
    students = [_student(plan, targets) for plan in plans]
    steps: list[list[Step]] = [[] for _ in plans]
    scored_rows = table.take(scored), targets.take(scored)
    try:
        for n in sizes:
            rows = np.sort(order[:n])
            learnt = table.take(rows), targets.take(rows)
            calls = [(Part(s, learnt, scored_rows, rows), s, (size,)) for s, size in students]
            with closing(work.each(score, calls, f"learning from {n:,} rows", "fits")) as found:
                for k, (plan, one) in enumerate(zip(plans, found, strict=True)):
                    steps[k].append(_step(plan, students[k][1], n, one, scored_rows[1]))
            if all(_flat(of) for of in steps):
                return _together(steps), True
    except KeyboardInterrupt:
        if not all(steps):
            raise
        work.interrupted("the learning curve was not climbed to the end.")
    return _together(steps), False


def _flat(steps: Sequence[Step]) -> bool:
    """Whether more rows are to gain next to nothing."""
    if len(steps) < LEAST_STEPS:
        return False
    left = Left.after(steps)
    return left.fidelity < LEFT and left.loss < LEFT_LOSS * steps[-1].loss


def _student(plan: Plan, targets: Targets) -> tuple[Student, int]:
    """Return the student that is tried, of the largest size that may be chosen."""
    readable = [size for size in plan.sizes if size <= plan.template.READABLE]
    size = plan.size or max(readable, default=plan.sizes[0])
    plain = None if isinstance(targets, Predictions) else 1.0
    return at_temperature(plan.template.pilot(), plain), size


def _step(plan: Plan, size: int, n: int, found: Scores, targets: Targets) -> Step:
    loss, fidelity = float(found.off[0].mean()), float(found.agrees[0].mean())
    if isinstance(targets, Predictions):
        spread = float(targets.values.var())
        fidelity = 1 - loss / spread if spread > 0 else float("nan")
    return Step(plan.family, size, n, fidelity, loss)


def _together(steps: Sequence[Sequence[Step]]) -> tuple[Step, ...]:
    return tuple(step for of_family in steps for step in of_family)


def enough(steps: Sequence[Step], most: int) -> int:
    """Return how many rows to draw, for as many to be learnt from as the curve ended with."""
    return min(most, int(np.ceil(max(step.rows for step in steps) / LEARNT)))
