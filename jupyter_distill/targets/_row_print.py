"""The fingerprint of rows: by all that they hold, in their order, and by nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd

from jupyter_distill._validation import expected
from jupyter_distill.data.files import Files
from jupyter_distill.targets._cells import as_bytes, as_numpy, cells
from jupyter_distill.targets._columns import BLOCK, Part, Pieces, arrow_columns, pandas_columns
from jupyter_distill.teachers import count_rows, parts_of
from jupyter_distill.teachers._fingerprint import digest

_BYTES = 2**23  # of an array at a time: it may have to be copied


def row_prints(X: Any, lengths: Collection[int] = ()) -> dict[int, str]:
    """Return the fingerprint of all rows, and of the first so many of them, in one pass.

    What counts are the values with their types and order, names and types of columns, categories
    with their order, and the names of the parts of a dict. What does not: the index of a frame,
    where values lie in memory, and, for columns of numbers, booleans, text and times, by which
    library the frame is held.

    Parameters
    ----------
    X : rows
        Whatever a teacher takes.
    lengths : collection of int
        Numbers of rows; those of which there are not so many have none.

    Returns
    -------
    dict of int to str
        32 hexadecimal digits by number of rows.

    Raises
    ------
    TypeError
        If a value cannot be hashed; the message says in which row.
    """
    n = count_rows(X)
    parts = _parts(X, "")
    schema = repr([(name, part.kind) for name, part in parts])
    running: dict[str, Any] = {}
    found, done = {}, 0
    for length in sorted({*(k for k in lengths if 0 < k < n), n}):
        for name, part in parts:
            for start in range(done, length, part.block):
                for stream, piece in part.read(start, min(start + part.block, length)):
                    running.setdefault(f"{name} {stream}", hashlib.sha256()).update(piece)
        whole = [schema, length, [(key, running[key].hexdigest()) for key in sorted(running)]]
        found[length] = hashlib.sha256(repr(whole).encode()).hexdigest()[:32]
        done = length
    return found


def _parts(X: Any, name: str) -> list[tuple[str, Part]]:
    """Return the parts of a dict or tuple, also of one within another, each under its name."""
    several = parts_of(X)
    if several is None:
        return [(name, _part(X))]
    kind = type(X).__name__ if isinstance(X, tuple) else "dict"
    return [
        found
        for inner, part in several.items()
        for found in _parts(part, f"{name}{kind} {inner!r} ")
    ]


def _part(X: Any) -> Part:
    if isinstance(X, pd.Series | pd.DataFrame):
        return pandas_columns(X if isinstance(X, pd.DataFrame) else X.to_frame())
    if type(X).__module__.partition(".")[0] == "pyarrow":
        return arrow_columns(X)
    frame = nw.from_native(X, eager_only=True, allow_series=True, pass_through=True)
    if isinstance(frame, nw.DataFrame | nw.Series):
        return arrow_columns(frame if isinstance(frame, nw.DataFrame) else frame.to_frame())
    if isinstance(X, Files):
        return _files(X)
    if isinstance(X, list):
        return Part("list", BLOCK, lambda start, stop: _cells(X[start:stop], start))
    if hasattr(X, "tocsr"):
        return _sparse(X.tocsr())
    if hasattr(X, "shape") and hasattr(X, "dtype"):
        return _array(X)
    raise TypeError(
        expected(
            "rows that can be hashed: a data frame, an array, a tensor, a list, Files, or a dict "
            "or tuple of these",
            got=f"{type(X).__module__}.{type(X).__qualname__}",
            remedy="Give the rows as one of these, or leave store out.",
        )
    )


def _array(X: Any) -> Part:
    shape = tuple(X.shape[1:])
    kind = f"{type(X).__module__.partition('.')[0]} {X.dtype!r} {shape}"
    width = int(np.prod(shape, dtype=np.int64)) * getattr(X.dtype, "itemsize", 8)
    masked = isinstance(X, np.ma.MaskedArray)

    def read(start: int, stop: int) -> Pieces:
        rows = X[start:stop]
        if masked:
            yield "masked", as_bytes(np.ma.getmaskarray(rows))
            rows = rows.filled(0) if X.dtype.kind in "biufc" else rows.filled()
        array = as_numpy(rows)
        if array.dtype.hasobject:
            yield from _cells(array.tolist(), start)
        else:
            yield "values", as_bytes(array)

    return Part(kind, max(1, _BYTES // max(width, 1)), read)


def _sparse(X: Any) -> Part:
    def read(start: int, stop: int) -> Pieces:
        rows = X[start:stop]
        rows.sum_duplicates()  # of a copy; it sorts them too
        yield "lengths", as_bytes(np.diff(rows.indptr).astype("<i8"))
        yield "places", as_bytes(rows.indices.astype("<i8"))
        yield "values", as_bytes(rows.data)

    return Part(f"sparse {X.dtype!r} {X.shape[1]}", BLOCK, read)


def _files(X: Files) -> Part:
    """Return what files hold, and how they are read: sizes and times would not tell them apart."""
    try:
        read = digest(X.read)
    except Exception as error:  # what pickling raises is the function's own affair
        raise ValueError(
            expected(
                "read= to be hashed, so that answers are never taken for those of others",
                got=f"{type(error).__name__}: {error}",
                remedy="Give a function that takes nothing along that cannot be stored, or leave "
                "store out.",
            )
        ) from error
    return Part(["files", read], BLOCK, lambda start, stop: _cells(X[start:stop].prints(), start))


def _cells(values: list[Any], first: int) -> Pieces:
    yield "cells", cells(values, first)
