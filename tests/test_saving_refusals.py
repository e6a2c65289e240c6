"""What cannot be saved, and files that are not loaded: each said by name, with what to do."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.saving._arrow import from_bytes, to_bytes
from jupyter_distill.saving._frames import pack_frame
from jupyter_distill.saving._refuse import Damaged
from jupyter_distill.students.linear import LinearStudent
from tests.saved import distilled, frame, names, packed, parts_of


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled("linear", "classification", n=60, size=1)


@pytest.fixture(scope="module")
def file(d: Distillation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return d.save(tmp_path_factory.mktemp("saved") / "d.distill")


class OwnStudent(LinearStudent):
    """A student of a person's own."""


def test_a_student_of_a_persons_own_is_refused(tmp_path: Path) -> None:
    X = frame(60)
    own = jd.distill(
        names,
        X,
        student=OwnStudent(alpha=0.0, quality="greedy"),
        augment=None,
        temperature=1.0,
        progress=False,
    )
    with pytest.raises(TypeError, match=r"OwnStudent, a class of .*d\.report\(path\)"):
        own.save(tmp_path / "d.distill")
    assert list(tmp_path.iterdir()) == []


def test_where_it_cannot_be_written(d: Distillation, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="Make it first"):
        d.save(tmp_path / "none" / "d.distill")
    with pytest.raises(IsADirectoryError, match="Name a file in it"):
        d.save(tmp_path)
    with pytest.raises(TypeError, match="a path of a file"):
        d.save(3)  # type: ignore[arg-type]


