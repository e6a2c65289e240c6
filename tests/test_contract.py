"""Each view is two halves, kernel and browser, that agree on what passes between them."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import anywidget
import pytest

import jupyter_distill

PACKAGE = Path(jupyter_distill.__file__).parent
JS = PACKAGE.parent / "js"
STEMS = sorted(p.stem for p in (PACKAGE / "widgets").glob("*.py") if not p.name.startswith("_"))

KEY = re.compile(r"^\s*(?:readonly )?(\w+)\??:", re.MULTILINE)


def without_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)


def without_nested(body: str) -> str:
    """Keep the outermost level: ``{a: {b: number}[]; c: X}`` has the keys a and c."""
    while (flat := re.sub(r"\{[^{}]*\}", "", body)) != body:
        body = flat
    return body


def interfaces(source: str) -> dict[str, tuple[list[str], set[str]]]:
    """Return the exported interfaces of a file: name -> (those it extends, its own keys)."""
    found = {}
    text = without_comments(source)
    for start in re.finditer(r"export interface (\w+)(?:\s+extends\s+([\w\s,]+?))?\s*\{", text):
        depth, end = 1, start.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        # one member a line, whatever the layout was
        body = without_nested(text[start.end() : end - 1]).replace(";", "\n")
        bases = [base.strip() for base in (start[2] or "").split(",") if base.strip()]
        found[start[1]] = (bases, set(KEY.findall(body)))
    return found


def keys_of(name: str, known: dict[str, tuple[list[str], set[str]]]) -> set[str]:
    bases, own = known[name]
    return own.union(*(keys_of(base, known) for base in bases))


def model_of(stem: str) -> set[str]:
    """Return the keys of the one ``...Model`` interface that js/widgets/<stem>.ts exports."""
    known: dict[str, tuple[list[str], set[str]]] = {}
    for path in [*(JS / "shared").glob("*.ts"), *(JS / "widgets").glob("*.ts")]:
        known |= interfaces(path.read_text())
    here = [n for n in interfaces((JS / "widgets" / f"{stem}.ts").read_text()) if "Model" in n]
    assert len(here) == 1, f"expected one exported interface ...Model in {stem}.ts, got {here}"
    return keys_of(here[0], known)


def widget_of(stem: str) -> type[anywidget.AnyWidget]:
    module = import_module(f"jupyter_distill.widgets.{stem}")
    here = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, anywidget.AnyWidget)
        and value.__module__ == module.__name__
    ]
    assert len(here) == 1, f"expected one widget in widgets/{stem}.py, got {here}"
    return here[0]


def test_there_are_views() -> None:
    assert STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_a_view_has_two_halves(stem: str) -> None:
    assert (JS / "widgets" / f"{stem}.ts").is_file()
    assert (PACKAGE / "static" / f"{stem}.js").is_file(), "not built: cd js && npm run build"


def test_no_half_is_alone() -> None:
    assert sorted(path.stem for path in (JS / "widgets").glob("*.ts")) == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_both_halves_name_the_same_state(stem: str) -> None:
    widget = widget_of(stem)
    inherited = set(anywidget.AnyWidget.class_traits(sync=True))
    synced = {name for name in widget.class_traits(sync=True) if not name.startswith("_")}
    assert model_of(stem) == synced - inherited


def test_interfaces_are_read() -> None:
    source = """
    export interface Base { live: boolean; error: string }
    /** A tree: { not: a key } */
    export interface TreeModel
      extends Base, Other {
      // node: commented out
      tree: { classes: string[]; left: Wire };
      readonly folded: number[];
      rows?: { id: number }[];
      on: (name: string, then: (now: number) => void) => void;
    }
    """
    known = interfaces(source)
    assert known["Base"] == ([], {"live", "error"})
    bases, own = known["TreeModel"]
    assert bases == ["Base", "Other"]
    assert own == {"tree", "folded", "rows", "on"}
