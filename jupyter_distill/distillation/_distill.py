"""The main door: a model and rows in, a student that people can read out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any, cast

import numpy as np
from sklearn.base import clone

from jupyter_distill import students
from jupyter_distill._validation import check_number, did_you_mean, expected, some, with_article
from jupyter_distill.distillation._ask import Asked, ask
from jupyter_distill.distillation._calibrate import GRID, Calibration, calibrate
from jupyter_distill.distillation._distillation import Distillation, no_temperature
from jupyter_distill.distillation._find import with_findings
from jupyter_distill.distillation._knee import Faithful, knee
from jupyter_distill.distillation._ladder import climb
from jupyter_distill.distillation._pilot import pilot
from jupyter_distill.distillation._progress import Progress
from jupyter_distill.distillation._sweep import at_temperature, sweep
from jupyter_distill.distillation._task import find_teacher
from jupyter_distill.students import (
    Student,
    StudentClassifier,
    StudentRegressor,
    check_settings,
    check_size,
)
from jupyter_distill.targets import Predictions
from jupyter_distill.teachers import Task

ALPHA = 0.1  # weight of the ground truth where it is given and nothing else is said


def distill(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    task: str | None = None,
    student: str | Student = "tree",
    size: int | str = "auto",
    temperature: float | str | Sequence[float] = "auto",
    alpha: float | None = None,
    classes: Sequence[object] | None = None,
    teacher_inputs: Any = None,
    test: tuple[Any, ...] | None = None,
    batch_size: int | None = None,
    progress: bool = True,
    random_state: int | None = 0,
    **options: Any,
) -> Distillation:
    """Distil a model into a student that people can read.

    The teacher is asked once for every row. Temperature and size are chosen on validation rows,
    the student is fitted to the rest and to these; fidelity and ladder are measured on held-out
    rows that no student learnt from, while tree and table count all rows.

    Parameters
    ----------
    model : estimator, torch.nn.Module, callable or Teacher
        The teacher; it is never refitted or changed. See :func:`as_teacher`.
    X : data frame or array of shape (n, d)
        What the student sees: numbers, text, categories, booleans and missing values as they are.
    y : array of shape (n,), optional
        The ground truth. Without it the student follows the teacher alone.
    task : {"classification", "regression"}, optional
        Whether the model names a class or gives a number. An estimator says it itself; a function
        or network that returns one number per row gives a number if `y` holds many different ones.
    student : str or Student, default "tree"
        Family, or an unfitted student: what is set on it other than its defaults holds, unless
        `size`, `temperature` or `alpha` say otherwise here.
    size : int or "auto"
        Leaves, rules, features, terms or units of the student. ``"auto"``: the smallest size of
        the ladder that can be read and is within one point of the best fidelity (of a regression:
        of R2 to the teacher), three of the best mean fidelity per class, and a tenth of what there
        is to know of the teacher's distribution.
    temperature : float, "auto" or sequence of float
        T of the soft targets. ``"auto"``: of a grid from 0.25 to 4 the one with the least
        KL(teacher || student) on validation rows, which is comparable across T; a sequence is a
        grid of your own. A regression has no temperature.
    alpha : float, optional
        Weight of the ground truth in the loss: 0.1 if `y` is given, else 0.
    classes : sequence, optional
        Class names in the order of the teacher's columns, where it does not say them itself.
    teacher_inputs : array, tensor, data frame, or dict or tuple of them, optional
        What the teacher sees, row by row beside `X`; `X` itself unless given.
    test : tuple (X_test, y_test) or (X_test, y_test, teacher_inputs_test), optional
        Rows that neither teacher nor student saw: they become the held-out rows.
    batch_size : int, optional
        Rows per question to the teacher; unless given, what suits its kind: 8,192 for estimators
        and functions, 1,024 for networks. An interrupt keeps the questions that were answered, so
        give a slow function a small one.
    progress : bool, default True
        Whether to show progress.
    random_state : int or None, default 0
        Seed of the split and of everything else that is drawn.
    **options
        What else the family can be told, e.g. ``objective="fidelity"`` or ``quality="best"`` for
        a tree: the parameters of its class.

    Returns
    -------
    Distillation
        Student, ladder, fidelity, disagreements, report. Shows itself in a notebook.

    Raises
    ------
    TypeError, ValueError
        If anything given is not what is needed; the message says what was expected, what came
        and what to do.

    Notes
    -----
    An interrupt (Ctrl-C) ends the stage at hand and goes on with what is done; the result's
    ``notes`` say what was cut short. Interrupt again to stop altogether.

    References
    ----------
    G. Hinton, O. Vinyals, J. Dean: Distilling the Knowledge in a Neural Network, 2015.
    """
    if random_state is not None:
        check_number("random_state", random_state, low=0, high=2**32 - 1, integer=True)
    _refuse_unknown(options, _template(student, _task_of(student) or "classification", None))
    teacher = find_teacher(model, y, classes, task, _task_of(student))
    settings = {"size": size, "temperature": temperature, "alpha": alpha, **options}
    # twice if only the answers tell the task: what is wrong is said before the teacher is asked
    plan = _Plan.of(student, teacher.task, settings, y is not None, random_state)
    shown = Progress(bool(progress))
    keep = getattr(plan.template, "constraints", None)
    asked = ask(teacher, X, y, teacher_inputs, test, batch_size, keep, shown, random_state)
    if asked.teacher.task != teacher.task:
        plan = _Plan.of(student, asked.teacher.task, settings, y is not None, random_state)
    chosen, best, calibration = _choose(plan, asked, shown, random_state)

    rows, table, targets = asked.rows, asked.table, asked.targets
    learnt = targets.take(rows.learnt)
    prepared = plan.template.prepare(table.take(rows.learnt), learnt.weights)
    swept = sweep(at_temperature(plan.template, best), prepared, learnt, plan.sizes)
    held_out = table.take(rows.held_out), targets.take(rows.held_out)
    result = Distillation(
        teacher=asked.teacher,
        template=plan.template,
        table=table,
        targets=targets,
        rows=rows,
        temperature=best,
        alpha=plan.alpha,
        size=chosen,
        ladder=climb(swept, plan.sizes, chosen, *held_out, random_state),
        calibration=calibration if len(plan.temperatures) > 1 else None,
        notes=tuple(shown.notes),
        random_state=random_state,
    )
    # both were made above; later fits and measures need not make them again
    kept = {"held_out": held_out, "_prepared": (prepared, learnt)}
    result.__dict__.update(kept)
    try:
        return with_findings(result, size_asked=plan.size is not None)
    except KeyboardInterrupt:
        shown.interrupted("the findings are missing.")
    result = replace(result, notes=tuple(shown.notes))
    result.__dict__.update(kept)
    return result


@dataclass(frozen=True)
class _Plan:
    """What is going to be tried, checked before the teacher is asked."""

    template: Student
    size: int | None
    sizes: tuple[int, ...]
    temperatures: tuple[float, ...]  # none for a regression
    alpha: float

    @classmethod
    def of(
        cls,
        student: str | Student | type[Student],
        task: Task | None,
        settings: dict[str, Any],
        known: bool,
        seed: int | None,
    ) -> _Plan:
        options = dict(settings)
        size, temperature, alpha = (options.pop(name) for name in ("size", "temperature", "alpha"))
        template = _template(student, task or "classification", seed)
        _refuse_unknown(options, template)
        template = clone(template).set_params(**options)
        own = _own_settings(template)
        size = own.get("size", size) if size == "auto" else size
        if isinstance(temperature, np.ndarray):
            temperature = temperature.tolist()
        temperature = own.get("temperature", temperature) if temperature == "auto" else temperature
        alpha = own.get("alpha") if alpha is None else alpha
        asked, sizes = _sizes(size, template)
        temperatures: tuple[float, ...] = ()
        if not isinstance(template, StudentRegressor):
            temperatures = _temperatures(temperature)
        elif temperature != "auto":
            raise ValueError(no_temperature(temperature))
        alpha = _alpha(alpha, known=known)
        template = clone(template).set_params(alpha=alpha, size=max(sizes))
        check_settings(template)
        return cls(template, asked, sizes, temperatures, alpha)


def _choose(
    plan: _Plan, asked: Asked, shown: Progress, seed: int | None
) -> tuple[int, float | None, Calibration | None]:
    """Return size and temperature as validation rows tell, where the person has not."""
    readable = plan.template.READABLE
    if isinstance(asked.targets, Predictions):
        if plan.size is not None:
            return plan.size, None, None
        tried = pilot(
            plan.template,
            asked.table,
            asked.targets,
            asked.rows,
            plan.sizes,
            shown,
            seed,
        )
        return knee(tried.sizes, Faithful(tried.r2()), readable), None, None
    if plan.size is not None and len(plan.temperatures) == 1:
        return plan.size, plan.temperatures[0], None
    calibration = calibrate(
        plan.template,
        asked.table,
        asked.targets,
        asked.rows,
        plan.temperatures,
        plan.sizes,
        shown,
        seed,
        sized=plan.size is None,
    )
    chosen = plan.size
    if chosen is None:
        chosen = knee(calibration.sizes, calibration.faithful(), readable)
    return chosen, calibration.best_temperature(chosen), calibration


def _refuse_unknown(options: dict[str, Any], template: Student) -> None:
    """Refuse what neither distill() nor the student can be told."""
    parameters = signature(distill).parameters.values()
    ours = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    theirs = [name for name in template.get_params() if name not in ours]
    for name in options:
        if name not in theirs:
            raise TypeError(
                f"distill() has no option {name!r}.{did_you_mean(name, [*ours, *theirs])} "
                f"Its options are {', '.join(ours)}; "
                f"{with_article(type(template).__name__)} also takes "
                f"{', '.join(theirs)}."
            )


def _task_of(student: object) -> Task | None:
    """Return the task of a student of the person's own; None where a family is named."""
    kind = student if isinstance(student, type) else type(student)
    if issubclass(kind, StudentRegressor):
        return "regression"
    return "classification" if issubclass(kind, StudentClassifier) else None


