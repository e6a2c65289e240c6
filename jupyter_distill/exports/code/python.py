"""A student as Python source: the standard library is all that it needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._python_source import Source
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.reading import Answers, Form

SUFFIX = ".py"


def write(form: Form, about: About) -> str:
    """Return a module of source text with ``predict(row)`` and what stands behind it."""
    return Source(form, about.head).text()


def check(content: str, form: Form, cells: Cells) -> Checked:
    """Run the source on every row."""
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(content, "<exported>", "exec"), space)
    used = form.used
    columns = [cells.column(j) for j in used]
    names = [form.columns[j].name for j in used]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    said = [space["predict"](row) for row in rows]
    if not form.classes:
        return Checked(Answers(None, np.array(said, dtype=np.float64)[:, None]), "Python")
    mixes = [space["predict_proba"](row) for row in rows]
    numbers = np.array([[mix[c] for c in form.classes] for mix in mixes])
    return Checked(Answers(_places(form, said), numbers), "Python")


def _places(form: Form, said: list[Any]) -> Any:
    """Return the places of labels; -1 for what is none."""
    place = {(type(c), c): k for k, c in enumerate(form.classes)}
    return np.array([place.get((type(label), label), -1) for label in said], dtype=np.intp)
