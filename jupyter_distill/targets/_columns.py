"""Columns of data frames as bytes, for hashing: alike in pandas, polars and pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd

from jupyter_distill.targets._cells import as_bytes, cells
from jupyter_distill.targets._piece import arrow

Pieces = Iterator[tuple[str, Any]]  # name of a stream, and what comes next in it
Read = Callable[[int, int], Pieces]
BLOCK = 65_536  # rows at a time: what is converted is never more than these


@dataclass(frozen=True)
class Part:
    """What some rows consist of.

    Attributes
    ----------
    kind : object
        All that holds for every row; its repr is hashed.
    block : int
        How many rows to read at a time.
    read : callable
        Gives the bytes of the rows from one place to another, in one or several streams. What
        comes in a stream does not depend on where the rows are cut.
    """

    kind: Any
    block: int
    read: Read


def pandas_columns(frame: pd.DataFrame) -> Part:
    """Return the columns of a frame; not its index, as no model is told it."""
    pa, _ = arrow()
    columns = [_pandas_column(frame.iloc[:, j], pa) for j in range(frame.shape[1])]

    def read(start: int, stop: int) -> Pieces:
        for j, (_, block) in enumerate(columns):
            for stream, piece in block(start, stop):
                yield f"{j} {stream}", piece

    names = [repr(name) for name in frame.columns]
    kind = ["frame", *zip(names, [word for word, _ in columns], strict=True)]
    return Part(kind, BLOCK, read)


def arrow_columns(frame: Any) -> Part:
    """Return the columns of a frame of polars, pyarrow or whatever else narwhals reads."""
    pa, _ = arrow()
    cut = _cutter(frame, pa)
    schema = cut(0, 0).schema
    words = [_word(one.type, pa) for one in schema]
    if isinstance(frame, nw.DataFrame):  # an Enum's list of categories is no part of Arrow's type
        enums = [j for j, dtype in enumerate(frame.schema.values()) if "Enum" in str(dtype)]
        for j in enums:
            words[j] = f"enum {frame[:, j].cat.get_categories().to_list()!r}"

    def read(start: int, stop: int) -> Pieces:
        for j, column in enumerate(cut(start, stop).columns):
            place = start
            for chunk in column.chunks:
                for stream, piece in _arrow(chunk, place, pa):
                    yield f"{j} {stream}", piece
                place += len(chunk)

    names = [repr(name) for name in schema.names]
    return Part(["frame", *zip(names, words, strict=True)], BLOCK, read)


def _pandas_column(series: Any, pa: Any) -> tuple[str, Read]:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        # Models may go by the number of a category, so that the list is a part of what it is.
        listed = cells(dtype.categories.tolist(), 0).hex()
        codes = series.cat.codes
        return f"category {dtype.ordered} {listed}", lambda a, b: _plain(codes.iloc[a:b])
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return str(pa.from_numpy_dtype(dtype)), lambda a, b: _plain(series.iloc[a:b])
    if isinstance(dtype, np.dtype) and dtype.hasobject:
        if pd.api.types.infer_dtype(series, skipna=True) not in ("string", "empty"):
            return "object", lambda a, b: iter([("cells", cells(series.iloc[a:b].tolist(), a))])
        return "string", lambda a, b: _arrow(
            pa.array(series.iloc[a:b], type=pa.large_string(), from_pandas=True), a, pa
        )
    try:
        word = _word(pa.array(series.iloc[:0], from_pandas=True).type, pa)
    except (pa.ArrowException, TypeError):  # Arrow knows no such type
        return str(dtype), lambda a, b: iter([("cells", cells(series.iloc[a:b].tolist(), a))])

    def read(start: int, stop: int) -> Pieces:
        place, column = start, pa.array(series.iloc[start:stop], from_pandas=True)
        for chunk in getattr(column, "chunks", [column]):
            yield from _arrow(chunk, place, pa)
            place += len(chunk)

    return word, read


def _plain(series: Any) -> Pieces:
    yield "values", as_bytes(series.to_numpy())


def _arrow(array: Any, first: int, pa: Any) -> Pieces:
    """Return the places of what is missing, and all that is not."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if array.null_count:
        yield "missing", (first + np.flatnonzero(np.asarray(array.is_null()))).astype("<i8").data
        array = array.drop_null()
    kind = array.type
    if pa.types.is_boolean(kind):
        yield from _arrow(array.cast(pa.uint8()), first, pa)
    elif _is_text(kind, pa):
        large = array.cast(pa.large_string() if _is_string(kind, pa) else pa.large_binary())
        _, offsets, held = large.buffers()
        ends = np.frombuffer(offsets, "<i8")[large.offset : large.offset + len(large) + 1]
        yield "lengths", as_bytes(np.diff(ends))
        if held is not None and len(ends):
            yield "values", memoryview(held)[int(ends[0]) : int(ends[-1])]
    elif pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
        width = kind.bit_width // 8
        held = array.buffers()[1]
        if held is not None:
            start = array.offset * width
            yield "values", memoryview(held)[start : start + len(array) * width]
    elif not pa.types.is_null(kind):
        yield "cells", cells(array.to_pylist(), first)


def _word(kind: Any, pa: Any) -> str:
    """Return the type of a column, one word for all ways to hold the same."""
    if pa.types.is_dictionary(kind):
        return f"category of {_word(kind.value_type, pa)}"
    return "string" if _is_string(kind, pa) else str(kind)


def _is_string(kind: Any, pa: Any) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_text(kind: Any, pa: Any) -> bool:
    return _is_string(kind, pa) or bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _cutter(frame: Any, pa: Any) -> Callable[[int, int], Any]:
    """Return what gives some rows as a table of Arrow."""
    if isinstance(frame, pa.Table | pa.RecordBatch):
        table = frame if isinstance(frame, pa.Table) else pa.Table.from_batches([frame])
        return lambda start, stop: table.slice(start, stop - start)
    if isinstance(frame, pa.Array | pa.ChunkedArray):
        table = pa.table({"": frame})
        return lambda start, stop: table.slice(start, stop - start)
    return lambda start, stop: frame[start:stop].to_arrow()
