"""Numbers that are read beside each other have as many digits as tell them apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill.audits._text import MOST, figures, told_apart
from jupyter_distill.audits.certificate._certified import Said
from jupyter_distill.audits.compare._compare import _said

numbers = st.floats(-1e12, 1e12).map(lambda x: float(f"{x:.6g}"))


@given(st.lists(numbers | st.just(float("nan")), min_size=1, max_size=8))
def test_no_two_different_numbers_look_the_same(values: list[float]) -> None:
    texts = told_apart(values)
    known = {v: t for v, t in zip(values, texts, strict=True) if v == v}
    assert len(set(known.values())) == len({v + 0.0 for v in known})
    assert all((v == v) == bool(t) for v, t in zip(values, texts, strict=True))


def test_there_are_as_few_digits_as_will_do() -> None:
    assert told_apart([52.0, 60.123456]) == ["52", "60.1"]
    assert told_apart([52000.1, 52000.4]) == ["52000.1", "52000.4"]
    assert told_apart([0.25, -0.25004], kind="+g") == ["+0.25", "-0.25"]
    assert told_apart([0.5003, 0.4997], kind="f") == ["0.5003", "0.4997"]
    # but for the rounding of sums these are one number
    assert told_apart([0.1 + 0.2, 0.3]) == ["0.3", "0.3"] and MOST < 15


def test_an_answer_that_is_nearly_level_does_not_look_level() -> None:
    assert Said("bad", {"good": 0.4997, "bad": 0.5003}).text == "bad (0.5003)"
    assert Said("bad", {"good": 0.2, "bad": 0.8}).text == "bad (0.800)"
    assert Said("bad", {"good": 0.5, "bad": 0.5}).text == "bad (0.500)"
    assert Said("bad", {"bad": 1.0}).text == "bad (1.000)"


def test_columns_of_a_table_keep_what_tells_their_numbers_apart() -> None:
    frame = pd.DataFrame({"part": ["a", "b"], "threshold": [52000.1, 52000.4], "n": [1, 2]})
    shown = figures(frame, 4)
    assert shown["threshold"].tolist() == ["52000.1", "52000.4"] and shown["n"].tolist() == [1, 2]
    assert frame["threshold"].tolist() == [52000.1, 52000.4]
    assert figures(pd.DataFrame({"x": [np.nan, 1.5]}))["x"].tolist() == ["", "1.5"]


def test_a_column_that_one_leans_on_a_little_more_is_said_with_its_digits() -> None:
    row = {"column": "age", "student": 0.12341, "labels_only": 0.12339}
    row |= {"difference": 0.00002, "low": 0.00001, "high": 0.00003}
    said = _said(row)
    assert "by 0.12341, those of the other by 0.12339" in said
    assert "difference +2e-05 [+1e-05, +3e-05]" in said
