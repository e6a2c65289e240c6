"""The exercise of 04_healthcare: which diagnosis weighs most in one account."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jupyter_distill.data.patients import DIAGNOSES
from jupyter_distill.workshop._exercise import exercise

DIED = "died"


@exercise("04.1", "Without which of this patient's diagnoses would the student's risk be least?")
def heaviest(answer: Any, d: Any, patient: pd.DataFrame) -> tuple[bool, str]:
    """Judge the name of a diagnosis by what the student says of the patient without it."""
    if not isinstance(answer, str):
        return False, f"The name of a diagnosis is wanted, a text; this is {answer!r}."
    named = " ".join(answer.split()).lower()
    names = {name.lower(): name for name in DIAGNOSES.values()}
    if named not in names:
        return False, f"{answer!r} is no diagnosis of the table: {', '.join(names.values())}."
    name = names[named]
    has = [one for one in names.values() if patient[one].iloc[0] == "yes"]
    if name not in has:
        return False, f"This patient has no {name}, so nothing can be taken away."
    now = _risk(d, patient)
    without = {one: _risk(d, patient.assign(**{one: "no"})) for one in has}
    change = f"Without {name} the student says {without[name]:.3f} instead of {now:.3f}"
    if without[name] > min(without.values()):
        return False, f"{change}. Another one weighs more: look at what each adds to the sum."
    return True, (
        f"{change}. That is what the sum says without the term. It does not say what a cure would "
        "do: the student knows what goes together, not what causes what."
    )


def _risk(d: Any, patient: pd.DataFrame) -> float:
    place = [str(name) for name in d.student.classes_].index(DIED)
    return float(d.student.predict_proba(patient)[0, place])
