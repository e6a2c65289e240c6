"""The wire format: an array as ``{dtype, shape, data}``, exact or refused."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._validation import check_choice, expected

# What a browser can view as a typed array; always little-endian.
TYPES = {"f4": "<f4", "f8": "<f8", "i4": "<i4", "u1": "<u1"}
# Every whole number up to here has a float of its own.
WHOLE = {"f4": 2**24, "f8": 2**53}

Wire = dict[str, Any]


def encode(array: ArrayLike, dtype: str) -> Wire:
    """Encode an array for the browser without losing a digit.

    Parameters
    ----------
    array : array_like of numbers
        What to send.
    dtype : {"f4", "f8", "i4", "u1"}
        Type in the browser. A caller who may round says so by rounding first.

    Raises
    ------
    ValueError
        If a value would change on the way.
    """
    check_choice("dtype", dtype, tuple(TYPES))
    given = np.asarray(array)
    if given.dtype.kind not in "biuf":
        raise TypeError(expected("an array of numbers", got=f"an array of {given.dtype}"))
    with np.errstate(invalid="ignore", over="ignore"):
        sent = given.astype(TYPES[dtype])
        changed = (sent.astype(given.dtype) != given) & ~_both_nan(sent, given)
    if given.dtype.kind in "iu" and dtype in WHOLE:
        # a cast back from float can saturate onto the very number it came from
        changed |= (given > WHOLE[dtype]) | (given < -WHOLE[dtype])
    if changed.any():
        first = given[changed].flat[0]
        raise ValueError(
            expected(
                f"values that {dtype} holds exactly",
                got=f"{first!r} and {int(changed.sum()) - 1} more that would change",
                remedy="Send them as text, or round them where rounding is meant.",
            )
        )
    return {"dtype": dtype, "shape": list(sent.shape), "data": sent.tobytes()}


def decode(wire: Wire) -> NDArray[Any]:
    """Return the array of a wire message, whose data are bytes or a memory view."""
    return np.frombuffer(wire["data"], TYPES[wire["dtype"]]).reshape(wire["shape"])


def to_text(value: Any) -> Any:
    """Return a state with every buffer as base64, ready for JSON."""
    if isinstance(value, bytes | bytearray | memoryview):
        return b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {str(key): to_text(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [to_text(part) for part in value]
    return value


def _both_nan(sent: NDArray[Any], given: NDArray[Any]) -> NDArray[np.bool_]:
    if sent.dtype.kind != "f" or given.dtype.kind != "f":
        return np.zeros(given.shape, dtype=bool)
    return np.asarray(np.isnan(sent) & np.isnan(given))
