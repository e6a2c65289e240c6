"""What is installed is whole, fits together, and asks nothing of the network."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

import jupyter_distill

from .conftest import LONGEST

ROOT = Path(__file__).parent.parent
PACKAGE = Path(jupyter_distill.__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BUNDLES = sorted((PACKAGE / "static").glob("*.js"))
KILOBYTES = {"distillation": 200}  # the linked whole; 60 for each other
ADDRESS = re.compile(r"https?://[\w./-]+")
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
SCRIPTS = [
    path
    for folder in (".ci", "binder")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and not path.suffix
]


def test_there_is_one_version() -> None:
    js = json.loads((ROOT / "js" / "package.json").read_text())
    lock = json.loads((ROOT / "js" / "package-lock.json").read_text())
    said = re.findall(r"version = '(.*)'", (ROOT / "js" / "lab" / "version.ts").read_text())
    found = {js["version"], lock["version"], version("jupyter-distill"), *said}
    found.add(yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"])
    assert len(said) == 1
    assert found == {jupyter_distill.__version__}


@pytest.mark.parametrize("name", LONGEST)
def test_a_file_of_tests_that_begins_early_is_there(name: str) -> None:
    assert (ROOT / "tests" / name).is_file()


def test_bundles_are_built() -> None:
    views = [p.stem for p in (ROOT / "js" / "widgets").glob("*.ts")]
    assert [path.stem for path in BUNDLES] == sorted([*views, "page"])


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_a_bundle_is_small_and_self_contained(path: Path) -> None:
    # The whole bundle travels with every view and stays in the saved notebook.
    assert path.stat().st_size <= KILOBYTES.get(path.stem, 60) * 1000
    text = path.read_text(encoding="utf-8")
    assert set(ADDRESS.findall(text)) <= NAMESPACES
    assert not re.match(r"\s*import[\s{*\"']", text), "an import is left for run time"
    assert "sourceMappingURL" not in text


def test_the_lab_extension_is_whole_and_names_no_path_of_the_builder() -> None:
    folder = PACKAGE / "labextension"
    described = json.loads((folder / "package.json").read_text())
    assert (folder / described["jupyterlab"]["_build"]["load"]).is_file()
    assert json.loads((folder / "install.json").read_text())["packageName"] == "jupyter_distill"
    assert not (folder / "build_log.json").exists()
    for path in folder.rglob("*.js"):
        assert str(ROOT) not in path.read_text(encoding="utf-8"), path


def test_the_workshop_notebooks_come_with_the_lab_extension() -> None:
    folder = PACKAGE / "labextension" / "examples"
    listed = json.loads((folder / "index.json").read_text())
    here = {path.name: path for path in (ROOT / "example_notebooks").glob("*.ipynb")}
    assert {one["name"] for one in listed} == set(here)
    for one in listed:
        assert (folder / one["name"]).read_bytes() == here[one["name"]].read_bytes()
        assert one["title"] != one["name"], "a notebook begins with its title"


def test_the_lock_names_no_host() -> None:
    packages = json.loads((ROOT / "js" / "package-lock.json").read_text())["packages"]
    assert not [name for name, entry in packages.items() if "resolved" in entry]


def test_binder_has_what_the_package_needs() -> None:
    environment = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    named = {
        re.split("[=<>]", entry)[0]
        for part in environment["dependencies"]
        for entry in (part["pip"] if isinstance(part, dict) else [part])
    }
    needed = {re.split("[=<>]", entry)[0] for entry in PROJECT["dependencies"]}
    # PyTorch comes from conda, where its build for the processor alone has a name of its own
    demo = {re.split("[=<>]", entry)[0] for entry in PROJECT["optional-dependencies"]["demo"]}
    assert needed | (demo - {"torch"}) | {"pytorch-cpu", "jupyterlab", "nodejs"} <= named


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_can_be_run(path: Path) -> None:
    assert path.stat().st_mode & 0o111, f"{path.name} is not executable"
    subprocess.run(["bash", "-n", str(path)], check=True)
