"""What a person should know before acting on one certificate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._shares import percent
from jupyter_distill._validation import some
from jupyter_distill.audits.certificate._certified import Change, Said, figure
from jupyter_distill.audits.certificate._margins import Margin
from jupyter_distill.audits.certificate._near_rows import Support
from jupyter_distill.audits.certificate._room import Room
from jupyter_distill.data import Table
from jupyter_distill.findings import Finding, Findings

Floats = NDArray[np.float64]

NARROW = 0.05  # spreads of a column, or probability, within which a decision is a near thing
USUAL = 0.95  # of held-out rows differ by less than what counts as a disagreement of numbers


def notable(
    student: Said,
    teacher: Said | None,
    usual: float,
    support: Support,
    strange: Sequence[str],
    margins: Sequence[Margin],
    change: Change | None,
) -> Findings:
    """Return the findings of one row.

    Parameters
    ----------
    student, teacher : Said
        What the two say.
    usual : float
        Of a regression: the difference that most held-out rows stay below.
    support : Support
        Rows that are like it.
    strange : sequence of str
        What of the row was not among what was learnt from.
    margins : sequence of Margin
        How far it is from each threshold.
    change : Change or None
        What would change the decision.
    """
    found = [
        _parted(student, teacher, usual),
        _unfaithful(support, regression=not student.probabilities),
        _strange(strange),
        _alone(change),
        _narrow(student, margins),
    ]
    return Findings.ordered(one for one in found if one is not None)


def _parted(student: Said, teacher: Said | None, usual: float) -> Finding | None:
    if teacher is None:
        return None
    if student.probabilities:
        if student.answer == teacher.answer:
            return None
        evidence: dict[str, int | float | str] = {
            "student": str(student.answer),
            "teacher": str(teacher.answer),
            "teacher_probability": max(teacher.probabilities.values()),
        }
        told = f"The teacher says {teacher.answer} of this row, the student {student.answer}."
    else:
        gap = abs(student.answer - teacher.answer)
        if not gap > usual:
            return None
        evidence = {"difference": gap, "usual": usual}
        told = (
            f"Teacher and student differ by {figure(gap)} on this row, more than on "
            f"{percent(USUAL, 0)} of the held-out ones ({figure(usual)})."
        )
    remedy = "The rule is the student's alone: it does not account for the teacher's decision."
    return Finding("teacher-disagrees", told, evidence, remedy)


def _unfaithful(support: Support, *, regression: bool) -> Finding | None:
    here = support.fidelity
    worse = here.low > support.overall if regression else here.high < support.overall
    if not support.rows or not worse:
        return None
    evidence = {"local": here.value, "overall": support.overall, "rows": support.rows}
    local = f"the {support.rows} held-out rows {support.which}"
    if regression:
        told = (
            f"The student differs from its teacher by {figure(here.value)} on average over "
            f"{local}, against {figure(support.overall)} over all of them."
        )
    else:
        told = (
            f"The student follows its teacher in {percent(here.value)} of {local}, "
            f"against {percent(support.overall)} of all of them."
        )
    remedy = "Take a larger student, or let the teacher decide such rows."
    return Finding("locally-unfaithful", told, evidence, remedy)


def _strange(strange: Sequence[str]) -> Finding | None:
    if not strange:
        return None
    told = f"The row holds what was not learnt from: {'; '.join(strange)}."
    remedy = "What the student says there is a guess beyond its rows: check the values."
    return Finding("outside-what-was-learnt", told, {"columns": len(strange)}, remedy)


def _alone(change: Change | None) -> Finding | None:
    if change is None or change.shared is not False:
        return None
    assert change.teacher is not None and change.student is not None
    told = (
        f"After the smallest change ({change.text}) the student says {change.student.text}, and "
        f"the teacher says {change.teacher.text}."
    )
    evidence = {"student": str(change.student.answer), "teacher": str(change.teacher.answer)}
    remedy = "Do not promise anybody that this change would be enough."
    return Finding("change-not-shared", told, evidence, remedy)


def _narrow(student: Said, margins: Sequence[Margin]) -> Finding | None:
    if not student.probabilities:
        return None  # a number always moves a little
    near = [m for m in margins if m.flips and m.spreads < NARROW]
    first, second = sorted(student.probabilities.values(), reverse=True)[:2]
    remedy = "Look whether the values are exact enough for that, and let a person decide."
    if near:
        one = near[0]
        told = (
            f"{one.column} = {one.value} is {figure(one.distance)} from where the student says "
            f"{one.beyond}: {figure(one.spreads)} of its standard deviation."
        )
        measured: dict[str, int | float | str] = {
            "column": one.column,
            "distance": one.distance,
            "spreads": one.spreads,
        }
        return Finding("narrow-margin", told, measured, remedy)
    if first - second < NARROW:
        told = f"Between the two likeliest classes are {first - second:.3f} of probability."
        return Finding("narrow-margin", told, {"probability": first - second}, remedy)
    return None


def unlearnt(rooms: Sequence[Room], table: Table, row: int, gaps: NDArray[np.bool_]) -> list[str]:
    """Say what of a row was not among the learnt ones.

    Parameters
    ----------
    rooms : sequence of Room
        The range of the learnt rows.
    table : Table
        The rows.
    row : int
        Which.
    gaps : ndarray of bool, shape (d,)
        Columns of which learnt rows miss a value.
    """
    found = []
    for j, room in enumerate(rooms):
        name, x = room.column.name, float(table.values[row, j])
        if np.isnan(x):
            if not gaps[j]:
                found.append(f"{name} is missing, which it never was")
        elif room.column.kind != "numeric":
            if x not in room.codes:
                found.append(f"{name} is {some([table.cell(row, j)])}, which was never seen")
        elif not room.low <= x <= room.high:
            ends = f"{room.column.text(room.low)} to {room.column.text(room.high)}"
            found.append(f"{name} = {room.column.text(x)} is beyond {ends}")
    return found
