"""Ask the teacher once for every row, and put table, labels and answers side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.checks._given import Given, both
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Rows, Table, check_rows, split_rows
from jupyter_distill.distillation._more_rows import Unlabelled, read_unlabelled
from jupyter_distill.distillation._population import Population
from jupyter_distill.distillation._sample import Sample
from jupyter_distill.distillation._work import Work
from jupyter_distill.targets import SoftTargets, Targets
from jupyter_distill.targets.asking import Asking, ask_all, classes_before, targets_of
from jupyter_distill.targets.task import settled
from jupyter_distill.teachers import Query, Teacher

BINS = 10  # of the numbers of a regression, to split its rows in proportion
LEAST_IN_BIN = 10


@dataclass(frozen=True, eq=False)
class Asked:
    """A teacher and its answers, with the rows in three parts, and rows without labels.

    Where there are too many rows to learn from, these are a sample of a population.
    """

    teacher: Teacher
    table: Table
    targets: Targets
    rows: Rows
    unlabelled: Unlabelled | None = None
    population: Population | None = None
    sample: Sample | None = None

    @cached_property
    def held_out(self) -> tuple[Table, Any]:
        """Rows that nobody learns from, and what the teacher says of them."""
        return self.table.take(self.rows.held_out), self.targets.take(self.rows.held_out)


def ask(
    teacher: Teacher,
    X: Any,
    y: Any,
    teacher_inputs: Any,
    test: tuple[Any, ...] | None,
    unlabelled: Any,
    asking: Asking,
    constraints: Constraints | None,
    work: Work,
    seed: int | None,
) -> Asked:
    """Check everything that is given, ask the teacher, and split the rows."""
    given = Given.read(X, y, teacher_inputs, test)
    table, unseen = given.table, given.unseen
    check_rows(table.n_rows)
    more = read_unlabelled(unlabelled, table, teacher_inputs is not None)
    asked_about = {
        "X": _seen(table, teacher_inputs),
        "test": _seen(unseen, given.inputs_test),
        "unlabelled": None if more is None else _seen(more.table, more.inputs),
    }
    teacher.check_use(table.names, {n: rows for n, rows in asked_about.items() if rows is not None})
    y, y_test = given.truth(teacher)
    refuse_early(teacher, table, both(y, y_test), constraints)
    query = ask_about(teacher, _seen(table, teacher_inputs), asking, work, seed)
    teacher = teacher.of_task(settled(teacher, query, y))
    answered = query.rows
    if len(answered) < table.n_rows:
        table, y = table.take(answered), take(y, answered)
    if unseen is None:
        targets = targets_of(teacher, [query], y)
        return Asked(teacher, table, targets, split_rows(strata_of(targets), seed), more)

    others = ask_about(teacher, _seen(unseen, given.inputs_test), asking, work, seed)
    answered = others.rows
    if len(answered) < unseen.n_rows:
        unseen, y_test = unseen.take(answered), take(y_test, answered)
    targets = targets_of(teacher, [query, others], both(y, y_test))
    table, rows = beside_unseen(table, unseen, targets, seed)
    return Asked(teacher, table, targets, rows, more)


def beside_unseen(
    table: Table, unseen: Table, targets: Targets, seed: int | None
) -> tuple[Table, Rows]:
    """Return rows and test rows as one table, the latter held out; targets are of both."""
    split = split_rows(strata_of(targets)[: table.n_rows], seed)
    rows = Rows(
        train=np.sort(np.concatenate([split.train, split.held_out])),
        validation=split.validation,
        held_out=np.arange(table.n_rows, targets.n_rows),
        unseen=True,
    )
    return table.join(unseen), rows


def refuse_early(teacher: Teacher, table: Table, y: Any, constraints: Constraints | None) -> None:
    """Refuse what no answer could make right: a teacher may be slow, or cost money."""
    if constraints is not None:
        constraints.check_columns(table)
    classes = classes_before(teacher, y)
    if constraints is not None and (classes is not None or teacher.task == "regression"):
        constraints.check(table, None if classes is None else classes.tolist())


def ask_about(teacher: Teacher, X: Any, asking: Asking, work: Work, seed: int | None) -> Query:
    """Return the query with the rows that were answered: all, unless interrupted."""
    order = np.random.default_rng(seed)  # also without a seed the batches come in a fair order
    query = asking.query(teacher, X, order=order)
    bar = work.bar("asking the teacher", query.n_rows, "rows", query.n_done)
    if not ask_all(query, bar):
        work.interrupted(
            f"the teacher answered {query.n_done} of {query.n_rows} rows, spread over the data; "
            f"the student was distilled from these.{asking.rest}"
        )
    return query


def _seen(table: Table | None, inputs: Any) -> Any:
    """Return what the teacher sees of a table: itself, unless it was given something else."""
    return table.native if inputs is None and table is not None else inputs


def strata_of(targets: Targets) -> NDArray[np.intp]:
    """Return the class that the teacher names, or the bin of the number that it gives."""
    if isinstance(targets, SoftTargets):
        return targets.predicted
    bins = max(1, min(BINS, targets.n_rows // LEAST_IN_BIN))
    cuts = np.quantile(targets.values, np.arange(1, bins) / bins)
    return np.searchsorted(cuts, targets.values)


def take(y: Any, rows: NDArray[np.intp]) -> Any:
    """Return the truth of some rows, where there is one."""
    return None if y is None else np.asarray(y)[rows]
