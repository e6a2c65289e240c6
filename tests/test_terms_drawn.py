"""A linear student reads as a sum, on its page and in print."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.data import Table
from jupyter_distill.explanation import Coefficients, TermExplanation
from jupyter_distill.exports import bars, html, overview, theme
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.targets import SoftTargets
from tests.small import EVIL, people

MINUS = "\N{MINUS SIGN}"


def explained(classes: int) -> TermExplanation:
    frame, _ = people(name=EVIL)
    z = frame[EVIL].fillna(30).to_numpy() / 10 - 5
    logits = np.column_stack([0 * z, z + frame["employed"], (frame["purpose"] == "car") - z])
    targets = SoftTargets(logits[:, :classes], ["no", EVIL, "maybe"][:classes])
    return LinearStudent(4, alpha=0.0).fit_soft(frame, targets).explain()


def rows_of(drawn: str) -> list[Any]:
    return list(ElementTree.fromstring(f"<div>{drawn}</div>").iter("tr"))


@pytest.mark.parametrize("classes", [2, 3])
def test_every_term_has_a_bar_and_a_number_for_each_score(classes: int) -> None:
    said = explained(classes)
    drawn = overview.student(said)
    assert "<img" not in drawn and "</script" not in drawn
    assert html.escape(said.reading) in drawn
    head, *lines, last = rows_of(drawn)
    scores = len(said.scores)
    assert len(list(head)) == (3 if scores == 1 else 1 + scores)
    most = max(term.importance for term in said.terms)
    ordered = said.frame()
    assert len(lines) == len(ordered) - 1
    known = {term.name: term for term in said.terms}
    for line, name in zip(lines, ordered["term"], strict=False):
        cells = line.findall("td")
        term = known[name]
        assert cells[0].text == name
        assert len(cells) == 1 + 2 * scores
        for k in range(scores):
            rect = cells[1 + 2 * k].find("svg/rect")
            left, width = float(rect.get("x")), float(rect.get("width"))
            assert width == pytest.approx(50 * abs(term.moves[k]) / most, abs=0.06)
            assert (left < 49.9) == (term.moves[k] < 0 and width > 0.1)
            assert rect.get("fill") == ("var(--jd-accent)" if scores == 1 else theme.colour(k))
            number = float(cells[2 + 2 * k].text.replace(MINUS, "-"))
            assert number == pytest.approx(term.values[k], rel=6e-3)
            assert len(re.sub(r"\D", "", cells[2 + 2 * k].text).lstrip("0")) == 3
    assert last.find("td").text == "(intercept)"
    assert not list(last.iter("svg"))
    assert [c.text for c in last.iter("td") if c.get("class")] == [
        bars.signed(v) for v in said.intercept
    ]


def test_what_a_term_moves_has_the_sign_of_its_coefficient() -> None:
    said = explained(2)
    for term in said.terms:
        assert term.importance == np.abs(term.moves).max()
        if not term.name.endswith("is missing"):
            assert (np.sign(term.moves) == np.sign(term.values)).all()


def test_print_says_how_an_answer_comes_about() -> None:
    two, three = explained(2), explained(3)
    assert repr(two).startswith(f"The log-odds of {EVIL} are a sum, above 0 where {EVIL} is")
    assert repr(three).startswith("The score of each class is a sum")
    assert "counts 1 where it holds" in two.reading
    assert "missing" not in repr(two).splitlines()[-1] and "NaN" not in repr(two)
    columns = Table.of(pd.DataFrame({"a": [1.0, 2.0]})).columns
    number = TermExplanation(
        columns, (), ("prediction",), np.ones(1), (Coefficients(0, "a", np.ones(1), np.ones(1)),)
    )
    assert number.reading.startswith("The prediction is a sum")
    assert "counts 1 where it holds" not in number.reading
    assert "compares it with the mean" in overview.student(two)
    assert "compares it with the mean" not in overview.student(number)
    alone = TermExplanation(columns, (), ("prediction",), np.ones(1), ())
    assert alone.reading == "The prediction is a sum: nothing but the intercept."
    assert len(rows_of(overview.student(alone))) == 2


def test_more_than_sixty_terms_are_folded() -> None:
    columns = Table.of(pd.DataFrame(np.zeros((2, 80)), columns=[f"x{j}" for j in range(80)]))
    terms = tuple(
        Coefficients(j, f"x{j}", np.ones(1), np.array([-float(80 - j)])) for j in range(80)
    )
    for count in (60, 80):
        said = TermExplanation(columns.columns, (), ("prediction",), np.ones(1), terms[:count])
        drawn = overview.student(said)
        open_, _, folded = drawn.partition("<details>")
        assert open_.count("<svg") == 60
        assert folded.count("<svg") == count - 60
    assert "20 more terms: each moves a score by at most 20" in folded
    still = tuple(Coefficients(j, f"x{j}", np.ones(1), np.zeros(1)) for j in range(3))
    flat = TermExplanation(columns.columns, (), ("prediction",), np.ones(1), still)
    assert 'width="0.0"' in overview.student(flat)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "+0"),
        (0.04697, "+0.0470"),
        (-1.0, f"{MINUS}1.00"),
        (9.996, "+10.0"),
        (1234.0, "+1230"),
        (-2.5e-5, f"{MINUS}2.5e-05"),
        (2.5e-5, "+2.5e-05"),
        (2.5e7, "+2.5e+07"),
    ],
)
def test_numbers_have_three_digits_that_count_and_a_sign(value: float, text: str) -> None:
    assert bars.signed(value) == text
