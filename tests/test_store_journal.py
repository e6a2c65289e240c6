"""The journal of a store: what was appended is there, whatever happens to the process or file."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill.targets import _kept
from jupyter_distill.targets._journal import Journal, journals, read_journal
from jupyter_distill.targets._piece import Unreadable
from jupyter_distill.targets.store import Store, StoreWarning
from jupyter_distill.teachers import Raw

from .storing import ROWS, AtOnce, Counting, files, say, silent, teacher

OF = {"teacher": "t", "rows": "r", "asks": ""}


def answers(n: int) -> list[tuple[np.ndarray, Raw]]:
    rng = np.random.default_rng(n)
    return [
        (np.arange(5 * i, 5 * i + 5), Raw(rng.normal(size=(5, 3)), ("a", "b", "ü"), 1e-4))
        for i in range(n)
    ]


def written(folder: Path, n: int) -> bytes:
    journal = Journal(folder, OF)
    for rows, answer in answers(n):
        journal.append(rows, answer)
    (path,) = journals(folder)
    data = path.read_bytes()
    journal.remove()
    return data


def read(folder: Path, data: bytes) -> list[Any]:
    path = folder / "altered.arrows"
    path.write_bytes(data)
    return list(read_journal(path))


def noted(store: Path) -> list[int]:
    """Return the rows whose answers are in a journal."""
    found = [rows for path in store.glob("*/_j*") for rows, *_ in read_journal(path)]
    return [int(row) for rows in found for row in rows]


def same(one: Any, other: Any) -> bool:
    return (
        np.array_equal(one[0], other[0])
        and np.array_equal(one[1].values, other[1].values)
        and one[1].names == other[1].names
        and one[1].tolerance == other[1].tolerance
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal")


@given(cut=st.floats(0, 1))
def test_a_torn_journal_holds_all_whole_records(folder: Path, cut: float) -> None:
    data, said = written(folder, 4), answers(4)
    length = [len(written(folder, n)) for n in range(1, 5)]
    end = int(cut * len(data))
    found = read(folder, data[:end])
    assert len(found) == sum(one <= end for one in length)
    assert all(same(one, other) for one, other in zip(found, said, strict=False))


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_an_altered_journal_is_refused_or_read_as_it_was(
    folder: Path, place: float, bit: int
) -> None:
    data, said = bytearray(written(folder, 3)), answers(3)
    data[int(place * len(data))] ^= 1 << bit
    try:
        found = read(folder, bytes(data))
    except Unreadable:
        return
    assert all(same(one, other) for one, other in zip(found, said, strict=False))


def test_every_batch_is_in_the_journal_while_the_next_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_kept, "PATIENCE", 0)
    asked = 0

    def ask(X: Any) -> Any:
        nonlocal asked
        until = time.monotonic() + 30
        while (
            sum(len(rows) for path in tmp_path.glob("*/_j*") for rows, *_ in read_journal(path))
            < asked
        ):
            assert time.monotonic() < until, f"not all {asked} answers are in the journal"
        asked += len(X)
        return say(X)

    Store(tmp_path).query(teacher(ask, noisy=True), ROWS, batch_size=100).finish()
    assert asked == 400
    assert [len(pd.read_parquet(path)) for path in files(Store(tmp_path))] == [400]
    assert not list(tmp_path.glob("*/_j*"))


def test_quick_answers_are_written_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, sizes = {"now": 0.0}, []
    monkeypatch.setattr(_kept.time, "perf_counter", lambda: clock["now"])
    monkeypatch.setattr(_kept, "PATIENCE", 30)
    monkeypatch.setattr(_kept, "AT_MOST", 1.0)
    append = Journal.append

    def slow(journal: Journal, rows: Any, answer: Any) -> None:
        clock["now"] += 0.01  # what writing takes
        sizes.append(len(rows))
        append(journal, rows, answer)

    def ask(X: Any) -> Any:
        clock["now"] += 0.125
        return say(X)

    monkeypatch.setattr(Journal, "append", slow)
    monkeypatch.setattr(_kept, "ThreadPoolExecutor", AtOnce)
    Store(tmp_path).query(teacher(ask, noisy=True), ROWS, batch_size=10).finish()
    # the first by itself, then every third: a write is a thirtieth of the time
    assert sizes == [10] + [30] * 13
    # where writing is slow they wait no longer for that
    clock["now"], sizes[:] = 0.0, []
    monkeypatch.setattr(_kept, "AT_MOST", 0.15)
    Store(tmp_path).query(teacher(ask, noisy=True, version="2"), ROWS, batch_size=10).finish()
    assert sizes == [10] + [20] * 19


def test_a_journal_that_was_altered_is_named_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_kept, "PATIENCE", 0)
    store = Store(tmp_path)
    query = store.query(teacher(), ROWS, batch_size=100)
    keeper = query.keeper
    assert keeper is not None
    keeper.flush = lambda: None  # type: ignore[method-assign]  # killed, as far as the store knows
    next(iter(query))
    keeper._pool.shutdown()  # type: ignore[attr-defined]
    (path,) = tmp_path.glob("*/_j*")
    data = bytearray(path.read_bytes())
    data[-30] ^= 4  # a number of the last record
    path.write_bytes(data)
    ask = Counting()
    with pytest.warns(StoreWarning, match="1 files in .*a record does not hold what was written"):
        again = store.query(teacher(ask), ROWS)
    assert np.array_equal(again.finish().logits(), say(ROWS)) and sum(ask.asked) == 400
    assert path.exists() and store.frame()["unreadable"].tolist() == [1]


def test_a_disk_that_is_full_leaves_a_journal_that_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_kept, "PATIENCE", 0)
    write, times = Journal._write, 0

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def nearly_full(journal: Journal, data: bytes) -> None:
        nonlocal times
        times += 1
        (write if times < 3 else full)(journal, data)

    query = Store(tmp_path).query(teacher(), ROWS, batch_size=50)
    monkeypatch.setattr(_kept, "ThreadPoolExecutor", AtOnce)
    monkeypatch.setattr(Journal, "_write", nearly_full)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match=r"room for the answers to rows .*a full disk"):
        query.finish()
    monkeypatch.undo()
    assert Store(tmp_path).query(teacher(silent), ROWS).n_done == 100
