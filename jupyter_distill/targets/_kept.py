"""What one teacher has said of one set of rows, in a folder: read, and written as it comes."""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._threads import can_start
from jupyter_distill._validation import expected
from jupyter_distill._versions import versions
from jupyter_distill.targets._journal import Journal, is_left, journals, read_journal
from jupyter_distill.targets._piece import (
    FORMAT,
    Unreadable,
    read_piece,
    saying,
    write_piece,
    write_whole,
)
from jupyter_distill.teachers import Raw

ABOUT = "_about.json"  # what reads a folder of Parquet files leaves out names that start so
# An answer waits for others until asking has taken so many times as long as writing it down: so
# the store costs a fixed share of the time, however quick the teacher.
PATIENCE = 60
AT_MOST = 0.03  # seconds that it waits, whatever writing costs: the most that a kill loses
A_WRITE = 2e-4  # seconds that writing is taken to last until it was measured
A_SYNC = 1.0  # seconds at least between two waits for the disk
PIECE = 2**24  # bytes of answers in a Parquet file, where the asking goes on

Rows = NDArray[np.intp]


class StoreWarning(UserWarning):
    """Something in a store could not be read; it is left as it is, and what is good is used."""


class Kept:
    """One folder of a store.

    Parameters
    ----------
    folder : Path
        Where it is; made if it is not there.
    of : dict
        Whose answers to which rows: the fingerprints of teacher and rows.
    about : dict
        What a person may want to know of both.
    earlier : sequence of Kept
        The same teacher's answers to rows that these begin with.
    """

    def __init__(
        self,
        folder: Path,
        of: dict[str, str],
        about: dict[str, Any],
        earlier: Sequence[Kept] = (),
    ) -> None:
        self.folder = folder
        self._of, self._earlier = of, earlier
        self._waiting: list[tuple[Rows, Raw]] = []  # for a Parquet file
        self._bytes, self._noted = 0, 0  # of those in the journal; and how many these are
        self._journal, self._left = Journal(folder, of), list[Path]()
        self._pool: ThreadPoolExecutor | None = None
        self._writing: list[Future[None]] = []
        self._write, self._sync = _Chore(A_WRITE, most=AT_MOST), _Chore(0.0, least=A_SYNC)
        with saying(folder.parent, "the answers of the teacher"):
            folder.mkdir(parents=True, exist_ok=True)
        known = read_about(folder)
        if known is None:
            self._about = {"format": FORMAT, "of": of, **about, **_circumstances()}
            self._write_about()
            return
        self._about = known
        if known["format"] != FORMAT:
            raise ValueError(
                expected(
                    f"a store of format {FORMAT} in {str(folder)!r}",
                    got=f"one of format {known['format']}, written by {known.get('versions')}",
                    remedy="Use the version that wrote it, or another folder.",
                )
            )
        if known["of"] != of:
            raise ValueError(
                expected(
                    f"the answers of {about['teacher']} to these rows in {str(folder)!r}",
                    got=f"those of {known.get('teacher')}, or to other rows",
                    remedy="Move that folder away: a store finds its folders by their names.",
                )
            )

    def found(self) -> list[tuple[Rows, Raw]]:
        """Return all answers that can be read, and those that earlier rows have; name the rest."""
        left = [path for path in journals(self.folder) if is_left(path)]
        found, bad = self._read()
        if bad:
            warnings.warn(
                f"{len(bad)} files in {str(self.folder)!r} could not be read: "
                f"{'; '.join(f'{path.name} ({why})' for path, why in list(bad.items())[:5])}"
                f"{' and so on' * (len(bad) > 5)}. They are left as they are, and their rows are "
                "asked again; move them away to be told no more.",
                StoreWarning,
                stacklevel=5,
            )
        have = np.zeros(self._about["rows"], dtype=bool)
        for path, rows, answer in found:
            new = ~have[rows]
            if path in left and new.any():
                self._waiting.append((rows[new], replace(answer, values=answer.values[new])))
            have[rows] = True
        self._left = [path for path in left if path not in bad]
        answers = [(rows, answer) for _, rows, answer in found]
        for other in self._earlier:
            for _, rows, answer in other._read()[0]:
                new = ~have[rows]
                if new.any():
                    answers.append((rows[new], replace(answer, values=answer.values[new])))
                    self._waiting.append(answers[-1])
                    have[rows] = True
        self._noted = len(self._waiting)  # they are kept already, if elsewhere
        return answers

    def keep(self, rows: Rows, answer: Raw) -> None:
        """Take answers; those that are not finite are no answers, and asked again next time."""
        finite = np.isfinite(answer.values)
        if not finite.all():
            fine = finite.all(axis=1)
            rows, answer = rows[fine], replace(answer, values=answer.values[fine])
        if len(rows):
            self._waiting.append((rows, answer))
        if self._noted < len(self._waiting) and self._write.is_due():
            self._raise()
            if not can_start():  # in a browser: the next are asked when these are written
                self._write_down()
                return
            self._pool = self._pool or ThreadPoolExecutor(1)
            self._writing.append(self._pool.submit(self._write_down))

    def flush(self) -> None:
        """Write down what has been taken, as a Parquet file."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        self._raise()
        self._write_piece()

    def _write_piece(self) -> None:
        """Write what waits as a Parquet file; then it need not be in a journal any more."""
        answers = self._waiting[:]
        if answers:
            rows, answer = _joined(answers)
            if not (rows[1:] > rows[:-1]).all():
                order = np.argsort(rows)
                rows, answer = rows[order], replace(answer, values=answer.values[order])
            write_piece(self.folder, rows, answer, self._of)
        self._journal.remove()
        self._noted, self._bytes = 0, 0
        del self._waiting[: len(answers)]
        for path in self._left:
            path.unlink(missing_ok=True)
        self._left = []

    def _raise(self) -> None:
        """Raise what went wrong while answers were written down."""
        while self._writing and self._writing[0].done():
            self._writing.pop(0).result()

    def _write_down(self) -> None:
        """Append what waits to the journal, in a thread: meanwhile the next are asked."""
        new = self._waiting[self._noted :]
        if new:
            self._write.do(lambda: self._journal.append(*_joined(new)))
            self._noted += len(new)
            self._bytes += sum(answer.values.nbytes for _, answer in new)
        if self._bytes >= PIECE:
            self._write_piece()
        elif self._sync.is_due():
            self._sync.do(self._journal.sync)

    def _read(self) -> tuple[list[tuple[Path, Rows, Raw]], dict[Path, Exception]]:
        """Return what can be read, of which file; and the files that cannot, with the reason."""
        found, bad = [], dict[Path, Exception]()
        for path in files(self.folder):
            try:
                for rows, answer, of in read(path):
                    if of != self._of | {"format": FORMAT}:
                        raise Unreadable("it is of another teacher, or of other rows")
                    found.append((path, rows, answer))
            except (Unreadable, OSError) as error:
                bad[path] = error
        return found, bad

    def note(self, **known: Any) -> None:
        """Write down what only the answers told about the teacher."""
        about = self._about | {name: value for name, value in known.items() if value is not None}
        if about != self._about:
            self._about = about
            self._write_about()

    def _write_about(self) -> None:
        path = self.folder / ABOUT
        if path.exists() and read_about(self.folder) is None:
            os.replace(path, path.with_name(f"_damaged-{time.time_ns()}.json"))
        data = json.dumps(self._about, indent=1, default=str).encode()
        write_whole(path, data, "what the answers are about")


def read_about(folder: Path) -> dict[str, Any] | None:
    """Return what a folder says of itself; None where it does not, with a warning if damaged."""
    path = folder / ABOUT
    try:
        stat = path.stat()
        return _read_about(path, stat.st_ino, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        warnings.warn(
            f"{str(path)!r} is damaged ({type(error).__name__}: {error}). The answers beside it "
            "say themselves whose they are: they are used, and it is written anew, where the same "
            "is asked again.",
            StoreWarning,
            stacklevel=5,
        )
        return None


@lru_cache(maxsize=10_000)  # a store of many partitions is looked through for each of them
def _read_about(path: Path, *_unchanged: int) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(path.read_bytes())
    known["format"], known["of"]["rows"], known["rows"]
    return known


def files(folder: Path) -> Iterator[Path]:
    """Yield the files of answers in a folder; journals first, which may become Parquet files."""
    yield from journals(folder)
    yield from sorted(folder.glob("rows-*.parquet"))


def read(path: Path) -> Iterable[tuple[Rows, Raw, dict[str, Any]]]:
    """Return positions, answers and whose they are, of each part of such a file."""
    return [read_piece(path)] if path.suffix == ".parquet" else read_journal(path)


def _joined(answers: Sequence[tuple[Rows, Raw]]) -> tuple[Rows, Raw]:
    """Return several answers as one."""
    values = np.concatenate([answer.values for _, answer in answers])
    return np.concatenate([rows for rows, _ in answers]), replace(answers[0][1], values=values)


class _Chore:
    """What is done now and then, in a fixed share of the time."""

    def __init__(self, seconds: float, *, least: float = 0.0, most: float = np.inf) -> None:
        self._seconds, self._done = seconds, time.perf_counter()
        self._least, self._most = least, most

    def is_due(self) -> bool:
        """Whether enough else was done since."""
        since = time.perf_counter() - self._done
        return since >= min(self._most, max(self._least, PATIENCE * self._seconds))

    def do(self, what: Callable[[], object]) -> None:
        """Do it, and see how long it takes."""
        began = time.perf_counter()
        what()
        self._done = time.perf_counter()
        self._seconds = self._done - began


@cache
def _versions() -> dict[str, str]:
    found = versions(("jupyter-distill", "numpy", "pyarrow"))
    return {name.replace("-", "_"): one for name, one in found.items()}


def _circumstances() -> dict[str, Any]:
    return {"versions": _versions(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
