"""What is going to be tried, checked before the teacher is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from sklearn.base import clone

from jupyter_distill import students
from jupyter_distill._validation import check_number, expected, some
from jupyter_distill.distillation._assistants import Assistant, read_assistants
from jupyter_distill.distillation._calibrate import GRID
from jupyter_distill.students import (
    Student,
    StudentClassifier,
    StudentRegressor,
    check_settings,
    check_size,
)
from jupyter_distill.targets import SoftTargets
from jupyter_distill.teachers import Task

ALPHA = 0.1  # weight of the ground truth where it is given and nothing else is said
ALPHAS = (0.0, 0.1, 0.3, 0.5)  # more would be to learn from labels, with a hint of the teacher
COMMON = ("size", "temperature", "alpha", "assistant")  # what no student is told by itself
STANDARDISED = "logit-standardised"


@dataclass(frozen=True)
class Plan:
    """What is tried for one family.

    Attributes
    ----------
    family : str
        Its name.
    template : Student
        Unfitted, of the largest size, without a temperature.
    size : int or None
        What the person asked for.
    sizes : tuple of int
        Those of the ladder.
    temperatures : tuple of float
        Those to try; none for a regression, and where the teacher's answers tell.
    alphas : tuple of float
        Those to try.
    assistants : tuple of Assistant
        Those that may stand between it and the teacher.
    """

    family: str
    template: Student
    size: int | None
    sizes: tuple[int, ...]
    temperatures: tuple[float, ...]
    alphas: tuple[float, ...]
    assistants: tuple[Assistant, ...] = ()

    @classmethod
    def of(
        cls,
        student: str | Student | type[Student],
        task: Task | None,
        settings: dict[str, Any],
        known: bool,
        seed: int | None,
    ) -> Plan:
        """Read what the person has said of one student; `known` says whether there is a y."""
        options = dict(settings)
        size, temperature, alpha, assistant = (options.pop(name) for name in COMMON)
        template = template_of(student, task or "classification", seed)
        template = clone(template).set_params(**options)
        own = _own_settings(template)
        size = own.get("size", size) if size == "auto" else size
        if isinstance(temperature, np.ndarray):
            temperature = temperature.tolist()
        if isinstance(temperature, str) and temperature == "auto":
            temperature = own.get("temperature", temperature)
        alpha = own.get("alpha") if alpha is None else alpha
        asked, sizes = _sizes(size, template)
        temperatures: tuple[float, ...] = ()
        if not isinstance(template, StudentRegressor):
            temperatures = _temperatures(temperature)
        elif not isinstance(temperature, str) or temperature != "auto":
            raise ValueError(no_temperature(temperature))
        alphas = _alphas(alpha, known=known)
        template = clone(template).set_params(alpha=alphas[0], size=max(sizes))
        check_settings(template)
        assistants: tuple[Assistant, ...] = ()
        if assistant is not None:
            kind: Task = (
                "regression" if isinstance(template, StudentRegressor) else "classification"
            )
            of = sizes if asked is None else (asked,)
            assistants = read_assistants(assistant, kind, template, of, alphas[0], seed)
        own_name = type(template).__name__  # of a family of the person's own
        family = students.family_of(type(template)) or own_name
        return cls(family, template, asked, sizes, temperatures, alphas, assistants)


def plans(
    student: Any,
    task: Task | None,
    settings: dict[str, Any],
    known: bool,
    seed: int | None,
) -> tuple[Plan, ...]:
    """Return a plan for each of the families that are asked for, in their order."""
    several = listed(student)
    templates = [template_of(one, task or "classification", seed) for one in several]
    found: list[Plan] = []
    for one, template in zip(several, templates, strict=True):
        takes = template.get_params()
        for_all = len(several) == 1
        mine = {k: v for k, v in settings.items() if for_all or k in takes or k in COMMON}
        try:
            plan = Plan.of(one, task, mine, known, seed)
        except (TypeError, ValueError) as error:
            if for_all:
                raise
            of = type(template).__name__
            raise type(error)(f"Of the {of}: {error}") from error
        if plan.family in [other.family for other in found]:
            raise ValueError(
                expected(
                    "students of different families",
                    got=f"two of the family {plan.family!r}",
                    remedy="Distil the other one by itself.",
                )
            )
        found.append(plan)
    return tuple(found)


def listed(student: Any) -> list[Any]:
    """Return the students that are asked for: one, several, or all that can be had."""
    if isinstance(student, str) and student == "auto":
        return [name for name in students.names() if students.available(name)]
    if not isinstance(student, list | tuple):
        return [student]
    if not student:
        raise ValueError(
            expected(f"student to be one of {some(students.names())}, or several", got="none")
        )
    return list(student)


def temperatures_for(plan: Plan, targets: SoftTargets) -> tuple[float, ...]:
    """Return the temperatures to try, once the teacher has answered.

    Without any in the plan it is the spread of the teacher's logits about their mean in each row,
    so that a cautious and an overconfident teacher teach alike. Of two or more classes alike; the
    loss has one temperature for all rows, so that the spread is that over all of them, where
    [1]_ divides each row by its own.

    References
    ----------
    .. [1] S. Sun, W. Ren, J. Li, R. Wang, X. Cao: Logit Standardization in Knowledge
       Distillation. CVPR 2024.
    """
    if plan.temperatures:
        return plan.temperatures
    z = targets.logits - targets.logits.mean(1, keepdims=True)
    spread = float(np.sqrt(np.average((z**2).mean(1), weights=targets.weights)))
    if spread < 1e-6:
        raise ValueError(
            expected(
                f"a teacher whose answers differ by class, for temperature={STANDARDISED!r}",
                got="the same for all classes, in every row",
                remedy='Use temperature="auto".',
            )
        )
    return (spread,)


def task_of(student: object) -> Task | None:
    """Return the task of a student of the person's own; None where families are named."""
    for one in student if isinstance(student, list | tuple) else [student]:
        kind = one if isinstance(one, type) else type(one)
        if issubclass(kind, StudentRegressor):
            return "regression"
        if issubclass(kind, StudentClassifier):
            return "classification"
    return None


