"""Exercises of ``03_choosing_a_student``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jupyter_distill._validation import some
from jupyter_distill.workshop._exercise import exercise
from jupyter_distill.workshop._kinds import number_of

READ = 12  # statements that somebody is willing to read
NEAR = 0.3  # points that are rounding


@exercise("03.1", f"Which rung is the most faithful of those with at most {READ} statements?")
def brief(answer: Any, ladder: Any) -> tuple[bool, str]:
    """Judge a rung, as its family and size, among those that are quick to read."""
    named = _named(answer)
    if named is None:
        return False, f'{answer!r} is no rung. Name its family and its size: ("tree", 4).'
    family, size = named
    frame: pd.DataFrame = ladder.frame()
    if family not in set(frame["family"]):
        return False, f"There is no family {family!r}: {some(frame['family'].unique().tolist())}."
    of = frame[frame["family"] == family]
    row = of[of["size"] == size]
    if row.empty:
        return False, f"There is no {family} of size {size:g}: {some(of['size'].tolist(), 12)}."
    asked = int(row["statements"].iloc[0])
    if asked > READ:
        return False, f"That one has {asked} statements, more than {READ}."
    short = frame[frame["statements"] <= READ]
    reached, best = float(row["fidelity"].iloc[0]), float(short["fidelity"].max())
    if reached < best:
        return False, (
            f"It has {asked} statements and a fidelity of {reached:.3f}; another, as quick to "
            "read, has more. Filter d.ladder.frame() by statements, and sort by fidelity."
        )
    return True, f"{asked} statements, fidelity {reached:.3f}: the most that {READ} can buy here."


@exercise("03.2", "How many points of fidelity does it cost to be able to cite a rule?")
def cost(answer: Any, ladder: Any) -> tuple[bool, str]:
    """Judge the distance from the chosen list of rules to the best rung of all."""
    points = number_of(answer)
    if points is None:
        return False, f"{answer!r} is no number of points, of which 1 is 0.01 of fidelity."
    best = float(ladder.frame()["fidelity"].max())
    rules = ladder.rung(family="rules")
    behind = 100 * (best - rules.fidelity)
    if abs(points - behind) <= NEAR:
        return True, (
            f"{behind:.1f} points: from {best:.3f}, the best rung, to {rules.fidelity:.3f}, "
            f"{rules.student.title_}."
        )
    if abs(100 * points - behind) <= NEAR:
        return False, "Nearly: one point is 0.01 of fidelity. Multiply by 100."
    if abs(points + behind) <= NEAR:
        return False, "Nearly: a cost is above 0. Take the rules from the best, not the reverse."
    return False, (
        "Take the fidelity of d.ladder.rung(family='rules') from the largest in "
        "d.ladder.frame(), of whatever family and size."
    )


def _named(answer: Any) -> tuple[str, float] | None:
    """Return family and size of a rung, a pair in any order, or a mapping; None for others."""
    if isinstance(answer, dict | pd.Series):
        pair = [answer.get("family"), answer.get("size")]
    elif hasattr(answer, "family") and hasattr(answer, "size"):
        pair = [answer.family, answer.size]
    elif isinstance(answer, tuple | list) and len(answer) == 2:
        pair = sorted(answer, key=lambda one: not isinstance(one, str))
    else:
        return None
    size = number_of(pair[1])
    return (pair[0], size) if isinstance(pair[0], str) and size is not None else None
