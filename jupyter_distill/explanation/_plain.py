"""Numbers as JSON can hold them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def plain(values: NDArray[np.float64]) -> list[Any]:
    """Return numbers as nested lists, None in place of those that JSON does not have."""
    plain = values.astype(object)
    plain[~np.isfinite(values)] = None
    return list(plain.tolist())
