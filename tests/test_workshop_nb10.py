"""The judge of 10_scale: right, wrong, and of the wrong kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.workshop import check

CURVE = pd.DataFrame({"rows": [2000, 4000, 8000], "fidelity": [0.8, 0.895, 0.9]})
D = SimpleNamespace(sample=SimpleNamespace(frame=lambda: CURVE))


@pytest.mark.parametrize("answer", [4000, 4000.0, np.int64(4000)])
def test_the_least_number_near_the_best_is_right(answer: Any) -> None:
    assert check("10.1", answer, d=D).right


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("4000", "A number"),
        (True, "A number"),
        (5000, "2,000, 4,000, 8,000"),
        (2000, "more than a point"),
        (8000, "fewer rows"),
    ],
)
def test_others_are_told_why(answer: Any, why: str) -> None:
    verdict = check("10.1", answer, d=D)
    assert verdict.right is False and why in verdict.why
