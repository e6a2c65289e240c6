"""Which families of students there are, and what each is: read from their files, none imported."""

from __future__ import annotations

import ast
import pkgutil
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from jupyter_distill._optional import loaded

_FOLDER = str(Path(__file__).parent / "students")


def families() -> dict[str, str]:
    """Return what people type for each family, and what it is: the first words of its file."""
    package: Any = loaded(f"{__package__}.students")
    found = pkgutil.iter_modules(package.__path__ if package else [_FOLDER])
    return {one.name: _said(one) for one in sorted(found, key=_name) if one.name[0] != "_"}


_name = attrgetter("name")


@cache
def _said(module: pkgutil.ModuleInfo) -> str:
    """Return its docstring up to the first colon: a sparse linear model."""
    finder: Any = module.module_finder
    source = finder.find_spec(module.name).loader.get_source(module.name)
    docstring = ast.get_docstring(ast.parse(source or "")) or ""
    return docstring.partition("\n")[0].partition(":")[0].rstrip(".")
