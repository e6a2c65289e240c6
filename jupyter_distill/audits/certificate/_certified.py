"""The parts of a certificate, as data."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from jupyter_distill.audits._text import told_apart

Plain = Any


@dataclass(frozen=True)
class Said:
    """What one model says of a row.

    Attributes
    ----------
    answer : class label or float
        The class that is named, or the number.
    probabilities : dict of str to float
        Of each class; empty for a regression.
    """

    answer: Any
    probabilities: dict[str, float]

    @property
    def text(self) -> str:
        """The answer, with the probability of the class that is named."""
        if not self.probabilities:
            return figure(float(self.answer))
        # 0.5003 of two classes is no draw
        first, second = sorted([*self.probabilities.values(), 0.0], reverse=True)[:2]
        return f"{self.answer} ({told_apart([first, second], kind='f')[0]})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"answer": plain(self.answer), "probabilities": dict(self.probabilities)}


@dataclass(frozen=True)
class Condition:
    """What a rule asks of one column.

    Attributes
    ----------
    column : str
        Its name.
    text : str
        The condition in the owner's words, with all its categories.
    low, high : float or None
        A number must be greater than `low` and at most `high`; None where there is no such end.
    categories : tuple or None
        Values of a category that are let through; None for a number.
    missing : bool
        Whether a missing value (or a category never seen) is let through.
    """

    column: str
    text: str
    low: float | None
    high: float | None
    categories: tuple[Any, ...] | None
    missing: bool

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if self.categories is not None:
            found["categories"] = [plain(value) for value in self.categories]
        return found


@dataclass(frozen=True)
class DecidingRule:
    """The one rule that decided: the way to a leaf, or the first rule of a list that holds.

    Attributes
    ----------
    kind : {"leaf", "rule"}
        Which of them.
    place : int
        The leaf's node, or the place of the rule from 0.
    text : str
        The rule in full, in the owner's words.
    conditions : tuple of Condition
        Its parts; all of them hold.
    earlier : tuple of (int, tuple of str)
        Of a list: each rule before, and what of it does not hold for the row.
    """

    kind: str
    place: int
    text: str
    conditions: tuple[Condition, ...]
    earlier: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "kind": self.kind,
            "place": self.place,
            "text": self.text,
            "conditions": [one.to_dict() for one in self.conditions],
            "earlier": [{"place": i, "does not hold": list(texts)} for i, texts in self.earlier],
        }


@dataclass(frozen=True)
class Added:
    """One part of a sum.

    Attributes
    ----------
    term : str
        What is added: a column, one of its values, several columns, a unit.
    columns : tuple of str
        Columns that it depends on.
    value : str
        What the row holds of them.
    adds : tuple of float
        How much, to each score.
    """

    term: str
    columns: tuple[str, ...]
    value: str
    adds: tuple[float, ...]

    @property
    def text(self) -> str:
        """The term for this row: ``income = 21000``, ``purpose is car``, ``unit 1, of ...``."""
        if self.term == " and ".join(self.columns):
            return self.value
        if len(self.columns) == 1 and self.term.startswith(self.columns[0]):
            return self.term
        return f"{self.term}, of {self.value}"

    @property
    def empty(self) -> bool:
        """Whether it adds nothing to any score."""
        return not any(self.adds)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "term": self.term,
            "columns": list(self.columns),
            "value": self.value,
            "adds": list(self.adds),
        }


@dataclass(frozen=True)
class DecidingSum:
    """The sum that decided: all its terms, which with the intercept add up to the scores.

    Attributes
    ----------
    text : str
        How an answer follows from the scores.
    scores : tuple of str
        What each sum is about.
    intercept : tuple of float
        What is added to every row.
    terms : tuple of Added
        The largest first.
    total : tuple of float
        The scores.
    inside : tuple of str
        Of a net: what each unit says, and of what.
    """

    text: str
    scores: tuple[str, ...]
    intercept: tuple[float, ...]
    terms: tuple[Added, ...]
    total: tuple[float, ...]
    inside: tuple[str, ...] = ()

    kind = "sum"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "kind": self.kind,
            "text": self.text,
            "scores": list(self.scores),
            "intercept": list(self.intercept),
            "terms": [one.to_dict() for one in self.terms],
            "total": list(self.total),
            "inside": list(self.inside),
        }


@dataclass(frozen=True)
class Step:
    """What changes of one column.

    Attributes
    ----------
    column : str
        Its name.
    before, after : number, category or None
        Its value, as its owner writes it; None for a missing one.
    text : str
        Both in words.
    cost : float
        What it counts of the size of the change.
    """

    column: str
    before: Any
    after: Any
    text: str
    cost: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "column": self.column,
            "before": plain(self.before),
            "after": plain(self.after),
            "text": self.text,
            "cost": self.cost,
        }


@dataclass(frozen=True)
class Change:
    """The smallest change that makes the student decide otherwise, or that there is none.

    Attributes
    ----------
    wanted : str
        Which other decision was looked for.
    limits : str
        Within which limits.
    steps : tuple of Step
        The columns that change; empty where no change within the limits does it.
    cost : float
        The size: 1 for each column, and of numbers the difference in ranges of the learnt rows, of
        categories 1. NaN without a change.
    how : str
        How sure it is that nothing smaller does it.
    student : Said or None
        What the student says after it, asked itself.
    teacher : Said or None
        What the teacher says after it.
    teacher_note : str
        Why the teacher was not asked; empty where it was.
    shared : bool or None
        Whether the teacher then says what was wanted too, a class or a number within the target;
        None where it is not known.
    moves_teacher : bool or None
        Whether that is another answer than the teacher gave before.
    because : tuple of str
        Constraints of the student that explain which way it goes, or that there is none.
    """

    wanted: str
    limits: str
    steps: tuple[Step, ...]
    cost: float
    how: str
    student: Said | None
    teacher: Said | None
    teacher_note: str
    shared: bool | None
    moves_teacher: bool | None
    because: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The change in words."""
        return " and ".join(step.text for step in self.steps) or "none"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "wanted": self.wanted,
            "limits": self.limits,
            "steps": [step.to_dict() for step in self.steps],
            "cost": self.cost if isfinite(self.cost) else None,
            "how": self.how,
            "student": None if self.student is None else self.student.to_dict(),
            "teacher": None if self.teacher is None else self.teacher.to_dict(),
            "teacher_note": self.teacher_note,
            "shared": self.shared,
            "moves_teacher": self.moves_teacher,
            "because": list(self.because),
        }


def plain(value: Any) -> Plain:
    """Return what JSON can hold: texts, numbers and truth values as they are, None for no number.

    Dicts, lists and tuples are gone through.
    """
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def figure(value: float) -> str:
    """Write a number to read: four digits, more only before the point."""
    if value != value:
        return "-"
    return f"{value:.0f}" if abs(value) >= 1e4 and abs(value) < 1e15 else f"{value:.4g}"
