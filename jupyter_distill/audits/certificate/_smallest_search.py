"""A search for a small change where answers bend: along columns, over pairs, from real rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._goal import Goal
from jupyter_distill.audits.certificate._reading import Reading
from jupyter_distill.audits.certificate._room import Room

Floats = NDArray[np.float64]

ALONE, TOGETHER = 101, 13  # values of a column that are tried alone, and with another column
AT_ONCE = 200_000  # rows of pairs, at most: of more columns those that move the answer most
BEGINNINGS = 6  # rows that already have another answer, from which columns are put back
BETWEEN, ROUNDS = (
    33,
    5,
)  # points between two numbers, and how often it is looked between two of them


def searched(
    reading: Reading, row: Floats, goal: Goal, rooms: Sequence[Room], rows: Floats
) -> Floats | None:
    """Return the row after the smallest change that a search finds; None if it finds none.

    Every column alone over a grid; every two of them over a coarser one; then real rows with the
    wanted answer, of which column after column is put back to what it was. Numbers are then drawn
    back as far as the goal allows.
    """
    search = _Search(reading, row, goal, rooms)
    best = search.nearest(search.alone())
    if best is not None and search.cost(best) <= 2:  # two columns cost more
        return best
    found = [best, search.nearest(search.together()), search.nearest(search.put_back(rows))]
    known = [one for one in found if one is not None]
    return min(known, key=search.cost) if known else None


def searched_alone(
    reading: Reading, row: Floats, goal: Goal, rooms: Sequence[Room]
) -> Floats | None:
    """Return the row after the smallest change of one column that a search finds, if any."""
    search = _Search(reading, row, goal, rooms)
    return search.nearest(search.alone())


class _Search:
    def __init__(self, reading: Reading, row: Floats, goal: Goal, rooms: Sequence[Room]) -> None:
        self.reading, self.row, self.goal, self.rooms = reading, row, goal, rooms
        self.free = [j for j in reading.used if not rooms[j].stays(float(row[j]))]

    def met(self, rows: Floats) -> NDArray[np.bool_]:
        return self.goal.met(self.reading.output(rows))

    def cost(self, new: Floats) -> float:
        return sum(
            room.cost(float(x), float(v))
            for room, x, v in zip(self.rooms, self.row, new, strict=True)
        )

    def nearest(self, rows: Floats) -> Floats | None:
        """Return the cheapest of some rows that meet the goal, drawn back as far as it goes."""
        rows = rows[self.met(rows)] if len(rows) else rows
        if not len(rows):
            return None
        order = np.argsort([self.cost(new) for new in rows], kind="stable")[:BEGINNINGS]
        return min((self.drawn_back(rows[i]) for i in order), key=self.cost)

    def _with(self, j: int, values: Floats) -> Floats:
        return self._from(self.row, j, values)

    def _from(self, row: Floats, j: int, values: Floats) -> Floats:
        rows = np.tile(row, (len(values), 1))
        rows[:, j] = values
        return rows

    def alone(self) -> Floats:
        """Return the row with every column moved by itself."""
        found = [self._with(j, self._grid(j, ALONE)) for j in self.free]
        return np.concatenate(found) if found else self.row[None][:0]

    def _grid(self, j: int, most: int) -> Floats:
        room, x = self.rooms[j], float(self.row[j])
        return room.values(x, len(room.codes) if room.column.kind != "numeric" else most)

    def together(self) -> Floats:
        """Return the row with every two columns moved."""
        grids = {j: self._grid(j, TOGETHER) for j in self.free}
        pairs = list(combinations(self._telling(grids), 2))
        found, size = [], 0
        for a, b in pairs:
            size += len(grids[a]) * len(grids[b])
            if size > AT_ONCE:
                break
            rows = np.tile(self.row, (len(grids[a]) * len(grids[b]), 1))
            rows[:, a] = np.repeat(grids[a], len(grids[b]))
            rows[:, b] = np.tile(grids[b], len(grids[a]))
            found.append(rows)
        return np.concatenate(found) if found else self.row[None][:0]

    def _telling(self, grids: dict[int, Floats]) -> list[int]:
        """Return the columns, those that move the answer most by themselves first."""
        own = self.reading.output(self.row[None])
        moved = {
            j: float(np.ptp(self.reading.output(self._with(j, grid)) - own, axis=0).max(initial=0))
            if len(grid)
            else 0.0
            for j, grid in grids.items()
        }
        return sorted(grids, key=lambda j: -moved[j])

    def put_back(self, rows: Floats) -> Floats:
        """Return real rows that meet the goal, with as many columns as possible put back."""
        mixed = np.tile(self.row, (len(rows), 1))
        for j in self.free:
            room, x = self.rooms[j], float(self.row[j])
            value = rows[:, j]
            allowed = np.isin(value, room.codes)
            if room.column.kind == "numeric":
                low, high = (room.low, room.high) if np.isnan(x) else room.bounds(x)
                with np.errstate(invalid="ignore"):
                    allowed = (value >= low) & (value <= high)
            mixed[allowed, j] = value[allowed]
        mixed = mixed[self.met(mixed)]
        order = np.argsort([self.cost(new) for new in mixed], kind="stable")[:BEGINNINGS]
        return np.array([self._fewer(mixed[i]) for i in order]).reshape(-1, len(self.row))

    def _fewer(self, new: Floats) -> Floats:
        """Put columns back, the dearest first, as long as the goal is met."""
        new = new.copy()
        costs = {j: self.rooms[j].cost(float(self.row[j]), float(new[j])) for j in self.free}
        for j in sorted(self.free, key=lambda j: -costs[j]):
            tried = new.copy()
            tried[j] = self.row[j]
            if self.met(tried[None])[0]:
                new = tried
        return new

    def drawn_back(self, new: Floats) -> Floats:
        """Draw every number back towards the row until the goal is only just met."""
        new = self._fewer(new)
        for j in self.free:
            if self.rooms[j].column.kind == "numeric" and not np.isnan(self.row[j]):
                if new[j] != self.row[j]:
                    new = self._nearer(new, j)
        return new

    def _nearer(self, new: Floats, j: int) -> Floats:
        far, near = float(new[j]), float(self.row[j])  # met, and not met
        for _ in range(ROUNDS):
            points = np.linspace(near, far, BETWEEN)
            met = self.met(self._from(new, j, points))
            met[-1] = True  # up to rounding it is `far`
            first = max(int(met.argmax()), 1)
            near, far = float(points[first - 1]), float(points[first])
        precision = self.rooms[j].precision
        if new[j] > self.row[j]:
            written = precision.above(float(np.nextafter(far, -np.inf)), float(new[j]))
        else:
            written = precision.below(far, float(new[j]))
        tried = new.copy()
        tried[j] = new[j] if written is None else written
        return tried if self.met(tried[None])[0] else new
