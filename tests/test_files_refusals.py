"""Files that cannot be a teacher's inputs: each refused by name."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import jupyter_distill as jd
from jupyter_distill.teachers import Query, as_teacher

from .distilling import run
from .pictures import DIGITS, NAMES, PIXELS, TABLE, N, Reading, prepared, trained, written


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("data") / "digits")


def spoilt(folder: Path, tmp_path: Path, *, whole: int = 20) -> list[str]:
    """Names of pictures of which the one of row 20 is cut off."""
    shutil.copytree(folder / "0", tmp_path / "0")
    names = sorted(path.name for path in (tmp_path / "0").iterdir())[: whole + 5]
    spoilt = tmp_path / "0" / names[whole]
    spoilt.write_bytes(spoilt.read_bytes()[:60])
    return names


REFUSED: dict[str, tuple[Callable[[Path], Any], type[Exception], str]] = {
    "no folder": (
        lambda f: jd.Files(f.parent / "digit", NAMES),
        FileNotFoundError,
        r"folder to be one that is there. Got '.*digit', seen from .*Did you mean \"digits\"",
    ),
    "no folder at all": (
        lambda f: jd.Files(f / "a" / "b", NAMES),
        FileNotFoundError,
        "folder to be one that is there",
    ),
    "a file": (
        lambda f: jd.Files(f / NAMES[0], NAMES),
        NotADirectoryError,
        "Got the file '.*000.png'",
    ),
    "no name of a folder": (lambda f: jd.Files(3, NAMES), TypeError, "name of one. Got 3"),
    "a column's name": (
        lambda f: jd.Files(f, "file"),
        TypeError,
        r"file for each row. Got 'file'. Give the column itself: X\['file'\]",
    ),
    "missing names": (
        lambda f: jd.Files(f, NAMES.where(NAMES.index != 3).where(NAMES.index != 7)),
        ValueError,
        r"file for each row. Got 2 of 400 missing \(rows 3, 7\). Leave these rows out",
    ),
    "None and pandas' own": (
        lambda f: jd.Files(f, [NAMES[0], None, pd.NA, ""]),
        ValueError,
        r"Got 3 of 4 missing \(rows 1, 2, 3\)",
    ),
    "numbers": (
        lambda f: jd.Files(f, np.arange(5)),
        TypeError,
        r"names of files as text. Got 0 \(int, row 0\). .*\+ '.png'",
    ),
    "files that are not there": (
        lambda f: jd.Files(f, [*NAMES[:5], "0/0000.png", "x/y.png", "0/0000.png"]),
        ValueError,
        r"Got 2 of 7 that are not there: '0/0000.png', 'x/y.png'.* Did you mean \"000.png\"",
    ),
    "names without their ending": (
        lambda f: jd.Files(f / "0", ["000"]),
        ValueError,
        r"Got 1 of 1 .*'000'. .* with their ending. Did you mean \"000.png\"",
    ),
    "a folder's name": (lambda f: jd.Files(f, ["0"]), ValueError, "not there: '0'"),
    "a way out of the folder": (
        lambda f: jd.Files(f / "0", ["000.png", f"../{NAMES[1]}"]),
        ValueError,
        r"Got 1 of 2 that are not there: '\.\./1/001.png'",
    ),
    "an absolute name from elsewhere": (
        lambda f: jd.Files(f / "0", [str(f / NAMES[1])]),
        ValueError,
        "Got 1 of 1 that are not there",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_names_and_folders_that_cannot_be_meant_are_refused(case: str, folder: Path) -> None:
    make, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        make(folder)


def test_kinds_of_files_that_nobody_says_how_to_read_are_refused(tmp_path: Path) -> None:
    for name in ("a.txt", "b.wav", "c.mp3"):
        (tmp_path / name).write_bytes(b"a")
    with pytest.raises(
        ValueError, match=r"'.npy', '.pt', '.txt', '.png'.*Got 'b.wav' \(row 1\) and 1 more.*read="
    ):
        jd.Files(tmp_path, ["a.txt", "b.wav", "c.mp3"])


def test_another_number_of_files_than_rows_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="teacher_inputs to have 400 rows, like X. Got 399 rows"):
        run(trained(), TABLE, DIGITS, teacher_inputs=jd.Files(folder, NAMES[1:]))
    moved = NAMES.sample(frac=1, random_state=0)
    with pytest.raises(ValueError, match="teacher_inputs in the order of X. Got the same index"):
        run(trained(), TABLE, DIGITS, teacher_inputs=jd.Files(folder, moved))


def test_files_are_no_table_for_people(folder: Path) -> None:
    reading = Reading()
    with pytest.raises(
        TypeError, match="that people can read. Got <Files: 400 in .*teacher_inputs="
    ):
        run(trained(), jd.Files(folder, NAMES, read=reading), DIGITS)
    assert reading.read == []


def test_a_file_that_cannot_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    names = spoilt(folder, tmp_path)
    files = jd.Files(tmp_path / "0", names)
    teacher = as_teacher(trained(), preprocess=prepared)
    with pytest.raises(ValueError, match=rf"can be read. Got '{names[20]}' \(row 20\): .*Error"):
        teacher.logits(files, batch_size=8)
    query = Query(teacher, files, batch_size=8)
    with pytest.raises(ValueError, match="row 20"):
        query.finish()
    assert query.n_done == 16  # and what was answered before is kept
    os.remove(tmp_path / "0" / names[3])
    with pytest.raises(ValueError, match=rf"'{names[3]}' \(row 3\): FileNotFoundError"):
        teacher.logits(files)


def test_what_own_functions_raise_names_the_file(folder: Path) -> None:
    def read(path: Path) -> Any:
        raise KeyError("no such patient")

    with pytest.raises(ValueError, match=r"\(row 0\): KeyError: 'no such patient'. .*read="):
        as_teacher(trained()).logits(jd.Files(folder, NAMES, read=read))


def test_a_picture_unlike_the_others_of_its_batch_is_named(folder: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in (folder / "0").iterdir())[:9]
    for name in names:
        shutil.copy(folder / "0" / name, tmp_path)
    Image.fromarray(PIXELS[0]).resize((9, 8)).save(tmp_path / names[6])
    files = jd.Files(tmp_path, names)
    with pytest.raises(ValueError, match=r"\(8, 8\) in '.*' \(row 0\) and .*\(8, 9\) in .*row 6"):
        as_teacher(trained(), preprocess=prepared).logits(files)
    with pytest.raises(ValueError, match=r"\(row 5\) and .*\(row 6\). Make them alike: read="):
        files[5:].batch()


def test_pictures_without_pillow_say_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r'pip install "jupyter-distill\[images\]"'):
        jd.Files(folder, NAMES)


def test_a_batch_that_does_not_fit_into_memory_is_read_in_halves(folder: Path) -> None:
    def preprocess(pixels: np.ndarray) -> torch.Tensor:
        return prepared(pixels)

    class Small(jd.Files):
        def batch(self, *, stack: bool = True) -> Any:
            if len(self) > 100:
                raise MemoryError
            return super().batch(stack=stack)

    teacher = as_teacher(trained(), preprocess=preprocess)
    logits = teacher.logits(Small(folder, NAMES), batch_size=N)
    np.testing.assert_allclose(logits, trained()(prepared(PIXELS)).detach(), atol=1e-5)
    assert teacher.fits == 100
