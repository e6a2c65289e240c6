"""A student as it is read by a person: its rule or its sum, applied to rows by hand.

Not by ``jupyter_distill.reading``, which takes what was fitted: a certificate follows what people
are shown, and is given only where that comes to the student's own answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import Column
from jupyter_distill.explanation import Box, RuleExplanation, TreeExplanation, holds
from jupyter_distill.students import Student

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

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


class ChoiceReading(Reading):
    """One of several answers: that of the first box of `asked` that a row is in.

    Attributes
    ----------
    asked : tuple of dict of int to Limit
        What leads to each answer.
    says : ndarray of shape (len(asked), K)
        The answers: log-probabilities, or numbers.
    boxes : Boxes
        The same as parts that do not overlap.
    """

    asked: tuple[Box, ...]
    says: Floats
    boxes: Boxes

    def place(self, values: Floats) -> Places:
        """Return the place of the leaf or rule that decides each row."""
        return np.asarray(np.array([holds(box, values) for box in self.asked]).argmax(0))

    def output(self, values: Floats) -> Floats:
        """Return what is said there of each row."""
        return np.asarray(self.says[self.place(values)])

    def _read(self, explanation: TreeExplanation | RuleExplanation) -> None:
        self.columns, self.classes = explanation.columns, explanation.classes
        self.used = tuple(sorted({j for box in self.asked for j in box}))


class TreeReading(ChoiceReading):
    """A tree: the limits on the way to the one leaf that a row falls in."""

    def __init__(self, explanation: TreeExplanation) -> None:
        self.explanation = explanation
        self.leaves = np.array(list(explanation.boxes))
        self.asked = tuple(explanation.boxes.values())
        self.says = _said(explanation.student[self.leaves], explanation.classes)
        self.boxes = Boxes(self.asked, self.says)
        self._read(explanation)


class RulesReading(ChoiceReading):
    """A rule list: the first rule that holds decides."""

    def __init__(self, explanation: RuleExplanation, tree: TreeExplanation) -> None:
        place = {column: j for j, column in enumerate(explanation.columns)}
        self.asked = tuple(
            {place[limit.column]: limit for limit in of} for of in explanation.limits
        )
        self.says = _said(explanation.student, explanation.classes)
        # the same answers as parts that do not overlap, as the list was read from them
        self.boxes = TreeReading(tree).boxes
        self._read(explanation)


def _said(answers: Floats, classes: tuple[str, ...]) -> Floats:
    return np.log(np.maximum(answers, LEAST)) if classes else answers


def truly(student: Student, table: Any) -> Floats:
    """Return what a student itself says of rows: logits (n, K), or numbers (n, 1)."""
    said = np.asarray(student.output(table), dtype=np.float64)
    return said if said.ndim == 2 else said[:, None]
