"""Students as documents: settings and what the fit left, by family."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np

from jupyter_distill import students
from jupyter_distill._validation import expected
from jupyter_distill.constraints import Constraints
from jupyter_distill.saving._plain import from_plain, to_plain
from jupyter_distill.saving._refuse import Damaged, need, refuse
from jupyter_distill.saving._sound import sound
from jupyter_distill.saving._typed import Decoder, Encoder, hints
from jupyter_distill.students import Student, StudentRegressor, check_settings, family_of

FITTED = re.compile(r"[a-z][a-z0-9_]*_")
TASKS = ("classification", "regression")
KEYS = {"family", "task", "params", "fitted"}


def is_ours(model: Any) -> bool:
    """Return whether a model is a student of one of the families, and not of a class of its own."""
    return type(model) in [_kind(name, task) for name in _families() for task in TASKS]


def student_to_plain(student: Student, where: str, encode: Encoder) -> dict[str, Any]:
    """Return a student's document.

    Raises
    ------
    TypeError
        If it is not of one of the families.
    """
    if not is_ours(student):
        raise TypeError(
            expected(
                f"a student of one of the families {', '.join(students.names())}",
                got=f"{type(student).__name__}, a class of {type(student).__module__}",
                remedy="What is loaded runs no code of others, so that a class of your own cannot "
                "be read back: save what it says with d.report(path) or d.disagreements().",
            )
        )
    encode = encode.whole()
    known = hints(type(student))
    fitted = {name: value for name, value in vars(student).items() if FITTED.fullmatch(name)}
    return {
        "family": family_of(type(student)),
        "task": _task(student),
        "params": {
            name: _setting(value, f"{where}.{name}", encode)
            for name, value in student.get_params(deep=False).items()
        },
        "fitted": None
        if not fitted
        else {n: encode(known.get(n, Any), v, f"{where}.{n}") for n, v in fitted.items()},
    }


def student_from_plain(plain: Any, where: str, decode: Decoder) -> Student:
    """Return the student of a document; one that was fitted is sound enough to be asked."""
    need(isinstance(plain, dict) and set(plain) == KEYS, where, "a student", plain)
    family, task, params = plain["family"], plain["task"], plain["params"]
    need(family in _families(), where, f"one of {', '.join(_families())}", family)
    need(task in TASKS, where, "a task", task)
    kind = _kind(family, task)
    model = kind()
    need(isinstance(params, dict), where, "settings", params)
    need(set(params) == set(model.get_params(deep=False)), where, "its settings", sorted(params))
    try:
        model.set_params(**{n: _read_setting(n, v, where, decode) for n, v in params.items()})
        check_settings(model)
    except Damaged:
        raise
    except (TypeError, ValueError) as error:
        raise refuse(where, "settings that a student can have", str(error)) from error
    if plain["fitted"] is None:
        return model
    for name, value in _fit(plain["fitted"], kind, where, decode).items():
        setattr(model, name, value)
    sound(model, where)
    return model


def student_of(name: Any, decode: Decoder) -> Student:
    """Return the student of a document that stands by itself; it may share its fit with another."""
    need(isinstance(name, str) and name.startswith("students/"), "students", "a student", name)
    plain = decode.parts.document(name)
    need(isinstance(plain, dict) and set(plain) == KEYS, name, "a student", plain)
    first = plain["fitted"]
    if isinstance(first, str):
        other = decode.parts.document(first)
        need(isinstance(other, dict) and set(other) == KEYS, first, "a student", other)
        same = all(other[what] == plain[what] for what in ("family", "task"))
        need(same and isinstance(other["fitted"], dict), name, "a fit of its family", first)
        plain = {**plain, "fitted": other["fitted"]}
    need(plain["fitted"] is not None, name, "a student that has learnt", None)
    return student_from_plain(plain, name, decode)


def _fit(plain: Any, kind: type[Student], where: str, decode: Decoder) -> dict[str, Any]:
    """Return what a fit left, each by the annotation of its family."""
    need(isinstance(plain, dict), where, "what a fit left", plain)
    known = {n: hint for n, hint in hints(kind).items() if FITTED.fullmatch(n)}
    missing = sorted(set(known) - set(plain))
    need(not missing, where, "all that a fit leaves", f"none of {', '.join(missing)}")
    found = {}
    for name, value in plain.items():
        fine = FITTED.fullmatch(name) and not hasattr(kind, name)
        need(fine, where, "what a fit leaves", name)
        found[name] = decode(known.get(name, Any), value, f"{where}.{name}")
    return found


def unfitted(student: Student) -> bool:
    """Return whether a student has not learnt yet."""
    return not any(FITTED.fullmatch(name) for name in vars(student))


@cache
def _families() -> list[str]:
    return students.names()


@cache
def _kind(family: str, task: str) -> type[Student]:
    return students.load(family, task)


def _task(student: Student) -> str:
    return "regression" if isinstance(student, StudentRegressor) else "classification"


def _setting(value: Any, where: str, encode: Encoder) -> Any:
    if isinstance(value, Constraints):
        return {"constraints": encode.record(Constraints, value, where)}
    return to_plain(value)


def _read_setting(name: str, plain: Any, where: str, decode: Decoder) -> Any:
    if name == "constraints" and isinstance(plain, dict) and set(plain) == {"constraints"}:
        return decode.record(Constraints, plain["constraints"], f"{where}.constraints")
    value = from_plain(plain, where)
    need(not isinstance(value, np.ndarray), where, "a setting", value)
    return value
