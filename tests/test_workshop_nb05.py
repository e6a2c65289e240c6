"""The exercises of the lending notebook are judged by what the student does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.workshop import check


class Threshold:
    """Names good who earns more than 88, or is not single."""

    def predict(self, X: pd.DataFrame) -> Any:
        good = (X["income"] > 88) | (X["marital status"] != "single")
        return np.where(good, "good", "bad")


D = SimpleNamespace(student=Threshold())
APPLICANT = pd.DataFrame({"income": [60.0], "marital status": ["single"]})


@pytest.mark.parametrize("answer", [89, 89.0, np.int64(89), np.float32(88.5), pd.Series([89])])
def test_the_least_income_is_right(answer: object) -> None:
    verdict = check("05.1", answer, d=D, applicant=APPLICANT)
    assert verdict.right, verdict
    assert "threshold" in verdict.why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (70, "still deny"),
        (120, "so they do with less"),
        (10**9, "with less"),
        (-5, "still deny"),
        ("89", "'89' (str)"),
        (True, "(bool)"),
    ],
)
def test_another_income_is_told_what_to_look_at(answer: object, why: str) -> None:
    verdict = check("05.1", answer, d=D, applicant=APPLICANT)
    assert verdict.right is False
    assert why in verdict.why
    assert "88" not in verdict.why


APPLICANTS = pd.DataFrame(
    {"income": [60.0, 100, 60, 60, 50, 50], "marital status": ["single"] * 4 + ["married"] * 2}
)  # of the single a quarter is good, of the others all


@pytest.mark.parametrize("answer", [75, 75.4, -75, np.float64(74.2)])
def test_the_gap_is_right_with_either_sign(answer: object) -> None:
    verdict = check("05.2", answer, fair=D, applicants=APPLICANTS)
    assert verdict.right, verdict
    assert "75.0 points" in verdict.why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (0.75, "hundred times"),
        (20, "share of 'good'"),
        (float("nan"), "is a number"),
        ([1, 2], "(list)"),
        ({"gap": 75}, "(dict)"),
    ],
)
def test_another_gap_is_told_what_to_look_at(answer: object, why: str) -> None:
    verdict = check("05.2", answer, fair=D, applicants=APPLICANTS)
    assert verdict.right is False
    assert why in verdict.why
    assert "75" not in verdict.why.replace(repr(answer), "")


def test_what_was_not_answered_is_asked() -> None:
    assert "income" in repr(check("05.1", ..., d=D, applicant=APPLICANT))
