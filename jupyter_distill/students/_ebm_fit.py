"""Shapes of given terms: scaled, then bent, until the exact loss is least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded
from scipy.optimize import minimize

from jupyter_distill.students._ebm_goal import Goal
from jupyter_distill.students._ebm_terms import Placed, added

Floats = NDArray[np.float64]


class Project(Protocol):
    """A wish about shapes."""

    def __call__(self, placed: Placed, scores: Floats, weights: Floats) -> Floats:
        """Return the nearest allowed scores; where the wish has a price, those between."""

    def cost(self, placed: Placed, scores: Floats, weights: Floats) -> float:
        """Return what scores cost that are not as wished."""


# How strongly neighbouring bins are held together, and every bin to the shape it started from, in
# the unit of the loss's curvature: a row near the boundary between two classes counts 1/4.
SMOOTH = 10.0
HOLD = 0.3
PAIR_HOLD = 3.0  # a cell of a pair has fewer rows than it has neighbours to agree with
BIGGEST = 3.0  # log-odds by which a shape may move at once
EXACT = {"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500}
ENOUGH = 1e-5  # gain per row and cycle


@dataclass(frozen=True, eq=False)
class Fit:
    """Shapes of some terms and what they say together.

    Attributes
    ----------
    shapes : dict of int to ndarray of shape (B, J)
        Scores by the term's number.
    intercept : ndarray of shape (J,)
        Score of a row to which no term adds.
    z : ndarray of shape (n, J)
        Scores of the rows.
    value : float
        Their loss.
    """

    shapes: dict[int, Floats]
    intercept: Floats
    z: Floats
    value: float


def scaled(
    goal: Goal, placed: list[Placed], shapes: dict[int, Floats], intercept: Floats
) -> tuple[dict[int, Floats], Floats]:
    """Stretch every shape by a factor that is not negative, so that the exact loss is least.

    A shape keeps its sign and its direction. A weak pull towards 1 settles what the rows leave
    open.
    """
    terms, total = list(shapes), float(goal.weights.sum())

    def at(x: Floats) -> tuple[dict[int, Floats], Floats]:
        return {t: x[i] * shapes[t] for i, t in enumerate(terms)}, x[len(terms) :]

    def value(x: Floats) -> tuple[float, Floats]:
        z = added(placed, *at(x), len(goal.weights))
        loss, slope = goal.value_and_slope(z)
        of_terms = [np.sum(placed[t].sums(slope) * shapes[t]) for t in terms]
        pull = x[: len(terms)] - 1
        answer = np.concatenate([of_terms, slope.sum(0)])
        answer[: len(terms)] += pull
        return (loss + float(pull @ pull) / 2) / total, answer / total

    start = np.concatenate([np.ones(len(terms)), intercept])
    bounds = [(0.0, None)] * len(terms) + [(None, None)] * goal.outputs
    found = minimize(value, start, jac=True, method="L-BFGS-B", bounds=bounds, options=EXACT)
    return at(found.x)


def bent(
    goal: Goal,
    placed: list[Placed],
    anchors: dict[int, Floats],
    intercept: Floats,
    *,
    start: dict[int, Floats] | None = None,
    cycles: int,
    enough: float = ENOUGH,
    project: Project | None = None,
) -> Fit:
    """Bend shapes, one after the other, by Newton steps on the exact loss.

    What is added to the anchors is held small and smooth, which is a penalised additive model
    (Hastie and Tibshirani, 1986; Eilers and Marx, 1996) around shapes that were boosted.

    Parameters
    ----------
    goal : Goal
        The loss.
    placed : list of Placed
        All terms.
    anchors : dict of int to ndarray of shape (B, J)
        The terms to fit, and the shapes to which they are held.
    intercept : ndarray of shape (J,)
        Where to start.
    start : dict, optional
        Shapes to start from; the anchors unless given.
    cycles : int
        Times that every shape is looked at, at most.
    enough : float
        Gain per row and cycle at which no more is to be had.
    project : Project, optional
        What is wished of shapes.
    """
    total = float(goal.weights.sum())
    holds = {t: Hold(placed[t]) for t in anchors}
    shapes = dict(start or anchors)
    if project is not None:
        anchors = {t: project(placed[t], a, _mass(placed[t], goal)) for t, a in anchors.items()}
        shapes = {t: project(placed[t], s, _mass(placed[t], goal)) for t, s in shapes.items()}
    z = added(placed, shapes, intercept, len(goal.weights))
    costs = {t: holds[t].cost(shapes[t] - anchors[t]) for t in anchors}
    value = goal.value(z)
    pulls = dict.fromkeys(anchors, 0.0)
    if project is not None:
        pulls = {t: project.cost(placed[t], shapes[t], _mass(placed[t], goal)) for t in anchors}
    for _ in range(cycles):
        before = value + sum(costs.values()) + sum(pulls.values())
        slope, curve = goal.slope_and_curve(z)
        step = slope.sum(0) / np.maximum(curve.sum(0), 1e-9)
        z, value, slope, taken = _shifted(goal, z, value, slope, -np.clip(step, -BIGGEST, BIGGEST))
        intercept = intercept + taken
        for t, anchor in anchors.items():
            # how the loss bends hardly changes within a cycle; whether a step pays is looked at
            mass = placed[t].sums(curve)
            move = holds[t].newton(placed[t].sums(slope), mass, shapes[t] - anchor)
            move *= min(1.0, BIGGEST / max(float(np.abs(move).max()), 1e-12))
            if project is not None:
                pulls[t] = project.cost(placed[t], shapes[t], mass)
            for _ in range(6):  # a step that does not pay is halved
                shape = shapes[t] + move
                if project is not None:
                    shape = project(placed[t], shape, mass)
                new = z + (shape - shapes[t])[placed[t].place]
                loss, new_slope = goal.value_and_slope(new)
                cost = holds[t].cost(shape - anchor)
                pull = project.cost(placed[t], shape, mass) if project is not None else 0.0
                if loss + cost + pull <= value + costs[t] + pulls[t]:
                    shapes[t], costs[t], pulls[t] = shape, cost, pull
                    z, value, slope = new, loss, new_slope
                    break
                move = move / 2
        if before - value - sum(costs.values()) - sum(pulls.values()) <= enough * total:
            break
    return Fit(shapes, intercept, z, value)


def _mass(placed: Placed, goal: Goal) -> Floats:
    mass = placed.sums(goal.weights[:, None])
    return np.tile(mass, (1, goal.outputs))


def _shifted(
    goal: Goal, z: Floats, value: float, slope: Floats, step: Floats
) -> tuple[Floats, float, Floats, Floats]:
    for _ in range(6):
        new, new_slope = goal.value_and_slope(z + step)
        if new <= value:
            return z + step, new, new_slope, step
        step = step / 2
    return z, value, slope, np.zeros_like(step)


class Hold:
    """What holds a shape to its anchor: every bin a little, neighbours to each other.

    Parameters
    ----------
    placed : Placed
        The term.
    """

    def __init__(self, placed: Placed) -> None:
        term = placed.term
        self.each = PAIR_HOLD if len(term.features) > 1 else HOLD
        self.smooth = SMOOTH if term.ordered and len(term.scores) > 2 else 0.0

    def cost(self, moved: Floats) -> float:
        """Return the penalty of what was added to the anchor."""
        cost = self.each * float((moved**2).sum())
        if self.smooth:
            cost += self.smooth * float((np.diff(moved[1:], axis=0) ** 2).sum())
        return cost / 2

    def newton(self, slope: Floats, curve: Floats, moved: Floats) -> Floats:
        """Return the Newton step of a shape, shape (B, J), each output for itself."""
        slope = slope + self.each * moved
        diagonal = curve + self.each
        if not self.smooth:
            return -slope / diagonal
        between = self.smooth * np.diff(moved[1:], axis=0)
        slope[1:-1] -= between
        slope[2:] += between
        diagonal[1:-1] += self.smooth
        diagonal[2:] += self.smooth
        beside = np.zeros(len(slope))
        beside[2:] = -self.smooth  # the missing bin is nobody's neighbour
        # the outputs one after another are one system: nothing lies beside a block's first bin
        bands = np.vstack([np.tile(beside, slope.shape[1]), diagonal.T.ravel()])
        found = solveh_banded(bands, slope.T.ravel(), check_finite=False)
        return np.asarray(-found.reshape(slope.shape[::-1]).T)

    def gain(self, slope: Floats, curve: Floats) -> float:
        """Return by how much the loss would fall, to second order, from a shape of zeros."""
        return float(-np.sum(self.newton(slope, curve, np.zeros_like(slope)) * slope)) / 2
