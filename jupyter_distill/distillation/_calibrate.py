"""Which temperature teaches best: tried on validation rows, for every size of the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._paired import Paired
from jupyter_distill.distillation._knee import Faithful
from jupyter_distill.distillation._parts import Part, Scores, joined, score
from jupyter_distill.distillation._sweep import at_temperature
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student

Floats = NDArray[np.float64]

# Even steps of log T; below 1 the structure of a tree follows the decision boundary more closely.
GRID = (0.25, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
BY_CHANCE = 0.05  # share of runs in which chance alone may make temperatures look different


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
    sized : Scores or None
        Of students that were fitted in earnest, at the temperature that is best over all sizes;
        None where pilots tell sizes apart.
    """

    temperatures: tuple[float, ...]
    sizes: tuple[int, ...]
    kl: Floats
    agrees: NDArray[np.bool_]
    named: NDArray[np.intp]
    constant: Floats
    sized: Scores | None = None

    def best_temperature(self, size: int) -> float:
        """Return T of the least KL; where no T differs measurably the one nearest to 1."""
        kl = self.kl[:, self.sizes.index(size)]
        far = np.abs(np.log(self.temperatures))
        if not self.matters(size):
            return self.temperatures[int(far.argmin())]
        return self.temperatures[int(np.lexsort((far, kl.mean(1).round(12)))[0])]

    def matters(self, size: int) -> bool:
        """Return whether some T is worse than the best by more than chance would make it."""
        return bool(self._behind(size).beyond(self.clear).any())

    @property
    def clear(self) -> float:
        """Standard errors from which on a difference is none of chance, each T being compared.

        With the best one; two-sided, after Bonferroni.
        """
        return float(stats.norm.isf(BY_CHANCE / 2 / max(len(self.temperatures) - 1, 1)))

    def _behind(self, size: int) -> Paired:
        """Return how much larger the KL of each T is than the least."""
        return Paired.behind_best(self.kl[:, self.sizes.index(size)])

    def faithful(self) -> Faithful:
        """Return how faithful every size is at its best T, on validation rows."""
        best = [self.temperatures.index(self.best_temperature(size)) for size in self.sizes]
        at_best = best, range(len(best))
        kl, agrees = self.kl[at_best], self.agrees[at_best]
        if self.sized is not None:
            kl, agrees = self.sized.off, self.sized.agrees
        return faithful_classes(kl, agrees, self.named, float(self.constant.mean()))

    def at(self, temperature: float) -> Scores:
        """Return the scores of every size at one temperature; those of the truth are not kept."""
        place = self.temperatures.index(temperature)
        kl = self.kl[place]
        return Scores(kl, self.agrees[place], np.full_like(kl, np.nan))

    def path(self, size: int) -> pd.DataFrame:
        """Return one row per T: KL, its difference to the best with standard error, fidelity."""
        kl = self.kl[:, self.sizes.index(size)]
        chosen = self.temperatures.index(self.best_temperature(size))
        behind = self._behind(size)
        return pd.DataFrame(
            {
                "temperature": self.temperatures,
                "kl": kl.mean(1),
                "behind_best": behind.mean,
                "se": behind.se,
                "fidelity": self.agrees[:, self.sizes.index(size)].mean(1),
                "chosen": np.arange(len(kl)) == chosen,
            }
        )


def faithful_classes(
    kl: Floats, agrees: NDArray[np.bool_], named: NDArray[np.intp], constant: float
) -> Faithful:
    """Return how faithful students are, from scores of shape (sizes, rows).

    Parameters
    ----------
    named : ndarray of int, shape (rows,)
        Code of the class that the teacher names.
    constant : float
        KL(teacher || its mean).
    """
    classes = [agrees[:, named == k].mean(1) for k in np.unique(named)]
    if constant < 1e-12:  # a teacher that says the same of all rows
        return Faithful(agrees.mean(1), np.mean(classes, axis=0))
    return Faithful(agrees.mean(1), np.mean(classes, axis=0), 1 - kl.mean(1) / constant)


def calibrate(
    student: Student,
    parts: Sequence[Part],
    temperatures: Sequence[float],
    sizes: Sequence[int],
    work: Work,
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
    done: list[Scores] = []
    from_1 = sorted(temperatures, key=lambda T: abs(np.log(T)))  # an interrupt keeps the plainest
    calls = [(part, at_temperature(tried, T), sizes) for T in from_1 for part in parts]
    first = len(parts) if tried.REMEMBERS and len(from_1) > 1 else 0
    try:
        fits = work.each(score, calls, "calibrating temperature", "fits", at_home=first)
        with closing(fits) as found:
            done.extend(found)
    except KeyboardInterrupt:
        if len(done) < len(parts):
            raise
        through = from_1[: len(done) // len(parts)]
        work.interrupted(
            f"{len(through)} of {len(temperatures)} temperatures "
            + (
                f"was tried, {through[0]:g}, and taken."
                if len(through) == 1
                else f"were tried ({min(through):g} to {max(through):g}); the best was taken."
            )
        )
    of = {
        T: joined(done[i * len(parts) : (i + 1) * len(parts)])
        for i, T in enumerate(from_1[: len(done) // len(parts)])
    }
    order = sorted(of)
    calibration = Calibration(
        tuple(float(T) for T in order),
        tuple(sizes),
        np.stack([of[T].off for T in order]),
        np.stack([of[T].agrees for T in order]),
        np.concatenate([part.score_targets.predicted for part in parts]),
        np.concatenate([part.constant() for part in parts]),
    )
    if student.PILOT_SIZES or not sized:
        return calibration
    try:
        return replace(calibration, sized=_in_earnest(student, calibration, parts, work))
    except KeyboardInterrupt:
        work.interrupted("the size was chosen by students that were fitted briefly.")
        return calibration


def _in_earnest(student: Student, found: Calibration, parts: Sequence[Part], work: Work) -> Scores:
    """Return scores of every size, the student fitted as it will be at last."""
    student = at_temperature(student, found.temperatures[int(found.kl.mean((1, 2)).argmin())])
    calls = [(part, student, found.sizes) for part in parts]
    with closing(work.each(score, calls, "piloting sizes", "parts")) as scored:
        return joined(list(scored))
