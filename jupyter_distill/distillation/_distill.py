"""The main door: a model and rows in, a student that people can read out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from inspect import signature
from typing import Any, cast

from sklearn.base import clone

from jupyter_distill import students
from jupyter_distill._validation import check_number, did_you_mean, expected, some
from jupyter_distill.distillation._ask import ask
from jupyter_distill.distillation._calibrate import (
    GRID,
    Calibration,
    at_temperature,
    calibrate,
)
from jupyter_distill.distillation._distillation import Distillation
from jupyter_distill.distillation._ladder import SIZES, climb, knee
from jupyter_distill.distillation._progress import Progress
from jupyter_distill.distillation._remarks import remarks
from jupyter_distill.students import Student

ALPHA = 0.1  # weight of the ground truth where it is given and nothing else is said


def distill(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    student: str | Student = "tree",
    size: int | str = "auto",
    temperature: float | str = "auto",
    alpha: float | None = None,
    classes: Sequence[object] | None = None,
    teacher_inputs: Any = None,
    test: tuple[Any, ...] | None = None,
    batch_size: int | None = None,
    progress: bool = True,
    random_state: int | None = 0,
    **unknown: Any,
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
    student : str or Student, default "tree"
        Family, or an unfitted student: what is set on it other than its defaults holds, unless
        `size`, `temperature` or `alpha` say otherwise here.
    size : int or "auto"
        Leaves of the student. ``"auto"``: the smallest size of the ladder, up to 32, within one
        point of the best fidelity, and three of the best mean fidelity per class.
    temperature : float or "auto"
        T of the soft targets. ``"auto"``: of a grid from 0.25 to 4 the one with the least
        KL(teacher || student) on validation rows, which is comparable across T.
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
    _refuse_unknown(unknown)
    template = _template(student, random_state)
    own = _own_settings(template)
    size = own.get("size", size) if size == "auto" else size
    temperature = own.get("temperature", temperature) if temperature == "auto" else temperature
    alpha = own.get("alpha") if alpha is None else alpha
    sizes = _sizes(size)
    temperatures = _temperatures(temperature)
    alpha = _alpha(alpha, known=y is not None)
    shown = Progress(bool(progress))
    asked = ask(model, X, y, classes, teacher_inputs, test, batch_size, shown, random_state)
    template = clone(template).set_params(alpha=alpha, size=max(sizes))
    rows, table, targets = asked.rows, asked.table, asked.targets

    calibration: Calibration | None = None
    if len(temperatures) > 1 or size == "auto":
        calibration = calibrate(
            template, table, targets, rows, temperatures, sizes, shown, random_state
        )
        temperatures = calibration.temperatures
    chosen = int(size) if size != "auto" else _knee(calibration)
    best = temperatures[0] if calibration is None else calibration.best_temperature(chosen)

    learnt = targets.take(rows.learnt)
    prepared = template.prepare(table.take(rows.learnt), learnt.weights)
    grown = at_temperature(template, best).fit_soft(prepared, learnt)
    held_out = table.take(rows.held_out), targets.take(rows.held_out)
    labels_only = None
    if targets.labels is not None:
        labels_only = at_temperature(template, 1.0).set_params(alpha=1.0)
        labels_only.fit_soft(prepared, learnt)
    result = Distillation(
        teacher=asked.teacher,
        template=template,
        table=table,
        targets=targets,
        rows=rows,
        temperature=best,
        alpha=alpha,
        size=chosen,
        ladder=climb(grown, sizes, chosen, *held_out),
        labels_only=labels_only,
        calibration=calibration if temperature == "auto" else None,
        notes=tuple(shown.notes),
        random_state=random_state,
    )
    # both were made above; later fits and measures need not make them again
    kept = {"held_out": held_out, "_prepared": (prepared, learnt)}
    result.__dict__.update(kept)
    result = replace(result, notes=(*result.notes, *remarks(result)))
    result.__dict__.update(kept)
    return result


def _refuse_unknown(unknown: dict[str, Any]) -> None:
    parameters = signature(distill).parameters.values()
    options = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    for name in unknown:
        raise TypeError(
            f"distill() has no option {name!r}.{did_you_mean(name, options)} "
            f"Its options are {', '.join(options)}."
        )


def _template(student: str | Student | type[Student], seed: int | None) -> Student:
    """Return an unfitted student, with the seed where it has none of its own."""
    made: Any = student
    if not isinstance(student, Student | type):
        made = students.load(student)
    if isinstance(made, type) and issubclass(made, Student):
        made = made()
    if not isinstance(made, Student):
        raise TypeError(
            expected(
                f"student to be one of {some(students.names())}, or a Student",
                got=repr(student),
            )
        )
    if made.get_params().get("random_state", seed) is None:
        made = clone(made).set_params(random_state=seed)
    return cast(Student, made)


def _own_settings(template: Student) -> dict[str, Any]:
    """Return what the person has set on a student of their own, other than its defaults."""
    usual = type(template)().get_params()
    return {name: v for name, v in template.get_params().items() if v != usual[name]}


def _sizes(size: int | str) -> tuple[int, ...]:
    """Return the sizes of the ladder, with the one that is asked for among them."""
    if size == "auto":
        return SIZES
    if isinstance(size, str):
        raise ValueError(expected('size to be a whole number >= 2 or "auto"', got=repr(size)))
    asked = int(check_number("size", size, low=2, integer=True))
    return tuple(sorted({*SIZES, asked}))


def _temperatures(temperature: float | str) -> tuple[float, ...]:
    if temperature == "auto":
        return GRID
    if isinstance(temperature, str):
        raise ValueError(
            expected('temperature to be a number > 0 or "auto"', got=repr(temperature))
        )
    return (float(check_number("temperature", temperature, above=0)),)


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


def _knee(calibration: Calibration | None) -> int:
    assert calibration is not None  # size "auto" always calibrates
    overall, per_class = calibration.fidelity()
    return knee(calibration.sizes, overall.tolist(), per_class.tolist())
