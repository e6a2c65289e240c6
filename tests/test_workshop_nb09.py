"""The judges of 09_text_transformer: right, wrong, and of the wrong kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.data.reviews import load_reviews
from jupyter_distill.workshop import check


class Reads:
    """A teacher that knows what *not* does."""

    def predict(self, texts: list[str]) -> list[str]:
        return ["great" if ("good" in t) != ("not" in t) else "other" for t in texts]


def words(texts: pd.Series[str]) -> pd.DataFrame:
    return pd.DataFrame({"good": texts.str.count("good")})


LOGITS = np.array([[0, 1], [0, 1], [0, 1], [0, 1], [1, 0], [1, 0]], dtype=float)
SAID = np.array([[0, 1], [1, 0], [1, 0], [1, 0], [1, 0], [1, 0]], dtype=float)
D = SimpleNamespace(
    student=SimpleNamespace(
        predict=lambda X: np.where(X["good"] > 0, "great", "other"), output=lambda table: SAID
    ),
    held_out=(None, SimpleNamespace(classes=["great", "other"], logits=LOGITS)),
)


@pytest.mark.parametrize(
    ("answer", "right", "why"),
    [
        ("not good", True, "it knew 1"),
        ("good", False, "Which words"),
        (" ", False, "A text"),
        (["not good"], False, "A text"),
        ("good " * 33, False, "33 words"),
    ],
)
def test_a_text_is_put_to_both(answer: Any, right: bool, why: str) -> None:
    verdict = check("09.1", answer, d=D, teacher=Reads(), words=words)
    assert verdict.right is right and why in verdict.why


@pytest.mark.parametrize(
    ("answer", "right", "why"),
    [
        (0.25, True, "card"),
        (np.float64(0.2501), True, "card"),
        (1.0, False, "other way round"),
        (0.5, False, "and no others"),
        ("0.25", False, "A number"),
        (25, False, "A number"),
        (True, False, "A number"),
    ],
)
def test_the_share_is_counted_again(answer: Any, right: bool, why: str) -> None:
    verdict = check("09.2", answer, d=D)
    assert verdict.right is right and why in verdict.why


def test_the_reviews_are_there() -> None:
    texts, y = load_reviews()
    assert len(texts) == len(y) == 5_000 and set(y) == {"great", "other"}
    assert 0.64 < (y == "great").mean() < 0.66 and not texts.str.contains("<br").any()
    short, of_short = load_reviews(words=32)
    assert len(short) == 1_355 and short.index.equals(of_short.index)
    assert short.str.split().map(len).max() == 32
