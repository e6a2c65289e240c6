"""Every measure of every group and model, with its own 95 % interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._wilson import Z, wilson
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits.bias._measures import TRUTH, Measure
from jupyter_distill.checks._sensitive import Attribute

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
COLUMNS = ["attribute", "group", "measure", "model", "rows", "enough", "value", "low", "high"]


def rates(
    attributes: Sequence[Attribute],
    measures: Sequence[Measure],
    own: Mapping[str, tuple[Mask, Floats]],
    least: int,
) -> pd.DataFrame:
    """Return one row per group, measure and model; `least` rows are enough to be judged."""
    rows = []
    for attribute in attributes:
        for group, mask in attribute.masks():
            for measure in measures:
                of = {model: (measure.of_rows, v) for model, v in measure.per_row.items()}
                if measure.name in own:
                    of[TRUTH] = own[measure.name]
                for model, (there, values) in of.items():
                    n = int((mask & there).sum())
                    about = (attribute.name, group, measure.name, model, n, n >= least)
                    rows.append((*about, *_interval(values[mask & there], measure.rate)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _interval(values: Floats, rate: bool) -> Interval:
    """Return a mean with its interval: of a rate Wilson's, else the normal one."""
    n = len(values)
    if not n:
        return Interval(*[float("nan")] * 3)
    mean = float(values.mean())
    if rate:
        return Interval(mean, *wilson(mean, n))
    if n == 1:
        return Interval(mean, float("nan"), float("nan"))
    half = Z * float(values.std(ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half)
