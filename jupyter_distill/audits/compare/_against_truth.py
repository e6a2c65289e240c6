"""What is measured of two students: how far columns move each, and where their answers part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._paired import LEVEL
from jupyter_distill.audits._intervals import UNKNOWN, Interval, mean_intervals
from jupyter_distill.audits._moves import Grid
from jupyter_distill.audits._recurring import KINDS, recurring
from jupyter_distill.audits._refits import Refit
from jupyter_distill.audits.compare._twins import Said, explanations
from jupyter_distill.distillation import Distillation
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

MORE, LESS, ALIKE, UNUSED = "more", "less", "alike", "not used"
FEWEST = 5  # refits below which no spread is known
MOVE = 0.02  # of a probability, on average: a difference of moves that matters
SLICE = 0.05  # of the standard deviation of the teacher's numbers: a difference that matters
NAN = float("nan")


def columns_of(
    d: Distillation, values: Mapping[int, Grid], said: Sequence[Said], again: Sequence[Said]
) -> pd.DataFrame:
    """Return how far each column moves the answers of both, and whether they clearly differ."""
    student, other = (one.effects(values)[0] for one in said)
    spreads = [one.effects(values) for one in again]
    least = SLICE * float(d.targets.values.std()) if d.task == "regression" else MOVE
    rows = []
    for at, feature in enumerate(values):
        difference = float(student[at] - other[at])
        low, high, p = _chance(difference, spreads[0][:, at], spreads[1][:, at])
        leans = ALIKE
        if max(student[at], other[at]) <= 1e-9 * max(least, 1e-300):
            leans = UNUSED
        elif abs(difference) >= least and p * len(values) < LEVEL:
            leans = MORE if difference > 0 else LESS
        rows.append(
            {
                "column": d.table.names[feature],
                "student": float(student[at]),
                "labels_only": float(other[at]),
                "difference": difference,
                "low": low,
                "high": high,
                "p": p,
                "leans": leans,
            }
        )
    names = ["column", "student", "labels_only", "difference", "low", "high", "p", "leans"]
    rows.sort(key=lambda row: -abs(float(str(row["difference"]))))
    return pd.DataFrame(rows, columns=names)


def _chance(difference: float, ours: Floats, others: Floats) -> tuple[float, float, float]:
    """Return the interval of a difference, and how likely chance alone makes it as large.

    Refits of both to the same resample have the same luck, so that it cancels; an interrupt may
    have left more of one than of the other.
    """
    n = min(len(ours), len(others))
    if n < FEWEST:
        return NAN, NAN, 1.0
    error = float((ours[:n] - others[:n]).std(ddof=1))
    half = float(stats.t.ppf(0.975, n - 1)) * error
    if error == 0:
        return difference, difference, float(difference == 0)
    p = float(2 * stats.t.sf(abs(difference) / error, n - 1))
    return difference - half, difference + half, p


def answers_of(d: Distillation, rows: str) -> tuple[Interval, tuple[Interval, Interval]]:
    """Return how far the two are apart, and how often each is right."""
    table, targets = d.held_out if rows == "held_out" else (d.table, d.targets)
    assert d.labels_only is not None
    one, other = d.student.output(table), d.labels_only.output(table)
    known = targets.known
    seen = known is not None and bool(known.any())
    if isinstance(targets, Predictions):
        truth = np.zeros(0) if targets.truth is None else targets.truth
        apart = Interval(float(np.sqrt(((one - other) ** 2).mean())), NAN, NAN)
        errors = [] if not seen else [(z - truth)[known] ** 2 for z in (one, other)]
        shares = [False, False]
    else:
        names = one.argmax(1), other.argmax(1)
        differ = (names[0] != names[1]).astype(float)[:, None]
        every = np.ones((len(differ), 1), dtype=bool)
        apart = mean_intervals(differ, every, [True], d.random_state)[0][0]
        errors = [] if not seen else [(z == targets.labels)[known].astype(float) for z in names]
        shares = [True, True]
    if not errors:
        return apart, (UNKNOWN, UNKNOWN)
    measured = np.column_stack(errors)
    every = np.ones((len(measured), 1), dtype=bool)
    first, second = mean_intervals(measured, every, shares, d.random_state)[0]
    return apart, (first, second)


def by_chance_of(said: Said, regression: bool) -> float:
    """Return how far two refits to the truth are apart, on average over pairs."""
    m = len(said.own)
    pairs = [(i, j) for i in range(m) for j in range(i)]
    if regression:
        squared = [((said.own[i] - said.own[j]) ** 2).mean() for i, j in pairs]
        return float(np.sqrt(np.mean(squared)))
    names = said.own.argmax(2)
    return float(np.mean([(names[i] != names[j]).mean() for i, j in pairs]))


def parts_of(d: Distillation, found: Sequence[Sequence[Refit]], other: Any) -> pd.DataFrame:
    """Return splits, rules or terms of either, with how often they recur in the refits of each."""
    frames = [
        recurring(explanations(of), own)
        for of, own in zip(found, (d.explanation(), other.explain()), strict=True)
    ]
    both = frames[0].merge(
        frames[1], on=["kind", "part"], how="outer", suffixes=("_student", "_labels_only")
    )
    both = both.rename(
        columns={"in_student_student": "in_student", "in_student_labels_only": "in_labels_only"}
    )
    for name in ("in_student", "in_labels_only"):
        both[name] = both[name].eq(True)
    for name in ("share_student", "share_labels_only"):
        both[name] = both[name].fillna(0.0)
    order = both["kind"].map(KINDS.index)
    apart = (both["share_student"] - both["share_labels_only"]).abs()
    places = np.lexsort((both["part"], -apart, order))
    return both.iloc[places].reset_index(drop=True)


def curves_of(
    d: Distillation, values: Mapping[int, Grid], said: Sequence[Said], again: Sequence[Said]
) -> pd.DataFrame:
    """Return partial dependence of both, and the difference with its interval."""
    names = [""] if d.task == "regression" else [str(name) for name in d.targets.classes.tolist()]
    rows = []
    for feature, grid in values.items():
        column = d.table.columns[feature]
        student, other = (one.means(feature)[0] for one in said)
        spreads = [one.means(feature) for one in again]
        for k in range(1, 2) if len(names) == 2 else range(len(names)):
            for v, value in enumerate(grid.values):
                difference = float(student[v, k] - other[v, k])
                low, high, _ = _chance(difference, spreads[0][:, v, k], spreads[1][:, v, k])
                rows.append(
                    {
                        "column": column.name,
                        "of_class": names[k],
                        "value": float(value),
                        "text": column.plain(float(value)),
                        "student": float(student[v, k]),
                        "labels_only": float(other[v, k]),
                        "difference": difference,
                        "low": low,
                        "high": high,
                    }
                )
    return pd.DataFrame(rows)
