"""Rows and truth of a line: the truth may be the name of a column of the rows."""

from __future__ import annotations

import os
from typing import Any

from IPython.core.error import UsageError

from jupyter_distill._optional import is_a
from jupyter_distill._variables import columns, fits
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._expressions import is_known


def rows_and_truth(asked: Asked) -> tuple[Any, Any]:
    """Return X and y; a column of X that is named as y is taken out of X.

    A variable goes before a column of the same name. Where rows are not in memory, the name
    itself is what is needed.
    """
    X, word = asked.place("X"), asked.given.places.get("y")
    _in_order(asked, X)
    if word is None:
        return X, None
    known = is_known(word, asked.namespace)
    if not known and (isinstance(X, str | os.PathLike) or hasattr(X, "to_delayed")):
        return X, str(word)
    if known or word not in columns(X) or is_a(X, "numpy", "ndarray"):
        return X, asked.place("y")

    import narwhals.stable.v1 as nw

    frame = nw.from_native(X, eager_only=True)
    return frame.drop(word).to_native(), frame[word].to_native()


def _in_order(asked: Asked, X: Any) -> None:
    """Refuse words that each fit, but stand in each other's place."""
    teacher, word = asked.place("teacher"), asked.given.places.get("y")
    y = asked.place("y") if word and is_known(word, asked.namespace) else None
    first, second = (str(asked.given.places[name]) for name in ("teacher", "X"))
    after = f"%{asked.command.name}"
    if fits(teacher, "X") and fits(X, "teacher"):
        rest = f" {word}" if word else ""
        raise UsageError(f"The teacher comes first, then its rows: {after} {second} {first}{rest}")
    if fits(y, "X") and not fits(X, "X") and fits(X, "y"):
        raise UsageError(f"The rows come first, then their truth: {after} {first} {word} {second}")
    if fits(teacher, "X") and fits(y, "teacher"):
        rest = f"{first} {second}"
        raise UsageError(f"The teacher comes first, then rows and truth: {after} {word} {rest}")
