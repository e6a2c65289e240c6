"""How many rows are asked about at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill.teachers import _memory, as_teacher
from jupyter_distill.teachers._memory import peak, ran_out, room
from jupyter_distill.teachers._pace import Pace


def walk(seconds: Any, steps: int = 40, pace: Pace | None = None) -> list[int]:
    """Return the sizes of batches for a teacher that takes ``seconds(rows)``."""
    pace, sizes = pace or Pace(), []
    for _ in range(steps):
        sizes.append(pace.size)
        pace.took(pace.size, seconds(pace.size))
    return sizes


def test_batches_grow_until_one_takes_about_a_second() -> None:
    sizes = walk(lambda rows: 0.1 + rows * 1e-3)
    assert sizes[0] == 16 and sizes == sorted(sizes)
    assert 500 <= sizes[-1] <= 2_000
    # where the call itself costs next to nothing, a shorter one does as well
    assert walk(lambda rows: 0.01 + rows * 1e-3)[-1] == 256


def test_a_slow_teacher_is_asked_less_at_a_time() -> None:
    assert walk(lambda rows: 2.0 * rows)[1:] == [1] * 39  # never less than a row
    assert walk(lambda rows: 0.5 * rows)[1:] == [2] * 39


def test_batches_stop_growing_where_more_rows_are_no_faster() -> None:
    # beyond 1,000 rows every row takes longer, as what they need no longer fits a cache
    sizes = walk(lambda rows: rows * (1e-5 if rows <= 1_024 else 2e-5))
    assert max(sizes) == 4_096 and sizes[-1] == 1_024
    assert sizes.count(4_096) == 2  # next to nothing is spent on finding out
    assert sizes[-30:] == [1_024] * 30
    # no faster, and no slower either: the smallest stays beside which all else hardly counts
    assert walk(lambda rows: rows * 1e-5)[-1] == 1_024


@pytest.mark.parametrize("late", [0, 1, 2, 3, 6])
def test_one_slow_call_decides_nothing(late: int) -> None:
    calls = iter(range(1_000))
    sizes = walk(lambda rows: rows * 1e-6 + 0.3 * (next(calls) == late))
    assert sizes[-1] >= 10_000  # from where on a call is no longer brief


@given(st.lists(st.floats(0, 0.019), min_size=1, max_size=8))
def test_the_clock_has_no_say_where_a_teacher_is_quick(seconds: list[float]) -> None:
    pace, sizes = Pace(), []
    for taken in seconds:
        sizes.append(pace.size)
        pace.took(pace.size, taken)
    assert sizes == [16 * 4**i for i in range(len(seconds))]


def test_a_short_rest_of_the_rows_teaches_nothing() -> None:
    pace = Pace()
    pace.took(3, 1e-9)
    pace.took(15, 100.0)
    assert pace.size == 16


def test_what_somebody_has_said_holds() -> None:
    assert set(walk(lambda rows: 1e-4, pace=Pace(50))) == {50}
    assert set(walk(lambda rows: 1e4, pace=Pace(50))) == {50}


def test_memory_bounds_growth(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"rows": 0}
    monkeypatch.setattr(_memory, "peak", lambda: 10**9 + 10**6 * held["rows"])
    monkeypatch.setattr(_memory, "room", lambda: 10**9)
    pace = Pace()
    for _ in range(20):
        held["rows"] = max(held["rows"], pace.size)
        pace.took(pace.size, 0.01)
    assert pace.size == 256  # a thousand rows would take a gigabyte, which is all there is
    monkeypatch.setattr(_memory, "room", lambda: None)
    assert walk(lambda rows: 0.01, 8)[-1] > 100_000


def test_batches_that_do_not_fit_are_halved_and_so_is_what_is_asked_next() -> None:
    asked: list[int] = []

    def ask(rows: np.ndarray) -> np.ndarray:
        asked.append(len(rows))
        if len(rows) > 100:
            raise MemoryError("no room")
        return np.column_stack([-rows[:, 0], rows[:, 0]])

    X = np.arange(1_000.0)[:, None] - 500
    teacher = as_teacher(ask)
    query = teacher.query(X, batch_size="auto").finish()
    np.testing.assert_array_equal(query.logits()[:, 1], X[:, 0])
    assert asked[:5] == [16, 64, 256, 128, 64] and max(asked[5:]) == 64
    asked.clear()
    assert teacher.query(X, batch_size=500).finish().complete
    assert max(asked) == 64  # learnt once


def test_memory_that_lacks_while_rows_are_prepared_halves_the_batch_too() -> None:
    def prepare(rows: np.ndarray) -> np.ndarray:
        if len(rows) > 30:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return rows

    teacher = as_teacher(lambda rows: np.full((len(rows), 2), -1.0), preprocess=prepare)
    assert len(teacher.logits(np.zeros((100, 3)))) == 100
    with pytest.raises(RuntimeError, match="preprocess failed on row 0: MemoryError"):
        as_teacher(teacher.model, preprocess=_never).logits(np.zeros((4, 3)))


def _never(rows: Any) -> Any:
    raise MemoryError


def test_what_says_that_memory_does_not_suffice() -> None:
    class OutOfMemoryError(RuntimeError):
        pass

    for error in (
        *(MemoryError(), OutOfMemoryError("..."), RuntimeError("CUDA out of memory")),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
    ):
        assert ran_out(error)
    for other in (RuntimeError("shapes do not fit"), ValueError("out of memory of man")):
        assert not ran_out(other)


# --- the memory there is -----------------------------------------------------------------------


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_of_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_room_is_what_the_system_says_or_the_container_allows(tmp_path: Path) -> None:
    assert room(tmp_path) is None
    write(tmp_path, proc__meminfo="MemTotal: 9000 kB\nMemAvailable:    8000 kB\n")
    assert room(tmp_path) == 8_000 * 1024
    group = {
        "sys__fs__cgroup__memory_of_current": "5000000\n",
        "sys__fs__cgroup__memory_of_stat": "anon 1\ninactive_file 1000000\n",
    }
    write(tmp_path, sys__fs__cgroup__memory_of_max="max\n", **group)
    assert room(tmp_path) == 8_000 * 1024
    write(tmp_path, sys__fs__cgroup__memory_of_max="6000000\n")
    assert room(tmp_path) == 2_000_000
    write(tmp_path, sys__fs__cgroup__memory_of_max="3000000\n")
    assert room(tmp_path) == 0


def test_this_process_has_held_something() -> None:
    before = peak()
    assert before is not None and before > 10**7
    held = np.ones(before // 8 + 10**7)
    after = peak()
    assert after is not None and after > before + 10**7 < held.nbytes + before
    assert room() is None or room() > 10**6  # type: ignore[operator]
