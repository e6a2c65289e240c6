"""The exercises of 09_text_transformer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.workshop._exercise import exercise

MOST = 32
NEAR = 0.005


@exercise("09.1", "A review, of at most 32 words, on which teacher and student part.")
def where_they_part(answer: Any, d: Any, teacher: Any, words: Any) -> tuple[bool, str]:
    """Ask both about the text."""
    if not isinstance(answer, str) or not answer.strip():
        return False, "A text is wanted, in quotation marks."
    if len(answer.split()) > MOST:
        return False, f"That has {len(answer.split())} words; at most {MOST} are wanted."
    taught = teacher.predict([answer])[0]
    counts = words(pd.Series([answer]))
    said = d.student.predict(counts)[0]
    both = f"The teacher says {taught}, the student {said}"
    if taught != said:
        return True, f"{both}: it knew {int(counts.to_numpy().sum())} of the words."
    return False, (
        f"{both}. Which words does the student take for praise or blame, and how can a sentence "
        "mean the contrary of them?"
    )


@exercise("09.2", "Which share of the teacher's 'other' does the student call 'other' too?")
def share_of_other(answer: Any, d: Any) -> tuple[bool, str]:
    """Count again, on the held-out rows."""
    number = isinstance(answer, (int, float, np.number)) and not isinstance(answer, bool)
    if not number or not 0 <= answer <= 1:
        return False, "A number from 0 to 1 is wanted."
    table, targets = d.held_out
    classes = np.asarray(targets.classes)
    taught = classes[targets.logits.argmax(axis=1)]
    said = classes[d.student.output(table).argmax(axis=1)]
    share = float((said[taught == "other"] == "other").mean())
    if abs(answer - share) <= NEAR:
        return True, "The card of fidelity says it too, in the row of this class."
    back = float((taught[said == "other"] == "other").mean()) if (said == "other").any() else -1
    if abs(answer - back) <= NEAR:
        return False, "That is the other way round: of those that the student calls other."
    return False, "Count among the held-out reviews that the teacher calls other, and no others."
