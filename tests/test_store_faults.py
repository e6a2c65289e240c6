"""A store where something goes wrong: what is good is kept, and what is not is named."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_distill.targets import _kept
from jupyter_distill.targets.store import Store, StoreWarning

from .distilling import run
from .storing import ROWS, Counting, files, say, silent, teacher

# --- stopped -----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ConnectionError("timed out"), KeyboardInterrupt()])
@pytest.mark.parametrize("piece", [0, 10**6])
def test_what_was_answered_before_an_error_or_interrupt_is_kept(
    error: BaseException, piece: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_kept, "PIECE", piece)
    ask = Counting(fails_at=37, error=error)
    query = store.query(teacher(ask), ROWS, batch_size=10)
    kind = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else RuntimeError
    with pytest.raises(kind) as caught:
        query.finish()
    if kind is RuntimeError:
        assert "counting failed on rows 360 to 369: ConnectionError: timed out" in str(caught.value)
    assert query.n_done == len(query.logits()) == 360  # what is there can be used
    second = Counting()
    again = store.query(teacher(second), ROWS, batch_size=10)
    assert again.n_done == 360
    first = next(iter(again))
    assert first.tolist() == list(range(360, 370))
    again.finish()
    assert second.asked == [10] * 4 and len(ask.asked) == 36


def test_answers_that_are_not_finite_are_asked_again(store: Store) -> None:
    def ask(X: Any) -> Any:
        said = say(X)
        said[X[:, 0] % 50 == 3, 1] = np.nan
        return said

    query = store.query(teacher(ask), ROWS, batch_size=64).finish()
    with pytest.raises(ValueError, match=r"NaN or infinity in 8 of 400 rows \(first: 3, 53"):
        query.logits()
    second = Counting()
    again = store.query(teacher(second), ROWS)
    assert again.n_done == 392
    np.testing.assert_array_equal(again.finish().logits(), say(ROWS))
    assert second.asked == [1] * 8
    nothing = store.query(teacher(lambda X: np.full((len(X), 2), np.nan), version="2"), ROWS)
    nothing.finish()
    assert store.query(teacher(version="2"), ROWS).n_done == 0


# --- what may be wrong with a store ------------------------------------------------------------


def test_a_damaged_file_is_named_and_left_and_its_rows_are_asked_again(store: Store) -> None:
    store.query(teacher(), ROWS, batch_size=100).finish()
    paths = files(store)
    cut, changed, strange = paths[:3]
    cut.write_bytes(cut.read_bytes()[:-20])
    damaged = bytearray(changed.read_bytes())
    damaged[60] ^= 4
    changed.write_bytes(damaged)
    os.replace(strange, strange.with_name("rows-1-2-by hand.parquet"))
    ask = Counting()
    with pytest.warns(StoreWarning, match="3 files in .* could not be read.*left as they are") as w:
        query = store.query(teacher(ask), ROWS)
    assert cut.name in str(w[0].message) and "does not hold what was written" in str(w[0].message)
    assert query.n_done == 100
    np.testing.assert_array_equal(query.finish().logits(), say(ROWS))
    assert sum(ask.asked) == 300
    assert {cut, changed} <= set(files(store))
    assert store.frame()["unreadable"].tolist() == [3]
    with pytest.warns(StoreWarning):
        assert store.query(teacher(silent), ROWS).complete


def test_files_of_others_are_not_taken(store: Store) -> None:
    store.query(teacher(), ROWS).finish()
    store.query(teacher(version="2"), ROWS, batch_size=100).finish()
    mine, other = (store.path / folder for folder in store.frame()["folder"])
    for path in other.glob("*.parquet"):
        shutil.copy(path, mine)
    with pytest.warns(StoreWarning, match="4 files in .*of another teacher, or of other rows"):
        assert store.query(teacher(silent), ROWS).complete
    shutil.rmtree(mine)
    os.rename(other, mine)
    with pytest.raises(ValueError, match="the answers of counting to these rows in .*Move that"):
        store.query(teacher(silent), ROWS)


def test_another_format_is_named(store: Store) -> None:
    store.query(teacher(), ROWS).finish()
    about = next(store.path.glob("*/_about.json"))
    known = json.loads(about.read_text())
    about.write_text(json.dumps(known | {"format": 2}))
    with pytest.raises(ValueError, match="store of format 1 in .* Got one of format 2, written by"):
        store.query(teacher(), ROWS)
    assert store.query(teacher(), np.vstack([ROWS, ROWS])).n_done == 0  # nothing is taken over
    assert files(store)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1'])
def test_a_damaged_account_of_a_folder_is_set_aside_and_its_answers_are_used(
    store: Store, text: str
) -> None:
    store.query(teacher(), ROWS).finish()
    about = next(store.path.glob("*/_about.json"))
    whole = json.loads(about.read_text())
    about.write_text(text)
    with pytest.warns(StoreWarning, match="_about.json' is damaged"):
        query = store.query(teacher(silent), ROWS)
    assert query.complete
    again = json.loads(about.read_text())
    assert {**again, "since": 0} == {**whole, "since": 0}
    assert next(about.parent.glob("_damaged-*.json")).read_text() == text


def test_a_path_that_cannot_be_a_store_is_refused_before_the_teacher_is_asked(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a file"
    file.write_text("mine")
    with pytest.raises(NotADirectoryError, match="store to be a folder.*Got the file"):
        Store(file)
    with pytest.raises(OSError, match="a folder for .*Got a file of that name. Choose another"):
        Store(file / "inside").query(teacher(silent), ROWS)
    with pytest.raises(NotADirectoryError, match="store to be a folder"):
        run(silent, ROWS, store=file)
    with pytest.raises(TypeError):
        Store(7)  # type: ignore[arg-type]
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "room for the answers to rows .*a full disk. Make room and run the same"),
        (errno.EACCES, "to be allowed to write .*no permission. Choose another folder"),
        (errno.EROFS, "to write .*a read-only disk"),
        (errno.EIO, "Input/output"),
    ],
)
def test_a_disk_that_takes_no_more_says_so_and_keeps_what_it_has(
    number: int, says: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, fsync = 0, os.fsync

    def full(file: int) -> None:
        nonlocal synced
        synced += 1
        if synced > 4:  # the account, and three files
            raise OSError(number, os.strerror(number))
        fsync(file)

    monkeypatch.setattr("os.fsync", full)
    query = store.query(teacher(), ROWS, batch_size=50)
    with pytest.raises(OSError, match=says) as caught:
        query.finish()
    assert caught.value.errno == number
    assert query.n_done == 200 == len(query.logits())  # the last one is in memory alone
    monkeypatch.undo()
    assert not list(store.path.glob("*/.*")), "half a file was left"
    assert store.query(teacher(), ROWS).n_done == 200  # the last one from the journal


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r'pip install "jupyter-distill\[store\]"'):
        Store(tmp_path)
