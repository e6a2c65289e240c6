"""Answers on their way into a Parquet file: each is written down before the next is asked for."""

from __future__ import annotations

import io
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.targets._piece import (
    KEY,
    Unreadable,
    arrow,
    as_raw,
    said_of,
    saying,
)
from jupyter_distill.teachers import Raw

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows, where a file that is open can be neither renamed nor removed
    fcntl = None
if not hasattr(
    fcntl, "flock"
):  # in a browser a module of that name stands there, with nothing in it
    fcntl = None

Rows = NDArray[np.intp]
_CHECK = b"check"  # of all that a record says


class Journal:
    """An Arrow stream that grows by one record for every batch that was answered.

    To append is a single call of the operating system, so that a process that is killed leaves
    all that it appended, at the worst with a torn record at the end. Once the answers are in a
    Parquet file, the journal is taken away; one that is left belongs to a process that was
    killed, and whoever opens the folder next takes it over.

    Parameters
    ----------
    folder : Path
        Where it is; nothing is written before the first record.
    of : dict
        Whose answers to which rows they are.
    """

    def __init__(self, folder: Path, of: dict[str, str]) -> None:
        self._folder, self._of = folder, of
        self._file: IO[bytes] | None = None
        self._path = folder / f"_journal-{uuid4().hex[:12]}.arrows"
        self._buffer = io.BytesIO()
        self._stream: Any = None

    def append(self, rows: Rows, answer: Raw) -> None:
        """Write down answers; when this returns, they outlive the process."""
        pa, _ = arrow()
        places = np.ascontiguousarray(rows, dtype=np.int64)
        values = np.ascontiguousarray(answer.values, dtype=np.float64)
        said = json.dumps(said_of(answer, self._of)).encode()
        answers = pa.FixedSizeListArray.from_arrays(values.ravel(), values.shape[1])
        batch = pa.record_batch([pa.array(places), answers], names=["row", "answers"])
        if self._stream is None:
            self._stream = pa.ipc.new_stream(self._buffer, batch.schema)
        check = str(_check(said, places, values))
        self._stream.write_batch(batch, custom_metadata={KEY: said, _CHECK: check})
        with saying(self._folder, f"the answers to rows {rows[0]} to {rows[-1]}"):
            self._write(self._buffer.getvalue())
        self._buffer.seek(0)
        self._buffer.truncate()

    def sync(self) -> None:
        """Make what was appended outlive a power cut too."""
        if self._file is not None:
            with saying(self._folder, "the answers of the teacher"):
                os.fsync(self._file.fileno())

    def remove(self) -> None:
        """Take it away: what it holds is kept elsewhere."""
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)
        self._file, self._stream = None, None
        self._buffer = io.BytesIO()

    def _write(self, data: bytes) -> None:
        if self._file is None:
            # Under another name until it is locked: nobody is to take it for a dead one's.
            hidden = self._path.with_name(f".{self._path.name}") if fcntl else self._path
            self._file = open(hidden, "xb", buffering=0)
            if fcntl:
                fcntl.flock(self._file, fcntl.LOCK_EX)
                os.rename(hidden, self._path)
        size = self._file.tell()
        try:
            left = memoryview(data)
            while left:  # a disk that is nearly full takes a part, and then says so
                left = left[self._file.write(left) :]
        except BaseException:
            self._file.truncate(size)  # else what is appended next could not be read
            self._file.seek(size)
            raise


def journals(folder: Path) -> list[Path]:
    """Return the journals in a folder."""
    return sorted(folder.glob("_journal-*.arrows"))


def is_left(path: Path) -> bool:
    """Whether nobody writes to a journal any more."""
    try:
        if fcntl is None:
            os.rename(path, path)
            return True
        with open(path, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except (BlockingIOError, PermissionError, FileNotFoundError):  # the last: it has just ended
        return False


def read_journal(path: Path) -> Iterator[tuple[Rows, Raw, dict[str, Any]]]:
    """Yield positions, answers and whose they are, up to where a record is torn.

    Raises
    ------
    Unreadable
        If a record that is whole does not hold what was written.
    """
    pa, _ = arrow()
    try:
        reader = pa.ipc.open_stream(path.read_bytes())
    except (FileNotFoundError, pa.ArrowInvalid):  # ended since it was found, or torn at once
        return
    except OSError as error:
        raise Unreadable(str(error)) from error
    while True:
        try:
            batch, metadata = reader.read_next_batch_with_custom_metadata()
        except (StopIteration, pa.ArrowInvalid, OSError):  # at its end, or torn
            return
        said, check = ((metadata or {}).get(key, b"") for key in (KEY, _CHECK))
        try:
            places = batch.column(0).to_numpy()
            values = batch.column(1).flatten().to_numpy().reshape(len(places), -1)
        except (pa.ArrowInvalid, ValueError) as error:
            raise Unreadable(str(error)) from error
        if check != str(_check(said, places, values)).encode():
            raise Unreadable("a record does not hold what was written")
        yield as_raw(places, values, json.loads(said))


def _check(said: bytes, places: NDArray[Any], values: NDArray[Any]) -> int:
    return zlib.crc32(values.data, zlib.crc32(places.data, zlib.crc32(said)))
