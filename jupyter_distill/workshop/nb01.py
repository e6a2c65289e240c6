"""The exercise of 01_first_distillation: to be faithful is not to be right."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_distill.workshop._exercise import exercise
from jupyter_distill.workshop._kinds import number_of


@exercise("01.1", "For how many held-out rows do student and teacher name different classes?")
def parted(answer: Any, d: Any) -> tuple[bool, str]:
    """Judge a count of rows, and tell it from other counts that it may be taken for."""
    given = number_of(answer)
    if given is None:
        return False, f"{answer!r} is no number of rows."
    table, targets = d.held_out
    taught = targets.logits.argmax(axis=1)
    said = d.student.output(table).argmax(axis=1)
    n, apart = targets.n_rows, int((said != taught).sum())
    if given == apart:
        return True, (
            f"{apart:,} of {n:,}: the fidelity is the share of the others, {1 - apart / n:.3f}. "
            f"Who was right is another question: the teacher is wrong for "
            f"{int((taught != targets.labels).sum()):,} rows, the student for "
            f"{int((said != targets.labels).sum()):,}."
        )
    if given == n - apart:
        return False, "For so many the two say the same. Count the others."
    if np.isclose(given, apart / n, atol=0.0006):
        return False, f"That is their share. Of {n:,} rows, how many are that?"
    if given == (said != targets.labels).sum():
        return False, (
            "For so many the student is wrong about what became of the rows. A copy is held "
            "against what it copies: compare with what the teacher says."
        )
    if given == (taught != targets.labels).sum():
        return False, "For so many the teacher is wrong. Where do the two part, whoever is right?"
    return False, (
        f"Compare the two answers for each of the {n:,} held-out rows, X_test, and count where "
        "they differ."
    )
