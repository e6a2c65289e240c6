"""Columns with something said of each: ``income +, debt -``, ``age any, postcode unused``."""

from __future__ import annotations

from typing import Any

from jupyter_distill.magics._expressions import Scope, evaluate, is_named
from jupyter_distill.magics._readers import parts, unread

SIGNS = ("+", "-")
EXPECTED = ("+", "-", "unused", "used", "any", "max")


def directions(said: str, scope: Scope) -> Any:
    """Read columns and their directions: ``income +, debt -``."""
    if said[:1] == "{" or is_named(said, scope.namespace):
        return evaluate(said, scope.namespace)
    read: dict[str, str] = {}
    for part in parts(said):
        if part[-1] not in SIGNS or not part[:-1].strip():
            raise unread("columns with + or - behind, like 'income +, debt -'", part)
        read[_once(part[:-1].strip(), read)] = part[-1]
    return read


def expectations(said: str, scope: Scope) -> Any:
    """Read columns and what is expected of each: ``income +, age any, postcode unused``."""
    if said[:1] == "{" or is_named(said, scope.namespace):
        return evaluate(said, scope.namespace)
    read: dict[str, Any] = {}
    for part in parts(said):
        column, _, want = part.rpartition(" ")
        column, share = column.strip(), None
        if column.endswith(" max") and _is_number(want):
            column, want, share = column.removesuffix(" max").strip(), "max", float(want)
        elif part[-1] in SIGNS:
            column, want = part[:-1].strip(), part[-1]
        if not column or want not in EXPECTED or (want == "max" and share is None):
            behind = "+, -, unused, used, any or max 0.1"
            raise unread(f"columns with {behind} behind, like 'income +, sex any'", part)
        wanted = {"max": {"max_share": share}, "any": None}.get(want, want)
        read[_once(column, read)] = wanted
    return read


def _once(column: str, read: dict[str, Any]) -> str:
    if column in read:
        raise unread("each column once", column)
    return column


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
