"""The exercise of 07_techniques: which gain is more than chance."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jupyter_distill._validation import some
from jupyter_distill.workshop._exercise import exercise
from jupyter_distill.workshop._kinds import numbers_of


@exercise("07.1", "In which draws is the gain in points more than chance? A list of their numbers.")
def more_than_chance(answer: Any, few: pd.DataFrame) -> tuple[bool, str]:
    """Judge the draws whose interval of points lies above zero."""
    given = numbers_of(answer)
    if given is None:
        return False, f"A list of draws is wanted, e.g. [0, 1], or [] for none; not {answer!r}."
    unknown = [n for n in given if n not in few.index]
    if unknown:
        return False, f"There is no draw {unknown[0]:g}: {some(few.index.tolist(), 10)}."
    for n in given:
        row = few.loc[n]
        if not row["kept"]:
            return False, (
                f"In draw {n:g} the rows that were made were left out: the two students are one, "
                "and nothing is gained or lost."
            )
        if row["points from"] <= 0:
            return False, (
                f"In draw {n:g} the gain lies between {row['points from']:.1f} and "
                f"{row['points to']:.1f} points. Zero is among these: it may be nothing."
            )
    above = few.index[few["kept"] & (few["points from"] > 0)].tolist()
    if len(set(given)) < len(above):
        return False, "There are more. Where does the whole interval lie above zero?"
    return True, (
        "The whole interval lies above zero there and nowhere else. One draw alone would have told "
        "you that the technique helps, or that it does not."
    )
