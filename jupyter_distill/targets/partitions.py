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
from jupyter_distill.data.partitions import Partition
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
        Rows by the class that the teacher names, or by the bin of its number.
    labels : tuple
        The different labels of a classification's truth; empty without, and for a regression.
    """

    counts: NDArray[np.intp]
    labels: tuple[object, ...]

    @property
    def n_rows(self) -> int:
        """How many rows it has."""
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
        """Return the class that the teacher names in each row, or the bin of its number."""
        if self.teacher.task == "regression":
            return np.searchsorted(self.edges, values).astype(np.intp)
        return np.asarray(values.argmax(1))

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
    numbers = teacher.task == "regression"
    if not partition.n_rows:
        return np.empty(0 if numbers else (0, strata)), Answered(np.zeros(strata, np.intp), ())
    # a function may wait for a service, and is asked by as many threads as there are
    with nullcontext() if teacher.remote else _one_at_a_time:
        query = question.asking.query(teacher, partition.rows).finish()
        values = query.predictions() if numbers else query.logits()
    counts = np.bincount(question.strata(values), minlength=strata)
    return values, Answered(counts, _labels(partition.truth, numbers))


def _labels(truth: Any, numbers: bool) -> tuple[object, ...]:
    """Return the different labels, and refuse what is missing or no number of a regression."""
    if truth is None:
        return ()
    if numbers:
        read_truth(truth)
        return ()
    labels = pd.Series(truth)
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
    return tuple(found)
