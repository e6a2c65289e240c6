"""Versions of the packages that are installed."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version


def installed(name: str) -> str | None:
    """Return the version of a package; None where it is not installed.

    Our own is not where it is run from a folder.
    """
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def versions(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of some packages, to be written down."""
    return {name: installed(name) or "not installed" for name in names}
