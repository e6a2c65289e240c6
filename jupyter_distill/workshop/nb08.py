"""The exercises of 08_auditing_recorded_predictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.audits._part import parts
from jupyter_distill.workshop._exercise import exercise

STAY = ("age", "marital status")


@exercise("08.1", "Which parts of the audit speak of the student alone? A list of their names.")
def of_the_student_alone(answer: Any, audit: Any) -> tuple[bool, str]:
    """Take the names of the parts that ask the teacher about other rows."""
    given = _listed(answer)
    if given is None:
        return False, 'A list of names is wanted, e.g. ["fidelity", "bias"].'
    unknown = [name for name in given if name not in audit.parts]
    if unknown:
        return False, f"This audit has no part {unknown[0]!r}. It has {', '.join(audit.parts)}."
    wanted = {name for name in audit.parts if parts()[name].asks_teacher}
    if set(given) == wanted:
        return True, (
            "They move rows, and the file has no answers to rows that nobody applied with. All "
            "others only count what is recorded."
        )
    if set(given) - wanted:
        return False, (
            "One of these needs no more than recorded answers. Which parts move rows, and so need "
            "answers to rows that are not in the file?"
        )
    return False, "There are more. The notes of the audit name them."


@exercise("08.2", "In which regions can it be said who is right? A list of their numbers.")
def where_it_can_be_said(answer: Any, regions: Any) -> tuple[bool, str]:
    """Take the regions where the interval of the teacher's share leaves out a half."""
    given = _listed(answer)
    if given is None or not all(_is_whole(one) for one in given):
        return False, "A list of numbers of regions is wanted, e.g. [0, 2]; [] if there is none."
    frame = regions.frame()
    here = frame["region"].tolist()
    if not set(given) <= set(here):
        return False, f"The regions are numbered {', '.join(map(str, here))}."
    told = (frame["teacher_right_low"] > 0.5) | (frame["teacher_right_high"] < 0.5)
    if set(given) == set(frame.loc[told, "region"].tolist()):
        return True, (
            "Elsewhere the interval holds a half: with so few rows with a truth, either may be "
            "right more often."
        )
    return False, (
        "A share above a half is not enough: does the whole interval lie on one side of it?"
    )


@exercise("08.3", 'Which change makes the student say good? A dict: {"column": value}.')
def another_way(answer: Any, d: Any, loan: Any) -> tuple[bool, str]:
    """Put the changed row to the student, and look whether it is a way of its own."""
    if not isinstance(answer, Mapping):
        return False, 'A dict of columns and new values is wanted, e.g. {"amount": 500}.'
    if not answer:
        return False, "Nothing is changed yet."
    unknown = [name for name in answer if name not in loan.columns]
    if unknown:
        return False, f"There is no column {unknown[0]!r}. There are {', '.join(loan.columns)}."
    fixed = [name for name in answer if name in STAY]
    if fixed:
        return False, f"{fixed[0].capitalize()} must stay as it is."
    for name, value in answer.items():
        number = pd.api.types.is_numeric_dtype(loan[name])
        if number != (isinstance(value, (int, float, np.number)) and not isinstance(value, bool)):
            return False, f"{name} takes {'a number' if number else 'a text'}."
    changed = loan.assign(**dict(answer))
    if d.student.predict(changed)[0] != "good":
        return False, (
            "The student still says bad. Follow the loan down the tree: which question on its "
            "path, answered otherwise, leads to a leaf that says good?"
        )
    certificate = d.certificate(index=loan.index[0], immutable=list(STAY))
    steps = {step.column: step.after for step in certificate.change.steps}
    if {name: str(value) for name, value in answer.items()} == {
        name: str(value) for name, value in steps.items()
    }:
        return False, "That is the certificate's own way. There are others."
    return True, (
        "The student says good. What the model would say of this loan stays unknown: its answer "
        "is not in the file."
    )


def _listed(answer: Any) -> list[Any] | None:
    """Return what was listed, in whatever type; None where it is no list."""
    if isinstance(answer, (str, Mapping)) or not isinstance(answer, Iterable):
        return None
    return list(answer)


def _is_whole(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
