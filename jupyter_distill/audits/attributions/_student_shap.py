"""Exact Shapley values of our own students against a background, without another package."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.attributions._score_scale import Scale
from jupyter_distill.data import Table
from jupyter_distill.explanation import Box
from jupyter_distill.reading import Scores, Steps, adds, bin_of, body_of, column_of, tree_of
from jupyter_distill.students import Student
from jupyter_distill.students._tree import TreeBase

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_TOGETHER = 12  # columns of one unit up to which all their subsets are looked at


def exact_values(student: Student, rows: Table, background: Table, scale: Scale) -> Floats | None:
    """Return interventional Shapley values, exact up to rounding.

    The value of some columns is the mean answer where these are the row's own and the others are
    those of a row of the background. Boxes, sums and single units need not try all subsets.

    Parameters
    ----------
    student : Student
        Fitted.
    rows, background : Table
        Rows that are explained, n of them, and rows that they are compared with.
    scale : Scale
        What of the answers is explained.

    Returns
    -------
    ndarray of shape (n, columns, J), or None
        None where this family has no exact way on this scale.

    References
    ----------
    S. M. Lundberg et al.: From local explanations to global understanding with explainable AI for
    trees, 2020.
    """
    if isinstance(student, TreeBase):
        # the list of a rule student decides every row as its tree does, whose boxes do not overlap
        boxes = tree_of(student).boxes
        return _of_boxes(boxes, scale.of(student.answers_), rows.values, background.values)
    body = body_of(student)
    if not isinstance(body, Scores) or scale.matrix is None:
        return None
    to = scale.matrix if len(body.sums.intercept) > 1 else np.ones((1, 1))
    return _of_scores(body, rows.values, background.values, to)


def _of_boxes(boxes: Mapping[int, Box], says: Floats, rows: Floats, others: Floats) -> Floats:
    """Return the Shapley values of all leaves together, of what each of them says."""
    values = np.zeros((*rows.shape, says.shape[1]))
    for leaf, box in boxes.items():
        if box:
            mine, theirs = (
                np.column_stack([limit.holds(x[:, j]) for j, limit in box.items()])
                for x in (rows, others)
            )
            values[:, list(box)] += _of_box(mine, theirs)[:, :, None] * says[leaf]
    return values


def _of_box(mine: Flags, theirs: Flags) -> Floats:
    """Return the Shapley values of being in a box, shape (n, columns of the box).

    Of `a` columns that only the row fulfils, and `b` that only the other does, each of the first
    adds (a-1)! b! / (a+b)!, and each of the second takes a! (b-1)! / (a+b)!.
    """
    patterns, of = np.unique(mine, axis=0, return_inverse=True)
    others, counts = np.unique(theirs, axis=0, return_counts=True)
    k = mine.shape[1]
    f = [factorial(i) for i in range(k + 1)]
    gains = np.array(
        [
            [f[max(a - 1, 0)] * f[b] / f[a + b] if a + b <= k else 0.0 for b in range(k + 1)]
            for a in range(k + 1)
        ]
    )
    own = patterns[:, None, :] & ~others[None, :, :]
    other = ~patterns[:, None, :] & others[None, :, :]
    reached = (patterns[:, None, :] | others[None, :, :]).all(2)
    a, b = own.sum(2), other.sum(2)
    share = reached * counts / counts.sum()
    up = np.einsum("po,pok->pk", share * gains[a, b], own)
    down = np.einsum("po,pok->pk", share * gains[b, a], other)
    return np.asarray((up - down)[np.ravel(of)])


def _of_scores(body: Scores, rows: Floats, others: Floats, to: Floats) -> Floats | None:
    """Return the Shapley values of a sum, times `to`: part by part, then unit by unit."""
    values = np.zeros((*rows.shape, to.shape[1]))
    for part in body.sums.parts:
        if isinstance(part, Steps) and len(part.axes) == 2:
            for axis, share in zip(part.axes, _of_pair(part, rows, others), strict=True):
                values[:, axis.column] += share @ to
        else:
            values[:, column_of(part)] += (adds(part, rows) - adds(part, others).mean(0)) @ to
    if body.hidden is None:
        return values
    parts = body.hidden.parts
    mine, theirs = (np.array([adds(part, x) for part in parts]) for x in (rows, others))
    for unit, out in enumerate(body.out):
        # what adds nothing to any row has no share
        read = [k for k in range(len(parts)) if mine[k, :, unit].any() or theirs[k, :, unit].any()]
        if len(read) > MOST_TOGETHER:
            return None
        bias = body.hidden.intercept[unit]
        shares = _of_unit(mine[read, :, unit].T, theirs[read, :, unit].T, bias)
        columns = [column_of(parts[k]) for k in read]
        values[:, columns] += shares[:, :, None] * (np.array(out) @ to)
    return values


def _of_pair(part: Steps, rows: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Return the Shapley values of what two columns add together: the mean of both orders."""
    table = np.array(part.scores).reshape(-1, part.width, len(part.scores[0]))
    mine, theirs = ([bin_of(axis, x) for axis in part.axes] for x in (rows, others))
    whole, nothing = table[mine[0], mine[1]], table[theirs[0], theirs[1]].mean(0)
    first = table[mine[0][:, None], theirs[1][None, :]].mean(1)
    second = table[theirs[0][None, :], mine[1][:, None]].mean(1)
    return (first - nothing + whole - second) / 2, (second - nothing + whole - first) / 2


def _of_unit(mine: Floats, theirs: Floats, bias: float) -> Floats:
    """Return the Shapley values of ``tanh`` of a sum, over all subsets of its k parts."""
    n, k = mine.shape
    f = [factorial(i) for i in range(k + 1)]
    shares = np.zeros((n, k))
    for size in range(k + 1):
        for subset in combinations(range(k), size):
            inside = np.isin(np.arange(k), subset)
            sums = mine[:, inside].sum(1)[:, None] + theirs[:, ~inside].sum(1)[None, :]
            value = np.tanh(sums + bias).mean(1)
            if size:
                shares[:, inside] += (f[size - 1] * f[k - size] / f[k] * value)[:, None]
            if size < k:
                shares[:, ~inside] -= (f[size] * f[k - size - 1] / f[k] * value)[:, None]
    return shares
