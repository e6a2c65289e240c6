"""The smallest change of a row that makes the student decide otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._goal import Goal
from jupyter_distill.audits.certificate._reading import ChoiceReading, Reading
from jupyter_distill.audits.certificate._reading_sums import (
    EbmReading,
    LinearReading,
    NetReading,
    SumReading,
)
from jupyter_distill.audits.certificate._room import Room
from jupyter_distill.audits.certificate._smallest_search import searched, searched_alone
from jupyter_distill.audits.certificate._smallest_sums import Unsolved, candidates, solved

Floats = NDArray[np.float64]

EXACT = "no smaller change within the limits does it"
ROUNDED = EXACT + ", up to the rounding of numbers"
SEARCHED = "found by search: a smaller one may exist"


@dataclass(frozen=True, eq=False)
class Found:
    """A change that was found.

    Attributes
    ----------
    values : ndarray of shape (d,) or None
        The row after it; None where none was found.
    cost : float
        See :func:`cost_of`.
    exact : bool
        Whether it is known that nothing smaller does it (or that nothing does).
    rounded : bool
        Whether numbers were rounded, to the precision of their columns, after that.
    """

    values: Floats | None
    cost: float
    exact: bool
    rounded: bool = False

    @property
    def how(self) -> str:
        """How sure it is that nothing smaller does it."""
        if not self.exact:
            return SEARCHED
        return ROUNDED if self.rounded else EXACT


def cost_of(rooms: Sequence[Room], row: Floats, new: Floats) -> float:
    """Return the size of a change.

    Each column that changes counts 1; and of a number the difference in ranges of the learnt rows,
    of a category 1 (Gower's distance). So few columns come before short ways.
    """
    return sum(room.cost(float(x), float(v)) for room, x, v in zip(rooms, row, new, strict=True))


def smallest(
    reading: Reading, row: Floats, goal: Goal, rooms: Sequence[Room], rows: Floats
) -> Found:
    """Return the smallest change after which the student's answer meets a goal.

    Of trees and rules all leaves are looked at; of sums of coefficients or shapes a mixed-integer
    program is solved: both are exact, but for the rounding of numbers that coefficients multiply,
    to the precision of their columns, afterwards. A net is searched.

    Parameters
    ----------
    reading : Reading
        The student.
    row : ndarray of shape (d,)
        The row as it is.
    goal : Goal
        What is wanted.
    rooms : sequence of Room
        Where each column may go.
    rows : ndarray of shape (n, d)
        Real rows, from which a search may start.
    """
    if isinstance(reading, ChoiceReading):
        return _over_boxes(reading, row, goal, rooms)
    if isinstance(reading, LinearReading | EbmReading):
        try:
            values = solved(reading, row, goal, rooms)
        except Unsolved:
            values = searched(reading, row, goal, rooms, rows)
            return _found(rooms, row, values, exact=False)
        found = _found(rooms, row, values, exact=True)
        return replace(found, rounded=isinstance(reading, LinearReading))
    assert isinstance(reading, NetReading)
    if all(rooms[j].stays(float(row[j])) for j in reading.used):
        return Found(None, np.inf, True)
    return _found(rooms, row, searched(reading, row, goal, rooms, rows), exact=False)


def _found(rooms: Sequence[Room], row: Floats, values: Floats | None, *, exact: bool) -> Found:
    cost = np.inf if values is None else cost_of(rooms, row, values)
    return Found(values, cost, exact)


def _over_boxes(reading: ChoiceReading, row: Floats, goal: Goal, rooms: Sequence[Room]) -> Found:
    best = Found(None, np.inf, True)
    met = goal.met(reading.boxes.says)
    for i in np.flatnonzero(met):
        new = row.copy()
        for j, limit in reading.boxes.limits[i].items():
            value = rooms[j].nearest(float(row[j]), limit)
            if value is None:
                break
            new[j] = value
        else:
            cost = cost_of(rooms, row, new)
            if cost < best.cost:
                best = Found(new, cost, True)
    return best


def alone(
    reading: SumReading, row: Floats, goal: Goal, rooms: Sequence[Room], j: int
) -> Floats | None:
    """Return the row after the smallest change of one column that meets a goal; None without one.

    Of a net the change is searched for, over a grid.
    """
    if rooms[j].stays(float(row[j])):
        return None
    only = [room if i == j else replace(room, fixed=True) for i, room in enumerate(rooms)]
    if isinstance(reading, LinearReading) and rooms[j].column.kind == "numeric":
        return smallest(reading, row, goal, only, row[None]).values
    if not isinstance(reading, LinearReading | EbmReading):
        return searched_alone(reading, row, goal, only)
    values = candidates(reading, rooms[j], float(row[j]), j)
    rows = np.tile(row, (len(values), 1))
    rows[:, j] = values
    met = rows[goal.met(reading.output(rows))] if len(rows) else rows
    costs = [rooms[j].cost(float(row[j]), float(new[j])) for new in met]
    return met[int(np.argmin(costs))] if costs else None
