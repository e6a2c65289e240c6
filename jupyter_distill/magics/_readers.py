"""How the values of options are read: words, numbers, columns, or expressions of the notebook."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jupyter_distill._families import families
from jupyter_distill._optional import is_a
from jupyter_distill._validation import did_you_mean
from jupyter_distill.magics._expressions import Scope, Unread, evaluate, is_known, is_named

Reader = Callable[[str, Scope], Any]


def unread(what: str, text: str, choices: Iterable[str] = ()) -> Unread:
    """Return the error of a value that cannot be read."""
    return Unread(f"expected {what}. Got {str(text)!r}.{did_you_mean(text, choices)}")


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def parts(text: str) -> list[str]:
    """Cut ``a, b`` into its parts."""
    return [part.strip() for part in text.split(",") if part.strip()]


def text(said: str, scope: Scope) -> str:
    """Take a value as it is."""
    return str(said)


def expression(said: str, scope: Scope) -> Any:
    """Evaluate a name or an expression."""
    return evaluate(said, scope.namespace)


def or_variable(read: Reader) -> Reader:
    """Let an expression of the notebook's variables stand for what is read otherwise."""

    def reading(said: str, scope: Scope) -> Any:
        try:
            return read(said, scope)
        except Unread:
            if not is_named(said, scope.namespace):
                raise
            return evaluate(said, scope.namespace)

    return reading


def number(kind: type, *words: str, several: bool = False) -> Reader:
    """Return a reader of a number, or of one of a few words; ``none`` is None.

    Parameters
    ----------
    kind : {int, float}
        What kind of number.
    *words : str
        What may stand in its place.
    several : bool
        Whether it may be several, ``0.5, 1, 2``: then a tuple.
    """
    one = f"a{' whole' if kind is int else ''} number"
    what = " or ".join([one, *(["several, like 0.5,1,2"] if several else []), *words])

    def read(said: str, scope: Scope) -> Any:
        if said in words:
            return None if said == "none" else str(said)
        inner = said[1:-1] if several and said[:1] + said[-1:] in ("()", "[]") else said
        try:
            found = [kind(part) for part in (parts(inner) if several else [said])]
        except ValueError:
            raise unread(what, said, words) from None
        if not found:
            raise unread(what, said)
        return found[0] if len(found) == 1 and inner == said else tuple(found)

    return or_variable(read)


def yes_or_no(said: str, scope: Scope) -> Any:
    """Read True or False."""
    known = {"true": True, "yes": True, "false": False, "no": False}
    if said.lower() not in known:
        raise unread("True or False", said, ("True", "False"))
    return known[said.lower()]


def word(*words: str) -> Reader:
    """Return a reader of one of a few words."""

    def read(said: str, scope: Scope) -> Any:
        if said in words:
            return None if said == "none" else str(said)
        raise unread(_listed(words), said, words)

    return or_variable(read)


def words(*known: str) -> Reader:
    """Return a reader of one or several of a few words; ``none`` is None."""

    def read(said: str, scope: Scope) -> Any:
        if said == "none" and "none" in known:
            return None
        found = parts(said)
        wrong = [one for one in found if one not in known or one == "none"]
        if wrong or not found:
            raise unread(_listed(known), next(iter(wrong), said), known)
        return found if len(found) > 1 else found[0]

    return or_variable(read)


def several_words(*known: str) -> Reader:
    """Return a reader of a list of a few words, also where it is one."""
    read = words(*known)

    def reading(said: str, scope: Scope) -> Any:
        found = read(said, scope)
        return [found] if isinstance(found, str) else found

    return reading


def value(said: str, scope: Scope) -> Any:
    """Read a class by its name, a Python value, a variable, or else the text as it is."""
    named = [one for one in scope.classes if str(one) == said]
    if named:
        return named[0]
    try:
        return ast.literal_eval(said.strip())
    except (ValueError, SyntaxError):
        return evaluate(said, scope.namespace) if is_named(said, scope.namespace) else str(said)


def values(said: str, scope: Scope) -> Any:
    """Read one of these, or a list of names."""
    if "," in said and not is_known(said, scope.namespace):
        return [value(part, scope) for part in parts(said)]
    return value(said, scope)


def columns(said: str, scope: Scope) -> Any:
    """Read names of columns, or an expression where they are none."""
    if said.strip() in scope.columns:
        return [said.strip()]
    found = parts(said)
    if not set(found) <= set(scope.columns) and is_known(said, scope.namespace):
        named = evaluate(said, scope.namespace)
        return [named] if isinstance(named, str) else named
    return found


def students(said: str, scope: Scope) -> Any:
    """Read families of students, ``auto``, or an expression that gives a student."""
    if said == "auto":
        return "auto"
    known = [*families()]
    found = parts(said)
    if found and set(found) <= set(known):
        return found if len(found) > 1 else found[0]
    if is_named(said, scope.namespace):
        return evaluate(said, scope.namespace)
    wrong = next((one for one in found if one not in known), said)
    raise unread(_listed([*known, "auto"]), wrong, [*known, "auto"])


def assistants(said: str, scope: Scope) -> Any:
    """Read who may stand between teacher and student."""
    return None if said == "none" else students(said, scope)


def folder(said: str, scope: Scope) -> Any:
    """Read a folder, or a variable that holds a store."""
    if said == "none":
        return None
    held = scope.namespace.get(said)
    if is_a(held, "jupyter_distill.targets.store", "Store"):
        return held
    return os.path.expanduser(said)


def region(said: str, scope: Scope) -> Any:
    """Read the number of a region, a variable that holds one, or its rule."""
    name = said.strip()
    if name.isidentifier() and name in scope.namespace:
        return scope.namespace[name]
    return int(name) if name.isdecimal() else str(said)
