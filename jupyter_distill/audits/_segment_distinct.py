"""Of many segments that overlap, the ones that are weak by themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._paired import LEVEL
from jupyter_distill.audits._levels import Levels
from jupyter_distill.audits._segment_counts import Counts
from jupyter_distill.audits._segment_measures import Measured, chances

MOST = 10  # segments that are named, at most
SIMPLER = 0.01  # how sure it has to be that a pair is worse than either part of it


def distinct_of(
    table: pd.DataFrame,
    columns: list[Levels],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    measured: Measured,
    measure: str,
) -> list[int]:
    """Return the segments that are surely worse, without those that only share the rows of others.

    Of a pair that is no worse than a part of it that part is taken; rows of a segment that was
    taken are left out when the next one is looked at.
    """
    sure = np.flatnonzero(table["p_adjusted"].to_numpy() < LEVEL)
    singles = {tuple(one): k for k, one in enumerate(first.tolist()) if second[k, 0] < 0}
    alive = np.ones(len(measured.known), dtype=bool)
    of = measured.stacked

    def holds(k: int) -> NDArray[np.bool_]:
        ends = [first[k], second[k]]
        parts = [columns[j].place == level for j, level in ends if j >= 0]
        return np.asarray(np.logical_and.reduce(parts))

    def worse(inside: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
        inside = inside & among
        if not inside.any() or inside.sum() == among.sum():
            return 1.0
        none = np.zeros((1, 2), dtype=np.intp)
        own = Counts(none, none, np.array([float(inside.sum())]), of[inside].sum(0)[None])
        some = {name: values[among] for name, values in measured.of.items()}
        return float(
            chances(own, Measured(some, measured.known[among], measured.numbers), measure)[0]
        )

    taken: list[int] = []
    for k in sure[: 20 * MOST].tolist():
        if len(taken) >= MOST:
            break
        inside = holds(k)
        if second[k, 0] >= 0:
            for one in (first[k], second[k]):
                part = singles.get(tuple(one.tolist()))
                simpler = part is not None and table["p_adjusted"].iloc[part] < LEVEL
                if part is not None and simpler and worse(inside, holds(part)) > SIMPLER:
                    k, inside = part, holds(part)
        if k not in taken and worse(inside, alive) < SIMPLER:
            taken.append(k)
            alive &= ~inside
    return sorted(taken)
