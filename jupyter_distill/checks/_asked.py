"""A teacher asked about the rows of a check, and what noise or an interrupt leaves of that."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from jupyter_distill._bars import Bar
from jupyter_distill.checks._given import Given, both
from jupyter_distill.checks._subject import Positions, Subject
from jupyter_distill.targets import Targets
from jupyter_distill.targets.asking import Asking, InterruptedWarning, ask_all, targets_of
from jupyter_distill.targets.task import settled
from jupyter_distill.teachers import Noise, Query, Teacher, known_levels


@dataclass(frozen=True, eq=False)
class Asked:
    """What came of asking.

    Attributes
    ----------
    teacher : Teacher
        Of a task; one that may be noisy, where it is.
    given : Given
        The rows that were answered: all of them, unless a person stopped it.
    targets : Targets
        The answers to these, those to test rows behind those to X.
    places : ndarray of int
        Where these rows stand among all that were given, test rows behind those of X.
    n_x : int
        How many rows of X were given.
    noise : Noise or None
        What tells that the same question got two answers.
    notes : tuple of str
        What was left out, and why.
    """

    teacher: Teacher
    given: Given
    targets: Targets
    places: Positions
    n_x: int
    noise: Noise | None
    notes: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        """What there is to be looked at."""
        table, unseen, n = self.given.table, self.given.unseen, self.given.table.n_rows
        own, every = np.arange(n), np.arange(self.targets.n_rows)
        table = table if unseen is None else table.join(unseen)
        measured, where = (own, "rows") if unseen is None else (every[n:], "test rows")
        return Subject(
            *(table, self.targets, own, measured, unseen is not None, where),
            places=self.places,
            n_x=self.n_x,
            levels={} if self.given.inputs is not None else known_levels(self.teacher, table),
        )


def ask(teacher: Teacher, given: Given, asking: Asking, show: bool, seed: int | None) -> Asked:
    """Ask about the rows of X and the test rows.

    Parameters
    ----------
    teacher : Teacher
        Who is asked. Answers that differ from call to call are no reason to stop: that is what a
        check is to find out.
    given : Given
        All rows.
    asking : Asking
        How it is asked. Noise is not kept.
    show : bool
        Whether to show a bar.
    seed : int or None
        Of the order of the batches: what an interrupt leaves are rows from all over the data.

    Raises
    ------
    KeyboardInterrupt
        If a person stops it with hardly an answer.
    """
    order = np.random.default_rng(seed)
    y, y_test = given.truth(teacher)
    queries: list[Query] = []
    notes: list[str] = []
    noise: Noise | None = None
    for table, inputs in ((given.table, given.inputs), (given.unseen, given.inputs_test)):
        if table is None:
            continue
        query = asking.query(teacher, table.native if inputs is None else inputs, order=order)
        try:
            whole = ask_all(query, _bar(query, show))
        except Noise as found:
            noise = found
            query.teacher, query.keeper = query.teacher.noisily(), None
            whole = ask_all(query, _bar(query, show))
        if not whole:
            which = "test rows" if queries else "rows"
            notes.append(
                f"Interrupted: the teacher answered {query.n_done} of {query.n_rows} {which}, "
                f"spread over the data; the check is of these.{'' if noise else asking.rest}"
            )
            warnings.warn(notes[-1], InterruptedWarning, stacklevel=3)
        teacher = query.teacher
        if not queries:
            teacher = teacher.of_task(settled(teacher, query, y))
        queries.append(query)
    if noise is not None and asking.shelf is not None:
        notes.append(f"Answers that are noise are not kept in {asking.shelf.place!r}.")
    n_x = given.table.n_rows
    rows, test = queries[0].rows, queries[1].rows if len(queries) > 1 else np.arange(0)
    given = given.take(rows, test)
    truth: Any = both(*given.truth(teacher))
    targets = targets_of(teacher, queries, truth)
    places = np.concatenate([rows, n_x + test])
    return Asked(teacher, given, targets, places, n_x, noise, tuple(notes))


def _bar(query: Query, show: bool) -> Bar:
    return Bar(
        desc="asking the teacher",
        total=query.n_rows,
        initial=query.n_done,
        unit=" rows",
        disable=not show,
    )
