"""Students of every size from one call, without warnings about sizes that nobody chose."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from sklearn.base import clone

from jupyter_distill.students import DensityWarning, Student
from jupyter_distill.targets import Targets


def at_temperature(student: Student, temperature: float | None) -> Student:
    """Return an unfitted copy that learns at T; None where the task has no temperature."""
    copy: Student = clone(student)
    return copy if temperature is None else copy.set_params(temperature=float(temperature))


def sweep(student: Student, rows: Any, targets: Targets, sizes: Sequence[int]) -> list[Student]:
    """Return fitted students in the order of `sizes`; the given one stays unfitted.

    A pilot goes through sizes too dense to read; of the chosen one the notes speak.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DensityWarning)
        swept: list[Student] = clone(student).sweep(rows, targets, sizes)
        return swept


def reached(student: Student) -> int | None:
    """Return how many of its units a fitted student has; None where it does not count them."""
    counts = student.complexity_.to_dict()
    return counts.get("features" if student.UNIT == "columns" else student.UNIT)
