"""The owner's rows, in the type in which they were given: pandas, polars, pyarrow or numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._optional import is_a, require
from jupyter_distill._validation import expected
from jupyter_distill.saving._arrow import arrow, from_bytes, is_simple, to_bytes
from jupyter_distill.saving._plain import dtype_name, from_plain, order_of, to_plain
from jupyter_distill.saving._refuse import Damaged, need, refuse
from jupyter_distill.saving._series import pack, unpack

Packed = tuple[dict[str, Any], bytes]  # what it is, and the Arrow file that holds it


def pack_frame(frame: Any) -> Packed:
    """Return a frame or array as an Arrow file, and what it was.

    Raises
    ------
    TypeError
        If it is of another kind, or would not come back as it is.
    """
    if isinstance(frame, np.ndarray):
        packed = _pack_array(frame)
    elif isinstance(frame, pd.DataFrame):
        packed = _pack_pandas(frame)
    elif is_a(frame, "polars", "DataFrame"):
        packed = _pack_polars(frame)
    elif is_a(frame, "pyarrow", "Table"):
        packed = _pack_arrow(frame)
    else:
        kind = f"{type(frame).__module__.partition('.')[0]}.{type(frame).__name__}"
        remedy = "Turn it into a data frame of pandas before it is distilled."
        what = "rows of pandas, polars, pyarrow or numpy"
        raise TypeError(expected(what, got=kind, remedy=remedy))
    try:
        unlike = _unlike(frame, unpack_frame(*packed, "the rows"))
    except Damaged as error:
        unlike = str(error)
    if unlike is not None:
        remedy = "Turn it into numbers, text or booleans before it is distilled."
        raise TypeError(expected("rows that can be read back", got=unlike, remedy=remedy))
    return packed


def unpack_frame(about: dict[str, Any], data: bytes, where: str) -> Any:
    """Return the rows that :func:`pack_frame` packed, or refuse what it cannot have packed."""
    kind = about.get("type") if isinstance(about, dict) else None
    need(kind in _UNPACK, where, f"one of {', '.join(_UNPACK)}", kind)
    try:
        return _UNPACK[str(kind)](about, from_bytes(data, where), where)
    except (Damaged, ImportError):
        raise
    except Exception as error:  # the libraries of frames have many words for what they do not take
        raise refuse(where, f"rows of {kind}", f"{type(error).__name__}: {error}") from error


def _unlike(one: Any, other: Any) -> str | None:
    """Return what did not come back as it was."""
    if isinstance(one, np.ndarray):
        if one.dtype.newbyteorder("=") != other.dtype:
            return f"an array of {one.dtype}"
        same = pd.DataFrame(one.astype(other.dtype)).equals(pd.DataFrame(other))
        return None if same else "an array whose values change when they are written"
    if isinstance(one, pd.DataFrame):
        for j, name in enumerate(one.columns):
            column, again = one.iloc[:, j], other.iloc[:, j]
            if column.dtype != again.dtype or not _same(column, again):
                return f"the column {name!r} of {column.dtype}"
        for what in ("index", "columns"):
            ours, theirs = getattr(one, what), getattr(other, what)
            if not ours.equals(theirs) or ours.dtype != theirs.dtype or ours.names != theirs.names:
                return f"the {what} {ours!r}"
        return None
    same = one.equals(other) and one.schema == other.schema
    return None if same else f"a frame of {one.schema!r}"


def _same(one: pd.Series[Any], other: pd.Series[Any]) -> bool:
    return bool(one.reset_index(drop=True).equals(other.reset_index(drop=True)))


def _pack_array(array: Any) -> Packed:
    columns = [
        pack(pd.Series(one, dtype=one.dtype)) if one.dtype.kind != "U" else _text(one)
        for one in array.T
    ]
    about = {
        "type": "numpy",
        "dtype": dtype_name(array.dtype),
        "order": order_of(array),
        "rows": len(array),
        "kinds": [kind for _, kind in columns],
    }
    names = [f"x{j}" for j in range(len(columns))]
    return about, to_bytes([one for one, _ in columns], names)


def _text(column: Any) -> tuple[Any, dict[str, Any]]:
    pa = arrow()
    return pa.array(column.tolist(), pa.large_string()), {"text": column.dtype.str}


def _unpack_array(about: dict[str, Any], table: Any, where: str) -> Any:
    kinds = _kinds(about, table, where)
    columns = [unpack(table.column(j), kind, where) for j, kind in enumerate(kinds)]
    need(columns, where, "at least one column", "none")
    found = np.empty((table.num_rows, len(columns)), columns[0].dtype, order=about["order"])
    for j, column in enumerate(columns):
        need(column.dtype == found.dtype, where, "columns of one type", column.dtype)
        found[:, j] = column
    need(dtype_name(found.dtype) == about["dtype"], where, about["dtype"], found.dtype)
    return found


def _kinds(about: dict[str, Any], table: Any, where: str) -> list[Any]:
    kinds = about.get("kinds")
    need(isinstance(kinds, list), where, "the types of columns", kinds)
    assert isinstance(kinds, list)
    need(len(kinds) == table.num_columns, where, f"{len(kinds)} columns", f"{table.num_columns}")
    need(about.get("rows") == table.num_rows, where, f"{about.get('rows')} rows", table.num_rows)
    return kinds


def _pack_pandas(frame: pd.DataFrame) -> Packed:
    if type(frame) is not pd.DataFrame:
        kind = f"{type(frame).__module__}.{type(frame).__name__}"
        remedy = "Distil pd.DataFrame(X)."
        raise TypeError(expected("a plain data frame of pandas", got=kind, remedy=remedy))
    columns = [pack(frame.iloc[:, j]) for j in range(frame.shape[1])]
    names = [str(name) for name in frame.columns]
    index, beside = _pack_index(frame.index)
    about = {
        "type": "pandas",
        "rows": len(frame),
        "kinds": [kind for _, kind in (*columns, *beside)],
        "index": index,
        "columns": _pack_labels(frame.columns),
    }
    names += [f"index {j}" for j in range(len(beside))]
    return about, to_bytes([one for one, _ in (*columns, *beside)], names)


def _unpack_pandas(about: dict[str, Any], table: Any, where: str) -> pd.DataFrame:
    keys = {"type", "rows", "kinds", "index", "columns", "member"}
    need(set(about) <= keys, where, "a frame", sorted(about))
    rows = about.get("rows")
    if table.num_columns == 0:
        need(type(rows) is int and 0 <= rows <= 10**7, where, "a number of rows", rows)
    else:
        _kinds(about, table, where)
    kinds = about["kinds"]
    labels = _unpack_labels(about["columns"], where)
    columns = [unpack(table.column(j), kind, where) for j, kind in enumerate(kinds)]
    own, beside = columns[: len(labels)], columns[len(labels) :]
    need(len(own) == len(labels), where, f"{len(labels)} columns", len(own))
    index = _unpack_index(about["index"], beside, int(rows or 0), where)
    held = {j: pd.Series(one, index, dtype=one.dtype) for j, one in enumerate(own)}
    frame = pd.DataFrame(held, index=index)
    frame.columns = labels
    return frame


def _pack_index(index: pd.Index[Any]) -> tuple[dict[str, Any], list[tuple[Any, dict[str, Any]]]]:
    names = [to_plain(name) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return {"range": [index.start, index.stop, index.step], "names": names}, []
    if isinstance(index, pd.MultiIndex):
        levels = [pack(index.get_level_values(j)) for j in range(index.nlevels)]
        return {"levels": len(levels), "names": names}, levels
    freq = getattr(index, "freqstr", None)
    freq = None if isinstance(index, pd.PeriodIndex) else freq
    return {"levels": 1, "names": names, "freq": freq}, [pack(index)]


def _unpack_index(about: Any, columns: list[Any], rows: int, where: str) -> pd.Index[Any]:
    need(isinstance(about, dict) and isinstance(about.get("names"), list), where, "an index", about)
    names = [from_plain(name, where) for name in about["names"]]
    if "range" in about:
        ends = about["range"]
        fine = isinstance(ends, list) and len(ends) == 3 and all(type(one) is int for one in ends)
        need(fine and not columns and len(names) == 1 and ends[2], where, "a range", ends)
        need(len(range(*ends)) == rows, where, f"a range of {rows}", ends)
        return pd.RangeIndex(range(*ends), name=names[0])
    need(about.get("levels") == len(columns) == len(names), where, "an index", about)
    if len(columns) == 1 and "freq" in about:
        index: pd.Index[Any] = pd.Index(columns[0], dtype=columns[0].dtype, name=names[0])
        if about["freq"] is not None:
            make: Any = type(index)
            index = make(index, freq=about["freq"])
        return index
    found: pd.Index[Any] = pd.MultiIndex.from_arrays(columns, names=names)
    return found


def _pack_labels(labels: pd.Index[Any]) -> dict[str, Any]:
    index, columns = _pack_index(labels)
    kinds = [kind for _, kind in columns]
    values = [to_plain(labels.get_level_values(j).tolist()) for j in range(len(columns))]
    return {**index, "kinds": kinds, "values": values, "n": len(labels)}


def _unpack_labels(about: Any, where: str) -> pd.Index[Any]:
    need(isinstance(about, dict), where, "names of columns", about)
    kinds, values, n = about.get("kinds"), about.get("values"), about.get("n")
    fine = isinstance(kinds, list) and isinstance(values, list) and len(kinds) == len(values)
    need(fine and type(n) is int, where, "names of columns", about)
    columns = [
        _labels(from_plain(one, where), kind, where)
        for one, kind in zip(values, kinds, strict=True)
    ]
    index = _unpack_index(about, columns, n, where)
    need(len(index) == n, where, f"{n} names", len(index))
    return index


def _labels(values: Any, kind: Any, where: str) -> Any:
    """Return labels in their own type, which is that of a column of them."""
    need(isinstance(values, list), where, "a list of names", values)
    made = pd.Index(values, dtype=object)
    column, own = pack(made)
    if own == kind:
        return unpack(column, kind, where)
    need(isinstance(kind, dict) and len(kind) == 1, where, "a type of names", kind)
    (tag,) = kind
    need(tag in ("numpy", "string", "text"), where, "names that are numbers or text", kind)
    pa = arrow()
    return unpack(pa.array(values, _arrow_kind(kind[tag], tag)), kind, where)


def _arrow_kind(name: Any, tag: str) -> Any:
    pa = arrow()
    return pa.from_numpy_dtype(np.dtype(name)) if tag == "numpy" else pa.large_string()


def _pack_polars(frame: Any) -> Packed:
    pl = require("polars", extra="store", feature="Reading rows of polars")
    pa, kinds, columns = arrow(), [], []
    for column in frame.iter_columns():
        kind: Any = "own"
        if column.dtype == pl.Enum:
            kind = {"enum": column.dtype.categories.to_list()}
        elif column.dtype == pl.Categorical:
            kind = "category"
        plain = column if kind == "own" else column.cast(pl.String)
        held = plain.to_arrow()
        if not is_simple(held.type, pa, lists=False):
            raise TypeError(expected(f"one value a row in {column.name!r}", got=f"{column.dtype}"))
        if pa.types.is_string_view(held.type):  # which older readers do not know
            held = held.cast(pa.large_string())
        kinds.append(kind)
        columns.append(held)
    about = {"type": "polars", "rows": len(frame), "kinds": kinds, "names": frame.columns}
    return about, to_bytes(columns, frame.columns)


def _unpack_polars(about: dict[str, Any], table: Any, where: str) -> Any:
    pl = require("polars", extra="store", feature="Loading rows of polars")
    kinds, names = _kinds(about, table, where), about.get("names")
    need(names == table.column_names, where, f"columns {names}", table.column_names)
    columns = []
    for name, kind, column in zip(table.column_names, kinds, table.columns, strict=True):
        found = pl.Series(name, pl.from_arrow(column.combine_chunks()))
        if kind == "category":
            found = found.cast(pl.Categorical)
        elif kind != "own":
            need(isinstance(kind, dict) and set(kind) == {"enum"}, where, "a list of levels", kind)
            found = found.cast(pl.Enum(kind["enum"]))
        columns.append(found)
    return pl.DataFrame(columns)


def _pack_arrow(table: Any) -> Packed:
    pa = arrow()
    for field in table.schema:
        if not is_simple(field.type, pa, lists=False):
            raise TypeError(expected(f"one value a row in {field.name!r}", got=f"{field.type}"))
    table = table.replace_schema_metadata(None).unify_dictionaries()
    names = table.column_names
    about = {"type": "pyarrow", "rows": table.num_rows, "kinds": [None] * len(names)}
    return {**about, "names": names}, to_bytes(table.columns, names)


def _unpack_arrow(about: dict[str, Any], table: Any, where: str) -> Any:
    _kinds(about, table, where)
    need(about.get("names") == table.column_names, where, "its names", table.column_names)
    return table


_UNPACK: dict[str, Any] = {
    "numpy": _unpack_array,
    "pandas": _unpack_pandas,
    "polars": _unpack_polars,
    "pyarrow": _unpack_arrow,
}
