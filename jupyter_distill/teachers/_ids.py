"""Ids: what ties recorded answers to the rows that are asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected, some
from jupyter_distill.data.files import Files
from jupyter_distill.teachers._rows import frame_names

_KINDS = {
    "integer": "whole numbers",
    "floating": "numbers",
    "mixed-integer-float": "numbers",
    "decimal": "numbers",
    "string": "text",
    "bytes": "bytes",
    "boolean": "booleans",
}


def is_default(index: Any) -> bool:
    """Tell an index that only numbers the rows: 0, 1, 2 ... without a name."""
    return index.name is None and index.nlevels == 1 and index.equals(pd.RangeIndex(len(index)))


def as_ids(values: Any) -> Any:
    """Return ids of any make as an index of plain values."""
    if isinstance(values, pd.MultiIndex):
        raise ValueError(
            expected(
                "one id per row",
                got=f"an index of {values.nlevels} levels ({some(values.names)})",
                remedy="Join them to one column, and name it: id='...'.",
            )
        )
    values = nw.from_native(values, series_only=True, pass_through=True)
    if isinstance(values, nw.Series):
        values = values.to_list()
    elif hasattr(values, "tolist"):  # also of torch
        values = values.tolist()
    found = pd.Index(pd.Series(list(values), dtype=object))
    return found.infer_objects() if found.inferred_type in ("integer", "floating") else found


def check_ids(ids: Any, what: str, name: Any) -> None:
    """Refuse missing and repeated ids."""
    called = "" if name is None else f" {name!r}"
    missing = np.flatnonzero(ids.isna())
    if missing.size:
        got = f"{missing.size} missing{called} (rows {some(missing.tolist())})"
        raise ValueError(expected(f"{what} without gaps", got=got, remedy="Leave these rows out."))
    twice = ids[ids.duplicated()].unique().tolist()
    if twice:
        raise ValueError(
            expected(
                f"{what} to be different from each other",
                got=f"{len(twice)} of{called or ' them'} more than once: {some(twice)}",
                remedy="Leave rows out until each id has one row.",
            )
        )


def ids_of(X: Any, name: Any, teacher: str) -> Any:
    """Return the ids of rows: a column, the index, or the rows themselves where they are ids.

    Parameters
    ----------
    X : rows
        What is asked about.
    name : object
        How the ids of the recorded answers are called; None where they have no name.
    teacher : str
        The teacher's name, for messages.
    """
    if isinstance(X, Mapping) and name in X:
        return as_ids(X[name])
    names, index = frame_names(X), getattr(X, "index", None)
    index = index if isinstance(index, pd.Index) else None
    if names is not None and name is not None and name in names:
        return as_ids(nw.from_native(X, eager_only=True).get_column(name))
    if index is not None and index.name == name and not (name is None and is_default(index)):
        return as_ids(index)
    listed = names is None and not isinstance(X, Mapping | tuple | Files) and np.ndim(X) == 1
    if listed and getattr(X, "name", None) in (None, name):
        return as_ids(X)
    what = "an index of ids" if name is None else f"the ids {name!r}, as their index or a column"
    if index is not None:
        got = f"the index {index.name!r}" if index.name is not None else "an index without a name"
        got = "rows that are only numbered 0, 1, 2 ..." if is_default(index) else got
    else:
        got = f"{type(X).__name__} without an index"
    if names is not None and name is not None:
        got += f", and the columns {some(names)}"
    remedy = (
        "Give both frames the index of the ids; if answers belong to rows by their order alone: "
        "answers.reset_index(drop=True)."
        if name is None
        else f"With pandas: X.set_index({name!r}), or X.rename_axis({name!r}) if its index holds "
        f"them; else teacher_inputs=frame[[{name!r}]]."
    )
    raise ValueError(
        expected(f"rows with {what}, to find them in {teacher}", got=got, remedy=remedy)
    )


def positions(ids: Any, known: Any, teacher: str, what: str) -> NDArray[np.intp]:
    """Return the place of each id among those known.

    Raises
    ------
    ValueError
        If ids are missing, repeated, of another kind, or not among them.
    """
    check_ids(ids, f"ids of the rows of {what}", ids.name)
    places: NDArray[np.intp] = known.get_indexer(ids)
    lost = ids[places < 0].tolist()
    if not lost:
        return places
    ours, theirs = _kind(known), _kind(ids)
    if len(lost) == len(ids) and ours != theirs:
        raise ValueError(
            expected(
                f"ids of the same kind: those of {teacher} are {ours} ({some(known[:3])})",
                got=f"{theirs} in {what} ({some(ids[:3])})",
                remedy="Turn one of the two into the other: .astype(str) or .astype(int).",
            )
        )
    raise ValueError(
        expected(
            f"a recorded answer for every row of {what}",
            got=f"none in {teacher} for {len(lost)} of {len(ids)} rows (ids {some(lost)})",
            remedy="Leave these rows out: recorded answers say nothing of other rows.",
        )
    )


def check_same_order(X: Any, what: str, teacher: str) -> None:
    """Refuse rows that were put in another order, where answers belong to them by order."""
    index = getattr(X, "index", None)
    if not isinstance(index, pd.Index) or is_default(index) or index.nlevels > 1:
        return
    if index.is_unique and pd.RangeIndex(len(index)).isin(index).all():
        raise ValueError(
            expected(
                f"the rows of {what} in the order of the answers in {teacher}",
                got="an index that holds 0, 1, 2 ... in another order",
                remedy="If the answers are in the order of these rows, say so: answers.index = "
                "X.index. If they are in the order before: X.sort_index().",
            )
        )


def _kind(ids: Any) -> str:
    found = str(ids.inferred_type)
    return _KINDS.get(found, found)
