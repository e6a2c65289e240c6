"""Fingerprints: what tells one model, or one set of rows, from another."""

from __future__ import annotations

import builtins
import functools
import hashlib
import sys
import sysconfig
import threading
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from joblib.hashing import NumpyHasher

from jupyter_distill._optional import loaded
from jupyter_distill.teachers._fingerprint_networks import network, tensor

# They hold what waits for whom, and say nothing of an answer.
WAITING = (type(threading.Lock()), type(threading.RLock()), threading.local, threading.Condition)
CACHED: Any = type(functools.lru_cache(None)(lambda: None))
# What Python itself puts into a class.
GIVEN = frozenset(
    "__module__ __doc__ __dict__ __weakref__ __annotations__ __annotations_cache__ "
    "__annotate_func__ __firstlineno__ __static_attributes__ __abstractmethods__ _abc_impl "
    "__dataclass_fields__ __dataclass_params__ __match_args__ __orig_bases__ __parameters__ "
    "__qualname__".split()
)


def digest(value: Any) -> str:
    """Return the hash of what a value holds, 32 hexadecimal digits, alike in every process.

    Functions, wherever in the value, are hashed by their code, their defaults, what they close
    over, what they wrap, and the globals that they name (a model that was trained anew under the
    same name is another one); objects by their state and the code of their class; networks by
    layers, weights, buffers, plain attributes and the code of their classes; everything else as
    joblib hashes it. Of what belongs to Python or an installed package the globals and classes
    are not followed: these are told by name and version.

    Raises
    ------
    Exception
        Whatever pickling the value raises.
    """
    return str(_Hasher().hash(value))


def digest_file(path: Any) -> str:
    """Return the hash of a file's bytes, 32 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


class _Hasher(NumpyHasher):  # type: ignore[misc]
    """The hash of joblib, which takes functions and classes by name, and sets as they come."""

    def __init__(self, met: dict[int, tuple[int, Any]] | None = None) -> None:
        super().__init__()
        # by id, which is of no other as long as the value is kept here
        self._met = {} if met is None else dict(met)

    def save(self, obj: Any) -> None:
        """Hash a value, or what it comes down to."""
        super().save(self._plain(obj))

    def memoize(self, obj: Any) -> None:
        """Remember what was hashed, but for tuples: whether equal ones are the same varies."""
        if not isinstance(obj, tuple):
            super().memoize(obj)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, set | frozenset):
            each = sorted(str(_Hasher(self._met).hash(one)) for one in value)
            return [type(value).__name__, each]
        if isinstance(value, CodeType):
            return _code(value)
        if isinstance(value, ModuleType):
            return ["module", value.__name__]
        if isinstance(value, MethodType):
            return ["method", value.__func__, value.__self__]
        if isinstance(value, WAITING):
            return ["waiting", type(value).__name__]
        if isinstance(value, CACHED):  # what it has remembered decides nothing
            return ["cached", value.__wrapped__]
        if isinstance(value, FunctionType):
            return self._once(value, _function)
        if isinstance(value, type):
            return self._once(value, _class)
        torch: Any = loaded("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return tensor(value, torch)
        if torch is not None and isinstance(value, torch.nn.Module):
            return self._once(value, network)
        if isinstance(value, np.ndarray) and not value.flags.forc:
            return value.copy(order="C")  # as it is when it was stored and read
        return value

    def _once(self, value: Any, hashed: Any) -> Any:
        """Return what a value comes down to; where it is met again, which one it was."""
        if id(value) in self._met:
            return ["met", self._met[id(value)][0]]
        self._met[id(value)] = len(self._met), value
        return hashed(value)


def _function(value: FunctionType) -> Any:
    cells = zip(value.__code__.co_freevars, value.__closure__ or (), strict=True)
    closed = {name: cell.cell_contents for name, cell in cells if _is_filled(cell)}
    wrapped = value.__dict__.get("__wrapped__")
    told = [value.__code__, value.__defaults__, value.__kwdefaults__, closed, wrapped]
    file = value.__code__.co_filename
    if file.startswith("<"):  # generated, by whom its globals tell
        file = str(value.__globals__.get("__file__", file))
    if _is_installed(file):
        return [
            "installed",
            value.__module__,
            value.__qualname__,
            _version(value.__globals__),
            told,
        ]
    named = sorted(_names(value.__code__))
    known = {n: value.__globals__[n] for n in named if n in value.__globals__}
    known = {n: v for n, v in known.items() if getattr(builtins, n, None) is not v}
    modules = {n: v for n, v in known.items() if isinstance(v, ModuleType) and _is_own(v)}
    through = {n: {a: vars(v)[a] for a in named if a in vars(v)} for n, v in modules.items()}
    return ["function", told, known, through]


def _class(value: type) -> Any:
    module = sys.modules.get(value.__module__)
    name = [value.__module__, value.__qualname__]
    if module is not None and not _is_own(module):
        return ["installed", *name, _version(vars(module))]
    body = {n: _attribute(v) for n, v in vars(value).items() if n not in GIVEN}
    return ["class", *name, value.__bases__, body]


def _attribute(value: Any) -> Any:
    """Return what an attribute of a class does, without what Python keeps beside it."""
    if isinstance(value, staticmethod | classmethod):
        return [type(value).__name__, value.__func__]
    if isinstance(value, property):
        return ["property", value.fget, value.fset, value.fdel]
    if isinstance(value, functools.cached_property):
        return ["cached property", value.func]
    if type(value).__name__ == "member_descriptor":  # a slot
        return ["slot", value.__name__]
    return value


def _is_own(module: ModuleType) -> bool:
    """Whether a module is its owner's to change; a notebook has no file."""
    file = getattr(module, "__file__", None)
    if file is None:
        return module.__name__ == "__main__"
    return not _is_installed(str(file))


@functools.cache
def _is_installed(file: str) -> bool:
    """Whether a file belongs to Python or to a package, whose parts are not its owner's."""
    if file.startswith("<frozen ") or "site-packages" in file or "dist-packages" in file:
        return True
    return file.startswith((sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")))


def _version(known: dict[str, Any]) -> str:
    """Return the version of the package that a module with these globals belongs to."""
    package = sys.modules.get(str(known.get("__name__", "")).partition(".")[0])
    return str(getattr(package, "__version__", ""))


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - an empty one raises
    except ValueError:
        return False
    return True


def _names(code: CodeType) -> set[str]:
    inner = (c for c in code.co_consts if isinstance(c, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _code(code: CodeType) -> Any:
    """Return all that code does, without places in files."""
    takes = [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags]
    local = [code.co_varnames, code.co_freevars, code.co_cellvars]
    return [
        "code",
        code.co_code,
        code.co_exceptiontable,
        code.co_names,
        code.co_consts,
        takes,
        local,
    ]
