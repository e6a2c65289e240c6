"""The judge of 04_healthcare: right, wrong, and of the wrong kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.data.patients import DIAGNOSES
from jupyter_distill.workshop import check

WEIGHTS = {"stroke": 0.3, "diabetes": 0.1, "heart failure": 0.2}
PATIENT = pd.DataFrame([{name: "no" for name in DIAGNOSES.values()}]).assign(
    stroke="yes", diabetes="yes"
)


def predict_proba(rows: pd.DataFrame) -> Any:
    died = 0.2 + sum(of * (rows[name] == "yes").to_numpy() for name, of in WEIGHTS.items())
    return np.column_stack([1 - died, died])


D = SimpleNamespace(
    student=SimpleNamespace(predict_proba=predict_proba, classes_=np.array(["alive", "died"]))
)


def test_the_diagnosis_that_weighs_most() -> None:
    for right in ("stroke", " Stroke "):
        found = check("04.1", right, d=D, patient=PATIENT)
        assert found.right and "0.300 instead of 0.600" in found.why
    for answer, said in (
        ("diabetes", "0.500 instead of 0.600. Another one weighs more"),
        ("heart failure", "has no heart failure"),
        ("age", "'age' is no diagnosis"),
        (0.3, "name of a diagnosis"),
    ):
        found = check("04.1", answer, d=D, patient=PATIENT)
        assert found.right is False and said in found.why
