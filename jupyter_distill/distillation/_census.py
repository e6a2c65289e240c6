"""Fidelity on rows that are never together: sums of each partition, which add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import reduce
from operator import add
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._softmax import log_floored
from jupyter_distill._validation import expected
from jupyter_distill.data import Table
from jupyter_distill.data.partitions import Partition
from jupyter_distill.students import Student
from jupyter_distill.targets import KL, Predictions, SoftTargets, Targets
from jupyter_distill.targets.partitions import Question
from jupyter_distill.targets.task import read_truth

Floats = NDArray[np.float64]
Models = Mapping[str, Student | Floats]  # a student, or what is always said

TOGETHER = 65_536  # rows at a time, to bound the memory


class Sums:
    """Arrays that add up over rows."""

    def __add__(self, other: Self) -> Self:
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))  # type: ignore[arg-type]
        return type(self)(*(a + b for a, b in pairs))


@dataclass(frozen=True, eq=False)
class ClassSums(Sums):
    """Of m models beside a teacher of K classes.

    Attributes
    ----------
    named : ndarray of shape (m, K, K)
        Rows by model, by the class that the teacher names, and by the one that the model does.
    kl, kl_squared : ndarray of shape (m, K)
        Sums of KL(teacher || model) and of its square, by the class that the teacher names.
    known : ndarray of shape (K,)
        Rows with a truth.
    right : ndarray of shape (m + 1, K)
        Of these, where the model names it; last the teacher.
    """

    named: Floats
    kl: Floats
    kl_squared: Floats
    known: Floats
    right: Floats

    @property
    def n_rows(self) -> int:
        """How many rows were added up."""
        return int(self.named[0].sum())


@dataclass(frozen=True, eq=False)
class NumberSums(Sums):
    """Of m models of a regression.

    Attributes
    ----------
    to_teacher : ndarray of shape (m, 5, 5)
        Sums of products of 1, squared error, the teacher's number about a fixed centre, its
        square, and absolute error.
    to_truth : ndarray of shape (m + 1, 5, 5)
        The same beside the truth, last of the teacher; all 0 without a truth.
    """

    to_teacher: Floats
    to_truth: Floats

    @property
    def n_rows(self) -> int:
        """How many rows were added up."""
        return int(self.to_teacher[0, 0, 0])


@dataclass(frozen=True, eq=False)
class Census:
    """What was counted on all rows.

    Attributes
    ----------
    models : tuple of str
        In the order of the sums.
    held_out : ClassSums or NumberSums
        On rows that no student learnt from.
    learnt : ClassSums or NumberSums
        On the others.
    """

    models: tuple[str, ...]
    held_out: Any
    learnt: Any

    def __add__(self, other: Census) -> Census:
        return Census(self.models, self.held_out + other.held_out, self.learnt + other.learnt)

    @property
    def n_rows(self) -> int:
        """How many rows were counted."""
        return int(self.held_out.n_rows + self.learnt.n_rows)


def constant(targets: Targets) -> Floats:
    """Return what is always said by who knows the rows' teacher only on the whole.

    The mean of its numbers; logits of its mean distribution, its most named class on top.
    """
    if isinstance(targets, Predictions):
        return np.asarray(targets.values.mean())
    logits = log_floored(targets.at(1.0).mean(0))
    top = np.bincount(targets.predicted, minlength=targets.n_classes).argmax()
    if logits.argmax() != top:
        logits[top] = np.nextafter(logits.max(), np.inf)
    return logits


def compare(
    partition: Partition,
    question: Question,
    against: tuple[Models, Any],
    values: Floats,
    learnt: NDArray[np.intp],
) -> Census:
    """Count one partition.

    Parameters
    ----------
    partition : Partition
        Its rows.
    question : Question
        What the teacher was asked.
    against : tuple (models, about)
        Who is compared; the classes in the order of the teacher's columns, or the centre of its
        numbers.
    values : ndarray
        What the teacher said.
    learnt : ndarray of int
        Positions of rows that a student learnt from.
    """
    models, about = against
    count = _numbers if question.teacher.task == "regression" else _classes
    check_same(partition, values)
    was_learnt = np.zeros(partition.n_rows, dtype=bool)
    was_learnt[learnt] = True
    answered = question.strata(values) >= 0
    if not answered.all():
        partition, values = partition.take(np.flatnonzero(answered)), values[answered]
        was_learnt = was_learnt[answered]
    parts = []
    for start in range(0, partition.n_rows, TOGETHER):
        where = slice(start, min(start + TOGETHER, partition.n_rows))
        some = partition.take(where)
        sums = count(some, models, about, values[where], was_learnt[where])
        parts.append(Census(tuple(models), *sums))
    return reduce(add, parts)


def check_same(partition: Partition, values: Floats) -> None:
    """Refuse rows that are not those that the teacher was asked about."""
    if partition.n_rows != len(values):
        raise RuntimeError(
            expected(
                f"the {len(values)} rows that the teacher was asked about",
                got=f"{partition.n_rows} when they were computed again",
                remedy="Let rows stay as they are while they are distilled, e.g. X.persist().",
            )
        )


def _classes(
    some: Partition, models: Models, classes: tuple[object, ...], z: Floats, was_learnt: Any
) -> tuple[ClassSums, ClassSums]:
    k, targets = len(classes), SoftTargets(z, np.array(classes, dtype=object))
    teacher = targets.predicted
    said = _said(models, some.rows, z)
    names = [*(one.argmax(1) for one in said), teacher]
    kl = [KL.per_row(one, targets) for one in said]
    truth = None
    if some.truth is not None:
        place = {name: code for code, name in enumerate(classes)}
        truth = pd.Series(some.truth).map(place).to_numpy(np.float64)
    found = []
    for rows in (~was_learnt, was_learnt):
        codes = teacher[rows]

        def by_class(weights: Any = None, codes: Any = codes) -> Floats:
            return np.bincount(codes, weights, k).astype(np.float64)

        found.append(
            ClassSums(
                np.array([_table(codes, own[rows], k) for own in names[:-1]]),
                np.array([by_class(one[rows]) for one in kl]),
                np.array([by_class(one[rows] ** 2) for one in kl]),
                np.zeros(k) if truth is None else by_class(),
                np.zeros((len(names), k))
                if truth is None
                else np.array([by_class(own[rows] == truth[rows]) for own in names]),
            )
        )
    return found[0], found[1]


def _numbers(
    some: Partition, models: Models, centre: float, values: Floats, was_learnt: Any
) -> tuple[NumberSums, NumberSums]:
    said = _said(models, some.rows, values)
    truth = None if some.truth is None else read_truth(some.truth)
    found = []
    for rows in (~was_learnt, was_learnt):
        to_truth = np.zeros((len(said) + 1, 5, 5))
        if truth is not None:
            both = [*said, values]
            to_truth = np.array([_products(one[rows], truth[rows], centre) for one in both])
        to_teacher = np.array([_products(one[rows], values[rows], centre) for one in said])
        found.append(NumberSums(to_teacher, to_truth))
    return found[0], found[1]


def _said(models: Models, rows: Any, like: Floats) -> list[Floats]:
    """Return what each model says of rows: logits, or numbers."""
    columns = next(one.columns_ for one in models.values() if isinstance(one, Student))
    table = Table.of(rows, columns=columns)  # all students learnt from the same columns
    return [
        one.output(table) if isinstance(one, Student) else np.broadcast_to(one, like.shape)
        for one in models.values()
    ]


def _table(teacher: NDArray[np.intp], model: NDArray[np.intp], k: int) -> Floats:
    return np.bincount(teacher * k + model, minlength=k * k).reshape(k, k).astype(np.float64)


def _products(said: Floats, target: Floats, centre: float) -> Floats:
    off, about = target - said, target - centre
    columns = np.column_stack([np.ones(len(off)), off**2, about, about**2, np.abs(off)])
    return np.asarray(columns.T @ columns)
