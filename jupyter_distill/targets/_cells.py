"""Values of any type as bytes, for hashing: equal values alike, others apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._validation import expected
from jupyter_distill.teachers._fingerprint import digest


def cells(values: Iterable[Any], first: int) -> bytes:
    """Return the bytes of some values, one after another; `first` is the place of the first."""
    try:
        place = first
        pieces = []
        for place, value in enumerate(values, first):  # noqa: B007 - the message says which
            pieces.append(_with_length(_cell(value)))
    except Exception as error:  # what pickling raises is the value's own affair
        raise TypeError(
            expected(
                "rows that can be hashed, so that answers are never taken for those of others",
                got=f"{type(error).__name__}: {error} (row {place})",
                remedy="Give the rows as numbers, text or arrays, and turn them into what the "
                "model takes by preprocess=.",
            )
        ) from error
    return b"".join(pieces)


def as_numpy(array: Any) -> np.ndarray[Any, Any]:
    """Return an array or tensor of any library as numpy's; types that numpy lacks as bytes."""
    if hasattr(array, "detach"):  # a torch tensor
        array = array.detach().cpu().contiguous()
        try:
            return np.asarray(array.numpy())
        except TypeError:  # bfloat16 and its like
            torch: Any = __import__("torch")
            return np.asarray(array.reshape(len(array), -1).view(torch.uint8).numpy())
    return np.asarray(array)


def as_bytes(array: np.ndarray[Any, Any]) -> Any:
    """Return what an array of plain numbers, texts or times holds, row after row."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _cell(value: Any) -> bytes:
    if value is None or value is pd.NA or value is pd.NaT:
        return b"n"
    if isinstance(value, str):
        return b"s" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, bool | np.bool_):
        return b"b1" if value else b"b0"
    if isinstance(value, float):
        return b"f" + float(value).hex().encode()
    if isinstance(value, int):
        return b"i" + str(value).encode()
    if isinstance(value, bytes):
        return b"y" + value
    if isinstance(value, dict):
        return b"d" + _several([part for item in value.items() for part in item])
    if isinstance(value, list | tuple):
        return b"l" + _several(value)
    if hasattr(value, "detach") or isinstance(value, np.ndarray | np.generic):
        array = as_numpy(value)
        kind = f"{getattr(value, 'dtype', array.dtype)} {array.shape}".encode()
        held = _several(array.ravel().tolist()) if array.dtype.hasobject else as_bytes(array)
        return b"a" + _with_length(kind) + bytes(held)
    return b"o" + f"{type(value).__module__}.{type(value).__qualname__} {digest(value)}".encode()


def _several(values: Sequence[Any]) -> bytes:
    return b"".join(_with_length(_cell(value)) for value in values)


def _with_length(piece: bytes) -> bytes:
    return len(piece).to_bytes(8, "little") + piece
