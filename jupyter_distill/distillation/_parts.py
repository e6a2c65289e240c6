"""Rows to try settings on: those that a student is fitted to, and those that score it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import log_softmax
from jupyter_distill.data import Rows, Table
from jupyter_distill.distillation._sweep import sweep
from jupyter_distill.students import Student
from jupyter_distill.targets import KL, Predictions, SoftTargets, Targets

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

SMALL = 2_000  # rows below which one validation part is too noisy and three folds are taken
ENOUGH = 20_000  # rows above which the rank of a setting no longer moves


class Scores(NamedTuple):
    """How students of several sizes do on rows that they did not learn from.

    Attributes
    ----------
    off : ndarray of shape (sizes, rows)
        KL(teacher || student) at T = 1 in nats, or squared difference to the teacher.
    agrees : ndarray of bool, same shape
        Whether both name the same class; of a regression all False.
    off_truth : ndarray, same shape
        -log of the probability of the true class, or squared difference to the truth; NaN where
        it is not known.
    """

    off: Floats
    agrees: NDArray[np.bool_]
    off_truth: Floats


class Part:
    """Rows to fit on, prepared once for whatever is tried, and rows to score on."""

    def __init__(
        self,
        student: Student,
        learnt: tuple[Table, Any],
        scored: tuple[Table, Any],
        places: Places,
    ) -> None:
        table, self.fit_targets = learnt
        shown, self.score_targets = scored
        self.score_rows = shown.bare()
        self.places = places  # of the owner's rows that are fitted
        self.fit_rows = student.prepare(table.bare(), self.fit_targets.weights)

    def learning(self, student: Student, learnt: tuple[Table, Any]) -> Part:
        """Return the same rows to score on, with others to learn from."""
        return Part(student, learnt, (self.score_rows, self.score_targets), self.places)

    def constant(self) -> Floats:
        """Return how far the teacher is from its mean over the rows that are fitted, per row."""
        if isinstance(self.fit_targets, Predictions):
            centre = np.average(self.fit_targets.values, weights=self.fit_targets.weights)
            return np.asarray((self.score_targets.values - centre) ** 2)
        p = self.fit_targets.at(1.0)
        mean = np.log(np.maximum(np.average(p, axis=0, weights=self.fit_targets.weights), 1e-300))
        return KL.per_row(np.tile(mean, (self.score_targets.n_rows, 1)), self.score_targets)

    def score(self, student: Student, sizes: Sequence[int]) -> Scores:
        """Fit a student to the one rows, and score every size on the others."""
        swept = sweep(student, self.fit_rows, self.fit_targets, sizes)
        said = [one.output(self.score_rows) for one in swept]
        return scores(said, self.score_targets)


def scores(said: Sequence[Floats], targets: Targets) -> Scores:
    """Score what students say."""
    each = [
        _numbers(s, targets) if isinstance(targets, Predictions) else _classes(s, targets)
        for s in said
    ]
    return Scores(*(np.array(arrays) for arrays in zip(*each, strict=True)))


def joined(found: Sequence[Scores]) -> Scores:
    """Put the scores of several parts beside each other."""
    return Scores(*(np.concatenate(arrays, axis=1) for arrays in zip(*found, strict=True)))


def parts_of(
    student: Student,
    table: Table,
    targets: Targets,
    pairs: Sequence[tuple[Places, Places]],
) -> list[Part]:
    """Return a part for each pair of rows to fit and to score on, see :func:`folds`."""
    return [
        Part(student, (table.take(fit), targets.take(fit)), (table.take(s), targets.take(s)), fit)
        for fit, s in pairs
    ]


def folds(rows: Rows, seed: int | None) -> list[tuple[Places, Places]]:
    """Return one pair of rows to fit and to score on, or three where rows are few.

    None of them is held out. Without a seed each call draws others: families that are compared
    share the same.
    """
    rng = np.random.default_rng(seed)
    learnt = rows.learnt
    if len(learnt) >= SMALL:
        return [(_at_most(rows.train, rng), _at_most(rows.validation, rng))]
    thirds = np.array_split(rng.permutation(learnt), 3)
    return [(np.sort(np.setdiff1d(learnt, third)), np.sort(third)) for third in thirds]


def score(part: Part, student: Student, sizes: Sequence[int]) -> Scores:
    """Do what :meth:`Part.score` does, as a function to be sent to a worker."""
    return part.score(student, sizes)


def _classes(z: Floats, targets: SoftTargets) -> tuple[Any, Any, Any]:
    off = KL.per_row(z, targets)
    agrees = z.argmax(1) == targets.predicted
    if targets.labels is None:
        return off, agrees, np.full(len(z), np.nan)
    truth = -log_softmax(z)[np.arange(len(z)), targets.labels]
    return off, agrees, np.where(targets.labels < 0, np.nan, truth)


def _numbers(said: Floats, targets: Predictions) -> tuple[Any, Any, Any]:
    off = (said - targets.values) ** 2
    truth = np.full(len(said), np.nan) if targets.truth is None else (said - targets.truth) ** 2
    return off, np.zeros(len(said), dtype=bool), truth


def _at_most(rows: Places, rng: np.random.Generator) -> Places:
    if len(rows) <= ENOUGH:
        return rows
    return np.sort(rng.choice(rows, ENOUGH, replace=False))
