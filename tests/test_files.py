"""Files in a folder as a teacher's inputs: read lazily, refused by name, and never mixed up."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

import jupyter_distill as jd
from jupyter_distill.targets._row_print import row_prints
from jupyter_distill.teachers import Query, as_teacher

from .distilling import run
from .small_transformers import image_processor, named, vit

N = 400
PIXELS, DIGITS = load_digits(return_X_y=True)
PIXELS, DIGITS = (PIXELS[:N].reshape(-1, 8, 8) * 15).astype(np.uint8), DIGITS[:N]
INK = PIXELS.reshape(N, 4, 2, 4, 2).sum((2, 4)).reshape(N, 16)
# What a person reads of a digit: how much ink there is in each of 16 places.
TABLE = pd.DataFrame(INK, columns=[f"ink {row}{column}" for row in "abcd" for column in "wxyz"])
NAMES = pd.Series([f"{digit}/{row:03d}.png" for row, digit in enumerate(DIGITS)], name="file")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Digits as pictures, in a folder for each."""
    path = tmp_path_factory.mktemp("data") / "digits"
    for digit in range(10):
        (path / str(digit)).mkdir(parents=True)
    for name, pixels in zip(NAMES, PIXELS, strict=True):
        Image.fromarray(pixels).save(path / name)
    return path


@cache
def trained() -> torch.nn.Module:
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        *(torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU(), torch.nn.Flatten()),
        torch.nn.Linear(8 * 36, 10),
    )
    images, labels = prepared(PIXELS), torch.from_numpy(DIGITS)
    optimizer = torch.optim.Adam(net.parameters(), 0.01)
    for _ in range(60):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()
    return net.eval()


def prepared(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels)[:, None].float() / 120 - 1


