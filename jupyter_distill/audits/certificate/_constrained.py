"""The constraints that a student keeps, beside a decision, and how they bound another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._certified import Change
from jupyter_distill.audits.certificate._goal import Goal
from jupyter_distill.audits.certificate._room import Room
from jupyter_distill.constraints import Constraints
from jupyter_distill.distillation import Distillation
from jupyter_distill.students._constraints_report import Verdict

Floats = NDArray[np.float64]

PROVEN, CHECKED, VIOLATED, UNKNOWN = "proven", "checked", "violated", "unknown"
STATUS = {VIOLATED: "not kept", UNKNOWN: "not known"}


@dataclass(frozen=True)
class Constraint:
    """One constraint that a student was fitted with, and how it is known that it holds.

    Attributes
    ----------
    column : str
        What it is about; empty where it is about several columns.
    what : str
        The constraint in words.
    status : {"proven", "checked", "violated", "unknown"}
        ``"checked"``: it holds for the rows that were moved, and is not proven of others.
    method : str
        How it was looked at.
    sign : {1, -1, 0}
        Whether the answer may only rise or only fall with the column; 0 of all else.
    read : bool
        Whether the student reads the column, as far as a direction is about one.
    """

    column: str
    what: str
    status: str
    method: str
    sign: int = 0
    read: bool = True

    @property
    def holds(self) -> bool:
        """Whether it is proven or checked."""
        return self.status in (PROVEN, CHECKED)

    @property
    def text(self) -> str:
        """The constraint and how it is known: ``income may only raise P(yes): proven (...)``."""
        how = self.method.removeprefix("proven: ")
        return f"{self.what}: {STATUS.get(self.status, self.status)} ({how})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def constraints_of(d: Distillation) -> tuple[Constraint, ...]:
    """Return the constraints that the student was fitted with, each verified."""
    asked = getattr(d.template, "constraints", None) or Constraints()
    verdicts = iter(d.constraints_report(asked).verdicts)
    names = None if d.task == "regression" else d.targets.classes
    classes = None if names is None else list(np.asarray(names).tolist())
    found = []
    for demand in asked.check(d.table, classes):
        verdict = next(verdicts)
        column = d.table.names[demand.feature]
        of = "the prediction" if classes is None else f"P({classes[demand.of_class or 0]})"
        what = f"{column} may only {'raise' if demand.sign > 0 else 'lower'} {of}"
        one = _of(column, what, verdict)
        found.append(replace(one, sign=demand.sign, read=verdict.verdict != "not used"))
    found += [_of(name, f"{name} is not read", next(verdicts)) for name in asked.forbid]
    found += [_of(name, f"{name} is read", next(verdicts)) for name in asked.require]
    return (*found, *(_of("", verdict.what, verdict) for verdict in verdicts))


def _of(column: str, what: str, verdict: Verdict) -> Constraint:
    if verdict.verdict == "violated":
        how = f"{verdict.method}; {verdict.example}" if verdict.example else verdict.method
        return Constraint(column, what, VIOLATED, how)
    if verdict.verdict == "unknown":
        return Constraint(column, what, UNKNOWN, verdict.method)
    status = PROVEN if verdict.method.startswith("proven") else CHECKED
    return Constraint(column, what, status, verdict.method)


def only_read(rooms: Sequence[Room], used: Sequence[int]) -> tuple[Room, ...]:
    """Return where columns may go if those that the student does not read stay as they are."""
    return tuple(room if j in used else replace(room, fixed=True) for j, room in enumerate(rooms))


def bounded(
    changes: Sequence[Change | None],
    constraints: Sequence[Constraint],
    goals: Sequence[Goal | None],
    outputs: Floats,
) -> list[Change | None]:
    """Return changes that name the constraints which explain their way, or that there is none.

    Parameters
    ----------
    changes : sequence of Change or None
        As they were found.
    constraints : sequence of Constraint
        What the student keeps.
    goals : sequence of Goal or None
        What was wanted of each row.
    outputs : ndarray of shape (n, J)
        What the student says of the rows before it.
    """
    asked = zip(changes, goals, outputs, strict=True)
    return [_bounded(change, constraints, goal, output) for change, goal, output in asked]


def _bounded(
    change: Change | None, constraints: Sequence[Constraint], goal: Goal | None, output: Floats
) -> Change | None:
    if change is None or goal is None or goal.met(output[None])[0]:
        return change
    steps = {step.column: step for step in change.steps}
    need = _need(goal, output)
    told = []
    for one in constraints:
        if not one.sign or not one.holds or not one.read:
            continue
        fact = f"{one.what} ({one.status})"
        way = "larger" if need * one.sign > 0 else "smaller"
        if one.column in steps:
            # what is missing is neither larger nor smaller than any value
            clear = need and steps[one.column].before is not None
            told.append(f"{fact}, so that only a {way} value helps" if clear else fact)
        elif not steps and need:
            other = "smaller" if way == "larger" else "larger"
            told.append(f"{fact}, so that no {other} value leads there")
    return replace(change, because=tuple(told))


def _need(goal: Goal, output: Floats) -> int:
    """Return whether P(second class), or the number, has to rise or fall; 0 where that is open."""
    if not goal.classes:
        return 1 if output[0] < goal.low else -1
    if len(output) != 2:
        return 0  # another class may win while the probability of this one falls
    return 1 if goal.classes == (1,) else -1
