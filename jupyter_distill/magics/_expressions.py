"""Words turned into the objects that they name in the notebook."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from IPython.core.error import UsageError

from jupyter_distill._validation import did_you_mean


class Unread(ValueError):
    """An option's value that cannot be read; the message says what was expected."""


@dataclass(frozen=True)
class Scope:
    """What a word on a line may stand for.

    Attributes
    ----------
    namespace : mapping
        The variables of the notebook, and of the function that calls the magic.
    columns : tuple of str
        The columns of the rows that the line speaks of.
    classes : tuple
        The classes that the teacher names.
    """

    namespace: Mapping[str, Any]
    columns: tuple[str, ...] = ()
    classes: tuple[Any, ...] = ()


def evaluate(word: str, namespace: Mapping[str, Any]) -> Any:
    """Return what a name or expression stands for in the notebook.

    Raises
    ------
    UsageError
        If it is no Python expression or names no variable. What an expression raises by itself,
        a missing column say, passes as it is.
    """
    try:
        code = compile(word.strip(), "<magic>", "eval")
    except (SyntaxError, ValueError) as error:  # ValueError: a null byte
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise UsageError(f"Expected a name or an expression. Got {str(word)!r}: {why}.") from None
    try:
        return eval(code, dict(namespace))
    except NameError as error:
        inside = error.__traceback__.tb_next if error.__traceback__ else None
        if inside is not None and inside.tb_next is not None:
            raise  # in a function that the expression calls: its own traceback says more
        name = error.name or str(word)
        choices = [choice for choice in namespace if not choice.startswith("_")]
        alike = next((one for one in choices if one.casefold() == name.casefold()), None)
        hint = f' Did you mean "{alike}"?' if alike else did_you_mean(name, choices)
        raise UsageError(f"There is no variable {name!r} in this notebook.{hint}") from None


def is_known(word: str, namespace: Mapping[str, Any]) -> bool:
    """Say whether it is an expression all of whose names are known in the notebook."""
    try:
        tree = ast.parse(word.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return all(
        node.id in namespace or node.id in bound or hasattr(builtins, node.id) for node in names
    )


def is_named(word: str, namespace: Mapping[str, Any]) -> bool:
    """Say whether it is a known expression of at least one variable: ``sizes[0]``, not ``8``."""
    return is_known(word, namespace) and any(
        isinstance(node, ast.Name) and node.id in namespace
        for node in ast.walk(ast.parse(word.strip(), mode="eval"))
    )
