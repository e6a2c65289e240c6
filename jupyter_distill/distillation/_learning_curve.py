"""How many rows are enough to learn from: a learning curve, climbed until it is flat."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.distillation._parts import Part, Scores, score
from jupyter_distill.distillation._plan import Plan
from jupyter_distill.distillation._sweep import at_temperature
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions, Targets

START = 2_000  # rows of the first step
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
class Left:
    """What more rows are still to gain, as a learning curve goes.

    Attributes
    ----------
    family : str
        Whose curve.
    fidelity : float
        Points of fidelity, of 1.
    loss : float
        Loss.
    """

    family: str
    fidelity: float
    loss: float

    @classmethod
    def after(cls, steps: Sequence[Step]) -> Left:
        """Read it off a curve: errors fall with the root of the number of rows.

        All steps have a say, as one alone is moved by chance.

        References
        ----------
        C. Cortes et al.: Learning Curves: Asymptotic Values and Rate of Convergence, 1993.
        """
        at = 1 / np.sqrt([step.rows for step in steps])
        measured = np.array([[step.fidelity, step.loss] for step in steps])
        about = at - at.mean()
        fidelity, loss = (about @ measured / (about @ about)) * at[-1]
        return cls(steps[-1].family, max(0.0, -float(fidelity)), max(0.0, float(loss)))

    def little(self, loss: float) -> bool:
        """Whether that is next to nothing, beside the loss that there is."""
        return self.fidelity < LEFT and self.loss <= LEFT_LOSS * loss


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
        work.interrupted("the learning curve was not climbed to the end.")
        if not all(steps):
            return (), False
    return _together(steps), False


def _flat(steps: Sequence[Step]) -> bool:
    return len(steps) >= LEAST_STEPS and Left.after(steps).little(steps[-1].loss)


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
