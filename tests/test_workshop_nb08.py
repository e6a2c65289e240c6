"""The judges of 08_auditing_recorded_predictions: right, wrong, and of the wrong kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.workshop import check

AUDIT = SimpleNamespace(parts={"fidelity": 0, "bias": 0, "expectations": 0, "attributions": 0})
REGIONS = SimpleNamespace(
    frame=lambda: pd.DataFrame(
        {
            "region": [0, 1, 2],
            "teacher_right_low": [0.4, 0.6, 0.1],
            "teacher_right_high": [0.6, 0.9, 0.45],
        }
    )
)


def loan(index: str = "L1") -> pd.DataFrame:
    columns = {"income": [50.0], "home": ["rent"], "age": [30]}
    return pd.DataFrame(columns, index=pd.Index([index], name="loan_id"))


def distilled() -> Any:
    def predict(rows: pd.DataFrame) -> Any:
        return np.where((rows["income"] > 100) | (rows["home"] == "owner"), "good", "bad")

    step = SimpleNamespace(column="home", after="owner")
    certificate = SimpleNamespace(change=SimpleNamespace(steps=(step,)))
    return SimpleNamespace(
        student=SimpleNamespace(predict=predict), certificate=lambda **asked: certificate
    )


@pytest.mark.parametrize(
    "answer",
    [["expectations", "attributions"], ("attributions", "expectations"), {"attributions": 1}],
)
def test_the_parts_that_ask_are_those_of_the_student_alone(answer: Any) -> None:
    assert check("08.1", answer, audit=AUDIT).right is (not isinstance(answer, dict))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("expectations", "list of names"),
        (3, "list of names"),
        (["shap"], "no part 'shap'"),
        (["expectations"], "There are more"),
        (["expectations", "attributions", "bias"], "no more than recorded"),
    ],
)
def test_other_parts_are_not(answer: Any, why: str) -> None:
    verdict = check("08.1", answer, audit=AUDIT)
    assert verdict.right is False and why in verdict.why


@pytest.mark.parametrize("answer", [[1, 2], (2, 1), np.array([1, 2]), pd.Series([1, 2])])
def test_regions_are_told_by_their_interval(answer: Any) -> None:
    assert check("08.2", answer, regions=REGIONS).right


@pytest.mark.parametrize(
    ("answer", "why"),
    [(1, "A list"), ([1.5], "A list"), ([7], "numbered 0, 1, 2"), ([0, 1], "whole interval")],
)
def test_other_regions_are_not(answer: Any, why: str) -> None:
    verdict = check("08.2", answer, regions=REGIONS)
    assert verdict.right is False and why in verdict.why


def test_any_other_change_to_good_is_a_way() -> None:
    assert check("08.3", {"income": 150}, d=distilled(), loan=loan()).right
    assert check("08.3", {"income": 150, "home": "owner"}, d=distilled(), loan=loan()).right


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("income", "A dict"),
        ({}, "Nothing is changed"),
        ({"wage": 1}, "no column 'wage'"),
        ({"age": 40}, "must stay"),
        ({"income": "much"}, "a number"),
        ({"home": 3}, "a text"),
        ({"income": 60}, "still says bad"),
        ({"home": "owner"}, "certificate's own way"),
    ],
)
def test_what_is_no_other_way_is_told_why(answer: Any, why: str) -> None:
    verdict = check("08.3", answer, d=distilled(), loan=loan())
    assert verdict.right is False and why in verdict.why
