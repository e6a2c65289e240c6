"""Exercises of ``02_soft_targets_and_temperature``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from jupyter_distill._validation import some
from jupyter_distill.targets.soften import soften
from jupyter_distill.workshop._exercise import exercise
from jupyter_distill.workshop._kinds import number_of, numbers_of

DIGIT = "9"
HALF, NEAR = 0.5, 0.02
ERRORS = 2.5  # standard errors up to which one of five temperatures is not told from the best


@exercise("02.1", f"Which digit is the teacher's second guess for most of the {DIGIT}s?")
def second(answer: Any, targets: Any) -> tuple[bool, str]:
    """Judge the digit that most of the nines are taken for, if not for a nine."""
    names = [str(name) for name in targets.classes]
    said = str(answer).strip()
    if said not in names:
        return False, f"{answer!r} is no class of the teacher: {some(names, 10)}."
    rows = targets.labels == names.index(DIGIT)
    order = np.argsort(-targets.logits[rows], axis=1)
    # of a nine that is taken for something else the second guess may be the nine itself
    others = np.where(order[:, 0] == names.index(DIGIT), order[:, 1], order[:, 0])
    counts = np.bincount(others, minlength=len(names))
    found = f"{counts[names.index(said)]} of {len(others)} {DIGIT}s"
    if counts[names.index(said)] == counts.max():
        return True, f"{found} look most like a {said}, if not like a {DIGIT}."
    if said == DIGIT:
        return False, f"That is what they are. Which is second for the rows of label {DIGIT}?"
    return False, f"It is second for {found}. Count the others too, with value_counts()."


@exercise("02.2", "At which T does the teacher's first guess for this row fall to one half?")
def half(answer: Any, logits: ArrayLike) -> tuple[bool, str]:
    """Judge the temperature at which the largest probability of a row is one half."""
    T = number_of(answer)
    if T is None or not np.isfinite(T) or T <= 0:
        return False, f"{answer!r} is no temperature, which is a number above 0."
    first = float(soften(np.atleast_2d(np.asarray(logits, dtype=float)), T).max())
    now = f"At T = {T:g} the first guess has {first:.3f}"
    if abs(first - HALF) <= NEAR:
        return True, f"{now}: the other half is spread over the other digits."
    return False, f"{now}. A {'higher' if first > HALF else 'lower'} T brings it nearer to 0.5."


@exercise("02.3", "Which temperatures are within 2.5 standard errors of the best one?")
def alike(answer: Any, path: pd.DataFrame) -> tuple[bool, str]:
    """Judge the temperatures that cannot be told from the best."""
    given = numbers_of(answer)
    if not given:
        return False, f"{answer!r} is no list of temperatures, such as [1, 2]."
    tried = path["temperature"].tolist()
    unknown = [T for T in given if not any(np.isclose(T, one) for one in tried)]
    if unknown:
        return False, f"T = {unknown[0]:g} was not tried; {some(tried, 10)} were."
    within = path.loc[path["behind_best"] <= ERRORS * path["se"], "temperature"].tolist()
    extra = [T for T in given if not any(np.isclose(T, one) for one in within)]
    if extra:
        row = path[np.isclose(path["temperature"], extra[0])].iloc[0]
        return False, (
            f"T = {extra[0]:g} is {row['behind_best']:.3f} behind the best, and {ERRORS:g} "
            f"standard errors of that are {ERRORS * row['se']:.3f}."
        )
    if len({round(T, 6) for T in given}) < len(within):
        return (
            False,
            "There are more. Compare behind_best with 2.5 times se, row by row.",
        )
    return True, (
        f"{some(within, 10)}: the rows at hand do not tell these apart, and the others are worse "
        "by more than chance."
    )
