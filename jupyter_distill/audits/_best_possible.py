"""The best that a student of its family and size can be, where that can be computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill import _resample as resample
from jupyter_distill.audits._beside import Beside
from jupyter_distill.audits._every_tree import Candidates, EveryTree, TooMany
from jupyter_distill.audits._measured import Counted, mean
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.students._bins import Binned
from jupyter_distill.students._tree import TreeBase
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

LEAVES = 4  # more leaves make more trees than can be tried
MOST = 2e7  # numbers to look at: a few seconds


@dataclass(frozen=True, eq=False)
class BestPossible:
    """The tree with the most agreement (of a regression R2) among all of a size.

    It is the best on the rows that the student learnt from, of all whose thresholds are the ones
    that the student may ask about, at most 254 a column. On other rows another may be better.

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


def best_possible(d: Distillation, beside: Beside) -> BestPossible:
    """Try every tree of the student's size, where these are few enough."""
    numbers = isinstance(d.targets, Predictions)
    learnt, table = d.targets.take(d.rows.learnt), d.table.take(d.rows.learnt)
    own = beside.targets
    measure = "R2" if numbers else "agreement"
    to_measured = own.values[:, None] if numbers else _one_hot(own.predicted, own.n_classes)
    unknown = float("nan")
    about = measure, unknown, unknown, _ceiling(beside.table, to_measured, numbers)
    student = d.student
    if not isinstance(student, TreeBase) or d.family != "tree":
        return BestPossible(*about, "only of trees can every one be tried")
    if d.size > LEAVES:
        return BestPossible(*about, f"there are too many trees of more than {LEAVES} leaves")
    if getattr(d.template, "constraints", None) is not None:
        return BestPossible(*about, "its constraints leave out trees that this would try")
    candidates = Candidates(Binned.of(table, learnt.weights, d.random_state))
    if candidates.left_out:
        name = candidates.left_out[0]
        return BestPossible(*about, f"there are too many ways to part the values of {name!r}")
    if numbers:
        centre = learnt.values.mean()
        of = np.column_stack([np.ones(learnt.n_rows), learnt.values - centre])
    else:
        of = _one_hot(learnt.predicted, learnt.n_classes)
    every = EveryTree(candidates, of, _of_numbers if numbers else _of_classes, MOST)
    try:
        _, tree = every.best(np.arange(learnt.n_rows), d.size)
    except TooMany:
        return BestPossible(
            *about, f"{candidates.count:,} questions make too many trees of {d.size} leaves"
        )
    leaf = tree.leaf(candidates.binned.codes)
    measured = tree.leaf(_codes(candidates.binned, beside.table))
    said = student.output(table)
    if numbers:
        sums = np.column_stack([np.bincount(leaf, w, 2**LEAVES) for w in (of[:, 0], of[:, 1])])
        answers = centre + sums[:, 1] / np.maximum(sums[:, 0], 1)
        return BestPossible(
            measure,
            _r2(answers[leaf], learnt.values),
            _r2(said, learnt.values),
            about[-1],
            "",
            Counted(resample.r2_columns(answers[measured], own.values), resample.r2)
            if np.ptp(own.values) > 0
            else None,
        )
    votes = np.column_stack([np.bincount(leaf, w, 2**LEAVES) for w in of.T])
    named = votes.argmax(1)
    return BestPossible(
        measure,
        float((named[leaf] == learnt.predicted).mean()),
        float((said.argmax(1) == learnt.predicted).mean()),
        about[-1],
        "",
        mean(named[measured] == own.predicted, share=True),
    )


def _of_classes(sums: Floats) -> Floats:
    most = sums[0]
    for one in sums[1:]:  # over a short axis much quicker than max(0)
        most = np.maximum(most, one)
    return np.asarray(most)


def _of_numbers(sums: Floats) -> Floats:
    """Return by how much the mean of a leaf lowers the squared error of the mean of all."""
    return np.asarray(sums[1] ** 2 / np.maximum(sums[0], 1.0))


def _one_hot(codes: NDArray[np.intp], k: int) -> Floats:
    return np.eye(k)[codes]


def _r2(said: Floats, target: Floats) -> float:
    return float(resample.r2(resample.r2_columns(said, target).mean(0)))


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
    return _r2((sums[:, 0] / rows)[place], to[:, 0]) if np.ptp(to) > 0 else 1.0
