"""Tables as text."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

MOST = 12  # digits; numbers that differ behind these do so by the rounding of sums

# How rows that were measured on are called.
WHICH = {"held_out": "held-out rows", "all": "rows, also those it learnt from"}


def left(frame: pd.DataFrame) -> str:
    """Write a frame of texts with its first column to the left."""
    width = max(len(str(v)) for v in (*frame.iloc[:, 0], frame.columns[0]))
    first = frame.columns[0]
    named = frame.rename(columns={first: first.ljust(width)})
    return named.to_string(
        index=False, formatters={named.columns[0]: lambda v: str(v).ljust(width)}
    )


def told_apart(values: Sequence[float], digits: int = 3, kind: str = "g") -> list[str]:
    """Write numbers with as few digits as leave no two different ones looking the same.

    Parameters
    ----------
    values : sequence of float
        The numbers that are read beside each other; an empty text is written for NaN.
    digits : int, default 3
        The fewest; more where two would look the same.
    kind : {"g", "f", "+g"}
        How: digits in all, or behind the point; ``+`` with the sign.
    """
    sign, form = kind[:-1], kind[-1]
    known = [value for value in values if value == value]
    different = len({f"{value:.{MOST}{form}}" for value in known})
    texts: dict[float, str] = {}
    for more in range(digits, MOST + 1):
        texts = {value: f"{value:{sign}.{more}{form}}" for value in known}
        if len(set(texts.values())) >= different:
            break
    return [texts[value] if value == value else "" for value in values]


def figures(frame: pd.DataFrame, digits: int = 3) -> pd.DataFrame:
    """Return a frame whose numbers are texts, column by column no two of them looking the same."""
    shown = frame.copy()
    for name in frame.columns[[dtype.kind == "f" for dtype in frame.dtypes]]:
        shown[name] = told_apart(frame[name].tolist(), digits)
    return shown
