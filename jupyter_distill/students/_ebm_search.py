"""Which terms: added one at a time, each the one by which the exact loss falls most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._ebm_fit import Fit, Hold, Project, bent, scaled
from jupyter_distill.students._ebm_goal import Goal
from jupyter_distill.students._ebm_terms import Placed

Floats = NDArray[np.float64]
ROUNDING = 1e-9  # loss per row that is no gain


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
    sizes: Sequence[int],
    warm: int,
    cycles: int,
    most: int | None = None,
    required: tuple[int, ...] = (),
    project: Project | None = None,
) -> list[Step]:
    """Return the best terms found of every size asked for, and of no terms.

    A term is tried with a free, smooth shape, because its boosted one was made beside all other
    terms, which share what it could say alone. The chosen terms start again from their boosted
    shapes, stretched to do without the others. Terms are never exchanged: that lowers the loss of
    the rows at hand only, and so a larger student is a smaller one and a term more. A term by
    which the loss does not fall is not taken, unless it is required.

    Parameters
    ----------
    goal : Goal
        The loss.
    placed : list of Placed
        Terms to choose from; their scores are the boosted shapes.
    intercept : ndarray of shape (J,)
        That of the boosted shapes.
    sizes : sequence of int
        Numbers of terms. Where fewer can be had than a size asks for, the last step has them.
    warm, cycles : int
        Times that every chosen shape is bent, at most: between two choices, and at last.
    most : int, optional
        Columns that the terms read together, at most. No larger step is returned where every
        other term would read more.
    required : tuple of int
        Terms that are taken before all others.
    project : Project, optional
        What is wished of shapes.
    """
    state = bent(goal, placed, {}, goal.constant(), cycles=cycles, enough=0.0)
    steps = [Step((), state)]
    rounding = ROUNDING * float(goal.weights.sum())
    chosen: list[int] = []
    idle: set[int] = set()
    while len(chosen) < max(sizes):
        forced = [t for t in required if t not in chosen]
        open_ = forced or [t for t in _within(placed, chosen, most) if t not in idle]
        if not open_:
            break
        best, gain = _best(goal, placed, state, open_)
        if not forced and gain <= rounding:
            break
        new = _free(goal, placed, state, [*chosen, best], warm, project)
        if not forced and state.value - new.value <= rounding:
            idle.add(best)  # what it would gain is against its direction
            continue
        chosen, state = [*chosen, best], new
        if len(chosen) in sizes:
            steps.append(_final(goal, placed, chosen, intercept, cycles, project))
    if len(steps[-1].chosen) < len(chosen):
        steps.append(_final(goal, placed, chosen, intercept, cycles, project))
    return steps


def _within(placed: list[Placed], chosen: list[int], most: int | None) -> list[int]:
    """Return the terms that can be added without reading more than so many columns."""
    others = [t for t in range(len(placed)) if t not in chosen]
    if most is None:
        return others
    read = {j for t in chosen for j in placed[t].term.features}
    return [t for t in others if len(read.union(placed[t].term.features)) <= most]


def _free(
    goal: Goal,
    placed: list[Placed],
    state: Fit,
    chosen: list[int],
    cycles: int,
    project: Project | None,
) -> Fit:
    zeros = {t: np.zeros((len(placed[t].term.scores), goal.outputs)) for t in chosen}
    start = {t: state.shapes.get(t, zeros[t]) for t in chosen}
    return bent(goal, placed, zeros, state.intercept, start=start, cycles=cycles, project=project)


def _best(goal: Goal, placed: list[Placed], state: Fit, candidates: list[int]) -> tuple[int, float]:
    """Return the term by which the loss falls most, and by how much, to second order."""
    both = np.hstack(goal.slope_and_curve(state.z))
    j = goal.outputs
    gains = []
    for t in candidates:
        sums = placed[t].sums(both)
        gains.append(Hold(placed[t]).gain(sums[:, :j], sums[:, j:]))
    best = int(np.argmax(gains))
    return candidates[best], gains[best]


def _final(
    goal: Goal,
    placed: list[Placed],
    chosen: list[int],
    intercept: Floats,
    cycles: int,
    project: Project | None,
) -> Step:
    boosted = {t: placed[t].term.scores for t in chosen}
    anchors, start = scaled(goal, placed, boosted, intercept)
    return Step(tuple(chosen), bent(goal, placed, anchors, start, cycles=cycles, project=project))
