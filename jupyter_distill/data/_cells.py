"""Rows put together cell by cell from the owner's rows, in the owner's own type."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data.table import Table

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


def gathered(table: Table, source: Places) -> Table:
    """Return the rows whose cell (i, j) is that of row ``source[i, j]`` and column j.

    What the owner wrote is copied, so that types, bounds, categories and missing values survive.
    """
    nothing = np.zeros(source.shape, dtype=bool)
    values = np.take_along_axis(table.values, source, axis=0)
    values.setflags(write=False)
    return Table(table.columns, values, _native(table, source, nothing, values))


def moved(table: Table, source: Places, move: Flags, numbers: Floats) -> Table:
    """Return the rows of `source` with `numbers` where `move` says so.

    The owner's type may round (float32 does): what the student sees is what was written.
    """
    native = _native(table, source, move, numbers)
    return Table.of(native, columns=table.columns)


def movable(table: Table) -> Flags:
    """Say which columns are kept as integers or floats, so that another number can be written.

    Objects and decimals are numbers to the student, but their owner's type is not ours to make.
    """
    frame = nw.from_native(table.native, eager_only=True, pass_through=True)
    numeric = np.array([column.kind == "numeric" for column in table.columns])
    if isinstance(frame, nw.DataFrame):
        types = [frame[:, j].dtype for j in range(table.n_columns)]
        native = np.array([t.is_integer() or t.is_float() for t in types])
    else:
        native = np.full(len(numeric), frame.dtype.kind in "iuf")
    return np.asarray(numeric & native)


def _native(table: Table, source: Places, move: Flags, numbers: Floats) -> Any:
    frame = nw.from_native(table.native, eager_only=True, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        cells = np.take_along_axis(np.asarray(frame), source, axis=0)
        cells[move] = numbers[move].astype(cells.dtype)
        return cells
    written = []
    for j in range(table.n_columns):
        column = frame[:, j]
        cells = column[source[:, j].tolist()]
        rows = np.flatnonzero(move[:, j])
        if rows.size:
            new = nw.new_series(
                name=str(column.name),
                values=numbers[rows, j],
                dtype=nw.Float64(),
                native_namespace=nw.get_native_namespace(frame),
            )
            cells = cells.scatter(rows.tolist(), new.cast(column.dtype))
        written.append(cells)
    if isinstance(table.native, pd.DataFrame):
        # by place: the rows have no index of their owner's, and a name need not be text
        parts = {j: s.to_native().reset_index(drop=True) for j, s in enumerate(written)}
        return pd.DataFrame(parts).set_axis(table.native.columns, axis=1)
    return nw.from_dict(dict(zip(table.names, written, strict=True))).to_native()
