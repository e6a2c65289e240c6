"""Fingerprints: what tells one model, or one set of rows, from another."""

from __future__ import annotations

import builtins
import functools
import hashlib
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import joblib

from jupyter_distill._optional import loaded


def digest(value: Any) -> str:
    """Return the hash of what a value holds, 32 hexadecimal digits, alike in every process.

    Functions are hashed by their code, their defaults, what they close over and the globals that
    they name (a model that was trained anew under the same name is another one); networks by
    their layers and weights; everything else as joblib hashes it.

    Raises
    ------
    Exception
        Whatever pickling the value raises.
    """
    return str(joblib.hash(_plain(value, ())))


def digest_file(path: Any) -> str:
    """Return the hash of a file's bytes, 32 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _plain(value: Any, within: tuple[int, ...]) -> Any:
    """Return a value as what can be hashed; `within` are the functions it is a part of."""
    if isinstance(value, tuple | list):
        return [_plain(one, within) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one, within) for name, one in value.items()}
    if isinstance(value, ModuleType):
        return ["module", value.__name__]
    if isinstance(value, MethodType):
        return ["method", _plain(value.__func__, within), _plain(value.__self__, within)]
    if isinstance(value, functools.partial):
        return ["partial", _plain([value.func, value.args, value.keywords], within)]
    if isinstance(value, FunctionType):
        return _function(value, within)
    torch: Any = loaded("torch")
    if torch is not None and isinstance(value, torch.nn.Module):
        return _network(value, torch)
    return value


def _function(value: FunctionType, within: tuple[int, ...]) -> Any:
    if id(value) in within:
        return ["itself", within.index(id(value))]
    within = (*within, id(value))
    if _is_installed(value):
        return ["function", value.__module__, value.__qualname__]
    named = _names(value.__code__)
    known = {n: value.__globals__[n] for n in sorted(named) if n in value.__globals__}
    known = {n: v for n, v in known.items() if getattr(builtins, n, None) is not v}
    cells = dict(zip(value.__code__.co_freevars, value.__closure__ or (), strict=True))
    closed = {n: c.cell_contents for n, c in cells.items() if _is_filled(c)}
    beside = [value.__defaults__, value.__kwdefaults__, closed, known]
    return ["function", _code(value.__code__), _plain(beside, within)]


def _is_installed(value: FunctionType) -> bool:
    """Whether a function belongs to a package, whose parts are not its owner's to change."""
    return "site-packages" in value.__code__.co_filename


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
    """Return bytecode, names and constants, without places in files."""
    constants = [_code(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    return [code.co_code, code.co_names, constants]


def _network(module: Any, torch: Any) -> Any:
    """Return layers and weights; a type that numpy does not know is read as its bytes."""
    tensors = {
        name: [str(t.dtype), tuple(t.shape), t.detach().cpu().contiguous().flatten()]
        for name, t in module.state_dict().items()
        if isinstance(t, torch.Tensor)
    }
    weights = {n: [d, s, t.view(torch.uint8).numpy()] for n, (d, s, t) in tensors.items()}
    return ["network", type(module).__module__, type(module).__qualname__, repr(module), weights]
