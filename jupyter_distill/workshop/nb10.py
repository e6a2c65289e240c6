"""The exercise of 10_scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_distill.workshop._exercise import exercise

POINT = 0.01


@exercise("10.1", "From how many rows on was the student within one point of the best fidelity?")
def rows_enough(answer: Any, d: Any) -> tuple[bool, str]:
    """Take the least number of rows on the learning curve that is within a point of the best."""
    if isinstance(answer, bool) or not isinstance(answer, (int, float, np.integer, np.floating)):
        return False, "A number of rows is wanted, one of those in d.sample.frame()."
    curve = d.sample.frame()
    if answer not in curve["rows"].tolist():
        steps = ", ".join(f"{rows:,}" for rows in curve["rows"])
        return False, f"The curve was measured at {steps} rows."
    near = curve["fidelity"] >= curve["fidelity"].max() - POINT
    least = curve.loc[near, "rows"].min()
    if answer == least:
        return True, (
            "What was learnt after that is less than a point. The curve goes on until that is "
            "known, and stops there."
        )
    if answer < least:
        return False, "At so few rows it was more than a point below the best."
    return False, "That is near the best, but fewer rows were near it already."
