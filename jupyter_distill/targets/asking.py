"""A teacher put to all rows: from a model and rows to soft targets."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._bars import Bar
from jupyter_distill._validation import check_number, expected
from jupyter_distill.targets.align import align
from jupyter_distill.targets.predictions import Predictions
from jupyter_distill.targets.soft_targets import SoftTargets
from jupyter_distill.targets.store import Shelf, Store
from jupyter_distill.targets.task import find_teacher, is_number, read_truth, settled
from jupyter_distill.teachers import Progress, Query, Teacher, count_rows

LEAST_ROWS = 50  # answers that an interrupt must leave for it to be worth going on


class InterruptedWarning(UserWarning):
    """Work was stopped by the person; the result holds what was done until then."""


def soft_targets(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    store: Store | str | os.PathLike[str] | None = None,
    task: str | None = None,
    classes: Sequence[object] | None = None,
    batch_size: int | None = None,
    progress: bool | Progress = True,
) -> SoftTargets | Predictions:
    """Ask a model about all rows, once, and return what a student learns from.

    Parameters
    ----------
    model : estimator, torch.nn.Module, callable or Teacher
        The teacher. See :func:`as_teacher`.
    X : data frame, array, tensor, list of rows, or dict or tuple of them
        What the teacher sees.
    y : array of shape (n,), optional
        The ground truth, kept beside the answers.
    store : Store or path, optional
        Where answers are kept as they come. What is there is not asked again: run the same after
        an interrupt, a crash or an error, and it goes on where it stopped. See :class:`Store`.
    task : {"classification", "regression"}, optional
        As of :func:`distill`.
    classes : sequence, optional
        Class names in the order of the model's outputs, where it does not say them itself.
    batch_size : int, optional
        Rows per call of the model. Unless given, calls start with 16 rows and grow until one takes
        about a second, more rows are no faster, or memory runs short. A call that does not fit
        into memory is made in halves.
    progress : bool or callable, default True
        Whether to show a bar with rate and time left; or what is called as
        ``progress(done, total)`` after every batch, in rows.

    Returns
    -------
    SoftTargets or Predictions
        Of all rows; of a regression `Predictions`.

    Raises
    ------
    KeyboardInterrupt
        If a person stops it; a note says how many answers are kept.

    Examples
    --------
    >>> targets = soft_targets(model, X, y, store="answers/")  # doctest: +SKIP
    """
    if isinstance(X, str | os.PathLike) or hasattr(X, "to_delayed"):
        raise TypeError(
            expected(
                "rows in memory",
                got=repr(X) if isinstance(X, str | os.PathLike) else f"a Dask {type(X).__name__}",
                remedy="distill(model, X, store=...) asks about such rows where they lie, and "
                "keeps the answers; or read some of them first.",
            )
        )
    teacher = find_teacher(model, y, classes, task, None)
    n = count_rows(X)
    if y is not None and (isinstance(y, str) or not hasattr(y, "__len__")):
        raise TypeError(expected(f"y to hold {n} values, one per row of X", got=repr(y)))
    if y is not None and len(y) != n:
        raise ValueError(expected(f"y to have {n} rows, like X", got=f"{len(y)} rows"))
    classes_before(teacher, y)
    asking = Asking.of(teacher, batch_size, store)
    query = asking.query(teacher, X, progress=progress if callable(progress) else None)
    bar = Bar(
        desc="asking the teacher",
        total=query.n_rows,
        initial=query.n_done,
        unit=" rows",
        disable=progress is not True,
    )
    try:
        with bar:
            for rows in query:
                bar.update(len(rows))
    except BaseException as error:
        error.add_note(f"{query.n_done} of {query.n_rows} rows were answered.{asking.rest}")
        raise
    teacher = teacher.of_task(settled(teacher, query, y))
    return targets_of(teacher, [query], y)


@dataclass(frozen=True)
class Asking:
    """How a teacher is asked in a run.

    Attributes
    ----------
    batch_size : int or "auto"
        Rows at a time.
    shelf : Shelf or None
        Where answers are kept.
    """

    batch_size: int | Literal["auto"]
    shelf: Shelf | None

    @classmethod
    def of(
        cls, teacher: Teacher, batch_size: int | None, store: Store | str | os.PathLike[str] | None
    ) -> Asking:
        """Read what a person has said of it."""
        if batch_size is not None:
            batch_size = int(check_number("batch_size", batch_size, low=1, integer=True))
        if store is not None and not isinstance(store, Store):
            store = Store(store)
        shelf = None if store is None else store.of(teacher)
        return cls(batch_size or teacher.batch_size or "auto", shelf)

    def query(self, teacher: Teacher, X: Any, **options: Any) -> Query:
        """Return the questions about X, of which those that are kept are answered."""
        if self.shelf is None:
            return teacher.query(X, batch_size=self.batch_size, **options)
        return self.shelf.query(teacher, X, batch_size=self.batch_size, **options)

    @property
    def rest(self) -> str:
        """What to add where it was stopped: how to have the other rows answered."""
        if self.shelf is None:
            return ""
        return f" Run the same again for the others: answers are kept in {self.shelf.place!r}."


def ask_all(query: Query, bar: Bar) -> bool:
    """Ask all that is left; return False where a person stopped it and enough was answered.

    Raises
    ------
    KeyboardInterrupt
        If a person stopped it with hardly an answer.
    """
    try:
        with bar:
            for rows in query:
                bar.update(len(rows))
    except KeyboardInterrupt:
        if query.n_done < LEAST_ROWS:
            raise
        return False
    return True


def classes_before(teacher: Teacher, y: Any) -> NDArray[Any] | None:
    """Return the classes, where they are known before the teacher is asked.

    Raises
    ------
    TypeError, ValueError
        If y cannot be the truth of this teacher, whatever it answers.
    """
    if teacher.task == "regression":
        if y is not None:
            read_truth(y)
        return None
    if y is not None and (teacher.task is not None or not is_number(y)):
        return align(teacher.classes, y)[0]
    return teacher.classes


def targets_of(teacher: Teacher, queries: Sequence[Query], y: Any) -> SoftTargets | Predictions:
    """Return what a teacher of a known task has said of some rows, beside their truth."""
    for query in queries:
        query.teacher = teacher  # which learns from the answers what its classes are
    numbers = teacher.task == "regression"
    values = [query.predictions() if numbers else query.logits() for query in queries]
    targets = as_targets(teacher, np.concatenate(values), y)
    for query in queries:
        if query.keeper is not None:
            query.keeper.note(
                task=teacher.task,
                kind=teacher.kind,
                classes=targets.classes.tolist() if isinstance(targets, SoftTargets) else None,
            )
    return targets


def as_targets(teacher: Teacher, values: NDArray[np.float64], y: Any) -> SoftTargets | Predictions:
    """Return the numbers or logits that a teacher has given, beside their truth."""
    if teacher.task == "regression":
        return Predictions(values, None if y is None else read_truth(y))
    if y is not None:
        given = teacher.classes_given
        names, codes = align(teacher.classes, y, values, classes_given=given)
        return SoftTargets(values, names, codes)
    names = np.arange(values.shape[1]) if teacher.classes is None else teacher.classes
    return SoftTargets(values, names)
