"""Which terms: added one at a time, each the one by which the exact loss falls most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._ebm_fit import Fit, Hold, Project, bent, scaled
from jupyter_distill.students._ebm_goal import Goal
from jupyter_distill.students._ebm_terms import Placed

Floats = NDArray[np.float64]
WARM = 4  # cycles between two choices: the final fit starts anew


@dataclass(frozen=True)
class Step:
    """The terms chosen for one size and their shapes.

    Attributes
    ----------
    chosen : tuple of int
        Numbers of the terms in the order of choice.
    fit : Fit
        Their final shapes.
    """

    chosen: tuple[int, ...]
    fit: Fit


def search(
    goal: Goal,
    placed: list[Placed],
    intercept: Floats,
    *,
    largest: int,
    most: int | None = None,
    required: tuple[int, ...] = (),
    project: Project | None = None,
) -> list[Step]:
    """Return the best terms found of every size from 0 up to `largest`.

    A term is tried with a free, smooth shape, because its boosted one was made beside all other
    terms, which share what it could say alone. The chosen terms start again from their boosted
    shapes, stretched to do without the others. Terms are never exchanged: that lowers the loss of
    the rows at hand only, and so a larger student is a smaller one and a term more.

    Parameters
    ----------
    goal : Goal
        The loss.
    placed : list of Placed
        Terms to choose from; their scores are the boosted shapes.
    intercept : ndarray of shape (J,)
        That of the boosted shapes.
    largest : int
        Terms, at most.
    most : int, optional
        Columns that the terms read together, at most. No larger step is returned where every
        other term would read more.
    required : tuple of int
        Terms that are taken before all others.
    project : Project, optional
        What is wished of shapes.
    """
    empty = bent(goal, placed, {}, goal.constant())
    state = empty
    chosen: list[int] = []
    steps = [Step((), empty)]
    for _ in range(min(largest, len(placed))):
        open_ = [t for t in required if t not in chosen] or _within(placed, chosen, most)
        if not open_:
            break
        chosen = [*chosen, _best(goal, placed, state, open_)]
        state = _free(goal, placed, state, chosen, project)
        steps.append(_final(goal, placed, chosen, intercept, project))
    return steps


def _within(placed: list[Placed], chosen: list[int], most: int | None) -> list[int]:
    """Return the terms that can be added without reading more than so many columns."""
    others = [t for t in range(len(placed)) if t not in chosen]
    if most is None:
        return others
    read = {j for t in chosen for j in placed[t].term.features}
    return [t for t in others if len(read.union(placed[t].term.features)) <= most]


def _free(
    goal: Goal, placed: list[Placed], state: Fit, chosen: list[int], project: Project | None
) -> Fit:
    zeros = {t: np.zeros((len(placed[t].term.scores), goal.outputs)) for t in chosen}
    start = {t: state.shapes.get(t, zeros[t]) for t in chosen}
    return bent(goal, placed, zeros, state.intercept, start=start, cycles=WARM, project=project)


def _best(goal: Goal, placed: list[Placed], state: Fit, candidates: list[int]) -> int:
    both = np.hstack(goal.slope_and_curve(state.z))
    j = goal.outputs
    gains = []
    for t in candidates:
        sums = placed[t].sums(both)
        gains.append(Hold(placed[t]).gain(sums[:, :j], sums[:, j:]))
    return candidates[int(np.argmax(gains))]


def _final(
    goal: Goal,
    placed: list[Placed],
    chosen: list[int],
    intercept: Floats,
    project: Project | None,
) -> Step:
    boosted = {t: placed[t].term.scores for t in chosen}
    anchors, start = scaled(goal, placed, boosted, intercept)
    return Step(tuple(chosen), bent(goal, placed, anchors, start, project=project))
