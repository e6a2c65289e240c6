"""Exact Shapley values of our own students against a background, without another package."""

from __future__ import annotations

from functools import singledispatch
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.attributions._score_scale import Scale
from jupyter_distill.data import Table
from jupyter_distill.students import Student
from jupyter_distill.students._classifier import score_spread
from jupyter_distill.students._ebm import EbmBase
from jupyter_distill.students._explain import tree_explanation
from jupyter_distill.students._linear import LinearBase
from jupyter_distill.students._net import NetBase
from jupyter_distill.students._rule_list import Rule
from jupyter_distill.students._tree import TreeBase

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_TOGETHER = 12  # columns of one unit up to which all their subsets are looked at


@singledispatch
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
    return None


@exact_values.register
def _(student: TreeBase, rows: Table, background: Table, scale: Scale) -> Floats | None:
    nodes = student.nodes_
    # the list of a rule student decides every row as its tree does, whose boxes do not overlap
    tree = tree_explanation(
        student.columns_, getattr(student, "classes_", None), nodes, student._says(), student.met_
    )
    says = scale.of(student.answers_)
    values = np.zeros((rows.n_rows, rows.n_columns, says.shape[1]))
    for leaf in nodes.leaves:
        box = tree.limits(int(leaf))
        if box:
            parts = [Rule({j: limit}, int(leaf)) for j, limit in box.items()]
            mine = np.column_stack([part.holds(rows.values) for part in parts])
            theirs = np.column_stack([part.holds(background.values) for part in parts])
            shares = _of_box(mine, theirs)
            values[:, list(box)] += shares[:, :, None] * says[leaf]
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


@exact_values.register
def _(student: LinearBase, rows: Table, background: Table, scale: Scale) -> Floats | None:
    if scale.matrix is None:
        return None
    coef = student.scores_.coef @ student._spread() @ scale.matrix
    design = student.design_
    moved = design.apply(rows) - design.apply(background).mean(0)
    values = np.zeros((rows.n_rows, rows.n_columns, coef.shape[1]))
    for place, j in enumerate(design.groups):
        values[:, j] += moved[:, place, None] * coef[place]
    return values


@exact_values.register
def _(student: EbmBase, rows: Table, background: Table, scale: Scale) -> Floats | None:
    if scale.matrix is None:
        return None
    to = (np.ones((1, 1)) if scale.n_classes == 1 else score_spread(scale.n_classes)) @ scale.matrix
    grid = student.grid_
    values = np.zeros((rows.n_rows, rows.n_columns, to.shape[1]))
    for term in student.terms_:
        scores = term.scores @ to
        mine = [b[grid.code(rows, j)] for b, j in zip(term.bins, term.features, strict=True)]
        theirs = [
            b[grid.code(background, j)] for b, j in zip(term.bins, term.features, strict=True)
        ]
        if len(term.features) == 1:
            values[:, term.features[0]] += scores[mine[0]] - scores[theirs[0]].mean(0)
            continue
        table = scores.reshape(*term.shape, -1)
        (i, j), whole = term.features, table[mine[0], mine[1]]
        nothing = table[theirs[0], theirs[1]].mean(0)
        first = table[mine[0][:, None], theirs[1][None, :]].mean(1)
        second = table[theirs[0][None, :], mine[1][:, None]].mean(1)
        values[:, i] += (first - nothing + whole - second) / 2
        values[:, j] += (second - nothing + whole - first) / 2
    return values


@exact_values.register
def _(student: NetBase, rows: Table, background: Table, scale: Scale) -> Floats | None:
    if scale.matrix is None:
        return None
    net, groups = student.net_, student.design_.groups
    read = [np.unique(groups[unit != 0]) for unit in net.first.T]
    if any(len(columns) > MOST_TOGETHER for columns in read):
        return None
    to = student.spread_ @ scale.matrix
    X, B = student.design_.apply(rows), student.design_.apply(background)
    values = np.zeros((rows.n_rows, rows.n_columns, to.shape[1]))
    skip = net.skip @ to
    moved = X - B.mean(0)
    for place, j in enumerate(groups):
        values[:, j] += moved[:, place, None] * skip[place]
    out = net.out @ to
    for unit, columns in enumerate(read):
        if not len(columns):
            continue
        mine, theirs = (
            np.column_stack([Z[:, groups == j] @ net.first[groups == j, unit] for j in columns])
            for Z in (X, B)
        )
        shares = _of_unit(mine, theirs, float(net.bias[unit]))
        values[:, columns] += shares[:, :, None] * out[unit]
    return values


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
