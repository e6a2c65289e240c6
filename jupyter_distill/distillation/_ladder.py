"""The ladder: every size that was piloted, measured on held-out rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._validation import expected, some
from jupyter_distill._wilson import wilson
from jupyter_distill.data import Table
from jupyter_distill.distillation._sweep import reached
from jupyter_distill.distillation.resample import interval, r2, r2_columns, resampled_means
from jupyter_distill.students import Student, check_size
from jupyter_distill.targets import KL, Predictions, SoftTargets, Targets

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rung:
    """One size: a fitted student and how faithful it is on held-out rows.

    Attributes
    ----------
    size : int
        What was asked for; the student may need less.
    student : Student
        Fitted.
    fidelity : float
        Share of held-out rows for which it names the teacher's class; of a regression R2 to the
        teacher.
    low, high : float
        95 % interval of `fidelity`: Wilson's; of R2 by bootstrap.
    """

    size: int
    student: Student
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


@dataclass(frozen=True, eq=False)
class Ladder:
    """Rungs from the smallest to the largest student, one of them chosen.

    Iterate over it, index it by position, or turn it into a data frame with :meth:`frame`.

    Attributes
    ----------
    rungs : tuple of Rung
        One per size, but none for a size at which the data allow no larger student.
    chosen : int
        Size of the chosen rung.
    sizes : tuple of int
        All sizes that were piloted.
    """

    rungs: tuple[Rung, ...]
    chosen: int
    sizes: tuple[int, ...]

    def __iter__(self) -> Iterator[Rung]:
        return iter(self.rungs)

    def __len__(self) -> int:
        return len(self.rungs)

    def __getitem__(self, position: int) -> Rung:
        return self.rungs[position]

    def select(self, size: int) -> Rung:
        """Return the rung of a size, or name the sizes that there are."""
        for rung in self.rungs:
            if rung.size == size:
                return rung
        sizes = some([rung.size for rung in self.rungs], 20)
        remedy = f"Distil again with size={check_size(self.rungs[0].student, size)}."
        if size in self.sizes:
            same = max(rung.size for rung in self.rungs if rung.size < size)
            remedy = f"Take size={same}: its student is the one of {size} too."
        raise ValueError(expected(f"size to be one of {sizes}", got=repr(size), remedy=remedy))

    def frame(self) -> pd.DataFrame:
        """Return one row per size: what there is to read, and how faithful it is."""
        return pd.DataFrame(
            [
                {
                    "size": r.size,
                    **r.student.complexity_.to_dict(),
                    **r.measures(),
                    "chosen": r.size == self.chosen,
                }
                for r in self
            ]
        )

    def chart(self) -> Any:
        """Return an Altair chart of fidelity by size, with intervals, the chosen size marked.

        It shows itself in JupyterLab and Notebook 7 without a network. Needs the extra ``charts``.
        """
        return late("jupyter_distill.exports.vega:ladder_chart")(self)

    def __repr__(self) -> str:
        return self.frame().to_string(index=False, float_format=lambda v: f"{v:.4f}")


def climb(
    swept: Sequence[Student],
    sizes: Sequence[int],
    chosen: int,
    table: Table,
    targets: Targets,
    seed: int | None,
) -> Ladder:
    """Measure the students of all sizes on held-out rows; equal ones share a rung."""
    rungs: list[Rung] = []
    last: Floats = np.empty(0)
    for size, student in zip(sizes, swept, strict=True):
        said = student.output(table)
        if rungs and size != chosen:
            units = reached(student)
            if np.array_equal(said, last) or (
                units is not None and units == reached(rungs[-1].student)
            ):
                continue  # the data allow no larger one: the same student again
        last = said
        if isinstance(targets, Predictions):
            rungs.append(_number_rung(size, student, said, targets, seed))
        else:
            rungs.append(_class_rung(size, student, said, targets))
    return Ladder(tuple(rungs), chosen, tuple(sizes))


def _class_rung(
    size: int,
    student: Student,
    logits: Floats,
    targets: SoftTargets,
) -> ClassRung:
    answer = logits.argmax(1)
    share = float((answer == targets.predicted).mean())
    low, high = wilson(share, targets.n_rows)
    right = float((answer == targets.labels).mean()) if targets.labels is not None else np.nan
    return ClassRung(size, student, share, low, high, KL(logits, targets), right)


def _number_rung(
    size: int,
    student: Student,
    said: Floats,
    targets: Predictions,
    seed: int | None,
) -> NumberRung:
    columns = r2_columns(said, targets.values)
    value, low, high = interval(columns, resampled_means(columns, seed), r2)
    right = np.nan
    if targets.truth is not None:
        right = float(r2(r2_columns(said, targets.truth).mean(0)))
    return NumberRung(size, student, value, low, high, float(np.sqrt(columns[:, 0].mean())), right)
