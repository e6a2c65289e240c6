"""Tables as text."""

from __future__ import annotations

import pandas as pd

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
