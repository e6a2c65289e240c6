"""The exercises of notebook 05: a loan that is denied, and a group that is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.workshop._exercise import exercise

MOST = 10_000  # an income above all that there are
POINT = 1.0  # how far off a gap in points may be


@exercise("05.1", "With how much income, at least, would the rules say 'good' to this applicant?")
def income(answer: Any, d: Any, applicant: pd.DataFrame) -> tuple[bool, str]:
    """Judge the least income with which one applicant is approved."""
    given = _number(answer)
    if given is None:
        return False, f"An income is a number; this is {answer!r} ({type(answer).__name__})."
    if not _approves(d, applicant, given):
        return False, (
            f"With an income of {given:g} the rules still deny the loan. Raise `income` in a copy "
            "of the applicant's row, and ask d.student.predict again."
        )
    if _approves_below(d, applicant, given):
        return False, (
            f"With {given:g} the rules approve, but so they do with less. Which rules ask for "
            "income, and at what threshold does the first of them turn?"
        )
    return True, (
        f"With {given:g} the rules approve, with less they do not. It is a threshold of a rule, so "
        "that the bank can be held to it."
    )


@exercise(
    "05.2",
    "By how many points are single applicants still approved less often than the others?",
)
def gap(answer: Any, fair: Any, applicants: pd.DataFrame) -> tuple[bool, str]:
    """Judge the gap in approvals, in points, of a student that does not read marital status."""
    given = _number(answer)
    if given is None:
        return False, f"A gap is a number of points; this is {answer!r} ({type(answer).__name__})."
    single = (applicants["marital status"] == "single").to_numpy()
    good = np.asarray(fair.student.predict(applicants)) == "good"
    points = 100 * (good[~single].mean() - good[single].mean())
    if abs(abs(given) - abs(points)) <= POINT:
        return True, (
            f"{abs(points):.1f} points are left. The rules do not read marital status, but they "
            "copy a network that does, by columns that stand in for it."
        )
    if abs(abs(100 * given) - abs(points)) <= POINT:
        return False, "That is the difference of two shares. In points it is a hundred times that."
    return False, (
        "Take the share of 'good' in fair.student.predict(X_test) among the single, and among all "
        "others, and subtract: the new student's, not the teacher's nor the first student's."
    )


def _approves(d: Any, applicant: pd.DataFrame, of: float) -> bool:
    """Say whether the student names the applicant good with such an income."""
    return bool(np.asarray(d.student.predict(applicant.assign(income=of)))[0] == "good")


def _approves_below(d: Any, applicant: pd.DataFrame, of: float) -> bool:
    """Say whether the student does so with a smaller income: the bank records whole numbers."""
    less = np.arange(0, min(of, MOST), dtype=float)
    rows = applicant.iloc[np.zeros(len(less), dtype=int)].assign(income=less)
    return bool(len(less) and (np.asarray(d.student.predict(rows)) == "good").any())


def _number(answer: Any) -> float | None:
    """Return the answer as a number, or None; a truth value is none."""
    if isinstance(answer, bool | np.bool_ | str):
        return None
    try:
        number = float(np.asarray(answer, dtype=float).reshape(()))
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None
