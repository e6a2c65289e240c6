"""Rows after a change, in the owner's own type, so that the teacher reads them as it reads X."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.data._cells import movable

Floats = NDArray[np.float64]


def changed(known: Table, table: Table, values: Floats) -> Table:
    """Return rows with some of their values replaced.

    Parameters
    ----------
    known : Table
        Rows from which cells are copied whose type is not ours to make, categories among them.
    table : Table
        The rows.
    values : ndarray of shape (n, d)
        What they are to hold.

    Returns
    -------
    Table
        With the values as the owner's type keeps them.
    """
    same = (values == table.values) | (np.isnan(values) & np.isnan(table.values))
    if isinstance(table.native, np.ndarray):
        cells = table.native.copy()
        for i, j in np.argwhere(~same):
            cells[i, j] = _cell(known, j, values[i, j], movable(known)[j])
        return Table.of(cells, columns=table.columns)
    if type(table.native) is not type(known.native):
        # a teacher is not asked about rows of another kind than X: the values alone count
        after, cells = Table(table.columns, values, table.native), np.empty(values.shape, object)
        for i, j in np.ndindex(*values.shape):
            cells[i, j] = after.cell(i, j)
        return Table(table.columns, values, cells)
    ours = nw.from_native(table.native, eager_only=True)
    theirs = nw.from_native(known.native, eager_only=True)
    written = movable(known)
    columns = []
    for j in range(table.n_columns):
        rows = np.flatnonzero(~same[:, j])
        series = ours[:, j]
        if len(rows):
            series = _replaced(series, theirs[:, j], known, j, rows, values[:, j], bool(written[j]))
        columns.append(series)
    if isinstance(table.native, pd.DataFrame):
        parts = {j: s.to_native().reset_index(drop=True) for j, s in enumerate(columns)}
        native = pd.DataFrame(parts).set_axis(table.native.columns, axis=1)
        native = native.set_axis(table.native.index, axis=0)
    else:
        native = nw.from_dict(dict(zip(table.names, columns, strict=True))).to_native()
    return Table.of(native, columns=table.columns)


def _replaced(
    series: Any,
    known: Any,
    table: Table,
    j: int,
    rows: NDArray[np.intp],
    values: Floats,
    written: bool,
) -> Any:
    if written:
        whole = series.dtype.is_integer() and (values[rows] == np.floor(values[rows])).all()
        kind = series.dtype if whole or series.dtype.is_float() else nw.Float64()
        new = nw.new_series(
            name=str(series.name),
            values=values[rows],
            dtype=nw.Float64(),
            native_namespace=nw.get_native_namespace(series),
        ).cast(kind)
        return series.cast(kind).scatter(rows.tolist(), new)
    if isinstance(series.to_native(), pd.Series):
        # by cells: a column of objects, or of categories, takes them as they are
        own = series.to_native().copy()
        for i in rows:
            own.iloc[i] = _cell(table, j, values[i], False)
        return nw.from_native(own, series_only=True)
    parts, at = [], 0
    for i in rows.tolist():
        place = _place(table, j, values[i])
        parts += [series[at:i], known[place : place + 1].alias(str(series.name))]
        at = i + 1
    parts.append(series[at:])
    frames = [part.cast(known.dtype).to_frame() for part in parts if len(part)]
    return nw.concat(frames, how="vertical")[:, 0]


def _place(table: Table, j: int, value: float) -> int:
    found = np.flatnonzero(table.values[:, j] == value)
    return int(found[0])


def _cell(table: Table, j: int, value: float, written: bool) -> Any:
    """Return one value as its owner wrote it."""
    if written:
        return value
    if isinstance(table.native, np.ndarray):
        return table.native[_place(table, j, value), j]
    return nw.from_native(table.native, eager_only=True)[:, j][_place(table, j, value)]
