"""A file is written as a whole or not at all, and what a disk refuses is said with what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_distill._validation import expected

_REFUSALS = {
    errno.ENOSPC: ("room for {what}", "a full disk", "Make room"),
    errno.EDQUOT: ("room for {what}", "a used up quota", "Make room"),
    errno.EACCES: ("to be allowed to write {what}", "no permission", "Choose another folder"),
    errno.EPERM: ("to be allowed to write {what}", "no permission", "Choose another folder"),
    errno.EROFS: ("to write {what}", "a read-only disk", "Choose another folder"),
    errno.ENOTDIR: ("a folder for {what}", "a file of that name", "Choose another folder"),
    errno.EEXIST: ("a folder for {what}", "a file of that name", "Choose another folder"),
}
AGAIN = "do it again: a file that was there before is as it was"


def write_whole(path: Path, data: Any, what: str, *, again: str = AGAIN) -> None:
    """Write a file so that it is there as a whole or not at all, also after a power cut.

    Who reads it meanwhile sees the one before, or this one. One that was there keeps its
    permissions; a link goes on to lead to it.

    Parameters
    ----------
    path : Path
        The file, which is replaced.
    data : bytes, or str for UTF-8
        All of it.
    what : str
        What it is, for messages.
    again : str
        What to do once a disk that refuses it does so no longer.

    Raises
    ------
    OSError
        If it cannot be written; of a full disk and the like the message says what to do.
    """
    raw = data.encode() if isinstance(data, str) else data
    with saying(path.parent, what, again=again):
        path = path.resolve()
        if path.exists() and not path.is_file():  # a pipe or a device holds nothing to be kept
            path.write_bytes(raw)
            return
        hidden = path.with_name(f".{path.name}.{uuid4().hex[:8]}")  # what reads folders skips it
        try:
            with open(hidden, "xb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                os.chmod(hidden, path.stat().st_mode & 0o777)
            os.replace(hidden, path)
        except BaseException:
            hidden.unlink(missing_ok=True)
            raise


@contextmanager
def saying(folder: Path, what: str, *, again: str = AGAIN) -> Iterator[None]:
    """Turn what a file system refuses into what to do about it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        wanted, got, remedy = _REFUSALS[error.errno]
        message = expected(
            f"{wanted.format(what=what)} in {str(folder)!r}",
            got=got,
            remedy=f"{remedy} and {again}.",
        )
        raise OSError(error.errno, message) from error
