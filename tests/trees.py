"""Rows and trees that several tests share."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from jupyter_distill.data import Table
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import SoftTargets

SEEDS = st.integers(0, 2**32 - 1)
# Growing one takes longer than looking at it: every law is asked of the same ones.
PLANTED = st.integers(0, 27)


def rows_of_every_kind(n: int, rng: np.random.Generator) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "income": rng.normal(50, 20, n).round(1),
            "age": rng.integers(18, 90, n),
            "purpose": rng.choice(["car", "education", "house", "travel"], n).astype(object),
            "employed": (rng.random(n) < 0.6).astype(object),
        }
    )
    for name in ("income", "purpose", "employed"):
        frame.loc[rng.random(n) < rng.choice([0.0, 0.2]), name] = None
    frame["employed"] = frame["employed"].where(frame["employed"].isna(), frame["employed"] == 1)
    return frame


def grown(seed: int, size: int = 12, n: int = 300, **options: Any) -> tuple[Any, ...]:
    """A tree on rows of every kind, grown for a teacher that uses all of them."""
    rng = np.random.default_rng(seed)
    frame = rows_of_every_kind(n, rng)
    codes = np.nan_to_num(Table.of(frame).values, nan=-3.0)
    codes = (codes - codes.mean(0)) / (codes.std(0) + 1e-9)
    z = np.sin(codes @ rng.normal(size=(4, 6))) @ rng.normal(size=(6, 3)) * 2
    targets = SoftTargets(z, np.array(["no", "maybe", "yes"]), rng.integers(0, 3, n))
    # every fourth by a longer search, which asks questions that growth never would
    options = {"quality": "fast" if seed % 4 == 1 else "greedy", **options}
    return TreeStudent(size=size, min_rows=3, **options).fit_soft(frame, targets), frame, targets


@cache
def planted(seed: int) -> tuple[Any, ...]:
    """Return the tree of a seed, of up to 16 leaves; to be looked at, not changed."""
    return grown(seed, size=16)


def texts(e: TreeExplanation) -> list[str]:
    return sorted(e.condition(node) for node in range(1, len(e)))
