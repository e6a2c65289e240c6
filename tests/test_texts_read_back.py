"""Texts of a student are read back by nothing but what they say, and followed row by row."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_distill import students
from jupyter_distill.exports.code import export, markdown, text
from jupyter_distill.exports.code._alike import answered_alike
from jupyter_distill.exports.code._cells import cells
from jupyter_distill.exports.code._read import form_of
from jupyter_distill.exports.code._reading import _at_least
from jupyter_distill.targets import SoftTargets

from .audited import planted
from .coded import held_out, student

NAMES = ["a and b", "x <= 3", "a or missing", "(a", "a)", "otherwise", "Start", "Fidelity"]
NAMES += [
    "The sum",
    "Units",
    "where",
    "of",
    "unit 1",
    "a  b",
    "a is missing",
    "-1",
    "| a |",
    "## a",
]
NAMES += ["How it answers", "rule", "3 < a", "a", "a ", "*a*", "&lt;", "\\", "---"]
VALUES = [
    "yes",
    "yes or no",
    " or missing",
    "a, b",
    "1",
    '"',
    "a  b",
    "and",
    "|",
    "\\|",
    "\xa0",
    "",
]


@pytest.mark.parametrize("format", ["text", "markdown"])
@pytest.mark.parametrize("family", ["tree", "rules", "linear", "ebm", "net"])
def test_a_text_is_followed_and_comes_to_the_students_answers(family: str, format: str) -> None:
    task = "whole numbers" if format == "text" else "regression"
    of, rows = student(family, task), held_out()
    exact = export(of, format, rows=rows, digits=17)
    assert exact.checked_by == "a reader of the text alone"
    assert (exact.checked_rows, exact.checked_edges) == (len(rows), 200)
    scale = float(np.abs(of.output(rows)).max())
    assert exact.max_difference is not None and exact.max_difference <= 1e-12 * max(scale, 1)
    short = export(of, format, rows=rows)
    assert short.max_difference is not None and short.max_difference > exact.max_difference
    (said,) = re.findall(r"differs from the student's by more than (\S+)\.", _shown(short))
    assert short.max_difference <= float(said) <= 1.3 * short.max_difference


def _shown(made: Any) -> str:
    return re.sub(r"\\(.)", r"\1", str(made))


@pytest.mark.parametrize(
    ("family", "format", "old", "new"),
    [
        ("tree", "text", "a <= -0.013", "a <= -0.03"),
        ("tree", "text", "-0.013 < a <= 1.5 or missing", "-0.013 < a <= 1.5"),
        ("tree", "markdown", r'"plain" or missing\)', r'"plain"\)'),
        (
            "tree",
            "text",
            '"yes\\n"                       0.486',
            '"yes\\n"                       0.6',
        ),
        ("rules", "text", "a <= -2.23", "a <= -2.3"),
        ("rules", "markdown", r"a &lt;= \-2.23", r"a &lt;= 2.23"),
        ("linear", "text", "(a - 0.04856) times  0.6749", "(a + 0.04856) times  0.6749"),
        (
            "linear",
            "text",
            "kind is missing                       -0.2715",
            "kind is missing  0.2715",
        ),
        ("linear", "markdown", "0.04856", "0.4856"),
        ("net", "text", "unit 1 times  -0.9544", "unit 1 times  0.9544"),
        ("net", "text", "grade is 30 or 1 ", "grade is 30 or 2 "),
        ("linear", "text", 'of "yes\\n": above 0', 'of "no": above 0'),
    ],
)
def test_a_text_that_was_changed_is_found_out(family: str, format: str, old: str, new: str) -> None:
    of, module = student(family, "text"), {"text": text, "markdown": markdown}[format]
    form, content = form_of(of), str(export(of, format, rows=held_out()))
    assert old in content
    rows = cells(form, of._read(held_out(), reset=False))
    answered_alike(of, form, rows, module.check(content, form, rows), format)
    with pytest.raises(
        ValueError, match=r"does not answer as the student|can be followed|one thing"
    ):
        changed = content.replace(old, new)
        answered_alike(of, form, rows, module.check(changed, form, rows), format)


@pytest.mark.parametrize("digits", [3, 4, 10])
def test_a_wrong_digit_is_no_rounding_however_few_there_are(digits: int) -> None:
    for family, task in (("tree", "text"), ("linear", "regression"), ("linear", "text")):
        of = student(family, task)
        form, made = form_of(of), export(of, "text", rows=held_out(), digits=digits)
        rows = cells(form, of._read(held_out(), reset=False))
        assert made.rounding is not None and made.max_difference is not None
        assert abs(made.rounding - made.max_difference) < 1e-9
        assert f"of which rounding makes {made.rounding:.3g}" in made.describe()
        lines = str(made).splitlines()
        at = max(i for i, one in enumerate(lines) if re.search(r"\s-?\d*\.\d+$", one))
        wrong = lines[at].rpartition(".")
        lines[at] = f"{wrong[0]}.{(int(wrong[2][0]) + 1) % 10}{wrong[2][1:]}"
        with pytest.raises(ValueError, match=f"the student, rounded to {digits} digits, does on"):
            changed = text.check("\n".join(lines), form, rows, digits=digits)
            answered_alike(of, form, rows, changed, "text")
    assert export(student("tree", "text"), "text", digits=17).rounding is None


@example(names=["a", "a and b", "a or missing"], values=["yes", "yes or no", " or missing"])
@example(names=["a", "3 < a", "(a"], values=["1", '"', "\xa0"])
@example(names=["Fidelity", "The sum", "Start"], values=["a  b", "|", ""])
@given(
    names=st.lists(
        st.sampled_from(NAMES) | st.text(min_size=1), min_size=3, max_size=3, unique=True
    ),
    values=st.lists(st.sampled_from(VALUES) | st.text(), min_size=2, max_size=4, unique=True),
)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_columns_and_values_are_called(names: list[str], values: list[str]) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            names[0]: rng.normal(size=90),
            names[1]: rng.choice(np.array(values, dtype=object), 90),
            names[2]: rng.normal(size=90),
        }
    )
    frame.loc[rng.random(90) < 0.1, names[0]] = None
    z = frame[names[0]].fillna(1) + 2 * (frame[names[1]] == values[0]) + frame[names[2]]
    targets = SoftTargets(np.column_stack([-z, z]), values[:2])
    for family in ("tree", "rules", "linear"):
        options = {"size": 4, "alpha": 0.0} | ({} if family == "linear" else {"quality": "greedy"})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            of = students.load(family)(**options).fit_soft(frame, targets)
        for format in ("text", "markdown"):
            assert export(of, format, rows=frame).checked


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_the_card_below_the_sums_is_no_part_of_them(format: str) -> None:
    made = planted().export(format)
    assert "Fidelity" in str(made) and made.checked_rows == len(planted().rows.held_out)


def test_texts_of_two_numbers_are_never_below_them() -> None:
    for value in (0.0, 0.000475, 0.00047, 1.0, 123.4, 9.99e-12, 0.99999):
        assert value <= float(_at_least(value)) <= 1.1 * value + 1e-15


def test_categories_that_are_numbers_are_told_apart() -> None:
    frame = pd.DataFrame({"n": pd.Categorical([1, 10, 100, 2] * 30, categories=[1, 10, 100, 2])})
    z = np.tile([0.0, 4.0, -4.0, 2.0], 30)
    of = students.load("tree")(size=4, alpha=0.0, quality="greedy")
    of.fit_soft(frame, SoftTargets(np.column_stack([-z, z]), [1, 10]))
    made = export(of, "text", rows=frame)
    assert made.checked_rows == 120
