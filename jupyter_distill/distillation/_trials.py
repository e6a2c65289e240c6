"""Whether a technique helps: tried on validation rows, and kept only where it wins."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from jupyter_distill._paired import Paired
from jupyter_distill.distillation._lessons import Lessons, Teaching
from jupyter_distill.distillation._parts import Part, Scores, joined, score
from jupyter_distill.distillation._techniques import Step
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions

NEAR = 2.0  # sizes within this factor of the chosen one are looked at: one alone is noisy
FAR = 0.25  # share of made rows off the data's manifold beyond which they teach another world


@dataclass(frozen=True)
class Trial:
    """A technique against the same student without it, on validation rows.

    Attributes
    ----------
    technique : str
        In words.
    gain : float
        Loss that is gained: KL(teacher || student) in nats, or squared difference to the teacher;
        positive where the technique helps.
    se : float
        Paired standard error of `gain`.
    fidelity_gain : float
        Fidelity that is gained: share of rows, or R2.
    off_manifold : float
        Share of the rows made that lie farther from the real ones than 95 % of these do from each
        other; NaN where none are made.
    real : bool
        Whether it is more rows of the owner.
    kept : bool
        Whether the student learnt so.
    """

    technique: str
    gain: float
    se: float
    fidelity_gain: float
    off_manifold: float
    real: bool = False
    kept: bool = False

    @property
    def wins(self) -> bool:
        """Whether the loss is less; see :attr:`within_chance` for how much that means.

        Fidelity is not looked at: on few rows it is so noisy that asking for it too loses half of
        what made rows gain. More real rows are of the same world as the others, so that they are
        learnt from unless they clearly harm; rows that are made have to lie where those do.
        """
        if self.off_manifold > FAR:  # NaN where no rows are made
            return False
        return self.gain > (-self.se if self.real else 0.0)

    @property
    def within_chance(self) -> bool:
        """Whether the gain is within one standard error, where chance alone would often put it."""
        return abs(self.gain) <= self.se

    @property
    def verdict(self) -> str:
        """What came of it, in words."""
        kept = "kept" if self.kept else "left out"
        return f"{kept}, its gain being within chance" if self.kept and self.within_chance else kept

    def __str__(self) -> str:
        return (
            f"{self.technique}: {self.verdict} (loss gained {self.gain:.3g} +- {self.se:.2g}, "
            f"fidelity {self.fidelity_gain:+.3f})"
        )


@dataclass(frozen=True, eq=False)
class Bench:
    """What every trial of a family shares.

    Attributes
    ----------
    student : Student
        Unfitted, as it is tried.
    parts : sequence of Part
        Without any technique.
    sizes : tuple of int
        Those that are scored.
    size : int
        The one that was chosen.
    """

    student: Student
    parts: Sequence[Part]
    sizes: tuple[int, ...]
    size: int

    def scores(self, parts: Sequence[Part], work: Work, what: str) -> Scores:
        """Score the student on parts."""
        calls = [(part, self.student, self.sizes) for part in parts]
        with closing(work.each(score, calls, f"trying {what}", "fits")) as found:
            return joined(list(found))

    def compare(
        self, technique: str, without: Scores, beside: Scores, off: float, real: bool
    ) -> Trial:
        """Compare scores of the same rows."""
        near = [i for i, s in enumerate(self.sizes) if self.size / NEAR <= s <= self.size * NEAR]
        gained = (without.off[near] - beside.off[near]).mean(0)
        gain, error = map(float, Paired.of(gained))
        if isinstance(self.parts[0].score_targets, Predictions):
            spread = float(np.concatenate([p.score_targets.values for p in self.parts]).var())
            fidelity = gain / spread if spread > 0 else 0.0
        else:
            fidelity = float(beside.agrees[near].mean() - without.agrees[near].mean())
        return Trial(technique, gain, error, fidelity, off, real)


def try_techniques(
    bench: Bench,
    lessons: Lessons,
    steps: Sequence[Step],
    without: Scores,
    work: Work,
) -> tuple[Teaching, tuple[Trial, ...], Scores]:
    """Try techniques step by step, each on top of what was kept before.

    Parameters
    ----------
    steps : sequence of sequences of (name, change)
        Rivals of each step, of which the best is kept if it wins.
    without : Scores
        Of the student without any of them.

    An interrupt ends the trials: what was tried to the end until then is kept where it wins.

    Returns
    -------
    teaching : Teaching
        What is kept.
    trials : tuple of Trial
        The evidence.
    scores : Scores
        With what is kept.
    """
    teaching, trials, best, cut = Teaching(), list[Trial](), without, False
    for rivals in steps:
        if cut:
            break
        found: list[tuple[Trial, Teaching, Scores]] = []
        for name, change in rivals:
            with_it = change(teaching)
            try:
                parts = [
                    part.learning(bench.student, lessons.lesson(part.places, with_it))
                    for part in bench.parts
                ]
                beside = bench.scores(parts, work, name)
            except KeyboardInterrupt:
                work.interrupted(f"{name} was not tried to the end, and is left out.")
                cut = True  # its rivals that were tried to the end are still compared
                break
            off = np.nan
            if with_it.method is not None and with_it.method != teaching.method:
                off = lessons.off([part.places for part in bench.parts], with_it.method)
            real = with_it.unlabelled and not teaching.unlabelled
            found.append((bench.compare(name, best, beside, off, real), with_it, beside))
        winners = [one for one in found if one[0].wins]
        winner = max(winners, key=lambda one: one[0].gain, default=None)
        trials += [replace(t, kept=winner is not None and t is winner[0]) for t, _, _ in found]
        if winner is not None:
            _, teaching, best = winner
    return teaching, tuple(trials), best
