"""What a net says of its columns: by how much each moves the answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._net_weights import NetWeights

Floats = NDArray[np.float64]


def importances(
    net: NetWeights, X: Floats, weights: Floats, groups: NDArray[np.intp], spread: Floats, d: int
) -> Floats:
    """Return by how much the answer moves, on average, if a column is held at its mean: (d,)."""
    found = np.zeros(d)
    said = net.output(X) @ spread
    for column in np.unique(groups[net.columns]):
        held = np.where(groups == column, 0.0, X)
        moved = np.abs(said - net.output(held) @ spread)
        found[column] = np.average(moved, axis=0, weights=weights).max()
    return found
