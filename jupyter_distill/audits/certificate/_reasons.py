"""Why a row is decided as it is: what each column adds, against rows that were learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._reading import (
    Boxes,
    Reading,
    RulesReading,
    TreeReading,
    inside,
)
from jupyter_distill.audits.certificate._reading_sums import EbmReading, LinearReading, said_of
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation

Floats = NDArray[np.float64]

BACKGROUND = 100  # learnt rows that stand for "a row of which a column is not known"
FEW = 8  # columns of a net up to which all of their sets are tried
ORDERS = 16  # orders of more columns that are drawn, each also turned around


@dataclass(frozen=True)
class Reason:
    """What one column adds to a decision.

    Attributes
    ----------
    column : str
        Its name.
    value : str
        What the row holds of it, as a sentence says it: ``income = 21000``.
    weight : float
        By how much it moves the score towards the decision that was taken (below 0: away from it),
        against rows that were learnt from. A Shapley value: with all others and the mean over those
        rows it adds up to the score.
    """

    column: str
    value: str
    weight: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"column": self.column, "value": self.value, "weight": self.weight}


@dataclass(frozen=True)
class Reasons:
    """The columns by what they add to a decision, the weightiest first.

    Attributes
    ----------
    score : str
        What is added up, e.g. ``log-odds of denied against granted``.
    base : float
        Its mean over the rows that the row is compared with.
    student : tuple of Reason
        Of the student, those for the decision first.
    how : str
        How they were computed.
    """

    score: str
    base: float
    student: tuple[Reason, ...]
    how: str

    def principal(self, most: int = 4) -> tuple[Reason, ...]:
        """Return the main reasons for the decision, at most four unless told otherwise."""
        return tuple(one for one in self.student if one.weight > 0)[:most]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "score": self.score,
            "base": self.base,
            "student": [one.to_dict() for one in self.student],
            "how": self.how,
        }


def reasons(
    d: Distillation, reading: Reading, table: Table, against: Sequence[tuple[int, int]]
) -> list[Reasons]:
    """Return the reasons for the student's answers.

    Parameters
    ----------
    d : Distillation
        Whose student, and whose learnt rows the rows are compared with.
    reading : Reading
        The student as it is read.
    table : Table
        The rows.
    against : sequence of (int, int), length n
        For each row the code of the class that is named and of the one that it is held against;
        of a regression anything.

    References
    ----------
    S. M. Lundberg, S.-I. Lee: A Unified Approach to Interpreting Model Predictions, 2017.
    S. M. Lundberg et al.: From local explanations to global understanding with explainable AI for
    trees, 2020 (interventional Shapley values of trees).
    """
    background = d.table.values[_some(d.rows.learnt, d.random_state)]
    found = []
    for i in range(table.n_rows):
        row = table.values[i]
        phi, how = _attributed(reading, row, background)  # (d, K)
        base = reading.output(background).mean(0)
        name, turn = _turned(reading, against[i])
        weights = phi @ turn
        order = np.argsort(-weights, kind="stable")
        told = tuple(
            Reason(table.columns[j].name, said_of(table.columns[j], row[j]), float(weights[j]))
            for j in order
            if j in reading.used
        )
        how = f"{how}, against {len(background)} rows that were learnt from"
        found.append(Reasons(name, float(base @ turn), told, how))
    return found


def _turned(reading: Reading, pair: tuple[int, int]) -> tuple[str, Floats]:
    """Return the name of what is added up, and how outputs become it."""
    if not reading.classes:
        return "prediction", np.ones(1)
    named, other = pair
    turn = np.zeros(len(reading.classes))
    turn[named], turn[other] = 1.0, -1.0
    return f"log-odds of {reading.classes[named]} against {reading.classes[other]}", turn


def _some(rows: NDArray[np.intp], seed: int | None) -> NDArray[np.intp]:
    # those that attributions of both models are drawn against, so that the two agree
    return np.random.default_rng([0 if seed is None else seed, 2]).permutation(rows)[:BACKGROUND]


def _attributed(reading: Reading, row: Floats, background: Floats) -> tuple[Floats, str]:
    """Return Shapley values of one row, shape (d, K), and how they came about."""
    if isinstance(reading, TreeReading | RulesReading):
        return of_boxes(reading.boxes, row, background), "exact Shapley values over the leaves"
    if isinstance(reading, LinearReading | EbmReading):
        return _of_sums(reading, row, background), "exact Shapley values of the sum"
    return _of_any(reading, row, background)


def of_boxes(boxes: Boxes, row: Floats, background: Floats) -> Floats:
    """Return exact interventional Shapley values of parts that do not overlap, shape (d, K).

    A part speaks for a set of columns S where S comes from the row and the rest from a background
    row: if those that only the row fulfils (a of them) are in S, and those that only the background
    row does (b) are not. Then each of the former gets (a - 1)! b! / (a + b)!, each of the latter
    loses a! (b - 1)! / (a + b)!.
    """
    phi = np.zeros((len(row), boxes.says.shape[1]))
    for box, says in zip(boxes.limits, boxes.says, strict=True):
        columns = list(box)
        if not columns:
            continue
        ours = np.array([inside(box[j], row[[j]])[0] for j in columns])
        theirs = np.column_stack([inside(box[j], background[:, j]) for j in columns])
        alive = (ours | theirs).all(1)
        only_ours, only_theirs = ours & ~theirs[alive], ~ours & theirs[alive]
        a, b = only_ours.sum(1), only_theirs.sum(1)
        gain = np.array([_share(x - 1, y, x + y) for x, y in zip(a, b, strict=True)])
        loss = np.array([_share(x, y - 1, x + y) for x, y in zip(a, b, strict=True)])
        moved = (only_ours * gain[:, None] - only_theirs * loss[:, None]).sum(0) / len(background)
        phi[columns] += moved[:, None] * says
    return phi


def _share(one: int, other: int, together: int) -> float:
    if one < 0 or other < 0:
        return 0.0
    return factorial(one) * factorial(other) / factorial(together)


def _of_sums(reading: LinearReading | EbmReading, row: Floats, background: Floats) -> Floats:
    """Return Shapley values of a sum: part by part, those of two columns by both orders."""
    phi = np.zeros((len(row), reading.intercept.size))
    here, there = reading.parts(row[None]), reading.parts(background)
    mixed: dict[int, list[Any]] = {}
    for t, (own, others) in enumerate(zip(here, there, strict=True)):
        if len(own.columns) == 1:
            phi[own.columns[0]] += (own.adds - others.adds).mean(0)
            continue
        halves = []
        for j in own.columns:  # the row's value of one column, in the background rows
            if j not in mixed:
                rows = background.copy()
                rows[:, j] = row[j]
                mixed[j] = reading.parts(rows)
            halves.append(mixed[j][t].adds)
        for mine, rest, j in (
            (halves[0], halves[1], own.columns[0]),
            (*halves[::-1], own.columns[1]),
        ):
            phi[j] += ((mine - others.adds) + (own.adds - rest)).mean(0) / 2
    return np.hstack([-phi / 2, phi / 2]) if len(reading.classes) == 2 else phi


def _of_any(reading: Reading, row: Floats, background: Floats) -> tuple[Floats, str]:
    """Return Shapley values of a function: exact for few columns, else over drawn orders."""
    used = list(reading.used)
    width = max(len(reading.classes), 1)
    phi = np.zeros((len(row), width))

    def value(chosen: frozenset[int]) -> Floats:
        if chosen not in known:
            rows = background.copy()
            for j in chosen:
                rows[:, j] = row[j]
            known[chosen] = reading.output(rows).mean(0)
        return known[chosen]

    known: dict[frozenset[int], Floats] = {}
    m = len(used)
    if m <= FEW:
        for j in used:
            others = [k for k in used if k != j]
            for size in range(m):
                share = _share(size, m - 1 - size, m)
                for chosen in combinations(others, size):
                    now = frozenset(chosen)
                    phi[j] += share * (value(now | {j}) - value(now))
        return phi, f"exact Shapley values over all sets of {m} columns"
    rng = np.random.default_rng(0)
    for _ in range(ORDERS):
        order = rng.permutation(used)
        for way in (order, order[::-1]):
            taken: frozenset[int] = frozenset()
            for j in way.tolist():
                phi[j] += (value(taken | {j}) - value(taken)) / (2 * ORDERS)
                taken |= {j}
    return phi, f"Shapley values over {2 * ORDERS} drawn orders of {m} columns"
