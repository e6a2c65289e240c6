"""Findings of errors of which a few are most of all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill.checks._subject import Looked, Subject
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions

WORST = 0.01  # share of the rows with the largest errors
HALF = 0.5  # of all squared errors that these hold; of normal errors it would be 0.08
ENOUGH = 100


def tails(subject: Subject) -> Looked:
    """Look whether a few rows hold most of a regression teacher's squared error."""
    if subject.scored is None or not isinstance(targets := subject.scored[1], Predictions):
        return Looked()
    assert targets.truth is not None
    error = targets.values - targets.truth
    levels = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0]
    parts = {"errors": pd.DataFrame({"quantile": levels, "error": np.quantile(error, levels)})}
    n, total = len(error), float((error**2).sum())
    if n < ENOUGH or total == 0:
        return Looked([], parts)
    few = max(1, round(WORST * n))
    order = np.argsort(-np.abs(error), kind="stable")[:few]
    share = float((error[order] ** 2).sum() / total)
    if share < HALF:
        return Looked([], parts)
    finding = Finding(
        "heavy-tails",
        f"{few} of {n:,} {subject.where} hold {percent(share)} of the teacher's squared error (of "
        "normal errors it would be 8 %).",
        {"rows": few, subject.where: n, "share of squared error": share},
        "Look at these rows. If they are right, distil another scale of the number, e.g. its "
        "logarithm: squared differences follow the few.",
        pd.DataFrame(
            {
                "row": subject.called(subject.scored_rows[order]),
                "teacher": targets.values[order],
                "truth": targets.truth[order],
            }
        ),
    )
    return Looked([finding], parts)
