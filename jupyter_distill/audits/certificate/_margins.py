"""How far a row is from each threshold, and what the student says beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._goal import Goal
from jupyter_distill.audits.certificate._reading import ChoiceReading, Reading, RulesReading
from jupyter_distill.audits.certificate._reading_sums import SumReading, shown
from jupyter_distill.audits.certificate._room import Room
from jupyter_distill.audits.certificate._smallest import alone
from jupyter_distill.explanation import Box, Limit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Margin:
    """One threshold, or one set of values, and how far the row is from it.

    Attributes
    ----------
    column : str
        Which column it is of.
    condition : str
        What holds of the row, in the owner's words.
    value : str
        What the row has.
    threshold : float
        Of a number: where the condition ends; NaN otherwise.
    distance : float
        By how much the value may move until there, in the column's unit; NaN otherwise.
    spreads : float
        The same in standard deviations of the learnt rows.
    others : tuple of str
        Of a category: values for which the condition does not hold.
    beyond : str
        What the student says there, if nothing else changes.
    flips : bool
        Whether that is another answer; for a number given by a regression, another number.
    """

    column: str
    condition: str
    value: str
    threshold: float
    distance: float
    spreads: float
    others: tuple[str, ...]
    beyond: str
    flips: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Margins:
    """Measures margins.

    Parameters
    ----------
    reading : Reading
        The student.
    rooms : sequence of Room
        Where columns may go if nobody limits them.
    spreads : ndarray of shape (d,)
        Standard deviation of each number over the learnt rows.
    answer : callable
        Says an output, shape (1, K), in words.
    """

    def __init__(
        self, reading: Reading, rooms: Sequence[Room], spreads: Floats, answer: Any
    ) -> None:
        self.reading, self.rooms, self.spreads, self.answer = reading, rooms, spreads, answer

    def of(self, row: Floats) -> tuple[Margin, ...]:
        """Return the margins of one row, the narrowest numbers first."""
        reading = self.reading
        if isinstance(reading, ChoiceReading):
            place = int(reading.place(row[None])[0])
            found = self._of_limits(row, reading.asked[place])
            if isinstance(reading, RulesReading):
                found += self._of_earlier(row, reading.asked[:place])
        else:
            found = self._of_sum(row)
        return tuple(sorted(found, key=_narrow))

    def _of_limits(self, row: Floats, box: Box) -> list[Margin]:
        found = []
        for j, limit in box.items():
            x = float(row[j])
            numeric = limit.codes is None
            if numeric and not np.isnan(x):
                for end, above in ((limit.low, False), (limit.high, True)):
                    if np.isfinite(end):
                        found.append(self._threshold(row, j, limit, end, above))
            else:
                found.append(self._others(row, j, limit))
        return found

    def _of_earlier(self, row: Floats, rules: Sequence[Box]) -> list[Margin]:
        """Return how far each earlier rule is from holding, where one condition alone fails."""
        found = []
        for i, rule in enumerate(rules):
            wrong = [(j, limit) for j, limit in rule.items() if not limit.holds(row[[j]])[0]]
            if len(wrong) > 1:
                continue
            ((j, limit),) = wrong
            x, asked = float(row[j]), limit.text(in_full=True)
            text = f"rule {i + 1} does not hold, as not: {asked}"
            if limit.codes is None and not np.isnan(x):
                below = x <= limit.low
                end = limit.low if below else limit.high
                if not np.isfinite(end) or limit.low >= limit.high:
                    continue  # it asks for a missing value
                way = self.rooms[j].precision
                to = way.above(end, np.inf) if below else way.below(end, -np.inf)
                to = end if to is None else to
                found.append(self._margin(row, j, text, to, end, abs(end - x)))
            elif limit.codes:
                names = tuple(limit.column.text(code) for code in sorted(limit.codes))
                to = float(min(limit.codes))
                found.append(self._margin(row, j, text, to, np.nan, np.nan, names))
        return found

    def _threshold(self, row: Floats, j: int, limit: Limit, end: float, above: bool) -> Margin:
        x, room = float(row[j]), self.rooms[j]
        # beyond: the next number in the column's own precision
        beyond = room.precision.below(end, -np.inf)
        if above:
            beyond = room.precision.above(end, np.inf)
        other = end if beyond is None else beyond
        of = Limit(limit.column, -np.inf, end, None, limit.missing, False)
        if not above:
            of = Limit(limit.column, end, np.inf, None, limit.missing, False)
        return self._margin(row, j, of.text(), other, end, abs(end - x))

    def _others(self, row: Floats, j: int, limit: Limit) -> Margin:
        column, x = limit.column, float(row[j])
        if column.kind == "numeric":  # it is missing
            ways = self._beyond(j, limit)
            made = [self._margin(row, j, limit.text(), to, np.nan, np.nan) for to in ways]
            return next((one for one in made if one.flips), made[0])
        outside = [
            code
            for code in self.rooms[j].codes.tolist()
            if not limit.holds(np.array([float(code)]))[0]
        ]
        names = tuple(column.text(code) for code in outside)
        to = float(outside[0]) if outside else x
        return self._margin(row, j, limit.text(in_full=True), to, np.nan, np.nan, names)

    def _beyond(self, j: int, limit: Limit) -> list[float]:
        """Return numbers that do not fulfil a limit, one of every part that the student tells."""
        room, reading = self.rooms[j], self.reading
        of = reading.asked if isinstance(reading, ChoiceReading) else ()
        told = [box[j] for box in of if j in box and box[j].codes is None]
        ends = {end for one in told for end in (one.low, one.high) if np.isfinite(end)}
        above = [room.precision.above(end, np.inf) for end in ends]
        numbers = sorted({room.middle, *ends, *(float(x) for x in above if x is not None)})
        return [x for x in numbers if not limit.low < x <= limit.high] or [room.middle]

    def _margin(
        self,
        row: Floats,
        j: int,
        condition: str,
        to: float,
        end: float,
        distance: float,
        others: tuple[str, ...] = (),
    ) -> Margin:
        new = row.copy()
        new[j] = to
        before, after = self.reading.output(np.vstack([row, new]))
        column, spread = self.rooms[j].column, float(self.spreads[j])
        flips = (
            before.argmax() != after.argmax()
            if self.reading.classes
            else bool(before[0] != after[0])
        )
        return Margin(
            column.name,
            condition,
            shown(column, float(row[j])),
            end,
            distance,
            distance / spread if spread > 0 else float("nan"),
            others,
            self.answer(after[None]),
            bool(flips),
        )

    def _of_sum(self, row: Floats) -> list[Margin]:
        """Return for each column the nearest value that by itself gives another class."""
        reading = self.reading
        if not reading.classes or not isinstance(reading, SumReading):
            return []
        named = int(reading.output(row[None])[0].argmax())
        goal = Goal(tuple(k for k in range(len(reading.classes)) if k != named))
        found = []
        for j in reading.used:
            new = alone(reading, row, goal, self.rooms, j)
            if new is None or new[j] == row[j]:
                continue
            column, x, to = self.rooms[j].column, float(row[j]), float(new[j])
            if column.kind == "numeric" and not np.isnan(x):
                text = f"{column.name} {'<' if to > x else '>'} {column.text(to)}"
                found.append(self._margin(row, j, text, to, to, abs(to - x)))
            else:
                others = (column.text(to),)
                text = f"{column.name} is {column.text(x)}"
                found.append(self._margin(row, j, text, to, np.nan, np.nan, others))
        return found

    def failed(self, row: Floats) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Return for each rule before the one that holds what of it does not hold."""
        if not isinstance(self.reading, RulesReading):
            return ()
        place = int(self.reading.place(row[None])[0])
        found = []
        for i, rule in enumerate(self.reading.asked[:place]):
            wrong = tuple(
                limit.text(in_full=True)
                for j, limit in rule.items()
                if not limit.holds(row[[j]])[0]
            )
            found.append((i, wrong))
        return tuple(found)


def _narrow(margin: Margin) -> float:
    return margin.spreads if margin.spreads == margin.spreads else float("inf")
