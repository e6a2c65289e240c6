"""The best that a student of its family and size can be, where that can be computed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from jupyter_distill import _resample as resample
from jupyter_distill.audits._every_tree import Candidates, EveryTree, TooMany
from jupyter_distill.audits._measured import Counted, mean
from jupyter_distill.audits._models import Models
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation, at_temperature, sweep
from jupyter_distill.students._bins import Binned
from jupyter_distill.students._linear import LinearBase
from jupyter_distill.students._tree import TreeBase
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

LEAVES = 4  # more leaves make more trees than can be tried
WAYS = 40  # choices of columns, a fit each
MOST = 2e7  # numbers to look at: a few seconds


@dataclass(frozen=True, eq=False)
class BestPossible:
    """The model with the most agreement (of a regression R2) among all of a size.

    It is the best on the rows that the student learnt from. Of trees all are tried whose
    thresholds are the ones that the student may ask about, at most 254 a column; of linear models
    all choices of columns, each fitted as the student is. On other rows another may be better.

    Attributes
    ----------
    measure : {"agreement", "R2"}
        What it is the best by.
    learnt : float
        Of it, on the rows learnt from; NaN where it was not computed.
    student : float
        Of the student on the same rows.
    ceiling : float
        The most that any model of these columns can have on the measured rows: rows that are the
        same in all of them get the same answer.
    reason : str
        Why it was not computed.
    columns : Counted or None
        Its measure on the measured rows.
    """

    measure: str
    learnt: float
    student: float
    ceiling: float
    reason: str
    columns: Counted | None = None

    def describe(self) -> str:
        """Say how near the student comes."""
        said = (
            f"Best possible for this size: not computed, as {self.reason}."
            if self.reason
            else f"Best possible for this size, on the rows learnt from: {self.measure} "
            f"{self.learnt:.3f}; the student has {self.student:.3f} there."
        )
        if self.ceiling < 1:
            said += (
                f" Rows that are alike in all columns leave any model at most {self.ceiling:.3f} "
                "of the measured rows."
            )
        return said


def best_possible(d: Distillation, beside: Models) -> BestPossible:
    """Try every tree of the student's size, or every choice of columns, where these are few."""
    own = beside.targets
    numbers = isinstance(own, Predictions)
    to = own.values[:, None] if numbers else np.eye(own.n_classes)[own.predicted]
    measure = "R2" if numbers else "agreement"
    try:
        learnt, measured = _best_tree(d, beside) if d.family == "tree" else _best_linear(d, beside)
    except _NotComputedError as why:
        reason, columns, shares = str(why), None, (float("nan"),) * 2
    else:
        table, targets = d.table.take(d.rows.learnt), d.targets.take(d.rows.learnt)
        shares = _value(learnt, targets), _value(d.student.output(table), targets)
        reason, columns = "", _column(measured, own)
    return BestPossible(measure, *shares, _ceiling(beside.table, to, numbers), reason, columns)


class _NotComputedError(Exception):
    """Why it is not."""


def _best_tree(d: Distillation, beside: Models) -> tuple[Floats, Floats]:
    """Return what the best tree says of the rows learnt from, and of the measured ones."""
    learnt, table = d.targets.take(d.rows.learnt), d.table.take(d.rows.learnt)
    if not isinstance(d.student, TreeBase):
        raise _NotComputedError("only of our own trees can every one be tried")
    if d.size > LEAVES:
        raise _NotComputedError(f"there are too many trees of more than {LEAVES} leaves")
    _without_constraints(d)
    candidates = Candidates(Binned.of(table, learnt.weights, d.random_state))
    if candidates.left_out:
        name = candidates.left_out[0]
        raise _NotComputedError(f"there are too many ways to part the values of {name!r}")
    if isinstance(learnt, Predictions):
        centred = learnt.values - learnt.values.mean()
        of, score = np.column_stack([np.ones(learnt.n_rows), centred]), _of_numbers
    else:
        of, score = np.eye(learnt.n_classes)[learnt.predicted], _of_classes
    try:
        _, tree = EveryTree(candidates, of, score, MOST).best(np.arange(len(of)), d.size)
    except TooMany:
        raise _NotComputedError(
            f"{candidates.count:,} questions make too many trees of {d.size} leaves"
        ) from None
    leaf = tree.leaf(candidates.binned.codes)
    sums: Floats = np.stack([np.bincount(leaf, w, 2**LEAVES) for w in of.T], 1).astype(np.float64)
    said = sums  # votes are as good as logits to name a class
    if isinstance(learnt, Predictions):
        said = learnt.values.mean() + sums[:, 1] / np.maximum(sums[:, 0], 1)
    return said[leaf], said[tree.leaf(_codes(candidates.binned, beside.table))]