def _template(student: str | Student | type[Student], task: Task, seed: int | None) -> Student:
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
        raise ValueError(
            expected(
                f"a student for {task}, as the teacher is one",
                got=repr(student),
                remedy=f"Name a family instead: student={_family(type(made))!r}.",
            )
        )
    if made.get_params().get("random_state", seed) is None:
        made = clone(made).set_params(random_state=seed)
    return cast(Student, made)


def _family(kind: type[Student]) -> str:
    """Return the family that a class is of; of a class of the person's own the nearest one."""
    modules = [base.__module__.rpartition(".")[2] for base in kind.__mro__]
    return next((name for name in modules if name in students.names()), "tree")


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
        raise ValueError(
            expected('temperature to be a number > 0, several or "auto"', got=repr(temperature))
        )
    if not isinstance(temperature, list | tuple):
        return (float(check_number("temperature", temperature, above=0)),)
    grid = {float(check_number("temperature", T, above=0)) for T in temperature}
    if len(grid) < 2:
        raise ValueError(
            expected(
                "a grid of at least two temperatures",
                got=repr(temperature),
                remedy="Give the number alone to have it taken as it is.",
            )
        )
    return tuple(sorted(grid))


def _alpha(alpha: float | None, *, known: bool) -> float:
    if alpha is None:
        return ALPHA if known else 0.0
    alpha = float(check_number("alpha", alpha, low=0, high=1))
    if alpha > 0 and not known:
        raise ValueError(
            expected(
                "the ground truth y, as alpha weighs it",
                got=f"alpha={alpha!r} and no y",
                remedy="Give y, or leave alpha out.",
            )
        )
    return alpha
