"""The rows that a student was distilled from, where there are too many for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jupyter_distill.distillation._learning_curve import LEARNT, START, Left, Step

MOST = 200_000  # rows that are drawn unless more are asked for


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
        if self.rows == self.of:
            return f"The student was distilled from all {self.of:,} rows."
        said = f"The student was distilled from a stratified sample of {self.rows:,} of "
        said += f"{self.of:,} rows"
        left = max(self.left, key=lambda one: one.fidelity, default=None)
        if left is None:
            return f"{said}."
        gain = f"{100 * left.fidelity:.1f}"
        if gain in ("0.0", "-0.0"):
            return f"{said}; as its learning curve goes, more of them would gain nothing."
        return (
            f"{said}; as its learning curve goes, more of them would gain the {left.family} "
            f"{gain} points of fidelity at most."
        )

    def __repr__(self) -> str:
        return self.describe()


def enough(steps: Sequence[Step], most: int) -> int:
    """Return how many rows to draw, for as many to be learnt from as the curve ended with."""
    return min(most, int(np.ceil(max((step.rows for step in steps), default=START) / LEARNT)))
