"""Which temperature teaches best: tried on validation rows, for every size of the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Rows, Table
from jupyter_distill.distillation._knee import Faithful
from jupyter_distill.distillation._progress import Progress
from jupyter_distill.distillation._sweep import at_temperature, sweep
from jupyter_distill.students import Student
from jupyter_distill.targets import KL, SoftTargets

Floats = NDArray[np.float64]

# Even steps of log T; below 1 the structure of a tree follows the decision boundary more closely.
GRID = (0.25, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
# Standard errors that seven temperatures, each compared with the best, exceed by chance in one of
# twenty runs (Bonferroni).
CLEAR = 2.7
SMALL = 2_000  # rows below which one validation part is too noisy and three folds are taken
ENOUGH = 20_000  # rows above which a temperature's rank no longer moves


@dataclass(frozen=True, eq=False)
class Calibration:
    """What validation rows say about every temperature and size that was tried.

    Attributes
    ----------
    temperatures : tuple of float
        T of the first axis.
    sizes : tuple of int
        Sizes of the second axis.
    kl : ndarray of shape (temperatures, sizes, rows)
        KL(teacher || student) at T = 1: one score for all, whatever T the student learnt at.
    agrees : ndarray of bool, same shape
        Whether teacher and student name the same class.
    named : ndarray of int, shape (rows,)
        Code of the class that the teacher names.
    constant : ndarray of shape (rows,)
        KL(teacher || its mean over the rows that were learnt from).
    sized : pair of ndarray of shape (sizes, rows), or None
        `kl` and `agrees` where the student was fitted in earnest, at the temperature that is best
        over all sizes; None where pilots tell sizes apart.
    """

    temperatures: tuple[float, ...]
    sizes: tuple[int, ...]
    kl: NDArray[np.float32]
    agrees: NDArray[np.bool_]
    named: NDArray[np.intp]
    constant: Floats
    sized: tuple[NDArray[np.float32], NDArray[np.bool_]] | None = None

    def best_temperature(self, size: int) -> float:
        """Return T of the least KL; where no T differs measurably the one nearest to 1."""
        kl = self.kl[:, self.sizes.index(size)].astype(np.float64)
        far = np.abs(np.log(self.temperatures))
        if not self.matters(size):
            return self.temperatures[int(far.argmin())]
        return self.temperatures[int(np.lexsort((far, kl.mean(1).round(12)))[0])]

    def matters(self, size: int) -> bool:
        """Return whether some T is worse than the best by more than `CLEAR` standard errors."""
        kl = self.kl[:, self.sizes.index(size)].astype(np.float64)
        behind = kl - kl[int(kl.mean(1).argmin())]
        error = behind.std(1) / np.sqrt(kl.shape[1])
        return bool((behind.mean(1) > CLEAR * error + 1e-12).any())

    def faithful(self) -> Faithful:
        """Return how faithful every size is at its best T, on validation rows."""
        best = [self.temperatures.index(self.best_temperature(size)) for size in self.sizes]
        at_best = best, range(len(best))
        kl, agrees = (self.kl[at_best], self.agrees[at_best]) if self.sized is None else self.sized
        classes = [agrees[:, self.named == k].mean(1) for k in np.unique(self.named)]
        of = float(self.constant.mean())
        if of < 1e-12:  # a teacher that says the same of all rows
            return Faithful(agrees.mean(1), np.mean(classes, axis=0))
        known = 1 - kl.mean(1, dtype=np.float64) / of
        return Faithful(agrees.mean(1), np.mean(classes, axis=0), known)

    def path(self, size: int) -> pd.DataFrame:
        """Return one row per T: KL, its difference to the best with standard error, fidelity."""
        kl = self.kl[:, self.sizes.index(size)].astype(np.float64)
        best = self.temperatures.index(self.best_temperature(size))
        behind = kl - kl[best]
        return pd.DataFrame(
            {
                "temperature": self.temperatures,
                "kl": kl.mean(1),
                "behind_best": behind.mean(1),
                "se": behind.std(1) / np.sqrt(kl.shape[1]),
                "fidelity": self.agrees[:, self.sizes.index(size)].mean(1),
                "chosen": np.arange(len(kl)) == best,
            }
        )


def calibrate(
    student: Student,
    table: Table,
    targets: SoftTargets,
    rows: Rows,
    temperatures: Sequence[float],
    sizes: Sequence[int],
    progress: Progress,
    seed: int | None,
    *,
    sized: bool = True,
) -> Calibration:
    """Fit the student at every temperature and score every size on rows it did not learn from.

    Parameters
    ----------
    sized : bool
        Whether sizes shall be told apart too.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before one temperature is through; later, what is done is kept.
    """
    tried = student.pilot()
    parts = [_Part(student, table, targets, fit, score) for fit, score in folds(rows, seed)]
    kl, agrees, done = [], [], []
    from_1 = sorted(temperatures, key=lambda T: abs(np.log(T)))  # an interrupt keeps the plainest
    try:
        for T in progress.each(from_1, "calibrating temperature", "temperatures"):
            scored = [part.score(at_temperature(tried, T), sizes) for part in parts]
            kl.append(np.concatenate([s[0] for s in scored], axis=1))
            agrees.append(np.concatenate([s[1] for s in scored], axis=1))
            done.append(float(T))
    except KeyboardInterrupt:
        if not done:
            raise
        progress.interrupted(
            f"{len(done)} of {len(temperatures)} temperatures were tried ({min(done)} to "
            f"{max(done)}); the best of them was taken."
        )
    order = np.argsort(done)
    named = np.concatenate([part.score_targets.predicted for part in parts])
    found = Calibration(
        tuple(done[i] for i in order),
        tuple(sizes),
        np.stack(kl)[order],
        np.stack(agrees)[order],
        named,
        np.concatenate([part.constant() for part in parts]),
    )
    if student.PILOT_SIZES or not sized:
        return found
    try:
        return replace(found, sized=_in_earnest(student, found, parts, progress))
    except KeyboardInterrupt:
        progress.interrupted("the size was chosen by students that were fitted briefly.")
        return found


def _in_earnest(
    student: Student, found: Calibration, parts: list[_Part], progress: Progress
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return KL and agreement for every size, the student fitted as it will be at last."""
    student = at_temperature(student, found.temperatures[int(found.kl.mean((1, 2)).argmin())])
    scored = [
        part.score(student, found.sizes) for part in progress.each(parts, "piloting sizes", "parts")
    ]
    kl, agrees = zip(*scored, strict=True)
    return np.concatenate(kl, axis=1), np.concatenate(agrees, axis=1)


