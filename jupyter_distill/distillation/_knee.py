"""Which size is enough: the smallest that is about as faithful as the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLOSE = 0.01  # a point of fidelity, or of R2, is not worth a larger student
CLOSE_PER_CLASS = 0.03  # of the mean over classes, which is noisier
CLOSE_KNOWN = 0.1  # of what there is to know of the teacher's distribution


@dataclass(frozen=True, eq=False)
class Faithful:
    """How faithful the students of some sizes are, on rows that they did not learn from.

    Attributes
    ----------
    fidelity : ndarray of shape (sizes,)
        Share of rows for which the teacher's class is named; of a regression R2 to the teacher.
    per_class : ndarray of shape (sizes,), optional
        Mean of that share over the classes that the teacher names.
    known : ndarray of shape (sizes,), optional
        Share of the divergence from the teacher's mean distribution that is gone: 1 is the
        teacher's own distribution, 0 one and the same answer for all rows.
    """

    fidelity: Floats
    per_class: Floats | None = None
    known: Floats | None = None


def knee(sizes: Sequence[int], found: Faithful, readable: int) -> int:
    """Return the smallest readable size that is about as faithful as the best.

    That is within a point of the best fidelity over all rows (of a regression: of R2), within
    three points of the best mean per class, which a rare class would not move otherwise, and
    within a tenth of what there is to know of the distribution. Where none is all of it, the
    smallest of those that miss by the least.
    """
    within = [i for i, size in enumerate(sizes) if size <= readable] or [0]
    short = np.zeros(len(within))
    for measure, close in (
        (found.fidelity, CLOSE),
        (found.per_class, CLOSE_PER_CLASS),
        (found.known, CLOSE_KNOWN),
    ):
        if measure is not None:
            of = measure[within]
            short = np.maximum(short, (of.max() - of) / close)
    near = np.flatnonzero(short <= max(1.0, float(short.min())) + 1e-9)
    return sizes[within[int(near[0])]]
