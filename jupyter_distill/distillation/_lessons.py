"""What a student may learn from beside the owner's rows: more rows, and another's answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.data.augmentation import augment
from jupyter_distill.data.manifold import off_manifold
from jupyter_distill.distillation._assistants import Assistant, Fitted, fit_chain, taught
from jupyter_distill.targets import Targets

Places = NDArray[np.intp]

TIMES = 4  # rows that are made for each real one; together they weigh as much as the real ones


@dataclass(frozen=True)
class Teaching:
    """Techniques in the order in which they were taken up.

    Attributes
    ----------
    unlabelled : bool
        Whether the owner's rows without labels are learnt from.
    method : str or None
        How rows are made; None where none are.
    assistants : tuple of Assistant
        Those that stand between teacher and student.
    """

    unlabelled: bool = False
    method: str | None = None
    assistants: tuple[Assistant, ...] = ()


class Lessons:
    """Rows and targets to learn from, for any rows of the owner and any techniques.

    What the families of a run share is made once: made rows with the teacher's answers, and the
    assistants.

    Parameters
    ----------
    table : Table
        The owner's rows.
    targets : SoftTargets or Predictions
        What the teacher says of them.
    answer : callable
        Asks the teacher: from a Table to targets without truth.
    unlabelled : tuple of Table and targets, optional
        Rows without labels, and what the teacher says of them.
    seed : int or None
        Of the rows that are made.
    """

    def __init__(
        self,
        table: Table,
        targets: Targets,
        answer: Callable[[Table], Any],
        unlabelled: tuple[Table, Any] | None = None,
        seed: int | None = 0,
    ) -> None:
        self._table, self._targets = table, targets
        self._answer, self._unlabelled = answer, unlabelled
        self._seed = seed
        self._made: dict[Any, tuple[Table, Any]] = {}
        self._chains: dict[Any, tuple[Fitted, ...]] = {}
        self._off: dict[Any, float] = {}

    @property
    def n_unlabelled(self) -> int:
        """Number of rows without labels."""
        return 0 if self._unlabelled is None else self._unlabelled[0].n_rows

    def lesson(self, rows: Places, teaching: Teaching) -> tuple[Table, Any]:
        """Return what a student learns from, of these rows of the owner and beside them."""
        table, targets = self._table.take(rows), self._targets.take(rows)
        if teaching.unlabelled:
            assert self._unlabelled is not None
            more, said = self._unlabelled
            table, targets = table.join(more), targets.join(said)
        if teaching.method is not None:
            made, said = self.made(rows, teaching.method)
            weight = len(rows) / made.n_rows
            said = replace(said, weights=np.full(made.n_rows, weight))
            table, targets = table.join(made), targets.join(said)
        for assistant in self.chain(rows, teaching):
            targets = taught(assistant, table, targets)
        return table, targets

    def made(self, rows: Places, method: str) -> tuple[Table, Any]:
        """Return rows made from these, and what the teacher says of them."""
        key = rows.tobytes(), method
        if key not in self._made:
            real = self._table.take(rows)
            made = augment(method, real, TIMES * len(rows), self._seed)
            self._off[key] = float(off_manifold(real, made, self._seed).mean())
            self._made[key] = made, self._answer(made)
        return self._made[key]

    def off(self, parts: Sequence[Places], method: str) -> float:
        """Return the share of rows made from any of these parts that are off the manifold."""
        return float(np.mean([self._off[rows.tobytes(), method] for rows in parts]))

    def chain(self, rows: Places, teaching: Teaching) -> tuple[Fitted, ...]:
        """Return the assistants, taught on these rows and what is learnt from beside them."""
        if not teaching.assistants:
            return ()
        plain = replace(teaching, assistants=())
        key = rows.tobytes(), plain, tuple(one.key for one in teaching.assistants)
        if key not in self._chains:  # what a longer chain begins with is taught once
            *before, last = teaching.assistants
            shorter = replace(teaching, assistants=tuple(before))
            fitted = fit_chain((last,), *self.lesson(rows, shorter))
            self._chains[key] = (*self.chain(rows, shorter), *fitted)
        return self._chains[key]