class _Part:
    """Rows to fit on, prepared once for all temperatures, and rows to score on."""

    def __init__(
        self,
        student: Student,
        table: Table,
        targets: SoftTargets,
        fit: NDArray[np.intp],
        score: NDArray[np.intp],
    ) -> None:
        self.fit_targets, self.score_targets = targets.take(fit), targets.take(score)
        self.fit_rows = student.prepare(table.take(fit), self.fit_targets.weights)
        self.score_rows = table.take(score)

    def constant(self) -> Floats:
        """Return the divergence of the teacher from its mean, per row that is scored."""
        p = self.fit_targets.at(1.0)
        mean = np.log(np.maximum(np.average(p, axis=0, weights=self.fit_targets.weights), 1e-300))
        return KL.per_row(np.tile(mean, (self.score_targets.n_rows, 1)), self.score_targets)

    def score(self, student: Student, sizes: Sequence[int]) -> tuple[Any, Any]:
        swept = sweep(student, self.fit_rows, self.fit_targets, sizes)
        logits = [one.output(self.score_rows) for one in swept]
        kl = [KL.per_row(z, self.score_targets) for z in logits]
        agrees = [z.argmax(1) == self.score_targets.predicted for z in logits]
        return np.array(kl, dtype=np.float32), np.array(agrees)


def folds(rows: Rows, seed: int | None) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return pairs of rows to fit and to score on, none of them held out."""
    rng = np.random.default_rng(seed)
    learnt = rows.learnt
    if len(learnt) >= SMALL:
        return [(_at_most(rows.train, rng), _at_most(rows.validation, rng))]
    thirds = np.array_split(rng.permutation(learnt), 3)
    return [(np.sort(np.setdiff1d(learnt, third)), np.sort(third)) for third in thirds]


def _at_most(rows: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    if len(rows) <= ENOUGH:
        return rows
    return np.sort(rng.choice(rows, ENOUGH, replace=False))
