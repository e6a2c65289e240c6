"""Whether one of several models is better than chance would make it, asked on the same rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEVEL = 0.01  # of all that one finding looks at, how often chance alone may bring it
MATTERS = 0.02  # of accuracy, fidelity or R2: less is not worth a finding, however certain
ROUNDING = 1e-12  # what is not more than this is no difference


class Paired(NamedTuple):
    """Mean differences between models on the same rows, with their standard errors.

    Attributes
    ----------
    mean, se : ndarray of shape (models,)
        Of the differences; the rows of a pair have the same luck, so that it cancels.
    """

    mean: Floats
    se: Floats

    @classmethod
    def of(cls, differences: Floats) -> Paired:
        """Measure differences of shape (models, rows), or (rows,)."""
        return cls(
            np.asarray(differences.mean(-1)),
            np.asarray(differences.std(-1) / np.sqrt(differences.shape[-1])),
        )

    @classmethod
    def behind_best(cls, off: Floats, among: Mask | None = None) -> Paired:
        """Measure how far each model is behind the best one.

        Parameters
        ----------
        off : ndarray of shape (models, rows)
            What each is off by, in each row.
        among : ndarray of bool, shape (models,), optional
            Those of which the best is one; all unless given.
        """
        mean = off.mean(-1)
        best = (mean if among is None else np.where(among, mean, np.inf)).argmin()
        return cls.of(off - off[best])

    def beyond(self, errors: float) -> Mask:
        """Return where the difference is more than so many standard errors: none of chance."""
        return np.asarray(self.mean > errors * self.se + ROUNDING)


def right_more_often(one: Mask, other: Mask) -> float:
    """Return how likely chance alone lets `one` be right in this many more rows than `other`.

    Only rows where just one of them is right tell the two apart: a fair coin decides each if
    they are equally good.

    References
    ----------
    Q. McNemar: Note on the sampling error of the difference between correlated proportions, 1947;
    exact.
    """
    wins, losses = int((one & ~other).sum()), int((other & ~one).sum())
    if wins <= losses:
        return 1.0
    return float(stats.binomtest(wins, wins + losses, alternative="greater").pvalue)


def above_zero(differences: Floats, least: float = 0.0) -> float:
    """Return how likely chance alone gives differences, one per row, so large a mean (Student).

    Parameters
    ----------
    differences : ndarray of shape (n,)
        Of rows that have nothing to do with each other.
    least : float
        Standard deviation that is taken where theirs is less.
    """
    mean = float(differences.mean())
    if mean <= 0 or len(differences) < 2:
        return 1.0
    spread = max(least, float(differences.std(ddof=1)))
    if spread <= 1e-12 * mean:
        return 0.0  # the same for every row
    return float(stats.t.sf(mean / spread * np.sqrt(len(differences)), len(differences) - 1))


def holm(p: Floats) -> Floats:
    """Return p-values for so many looks: below a level, all of them hold at once (Holm, 1979).

    Parameters
    ----------
    p : ndarray of shape (n,)
        Of each look by itself; NaN where there was none.
    """
    looks = np.flatnonzero(~np.isnan(p))
    order = looks[np.argsort(p[looks], kind="stable")]
    raised = np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1))
    answer = np.full(len(p), np.nan)
    answer[order] = np.minimum(raised, 1.0)
    return answer


def chance(p: float) -> str:
    """Write a probability to read: ``p = 0.004``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
