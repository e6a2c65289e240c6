"""What the weight of the ground truth does: tried on validation rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from jupyter_distill._paired import Paired
from jupyter_distill.distillation._parts import Part, Scores, joined, score
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student

Floats = NDArray[np.float64]

CLEAR = 2.0  # standard errors beyond which two weights do differ; few are compared
USUAL = 0.1  # taken where none is better than another


@dataclass(frozen=True, eq=False)
class AlphaPath:
    """What validation rows say of every alpha that was tried, at one size and T.

    Attributes
    ----------
    alphas : tuple of float
        Those that were tried, ascending.
    off, off_truth : ndarray of shape (alphas, rows)
        Divergence from the teacher, and loss against the truth, of each row: KL and -log p of the
        true class in nats, or squared differences.
    agrees : ndarray of bool, same shape
        Whether teacher and student name the same class.
    """

    alphas: tuple[float, ...]
    off: Floats
    off_truth: Floats
    agrees: NDArray[np.bool_]

    @property
    def best(self) -> float:
        """The alpha that is best for the truth of those that cost no measurable fidelity.

        The one nearest to 0.1 where these do not differ measurably.
        """
        faithful = ~self.behind.beyond(CLEAR)
        fine = faithful & ~Paired.behind_best(self.off_truth, faithful).beyond(CLEAR)
        return min(
            (a for a, good in zip(self.alphas, fine, strict=True) if good),
            key=lambda a: abs(a - USUAL),
        )

    @property
    def matters(self) -> bool:
        """Whether some alpha is clearly worse than another, for the teacher or for the truth."""
        return bool(self.behind.beyond(CLEAR).any() or self.behind_truth.beyond(CLEAR).any())

    @property
    def behind(self) -> Paired:
        """How much farther from the teacher each alpha is than the one that is nearest."""
        return Paired.behind_best(self.off)

    @property
    def behind_truth(self) -> Paired:
        """How much farther from the truth each alpha is than the one that is nearest."""
        return Paired.behind_best(self.off_truth)

    def frame(self, *, classes: bool) -> pd.DataFrame:
        """Return one row per alpha: its two losses, their differences to the best, with errors."""
        teacher = _measured(self.off, self.behind, root=not classes)
        truth = _measured(self.off_truth, self.behind_truth, root=not classes)
        agrees = [self.agrees.mean(1)] if classes else []
        chosen = np.array(self.alphas) == self.best
        values = [self.alphas, *teacher, *agrees, *truth, chosen]
        return pd.DataFrame(dict(zip(columns(classes=classes), values, strict=True)))


def columns(*, classes: bool) -> list[str]:
    """Return the names of what is measured of every alpha."""
    teacher = ["kl" if classes else "rmse", "behind_best", "se"]
    truth = ["log_loss" if classes else "rmse_truth", "behind_best_truth", "se_truth"]
    return ["alpha", *teacher, *(["fidelity"] if classes else []), *truth, "chosen"]


def try_alphas(
    student: Student,
    parts: Sequence[Part],
    alphas: Sequence[float],
    size: int,
    work: Work,
) -> AlphaPath:
    """Fit the student with every alpha and score it on rows that it did not learn from.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before one alpha is through; later, what is done is kept.
    """
    from_usual = sorted(alphas, key=lambda a: abs(a - USUAL))
    calls = [
        (part, clone(student).set_params(alpha=alpha), (size,))
        for alpha in from_usual
        for part in parts
    ]
    done: list[Scores] = []
    try:
        with closing(work.each(score, calls, "trying alpha", "fits")) as found:
            done.extend(found)
    except KeyboardInterrupt:
        if len(done) < len(parts):
            raise
        tried = len(done) // len(parts)
        work.interrupted(
            f"alpha was tried at {tried} of {len(alphas)} values; the best of them was taken."
        )
    of = {
        alpha: joined(done[i * len(parts) : (i + 1) * len(parts)])
        for i, alpha in enumerate(from_usual[: len(done) // len(parts)])
    }
    order = sorted(of)
    return AlphaPath(
        tuple(order),
        np.concatenate([of[alpha].off for alpha in order]),
        np.concatenate([of[alpha].off_truth for alpha in order]),
        np.concatenate([of[alpha].agrees for alpha in order]),
    )


def _measured(off: Floats, behind: Paired, *, root: bool) -> tuple[Floats, Floats, Floats]:
    """Return means, how far they are behind the best, and its error; of squares, of their roots."""
    mean: Floats = off.mean(1)
    if not root:
        return mean, *behind
    roots = np.sqrt(mean)
    # a^2 - b^2 = (a + b)(a - b), so that a root is as many errors behind as its square
    both = np.maximum(roots + roots.min(), 1e-300)
    return roots, behind.mean / both, behind.se / both
