"""Rows and truth of a line: the truth may be the name of a column of the rows."""

from __future__ import annotations

import os
from typing import Any

from jupyter_distill._optional import is_a
from jupyter_distill._variables import columns
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._expressions import evaluate, is_known


def rows_and_truth(asked: Asked) -> tuple[Any, Any]:
    """Return X and y; a column of X that is named as y is taken out of X.

    A variable goes before a column of the same name. Where rows are not in memory, the name
    itself is what is needed.
    """
    X, word = asked.place("X"), asked.given.places.get("y")
    if word is None:
        return X, None
    known = is_known(word, asked.namespace)
    if not known and (isinstance(X, str | os.PathLike) or hasattr(X, "to_delayed")):
        return X, str(word)
    if known or word not in columns(X) or is_a(X, "numpy", "ndarray"):
        return X, evaluate(word, asked.namespace)

    import narwhals.stable.v1 as nw

    frame = nw.from_native(X, eager_only=True)
    return frame.drop(word).to_native(), frame[word].to_native()
