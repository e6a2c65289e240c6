"""Class names: one dimension, at least two, each once; and labels as Python has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected, some


def check_classes(classes: Any) -> NDArray[Any]:
    """Return class names as an array, in the given order, or say what is wrong with them."""
    if isinstance(classes, (str, bytes)) or not hasattr(classes, "__iter__"):
        raise TypeError(expected("classes to be a sequence of class names", got=f"{classes!r}"))
    if isinstance(classes, np.ndarray):
        array = classes.copy()
    else:
        items = list(classes)
        same = len({type(item) for item in items}) == 1
        array = np.asarray(items) if same else np.array([*items, None], dtype=object)[:-1]
    if array.ndim != 1 or array.shape[0] < 2:
        raise Refusal(
            expected(
                "classes to be one row of at least two class names", got=f"shape {array.shape}"
            )
        )
    values = array.tolist()
    twice = [value for value in dict.fromkeys(values) if values.count(value) > 1]
    if twice:
        raise Refusal(
            expected("each class name once", got=f"{some(twice)} more than once in {some(values)}")
        )
    if any(value is None or value != value for value in values):
        raise Refusal(expected("class names without missing values", got=some(values)))
    array.setflags(write=False)
    return array


def as_python(value: Any) -> Any:
    """Return a label or cell as Python has it: a NumPy number becomes a number."""
    return value.item() if isinstance(value, np.generic) else value
