"""Proofs of direction, read from what a family is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.students._base import Student
from jupyter_distill.students._ebm import EbmBase
from jupyter_distill.students._linear import LinearBase
from jupyter_distill.students._monotone import order_edges, violations
from jupyter_distill.students._net import NetBase
from jupyter_distill.students._tree import TreeBase

Floats = NDArray[np.float64]

CLOSE = 1e-12  # differences of scores that are rounding


@dataclass(frozen=True)
class Proof:
    """That a direction holds everywhere, or where it does not.

    Attributes
    ----------
    method : str
        What was looked at, e.g. ``"signs of the coefficients"``.
    violations : int
        How many of these go the wrong way; 0 if the direction is proven.
    worst : float
        The largest fall where a rise was demanded (or the other way round), as a probability or
        in the unit of the target.
    example : str
        The worst of them in words; empty if there is none.
    """

    method: str
    violations: int = 0
    worst: float = 0.0
    example: str = ""


@singledispatch
def prove(student: Student, feature: int, sign: int, of_class: int | None) -> Proof | None:
    """Return a proof that a direction holds or does not; None if nothing can be proven.

    Trees are settled either way; sums are proven where the score of the class rises against that
    of every other class, which is enough but, with several classes, not necessary.

    Parameters
    ----------
    student : Student
        A fitted student.
    feature : int
        Position of the column.
    sign : {1, -1}
        Direction.
    of_class : int or None
        The class whose probability is meant; None where a number is given.
    """
    return None


@prove.register
def _(student: TreeBase, feature: int, sign: int, of_class: int | None) -> Proof | None:
    nodes = student.nodes_
    said = student.answers_[:, 0] if of_class is None else softmax(student.answers_)[:, of_class]
    edges = order_edges(nodes, student.columns_, feature, sign)
    size = 1.0 if of_class is not None else max(1.0, float(np.abs(said).max()))
    pairs, gaps = violations(edges, said, CLOSE * size)
    method = "order of the leaf boxes"
    if not len(pairs):
        return Proof(method)
    name, (low, high) = student.columns_[feature].name, pairs[0][::sign]
    example = (
        f"as {name} rises, a row can move from leaf {low}, which says {said[low]:.4g}, "
        f"to leaf {high}, which says {said[high]:.4g}"
    )
    return Proof(method, len(pairs), float(gaps[0]), example)


@prove.register
def _(student: LinearBase, feature: int, sign: int, of_class: int | None) -> Proof | None:
    rises = student.design_.rises(feature)
    moves = [way * student.scores_.coef[place] @ student._spread() for place, way in rises]
    return _by(moves, sign, of_class, "signs of the coefficients")


@prove.register
def _(student: EbmBase, feature: int, sign: int, of_class: int | None) -> Proof | None:
    moves: list[Floats] = []
    for term in student.terms_:
        if feature not in term.features:
            continue
        axis = term.features.index(feature)
        scores = term.scores.reshape(*term.shape, -1)
        # by code, as bins need not be in order; the first code is that of missing values
        by_code = np.take(scores, term.bins[axis], axis=axis)
        known = np.delete(by_code, 0, axis=axis)
        steps = np.moveaxis(np.diff(known, axis=axis), -1, 0)
        moves += list(steps.reshape(len(steps), -1).T)
    if of_class is not None and student.intercept_.size == 1:
        moves = [np.array([-move[0] / 2, move[0] / 2]) for move in moves]
    return _by(moves, sign, of_class, "differences of the shapes")


@prove.register
def _(student: NetBase, feature: int, sign: int, of_class: int | None) -> Proof | None:
    net, spread = student.net_, student.spread_
    moves: list[Floats] = []
    for place, way in student.design_.rises(feature):
        moves.append(way * net.skip[place] @ spread)
        # tanh rises, so what enters a unit with a sign leaves it with that sign times its weight
        moves += list(way * net.first[place][:, None] * (net.out @ spread))
    return _by(moves, sign, of_class, "signs of the weights")


def _by(moves: list[Floats], sign: int, of_class: int | None, method: str) -> Proof | None:
    """Return a proof if every move goes the demanded way, against all other outputs."""
    for move in moves:
        if of_class is None:
            towards = sign * move
        else:
            towards = sign * np.delete(move[of_class] - move, of_class)
        if (towards < -CLOSE * max(1.0, float(np.abs(move).max()))).any():
            return None
    return Proof(method)
