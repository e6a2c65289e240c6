"""One file per family of student; the file's name is what a user types."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from jupyter_distill._validation import check_choice
from jupyter_distill.students._base import Student

__all__ = ["Student", "load", "names"]


def names() -> list[str]:
    """Return the families that there are, e.g. ``["tree"]``."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(name: str) -> type[Student]:
    """Return the class of a family, importing only that file.

    Raises
    ------
    ValueError
        If there is no such family; the message lists them.
    """
    module = import_module(f"{__name__}.{check_choice('student', name, names())}")
    found: type[Student] = getattr(module, f"{name.capitalize()}Student")
    return found
