"""One file of answers: written whole or not at all, and read only as it was written."""

from __future__ import annotations

import hashlib
import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill import _files
from jupyter_distill._classes import as_python
from jupyter_distill._optional import require
from jupyter_distill._validation import expected
from jupyter_distill.teachers import Raw

FORMAT = 1  # of folders and files; counted up when an older version could not read them
KEY = b"jupyter_distill"  # of what a file says of its answers
_DIGITS = 16
_STORED = "run the same again: what is stored is not asked again"


def arrow() -> tuple[Any, Any]:
    """Return pyarrow and its part for Parquet, or say how to install it."""
    pyarrow = require("pyarrow", extra="store", feature="A store of answers")
    return pyarrow, require("pyarrow.parquet", extra="store", feature="A store of answers")


class Unreadable(ValueError):
    """A file that does not hold what was written, or holds something else."""


def write_piece(folder: Path, rows: NDArray[np.intp], answer: Raw, of: dict[str, Any]) -> Path:
    """Write answers as a Parquet file whose name ends in the digest of its bytes.

    Parameters
    ----------
    folder : Path
        Where to.
    rows : array of shape (n,)
        Positions of the rows, ascending.
    answer : Raw
        What the model said of them.
    of : dict
        Whose answers to which rows they are; found again by `read_piece`.

    Returns
    -------
    Path
        The file. Two processes that write the same write the same file.
    """
    pa, parquet = arrow()
    said = {KEY: json.dumps(said_of(answer, of)).encode()}
    values = np.ascontiguousarray(answer.values.T, dtype=np.float64)
    columns = {f"answer_{j}": column for j, column in enumerate(values)}
    table = pa.table({"row": np.asarray(rows, dtype=np.int64), **columns})
    sink = pa.BufferOutputStream()
    # A network hardly ever says a number twice: to look for such takes longer than all the rest.
    encoding = {"row": "DELTA_BINARY_PACKED"}
    parquet.write_table(
        table.replace_schema_metadata(said),
        sink,
        use_dictionary=False,
        compression="none",
        column_encoding=encoding,
        write_statistics=False,
    )
    data = sink.getvalue()
    name = f"rows-{rows[0]:09d}-{rows[-1]:09d}-{_digest(data)}.parquet"
    write_whole(folder / name, data, f"the answers to rows {rows[0]} to {rows[-1]}")
    return folder / name


def read_piece(path: Path) -> tuple[NDArray[np.intp], Raw, dict[str, Any]]:
    """Return the positions, the answers, and whose they are.

    Raises
    ------
    Unreadable
        If the file is damaged or another program's.
    """
    pa, parquet = arrow()
    data = path.read_bytes()
    if _digest(data) != path.stem.rpartition("-")[2]:
        raise Unreadable("it does not hold what was written")
    table = parquet.read_table(pa.BufferReader(data))
    said = json.loads((table.schema.metadata or {}).get(KEY, b"{}"))
    if said.get("format") != FORMAT:
        raise Unreadable(f"it is of format {said.get('format')}, not {FORMAT}")
    rows, *columns = (column.to_numpy() for column in table.columns)
    return as_raw(rows, np.column_stack(columns), said)


def said_of(answer: Raw, of: dict[str, Any]) -> dict[str, Any]:
    """Return what a file says of its answers beside their numbers."""
    return {
        "format": FORMAT,
        **of,
        "names": None if answer.names is None else [_plain(name) for name in answer.names],
        "whole": answer.values.dtype.kind in "biu",
        "tolerance": answer.tolerance,
    }


def as_raw(
    rows: NDArray[Any], values: NDArray[Any], said: dict[str, Any]
) -> tuple[NDArray[np.intp], Raw, dict[str, Any]]:
    """Return the positions, the answers, and whose they are."""
    if said.pop("whole"):
        values = values.astype(np.int64)
    names = said.pop("names")
    answer = Raw(values, None if names is None else tuple(names), said.pop("tolerance"))
    return rows.astype(np.intp), answer, said


def write_whole(path: Path, data: Any, what: str) -> None:
    """Write a file of a store as a whole or not at all."""
    _files.write_whole(path, data, what, again=_STORED)


def saying(folder: Path, what: str) -> AbstractContextManager[None]:
    """Turn what a file system refuses into what to do about it."""
    return _files.saying(folder, what, again=_STORED)


def _digest(data: Any) -> str:
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


def _plain(name: object) -> object:
    """Return a class name as what JSON gives back."""
    plain = as_python(name)
    if isinstance(plain, str | int | float):
        return plain
    raise TypeError(
        expected(
            "answers whose columns are named by text or numbers, for a store",
            got=f"{name!r} ({type(name).__name__})",
            remedy="Name them so, or return an array and name the classes with classes=.",
        )
    )
