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

PLACES = ("teacher", "X", "y", "distillation")
_ANSWERS = ("predict_proba", "decision_function", "predict")
_FRAMES = {"DataFrame", "LazyFrame"}
_SERIES = {"Series", "Index", "ExtensionArray", "Array", "ChunkedArray"}
_LIBRARIES = {"pandas", "polars", "pyarrow", "dask", "dask_expr", "modin", "cudf"}


def own(shell: Any) -> dict[str, Any]:
    """Return what the user has named: no modules, no classes, nothing of IPython's."""
    return {
        name: value
        for name, value in list(shell.user_ns.items())
        if not name.startswith("_")
        and name not in shell.user_ns_hidden
        and not issubclass(type(value), (ModuleType, type))
    }


def fits(value: object, place: str) -> bool:
    """Say whether a variable may stand in a place.

    Parameters
    ----------
    value : object
        What the variable holds.
    place : {"teacher", "X", "y", "distillation"}
        Where it would stand.
    """
    return _FITS[place](value)


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


def _is_teacher(value: object) -> bool:
    kind = type(value)
    if ("torch", "Module") in _kinds(kind) or any(_has(value, name) for name in _ANSWERS):
        return True
    if issubclass(kind, BuiltinFunctionType | FunctionType):
        return issubclass(kind, FunctionType) and not _installed(str(value.__module__))
    return _has_in_class(kind, "__call__") and not _has(value, "fit")


def _is_frame(value: object) -> bool:
    kinds = _kinds(type(value))
    if ("numpy", "ndarray") in kinds:
        return len(getattr(value, "shape", ())) == 2
    # a list of lists, or of files
    return any(name in _FRAMES for _, name in kinds) or bool(
        kinds & {("pyarrow", "Table"), ("pyarrow", "Dataset")} or type(value) is list
    )


def _is_truth(value: object) -> bool:
    kinds = _kinds(type(value))
    if ("numpy", "ndarray") in kinds:
        return len(getattr(value, "shape", ())) == 1
    return type(value) in (list, tuple) or any(
        name in _SERIES and root in _LIBRARIES for root, name in kinds
    )


_FITS: Mapping[str, Callable[[object], bool]] = {
    "teacher": _is_teacher,
    "X": _is_frame,
    "y": _is_truth,
    "distillation": lambda value: bool(distillations({"": value})),
}


def _kinds(kind: type) -> frozenset[tuple[str, str]]:
    """Return the classes of a type as (package, name)."""
    return frozenset((str(one.__module__).partition(".")[0], one.__name__) for one in kind.__mro__)


def _has_in_class(kind: type, name: str) -> bool:
    return any(name in vars(one) for one in kind.__mro__)


def _has(value: object, name: str) -> bool:
    """Say whether it has an attribute, without running a property or ``__getattr__``."""
    if _has_in_class(type(value), name):
        return True
    try:
        return name in object.__getattribute__(value, "__dict__")
    except AttributeError:  # it has slots
        return False


@cache
def _installed(module: str) -> bool:
    """Say whether a function of this module came with a package, or with Python."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if module == "__main__" or not isinstance(file, str):
        return module in sys.builtin_module_names
    places = {sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")}
    return any(place and file.startswith(place) for place in places)
