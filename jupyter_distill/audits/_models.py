"""What the student, and what stands beside it, say of the rows that an audit looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import check_choice
from jupyter_distill.audits._text import WHICH
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.distillation._census import constant
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

STUDENT, LABELS_ONLY, TEACHER = "student", "labels only", "teacher"
MAJORITY, MEAN = "most common class", "mean of the teacher"


@dataclass(frozen=True, eq=False)
class Models:
    """Models on the same rows.

    Attributes
    ----------
    table, targets : Table, SoftTargets or Predictions
        The rows, and what the teacher says of them.
    models : dict of str to ndarray
        Logits or numbers of the student, of the same student fitted to the labels where the truth
        is known, and of who always says the same.
    which : str
        What the rows are called.
    """

    table: Table
    targets: Any
    models: dict[str, Floats]
    which: str

    @classmethod
    def of(cls, d: Distillation, rows: str) -> Models:
        """Ask all models about held-out rows, or about all."""
        check_choice("rows", rows, ("held_out", "all"))
        table, targets = d.held_out if rows == "held_out" else (d.table, d.targets)
        models = {STUDENT: d.student.output(table)}
        if d.labels_only is not None:
            models[LABELS_ONLY] = d.labels_only.output(table)
        always = constant(d.targets.take(d.rows.learnt))
        if isinstance(targets, Predictions):
            models[MEAN] = np.full(targets.n_rows, float(always))
        else:
            models[MAJORITY] = np.tile(always, (targets.n_rows, 1))
        return cls(table, targets, models, WHICH[rows])

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows the truth is known of."""
        known = self.targets.known
        return np.zeros(self.targets.n_rows, dtype=bool) if known is None else known


def of_a_sample(d: Distillation) -> tuple[str, ...]:
    """Return a note where the rows in memory are a sample of their owner's."""
    if d.population is None:
        return ()
    return (
        f"Measured on rows of the sample alone ({d.table.n_rows:,} of "
        f"{d.population.n_rows:,}); d.fidelity() is over all.",
    )
