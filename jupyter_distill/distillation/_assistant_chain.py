"""A chain of assistants: each is taught by the one before it, the first by the teacher."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from pickle import PicklingError
from typing import Any

import joblib
from sklearn.base import clone

from jupyter_distill.data import Table
from jupyter_distill.distillation._assistant_estimators import fit_estimator
from jupyter_distill.distillation._assistant_fitted import Fitted
from jupyter_distill.students import DensityWarning, Student
from jupyter_distill.targets import SoftTargets, Targets

MANY = 200  # shapes (terms times scores) beyond which fitting all of them well takes minutes


@dataclass(frozen=True, eq=False)
class Assistant:
    """A model that is going to be taught.

    Attributes
    ----------
    name : str
        In words, before it is fitted.
    model : Student or estimator
        Unfitted; it is cloned for every fit.
    alpha : float
        Weight of the ground truth where a student, or a regression, learns.
    whole : bool
        Whether it is a student of all columns, however many there are.
    """

    name: str
    model: Any
    alpha: float
    whole: bool = False

    @property
    def key(self) -> Hashable:
        """What two assistants share exactly if they learn the same of the same rows."""
        try:
            model: Hashable = joblib.hash(self.model)
        except (PicklingError, AttributeError, TypeError):  # e.g. a lambda in a pipeline
            model = self.model  # the same as itself alone
        return type(self.model), model, self.alpha, self.whole

    def fit(self, table: Table, targets: Targets) -> Fitted:
        """Teach a clone of the model, at T = 1 unless it is a student with a temperature set.

        Assistants are compared by KL(teacher || assistant) at T = 1, and teach with all of what
        they say there; the temperature of the student is calibrated for its own size.

        Parameters
        ----------
        table : Table of n rows
            The rows.
        targets : SoftTargets or Predictions
            What the one before it says of them.

        Raises
        ------
        RuntimeError
            If a scikit-learn estimator fails; the message says what was asked of it.
        """
        if not isinstance(self.model, Student):
            return fit_estimator(self.model, self.name, table, targets, self.alpha)
        student = clone(self.model).set_params(alpha=self.alpha)
        note = self._widen(student, table, targets) if self.whole else ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DensityWarning)  # nobody has to read an assistant
            if self.whole:  # no smaller size is asked for
                (student,) = student.sweep(table, targets, [student.size])
            else:
                student.fit_soft(table, targets)
        learnt_at = student.get_params().get("temperature")  # a regression has none
        return Fitted(student.title_, student, student.output, note, learnt_at)

    def _widen(self, student: Student, table: Table, targets: Targets) -> str:
        """Give a student all columns of the table; say so where it can only be fitted briefly."""
        pairs = int(student.get_params().get("interactions", 0))
        size = max(student.SMALLEST, table.n_columns + pairs)
        student.set_params(size=size)
        scores = targets.n_classes if isinstance(targets, SoftTargets) else 1
        scores = 1 if scores == 2 else scores  # two classes share one
        if student.UNIT != "terms" or size * scores <= MANY:
            return ""
        student.set_params(quality="greedy")
        return f"up to {size} terms in {scores} scores are many: its shapes were fitted briefly"


def fit_chain(
    assistants: Sequence[Assistant], table: Table, targets: Targets
) -> tuple[Fitted, ...]:
    """Teach each assistant by the one before it, the first by the teacher.

    Parameters
    ----------
    assistants : sequence of Assistant
        In order.
    table, targets
        As of :meth:`Assistant.fit`; `targets` are the teacher's.
    """
    chain: list[Fitted] = []
    for assistant in assistants:
        fitted = assistant.fit(table, targets)
        targets = taught(fitted, table, targets)
        chain.append(fitted)
    return tuple(chain)


def taught(fitted: Fitted, table: Table, targets: Targets) -> Targets:
    """Return the targets of the same rows as the assistant says them: truth and weights stay."""
    said = fitted.output(table)
    if isinstance(targets, SoftTargets):
        return replace(targets, logits=said)
    return replace(targets, values=said)
