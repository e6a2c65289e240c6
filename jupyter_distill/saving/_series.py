"""One column of pandas or numpy as a column of Arrow and a description of its own type, and back.

Arrow alone would forget what a model may go by: objects beside text, which kind of missing, the
list of a category's levels. The description is read by a fixed table.
"""

from __future__ import annotations

import json
import re
from typing import Any
from zoneinfo import available_timezones

import numpy as np
import pandas as pd

from jupyter_distill._validation import expected
from jupyter_distill.saving._arrow import arrow
from jupyter_distill.saving._plain import (
    NUMBERS,
    check_width,
    dtype_of,
    from_plain,
    to_plain,
)
from jupyter_distill.saving._refuse import Damaged, need, refuse

TIMES = re.compile(r"(datetime64|timedelta64)\[(s|ms|us|ns)\]")
OFFSET = re.compile(r"UTC([+-]\d\d:\d\d)?")
MASKED = re.compile(r"U?Int(8|16|32|64)|Float(32|64)|boolean")
MISSING: dict[str, Any] = {"None": None, "nan": np.nan, "NA": pd.NA}


def pack(values: Any) -> tuple[Any, dict[str, Any]]:
    """Return a column of Arrow, and what its type is.

    Raises
    ------
    TypeError
        If it holds what cannot be read back.
    """
    pa, dtype = arrow(), values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = pd.Categorical(values).codes
        _, kind = pack(dtype.categories)
        held = {"ordered": bool(dtype.ordered), "levels": to_plain(dtype.categories.tolist())}
        return pa.array(np.asarray(codes, dtype=np.int32)), {"category": {**held, "of": kind}}
    if isinstance(dtype, pd.StringDtype):
        kind = {"storage": dtype.storage, "na": "NA" if dtype.na_value is pd.NA else "nan"}
        texts = [None if gap else str(one) for one, gap in zip(values, values.isna(), strict=True)]
        return pa.array(texts, pa.large_string()), {"string": kind}
    if isinstance(dtype, pd.ArrowDtype):
        return pa.array(values.array), {"arrow": True}
    if isinstance(dtype, pd.IntervalDtype):
        return _cells([to_plain(one) for one in values]), {"interval": dtype.closed}
    if isinstance(dtype, pd.DatetimeTZDtype):
        whole, zone = pa.array(pd.DatetimeIndex(values).asi8), str(dtype.tz)
        if not _is_zone(zone):
            what = "a time zone that has a name, as 'Europe/Berlin'"
            remedy = "Use tz_convert with such a name."
            raise TypeError(expected(what, got=zone, remedy=remedy))
        return whole, {"zoned": [dtype.unit, zone]}
    if isinstance(dtype, pd.PeriodDtype):
        return pa.array(pd.PeriodIndex(values).asi8), {"period": dtype.name[len("period[") : -1]}
    if not isinstance(dtype, np.dtype):
        if not MASKED.fullmatch(dtype.name):
            raise _unknown(values.name, dtype)
        gaps = np.asarray(values.isna())
        known = values.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return pa.array(known, mask=gaps), {"masked": dtype.name}
    if TIMES.fullmatch(dtype.name):
        return pa.array(values.to_numpy().view(np.int64)), {"time": dtype.name}
    if NUMBERS.fullmatch(dtype.name):
        native = np.ascontiguousarray(values.to_numpy(), dtype=dtype.newbyteorder("="))
        return pa.array(native), {"numpy": dtype.name}
    if dtype.kind == "U":
        return pa.array(values.tolist(), pa.large_string()), {"text": dtype.str}
    if dtype.kind != "O":
        raise _unknown(values.name, dtype)
    objects = list(values)
    for name, gap in MISSING.items():
        if all(type(one) is str or _is(one, gap) for one in objects):
            texts = [one if isinstance(one, str) else None for one in objects]
            return pa.array(texts, pa.large_string()), {"objects": name}
    return _cells([to_plain(one) for one in objects]), {"cells": True}


def unpack(column: Any, kind: Any, where: str) -> Any:
    """Return what :func:`pack` packed: an array of numpy or pandas, or an index."""
    need(isinstance(kind, dict) and len(kind) == 1, where, "the type of a column", kind)
    ((tag, held),) = kind.items()
    need(tag in _UNPACK, where, f"one of {', '.join(_UNPACK)}", tag)
    column = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    try:
        return _UNPACK[tag](column, held, where)
    except Damaged:
        raise
    except Exception as error:  # pandas and Arrow have many words for values of another type
        raise refuse(
            where, f"values of the type {kind}", f"{type(error).__name__}: {error}"
        ) from error


def _is(one: Any, gap: Any) -> bool:
    return one is gap or (isinstance(gap, float) and type(one) is float and one != one)


def _unknown(name: Any, dtype: Any) -> TypeError:
    what = f"numbers, text, booleans, categories or times in {name!r}"
    return TypeError(expected(what, got=f"{dtype}", remedy="Turn it into one of these first."))


def _cells(plain: list[Any]) -> Any:
    pa = arrow()
    return pa.array([json.dumps(one, allow_nan=False) for one in plain], pa.large_string())


def _read_cells(column: Any, where: str) -> list[Any]:
    return [from_plain(json.loads(text), where) for text in column.to_pylist()]


