"""Records as JSON and back, by what their own annotations say.

The file names no class: which record stands where is said by the annotations of the package, so
that a file can give values and nothing else, and each is checked against the type of its field.
A new family of students is saved by what it annotates, without a line here.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np

from jupyter_distill.saving._parts import Read, Written
from jupyter_distill.saving._plain import array_from_plain, array_to_plain, from_plain, to_plain
from jupyter_distill.saving._refuse import Damaged, need, refuse
from jupyter_distill.students._net_weights import NetWeights

Encode = Callable[[Any, str, "Encoder"], Any]
Decode = Callable[[Any, str, "Decoder"], Any]

KINDS = {"b": "b", "i": "iu", "u": "iu", "f": "f"}  # what an array of a type may hold


@cache
def hints(kind: type) -> dict[str, Any]:
    """Return the annotations of a class and of those that it stands on, as types."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.partition(".")[0] == "jupyter_distill":
            # a named tuple keeps its annotations as references, which are not followed there
            references = {
                name: hint.__forward_arg__
                for name, hint in inspect.get_annotations(base).items()
                if isinstance(hint, typing.ForwardRef)
            }
            known = vars(sys.modules[base.__module__])
            found.update(inspect.get_annotations(base, eval_str=True))
            found.update({name: eval(text, known) for name, text in references.items()})
    return {n: hint for n, hint in found.items() if typing.get_origin(hint) is not ClassVar}


def names_of(kind: Any) -> list[str]:
    """Return the fields that a record is made of."""
    if is_dataclass(kind):
        return [one.name for one in fields(kind) if one.init]
    return list(kind._fields)  # of a named tuple


def is_record(kind: Any) -> bool:
    """Return whether a type is a record of fields with names."""
    named = isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")
    return named or (isinstance(kind, type) and is_dataclass(kind))


class Encoder:
    """Writes records down.

    Parameters
    ----------
    parts : Written
        Takes what does not stand in the JSON.
    own : mapping of type to callable
        How types are written that are no records.
    inline : bool
        Whether arrays stand in the JSON, however long.
    """

    def __init__(self, parts: Written, own: Mapping[Any, Encode], inline: bool = False) -> None:
        self.parts, self.own, self.inline = parts, own, inline

    def whole(self) -> Encoder:
        """Return one whose arrays stand in the JSON."""
        return Encoder(self.parts, self.own, True)

    def __call__(self, hint: Any, value: Any, where: str) -> Any:
        """Return a value as JSON can hold it."""
        own = self.own.get(hint)
        if own is not None:
            return own(value, where, self)
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin in (types.UnionType, typing.Union):
            if value is None:
                return None
            left = [one for one in inner if one is not type(None)]
            return self(left[0], value, where) if len(left) == 1 else to_plain(value)
        if origin is np.ndarray:
            return self._array(value)
        if origin in (tuple, Sequence, list):
            each = _each(inner, len(value))
            pairs = zip(each, value, strict=True)
            return [self(one, item, f"{where}.{i}") for i, (one, item) in enumerate(pairs)]
        if origin is frozenset:
            return [self(inner[0], item, where) for item in sorted(value)]
        if origin in (dict, Mapping):
            return [
                [self(inner[0], name, where), self(inner[1], item, f"{where}.{name}")]
                for name, item in value.items()
            ]
        if is_record(hint):
            return self.record(hint, value, where)
        return to_plain(value)

    def record(self, kind: Any, value: Any, where: str) -> dict[str, Any]:
        """Return the fields of a record by name."""
        if kind is NetWeights:
            return {name: self._weights(value, name, where) for name in names_of(kind)}
        of = hints(kind)
        return {n: self(of[n], getattr(value, n), f"{where}.{n}") for n in names_of(kind)}

    def _array(self, array: Any) -> Any:
        values = None if self.inline else self.parts.array(array)
        return array_to_plain(array, values)

    def _weights(self, net: Any, name: str, where: str) -> Any:
        array = getattr(net, name)
        return array_to_plain(array, self.parts.weights(f"{where}.{name}", array))


