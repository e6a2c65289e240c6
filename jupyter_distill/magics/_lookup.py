"""What a word that is being typed stands for, without evaluating it.

Only names, attributes that objects hold themselves, and items of plain dicts and lists are
followed: no property, no method and no ``__getattr__`` runs because a key was pressed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from inspect import getattr_static
from typing import Any

from jupyter_distill._variables import columns

_NOTHING = object()


def looked_up(text: str, namespace: Mapping[str, Any]) -> Any:
    """Return the object that a word names; None where it is not plain."""
    node = _parsed(text)
    found = _NOTHING if node is None else _value(node, namespace)
    return None if found is _NOTHING else found


def columns_of(text: str, namespace: Mapping[str, Any]) -> list[str]:
    """Return the columns of rows that a word names: ``X``, ``df[["age"]]``, ``X.head()``."""
    node = _parsed(text)
    return [] if node is None else _columns(node, namespace)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _columns(node: ast.expr, namespace: Mapping[str, Any]) -> list[str]:
    found = columns(_value(node, namespace))
    if found:
        return found
    if isinstance(node, ast.Subscript):
        base, picked = _columns(node.value, namespace), node.slice
        if base and isinstance(picked, ast.List):
            names = [one.value for one in picked.elts if isinstance(one, ast.Constant)]
            return [str(name) for name in names if str(name) in base]
        return base
    if isinstance(node, ast.Call):  # of a method of rows: those columns that it leaves, or all
        return _columns(node.func, namespace)
    return _columns(node.value, namespace) if isinstance(node, ast.Attribute) else []


def _value(node: ast.expr, namespace: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return namespace.get(node.id, _NOTHING)
    if isinstance(node, ast.Attribute):
        base = _value(node.value, namespace)
        if issubclass(type(base), dict) and dict.__contains__(base, node.attr):
            return dict.get(base, node.attr)  # as of the data sets of scikit-learn
        found = getattr_static(base, node.attr, _NOTHING)
        return _NOTHING if hasattr(type(found), "__get__") else found
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return _item(_value(node.value, namespace), node.slice.value)
    return _NOTHING


def _item(base: Any, key: Any) -> Any:
    if issubclass(type(base), dict):
        return dict.get(base, key, _NOTHING)
    if type(base) in (list, tuple) and type(key) is int and -len(base) <= key < len(base):
        return base[key]
    return _NOTHING
