"""Keep a line off the terminal that a library in C prints whatever it is told.

HiGHS, which solves mixed-integer programs for SciPy, prints one in releases up to 1.12 where it
repairs a solution that misses a bound by rounding; no option of it stops that, as it does not ask
for any.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Lock

OF_HIGHS = b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();"
STDOUT = 1  # the descriptor that C prints to, whatever sys.stdout is
_one_at_a_time = Lock()


@contextmanager
def hushed(line: bytes = OF_HIGHS) -> Iterator[None]:
    """Leave one line out of what is printed meanwhile; all else is printed, a little later."""
    with _one_at_a_time, TemporaryFile() as kept:
        _flush()
        try:
            before = os.dup(STDOUT)
        except OSError:  # nothing is printed to: closed
            yield
            return
        try:
            os.dup2(kept.fileno(), STDOUT)
            try:
                yield
            finally:
                _flush()
                os.dup2(before, STDOUT)
        finally:
            os.close(before)
        kept.seek(0)
        for one in kept:
            if one.rstrip(b"\r\n") != line:
                os.write(STDOUT, one)


def _flush() -> None:
    """Empty what the C library has not written yet."""
    try:
        library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
        library.fflush(None)
    except (OSError, AttributeError, TypeError):  # no such library to call, as in a browser
        return
