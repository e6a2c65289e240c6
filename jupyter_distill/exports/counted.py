"""What the columns of a table view hold, counted: for a person who is about to filter by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.exports.fields import Field
from jupyter_distill.exports.query import filters_of
from jupyter_distill.exports.rows import RowIndex

State = dict[str, Any]

MOST_VALUES, MOST_PAIRS, BINS = 50, 30, 24


def pairs(rows: RowIndex) -> list[State]:
    """Return which classes the two name where they part, most often met first.

    Nothing of a regression, whose answers have no names.
    """
    teacher, student = (rows.field(name) for name in ("teacher", "student"))
    if not teacher.coded:
        return []
    apart, k = rows.scopes["disagreements"], len(teacher.texts)
    met = np.bincount(teacher.at(apart) * k + student.at(apart), minlength=k * k)
    most = [at for at in np.argsort(-met, kind="stable")[:MOST_PAIRS] if met[at]]
    return [
        {
            "teacher": teacher.texts[at // k],
            "student": teacher.texts[at % k],
            "rows": int(met[at]),
        }
        for at in most
    ]


def counted(
    rows: RowIndex,
    name: str,
    query: Mapping[str, Any],
    node: int | None = None,
    region: int | None = None,
) -> State:
    """Return what a column holds in the rows that all other filters let through.

    Names come with their numbers of rows, most first; numbers with their range and how many fall
    into each of equal parts of it; either with how many are missing.
    """
    field = rows.field(name)
    others = [one for one in filters_of(query) if one["column"] != name]
    found = rows.select({**query, "filters": others, "sort": None}, node, region)
    values = field.at(found)
    said: State = {"column": name, "rows": len(found)}
    if field.kind == "leaf":
        leaves, met = np.unique(values, return_counts=True)
        return said | _names(leaves.tolist(), met, missing=0)
    return said | (_coded(field, values) if field.coded else _numbers(values))


def _coded(field: Field, values: NDArray[Any]) -> State:
    known = values >= 0  # false for NaN too
    met = np.bincount(values[known].astype(np.intp), minlength=len(field.texts))
    return _names(list(field.texts), met, missing=int((~known).sum()))


def _names(names: list[Any], met: NDArray[Any], missing: int) -> State:
    order = [at for at in np.argsort(-met, kind="stable") if met[at]]
    return {
        "values": [[names[at], int(met[at])] for at in order[:MOST_VALUES]],
        "more": max(0, len(order) - MOST_VALUES),
        "missing": missing,
    }


def _numbers(values: NDArray[Any]) -> State:
    known = values[~np.isnan(values)]
    said: State = {"missing": len(values) - len(known)}
    finite = known[np.isfinite(known)]
    if not len(finite):
        return said
    low, high = float(finite.min()), float(finite.max())
    with np.errstate(over="ignore"):
        wide = np.isfinite(high - low) and high > low
    if not wide:
        return said | {"low": low, "high": high, "bins": [len(finite)]}
    # equal parts need no search for the edges, which takes most of the time of np.histogram
    part = np.minimum((finite - low) * (BINS / (high - low)), BINS - 1).astype(np.uint8)
    return said | {"low": low, "high": high, "bins": np.bincount(part, minlength=BINS).tolist()}
