"""A student as it is read: its rule or its sum, applied to rows without asking the student."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import Column
from jupyter_distill.explanation import Limit, RuleExplanation, TreeExplanation
from jupyter_distill.students import Student
from jupyter_distill.students._tree import TreeBase

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Bools = NDArray[np.bool_]
Box = Mapping[int, Limit]

LEAST = 1e-300  # probability below which a logarithm would be infinite
ROUNDING = 1e-9  # of the sizes that are summed: what two ways of adding up may differ by


class Reading(ABC):
    """What a student says of itself, applied to the values of a table.

    Attributes
    ----------
    columns : tuple of Column
        The columns that were fitted.
    classes : tuple of str
        Names of the K classes; empty for a regression.
    used : tuple of int
        Columns that an answer depends on.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    used: tuple[int, ...]

    @abstractmethod
    def output(self, values: Floats) -> Floats:
        """Return logits, of shape (n, K), or the numbers of a regression, of shape (n, 1)."""

    def check(self, values: Floats, said: Floats) -> None:
        """Compare with what the student itself says of the same rows.

        Parameters
        ----------
        values : ndarray of shape (n, d)
            The rows.
        said : ndarray of shape (n, K) or (n, 1)
            The output of the student.

        Raises
        ------
        RuntimeError
            If what is read does not yield the very answers of the student.
        """
        read = self.output(values)
        if self.classes:
            # only differences of logits have a meaning
            read, said = (each - each.mean(1, keepdims=True) for each in (read, said))
        size = 1.0 + np.maximum(np.abs(read), np.abs(said)).max(1) + self.summed(values)
        wrong = np.abs(read - said).max(1) > ROUNDING * size
        if self.classes:
            # names of equal classes are told apart by rounding alone
            behind = read.max(1) - read[np.arange(len(read)), said.argmax(1)]
            wrong |= behind > ROUNDING * size
        if wrong.any():
            row = int(wrong.argmax())
            raise RuntimeError(
                expected(
                    f"the rule that is read to say what the student says: {said[row].tolist()}",
                    got=f"{read[row].tolist()} for the values {values[row].tolist()}",
                    remedy="Nothing is certified: the explanation of this student is not its rule.",
                )
            )

    def summed(self, values: Floats) -> Floats:
        """Return how large the parts are that are summed, shape (n,); 0 where nothing is."""
        return np.zeros(len(values))


def inside(limit: Limit, x: Floats) -> Bools:
    """Return which values of a column a limit lets through."""
    if limit.codes is None:
        lost = np.isnan(x)
        with np.errstate(invalid="ignore"):
            held = (x > limit.low) & (x <= limit.high)
    else:
        lost = ~(x >= 0)  # missing, or a category that was never seen
        held = np.isin(x, sorted(limit.codes))
    return np.asarray(np.where(lost, limit.missing, held))


def holds(box: Sequence[tuple[int, Limit]], values: Floats) -> Bools:
    """Return which rows fulfil all limits."""
    held = np.ones(len(values), dtype=bool)
    for column, limit in box:
        held &= inside(limit, values[:, column])
    return held


@dataclass(frozen=True, eq=False)
class Boxes:
    """Parts of all possible rows that do not overlap, and what is said in each.

    Attributes
    ----------
    limits : tuple of dict of int to Limit
        What the rows of each of the m parts fulfil.
    says : ndarray of shape (m, K)
        Log-probabilities, or numbers.
    """

    limits: tuple[Box, ...]
    says: Floats


class TreeReading(Reading):
    """A tree: the limits on the way to the one leaf that a row falls in."""

    def __init__(self, explanation: TreeExplanation) -> None:
        self.explanation = explanation
        self.columns, self.classes = explanation.columns, explanation.classes
        self.leaves = np.flatnonzero(explanation.left < 0)
        limits = tuple(explanation.limits(int(leaf)) for leaf in self.leaves)
        self.boxes = Boxes(limits, _said(explanation.student[self.leaves], explanation.classes))
        self.used = tuple(sorted({j for box in limits for j in box}))

    def place(self, values: Floats) -> Places:
        """Return the place among the leaves of the one that each row falls in."""
        held = np.array([holds(list(box.items()), values) for box in self.boxes.limits])
        return np.asarray(held.argmax(0))

    def output(self, values: Floats) -> Floats:
        """Return what is said in the leaf of each row."""
        return np.asarray(self.boxes.says[self.place(values)])


class RulesReading(Reading):
    """A rule list: the first rule that holds decides."""

    def __init__(self, explanation: RuleExplanation, tree: TreeExplanation) -> None:
        self.explanation = explanation
        self.columns, self.classes = explanation.columns, explanation.classes
        # the same answers as parts that do not overlap, as the list was read from them
        self.boxes = TreeReading(tree).boxes
        self.says = _said(explanation.student, explanation.classes)
        place = {column: j for j, column in enumerate(self.columns)}
        self.rules = tuple(
            tuple((place[limit.column], limit) for limit in of) for of in explanation.limits
        )
        self.used = tuple(sorted({j for rule in self.rules for j, _ in rule}))

    def place(self, values: Floats) -> Places:
        """Return the place of the rule that decides each row."""
        held = np.array([holds(rule, values) for rule in self.rules])
        return np.asarray(held.argmax(0))

    def output(self, values: Floats) -> Floats:
        """Return what the deciding rule says of each row."""
        return np.asarray(self.says[self.place(values)])


def tree_of(student: Any) -> TreeExplanation:
    """Return the tree that a list of rules was read from."""
    return TreeBase.explain(student)


def _said(answers: Floats, classes: tuple[str, ...]) -> Floats:
    return np.log(np.maximum(answers, LEAST)) if classes else answers


def truly(student: Student, table: Any) -> Floats:
    """Return what a student itself says of rows: logits (n, K), or numbers (n, 1)."""
    said = np.asarray(student.output(table), dtype=np.float64)
    return said if said.ndim == 2 else said[:, None]
