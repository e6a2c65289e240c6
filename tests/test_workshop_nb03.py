"""Exercises of the lesson on families: right, wrong and of the wrong kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.workshop import check

FRAME = pd.DataFrame(
    {
        "family": ["tree", "tree", "rules", "ebm", "net"],
        "size": [8, 24, 6, 10, 8],
        "statements": [7, 23, 9, 10, 64],
        "fidelity": [0.84, 0.89, 0.83, 0.92, 0.95],
    }
)


class Ladder:
    def frame(self) -> pd.DataFrame:
        return FRAME

    def rung(self, size: int | None = None, family: str | None = None) -> Any:
        student = SimpleNamespace(title_="list of 6 rules")
        return SimpleNamespace(family=family, size=6, fidelity=0.83, student=student)


def verdict(number: str, answer: Any) -> tuple[bool | None, str]:
    found = check(number, answer, ladder=Ladder())
    return found.right, found.why


def test_the_most_faithful_that_is_quick_to_read() -> None:
    rung = SimpleNamespace(family="ebm", size=10)
    for answer in (("ebm", 10), [10, "ebm"], rung, FRAME.iloc[3], {"family": "ebm", "size": "10"}):
        assert verdict("03.1", answer)[0]
    for answer, said in (
        (("net", 8), "64 statements"),
        (("tree", 8), "another"),
        (("tree", 9), "no tree of size 9"),
        (("forest", 9), "no family"),
        ("ebm", "no rung"),
        (("ebm", "ten"), "no rung"),
        ((3, 4), "no rung"),
    ):
        right, why = verdict("03.1", answer)
        assert right is False and said in why


def test_what_rules_cost() -> None:
    assert all(verdict("03.2", answer)[0] for answer in (12, 12.1, "12", np.float64(11.9)))
    for answer, said in (
        (0.12, "by 100"),
        (-12, "above 0"),
        (6, "the largest"),
        ("a lot", "no number"),
        (True, "no number"),
    ):
        right, why = verdict("03.2", answer)
        assert right is False and said in why