class Reading:
    """Reads pictures, and counts which."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> np.ndarray:
        self.read.append(path.name)
        return np.asarray(Image.open(path))


# --- distilled ---------------------------------------------------------------------------------


def test_a_network_of_pictures_is_distilled_as_if_they_were_in_memory(folder: Path) -> None:
    teacher = partial(as_teacher, trained(), preprocess=prepared)
    files = jd.Files(folder, NAMES)
    options: dict[str, Any] = {"size": 12, "temperature": 1.0, "quality": "greedy"}
    d = run(teacher(), TABLE, DIGITS, teacher_inputs=files, **options)
    known = run(teacher(), TABLE, DIGITS, teacher_inputs=PIXELS, **options)
    # batches grow by the clock, and sums of 32 bits depend on their size
    np.testing.assert_allclose(d.targets.logits, known.targets.logits, atol=1e-4)
    assert d.targets.predicted.tolist() == known.targets.predicted.tolist()
    assert (d.targets.predicted == DIGITS).mean() > 0.95
    assert d.fidelity().value > 0.5

    test = TABLE[300:], DIGITS[300:], jd.Files(folder, NAMES[300:])
    check = jd.check_teacher(
        *(teacher(), TABLE[:300], DIGITS[:300]),
        teacher_inputs=jd.Files(folder, NAMES[:300]),
        test=test,
        progress=False,
    )
    measures = check.frame("accuracy").set_index("measure")["value"]
    assert measures["accuracy"] == np.mean(d.targets.predicted[300:] == DIGITS[300:])
    steadiness = check.frame("steadiness").set_index("compared")
    assert steadiness.loc["rows asked about twice", "rows"] == 100
    assert steadiness.loc["rows asked about twice", "different"] == 0


def test_files_are_read_batch_by_batch(folder: Path) -> None:
    reading = Reading()
    teacher = as_teacher(trained(), preprocess=prepared, noisy=True)
    query = teacher.query(jd.Files(folder, NAMES, read=reading), batch_size=50)
    assert reading.read == []
    for done, rows in enumerate(query, 1):
        assert len(reading.read) == 50 * done
        assert reading.read[-50:] == [Path(NAMES[row]).name for row in rows]
    np.testing.assert_allclose(query.logits(), trained()(prepared(PIXELS)).detach(), atol=1e-5)


def test_files_are_one_part_of_several(folder: Path) -> None:
    class Both(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.sees = trained()

        def forward(self, picture: Any, ink: Any) -> Any:
            return self.sees(picture) + ink[:, :10] / 100

    def read(path: Path) -> torch.Tensor:
        return prepared(np.array(Image.open(path))[None])[0]

    ink = INK.astype(np.float32)
    files = jd.Files(folder, NAMES, read=read)
    answers = trained()(prepared(PIXELS)).detach().numpy() + ink[:, :10] / 100
    for inputs in ({"ink": ink, "picture": files}, (files, ink)):
        logits = as_teacher(Both()).logits(inputs, batch_size=64)
        np.testing.assert_allclose(logits, answers, atol=1e-4)
    with pytest.raises(ValueError, match="400 in 'ink', 399 in 'picture'"):
        as_teacher(Both()).logits({"ink": ink, "picture": files[:-1]})


def test_a_processor_gets_pictures_of_any_size(folder: Path, tmp_path: Path) -> None:
    kinds = {"a.png": (20, 24), "b.jpg": (16, 40), "c.png": (9, 9)}
    rng = np.random.default_rng(0)
    for name, shape in kinds.items():
        Image.fromarray(rng.integers(0, 255, (*shape, 3), dtype=np.uint8)).save(tmp_path / name)
    model = vit(**named("no", "yes"))
    teacher = as_teacher((model, image_processor()))
    logits = teacher.logits(jd.Files(tmp_path, list(kinds)))
    pictures = [Image.open(tmp_path / name) for name in kinds]
    np.testing.assert_allclose(logits, teacher.logits(pictures), atol=1e-6)
    with pytest.raises(ValueError, match="images for ViT.*Got text"):
        (tmp_path / "d.txt").write_text("no picture")
        teacher.logits(jd.Files(tmp_path, ["d.txt", "a.png"]))


def test_a_processor_is_checked_by_the_first_file_alone(folder: Path) -> None:
    reading = Reading()
    as_teacher((vit(), image_processor())).query(jd.Files(folder, NAMES, read=reading))
    assert len(reading.read) == 1


# --- what is read ------------------------------------------------------------------------------


def test_each_kind_of_file_is_read_as_what_it_holds(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(6.0).reshape(2, 3))
    torch.save(torch.arange(4), tmp_path / "a.pt")
    (tmp_path / "a.txt").write_text("grüß Gott", encoding="utf-8")
    (tmp_path / "a.wav").write_bytes(b"\x01\x02")
    colours = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    Image.fromarray(colours).save(tmp_path / "a.PNG")

    def batch(name: str, **options: Any) -> Any:
        return jd.Files(tmp_path, [name, name], **options).batch()

    np.testing.assert_array_equal(batch("a.npy"), [np.arange(6.0).reshape(2, 3)] * 2)
    assert torch.equal(batch("a.pt"), torch.arange(4).repeat(2, 1))
    assert batch("a.txt") == ["grüß Gott", "grüß Gott"]
    np.testing.assert_array_equal(batch("a.PNG"), [colours] * 2)
    assert batch("a.PNG").dtype == np.uint8
    sound = batch("a.wav", read=lambda path: np.frombuffer(path.read_bytes(), np.uint8))
    np.testing.assert_array_equal(sound, [[1, 2]] * 2)
    opened = batch("a.PNG", read=Image.open)  # what one asked for, such as torchvision takes
    assert [picture.size for picture in opened] == [(4, 2)] * 2


@pytest.mark.parametrize(
    ("mode", "shape", "kind"),
    [
        *(("1", (8, 8), "u1"), ("L", (8, 8), "u1"), ("I;16", (8, 8), "u2")),
        *(("P", (8, 8, 3), "u1"), ("RGB", (8, 8, 3), "u1"), ("RGBA", (8, 8, 4), "u1")),
    ],
)
def test_pictures_come_as_their_brightness(
    mode: str, shape: tuple[int, ...], kind: str, tmp_path: Path
) -> None:
    grey = Image.fromarray((PIXELS[0] > 60).astype(np.uint8) * 255)
    if mode == "I;16":
        grey = Image.fromarray(np.asarray(grey, dtype=np.uint16))
    picture = grey if grey.mode == mode else grey.convert(mode)
    picture.save(tmp_path / "a.png")
    (found,) = jd.Files(tmp_path, ["a.png"]).batch()
    assert found.shape == shape and found.dtype == kind
    plain = found if found.ndim == 2 else found[..., 0]
    np.testing.assert_array_equal(plain, (PIXELS[0] > 60) * 255)


@pytest.mark.parametrize("names", [list, np.array, pd.Series, pl.Series, pd.Categorical, tuple])
def test_names_come_in_whatever_holds_them(names: Any, folder: Path) -> None:
    files = jd.Files(str(folder), names([str(name) for name in NAMES[:3]]))
    np.testing.assert_array_equal(files.batch(), PIXELS[:3])
    assert len(files) == 3 and repr(files) == f"<Files: 3 in {str(folder)!r}>"
    np.testing.assert_array_equal(files[[2, 0]].batch(), PIXELS[[2, 0]])
    np.testing.assert_array_equal([np.asarray(one) for one in files], PIXELS[:3])


def test_a_file_may_belong_to_several_rows(folder: Path) -> None:
    files = jd.Files(folder, [Path(NAMES[0]), folder / NAMES[1], NAMES[0]])
    np.testing.assert_array_equal(files.batch(), PIXELS[[0, 1, 0]])


# --- refused -----------------------------------------------------------------------------------


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


# --- kept --------------------------------------------------------------------------------------


def test_answers_to_files_are_kept_by_what_these_hold(folder: Path, tmp_path: Path) -> None:
    store = jd.Store(tmp_path / "store")
    reading = Reading()
    teacher = partial(as_teacher, trained(), preprocess=prepared)
    moved = tmp_path / "elsewhere"
    shutil.copytree(folder, moved)
    first = store.query(teacher(), jd.Files(folder, NAMES[:100])).finish()
    again = store.query(teacher(), jd.Files(moved, NAMES[:100]))
    assert again.complete
    np.testing.assert_array_equal(again.logits(), first.logits())
    assert store.query(teacher(), jd.Files(moved, NAMES)).n_done == 100  # of the same beginning
    own = jd.Files(moved, NAMES[:100], read=reading)
    assert store.query(teacher(), own).n_done == 0  # read otherwise, it may be another array
    assert reading.read == []

    changed = moved / NAMES[7]
    times = changed.stat()
    data = bytearray(changed.read_bytes())
    data[-1] ^= 1
    changed.write_bytes(data)
    os.utime(changed, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert changed.stat().st_mtime_ns == times.st_mtime_ns  # neither time nor size tell
    assert store.query(teacher(), jd.Files(moved, NAMES[:100])).n_done == 0
    assert store.query(teacher(), jd.Files(moved, NAMES[:7])).n_done == 0  # another set of rows
    shutil.copy(folder / NAMES[7], changed)
    assert store.query(teacher(), jd.Files(moved, NAMES[:100])).complete


def test_prints_of_files_tell_order_names_and_parts_apart(folder: Path, tmp_path: Path) -> None:
    def printed(X: Any) -> str:
        (found,) = row_prints(X).values()
        return found

    def first(path: Path) -> Any:
        return np.asarray(Image.open(path))[0]

    def second(path: Path) -> Any:
        return np.asarray(Image.open(path))[1]

    files = jd.Files(folder, NAMES[:4])
    for name in NAMES[:4]:
        shutil.copy(folder / name, tmp_path / Path(name).name)
    renamed = [Path(name).name for name in NAMES[:4]]
    assert printed(files) == printed(jd.Files(tmp_path, renamed))
    others = [
        *(files, files[[1, 0, 2, 3]], files[:3], {"a": files}, {"b": files}, (files,)),
        *(jd.Files(folder, NAMES[:4], read=first), jd.Files(folder, NAMES[:4], read=second)),
        # a function may go by the name
        jd.Files(tmp_path, renamed, read=first),
    ]
    assert len({printed(one) for one in others}) == len(others)


def test_a_way_of_reading_that_cannot_be_hashed_is_refused(folder: Path) -> None:
    rows = (row for row in range(3))

    def read(path: Path) -> Any:
        return next(rows)

    with pytest.raises(ValueError, match="read= to be hashed.*Got .*leave store out"):
        row_prints(jd.Files(folder, NAMES[:3], read=read))
