"""Which notebooks can run in a browser, and what the others lack; read from their imports."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "jupyter_distill"
NOTEBOOKS = sorted((ROOT / "example_notebooks").glob("*.ipynb"))
OWN = PACKAGE.name
# Modules that are needed though no import says so: what reads and writes Parquet and saves a
# distillation, and what draws our charts.
CALLS = {
    **dict.fromkeys(("to_parquet", "read_parquet", "save"), "pyarrow"),
    **dict.fromkeys(("chart", "temperature_chart", "alpha_chart"), "altair"),
}
# What comes with the package, whatever a notebook needs of it.
ALONG = {"joblib", "narwhals", "numpy", "pandas", "scipy", "sklearn", "tqdm"}


def tree_of(notebook: Path) -> ast.Module:
    """Return the code of a notebook, without its magics, as one tree."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    lines = "".join("".join(c["source"]) + "\n" for c in cells if c["cell_type"] == "code")
    return ast.parse("\n".join("" if x[:1] in ("%", "!") else x for x in lines.splitlines()))


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of every module that some code imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def asked_for(path: Path) -> frozenset[str]:
    """Return the optional packages that a module of ours cannot do without: ``require("...")``."""
    return frozenset(
        str(node.args[0].value).partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "require"
        and isinstance(node.args[0], ast.Constant)
    )


def required(path: Path) -> frozenset[str]:
    """Return what a module asks for, itself and by the private modules beside it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    private = {path.parent / f"{name.rpartition('.')[2]}.py" for name in imported(tree)}
    beside = (p for p in private if p.stem.startswith("_") and p.is_file())
    return asked_for(path).union(*(asked_for(p) for p in beside))


def of_family(name: str) -> frozenset[str]:
    """Return what fitting a family of students needs: its file and its private ones."""
    files = [PACKAGE / "students" / f"{name}.py", *PACKAGE.glob(f"students/_{name}_*.py")]
    return frozenset().union(*(asked_for(path) for path in files if path.is_file()))


def needs(notebook: Path) -> set[str]:
    """Return the modules of others that a notebook needs: its own imports and what they lead to."""
    tree = tree_of(notebook)
    found: set[str] = set()
    for name in imported(tree):
        if name.partition(".")[0] != OWN:
            found.add(name.partition(".")[0])
            continue
        path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        if path.is_file():
            found |= required(path)
    families = {path.stem for path in PACKAGE.glob("students/[a-z]*.py")}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in families:
            found |= of_family(str(node.value))
        if isinstance(node, ast.Attribute) and node.attr in CALLS:
            found.add(CALLS[node.attr])
        # groups of people are looked at with fairlearn
        if isinstance(node, ast.keyword) and node.arg == "sensitive":
            found |= required(PACKAGE / "checks" / "_check_teacher.py")
    return found - set(sys.stdlib_module_names)


def lacking(there: set[str]) -> dict[Path, set[str]]:
    """Return, for each notebook, what it needs and is not there; nothing: it can run."""
    return {path: needs(path) - there for path in NOTEBOOKS}


def modules_of(lock: Path) -> set[str]:
    """Return the modules that a Pyodide has built: ``pyodide-lock.json`` lists them."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"].values()
    return {name.partition(".")[0] for package in packages for name in package["imports"]}


def distributions(modules: set[str]) -> list[str]:
    """Return what pip is asked for to get some modules: ``interpret`` comes with interpret-core.

    Names are read from what is installed here; what is not is asked for by its module's name.
    """
    known = packages_distributions()
    return sorted({min(known.get(name, [name])) for name in modules})


def first_cell(notebook: Path) -> list[str]:
    """Return the lines of the cell that makes a notebook run in a browser.

    A kernel finds by itself what its cells import, not what that leads to. And it looks for every
    module in the folder of files first, which it has to ask the page for: milliseconds each.
    """
    asked = ["jupyter-distill", *distributions(needs(notebook) - ALONG)]
    return [
        f"%pip install -q {' '.join(asked)}\n",
        "import sys\n",
        "\n",
        'sys.path.sort(key=lambda folder: folder == "")  # files here last: to look takes long',
    ]
