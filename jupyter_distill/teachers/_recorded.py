"""Recorded answers as they are read from a frame or a file, and their ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._optional import require
from jupyter_distill._validation import Refusal, did_you_mean, expected, some
from jupyter_distill.teachers._answer_columns import read_answers
from jupyter_distill.teachers._ids import as_ids, check_ids, is_default

_PARQUET, _CSV = (".parquet", ".pq"), (".csv", ".csv.gz")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")


@dataclass(frozen=True, eq=False)
class Recorded:
    """Answers.

    Attributes
    ----------
    values : ndarray of shape (n, k)
        As they were recorded.
    names : tuple
        Names of their columns.
    ids : pandas.Index or None
        The id of each; None where they are those of rows in the same order.
    id : object
        Name of the ids, where they have one.
    """

    values: NDArray[Any]
    names: tuple[Any, ...]
    ids: Any
    id: Any


def is_file(model: Any) -> bool:
    """Tell the path of a file that can hold recorded answers."""
    return isinstance(model, str | Path) and str(model).lower().endswith((*_PARQUET, *_CSV))


def read(model: Any, id: Any, answers: Any, classes: NDArray[Any] | None, name: str) -> Recorded:
    """Read answers from a frame, a series or a file.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError
        If there are none, if ids are missing or repeated, or if it is not clear which columns
        are answers.
    """
    if id is not None and isinstance(id, list | tuple | dict | set | np.ndarray | bool):
        raise TypeError(expected("id to be the name of one column", got=repr(id)))
    native = _from_file(Path(model), id) if is_file(model) else model
    frame = _frame(native, name)
    if frame.shape[0] == 0:
        raise Refusal(expected("at least one recorded answer", got=f"0 rows in {name}"))
    ids, id = _ids(native, frame, id, name)
    columns = [column for column in frame.columns if ids is None or column != id]
    names, values = read_answers(frame, columns, answers, classes, name)
    values.setflags(write=False)
    return Recorded(values, names, ids, id)


def _ids(native: Any, frame: Any, id: Any, name: str) -> tuple[Any, Any]:
    """Return the ids and what they are called: a column, or the index of a pandas frame."""
    index = getattr(native, "index", None)
    index = index if isinstance(index, pd.Index) else None
    if id is not None and id in frame.columns:
        ids = as_ids(frame.get_column(id))
    elif index is not None and (index.name == id if id is not None else not is_default(index)):
        ids, id = as_ids(index), index.name
    elif id is None:
        return None, None
    else:
        called = "" if index is None or index.name is None else f", its index is {index.name!r}"
        raise Refusal(
            expected(
                f"a column with the ids in {name}, or the name of its index",
                got=f"id={id!r}; its columns are {some(frame.columns, 20)}{called}",
            )
            + did_you_mean(id, map(str, frame.columns))
        )
    check_ids(ids, f"ids in {name}", id)
    return ids, id


def _from_file(path: Path, id: Any) -> Any:
    if not path.is_file():
        raise FileNotFoundError(
            expected("a file of recorded answers", got=f"{str(path)!r}, where there is none")
        )
    try:
        if path.name.lower().endswith(_PARQUET):
            require("pyarrow", extra="store", feature="Reading answers from a Parquet file")
            return pd.read_parquet(path, engine="pyarrow")
        kinds = None if id is None else {id: str}
        frame = pd.read_csv(path, dtype=kinds)
    except (ValueError, OSError) as error:  # also what pandas and pyarrow derive from these
        raise Refusal(
            expected(
                "a file of recorded answers",
                got=f"{path.name}, which cannot be read ({type(error).__name__}: {error})",
            )
        ) from error
    nameless = [column for column in frame.columns if str(column).startswith("Unnamed: ")]
    if nameless:
        raise Refusal(
            expected(
                f"a name for every column of {path.name}",
                got=f"{len(nameless)} without one (an index that was written too?)",
                remedy="Write it by frame.to_csv(path, index_label='id') and say id='id', or by "
                "frame.to_csv(path, index=False).",
            )
        )
    if id in frame and frame[id].notna().all() and frame[id].map(_WHOLE.fullmatch).notna().all():
        frame[id] = frame[id].astype(np.int64)  # "007" stays text
    return frame


def _frame(native: Any, name: str) -> Any:
    if isinstance(native, pd.DataFrame) and not native.columns.is_unique:
        twice = native.columns[native.columns.duplicated()].unique().tolist()
        got = f"{some(twice)} more than once"
        raise Refusal(expected(f"every column of {name} to have a name of its own", got=got))
    frame = nw.from_native(native, allow_series=True)
    if isinstance(frame, nw.LazyFrame):
        raise TypeError(
            expected("answers in memory", got="a lazy frame", remedy="Use answers.collect().")
        )
    return frame.to_frame() if isinstance(frame, nw.Series) else frame
