"""Rows and a teacher for the tests of nets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jupyter_distill.targets import SoftTargets


def bent(n: int = 500, classes: int = 2, seed: int = 0) -> tuple[pd.DataFrame, SoftTargets]:
    """Rows whose teacher bends, joins columns, and falls along `a` for some values."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 5)), columns=list("abcde"))
    a, b, c = (frame[name].to_numpy() for name in "abc")
    z = np.column_stack([np.zeros(n), a + 2 * np.sin(2 * a) + b * c, b - a])[:, :classes]
    labels = (z + rng.gumbel(size=z.shape)).argmax(1)
    return frame, SoftTargets(z, np.array(["no", "yes", "maybe"][:classes]), labels)