def _best_linear(d: Distillation, beside: Models) -> tuple[Floats, Floats]:
    """Return the same of the linear model that reads the best columns, fitted as the student is."""
    if d.family != "linear" or not isinstance(d.student, LinearBase):
        raise _NotComputedError("only of trees and linear models can every one be tried")
    _without_constraints(d)
    names = d.table.names
    size = min(d.size, len(names))
    ways = comb(len(names), size)
    if ways > WAYS:
        raise _NotComputedError(f"there are {ways:,} ways to choose {size} of {len(names)} columns")
    table, learnt = d.table.take(d.rows.learnt), d.targets.take(d.rows.learnt)
    template = at_temperature(d.template, d.temperature)
    models = [d.student]
    for chosen in combinations(names, size) if ways > 1 else ():
        but = Constraints(forbid=tuple(name for name in names if name not in chosen))
        model = clone(template).set_params(constraints=but)
        models += sweep(model, d.course.prepared, d.course.targets, (size,))
    said = [model.output(table) for model in models]
    best = max(range(len(models)), key=lambda i: _value(said[i], learnt))
    return said[best], models[best].output(beside.table)


def _without_constraints(d: Distillation) -> None:
    if getattr(d.template, "constraints", None) is not None:
        raise _NotComputedError("its constraints leave out models that this would try")


def _value(said: Floats, targets: Any) -> float:
    if isinstance(targets, Predictions):
        return float(resample.r2(resample.r2_columns(said, targets.values).mean(0)))
    return float((said.argmax(1) == targets.predicted).mean())


def _column(said: Floats, targets: Any) -> Counted | None:
    if not isinstance(targets, Predictions):
        return mean(said.argmax(1) == targets.predicted, share=True)
    if np.ptp(targets.values) == 0:
        return None
    return Counted(resample.r2_columns(said, targets.values), resample.r2)


def _of_classes(sums: Floats) -> Floats:
    most = sums[0]
    for one in sums[1:]:  # over a short axis much quicker than max(0)
        most = np.maximum(most, one)
    return np.asarray(most)


def _of_numbers(sums: Floats) -> Floats:
    """Return by how much the mean of a leaf lowers the squared error of the mean of all."""
    return np.asarray(sums[1] ** 2 / np.maximum(sums[0], 1.0))


def _codes(binned: Binned, table: Table) -> NDArray[np.uint8]:
    """Return the codes of other rows in the same bins."""
    codes = np.empty(table.values.shape, dtype=np.uint8)
    for j, lookup in enumerate(binned.lookups):
        values = table.values[:, j]
        if lookup is None:
            found = np.searchsorted(binned.cuts[j], values, side="left") + 1
            codes[:, j] = np.where(np.isnan(values), 0, found)
        else:
            known = values >= 0
            codes[:, j] = np.where(known, lookup[np.where(known, values, 0).astype(np.intp)], 0)
    return codes


def _ceiling(table: Table, to: Floats, numbers: bool) -> float:
    """Return the most agreement, or R2, of a model that says the same of rows that are the same."""
    values = np.where(np.isnan(table.values), np.inf, table.values)
    place = np.unique(values, axis=0, return_inverse=True)[1].ravel()
    rows = np.bincount(place)
    if len(rows) == len(place):
        return 1.0
    sums = np.column_stack([np.bincount(place, w) for w in to.T])
    if not numbers:
        return float(sums.max(1).sum() / len(place))
    if np.ptp(to) == 0:
        return 1.0
    said = (sums[:, 0] / rows)[place]
    return float(resample.r2(resample.r2_columns(said, to[:, 0]).mean(0)))
