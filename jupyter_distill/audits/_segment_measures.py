"""What is measured of a segment, read from sums over its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._wilson import Z, wilson
from jupyter_distill.audits._levels import Levels
from jupyter_distill.audits._models import LABELS_ONLY, STUDENT, Models
from jupyter_distill.audits._segment_counts import Counts, adjusted, larger_mean, more_often
from jupyter_distill.targets import KL

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """What is summed over the rows of a segment.

    Attributes
    ----------
    of : dict of str to ndarray of shape (n,)
        By name, what every row has.
    known : ndarray of bool, shape (n,)
        Which rows the truth is known of.
    numbers : bool
        Whether models give numbers.
    """

    of: dict[str, Floats]
    known: NDArray[np.bool_]
    numbers: bool

    @property
    def stacked(self) -> Floats:
        """The same as one array of shape (n, m)."""
        return np.column_stack(list(self.of.values())).astype(np.float64)

    @property
    def totals(self) -> dict[str, float]:
        """Sums over all rows."""
        return {name: float(np.sum(values)) for name, values in self.of.items()}


def of_classes(beside: Models) -> Measured:
    """Note where the student parts from its teacher, its KL, and who is wrong."""
    targets, z, known = beside.targets, beside.models[STUDENT], beside.known
    kl = KL.per_row(z, targets)
    of = {"parts": (z.argmax(1) != targets.predicted).astype(float), "kl": kl, "kl2": kl**2}
    if known.any():
        who = {"": z.argmax(1), "teacher_": targets.predicted}
        if LABELS_ONLY in beside.models:
            who["labels_only_"] = beside.models[LABELS_ONLY].argmax(1)
        of["known"] = known.astype(float)
        of |= {f"{name}wrong": known * (said != targets.labels) for name, said in who.items()}
    return Measured(of, known, False)


def of_numbers(beside: Models) -> Measured:
    """Note how far the student is off, and how far both models are from the truth."""
    targets, said, known = beside.targets, beside.models[STUDENT], beside.known
    off = said - targets.values
    of = {"off": off, "off2": off**2, "off4": off**4}
    if known.any():
        truth = np.where(known, targets.truth, 0.0)
        of["known"] = known.astype(float)
        of["wrong2"] = known * (said - truth) ** 2
        of["teacher_wrong2"] = known * (targets.values - truth) ** 2
    return Measured(of, known, True)


def chances(counted: Counts, measured: Measured, measure: str) -> Floats:
    """Return how likely chance alone makes each segment so much worse than the other rows."""
    place = {name: i for i, name in enumerate(measured.of)}
    total = measured.totals
    n = float(len(next(iter(measured.of.values()))))
    rows = counted.rows

    def sums(name: str) -> Floats:
        return counted.sums[:, place[name]]

    if measure == "agreement":
        return more_often(sums("parts"), rows, total["parts"], n)
    if measure == "accuracy":
        return more_often(sums("wrong"), sums("known"), total["wrong"], total["known"])
    one, two = ("kl", "kl2") if measure == "kl" else ("off2", "off4")
    return larger_mean(rows, sums(one), sums(two), np.array([n, total[one], total[two]]))


def table_of(
    columns: list[Levels], counted: Counts, measured: Measured, measure: str
) -> pd.DataFrame:
    """Return one row per segment, in the order of `counted`."""
    rows, of = counted.rows, dict(zip(measured.of, counted.sums.T, strict=True))
    total = measured.totals
    n = len(measured.known)
    data: dict[str, Any] = {
        "segment": [
            " and ".join(columns[j].names[k] for j, k in (one, other) if j >= 0)
            for one, other in zip(counted.first, counted.second, strict=True)
        ],
        "columns": np.where(counted.second[:, 0] < 0, 1, 2),
        "rows": rows.astype(int),
        "share": rows / n,
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        if measured.numbers:
            data |= _root(of["off2"] / rows, of["off4"] / rows, rows)
            data["ratio"] = data["rmse"] / np.sqrt(total["off2"] / n)
            data["mean_error"] = of["off"] / rows
            if "known" in of:
                data["truth_rmse"] = np.sqrt(of["wrong2"] / of["known"])
                data["teacher_truth_rmse"] = np.sqrt(of["teacher_wrong2"] / of["known"])
        else:
            data |= _share("agreement", rows - of["parts"], rows)
            mean = of["kl"] / rows
            half = Z * np.sqrt(np.maximum(of["kl2"] / rows - mean**2, 0.0) / rows)
            data |= {"kl": mean, "kl_low": np.maximum(mean - half, 0.0), "kl_high": mean + half}
            if "known" in of:
                data["known"] = of["known"].astype(int)
                data |= _share("accuracy", of["known"] - of["wrong"], of["known"])
                for name in ("teacher_", "labels_only_"):
                    if f"{name}wrong" in of:
                        data[f"{name}accuracy"] = 1 - of[f"{name}wrong"] / of["known"]
        data["rest"] = _read(measure, {k: total[k] - v for k, v in of.items()}, n - rows)
    data["difference"] = data[measure] - data["rest"]
    data["p"] = chances(counted, measured, measure)
    data["p_adjusted"] = adjusted(data["p"])
    return pd.DataFrame(data)


def _read(measure: str, of: dict[str, Any], rows: Any) -> Any:
    """Return a measure of sums over rows."""
    if measure == "agreement":
        return 1 - of["parts"] / rows
    if measure == "accuracy":
        return 1 - of["wrong"] / of["known"]
    return of["kl"] / rows if measure == "kl" else np.sqrt(np.maximum(of["off2"], 0.0) / rows)


def whole_of(measured: Measured, measure: str) -> float:
    """Return a measure of all rows."""
    total = measured.totals
    return float(_read(measure, total, len(measured.known)))


def _share(name: str, hits: Floats, rows: Floats) -> dict[str, Floats]:
    shares = hits / rows
    ends = [
        wilson(float(s), int(n)) if n else (np.nan, np.nan)
        for s, n in zip(shares, rows, strict=True)
    ]
    low, high = np.array(ends).reshape(-1, 2).T
    return {name: shares, f"{name}_low": low, f"{name}_high": high}


def _root(mean: Floats, squares: Floats, rows: Floats) -> dict[str, Floats]:
    half = Z * np.sqrt(np.maximum(squares - mean**2, 0.0) / rows)
    low, high = np.sqrt(np.maximum(mean - half, 0.0)), np.sqrt(mean + half)
    return {"rmse": np.sqrt(mean), "rmse_low": low, "rmse_high": high}


def worst_first(table: pd.DataFrame, measure: str) -> NDArray[np.intp]:
    """Order by the end of the interval at which a segment is the least bad."""
    if measure in ("kl", "rmse"):
        ends, value = -table[f"{measure}_low"], -table[measure]
    else:
        ends, value = table[f"{measure}_high"], table[measure]
    keys = [np.nan_to_num(one.to_numpy(dtype=float), nan=np.inf) for one in (value, ends)]
    return np.lexsort((table["columns"].to_numpy(), *keys))
