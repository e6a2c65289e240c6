"""Whatever is written to a file is there whole or not at all, and a full disk is explained."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import jupyter_distill as jd
from jupyter_distill._files import write_whole
from jupyter_distill.distillation import Distillation

from .certified import distilled

WRITERS: dict[str, Callable[[Distillation, Path], Any]] = {
    "a.distill": lambda d, path: d.save(path),
    "a.sql": lambda d, path: d.export("sql", path),
    "a.onnx": lambda d, path: d.export("onnx", path),
    "report.html": lambda d, path: d.report(path),
    "row.html": lambda d, path: d.certificate(0, ask=False, reasons=False).save(path),
    "row.json": lambda d, path: d.certificate(0, ask=False, reasons=False).save(path),
    "view.html": lambda d, path: jd.TreeView(d).to_html(path),
}


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled("tree", "binary")


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_leaves_the_file_that_was_there(
    name: str, d: Distillation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / name
    target.write_text("before")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(OSError, match=rf"room for the \w+ '{name}'.*full disk.*Make room"):
            WRITERS[name](d, target)
    assert target.read_text() == "before" and os.listdir(tmp_path) == [name]

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            WRITERS[name](d, target)
    assert target.read_text() == "before" and os.listdir(tmp_path) == [name]
    WRITERS[name](d, target)
    assert len(target.read_bytes()) > 100 and os.listdir(tmp_path) == [name]


@pytest.mark.skipif(sys.platform == "win32", reason="of POSIX")
def test_permissions_and_links_stay_and_a_device_is_written_to(tmp_path: Path) -> None:
    held, link = tmp_path / "held", tmp_path / "link"
    held.write_text("before")
    held.chmod(0o640)
    link.symlink_to(held)
    write_whole(link, "aé\n", "it")
    assert link.is_symlink() and held.read_bytes() == "aé\n".encode()
    assert stat.S_IMODE(held.stat().st_mode) == 0o640
    plain = tmp_path / "plain"
    plain.touch()
    write_whole(tmp_path / "new", b"x", "it")
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode
    write_whole(Path(os.devnull), b"x", "it")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
