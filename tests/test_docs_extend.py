"""The pages that say how to add a student, teacher, audit or view are done as they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill import audits, students, teachers, widgets
from jupyter_distill._families import families
from jupyter_distill.audits import _part
from jupyter_distill.exports import page as pages
from jupyter_distill.students import Student, StudentClassifier
from tests.distilling import run
from tests.documented import ROOT, blocks, text_of, written
from tests.test_contract import interfaces
from tests.test_view_traits import table_of

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(300, 3)), columns=["income", "age", "debt"])
y = np.where(X["income"] - X["debt"] + RNG.normal(size=300) / 3 > 0, "good", "bad")
MODEL = LogisticRegression().fit(X, y)


class Scorer:
    def score_rows(self, rows: Any) -> np.ndarray:
        z = MODEL.decision_function(rows)
        return np.column_stack([0 * z, z])


@cache
def distilled() -> jd.Distillation:
    return run(MODEL, X, y, size=4, temperature=1.0)


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Put the files of a page beside those of their folder, and take them away afterwards."""
    added = []

    def place(page: str, package: Any) -> Any:
        (path,) = [p for p in written(page, tmp_path) if p.suffix == ".py"]
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(path.parent)])
        name = f"{package.__name__}.{path.stem}"
        added.append((package, path.stem, name))
        return import_module(name)

    yield place
    for package, stem, name in added:
        sys.modules.pop(name, None)
        vars(package).pop(stem, None)


def run_rest(page: str, **names: Any) -> dict[str, Any]:
    """Run the blocks of a page that are no files, one after another, and return what they leave."""
    space: dict[str, Any] = {"jd": jd, "X": X, "y": y, "model": MODEL, **names}
    ran = [b for b in blocks(page) if b.language == "python" and not b.file]
    assert ran
    for block in ran:
        exec(compile(block.text, page, "exec"), space)  # noqa: S102 - a page of ours
    return space


def test_a_student(put: Any) -> None:
    module = put("extend/student.md", students)
    assert "rounded" in students.names()
    # what Lab and the magics offer
    assert families()["rounded"].startswith("A linear model whose coefficients")
    assert students.load("rounded") is module.RoundedStudent
    assert students.load("rounded", "regression") is module.RoundedRegressionStudent
    d = run_rest("extend/student.md", RoundedStudent=module.RoundedStudent)["d"]
    assert type(d.student) is module.RoundedStudent
    values = [value for term in d.explanation().terms for value in term.values]
    assert values == [pytest.approx(float(f"{value:.1e}"), rel=1e-9) for value in values]
    assert d.rung.fidelity > 0.9


def test_what_a_student_writes_is_what_the_page_lists() -> None:
    listed = set(re.findall(r"^\| `(\w+)[`(]", text_of("extend/student.md"), re.MULTILINE))
    given = {"fit", "_loss"}  # by the bases that the page names
    assert Student.__abstractmethods__ - given == listed - {"SIZES", "READABLE", "UNIT"}
    assert StudentClassifier.__abstractmethods__ == Student.__abstractmethods__ - given


def test_a_teacher(put: Any) -> None:
    module = put("extend/teacher.md", teachers)
    teacher = run_rest("extend/teacher.md", scorer=Scorer())["teacher"]
    assert type(teacher) is module.ScorerTeacher
    assert np.allclose(teacher.logits(X)[:, 1], 2 * MODEL.decision_function(X))
    assert teacher.fingerprint != jd.as_teacher(Scorer(), classes=["bad", "good"]).fingerprint
    with pytest.raises(TypeError, match='Did you mean "factor"'):
        jd.as_teacher(Scorer(), facto=2.0)
    # what the page says can be written is there
    for name in re.findall(r"^\| `(\w+)[`(]", text_of("extend/teacher.md"), re.MULTILINE):
        assert hasattr(teachers.Teacher, name), name


def test_an_audit(put: Any) -> None:
    _part.parts.cache_clear()
    try:
        put("extend/audit.md", audits)
        audit = run_rest("extend/audit.md", d=distilled())["audit"]
        assert list(audit.parts) == ["sureness"]
        sure = distilled().held_out[1].at(1.0).max(1).mean()
        assert audit.frame("sureness")["sure"][0] == pytest.approx(sure)
        assert "How sure are the two?" in audit._repr_html_()
    finally:
        _part.parts.cache_clear()


def test_a_widget(put: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _build("extend/widget.md", tmp_path)
    monkeypatch.setattr(pages, "STATIC", tmp_path / "jupyter_distill" / "static")
    module = put("extend/widget.md", widgets)
    monkeypatch.chdir(tmp_path)
    view = run_rest("extend/widget.md", d=distilled(), SurenessView=module.SurenessView)["view"]
    assert view.frame()["share"][0] == (distilled().targets.at(1.0).max(1) > 0.8).mean()
    assert "Surer than 0.80" in view._repr_mimebundle_()[0]["text/html"]
    assert "jd-state" in (tmp_path / "sureness.html").read_text()
    synced = set(view.state())
    known = interfaces((tmp_path / "js" / "widgets" / "sureness.ts").read_text())
    assert known["SurenessModel"][1] == synced - {"live", "error"}
    assert {row["trait"] for row in table_of(module.SurenessView.__doc__)} == synced


def _build(page: str, folder: Path) -> None:
    """Build the front end of a page beside links to what it stands on."""
    written(page, folder)
    js = folder / "js"
    for name in ("shared", "page", "node_modules"):
        (js / name).symlink_to(ROOT / "js" / name)
    shutil.copy(ROOT / "js" / "esbuild.mjs", js)
    shutil.copy(ROOT / "js" / "package.json", js)
    built = subprocess.run(
        ["node", "esbuild.mjs"], cwd=js, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr


@pytest.mark.parametrize("kind", ["student", "teacher", "audit", "widget"])
def test_every_file_that_a_page_names_is_there(kind: str) -> None:
    page = f"extend/{kind}.md"
    new = {block.file for block in blocks(page)}
    text = text_of(page)
    named = set(re.findall(r"`((?:jupyter_distill|js|tests)/[\w/.]+)`", text))
    built = {f"jupyter_distill/static/{Path(one).stem}.js" for one in new}
    assert named - new - built
    for one in named - new - built:
        assert (ROOT / one).exists(), one
