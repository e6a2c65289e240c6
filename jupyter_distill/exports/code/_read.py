"""The form of a fitted student whose labels and categories every format can hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from jupyter_distill._classes import as_python
from jupyter_distill._validation import expected, some
from jupyter_distill.data import Column
from jupyter_distill.reading import Form, Value, body_of
from jupyter_distill.students import Student, family_of, names


def form_of(student: Any) -> Form:
    """Return the form of a fitted student.

    Raises
    ------
    TypeError
        If it is no student of one of the families, or a class or category is neither text nor a
        number nor a boolean.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    family = family_of(type(student)) if isinstance(student, Student) else None
    if family is None:
        raise TypeError(
            expected(
                f"a fitted student of one of the families {some(names(), 20)}",
                got=f"{type(student).__name__}",
                remedy="A distillation is exported by its own method: d.export(format).",
            )
        )
    check_is_fitted(student)
    body = body_of(student)
    if body is None:
        raise TypeError(
            expected("a student of a family whose parts are known", got=type(student).__name__)
        )
    classes = getattr(student, "classes_", None)
    form = Form(
        family=family,
        title=student.title_,
        columns=student.columns_,
        classes=() if classes is None else tuple(_plain("class", c) for c in classes),
        body=body,
    )
    for j in form.used:
        column = form.columns[j]
        for category in column.categories:
            _plain(f"category of column {column.name!r}", category)
    return form


def _plain(what: str, value: object) -> Value:
    """Return a label or category as Python has it."""
    value = as_python(value)
    if type(value) in (str, bool, int) or (isinstance(value, float) and np.isfinite(value)):
        return value  # type: ignore[return-value]
    raise TypeError(
        expected(
            f"each {what} to be text, a number or a boolean, which all formats can hold",
            got=f"{value!r} ({type(value).__name__})",
            remedy="Turn them into text before distilling.",
        )
    )


def categories(column: Column) -> tuple[Value, ...]:
    """Return the categories of a column as Python has them."""
    return tuple(_plain(f"category of column {column.name!r}", c) for c in column.categories)