class Decoder:
    """Reads records, each value by the annotation of its field.

    Parameters
    ----------
    parts : Read
        Has what does not stand in the JSON.
    own : mapping of type to callable
        How types are read that are no records.
    """

    def __init__(self, parts: Read, own: Mapping[Any, Decode]) -> None:
        self.parts, self.own = parts, own

    def __call__(self, hint: Any, plain: Any, where: str) -> Any:
        """Return the value that was written down, or refuse what cannot have been."""
        own = self.own.get(hint)
        if own is not None:
            return own(plain, where, self)
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin in (types.UnionType, typing.Union):
            if plain is None:
                need(type(None) in inner, where, "a value", "none")
                return None
            left = [one for one in inner if one is not type(None)]
            return (
                self(left[0], plain, where) if len(left) == 1 else self._one_of(left, plain, where)
            )
        if origin is np.ndarray:
            return self._array(inner, plain, where)
        if origin in (tuple, Sequence, list, frozenset):
            return self._several(origin, inner, plain, where)
        if origin in (dict, Mapping):
            return self._mapping(inner, plain, where)
        if origin is typing.Literal:
            need(isinstance(plain, str) and plain in inner, where, f"one of {inner}", plain)
            return plain
        if is_record(hint):
            return self.record(hint, plain, where)
        return self._scalar(hint, from_plain(plain, where), where)

    def record(self, kind: Any, plain: Any, where: str) -> Any:
        """Return a record of fields that are all there, and no others."""
        names, of = names_of(kind), hints(kind)
        need(isinstance(plain, dict), where, f"the fields {', '.join(names)}", plain)
        need(set(plain) == set(names), where, f"the fields {', '.join(names)}", sorted(plain))
        values = {name: self(of[name], plain[name], f"{where}.{name}") for name in names}
        try:
            return kind(**values)
        except Damaged:
            raise
        except (TypeError, ValueError, IndexError) as error:  # what the record itself refuses
            raise refuse(where, f"a {kind.__name__}", str(error)) from error

    def _one_of(self, choices: list[Any], plain: Any, where: str) -> Any:
        value = from_plain(plain, where)
        fine = any(_is_a(value, one) for one in choices)
        need(fine, where, " or ".join(one.__name__ for one in choices), plain)
        return value

    def _array(self, inner: Any, plain: Any, where: str) -> Any:
        array = array_from_plain(plain, where, self.parts.values)
        (wanted,) = typing.get_args(inner[1])
        if wanted is not Any:
            kind = np.dtype(wanted).kind
            need(array.dtype.kind in KINDS[kind], where, f"{wanted.__name__}", array.dtype)
        return array

    def _several(self, origin: Any, inner: Any, plain: Any, where: str) -> Any:
        need(isinstance(plain, list), where, "a list", plain)
        each = _each(inner, len(plain)) if origin is tuple else [inner[0]] * len(plain)
        need(len(each) == len(plain), where, f"{len(each)} values", f"{len(plain)}")
        pairs = zip(each, plain, strict=True)
        found = [self(one, item, f"{where}.{i}") for i, (one, item) in enumerate(pairs)]
        if origin is frozenset:
            need(len(set(found)) == len(found), where, "each value once", found)
            return frozenset(found)
        return found if origin is list else tuple(found)

    def _mapping(self, inner: Any, plain: Any, where: str) -> dict[Any, Any]:
        pairs = isinstance(plain, list) and all(isinstance(p, list) and len(p) == 2 for p in plain)
        need(pairs, where, "pairs of names and values", plain)
        found: dict[Any, Any] = {}
        for name, item in plain:
            key = self(inner[0], name, where)
            need(key not in found, where, "each name once", key)
            found[key] = self(inner[1], item, f"{where}.{key}")
        return found

    def _scalar(self, hint: Any, value: Any, where: str) -> Any:
        if hint in (Any, object):
            return value
        need(_is_a(value, hint), where, getattr(hint, "__name__", str(hint)), value)
        return value


def _each(inner: Any, n: int) -> list[Any]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return [inner[0]] * n
    return list(inner) if len(inner) > 1 else [inner[0]] * n


_KINDS: dict[Any, Any] = {int: Integral, float: Real, bool: (bool, np.bool_), str: str}


def _is_a(value: Any, kind: Any) -> bool:
    if kind not in _KINDS:
        return False
    flag = isinstance(value, bool | np.bool_)
    return isinstance(value, _KINDS[kind]) and flag == (kind is bool)
