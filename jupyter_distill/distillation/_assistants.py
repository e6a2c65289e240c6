"""Teaching assistants: models between teacher and student, as a person asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from sklearn.base import clone

from jupyter_distill import students
from jupyter_distill._validation import check_choice, expected, some, with_article
from jupyter_distill.distillation._assistant_chain import Assistant, fit_chain, taught
from jupyter_distill.distillation._assistant_estimators import estimator_name, estimator_task
from jupyter_distill.distillation._assistant_fitted import Fitted
from jupyter_distill.students import Student, StudentRegressor, check_settings, family_of
from jupyter_distill.teachers import Task

__all__ = ["Assistant", "Fitted", "fit_chain", "read_assistants", "taught"]

TIMES = 4  # of the largest rung of a family: what an assistant has that is named by its family
PAIRS = 10  # columns that act together in an EBM that is named so
WHOLE = ("columns", "terms")  # units that end with the table: such an assistant has all of them


def read_assistants(
    asked: Any, task: Task, student: Student, sizes: Sequence[int], alpha: float, seed: int | None
) -> tuple[Assistant, ...]:
    """Return the assistants that are asked for, from the teacher's side to the student's.

    Parameters
    ----------
    asked : str, Student, estimator, or list or tuple of these
        A family, for a student of it with more than any rung of its ladder has; an unfitted
        student; an unfitted scikit-learn classifier, regressor, pipeline or search.
    task : {"classification", "regression"}
        What the teacher does.
    student : Student
        Unfitted; whom they teach at last.
    sizes : sequence of int
        Sizes that it may get: the one asked for alone, or those of the ladder.
    alpha : float
        Weight of the ground truth.
    seed : int or None
        Taken by every model that has a seed and is given none.

    Raises
    ------
    TypeError, ValueError
        If one of them cannot be an assistant, or is of the family of another one, or the
        student, that comes after it and not larger.

    References
    ----------
    S. I. Mirzadeh et al.: Improved Knowledge Distillation via Teacher Assistant, 2020.
    """
    several = isinstance(asked, list | tuple)
    if several and not asked:
        raise ValueError(
            expected(
                "at least one assistant",
                got=repr(asked),
                remedy="Name a family, e.g. assistant='net', or leave assistant out.",
            )
        )
    read = [
        _read(one, task, student, sizes, alpha, seed) for one in (asked if several else (asked,))
    ]
    _check_order(read, student, sizes)
    return tuple(read)


def _read(
    asked: Any, task: Task, student: Student, sizes: Sequence[int], alpha: float, seed: int | None
) -> Assistant:
    if isinstance(asked, str):
        check_choice("assistant", asked, students.names())
        return _named(asked, task, student, sizes, alpha, seed)
    model = _instance(asked)
    if not isinstance(model, Student):
        estimator_task(model, task)  # refuses what it cannot learn
        return Assistant(estimator_name(model), _seeded(model, seed), alpha)
    own: Task = "regression" if isinstance(model, StudentRegressor) else "classification"
    if own != task:
        name = family_of(type(model)) or "tree"
        raise ValueError(
            expected(
                f"assistants for {task}, as the teacher is one",
                got=repr(asked),
                remedy=f"Name a family instead: assistant={name!r}.",
            )
        )
    if model.alpha not in (type(model)().alpha, alpha):
        raise ValueError(
            expected(
                f"an assistant with the alpha of the distillation, {alpha}",
                got=repr(asked),
                remedy="Leave alpha out there: it is set in distill().",
            )
        )
    check_settings(model)
    name = f"{type(model).__name__} of at most {model.size} {model.UNIT}"
    return Assistant(name, _seeded(model, seed), alpha)


def _named(
    name: str, task: Task, student: Student, sizes: Sequence[int], alpha: float, seed: int | None
) -> Assistant:
    """Return a medium-sized student of a family: beyond any rung of its ladder."""
    kind = students.load(name, task)
    model = kind()
    model.set_params(**_wide(model, student))
    if kind.UNIT in WHOLE:
        pairs = model.get_params().get("interactions", 0)
        words = f"{name} of all columns" + (f" and {pairs} pairs of them" if pairs else "")
        return Assistant(words, _seeded(model, seed), alpha, whole=True)
    same = sizes if family_of(type(student)) == name else ()
    size = TIMES * max(*kind.SIZES, *same)
    model.set_params(size=min(size, kind.LARGEST or size))
    return Assistant(f"{name} of at most {model.size} {kind.UNIT}", _seeded(model, seed), alpha)


def _wide(model: Student, student: Student) -> dict[str, Any]:
    """Return what makes a student say more of a distribution, and less for reading."""
    known = model.get_params()
    wide: dict[str, Any] = {}
    if "interactions" in known:
        theirs = getattr(student, "interactions", False)
        wide["interactions"] = max(PAIRS, 2 * (PAIRS if theirs is True else int(theirs)))
    if "objective" in known:
        wide["objective"] = "distribution"  # it teaches all that it says, not names alone
    return wide


def _instance(asked: Any) -> Any:
    """Return an unfitted copy of what can be taught; a class is made an instance."""
    what = f"an assistant to be one of {some(students.names())}, a Student or an estimator"
    remedy = "Name a family, e.g. assistant='net'."
    made = asked
    if isinstance(asked, type) and callable(getattr(asked, "fit", None)):
        try:
            made = asked()
        except TypeError as error:
            raise TypeError(
                expected(what, got=f"the class {asked.__name__}", remedy="Give an instance of it.")
            ) from error
    if not callable(getattr(made, "fit", None)) or isinstance(made, type):
        raise TypeError(expected(what, got=f"{asked!r}, which cannot be fitted", remedy=remedy))
    if not callable(getattr(made, "get_params", None)):
        raise TypeError(
            expected(
                what,
                got=f"{asked!r}, which cannot be cloned as it has no get_params",
                remedy=remedy,
            )
        )
    return clone(made)


def _seeded(model: Any, seed: int | None) -> Any:
    """Return the model with the seed wherever it has none of its own."""
    without = {
        name: seed
        for name, value in model.get_params(deep=True).items()
        if value is None and name.rpartition("__")[2] == "random_state"
    }
    return clone(model).set_params(**without)


def _check_order(read: Sequence[Assistant], student: Student, sizes: Sequence[int]) -> None:
    """Refuse one that is not larger than what comes after it in the same family.

    Across families sizes have no common measure: what an assistant is worth is then seen by how
    close it comes to the teacher, see ``weak`` of the stages.
    """
    readable = [size for size in sizes if size <= student.READABLE]
    largest: dict[str | None, tuple[float, str]] = {
        family_of(type(student)): (max(readable or sizes), "the student")
    }
    for assistant in reversed(read):
        if not isinstance(assistant.model, Student):
            continue
        name = family_of(type(assistant.model))
        size = inf if assistant.whole else float(assistant.model.size)
        below, whose = largest.get(name, (0.0, ""))
        if name is not None and size <= below:
            unit = assistant.model.UNIT
            of = f"{below:g} {unit}" if below < inf else f"all {unit} there are"
            has = f"{size:g} {unit}" if size < inf else f"all {unit} there are"
            raise ValueError(
                expected(
                    f"an assistant larger than {whose}, which is {with_article(name)} too and "
                    f"may have {of}",
                    got=f"{has} ({assistant.name})",
                    remedy="Give a larger one, put the larger one first, or take another family.",
                )
            )
        largest[name] = size, "the assistant after it"
