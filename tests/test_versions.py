"""Which version made a thing is said in one way everywhere, installed or run from a folder."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any

import pytest

import jupyter_distill as jd
from jupyter_distill._versions import installed, own, versions
from jupyter_distill.targets import _kept

from .certified import distilled


def test_code_that_runs_from_a_folder_knows_its_own_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if name == "jupyter-distill":
            raise importlib.metadata.PackageNotFoundError(name)
        return importlib.metadata.version(name)

    monkeypatch.setattr("jupyter_distill._versions.version", version)
    _kept._versions.cache_clear()
    d: Any = distilled("tree", "binary")
    assert own() == installed("jupyter-distill") == jd.__version__
    assert _kept._versions()["jupyter_distill"] == jd.__version__
    said = f"Exported by jupyter_distill {jd.__version__}."
    assert said in str(d.export("sql")) and said in str(d.export("text"))
    assert f"jupyter-distill {jd.__version__}," in d.report(tmp_path / "r.html").read_text()
    held = d.save(tmp_path / "d.distill").read_bytes()
    assert f'"jupyter-distill": "{jd.__version__}"'.encode() in held
    _kept._versions.cache_clear()


def test_what_is_not_there_is_said_in_one_word() -> None:
    assert versions(["no-such-package"]) == {"no-such-package": "not installed"}
