"""Files in a folder as a teacher's inputs: read lazily, refused by name, and never mixed up."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from PIL import Image

import jupyter_distill as jd
from jupyter_distill.targets._row_print import row_prints
from jupyter_distill.teachers import as_teacher

from .distilling import run
from .pictures import DIGITS, INK, NAMES, PIXELS, TABLE, Reading, prepared, trained, written
from .small_transformers import image_processor, named, vit


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("data") / "digits")


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