def template_of(student: str | Student | type[Student], task: Task, seed: int | None) -> Student:
    """Return an unfitted student, with the seed where it has none of its own."""
    made: Any = student
    if not isinstance(student, Student | type):
        made = students.load(student, task)
    if isinstance(made, type) and issubclass(made, Student):
        made = made()
    if not isinstance(made, Student):
        raise TypeError(
            expected(
                f"student to be one of {some(students.names())}, or a Student",
                got=repr(student),
            )
        )
    if not isinstance(made, StudentRegressor if task == "regression" else StudentClassifier):
        name = students.family_of(type(made)) or "tree"
        raise ValueError(
            expected(
                f"a student for {task}, as the teacher is one",
                got=repr(student),
                remedy=f"Name a family instead: student={name!r}.",
            )
        )
    takes = made.get_params()
    if "random_state" in takes and takes["random_state"] is None:
        made = clone(made).set_params(random_state=seed)
    return cast(Student, made)


def no_temperature(given: object) -> str:
    """Return what to say of a temperature for a regression."""
    return expected(
        "no temperature, as a regression has no temperature",
        got=f"temperature={given!r}",
        remedy="Leave it out: numbers have no classes to soften.",
    )


def _own_settings(template: Student) -> dict[str, Any]:
    """Return what the person has set on a student of their own, other than its defaults."""
    usual = type(template)().get_params()
    return {name: v for name, v in template.get_params().items() if v != usual[name]}


def _sizes(size: int | str, student: Student) -> tuple[int | None, tuple[int, ...]]:
    """Return the size asked for, if any, and the sizes of the ladder with it among them."""
    if size == "auto":
        return None, _ladder(student)
    if isinstance(size, str):
        what = f'size to be a whole number >= {student.SMALLEST} or "auto"'
        raise ValueError(expected(what, got=repr(size)))
    asked = check_size(student, size)
    return asked, tuple(sorted({*_ladder(student), asked}))


def _ladder(student: Student) -> tuple[int, ...]:
    """Return the sizes to pilot: those with room for all columns that are required."""
    least = student.least_size
    return tuple(size for size in student.SIZES if size >= least) or (least,)


def _temperatures(temperature: Any) -> tuple[float, ...]:
    if isinstance(temperature, str):
        if temperature == "auto":
            return GRID
        if temperature == STANDARDISED:
            return ()
        raise ValueError(
            expected(
                f'temperature to be a number > 0, several, "auto" or "{STANDARDISED}"',
                got=repr(temperature),
            )
        )
    if not isinstance(temperature, Sequence | Set):
        return (float(check_number("temperature", temperature, above=0)),)
    return _grid("temperature", temperature, above=0)


def _alphas(alpha: Any, *, known: bool) -> tuple[float, ...]:
    if isinstance(alpha, np.ndarray):
        alpha = alpha.tolist()
    if alpha is None:
        return (ALPHA,) if known else (0.0,)
    if isinstance(alpha, str):
        if alpha != "auto":
            raise ValueError(
                expected('alpha to be a number from 0 to 1, several or "auto"', got=repr(alpha))
            )
        found: tuple[float, ...] = ALPHAS
    elif isinstance(alpha, Sequence | Set):
        found = _grid("alpha", alpha, low=0, high=1)
    else:
        found = (float(check_number("alpha", alpha, low=0, high=1)),)
    if max(found) > 0 and not known:
        raise ValueError(
            expected(
                "the ground truth y, as alpha weighs it",
                got=f"alpha={alpha!r} and no y",
                remedy="Give y, or leave alpha out.",
            )
        )
    return found


def _grid(name: str, values: Collection[Any], **limits: float) -> tuple[float, ...]:
    grid = {float(check_number(name, value, **limits)) for value in values}  # type: ignore[arg-type]
    if len(grid) < 2:
        raise ValueError(
            expected(
                f"a grid of at least two {name}s",
                got=repr(values),
                remedy="Give the number alone to have it taken as it is.",
            )
        )
    return tuple(sorted(grid))
