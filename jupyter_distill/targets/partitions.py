"""A teacher put to one partition of rows, here or on a worker."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected, some
from jupyter_distill.data import Table
from jupyter_distill.data.partitions import Partition
from jupyter_distill.targets.align import check_known
from jupyter_distill.targets.asking import Asking
from jupyter_distill.targets.task import read_truth
from jupyter_distill.teachers import Teacher

Floats = NDArray[np.float64]

MANY = 1_000  # distinct labels beyond which they are no classes that a student could name
_one_at_a_time = threading.Lock()  # of the threads of a worker: tokenizers and the like have none


@dataclass(frozen=True, eq=False)
class Answered:
    """What is known of the answers to one partition, small whatever its size.

    Attributes
    ----------
    counts : ndarray of int, shape (strata,)
        Rows that were answered, by the class that the teacher names or the bin of its number.
    labels : tuple
        The different labels of a classification's truth; empty without, and for a regression.
    interrupted : bool
        Whether a person has stopped it; of the other rows the answers are NaN.
    """

    counts: NDArray[np.intp]
    labels: tuple[object, ...]
    interrupted: bool = False

    @property
    def n_rows(self) -> int:
        """How many rows were answered."""
        return int(self.counts.sum())


@dataclass(frozen=True, eq=False)
class Question:
    """A teacher whose task and kind of answers are known, and how its answers are told apart.

    Attributes
    ----------
    teacher : Teacher
        Who is asked.
    asking : Asking
        How.
    edges : ndarray of float
        Of a regression: between the bins of its numbers.
    """

    teacher: Teacher
    asking: Asking
    edges: Floats

    def strata(self, values: Floats) -> NDArray[np.intp]:
        """Return the class that the teacher names in each row, or the bin of its number.

        -1 of rows that an interrupt left without an answer.
        """
        if self.teacher.task == "regression":
            found, known = np.searchsorted(self.edges, values), ~np.isnan(values)
        else:
            found, known = values.argmax(1), ~np.isnan(values[:, 0])
        return np.where(known, found, -1)

    @property
    def n_strata(self) -> int:
        """How many there can be."""
        if self.teacher.task == "regression":
            return len(self.edges) + 1
        assert self.teacher.n_classes is not None  # it has been asked before
        return self.teacher.n_classes


def answer(partition: Partition, question: Question) -> tuple[Floats, Answered]:
    """Ask about every row of a partition.

    Returns
    -------
    values : ndarray of shape (n, K) or (n,)
        Logits, or the numbers of a regression.
    answered : Answered
        What is to be known of them where all partitions meet.
    """
    teacher, strata = question.teacher, question.n_strata
    numbers, n = teacher.task == "regression", partition.n_rows
    values = np.full(n if numbers else (n, strata), np.nan)
    if not n:
        return values, Answered(np.zeros(strata, np.intp), ())
    Table.of(partition.rows)  # what no student could read is refused before anybody is asked
    labels = _labels(partition.truth, teacher)
    # a function may wait for a service, and is asked by as many threads as there are
    with nullcontext() if teacher.remote else _one_at_a_time:
        # in a fair order, so that what an interrupt leaves is spread over the partition
        query = question.asking.query(teacher, partition.rows, order=0)
        try:
            query.finish()
        except KeyboardInterrupt:
            if not query.n_done:
                raise
    values[query.rows] = query.predictions() if numbers else query.logits()
    counts = np.bincount(question.strata(values)[query.rows], minlength=strata)
    return values, Answered(counts, labels, interrupted=not query.complete)


def _labels(truth: Any, teacher: Teacher) -> tuple[object, ...]:
    """Return the different labels, and refuse what is missing, unknown or no number."""
    if truth is None:
        return ()
    if teacher.task == "regression":
        read_truth(truth)
        return ()
    labels = pd.Series(np.asarray(truth))
    if missing := int(labels.isna().sum()):
        raise ValueError(
            expected(
                "a label for every row",
                got=f"{missing} missing labels",
                remedy="Leave these rows out, or distil without labels (y=None, alpha=0).",
            )
        )
    found = labels.unique().tolist()
    if len(found) > MANY:
        raise ValueError(
            expected("labels of classes", got=f"{len(found)} different ones: {some(found)}")
        )
    if teacher.classes is not None:
        check_known(teacher.classes, dict.fromkeys(found))
    return tuple(found)
