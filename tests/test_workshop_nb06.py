"""Common mistakes: the judges, and that each mistake is where it was planted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from jupyter_distill.findings import Finding
from jupyter_distill.workshop import check
from jupyter_distill.workshop.nb06 import MISTAKES, given, numbered

RIGHT = {"06.1": "ignored data quality", "06.2": "neglected interpretability"}
FOUND = (
    Finding("leaking-column", "A column tells.", {}, "Drop it."),
    Finding("dense-student", "It is too dense.", {}, "Take less."),
)
ONE: Any = SimpleNamespace(d=SimpleNamespace(findings=FOUND))


@pytest.mark.parametrize("number", RIGHT)
@pytest.mark.parametrize("answer", MISTAKES)
def test_one_of_the_four_is_right(number: str, answer: str) -> None:
    verdict = check(number, answer, given=ONE)
    assert verdict.right is (answer == RIGHT[number])
    if verdict.right:
        assert any(one.sentence in verdict.why for one in FOUND)
    else:
        assert "not made" in verdict.why and RIGHT[number] not in verdict.why


def test_a_code_or_other_spelling_is_taken_too() -> None:
    for answer in ("leaking-column", "Ignored_Data  quality"):
        assert check("06.1", answer, given=ONE).right
    assert check("06.2", "dense-student", given=ONE).right


@pytest.mark.parametrize("answer", [3, ["static temperature"], {"a": 1}])
def test_a_wrong_kind_is_told_so(answer: object) -> None:
    verdict = check("06.1", answer, given=ONE)
    assert verdict.right is False and f"type {type(answer).__name__}" in verdict.why


def test_another_text_is_told_what_the_mistakes_are() -> None:
    verdict = check("06.1", "overfitting", given=ONE)
    assert verdict.right is False and all(name in verdict.why for name in MISTAKES)
    assert check("06.1", given=ONE).right is None


def test_good_cases_have_the_first_numbers() -> None:
    y = pd.Series(["bad", "good", "bad", "good"], index=list("abcd"))
    assert numbered(y).to_dict() == {"a": 3, "b": 1, "c": 4, "d": 2}


def test_each_mistake_is_found_where_it_was_planted_and_no_other() -> None:
    for number, mistake in ((1, "ignored data quality"), (2, "neglected interpretability")):
        codes = given(number).d.findings.codes
        made = [name for name, of in MISTAKES.items() if set(of) & set(codes)]
        assert made == [mistake]
    with pytest.raises(ValueError, match="1 or 2"):
        given(3)
