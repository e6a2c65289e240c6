"""Rows in the kind of frame and the types of others, so that a model reads both alike."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd

from jupyter_distill._validation import expected
from jupyter_distill.data.table import Table


def alike(table: Table, other: Table, what: str) -> Table:
    """Return a table whose rows are kept as those of another are.

    A student reads ``"True"`` and ``True``, or 1 and 1.0, as the same value; the owner's model
    need not. Numbers stay as they are where the other's type cannot hold them: a model reads 30 and
    30.5, or a missing one, alike.

    Parameters
    ----------
    table : Table
        Read with the columns of `other`.
    other : Table
        Whose types are wanted.
    what : str
        What the rows are, for the message.

    Raises
    ------
    TypeError
        If one is a frame of another kind, or values cannot be written in the other's type.
    """
    ours, wanted = table.native, other.native
    if type(ours) is not type(wanted):
        raise TypeError(
            expected(
                f"{what} in a {_kind(wanted)}, as X is",
                got=f"a {_kind(ours)}",
                remedy="The model is asked about them as they are: give both in one kind.",
            )
        )
    if not _differ(ours, wanted):
        return table
    try:
        cast = Table.of(_cast(table, wanted), columns=table.columns)
    except Exception as error:  # each kind of frame has exceptions of its own
        raise TypeError(_refused(table, ours, wanted, what)) from error
    if not np.array_equal(cast.values, table.values, equal_nan=True):
        raise TypeError(_refused(table, ours, wanted, what))
    return cast


def _differ(ours: Any, wanted: Any) -> list[int]:
    """Return the places of the columns that have another type."""
    here, there = _types(ours), _types(wanted)
    return [j for j, pair in enumerate(zip(here, there, strict=True)) if pair[0] != pair[1]]


def _types(native: Any) -> list[Any]:
    if isinstance(native, np.ndarray):
        return [native.dtype] * native.shape[1]
    if isinstance(native, pd.DataFrame):
        return list(native.dtypes)
    return list(nw.from_native(native, eager_only=True).schema.values())


def _cast(table: Table, wanted: Any) -> Any:
    """Return the rows with the types of others; numbers that these cannot hold stay as they are."""
    ours = table.native
    if isinstance(ours, np.ndarray):
        return ours.astype(np.result_type(ours, wanted))
    frame, types = nw.from_native(ours, eager_only=True), _types(wanted)
    columns = []
    for j, kind in enumerate(types):
        series = frame[:, j].to_native()
        try:
            cast = _cast_column(series, kind)
            numbers = nw.from_native(cast, series_only=True)
        except Exception:  # each kind of frame has exceptions of its own
            if table.columns[j].kind != "numeric":
                raise
            columns.append(series)
            continue
        if table.columns[j].kind == "numeric":
            told = numbers.cast(nw.Float64).to_numpy()
            same = np.array_equal(told, table.values[:, j], equal_nan=True)
            cast = cast if same else series
        columns.append(cast)
    if isinstance(ours, pd.DataFrame):
        return pd.concat(columns, axis=1)  # by place: a name need not be text
    names = dict(zip(frame.columns, columns, strict=True))
    return frame.with_columns(
        *(nw.from_native(c, series_only=True).alias(name) for name, c in names.items())
    ).to_native()


def _cast_column(series: Any, kind: Any) -> Any:
    if isinstance(series, pd.Series):
        return series.astype(kind)
    return nw.from_native(series, series_only=True).cast(kind).to_native()


def _refused(table: Table, ours: Any, wanted: Any, what: str) -> str:
    here, there = _types(ours), _types(wanted)
    names = [f"{table.names[j]!r} as {here[j]} ({there[j]} in X)" for j in _differ(ours, wanted)]
    return expected(
        f"{what} with the types of X's columns",
        got=", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else ""),
        remedy="Write their values as X has them: the model may read others otherwise.",
    )


def _kind(native: Any) -> str:
    if isinstance(native, np.ndarray):
        return "numpy array"
    return f"{type(native).__module__.partition('.')[0]} {type(native).__name__}"
