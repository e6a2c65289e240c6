"""What one teacher has said of one set of rows, in a folder: read, and written as it comes."""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill._versions import versions
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
AT_MOST = 1.0  # seconds; also the most that is lost where the process is killed

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
        self._waiting: list[tuple[Rows, Raw]] = []
        self._cost, self._written = 0.0, time.perf_counter()
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
        found, bad = self._read()
        if bad:
            warnings.warn(
                f"{len(bad)} files in {str(self.folder)!r} could not be read: {'; '.join(bad[:5])}"
                f"{' and so on' * (len(bad) > 5)}. They are left as they are, and their rows are "
                "asked again; move them away to be told no more.",
                StoreWarning,
                stacklevel=5,
            )
        have = np.zeros(self._about["rows"], dtype=bool)
        for rows, _ in found:
            have[rows] = True
        for other in self._earlier:
            for rows, answer in other._read()[0]:
                new = ~have[rows]
                if new.any():
                    found.append((rows[new], replace(answer, values=answer.values[new])))
                    self._waiting.append(found[-1])
                    have[rows] = True
        return found

    def keep(self, rows: Rows, answer: Raw) -> None:
        """Take answers; those that are not finite are no answers, and asked again next time."""
        finite = np.isfinite(answer.values)
        if not finite.all():
            fine = finite.all(axis=1)
            rows, answer = rows[fine], replace(answer, values=answer.values[fine])
        if len(rows):
            self._waiting.append((rows, answer))
        if time.perf_counter() - self._written >= min(AT_MOST, PATIENCE * self._cost):
            self.flush()

    def flush(self) -> None:
        """Write down what has been taken."""
        if not self._waiting:
            return
        began = time.perf_counter()
        rows = np.concatenate([rows for rows, _ in self._waiting])
        values = np.concatenate([answer.values for _, answer in self._waiting])
        order = np.argsort(rows)
        write_piece(
            self.folder, rows[order], replace(self._waiting[0][1], values=values[order]), self._of
        )
        self._waiting.clear()
        self._written = time.perf_counter()
        self._cost = self._written - began

    def _read(self) -> tuple[list[tuple[Rows, Raw]], list[str]]:
        """Return what can be read, and the files that cannot, with the reason."""
        found, bad = [], []
        for path in pieces(self.folder):
            try:
                rows, answer, of = read_piece(path)
                if of != self._of | {"format": FORMAT}:
                    raise Unreadable("it is of another teacher, or of other rows")
                found.append((rows, answer))
            except (Unreadable, OSError) as error:
                bad.append(f"{path.name} ({error})")
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


def pieces(folder: Path) -> list[Path]:
    """Return the files of answers in a folder, by their first rows."""
    return sorted(folder.glob("rows-*.parquet"))


@cache
def _versions() -> dict[str, str]:
    found = versions(("jupyter-distill", "numpy", "pyarrow"))
    return {name.replace("-", "_"): one for name, one in found.items()}


def _circumstances() -> dict[str, Any]:
    return {"versions": _versions(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
