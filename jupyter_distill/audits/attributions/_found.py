"""What the person should know of two models' reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill._validation import some
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Finding, Findings

if TYPE_CHECKING:
    from jupyter_distill.audits.attributions._attributions import Attributions

IGNORED = 0.05  # share of the teacher's reasons above which a column that is ignored is a warning
MUCH = 0.2  # by which agreement has to be below that of the teacher with itself, for certain
JUDGED = ("rank_correlation", "sign_agreement")


def found_in(result: Attributions, d: Distillation, unwanted: Collection[str] = ()) -> Findings:
    """Return what is to be said of a result; `unwanted` are as of `found`."""
    compared = result.teacher is not None and result.again is not None
    agreement = result.agreement() if compared else None
    return Findings.ordered(found(result.frame(), agreement, d.teacher.name, d.title, unwanted))


def found(
    table: pd.DataFrame,
    agreement: pd.DataFrame | None,
    teacher: str,
    student: str,
    unwanted: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield what is to be said of the two.

    Parameters
    ----------
    table : data frame
        A row per column, with ``teacher_share`` and ``ignored``.
    agreement : data frame, optional
        Of `compared`.
    teacher, student : str
        Who is compared.
    unwanted : collection of str
        Columns that should have no part in the answer: that the student ignores them is right.
    """
    if agreement is None:
        return
    wanted = ~table["column"].isin(list(unwanted))
    ignored = table[table["ignored"] & wanted & (table["teacher_share"] >= IGNORED)]
    if len(ignored):
        names = ignored["column"].tolist()
        share = float(ignored["teacher_share"].sum())
        yield Finding(
            "ignored-by-student",
            f"{some(names)}: {percent(share)} of the reasons of {teacher} for these rows, and "
            f"the {student} does not use {'it' if len(names) == 1 else 'them'}.",
            {"columns": some(names, 20), "share of the teacher's reasons": share},
            "Distil a larger student, or require the column by "
            "constraints=Constraints(require=[...]). Where another column stands in for it, the "
            "student may be right and its explanation incomplete: say so to whom you give it.",
            ignored.reset_index(drop=True),
        )
    far = agreement["below_floor"] & (agreement["gap_low"] > MUCH)
    judged = agreement[agreement["measure"].isin(JUDGED) & far]
    if len(judged):
        figures: dict[str, int | float | str] = {}
        parts = []
        for name, value, floor in judged[["measure", "value", "floor"]].to_numpy().tolist():
            figures |= {name: value, f"{name}, teacher with itself": floor}
            parts.append(
                f"{name.replace('_', ' ')} {value:.2f}, the teacher with itself {floor:.2f}"
            )
        yield Finding(
            "other-reasons",
            f"The {student} gives other reasons than {teacher}, by far more than chance and "
            f"background explain ({'; '.join(parts)}).",
            figures,
            "Do not give the student's reasons as those of the teacher: look at the columns in "
            ".frame(), and try another family or size.",
            agreement,
        )
