"""The first rules of the house, read from the imports: one way, and no notebook in the core."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import jupyter_distill

PACKAGE = Path(jupyter_distill.__file__).parent
ROOT = PACKAGE.name
# A module may import from smaller numbers, and from its own folder.
LAYERS = {
    "_optional": 0,
    "_families": 0,
    "_validation": 0,
    "_files": 0,
    "_late": 0,
    "_threads": 0,
    "_bars": 0,
    "_versions": 0,
    "_softmax": 0,
    "_wilson": 0,
    "_resample": 0,
    "_shares": 0,
    "_paired": 0,
    "_classes": 0,
    "data": 1,
    "teachers": 2,
    "targets": 3,
    "findings": 1,
    "checks": 4,
    "constraints": 4,
    "explanation": 4,
    "students": 4,
    "reading": 5,
    "expectations": 5,
    "distillation": 5,
    "audits": 6,
    "exports": 7,
    "saving": 7,
    "widgets": 8,
    "_variables": 9,
    "magics": 9,
    "workshop": 9,
    "_front_end": 9,
    "doctor": 9,
    "lab": 9,
    "_demo": 9,
    "__main__": 9,
    "__init__": 9,
}
NOTEBOOK = {"anywidget", "ipywidgets", "IPython", "ipykernel", "traitlets"}
HEAVY = [
    *("torch", "shap", "lime", "interpret", "onnxruntime", "dask", "altair", "sklearn"),
    *("anywidget", "ipywidgets", "IPython", "pandas", "scipy"),
]
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> list[str]:
    """Return the dotted name as parts; a folder's ``__init__`` keeps its last part."""
    return [ROOT, *path.relative_to(PACKAGE).with_suffix("").parts]


def imports(tree: ast.AST, module: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield every imported name as (line, parts), relative ones made absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")
        elif isinstance(node, ast.ImportFrom):
            base = module[: len(module) - node.level] if node.level else []
            source = [*base, *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                yield node.lineno, [*source, alias.name]


def beside(stage: str, layer: int) -> bool:
    """Say whether a stage may import its neighbours: students need the explanation they give."""
    return layer in (0, 9) or stage == "students"


def problems(source: str, module: list[str]) -> list[str]:
    """Say which imports of a file break the rules."""
    stage = module[1]
    layer = LAYERS[stage]
    found = []
    for line, parts in imports(ast.parse(source), module):
        name = ".".join(parts)
        if parts[0] in NOTEBOOK and layer < 8:
            found.append(f"line {line} imports {name}: only layers 8 and 9 know of notebooks")
        if parts[0] != ROOT or len(parts) < 2:
            continue
        # `from jupyter_distill import distill` takes a name of the package's own __init__
        other = parts[1] if parts[1] in LAYERS else "__init__"
        if other == "__init__" and layer == 9:
            continue
        if LAYERS[other] > layer:
            found.append(f"line {line} imports {name}: {stage} is below {other}")
        elif LAYERS[other] == layer and other != stage and not beside(stage, layer):
            found.append(f"line {line} imports {name}: {stage} stands beside {other}")
        elif (stage, other) == ("students", "teachers"):
            found.append(f"line {line} imports {name}: a student may not see the teacher")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downward(path: Path) -> None:
    module = module_of(path)
    assert module[1] in LAYERS, f"{module[1]} has no layer: name one in {Path(__file__).name}"
    assert problems(path.read_text(), module) == []


def test_the_list_for_newcomers_has_every_module_in_the_order_of_the_layers() -> None:
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    lines = [line for line in text.split("## The loop")[0].splitlines() if line.startswith("| `")]
    listed = [re.findall(r"`(\w+)(?:/|\.py)`", line.split("|")[1]) for line in lines]
    names = [name for row in listed for name in row]
    there = {"__init__", *(module_of(path)[1] for path in FILES)}
    assert sorted([*names, "__init__"]) == sorted(LAYERS) == sorted(there)
    layers = [LAYERS[name] for name in names]
    assert layers == sorted(layers)


@pytest.mark.parametrize(
    ("source", "module", "said"),
    [
        (
            "from jupyter_distill.widgets.tree import TreeView",
            "audits.fidelity",
            "is below widgets",
        ),
        (
            "def f():\n    from ..widgets import tree",
            "audits.fidelity",
            "line 2 .*is below widgets",
        ),
        ("import jupyter_distill.distillation", "students.tree", "is below distillation"),
        ("from jupyter_distill.teachers import as_teacher", "students.tree", "may not see"),
        ("from ..teachers import _base", "students.tree", "may not see"),
        ("from jupyter_distill.students import names", "explanation", "stands beside"),
        ("import ipywidgets as w", "exports.page", "layers 8 and 9"),
        ("if 1:\n    from IPython.display import HTML", "distillation.result", "layers 8 and 9"),
        ("from jupyter_distill import distill", "exports.page", "is below __init__"),
    ],
)
def test_a_wrong_import_is_found(source: str, module: str, said: str) -> None:
    found = problems(source, [ROOT, *module.split(".")])
    assert len(found) == 1
    assert re.search(said, found[0])


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = subprocess.run(
        [
            *(sys.executable, "-c"),
            f"import sys, jupyter_distill; print(*[m for m in {HEAVY} if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    assert loaded.stdout.split() == []


def test_no_file_outgrows_one_job() -> None:
    root = PACKAGE.parent
    ours = [path for part in ("tests", ".ci", "js/style") for path in root.glob(f"{part}/**/*.*")]
    for part in ("lab", "page", "scripts", "shared", "tests", "widgets"):
        ours += root.glob(f"js/{part}/**/*.*")
    written = [path for path in ours if path.suffix in {".py", ".ts", ".mjs", ".css"}]
    assert len(written) > 200
    long = {
        path.name: n
        for path in [*FILES, *written]
        if (n := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}
