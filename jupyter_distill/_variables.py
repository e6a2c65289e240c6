"""Which of a person's variables may be a teacher, rows, a truth or a distillation.

Asked whenever a key is pressed: nothing is imported, no property of anybody's object is run, and
nothing but the types of the values is looked at.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Mapping
from functools import cache
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from jupyter_distill._optional import loaded

_ANSWERS = ("predict_proba", "decision_function", "predict")
_FRAMES = {"DataFrame", "LazyFrame"}
_SERIES = {"Series", "Index", "ExtensionArray", "Array", "ChunkedArray"}
_LIBRARIES = {"pandas", "polars", "pyarrow", "dask", "dask_expr", "modin", "cudf"}


def own(shell: Any) -> dict[str, Any]:
    """Return what the user has named: no modules, no classes, nothing of IPython's."""
    hidden = shell.user_ns_hidden
    return {
        name: value
        for name, value in list(shell.user_ns.items())
        if name[:1] != "_"
        and name not in hidden
        and not issubclass(type(value), (ModuleType, type))
    }


def fitting(named: Mapping[str, Any], place: str) -> list[str]:
    """Return the names of those variables that may stand in a place, in order.

    Thousands of variables are of a few types: what a type says is asked of it once.
    """
    looks = _Looks()
    return sorted(name for name, value in named.items() if _FITS[place](value, looks))


def fits(value: object, place: str) -> bool:
    """Say whether a variable may stand in a place.

    Parameters
    ----------
    value : object
        What the variable holds.
    place : {"teacher", "X", "y", "distillation"}
        Where it would stand.
    """
    return _FITS[place](value, _Looks())


def distillations(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return the distillations of a namespace by their names."""
    module = loaded("jupyter_distill.distillation")
    made: Any = getattr(module, "Distillation", None)
    if made is None:  # then nobody can have one
        return {}
    # by type(): isinstance would ask the user's own proxies for their class
    kept = list(namespace.items())
    return {name: value for name, value in kept if issubclass(type(value), made)}


def columns(value: object) -> list[str]:
    """Return the names of the columns of rows, or nothing where to ask for them may cost."""
    frame: Any = value
    kinds = _kinds(type(value))
    if ("pyarrow", "Table") in kinds:
        return [str(name) for name in frame.column_names]
    if any(root in _LIBRARIES and name == "DataFrame" for root, name in kinds):
        return [str(name) for name in frame.columns]
    if ("numpy", "ndarray") in kinds and len(frame.shape) == 2:
        return [f"x{j}" for j in range(frame.shape[1])]
    return []


class _Look:
    """What there is to know of a type, without running anything of it."""

    def __init__(self, kind: type) -> None:
        line = [vars(one) for one in kind.__mro__]
        self.kinds = _kinds(kind)
        self.holds = type.__getattribute__(kind, "__dictoffset__") != 0  # attributes of its own
        self.function = issubclass(kind, BuiltinFunctionType | FunctionType)
        self.python = issubclass(kind, FunctionType)
        self.list, self.tuple = kind is list, kind is tuple
        self.array = ("numpy", "ndarray") in self.kinds
        self.answers = ("torch", "Module") in self.kinds or any(
            name in held for held in line for name in _ANSWERS
        )
        self.called = any("__call__" in held for held in line)
        self.fitted = any("fit" in held for held in line)
        self.frame = bool(
            self.list  # of lists, or of files
            or self.kinds & {("pyarrow", "Table"), ("pyarrow", "Dataset")}
            or any(name in _FRAMES for _, name in self.kinds)
        )
        self.truth = (
            self.list
            or self.tuple
            or any(name in _SERIES and root in _LIBRARIES for root, name in self.kinds)
        )


class _Looks:
    """Looks at types, by identity: a type's own ``__eq__`` and ``__hash__`` are not asked.

    They are kept while one question is answered and no longer, as a class may get a method later.
    """

    def __init__(self) -> None:
        self._found: dict[int, tuple[type, _Look]] = {}

    def of(self, value: object) -> _Look:
        kind = type(value)
        found = self._found.get(id(kind))
        if found is None:
            found = self._found[id(kind)] = (kind, _Look(kind))
        return found[1]


def _is_teacher(value: object, looks: _Looks) -> bool:
    look = looks.of(value)
    if look.answers:
        return True
    held = _held(value) if look.holds else {}
    if held and not held.keys().isdisjoint(_ANSWERS):
        return True
    if look.function:
        return look.python and not _installed(str(value.__module__))
    return look.called and not look.fitted and "fit" not in held


def _is_frame(value: object, looks: _Looks) -> bool:
    look = looks.of(value)
    return len(getattr(value, "shape", ())) == 2 if look.array else look.frame


def _is_truth(value: object, looks: _Looks) -> bool:
    look = looks.of(value)
    return len(getattr(value, "shape", ())) == 1 if look.array else look.truth


_FITS: Mapping[str, Callable[[object, _Looks], bool]] = {
    "teacher": _is_teacher,
    "X": _is_frame,
    "y": _is_truth,
    "distillation": lambda value, _: bool(distillations({"": value})),
}


def _kinds(kind: type) -> frozenset[tuple[str, str]]:
    """Return the classes of a type as (package, name)."""
    return frozenset((str(one.__module__).partition(".")[0], one.__name__) for one in kind.__mro__)


def _held(value: object) -> Mapping[str, Any]:
    """Return what an object holds itself, without running a property or ``__getattr__``."""
    held = object.__getattribute__(value, "__dict__")
    return held if type(held) is dict else {}


@cache
def _installed(module: str) -> bool:
    """Say whether a function of this module came with a package, or with Python."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if module == "__main__" or not isinstance(file, str):
        return module in sys.builtin_module_names
    places = {sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")}
    return any(place and file.startswith(place) for place in places)
