"""What the weight of the ground truth does: tried on validation rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

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
        faithful = ~_clearly_worse(self.off)
        truth = np.where(faithful[:, None], self.off_truth, np.inf)
        fine = faithful & ~_clearly_worse(truth, faithful)
        return min(
            (a for a, good in zip(self.alphas, fine, strict=True) if good),
            key=lambda a: abs(a - USUAL),
        )

    @property
    def matters(self) -> bool:
        """Whether some alpha is clearly worse than another, for the teacher or for the truth."""
        return bool(_clearly_worse(self.off).any() or _clearly_worse(self.off_truth).any())

    def frame(self, *, classes: bool) -> pd.DataFrame:
        """Return one row per alpha."""
        if classes:
            measured = {
                "kl": self.off.mean(1),
                "fidelity": self.agrees.mean(1),
                "log_loss": self.off_truth.mean(1),
            }
        else:
            measured = {
                "rmse": np.sqrt(self.off.mean(1)),
                "rmse_truth": np.sqrt(self.off_truth.mean(1)),
            }
        chosen = [alpha == self.best for alpha in self.alphas]
        return pd.DataFrame({"alpha": self.alphas, **measured, "chosen": chosen})


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


def _clearly_worse(off: Floats, among: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Return which rows of scores are worse than the best by more than chance would make them."""
    best = int(off.mean(1).argmin())
    with np.errstate(invalid="ignore"):
        behind = off - off[best]
        error = behind.std(1) / np.sqrt(off.shape[1])
        worse = behind.mean(1) > CLEAR * error + 1e-12
    return np.asarray(worse if among is None else worse | ~among)
