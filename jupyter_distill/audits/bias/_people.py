"""Groups of people among the rows of a distillation: by column, and by several together."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._validation import Refusal, expected
from jupyter_distill.checks._given import Given
from jupyter_distill.checks._sensitive import Attribute, read_sensitive
from jupyter_distill.distillation import Distillation


def attributes_of(d: Distillation, sensitive: Any, intersections: bool) -> list[Attribute]:
    """Return the groups of all rows, by each column and by several together."""
    if sensitive is None:
        raise Refusal(
            expected("sensitive to be names of columns, or values beside the rows", got="None")
        )
    if isinstance(sensitive, Mapping):
        sensitive = pd.DataFrame(dict(sensitive))
    read = read_sensitive(_aligned(sensitive, d), _given(d, sensitive))
    if len(read) < 2:
        return read
    single, together = read[:-1], read[-1]
    if not intersections:
        return single
    pairs = [_both(a, b) for a, b in combinations(single, 2)] if len(single) > 2 else []
    return [*single, *pairs, together]


def _both(a: Attribute, b: Attribute) -> Attribute:
    groups = [f"{x} and {y}" for x, y in zip(a.groups, b.groups, strict=True)]
    return Attribute(f"{a.name} and {b.name}", np.array(groups, dtype=object))


def _given(d: Distillation, sensitive: Any) -> Given:
    """Return the rows as they were given: test rows apart where values come in two parts."""
    if d.rows.unseen and isinstance(sensitive, tuple):
        first, last = d.rows.learnt, d.rows.held_out
        return Given(d.table.take(first), None, None, d.table.take(last), None, None)
    return Given(d.table, None, None, None, None, None)


def _aligned(sensitive: Any, d: Distillation) -> Any:
    """Return a pandas series or frame of more rows by the index of these, where it tells them."""
    native = d.table.native
    if not isinstance(sensitive, pd.Series | pd.DataFrame) or not isinstance(native, pd.DataFrame):
        return sensitive
    index = native.index
    if len(sensitive) == len(index) or not (sensitive.index.is_unique and index.is_unique):
        return sensitive
    return sensitive.loc[index] if index.isin(sensitive.index).all() else sensitive
