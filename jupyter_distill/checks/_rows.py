"""Which rows are the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def codes_of_rows(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return a code per row, the same for rows that are the same: missing is like missing.

    Parameters
    ----------
    values : ndarray of shape (n, d)
        Numbers, NaN where missing.
    """
    plain = np.ascontiguousarray(values) + 0.0  # -0.0 is 0.0
    plain[np.isnan(plain)] = np.nan  # there are several, told apart by their bits
    whole: NDArray[Any] = plain.view(np.dtype((np.void, plain.shape[1] * 8))).ravel()
    return np.asarray(np.unique(whole, return_inverse=True)[1], dtype=np.intp)
