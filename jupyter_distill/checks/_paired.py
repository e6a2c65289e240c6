"""Whether one of two models is clearly better, asked on the same rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEVEL = 0.01  # of all that one finding looks at, how often chance alone may bring it
MATTERS = 0.02  # of accuracy, fidelity or R2: less is not worth a finding, however certain


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


def chance(p: float) -> str:
    """Write a probability to read: ``p = 0.004``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
