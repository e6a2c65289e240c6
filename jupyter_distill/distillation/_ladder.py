"""The ladder: every size that was piloted, measured on held-out rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jupyter_distill._validation import expected, some
from jupyter_distill._wilson import wilson
from jupyter_distill.data import Table
from jupyter_distill.students import Student
from jupyter_distill.targets import KL, SoftTargets

SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
READABLE = 32  # leaves: a larger student is offered on the ladder but not chosen by itself
CLOSE = 0.01  # a point of fidelity is not worth a larger student
CLOSE_PER_CLASS = 0.03  # of the mean over classes, which is noisier


@dataclass(frozen=True, eq=False)
class Rung:
    """One size: a fitted student and how faithful it is on held-out rows.

    Attributes
    ----------
    size : int
        What was asked for; the student may need fewer leaves.
    student : Student
        Fitted.
    fidelity : float
        Share of held-out rows for which it names the teacher's class.
    low, high : float
        95 % Wilson interval of `fidelity`.
    kl : float
        Mean KL(teacher || student) at T = 1, in nats.
    accuracy : float
        Share of held-out rows for which it names the true class; NaN without labels.
    """

    size: int
    student: Student
    fidelity: float
    low: float
    high: float
    kl: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class Ladder:
    """Rungs from the smallest to the largest student, one of them chosen.

    Iterate over it, index it by position, or turn it into a data frame with :meth:`frame`.

    Attributes
    ----------
    rungs : tuple of Rung
        One per size, but none for a size at which the data allow no more leaves.
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
        raise ValueError(expected(f"size to be one of {sizes}", got=repr(size)))

    def frame(self) -> pd.DataFrame:
        """Return one row per size."""
        return pd.DataFrame(
            {
                "size": [r.size for r in self],
                "leaves": [_leaves(r.student) for r in self],
                "depth": [getattr(r.student, "depth_", np.nan) for r in self],
                "fidelity": [r.fidelity for r in self],
                "low": [r.low for r in self],
                "high": [r.high for r in self],
                "kl": [r.kl for r in self],
                "accuracy": [r.accuracy for r in self],
                "chosen": [r.size == self.chosen for r in self],
            }
        )

    def __repr__(self) -> str:
        return self.frame().to_string(index=False, float_format=lambda v: f"{v:.4f}")


def climb(
    student: Student, sizes: Sequence[int], chosen: int, table: Table, targets: SoftTargets
) -> Ladder:
    """Cut a student that was fitted at the largest size to every size and measure each."""
    rungs: list[Rung] = []
    for size in sizes:
        smaller = student.at_size(size)
        if rungs and size != chosen and _leaves(smaller) == _leaves(rungs[-1].student):
            continue  # the data allow no more leaves: the same student again
        logits = smaller.logits(table)
        answer = logits.argmax(1)
        share = float((answer == targets.predicted).mean())
        low, high = wilson(share, targets.n_rows)
        right = float((answer == targets.labels).mean()) if targets.labels is not None else np.nan
        rungs.append(Rung(size, smaller, share, low, high, KL(logits, targets), right))
    return Ladder(tuple(rungs), chosen, tuple(sizes))


def _leaves(student: Student) -> float:
    return float(getattr(student, "n_leaves_", np.nan))


def knee(sizes: Sequence[int], fidelity: Sequence[float], per_class: Sequence[float]) -> int:
    """Return the smallest readable size that is as faithful as the best.

    As faithful is: within one point of fidelity over all rows, and within three points of the mean
    fidelity per class of the teacher, which a rare class would not move otherwise.
    """
    readable = [i for i, size in enumerate(sizes) if size <= READABLE] or [0]
    floor = max(fidelity[i] for i in readable) - CLOSE
    floor_per_class = max(per_class[i] for i in readable) - CLOSE_PER_CLASS
    near = [i for i in readable if fidelity[i] >= floor and per_class[i] >= floor_per_class]
    return sizes[near[0]] if near else sizes[max(readable, key=lambda i: per_class[i])]
