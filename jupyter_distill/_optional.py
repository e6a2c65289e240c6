"""Optional packages: imported when asked for, named with their extra when missing."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType


class Missing(ImportError):
    """An optional package that is not installed; the message says how it is."""


def require(module: str, *, extra: str, feature: str) -> ModuleType:
    """Import an optional package or say how to install it.

    Parameters
    ----------
    module : str
        Name of the module, e.g. ``"torch"``.
    extra : str
        The extra of jupyter-distill that brings it, e.g. ``"torch"``.
    feature : str
        What needs it, as the subject of the sentence, e.g. ``"Reading the loan book"``.

    Raises
    ------
    Missing
        An ImportError, if the package is missing; the message ends with the exact ``pip install``.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name != module.split(".")[0]:
            raise  # the package is there, something that it needs is not
        raise Missing(
            f"{feature} needs {module}, which is not installed. "
            f'Install it with: pip install "jupyter-distill[{extra}]"'
        ) from error


def no_views(error: ModuleNotFoundError) -> Missing:
    """Return what to say where what draws views is not there, though it should have come along."""
    return Missing(
        f"Views need {error.name}, which is not installed where this runs ({sys.prefix}). "
        "Install it with: pip install anywidget, then restart the kernel."
    )


def loaded(module: str) -> ModuleType | None:
    """Return a module that the user has imported already, without importing anything."""
    return sys.modules.get(module)


def is_a(value: object, module: str, name: str) -> bool:
    """Tell an instance of an optional package's class, without importing anything."""
    found = getattr(loaded(module), name, None)
    return isinstance(found, type) and isinstance(value, found)
