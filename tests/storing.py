"""Teachers that can be counted, and processes that can be killed while they ask one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np

from jupyter_distill.targets.store import Store
from jupyter_distill.teachers import Teacher, as_teacher

N, BATCH = 400, 20
ROOT = Path(__file__).parent.parent


def rows(n: int = N) -> np.ndarray:
    return np.column_stack([np.arange(n) - n / 2, np.arange(n) % 7.0])


def say(X: np.ndarray) -> np.ndarray:
    return np.column_stack([X[:, 0], -X[:, 0], X[:, 1]]) / 3


ROWS = rows()


class Counting:
    """A teacher that counts the rows it is asked about, and may fail."""

    def __init__(self, answer: Any = say, fails_at: int = 0, error: Any = None) -> None:
        self.answer, self.fails_at, self.error = answer, fails_at, error
        self.asked: list[int] = []

    def __call__(self, X: Any) -> Any:
        if len(self.asked) + 1 == self.fails_at:
            self.fails_at = 0
            raise self.error
        self.asked.append(len(X))
        return self.answer(X)


def teacher(answer: Any = say, version: str = "1", **options: Any) -> Teacher:
    return as_teacher(answer, name="counting", version=version, **options)


def silent(X: Any) -> Any:
    raise AssertionError("this teacher must not be asked")


def files(store: Store) -> list[Path]:
    return sorted(store.path.glob("*/*.parquet"))


class AtOnce:
    """A pool without a thread."""

    def __init__(self, _: int) -> None: ...

    def submit(self, work: Any, *arguments: Any) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(work(*arguments))
        return done

    def shutdown(self) -> None: ...


# --- in a process of its own --------------------------------------------------------------------


class Asked:
    """A teacher that notes every question in a file, before it answers."""

    def __init__(self, note: Path, seconds: float) -> None:
        self.note, self.seconds = note, seconds

    def __call__(self, X: np.ndarray) -> np.ndarray:
        with open(self.note, "a") as file:
            file.write(" ".join(str(int(row)) for row in X[:, 0] + N / 2) + "\n")
        time.sleep(self.seconds)
        return say(X)


def main(store: str, note: str, seconds: str, dies_at: str) -> None:
    """Ask everything; where `dies_at` is not 0, be killed while that file is being written."""
    from jupyter_distill.targets import _kept

    if int(dies_at):
        _kept.PIECE = _kept.PATIENCE = 0  # a file of every batch
        _kept.ThreadPoolExecutor = AtOnce  # type: ignore
    written = 0
    replace = os.replace

    def dying(one: object, other: object) -> None:
        nonlocal written
        written += str(other).endswith(".parquet")
        if 0 < int(dies_at) == written:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(one, other)  # type: ignore[call-overload]

    os.replace = dying  # type: ignore
    teacher = as_teacher(Asked(Path(note), float(seconds)), name="slow", version="1")
    Store(store).query(teacher, rows(), batch_size=BATCH, order=0).finish()


def start(store: Path, note: Path, seconds: float, *, dies_at: int = 0) -> subprocess.Popen[bytes]:
    """Start the process."""
    words = [str(store), str(note), str(seconds), str(dies_at)]
    return subprocess.Popen([sys.executable, "-m", "tests.storing", *words], cwd=ROOT)


def questions(note: Path) -> list[list[int]]:
    """Return the rows of every question so far."""
    lines = note.read_text().splitlines() if note.exists() else []
    return [[int(word) for word in line.split()] for line in lines]


def wait_for(process: subprocess.Popen[bytes], note: Path, n: int) -> None:
    """Wait until so many questions were asked."""
    while len(questions(note)) < n:
        assert process.poll() is None, "it ended before it was killed"
        time.sleep(0.005)


if __name__ == "__main__":
    main(*sys.argv[1:])
