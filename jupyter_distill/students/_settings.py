"""What can be set on a student, checked by name before anything is asked or fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_distill._validation import check_choice, check_number, expected, with_article
from jupyter_distill.constraints import as_constraints

if TYPE_CHECKING:
    from jupyter_distill.students._base import Student


def check_settings(student: Student) -> None:
    """Refuse settings that are out of range or contradict each other, by name."""
    settings = student.get_params(deep=False)
    as_constraints(settings.get("constraints"))
    for name, value in settings.items():
        if name in student.CHOICES:
            check_choice(name, value, student.CHOICES[name])
        elif name in CHECKS:
            CHECKS[name](name, value)
    check_size(student, student.size)
    _check_together(student)


def check_size(student: Student, size: Any) -> int:
    """Return a size that a student can have, as a number."""
    low, high = student.SMALLEST, student.LARGEST
    number = int(check_number("size", size, low=low, high=high, integer=True))
    least = student.least_size
    if number < least:
        required = len(as_constraints(student.get_params()["constraints"]).require)  # type: ignore[union-attr]
        raise ValueError(
            expected(
                f"a size of at least {least} {student.UNIT}, as {required} columns are required",
                got=f"size={number}",
                remedy="Require fewer columns, or allow more.",
            )
        )
    return number


def check_sizes(student: Student, sizes: Sequence[Any]) -> None:
    """Refuse sizes of which one cannot be had."""
    if isinstance(sizes, str) or not isinstance(sizes, Sequence) or not sizes:
        raise ValueError(expected("sizes as a list, e.g. (4, 8, 16)", got=repr(sizes)))
    for size in sizes:
        check_size(student, size)


def _check_together(student: Student) -> None:
    """Refuse an end to interactions where columns can only act together, or are told to."""
    constraints = as_constraints(getattr(student, "constraints", None))
    if constraints is not None and constraints.interactions is False and student.JOINS:
        raise ValueError(
            expected(
                f"constraints that {with_article(type(student).__name__)} can keep",
                got=f"interactions=False, while {student.JOINS}",
                remedy='Take student="ebm" or "linear".',
            )
        )
    pairs = getattr(student, "interactions", False)
    if constraints is not None and constraints.interactions is False and pairs:
        raise ValueError(
            expected(
                "no interactions, as the constraints allow none",
                got=f"interactions={pairs!r} with Constraints(interactions=False)",
                remedy="Leave one of the two out.",
            )
        )


def _number(optional: bool = False, **limits: Any) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if not (optional and value is None):
            check_number(name, value, **limits)

    return check


def _interactions(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        check_number(name, value, low=0, integer=True)


def _weights(name: str, value: Any) -> None:
    if isinstance(value, str):
        if value != "auto":
            raise ValueError(
                expected(f'{name} to be "auto" or a whole number >= 1', got=repr(value))
            )
        return
    check_number(name, value, low=1, integer=True)


# A setting has the same meaning, and so the same limits, in every family that has it.
CHECKS: dict[str, Callable[[str, Any], None]] = {
    "alpha": _number(low=0, high=1),
    "temperature": _number(above=0),
    "leaf_temperature": _number(optional=True, above=0),
    "min_rows": _number(optional=True, above=0),
    "epochs": _number(low=1, integer=True),
    "random_state": _number(optional=True, low=0, high=2**32 - 1, integer=True),
    "interactions": _interactions,
    "weights": _weights,
}
