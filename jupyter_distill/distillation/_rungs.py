"""One family and size of student, fitted, and how faithful it is on held-out rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._resample import interval, r2, r2_columns, resampled_means
from jupyter_distill._wilson import wilson
from jupyter_distill.data import Table
from jupyter_distill.distillation._sweep import reached
from jupyter_distill.students import Student
from jupyter_distill.targets import KL, Predictions, SoftTargets, Targets

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rung:
    """One size of one family: a fitted student and how faithful it is on held-out rows.

    Attributes
    ----------
    family : str
        Name of the family.
    size : int
        What was asked for; the student may need less.
    student : Student
        Fitted.
    temperature : float or None
        T of the soft targets that it learnt from; None for a regression.
    fidelity : float
        Share of held-out rows for which it names the teacher's class; of a regression R2 to the
        teacher.
    low, high : float
        95 % interval of `fidelity`: Wilson's; of R2 by bootstrap.
    """

    family: str
    size: int
    student: Student
    temperature: float | None
    fidelity: float
    low: float
    high: float

    def measures(self) -> dict[str, float]:
        """Return what was measured, by name."""
        return {"fidelity": self.fidelity, "low": self.low, "high": self.high}


@dataclass(frozen=True, eq=False)
class ClassRung(Rung):
    """A student that names classes.

    Attributes
    ----------
    kl : float
        Mean KL(teacher || student) at T = 1, in nats.
    accuracy : float
        Share of held-out rows for which it names the true class; NaN without labels.
    """

    kl: float
    accuracy: float

    def measures(self) -> dict[str, float]:
        """Return what was measured, by name."""
        return {**super().measures(), "kl": self.kl, "accuracy": self.accuracy}


@dataclass(frozen=True, eq=False)
class NumberRung(Rung):
    """A student that gives a number; `fidelity` is R2 to the teacher.

    Attributes
    ----------
    rmse : float
        Root mean squared difference to the teacher, in the unit of the target.
    r2_truth : float
        R2 to the true values; NaN without them.
    """

    rmse: float
    r2_truth: float

    def measures(self) -> dict[str, float]:
        """Return what was measured, by name."""
        ends = {"low": self.low, "high": self.high}
        return {"r2": self.fidelity, **ends, "rmse": self.rmse, "r2_truth": self.r2_truth}


def climb(
    family: str,
    students: Mapping[int, Student],
    temperatures: Mapping[int, float | None],
    chosen: int,
    table: Table,
    targets: Targets,
    seed: int | None,
) -> tuple[Rung, ...]:
    """Measure the students of all sizes on held-out rows; equal ones share a rung."""
    rungs: list[Rung] = []
    last: Floats = np.empty(0)
    for size in sorted(students):
        student = students[size]
        said = student.output(table)
        if rungs and size != chosen:
            units = reached(student)
            if np.array_equal(said, last) or (
                units is not None and units == reached(rungs[-1].student)
            ):
                continue  # the data allow no larger one: the same student again
        last = said
        of = family, size, student, temperatures[size]
        if isinstance(targets, Predictions):
            rungs.append(_number_rung(of, said, targets, seed))
        else:
            rungs.append(_class_rung(of, said, targets))
    return tuple(rungs)


_Named = tuple[str, int, Student, float | None]


def _class_rung(of: _Named, logits: Floats, targets: SoftTargets) -> ClassRung:
    answer = logits.argmax(1)
    share = float((answer == targets.predicted).mean())
    low, high = wilson(share, targets.n_rows)
    right = float((answer == targets.labels).mean()) if targets.labels is not None else np.nan
    return ClassRung(*of, share, low, high, KL(logits, targets), right)


def _number_rung(of: _Named, said: Floats, targets: Predictions, seed: int | None) -> NumberRung:
    columns = r2_columns(said, targets.values)
    value, low, high = interval(columns, resampled_means(columns, seed), r2)
    right = np.nan
    if targets.truth is not None:
        right = float(r2(r2_columns(said, targets.truth).mean(0)))
    return NumberRung(*of, value, low, high, float(np.sqrt(columns[:, 0].mean())), right)
