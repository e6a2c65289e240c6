"""The judge of 07_techniques: right, wrong, and of the wrong kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.workshop import check

FEW = pd.DataFrame(
    {
        "kept": [True, True, False, True],
        "points from": [0.6, -0.5, 0.0, 0.1],
        "points to": [3.6, 3.3, 0.0, 2.0],
    },
    index=pd.Index([0, 1, 2, 3], name="draw"),
)


def test_draws_in_which_something_was_gained() -> None:
    for right in ([0, 3], (3, 0), {0, 3}, FEW.index[[0, 3]], np.array([0, 3])):
        found = check("07.1", right, few=FEW)
        assert found.right and "One draw alone" in found.why
    answers: list[tuple[Any, str]] = [
        ([0, 1, 3], "between -0.5 and 3.3"),
        ([2], "left out"),
        (0, "There are more"),
        ([], "There are more"),
        ([7], "no draw 7"),
        (["a"], "A list of draws"),
        ("0", "There are more"),
        ({"0": 1}, "A list of draws"),
    ]
    for answer, said in answers:
        found = check("07.1", answer, few=FEW)
        assert found.right is False and said in found.why
    assert check("07.1", [], few=FEW.iloc[1:3]).right
