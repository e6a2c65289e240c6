"""What a net says of itself: by how much each column moves the answer, and every weight."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.students._design import Design
from jupyter_distill.students._net_weights import NetWeights

Floats = NDArray[np.float64]


def importances(
    net: NetWeights, X: Floats, weights: Floats, groups: NDArray[np.intp], spread: Floats, d: int
) -> Floats:
    """Return by how much the answer moves, on average, if a column is held at its mean: (d,)."""
    found = np.zeros(d)
    sums, straight = X @ net.first + net.bias, net.skip @ spread
    told, out = np.tanh(sums), net.out @ spread
    for column in np.unique(groups[net.columns]):
        own = groups == column
        held = np.tanh(sums - X[:, own] @ net.first[own])
        moved = np.abs((told - held) @ out + X[:, own] @ straight[own])
        found[column] = np.average(moved, axis=0, weights=weights).max()
    return found


def weights_frame(net: NetWeights, design: Design, answers: list[str]) -> pd.DataFrame:
    """Return one row per weight that is not 0, on the scale of the net and in own units."""
    mean = np.array([entry.mean for entry in design.entries])
    spread = np.array([entry.spread for entry in design.entries])
    none = np.full(1, np.nan)
    constant, units = ["constant"], [f"unit {h + 1}" for h in range(net.n_units)]
    of_units = np.full(net.n_units, np.nan)
    first, skip = net.first / spread[:, None], net.skip / spread[:, None]
    # where columns enter as they are, the constants take over what their means took off
    bias, intercept = net.bias - mean @ first, net.intercept - mean @ skip
    parts = [
        ("column to unit", design.names, units, net.first, first, mean, spread),
        ("constant to unit", constant, units, net.bias[None], bias[None], none, none),
        ("unit to answer", units, answers, net.out, net.out, of_units, of_units),
        ("column to answer", design.names, answers, net.skip, skip, mean, spread),
        ("constant to answer", constant, answers, net.intercept[None], intercept[None], none, none),
    ]
    rows = [
        (part, sources[i], aims[j], float(weights[i, j]), float(own[i, j]), means[i], spreads[i])
        for part, sources, aims, weights, own, means, spreads in parts
        for i, j in np.argwhere((weights != 0) | (own != 0))
    ]
    names = ["part", "from", "to", "weight", "own", "mean", "spread"]
    return pd.DataFrame(rows, columns=names)