def test_a_file_is_replaced_as_a_whole(
    d: Distillation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "d.distill"
    target.write_text("before")

    def stop(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", stop)
        with pytest.raises(KeyboardInterrupt):
            d.save(target)
    assert [one.name for one in tmp_path.iterdir()] == ["d.distill"]
    assert target.read_text() == "before"
    assert d.save(target) == target
    assert jd.load(target).title == d.title


@pytest.mark.parametrize("where", ["_load.table_from_plain", "_archive.json.loads"])
def test_a_machine_without_room_does_not_speak_of_the_file(
    where: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> Any:
        raise MemoryError("no room")

    monkeypatch.setattr(f"jupyter_distill.saving.{where}", full)
    with pytest.raises(MemoryError, match="no room"):
        jd.load(file)


def test_a_fault_that_no_check_foresaw_is_not_called_damage(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise KeyError("of ours")

    monkeypatch.setattr("jupyter_distill.saving._load.table_from_plain", broken)
    with pytest.raises(ValueError, match="could not be read, as no check") as caught:
        jd.load(file)
    assert "of ours" in str(caught.value) and "damaged" not in str(caught.value)
    assert "fault is in this package" in str(caught.value)


def test_without_pyarrow_the_extra_is_named(
    d: Distillation, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    for act in (lambda: d.save(tmp_path / "d.distill"), lambda: jd.load(file)):
        with pytest.raises(ImportError, match=r"jupyter-distill\[store\]"):
            act()


def test_rows_that_would_not_come_back_are_refused() -> None:
    with pytest.raises(TypeError, match="complex128"):
        pack_frame(pd.DataFrame({"z": [1 + 2j]}))
    with pytest.raises(TypeError, match="values that a file can hold"):
        pack_frame(pd.DataFrame({"o": [object(), "x"]}))


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none.distill"):
        jd.load(tmp_path / "none.distill")
    with pytest.raises(IsADirectoryError, match="wrote"):
        jd.load(tmp_path)
    other = tmp_path / "other.zip"
    for data in (b"", b"text", packed({"manifest.json": b"{}"})):
        other.write_bytes(data)
        with pytest.raises(ValueError, match=r"Expected 'other\.zip' to be a distillation"):
            jd.load(other)


def altered(file: Path, tmp_path: Path, part: str, change: Any, **manifest: Any) -> Path:
    parts = parts_of(file.read_bytes())
    if part in parts:
        plain = json.loads(parts[part])
        change(plain)
        parts[part] = json.dumps(plain).encode()
    elif part:
        parts[part] = change
    target = tmp_path / "altered.distill"
    target.write_bytes(packed(parts, **manifest))
    return target


@pytest.mark.parametrize("version", [0, 2, "1", 1.5, None, True])
def test_another_version_is_refused_by_name(file: Path, tmp_path: Path, version: Any) -> None:
    other = altered(file, tmp_path, "", None, version=version)
    with pytest.raises(ValueError, match=f"version {version} of the format; this reads 1"):
        jd.load(other)


def test_a_part_too_many_and_one_too_few(file: Path, tmp_path: Path) -> None:
    parts = parts_of(file.read_bytes())
    listed = json.loads(parts["manifest.json"])["members"]
    with pytest.raises(ValueError, match=r"more\.py: .*in the file alone"):
        jd.load(altered(file, tmp_path, "more.py", b"print(1)", members=listed))
    del parts["rows.arrow"]
    target = tmp_path / "few.distill"
    target.write_bytes(packed(parts, members=listed))
    with pytest.raises(ValueError, match=r"rows\.arrow: .*in the list alone"):
        jd.load(target)


def test_a_circle_in_a_tree_is_refused(tmp_path: Path) -> None:
    tree = distilled("tree", "classification", n=60, size=2).save(tmp_path / "t.distill")

    def circle(plain: Any) -> None:
        plain["fitted"]["nodes_"]["left"]["values"][0] = 0

    with pytest.raises(ValueError, match="children after their parents"):
        jd.load(altered(tree, tmp_path, "students/tree-2.json", circle))


def test_a_figure_that_its_rows_do_not_give_is_refused(file: Path, tmp_path: Path) -> None:
    def better(plain: Any) -> None:
        plain["rungs"][0]["fidelity"] = plain["rungs"][0]["fidelity"] - 0.3

    with pytest.raises(ValueError, match=r"fidelity [01]\.\d+ was expected there"):
        jd.load(altered(file, tmp_path, "ladder.json", better))


def test_deep_and_long_json_is_refused(file: Path, tmp_path: Path) -> None:
    parts = parts_of(file.read_bytes())
    for text in (b"[" * 200_000, b"9" * 100_000, b'{"a":1,"a":2}', b"NaN", b"1e999", b"\xff"):
        target = tmp_path / "deep.distill"
        target.write_bytes(packed({**parts, "ladder.json": text}))
        with pytest.raises(ValueError, match=r"deep\.distill.*(ladder\.json|JSON)"):
            jd.load(target)


def test_what_is_packed_is_refused_before_it_is_unpacked(file: Path, tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * 10**7)
    bomb = tmp_path / "bomb.distill"
    bomb.write_bytes(held.getvalue())
    with pytest.raises(ValueError, match="a part that is not packed or locked"):
        jd.load(bomb)
    table = pa.table({"x": pa.array([0] * 10**5)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(
        sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")
    ) as f:
        f.write_table(table)
    with pytest.raises(Damaged, match="rows that are not packed"):
        from_bytes(sink.getvalue().to_pybytes(), "rows.arrow")
    plain = to_bytes([table.column(0)], ["x"])
    assert from_bytes(plain, "rows.arrow").num_rows == 10**5


def test_a_pickle_in_the_place_of_a_part_is_not_read(file: Path, tmp_path: Path) -> None:
    parts = parts_of(file.read_bytes())
    evil = f"cos\nsystem\n(S'touch {tmp_path / 'executed'}'\ntR.".encode()
    for name in parts:
        if name != "manifest.json":
            target = tmp_path / "evil.distill"
            target.write_bytes(packed({**parts, name: evil}))
            with pytest.raises(ValueError, match=r"evil\.distill"):
                jd.load(target)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("zone", ["dateutil//etc/passwd", "tzfile('/etc/passwd')", "../zone", ""])
def test_a_zone_that_is_a_path_is_never_opened(zone: str) -> None:
    from jupyter_distill.saving._series import _zoned

    with pytest.raises(Damaged, match="a zone"):
        _zoned(pa.chunked_array([pa.array([0], pa.int64())]), ["ns", zone], "rows")


def test_text_takes_no_more_room_than_it_needs() -> None:
    from jupyter_distill.saving._plain import array_from_plain, array_to_plain

    plain = array_to_plain(np.array(["a"] * 1_000))
    assert array_from_plain(plain, "here").dtype == "<U1"
    with pytest.raises(Damaged, match="a width"):
        array_from_plain({**plain, "dtype": "<U99999"}, "here")
