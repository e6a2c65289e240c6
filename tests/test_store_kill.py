"""A store after its process was killed: nothing that was written is asked about again."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path

import numpy as np

from jupyter_distill.targets.store import Store
from jupyter_distill.teachers import as_teacher

from .storing import BATCH, ROWS, N, questions, say, silent, start, wait_for


def resumed(store: Path) -> np.ndarray:
    """Return the answers that are stored, for a teacher that cannot be asked any more."""
    query = Store(store).query(as_teacher(silent, name="slow", version="1"), ROWS)
    return query.finish().logits()


def test_after_kills_no_finished_batch_is_asked_about_again(tmp_path: Path) -> None:
    note, store = tmp_path / "asked", tmp_path / "store"
    rng = np.random.default_rng(0)
    for asked in (1, 4, 9):
        process = start(store, note, 0.05)
        before = len(questions(note))
        wait_for(process, note, before + asked)
        time.sleep(rng.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert list(store.glob("*/_journal-*"))
    assert start(store, note, 0.0).wait() == 0
    assert not list(store.glob("*/_journal-*")), "what was taken over is kept twice"
    times = Counter(row for question in questions(note) for row in question)
    assert set(times) == set(range(N))
    again = Counter(count for count in times.values())
    assert again[2] + 2 * again[3] + 3 * again[4] <= 3 * BATCH  # what was in flight, at each kill
    np.testing.assert_array_equal(resumed(store), say(ROWS))


def test_a_file_that_was_never_finished_is_none(tmp_path: Path) -> None:
    note, store = tmp_path / "asked", tmp_path / "store"
    process = start(store, note, 0.001, dies_at=4)
    assert process.wait() == -signal.SIGKILL
    found = Store(store).frame()
    assert found["rows"].tolist() == [4 * BATCH]  # the last from the journal
    assert found["unreadable"].tolist() == [1]
    assert "80 of 400 rows, 5 files, 1 of them unreadable" in Store(store).describe()
    assert start(store, note, 0.0).wait() == 0
    assert len(questions(note)) == N // BATCH
    np.testing.assert_array_equal(resumed(store), say(ROWS))


def test_a_journal_is_read_by_others_and_taken_over_only_from_the_dead(tmp_path: Path) -> None:
    note, store = tmp_path / "asked", tmp_path / "store"
    process = start(store, note, 0.05)
    wait_for(process, note, 8)
    living = Store(store).query(as_teacher(say, name="slow", version="1"), ROWS)
    assert 5 * BATCH <= living.n_done < N and not living.complete
    living.finish()
    assert len(list(store.glob("*/_journal-*"))) == 1, "a journal of a living process is taken away"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert resumed(store).shape == (N, 3)
    assert not list(store.glob("*/_journal-*"))
    assert Store(store).frame()["rows"].tolist() == [N]


def test_two_processes_may_write_to_one_store(tmp_path: Path) -> None:
    notes, store = [tmp_path / "one", tmp_path / "other"], tmp_path / "store"
    several = [start(store, note, 0.005) for note in notes]
    assert [process.wait() for process in several] == [0, 0]
    assert {row for note in notes for asked in questions(note) for row in asked} == set(range(N))
    np.testing.assert_array_equal(resumed(store), say(ROWS))
    assert Store(store).frame()["rows"].tolist() == [N]
    assert Store(store).frame()["unreadable"].tolist() == [0]
