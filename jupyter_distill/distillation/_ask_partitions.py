"""Ask the teacher about rows in partitions, and put a sample of them side by side to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import check_number, expected, some
from jupyter_distill.checks._given import Given, both, check_beside, read_test
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table, check_rows, split_rows, strata
from jupyter_distill.data._partitions_memory import MemoryPartitions
from jupyter_distill.data.partitions import Partitions, partitions_of
from jupyter_distill.distillation._ask import (
    Asked,
    ask_about,
    beside_unseen,
    refuse_early,
    strata_of,
    take,
)
from jupyter_distill.distillation._learning_curve import START, learning_curve
from jupyter_distill.distillation._plan import Plan
from jupyter_distill.distillation._population import Drawn, Population
from jupyter_distill.distillation._sample import MOST, Sample, enough
from jupyter_distill.distillation._work import Work
from jupyter_distill.targets import align
from jupyter_distill.targets.asking import LEAST_ROWS, Asking, as_targets
from jupyter_distill.targets.partitions import Question
from jupyter_distill.targets.task import is_number, settled
from jupyter_distill.teachers import Teacher

HEAD = 256  # rows that are asked about here first, to know what the answers are
BINS = 10  # of the numbers of a regression


def read_sample(sample: Any) -> int | None:
    """Return how many rows are to be drawn; None where a learning curve says it."""
    if isinstance(sample, str) and sample == "auto":
        return None
    if isinstance(sample, str):
        raise ValueError(expected('sample to be "auto" or a number of rows', got=repr(sample)))
    return int(check_number("sample", sample, low=LEAST_ROWS, integer=True))


def in_partitions(
    X: Any, y: Any, sample: int | None, teacher_inputs: Any, unlabelled: Any
) -> Partitions | None:
    """Return rows that a sample is to be drawn of; None where all are distilled from.

    Raises
    ------
    ValueError
        If something is given that only goes with rows that are all in memory.
    """
    found = partitions_of(X, y)
    if found is None and sample is not None:
        table = Table.of(X)
        check_beside("y", y, table)
        found = MemoryPartitions(table.native, y) if sample < table.n_rows else None
    if found is None:
        return None
    for name, value, remedy in (
        (
            "teacher_inputs",
            teacher_inputs,
            "Have the teacher make its inputs of the rows: as_teacher(model, preprocess=...).",
        ),
        ("unlabelled", unlabelled, "Put them among the rows and leave y out, or leave them out."),
    ):
        if value is not None:
            raise ValueError(
                expected(
                    f"no {name}= where a sample of the rows is distilled from",
                    got=type(value).__name__,
                    remedy=remedy,
                )
            )
    return found


def ask_partitions(
    teacher: Teacher,
    partitions: Partitions,
    test: tuple[Any, ...] | None,
    sample: int | None,
    asking: Asking,
    plans: Sequence[Plan],
    constraints: Constraints | None,
    work: Work,
    seed: int | None,
) -> Asked:
    """Check what is given, ask about all rows where they lie, and learn how many are enough.

    Parameters
    ----------
    sample : int or None
        Rows to draw; None: as many as a learning curve asks for.
    plans : sequence of Plan
        Who is going to learn from them.
    """
    head = partitions.first(HEAD)
    given = Given.read(head.rows, head.truth, None, None)
    X_test, _, _ = read_test(test, head.truth, None)
    if X_test is not None and (found := Table.of(X_test).names) != given.table.names:
        what = f"test rows with the columns of X ({some(given.table.names, 10)})"
        raise ValueError(expected(what, got=some(found, 10)))
    if not teacher.answers_new_rows and getattr(teacher, "id", None) is None:
        raise ValueError(
            expected(
                "answers with ids, where a sample of the rows is distilled from",
                got=f"{teacher.name}, whose answers belong to the rows of one X by their order",
                remedy="Record answers with an id column: as_teacher(answers, id='...').",
            )
        )
    about = {"X": head.rows, "test": X_test}
    teacher.check_use(given.table.names, {n: rows for n, rows in about.items() if rows is not None})
    # the first rows do not hold all labels: these are looked at when all are known
    refuse_early(teacher, given.table, None, constraints)
    question = _question(teacher, given, partitions, asking)
    seed = strata.fixed(seed)
    whole = Population.ask(partitions, question, work, seed)
    check_rows(whole.n_rows)
    return _sampled(whole, test, sample, plans, work, seed)


def _question(teacher: Teacher, given: Given, partitions: Partitions, asking: Asking) -> Question:
    """Ask about the first rows, so that what the answers are is the same in every partition."""
    query = asking.query(teacher, given.table.native).finish()
    y = given.y if partitions.truth is None else partitions.truth
    if teacher.task is None and partitions.truth is None and query.columns == 1 and is_number(y):
        raise ValueError(
            expected(
                f"to know whether {teacher.name} names classes or gives numbers",
                got="one number per row, and a truth of which only some is looked at before",
                remedy="Say which it is: task='classification' or task='regression'.",
            )
        )
    teacher = query.teacher = teacher.of_task(settled(teacher, query, y))
    if teacher.task != "regression":
        query.logits()  # by which the teacher knows how many classes it has
        return Question(teacher, asking, np.empty(0))
    return Question(teacher, asking, np.quantile(query.predictions(), np.arange(1, BINS) / BINS))


def _sampled(
    whole: Population,
    test: tuple[Any, ...] | None,
    sample: int | None,
    plans: Sequence[Plan],
    work: Work,
    seed: int,
) -> Asked:
    """Draw a sample, shorten it to what is enough, and split it."""
    n, teacher = whole.n_rows, _named(whole)
    drawn = whole.draw(min(n, sample or MOST), work, seed)
    given = Given.read(drawn.rows, drawn.truth, None, test)
    y, y_test = given.truth(teacher)
    targets = as_targets(teacher, drawn.values, y)
    kept = np.arange(targets.n_rows)
    about = Sample(len(kept), n)
    if sample is None and len(kept) > 2 * START:
        order = strata.spread(whole.question.strata(drawn.values), seed)
        steps, flat = learning_curve(plans, given.table, targets, order, work)
        kept = np.sort(order[: enough(steps, len(kept))])
        about = Sample(len(kept), n, steps, flat or len(kept) == n)
    table, targets = given.table.take(kept), targets.take(kept)
    rows = split_rows(strata_of(targets), seed)
    learnt = kept[rows.learnt]
    if given.unseen is not None:
        unseen = given.unseen
        query = ask_about(teacher, unseen.native, whole.question.asking, work, seed)
        if len(query.rows) < unseen.n_rows:
            unseen, y_test = unseen.take(query.rows), take(y_test, query.rows)
        said = query.predictions() if teacher.task == "regression" else query.logits()
        values = np.concatenate([drawn.values[kept], said])
        targets = as_targets(teacher, values, both(take(y, kept), y_test))
        table, rows = beside_unseen(table, unseen, targets, seed)
        learnt = kept[rows.learnt]
    whole = replace(whole, learnt=_where(drawn, learnt))
    return Asked(teacher, table, targets, rows, population=whole, sample=about)


def _named(whole: Population) -> Teacher:
    """Return the teacher with the names of its classes, of which a sample may not hold all."""
    teacher = copy(whole.question.teacher)  # the owner's own goes on without names
    if teacher.task == "regression" or not whole.partitions.has_truth:
        return teacher
    names, _ = align(teacher.classes, list(whole.labels))
    if teacher.n_classes != len(names):
        raise ValueError(
            expected(
                f"labels of {teacher.n_classes} classes, as {teacher.name} has",
                got=f"{len(names)}: {names.tolist()!r}",
                remedy="Name the classes in the order of the teacher's columns: classes=[...].",
            )
        )
    teacher.classes = names
    return teacher


def _where(drawn: Drawn, rows: NDArray[np.intp]) -> dict[int, NDArray[np.intp]]:
    """Return the positions of some rows of a sample, by partition."""
    of, at = drawn.partition[rows], drawn.position[rows]
    return {int(place): at[of == place] for place in np.unique(of)}
