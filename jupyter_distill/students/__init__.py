"""One file per family of student; the file's name is what a user types."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from inspect import isabstract, isclass

from jupyter_distill._families import families
from jupyter_distill._validation import check_choice
from jupyter_distill.students._base import Student
from jupyter_distill.students._classifier import StudentClassifier
from jupyter_distill.students._complexity import Complexity, DensityWarning
from jupyter_distill.students._constraints_report import ConstraintsReport
from jupyter_distill.students._regressor import StudentRegressor
from jupyter_distill.students._settings import check_settings, check_size
from jupyter_distill.students._used import used_columns, used_together
from jupyter_distill.students._verify import verify

__all__ = [
    "Complexity",
    "ConstraintsReport",
    "DensityWarning",
    "Student",
    "StudentClassifier",
    "StudentRegressor",
    "available",
    "check_settings",
    "check_size",
    "family_of",
    "load",
    "names",
    "used_columns",
    "used_together",
    "verify",
]


def names() -> list[str]:
    """Return the families that there are, e.g. ``["linear", "tree"]``."""
    return [*families()]


def available(name: str) -> bool:
    """Return whether what a family needs is installed."""
    needs = load(name).NEEDS
    return needs is None or find_spec(needs) is not None


def family_of(kind: type[Student]) -> str | None:
    """Return the family that a class is of, itself or by descent; None for one of another kind."""
    modules = [base.__module__ for base in kind.__mro__]
    return next((name for name in names() if f"{__name__}.{name}" in modules), None)


def load(name: str, task: str = "classification") -> type[Student]:
    """Return the class of a family, importing only that file.

    Parameters
    ----------
    name : str
        The family.
    task : {"classification", "regression"}
        Whether it names a class or gives a number.

    Raises
    ------
    ValueError
        If there is no such family; the message lists them.
    """
    module = import_module(f"{__name__}.{check_choice('student', name, names())}")
    check_choice("task", task, ["classification", "regression"])
    base = StudentClassifier if task == "classification" else StudentRegressor
    (found,) = (
        c
        for c in vars(module).values()
        if isclass(c)
        and issubclass(c, base)
        and c.__module__ == module.__name__
        and not isabstract(c)
    )
    return found
