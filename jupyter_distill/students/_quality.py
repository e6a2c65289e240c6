"""How long EBMs, nets and linear students look for an answer: in earnest, or to try settings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

QUALITIES = ("fast", "greedy")
TRIED_ON = 6_000  # rows on which settings are tried: more would not tell them better apart


def drawn(weights: NDArray[np.float64] | None, n: int, seed: int | None) -> NDArray[np.intp] | None:
    """Return the rows on which settings are tried; None for all."""
    rows = np.arange(n) if weights is None else np.flatnonzero(weights > 0)
    if len(rows) <= TRIED_ON:
        return None
    return np.sort(np.random.default_rng(seed).choice(rows, TRIED_ON, replace=False))
