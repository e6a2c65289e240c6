"""Exercises of the lesson on temperature: right, wrong and of the wrong kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.targets import SoftTargets
from jupyter_distill.workshop import Pictures, check

# three nines, two of which look like a 4 and one, which is taken for an 8, like that
TARGETS = SoftTargets(
    [[2.0, 0.0, 5.0], [1.0, 0.0, 5.0], [0.0, 6.0, 5.0], [5.0, 4.0, 0.0]],
    ["4", "8", "9"],
    np.array([2, 2, 2, 0]),
)
PATH = pd.DataFrame(
    {
        "temperature": [1.0, 2.0, 4.0],
        "behind_best": [0.3, 0.02, 0.0],
        "se": [0.05, 0.015, 0.0],
    }
)


def right(number: str, answer: Any, **given: Any) -> bool | None:
    return check(number, answer, **given).right


def why(number: str, answer: Any, **given: Any) -> str:
    assert not check(number, answer, **given).right
    return check(number, answer, **given).why


def test_the_second_guess() -> None:
    assert all(right("02.1", answer, targets=TARGETS) for answer in ("4", 4, np.int64(4)))
    assert "1 of 3" in why("02.1", "8", targets=TARGETS)
    assert "what they are" in why("02.1", 9, targets=TARGETS)
    assert "no class" in why("02.1", [4], targets=TARGETS)
    assert right("02.1", ..., targets=TARGETS) is None


def test_the_temperature_of_one_half() -> None:
    logits = np.array([np.log(2.0) * 3, 0.0, 0.0])  # at T = 3 it is 2 to 1 to 1
    assert all(right("02.2", T, logits=logits) for T in (3, 3.05, "3", np.float64(3)))
    assert "A higher T" in why("02.2", 1, logits=logits)
    assert "A lower T" in why("02.2", 9, logits=logits)
    for wrong in (0, -1, "warm", True, [1, 2], np.ones(2), np.nan):
        assert "no temperature" in why("02.2", wrong, logits=logits)


def test_temperatures_that_are_alike() -> None:
    for answer in ([2, 4], {4.0, 2.0}, (2, 4), PATH["temperature"][1:], np.array([2.0, 4.0])):
        assert right("02.3", answer, path=PATH)
    assert "more" in why("02.3", [4], path=PATH)
    assert "more" in why("02.3", 4, path=PATH)
    assert "more" in why("02.3", [4, 4], path=PATH)
    assert "0.300 behind" in why("02.3", [1, 2, 4], path=PATH)
    assert "not tried" in why("02.3", [3], path=PATH)
    for wrong in ("2 and 4", {2: 4}, ["two"], [], object()):
        assert "no list" in why("02.3", wrong, path=PATH)


def test_pictures_have_their_captions() -> None:
    shown = Pictures(np.eye(4)[:2], ["a < b", 7], shape=(2, 2))
    html = shown._repr_html_()
    assert repr(shown) == "2 pictures: a < b, 7"
    assert html.count("<svg") == 2 and "a &lt; b" in html and html.count("fill-opacity") == 2
    assert Pictures(np.zeros((1, 4)), shape=(2, 2))._repr_html_().count("fill-opacity") == 0
    with pytest.raises(ValueError):
        Pictures(np.eye(4), ["one"], shape=(2, 2))._repr_html_()
