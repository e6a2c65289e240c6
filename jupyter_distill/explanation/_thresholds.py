"""Thresholds of trees that ask in single precision, as people write them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def plainest(threshold: float, values: Floats | None = None) -> float:
    """Return the shortest number that parts single-precision values as `threshold` does.

    A tree of scikit-learn's rounds every value to single precision before it asks. So its own
    ``0.800000011920929`` is where people have written ``0.8``, and ``2.449999988079071``, which
    lies between two neighbours, parts them no better than ``2.45``.

    Parameters
    ----------
    threshold : float
        What the tree holds: values up to it go left.
    values : ndarray of float64, optional
        What people will hold against the number. A value may lie on it and yet be rounded to the
        neighbour that goes right: then a longer number is taken, which single precision rounds
        to the last one that goes left.
    """
    if not np.isfinite(threshold):
        return threshold
    last = np.float32(threshold)
    if float(last) > threshold:
        last = np.nextafter(last, np.float32(-np.inf))
    # as numbers of Python: beside one of single precision they would be rounded to it themselves
    with np.errstate(over="ignore"):  # beyond the greatest is infinity
        below, above = float(last), float(np.nextafter(last, np.float32(np.inf)))
    same = float(str(last))  # rounded as the values are, it is the last one that goes left
    for short in _shorter(threshold, same):
        if not below <= short < above:
            continue
        if values is None or np.array_equal(values <= short, np.float32(values) <= last):
            return short
    return same


def _shorter(number: float, than: float) -> Iterator[float]:
    """Yield a number rounded to fewer digits than another one has, the fewest first."""
    digits = repr(abs(than)).split("e")[0].replace(".", "").strip("0")
    for some in range(len(digits) - 1):
        yield float(f"{number:.{some}e}")
