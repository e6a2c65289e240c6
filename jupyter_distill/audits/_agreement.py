"""How far students agree with each other, with one of them, and with their teacher."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits._intervals import Interval
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

FEW = 5  # students below which no interval is known of their mean
RESAMPLES = 1_000  # of the students, for that interval


def compared(said: Floats, own: Floats, targets: Any) -> dict[str, Any]:
    """Return what is measured of the answers; how depends on whether they are numbers."""
    if not isinstance(targets, Predictions):
        names = said.argmax(2)
        return {
            "pairs": np.array([(names == one).mean(1) for one in names]),
            "to_student": (names == own.argmax(1)).mean(1),
            "fidelity": (names == targets.predicted).mean(1),
            "unanimous": float((names == names[0]).all(0).mean()),
            "rmse": float("nan"),
        }
    squared = np.array([((said - one) ** 2).mean(1) for one in said])
    apart = ~np.eye(len(said), dtype=bool)
    spread = float(targets.values.var())
    return {
        "pairs": _explained(squared, spread),
        "to_student": _explained(((said - own) ** 2).mean(1), spread),
        "fidelity": _explained(((said - targets.values) ** 2).mean(1), spread),
        "unanimous": float("nan"),
        "rmse": float(np.sqrt(squared[apart]).mean()),
    }


def _explained(squared: Floats, spread: float) -> Floats:
    return 1 - squared / spread if spread > 0 else np.full_like(squared, np.nan)


def interval(pairs: Floats, rng: np.random.Generator) -> Interval:
    """Return the mean over pairs of different refits; whole refits are drawn for its interval."""
    n = len(pairs)
    apart = pairs * ~np.eye(n, dtype=bool)
    value = float(apart.sum() / (n * (n - 1)))
    if n < FEW or np.isnan(value):
        return Interval(value, float("nan"), float("nan"))
    times = rng.multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(np.float64)
    # a refit that was drawn twice does not count as a pair that agrees
    count = times.sum(1) ** 2 - (times**2).sum(1)
    sums = ((times @ apart) * times).sum(1)
    low, high = np.quantile(sums[count > 0] / count[count > 0], [0.025, 0.975])
    return Interval(value, min(float(low), value), max(float(high), value))
