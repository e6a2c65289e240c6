"""Versions of the packages that are installed, and of this one."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

OWN = "jupyter-distill"
ABSENT = "not installed"


def own() -> str:
    """Return the version of the code that runs, also where it runs from a folder."""
    return str(import_module(__name__.partition(".")[0]).__version__)


def installed(name: str) -> str | None:
    """Return the version of a package; None where it is not installed."""
    if name == OWN:
        return own()
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def versions(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of some packages, to be written down."""
    return {name: installed(name) or ABSENT for name in names}
