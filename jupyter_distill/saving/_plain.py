"""Values of any plain Python or numpy type as JSON, and back with the type that they had.

A fixed table of tags says what JSON cannot: ``{"float": "nan"}``, ``{"tuple": [1, 2]}``. Nothing
is imported, evaluated or called by a name that stands in a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.saving._refuse import need, refuse

NUMBERS = re.compile(r"bool|u?int(8|16|32|64)|float(16|32|64)")
TEXT = re.compile(r"<U[1-9]\d{0,5}")
MOST_AXES = 3
MOST_PADDED = 2**24  # bytes of an array of text that may be wider than its texts
PADDED = 16  # times as wide as the longest text, in a larger one


def to_plain(value: Any) -> Any:
    """Return a value as JSON can hold it.

    Raises
    ------
    TypeError
        If it is of a type that cannot be read back.
    """
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if isfinite(value) else {"float": repr(value)}
    if value is pd.NA:
        return {"missing": "NA"}
    if isinstance(value, np.generic) and _is_known(value.dtype):
        return {"numpy": [dtype_name(value.dtype), to_plain(value.item())]}
    if isinstance(value, np.ndarray) and (_is_known(value.dtype) or value.dtype == object):
        return {"array": array_to_plain(value)}
    if type(value) in (list, tuple):
        return {type(value).__name__: [to_plain(one) for one in value]}
    if type(value) is dict:
        return {"dict": [[to_plain(name), to_plain(one)] for name, one in value.items()]}
    if type(value) is Decimal:
        return {"decimal": str(value)}
    if type(value) is pd.Interval:
        ends = [to_plain(value.left), to_plain(value.right)]
        return {"interval": [*ends, value.closed]}
    raise TypeError(
        expected(
            "values that a file can hold: numbers, text, booleans, and lists or dicts of these",
            got=f"{value!r} ({type(value).__name__})",
            remedy="Turn it into one of these before it is distilled.",
        )
    )


def from_plain(plain: Any, where: str) -> Any:
    """Return the value that :func:`to_plain` wrote down, or refuse what it cannot have written."""
    if plain is None or isinstance(plain, bool | int | float | str):
        return plain
    need(isinstance(plain, dict) and len(plain) == 1, where, "a value", plain)
    ((tag, held),) = plain.items()
    need(tag in _TAGS, where, f"one of {', '.join(_TAGS)}", tag)
    return _TAGS[tag](held, where)


def dtype_name(dtype: np.dtype[Any]) -> str:
    """Return how a type of numpy is called in a file."""
    return dtype.str if dtype.kind == "U" else dtype.name


def dtype_of(name: Any, where: str) -> np.dtype[Any]:
    """Return a type of numpy by its name, from a fixed list."""
    known = isinstance(name, str) and (
        name == "object" or NUMBERS.fullmatch(name) or TEXT.fullmatch(name)
    )
    need(known, where, "a type of numbers or text", name)
    found: np.dtype[Any] = np.dtype(name)
    return found


def check_width(dtype: np.dtype[Any], values: list[Any], where: str) -> None:
    """Refuse text of a width that its values do not need: every value takes it in memory."""
    if dtype.kind != "U" or dtype.itemsize * len(values) <= MOST_PADDED:
        return
    longest = max((len(one) for one in values if isinstance(one, str)), default=0)
    fine = dtype.itemsize // 4 <= PADDED * max(longest, 1)
    need(fine, where, f"a width for texts of {longest} letters", dtype.str)


def array_to_plain(array: NDArray[Any], values: Any = None) -> dict[str, Any]:
    """Return an array with type, shape, order in memory, and values or where they are kept."""
    if array.dtype != object and not _is_known(array.dtype):
        remedy = "Turn it into float64, or text."
        raise TypeError(
            expected("numbers or text in an array", got=f"{array.dtype}", remedy=remedy)
        )
    order = order_of(array)
    if values is None:
        flat = array.ravel(order).tolist()  # type: ignore[arg-type]
        values = [to_plain(one) for one in flat] if array.dtype.kind in "fO" else flat
    return {
        "dtype": dtype_name(array.dtype),
        "shape": list(array.shape),
        "order": order,
        "values": values,
    }


def array_from_plain(
    plain: Any, where: str, fetch: Callable[[Any, str], NDArray[Any]] | None = None
) -> NDArray[Any]:
    """Return the array that :func:`array_to_plain` wrote down."""
    keys = {"dtype", "shape", "order", "values"}
    need(isinstance(plain, dict) and set(plain) == keys, where, "an array", plain)
    dtype, shape = dtype_of(plain["dtype"], where), plain["shape"]
    fine = isinstance(shape, list) and len(shape) <= MOST_AXES
    need(fine and all(type(n) is int and n >= 0 for n in shape), where, "a shape", shape)
    need(plain["order"] in ("C", "F"), where, "an order, C or F", plain["order"])
    values, size = plain["values"], 1
    for n in shape:
        size *= n
    if isinstance(values, list):
        need(len(values) == size, where, f"{size} values", f"{len(values)}")
        check_width(dtype, values, where)
        flat = np.empty(size, dtype=dtype)
        try:
            flat[:] = [_cell(one, dtype.kind, where) for one in values]
        except (TypeError, ValueError, OverflowError) as error:
            raise refuse(where, f"values of {dtype}", f"others ({error})") from error
    else:
        if fetch is None:
            raise refuse(where, "a list of values", values)
        flat = fetch(values, where)
        need(flat.dtype == dtype and flat.shape == (size,), where, f"{size} of {dtype}", f"{flat}")
    return flat.reshape(shape, order=plain["order"])


def order_of(array: NDArray[Any]) -> str:
    """Return the order of an array in memory: sums may end otherwise in another one."""
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def _is_known(dtype: np.dtype[Any]) -> bool:
    return bool(NUMBERS.fullmatch(dtype.name)) or (dtype.kind == "U" and dtype.isnative)


_CELLS: dict[str, tuple[type, ...]] = {
    "b": (bool,),
    "i": (int,),
    "u": (int,),
    "f": (int, float),
    "U": (str,),
}


def _cell(plain: Any, kind: str, where: str) -> Any:
    value = from_plain(plain, where) if kind in "fO" else plain
    if kind != "O":
        fine = isinstance(value, _CELLS[kind]) and isinstance(value, bool) == (kind == "b")
        need(fine, where, "a value of the array's type", value)
    return value


def _float(held: Any, where: str) -> float:
    need(held in ("nan", "inf", "-inf"), where, "nan, inf or -inf", held)
    return float(held)


def _numpy(held: Any, where: str) -> Any:
    need(isinstance(held, list) and len(held) == 2, where, "a type and a value", held)
    dtype = dtype_of(held[0], where)
    need(dtype.kind != "O", where, "a type of numbers or text", held[0])
    value = _cell(held[1], dtype.kind, where)
    try:
        return dtype.type(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise refuse(where, f"a value of {dtype}", held[1]) from error


def _list(held: Any, where: str) -> list[Any]:
    need(isinstance(held, list), where, "a list", held)
    return [from_plain(one, where) for one in held]


def _dict(held: Any, where: str) -> dict[Any, Any]:
    pairs = isinstance(held, list) and all(isinstance(p, list) and len(p) == 2 for p in held)
    need(pairs, where, "pairs of names and values", held)
    try:
        found = {from_plain(name, where): from_plain(one, where) for name, one in held}
    except TypeError as error:
        raise refuse(where, "names", f"what cannot be one ({error})") from error
    need(len(found) == len(held), where, "each name once", held)
    return found


def _missing(held: Any, where: str) -> Any:
    need(held == "NA", where, "NA", held)
    return pd.NA


def _decimal(held: Any, where: str) -> Decimal:
    fine = isinstance(held, str) and re.fullmatch(r"-?[\d.E+-]{1,1000}|NaN|-?Infinity", held)
    need(fine, where, "a decimal number", held)
    try:
        return Decimal(held)
    except ArithmeticError as error:
        raise refuse(where, "a decimal number", held) from error


def _interval(held: Any, where: str) -> Any:
    need(isinstance(held, list) and len(held) == 3, where, "an interval", held)
    left, right = from_plain(held[0], where), from_plain(held[1], where)
    try:
        return pd.Interval(left, right, closed=held[2])
    except (TypeError, ValueError) as error:
        raise refuse(where, "an interval", held) from error


_TAGS: dict[str, Callable[[Any, str], Any]] = {
    "float": _float,
    "missing": _missing,
    "numpy": _numpy,
    "array": array_from_plain,
    "list": _list,
    "tuple": lambda held, where: tuple(_list(held, where)),
    "dict": _dict,
    "decimal": _decimal,
    "interval": _interval,
}
