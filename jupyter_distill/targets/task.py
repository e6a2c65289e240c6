"""Classes or numbers: what the teacher says itself, else what its answers and y leave open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected, some
from jupyter_distill.teachers import Query, Task, Teacher, as_teacher

MANY = 10  # distinct numbers beyond which one column of answers is no longer about classes
_REMEDY = "Say which it is: task='classification' or task='regression'."


def find_teacher(
    model: Any,
    y: Any,
    classes: Sequence[object] | None,
    task: str | None,
    of_student: Task | None,
) -> Teacher:
    """Return the model as a teacher, of a task where that is certain before it is asked."""
    teacher = as_teacher(model, task=task, classes=classes)
    if teacher.task is None and of_student is not None:
        return teacher.of_task(of_student)
    if teacher.task is None and _is_continuous(y):
        return teacher.of_task("regression")
    return teacher


def settled(teacher: Teacher, query: Query, y: Any) -> Task:
    """Return the task of a teacher that has answered.

    Raises
    ------
    ValueError
        If one column of answers may be either; the message says how to name the task.
    """
    if teacher.task is not None:
        return teacher.task
    if query.columns > 1:
        return "classification"
    if y is None:
        values = query.predictions()
        if values.min() >= 0 and values.max() <= 1:
            return "classification"  # the probability of the second of two classes
        raise Refusal(
            expected(
                f"to know whether {teacher.name} names classes or gives numbers",
                got=f"one number per row, {values.min():.6g} to {values.max():.6g}, and no y",
                remedy=_REMEDY,
            )
        )
    numbers = _numbers(y)
    distinct = None if numbers is None else len(np.unique(numbers[~np.isnan(numbers)]))
    if distinct is None or distinct <= 2:
        return "classification"
    if distinct > MANY:
        return "regression"
    raise Refusal(
        expected(
            "labels of two classes, or many different numbers, for one number per row",
            got=f"{distinct} different values of y",
            remedy=_REMEDY,
        )
    )


def read_truth(y: Any, name: str = "y") -> NDArray[np.float64]:
    """Return the true values of a regression as finite numbers, one per row."""
    what = f"{name} to hold one true number per row"
    shape = tuple(np.shape(y))
    if len(shape) == 2 and shape[1] == 1:
        y = np.asarray(y)[:, 0]
    elif len(shape) > 1:
        raise Refusal(
            expected(what, got=f"shape {shape}", remedy="Distil one target at a time: y[:, 0].")
        )
    numbers = _numbers(y)
    if numbers is None:
        first = some(np.asarray(y, dtype=object)[:3].tolist())
        raise Refusal(
            expected(
                f"{what}, as the teacher gives numbers",
                got=f"{first} and so on",
                remedy="Distil the classifier of these labels, or leave y out.",
            )
        )
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        raise Refusal(
            expected(
                f"{what}, all finite",
                got=f"missing or infinite values in {bad.size} rows (rows {some(bad.tolist())})",
                remedy="Leave these rows out, or distil without y (y=None, alpha=0).",
            )
        )
    return numbers


def is_number(y: Any) -> bool:
    """Whether y holds numbers, be they codes of classes or quantities."""
    return _numbers(y) is not None


def _is_continuous(y: Any) -> bool:
    """Whether y can only be a quantity: many different numbers with digits after the point."""
    numbers = None if y is None else _numbers(y)
    if numbers is None:
        return False
    numbers = numbers[np.isfinite(numbers)]
    return bool((numbers != np.round(numbers)).any()) and len(np.unique(numbers)) > MANY


def _numbers(y: Any) -> NDArray[np.float64] | None:
    """Return y as numbers of one axis; None where it holds anything else."""
    if hasattr(y, "detach"):  # a torch tensor
        y = y.detach().cpu().numpy()
    try:
        values = y if isinstance(y, np.ndarray) else np.asarray(y)
    except ValueError:  # rows of different lengths
        return None
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or values.dtype.kind not in "iufO":
        return None
    if values.dtype == object:  # e.g. a column of decimals, or of numbers with gaps
        known = [v for v in values.tolist() if v is not None and v == v]
        if not known or any(isinstance(v, str | bytes | bool) for v in known):
            return None
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
        return None