def _objects(values: list[Any]) -> Any:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _ints(column: Any, where: str) -> Any:
    pa = arrow()
    need(column.type == pa.int64() and not column.null_count, where, "whole numbers", column.type)
    return column.to_numpy(zero_copy_only=False)


def _category(column: Any, held: Any, where: str) -> Any:
    need(isinstance(held, dict) and set(held) == {"ordered", "levels", "of"}, where, "levels", held)
    need(type(held["ordered"]) is bool, where, "whether they are ordered", held["ordered"])
    levels = from_plain(held["levels"], where)
    need(isinstance(levels, list), where, "a list of levels", levels)
    of = held["of"]
    need(isinstance(of, dict) and len(of) == 1, where, "the type of levels", of)
    codes = np.asarray(column.to_numpy(zero_copy_only=False))
    need(codes.dtype == np.int32, where, "codes", codes.dtype)
    return pd.Categorical.from_codes(codes, _levels(levels, of, where), held["ordered"])


def _levels(levels: list[Any], of: dict[str, Any], where: str) -> Any:
    ((tag, held),) = of.items()
    if tag == "numpy":
        check_width(dtype_of(held, where), levels, where)
        return pd.Index(np.array(levels, dtype=dtype_of(held, where)))
    if tag == "string":
        return pd.Index(levels, dtype=_string_dtype(held, where))
    if tag == "interval":
        return pd.IntervalIndex(levels, closed=held)
    if tag in ("masked", "arrow", "time", "zoned", "period"):
        raise refuse(where, "levels that are text or numbers", tag)
    return pd.Index(_objects(levels), dtype=object)


def _string_dtype(held: Any, where: str) -> pd.StringDtype:
    fine = isinstance(held, dict) and set(held) == {"storage", "na"}
    fine = fine and held["storage"] in ("python", "pyarrow") and held["na"] in ("NA", "nan")
    need(fine, where, "a kind of text", held)
    if held["na"] == "NA":
        return pd.StringDtype(held["storage"])
    return pd.StringDtype(held["storage"], na_value=np.nan)


def _string(column: Any, held: Any, where: str) -> Any:
    return pd.array(_objects(column.to_pylist()), dtype=_string_dtype(held, where))


def _arrow_own(column: Any, held: Any, where: str) -> Any:
    return pd.arrays.ArrowExtensionArray(column)


def _interval(column: Any, held: Any, where: str) -> Any:
    return pd.arrays.IntervalArray(_read_cells(column, where), closed=held)


def _is_zone(name: str) -> bool:
    return name in available_timezones() or bool(OFFSET.fullmatch(name))


def _zoned(column: Any, held: Any, where: str) -> Any:
    fine = isinstance(held, list) and len(held) == 2 and held[0] in ("s", "ms", "us", "ns")
    need(fine and isinstance(held[1], str), where, "a unit and a time zone", held)
    # the name of a zone may otherwise be a path, which would be opened
    need(_is_zone(held[1]), where, "a zone", held[1])
    plain = pd.DatetimeIndex(_ints(column, where).view(f"M8[{held[0]}]"))
    return plain.tz_localize("UTC").tz_convert(held[1])


def _period(column: Any, held: Any, where: str) -> Any:
    need(isinstance(held, str), where, "a frequency", held)
    make: Any = pd.PeriodIndex
    return make.from_ordinals(_ints(column, where), freq=held)


def _masked(column: Any, held: Any, where: str) -> Any:
    need(isinstance(held, str) and MASKED.fullmatch(held), where, "a type with gaps", held)
    gaps = column.is_null().to_numpy(zero_copy_only=False)
    known = column.fill_null(False if held == "boolean" else 0).to_numpy(zero_copy_only=False)
    kind: Any = pd.api.types.pandas_dtype(held)
    need(known.dtype == kind.numpy_dtype, where, held, known.dtype)
    make: dict[str, Any] = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}
    return make.get(known.dtype.kind, pd.arrays.IntegerArray)(known.copy(), gaps.copy())


def _time(column: Any, held: Any, where: str) -> Any:
    need(isinstance(held, str) and TIMES.fullmatch(held), where, "a type of times", held)
    return _ints(column, where).view(held)


def _numpy(column: Any, held: Any, where: str) -> Any:
    dtype = dtype_of(held, where)
    need(not column.null_count, where, "no gaps", f"{column.null_count}")
    found = column.to_numpy(zero_copy_only=False)
    need(found.dtype == dtype, where, held, found.dtype)
    return found.copy()


def _text(column: Any, held: Any, where: str) -> Any:
    texts = column.to_pylist()
    check_width(dtype_of(held, where), texts, where)
    return np.array(texts, dtype=dtype_of(held, where))


def _text_objects(column: Any, held: Any, where: str) -> Any:
    need(held in MISSING, where, "a kind of missing", held)
    return _objects([MISSING[held] if one is None else one for one in column.to_pylist()])


def _any(column: Any, held: Any, where: str) -> Any:
    return _objects(_read_cells(column, where))


_UNPACK: dict[str, Any] = {
    "category": _category,
    "string": _string,
    "arrow": _arrow_own,
    "interval": _interval,
    "zoned": _zoned,
    "period": _period,
    "masked": _masked,
    "time": _time,
    "numpy": _numpy,
    "text": _text,
    "objects": _text_objects,
    "cells": _any,
}
