"""Counting and cutting rows, whatever the rows are kept in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._optional import loaded
from jupyter_distill._validation import Refusal, expected
from jupyter_distill.data.files import Files

Rows = slice | NDArray[np.intp]

_KINDS = (
    "a data frame, an array, a tensor, a list of rows, a map-style Dataset, Files, or a dict or "
    "tuple of these"
)


def parts_of(X: Any) -> dict[str, Any] | None:
    """Return the named parts of a dict or tuple of inputs; None where X is one part."""
    if isinstance(X, Mapping):
        return dict(X)
    if isinstance(X, tuple):
        return {f"part {position}": part for position, part in enumerate(X)}
    return None


def count_rows(X: Any) -> int:
    """Return how many rows X has; the parts of a dict or tuple must agree."""
    parts = parts_of(X)
    if parts is not None:
        counts = {name: count_rows(part) for name, part in parts.items()}
        if len(set(counts.values())) != 1:
            raise Refusal(
                expected(
                    "the same number of rows in every part of X",
                    got=", ".join(f"{count} in {name!r}" for name, count in counts.items())
                    or "no part at all",
                )
            )
        return next(iter(counts.values()))
    shape = getattr(X, "shape", None)
    if shape is not None and len(shape):
        return int(shape[0])
    rows = hasattr(X, "__len__") and hasattr(X, "__getitem__")
    if isinstance(X, (str, bytes)) or not rows:
        remedy = "Collect the lazy frame first." if hasattr(X, "collect") else ""
        if hasattr(X, "dataset"):  # of a DataLoader, which holds batches
            remedy = "Give its .dataset."
        raise TypeError(expected(f"X to be {_KINDS}", got=type(X).__name__, remedy=remedy))
    return len(X)


def take_rows(X: Any, rows: Rows) -> Any:
    """Return some rows of X, in the owner's own type."""
    if isinstance(X, tuple):
        return tuple(take_rows(part, rows) for part in X)
    parts = parts_of(X)
    if parts is not None:
        return {name: take_rows(part, rows) for name, part in parts.items()}
    if hasattr(X, "iloc"):
        return X.iloc[rows]
    if isinstance(X, list):
        return X[rows] if isinstance(rows, slice) else [X[row] for row in rows]
    torch: Any = loaded("torch")
    if torch is not None and isinstance(X, torch.utils.data.Dataset):
        return _stacked([X[row] for row in np.arange(len(X))[rows].tolist()], torch)
    if hasattr(X, "schema") and hasattr(X, "take"):  # pyarrow
        if isinstance(rows, slice):
            return X.slice(rows.start, rows.stop - rows.start)
        return X.take(rows)
    if hasattr(X, "tocsr"):  # not every sparse form can be cut
        X = X.tocsr()
    return X[rows]


def read_files(X: Any, *, stack: bool = True) -> Any:
    """Return rows whose files are read; those that are no files as they are."""
    if isinstance(X, Files):
        return X.batch(stack=stack)
    if isinstance(X, tuple):
        return tuple(read_files(part, stack=stack) for part in X)
    parts = parts_of(X)
    if parts is not None:
        return {name: read_files(part, stack=stack) for name, part in parts.items()}
    return X


def _stacked(items: list[Any], torch: Any) -> Any:
    """Return the items of a Dataset as one batch, by the parts that each of them has."""
    first = items[0]
    if isinstance(first, Mapping):
        return {name: _stacked([item[name] for item in items], torch) for name in first}
    if isinstance(first, tuple):
        return tuple(_stacked(list(part), torch) for part in zip(*items, strict=True))
    if isinstance(first, np.ndarray):
        return np.stack(items)
    return torch.utils.data.default_collate(items)


def frame_names(X: Any) -> tuple[str, ...] | None:
    """Return the column names of a data frame (pandas, polars, pyarrow), else None."""
    names = getattr(X, "column_names", None)  # pyarrow
    if names is None and hasattr(X, "columns"):
        names = X.columns
    if names is None or callable(names):
        return None
    return tuple(names)


def is_pyarrow(X: Any) -> bool:
    """Tell a pyarrow table, which numpy and scikit-learn do not read by themselves."""
    return type(X).__module__.partition(".")[0] == "pyarrow" and hasattr(X, "to_pandas")
