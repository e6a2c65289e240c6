"""The smallest changes of rows, put into words and put to both models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._classes import as_python
from jupyter_distill._validation import expected
from jupyter_distill.audits.certificate._asked_again import Answers, ask, said
from jupyter_distill.audits.certificate._cases import Cases
from jupyter_distill.audits.certificate._certified import Change, Said, Step, figure
from jupyter_distill.audits.certificate._changed import changed
from jupyter_distill.audits.certificate._goal import Goal
from jupyter_distill.audits.certificate._reading import Reading, truly
from jupyter_distill.audits.certificate._reading_sums import held
from jupyter_distill.audits.certificate._room import Room
from jupyter_distill.audits.certificate._smallest import Found, smallest
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation

Floats = NDArray[np.float64]
NOTHING = float("nan")


@dataclass(frozen=True, eq=False)
class Search:
    """Looks for changes of many rows.

    Attributes
    ----------
    d : Distillation
        Whose student.
    reading : Reading
        The student as it is read.
    rooms : tuple of Room
        Where columns may go.
    limits : str
        The same in words.
    allowed : bool
        Whether the teacher may be asked.
    """

    d: Distillation
    reading: Reading
    rooms: tuple[Room, ...]
    limits: str
    allowed: bool

    def of(
        self,
        cases: Cases,
        goals: Sequence[Goal | None],
        before: Sequence[Said],
        teacher: Sequence[Said | None],
    ) -> list[Change | None]:
        """Return the change of each row; None where no other decision was asked for."""
        table = cases.table
        found: list[Found | None] = []
        for i, goal in enumerate(goals):
            row = table.values[i]
            if goal is None or goal.met(self.reading.output(row[None]))[0]:
                found.append(None)
                continue
            rows = self.d.table.values
            found.append(smallest(self.reading, row, goal, self.rooms, rows))
        moved = [i for i, one in enumerate(found) if one is not None and one.values is not None]
        after, answers = self._after(cases, found, moved)
        changes: list[Change | None] = []
        for i, (one, goal) in enumerate(zip(found, goals, strict=True)):
            if goal is None:
                changes.append(None)
                continue
            change = self._empty(goal, before[i], one)
            if one is not None and i in moved:
                at = moved.index(i)
                told = None if answers.values is None else said(self.d, answers.values[at])
                change = replace(
                    change,
                    steps=self._steps(table, i, after, at),
                    cost=one.cost,
                    student=said(self.d, truly(self.d.student, after)[at]),
                    teacher=told,
                    teacher_note=answers.note,
                    shared=None if told is None else self._shared(goal, told),
                    moves_teacher=_moved(teacher[i], told),
                )
            changes.append(change)
        return changes

    def _after(
        self, cases: Cases, found: Sequence[Found | None], moved: list[int]
    ) -> tuple[Table, Answers]:
        """Return the changed rows, checked with the student, and what the teacher says of them."""
        table = cases.table
        if not moved:
            return table, Answers(None)
        at = np.array(moved)
        values = np.array([found[i].values for i in moved])  # type: ignore[union-attr]
        after = changed(self.d.table, table.take(at), values)
        output = truly(self.d.student, after)
        wrong = ~np.isclose(after.values, values, rtol=0, atol=0, equal_nan=True).all(1)
        if wrong.any():
            i = int(wrong.argmax())
            raise RuntimeError(
                expected(
                    f"the change of row {cases.labels[moved[i]]!r} to be kept as it is written",
                    got=f"{after.values[i].tolist()} in place of {values[i].tolist()}",
                )
            )
        self.reading.check(after.values, output)
        return after, ask(self.d, after, allowed=self.allowed, unlike=cases.unlike)

    def _empty(self, goal: Goal, before: Said, found: Found | None) -> Change:
        how = "the decision is that already"
        if found is not None:
            how = found.how if found.values is not None else _none(found)
        wanted = self._wanted(goal, before)
        return Change(wanted, self.limits, (), NOTHING, how, None, None, "", None, None)

    def _wanted(self, goal: Goal, before: Said) -> str:
        if not goal.classes:
            ends = [f">= {figure(goal.low)}" if np.isfinite(goal.low) else ""]
            ends.append(f"<= {figure(goal.high)}" if np.isfinite(goal.high) else "")
            return f"a prediction {' and '.join(end for end in ends if end)}"
        names = [str(self.d.targets.classes[k]) for k in goal.classes]
        others = len(names) == len(self.d.targets.classes) - 1 and str(before.answer) not in names
        return (
            f"another class than {before.answer}"
            if others and len(names) > 1
            else " or ".join(names)
        )

    def _steps(self, table: Table, i: int, after: Table, at: int) -> tuple[Step, ...]:
        steps = []
        for j, room in enumerate(self.rooms):
            x, new = float(table.values[i, j]), float(after.values[at, j])
            cost = room.cost(x, new)
            if cost == 0:
                continue
            was, now = table.cell(i, j), after.cell(at, j)
            text = f"{room.column.name} from {held(table, i, j)} to {room.column.text(new)}"
            steps.append(Step(room.column.name, as_python(was), as_python(now), text, cost))
        return tuple(sorted(steps, key=lambda step: -step.cost))

    def _shared(self, goal: Goal, after: Said) -> bool:
        """Return whether the teacher says what was wanted too."""
        if not goal.classes:
            return bool(goal.low <= after.answer <= goal.high)
        return after.answer in [as_python(self.d.targets.classes[k]) for k in goal.classes]


def _moved(before: Said | None, after: Said | None) -> bool | None:
    """Return whether an answer is another than before."""
    if before is None or after is None:
        return None
    return bool(before.answer != after.answer)


def _none(found: Found) -> str:
    if found.exact:
        return "no change within the limits does it"
    return "no change within the limits was found that does it"


def in_words(rooms: Sequence[Room], immutable: Sequence[str], limits: Any, fill: bool) -> str:
    """Say within which limits a change is looked for."""
    parts = []
    if immutable:
        parts.append(f"{', '.join(immutable)} may not change")
    names = {"+": "only rise", "-": "only fall"}
    for name in limits or {}:
        room = next(one for one in rooms if one.column.name == name)
        if room.column.kind != "numeric":
            texts = [room.column.text(code) for code in room.codes.tolist()]
            parts.append(f"{name} may be {', '.join(texts)}")
        elif room.sign:
            parts.append(f"{name} may {names['+' if room.sign > 0 else '-']}")
        else:
            parts.append(
                f"{name} from {room.column.text(room.low)} to {room.column.text(room.high)}"
            )
    rest = "the others stay among the values of the rows that were learnt from"
    if not parts:
        rest = "all columns stay among the values of the rows that were learnt from"
    gaps = "" if fill else "; a missing value stays missing"
    return "; ".join([*parts, rest]) + gaps


def verified(change: Change | None) -> str:
    """Say how what is certified was checked."""
    told = (
        "What is shown was read from the student and applied to the row again, without the "
        "student: it comes to the student's very answer."
    )
    if change is not None and change.steps:
        told += " The row after the change was put to the student itself: the decision is another."
    return told
