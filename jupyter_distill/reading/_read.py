"""From a fitted student of any family to what it asks and adds."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.data import Column
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.reading._form import (
    Addend,
    Ask,
    Axis,
    Choice,
    Clause,
    Line,
    Scores,
    Steps,
    Sums,
)
from jupyter_distill.students._classifier import score_spread
from jupyter_distill.students._design import Design
from jupyter_distill.students._ebm import EbmBase
from jupyter_distill.students._ebm_terms import Grid, Term
from jupyter_distill.students._linear import LinearBase
from jupyter_distill.students._net import NetBase
from jupyter_distill.students._tree import TreeBase
from jupyter_distill.students.rules import RulesRegressionStudent, RulesStudent

Floats = NDArray[np.float64]


@singledispatch
def body_of(student: Any) -> Choice | Scores | None:
    """Return how a fitted student answers; None if nothing is known of its family."""
    return None


@body_of.register
def _(student: TreeBase) -> Choice:
    tree = tree_of(student)
    return _choice(student, _ask(tree, 0), {leaf: leaf for leaf in tree.boxes})


@body_of.register(RulesStudent)
@body_of.register(RulesRegressionStudent)
def _(student: Any) -> Choice:
    rules = dict(enumerate(student.rules_, start=1))
    how = tuple(Clause(rule.box, number) for number, rule in rules.items())
    return _choice(student, how, {number: int(rule.leaf) for number, rule in rules.items()})


def tree_of(student: TreeBase) -> TreeExplanation:
    """Return the tree of a student, also of rules: the one that their list was read from."""
    return TreeBase.explain(student)


def _choice(student: Any, how: Any, leaves: dict[int, int]) -> Choice:
    says, answers = student._says(), student.answers_
    return Choice(
        how,
        {number: _numbers(says[leaf]) for number, leaf in leaves.items()},
        {number: int(answers[leaf].argmax()) for number, leaf in leaves.items()},
    )


def _ask(tree: TreeExplanation, node: int) -> Ask | int:
    if tree.left[node] < 0:
        return node
    question = int(tree.feature[node]), tree.question(node)
    left, right = int(tree.left[node]), int(tree.right[node])
    return Ask(question, _ask(tree, left), _ask(tree, right))


@body_of.register
def _(student: LinearBase) -> Scores:
    scores, to = student.scores_, _to_scores(student, student._spread())
    parts = _design_parts(student.design_, scores.coef @ to)
    return Scores(Sums(_numbers(scores.intercept @ to), parts))


@body_of.register
def _(student: NetBase) -> Scores:
    net, to = student.net_, _to_scores(student, student.spread_)
    design = student.design_
    sums = Sums(_numbers(net.intercept @ to), _design_parts(design, net.skip @ to))
    if not net.n_units:
        return Scores(sums)
    hidden = Sums(_numbers(net.bias), _design_parts(design, net.first))
    return Scores(sums, hidden, tuple(_numbers(row) for row in net.out @ to))


@body_of.register
def _(student: EbmBase) -> Scores:
    classes = getattr(student, "classes_", None)
    to = _to_scores(student, np.ones((1, 1)) if classes is None else score_spread(len(classes)))
    parts = tuple(_steps(term, student.grid_, student.columns_, to) for term in student.terms_)
    return Scores(Sums(_numbers(student.intercept_ @ to), parts))


def _to_scores(student: Any, spread: Floats) -> Floats:
    """Return how a student's sums become log-odds of the second class, or scores of all."""
    two = len(getattr(student, "classes_", ())) == 2
    return np.asarray(spread[:, 1:] - spread[:, :1] if two else spread)


def _design_parts(design: Design, coef: Floats) -> tuple[Addend, ...]:
    """Return what each column of a table adds, from coefficients (p, J) over the design."""
    found: list[Addend] = []
    for j, column in enumerate(design.columns):
        places = [
            p for p, entry in enumerate(design.entries) if entry.column == j and coef[p].any()
        ]
        if not places:
            continue
        entries = [(design.entries[p], coef[p] / design.entries[p].spread) for p in places]
        none = np.zeros(coef.shape[1])
        absent = [(e, c) for e, c in entries if e.what == "missing"]
        known = sum((-e.mean * c for e, c in absent), start=none)
        missing = sum(((1 - e.mean) * c for e, c in absent), start=none)
        if column.kind == "numeric":
            values = [(e, c) for e, c in entries if e.what == "value"]
            mean = values[0][0].mean if values else 0.0
            slope = values[0][1] if values else none
            found.append(Line(j, float(mean), _numbers(slope), _numbers(known), _numbers(missing)))
            continue
        levels = [(e, c) for e, c in entries if e.what == "levels"]

        def adds(code: int, levels: Any = levels, known: Floats = known) -> Floats:
            return sum((((code in e.codes) - e.mean) * c for e, c in levels), start=known)

        rows = [_numbers(adds(code)) for code in (*range(len(column.categories)), -1)]
        rows.append(_numbers(missing))
        distinct = list(dict.fromkeys(rows))
        *bins, other, lost = (distinct.index(row) for row in rows)
        found.append(Steps((Axis(j, None, tuple(bins), other, lost),), tuple(distinct)))
    return tuple(found)


def _steps(term: Term, grid: Grid, columns: tuple[Column, ...], to: Floats) -> Steps:
    axes = tuple(_axis(grid, j, bins) for j, bins in zip(term.features, term.bins, strict=True))
    scores = tuple(_numbers(row) for row in term.scores @ to)
    return Steps(axes, scores, term.shape[1] if len(axes) == 2 else 1)


def _axis(grid: Grid, j: int, bins: NDArray[np.intp]) -> Axis:
    lost = int(bins[0])
    lookup = grid.lookups[j]
    if lookup is not None:
        return Axis(j, None, tuple(int(b) for b in bins[lookup.astype(np.intp)]), lost, lost)
    own = bins[1 : len(grid.cuts[j]) + 2]
    turns = np.flatnonzero(own[1:] != own[:-1])  # neighbours in one bin need no cut
    kept = [int(own[0]), *(int(own[t + 1]) for t in turns)]
    return Axis(j, tuple(float(grid.cuts[j][t]) for t in turns), tuple(kept), lost, lost)


def _numbers(values: Any) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in np.asarray(values))
    if not np.isfinite(numbers).all():
        raise Refusal(
            expected(
                "finite numbers in the student",
                got=some(numbers, 10),
                remedy="A column's spread is too small for a number: give it in another unit.",
            )
        )
    return numbers
