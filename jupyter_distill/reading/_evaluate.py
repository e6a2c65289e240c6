"""The reference: what a form answers, worked out with numpy from nothing but the form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.explanation import holds
from jupyter_distill.reading._form import (
    Addend,
    Ask,
    Axis,
    Choice,
    Clause,
    Form,
    Line,
    Steps,
    Sums,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answers:
    """What was answered to n rows.

    Attributes
    ----------
    named : ndarray of int, shape (n,), or None
        Place of the class that is named; None for a regression.
    numbers : ndarray of shape (n, K) or (n, 1), or None
        Probabilities, or the predictions; None where a format holds labels alone.
    """

    named: NDArray[np.intp] | None
    numbers: Floats | None


def evaluate(form: Form, values: Floats) -> Answers:
    """Answer rows that are coded like those of a :class:`Table`.

    Parameters
    ----------
    form : Form
        The student.
    values : ndarray of shape (n, d)
        Numbers, or codes of categories; NaN where missing, -1 where never seen.
    """
    body = form.body
    if isinstance(body, Choice):
        reached = decided(body, values)
        numbers = np.array([body.outcomes[int(r)] for r in reached]).reshape(len(values), -1)
        named = np.array([body.named[int(r)] for r in reached], dtype=np.intp)
        return Answers(named if form.classes else None, numbers)
    scores = _sums(body.sums, values)
    if body.hidden is not None:
        scores = scores + np.tanh(_sums(body.hidden, values)) @ np.array(body.out)
    if not form.classes:
        return Answers(None, scores)
    if len(form.classes) == 2:
        half = scores[:, 0] / 2
        return Answers((scores[:, 0] > 0).astype(np.intp), softmax(np.column_stack([-half, half])))
    return Answers(scores.argmax(1), softmax(scores))


def decided(body: Choice, values: Floats) -> NDArray[np.intp]:
    """Return the number of the leaf or rule that each row comes to."""
    if isinstance(body.how, tuple):
        return _by_rules(body.how, values)
    reached = np.empty(len(values), dtype=np.intp)
    _descend(body.how, values, np.arange(len(values)), reached)
    return reached


def _by_rules(rules: tuple[Clause, ...], values: Floats) -> NDArray[np.intp]:
    place = np.full(len(values), rules[-1].number, dtype=np.intp)
    for rule in rules[-2::-1]:
        place[holds(rule.box, values)] = rule.number
    return place


def _descend(
    how: Ask | int, values: Floats, rows: NDArray[np.intp], reached: NDArray[np.intp]
) -> None:
    if isinstance(how, int):
        reached[rows] = how
        return
    column, limit = how.question
    yes = limit.holds(values[rows, column])
    _descend(how.yes, values, rows[yes], reached)
    _descend(how.no, values, rows[~yes], reached)


def _sums(of: Sums, values: Floats) -> Floats:
    total = np.tile(np.array(of.intercept), (len(values), 1))
    for part in of.parts:
        total += adds(part, values)
    return total


def adds(part: Addend, values: Floats) -> Floats:
    """Return what a part adds to each row, shape (n, J)."""
    return _line(part, values) if isinstance(part, Line) else _steps(part, values)


def _line(part: Line, values: Floats) -> Floats:
    x = values[:, part.column, None]
    known = np.array(part.known) + np.array(part.slope) * (x - part.mean)
    return np.where(np.isnan(x), np.array(part.missing), known)


def _steps(part: Steps, values: Floats) -> Floats:
    place = bin_of(part.axes[0], values)
    for axis in part.axes[1:]:
        place = place * part.width + bin_of(axis, values)
    return np.array(part.scores)[place]


def bin_of(axis: Axis, values: Floats) -> NDArray[np.intp]:
    """Return the bin of each row."""
    x = values[:, axis.column]
    lost = np.isnan(x)
    if axis.cuts is not None:
        at = np.searchsorted(axis.cuts, np.where(lost, 0.0, x), side="left")
        found = np.array(axis.bins, dtype=np.intp)[at]
    else:  # the last entry is met by code -1
        found = np.array([*axis.bins, axis.other], dtype=np.intp)[np.where(lost, -1, x).astype(int)]
    return np.where(lost, axis.missing, found)
