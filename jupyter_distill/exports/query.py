"""What a table is asked, read with care: a person may have written it by hand."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jupyter_distill._validation import Refusal, did_you_mean, expected, some

Query = Mapping[str, Any]


KEYS = ("ticket", "start", "stop", "sort", "filters", "text", "scope")


def check_keys(query: Query) -> None:
    """Refuse what no table can be asked."""
    for name in query:
        if name not in KEYS:
            raise Refusal(
                expected(f"a query of {some(KEYS, 7)}", got=repr(name)) + did_you_mean(name, KEYS)
            )


def sort_of(query: Query) -> tuple[object, bool] | None:
    """Return the column to sort by and whether it descends; None: the order of the scope."""
    sort = query.get("sort")
    if sort is None:
        return None
    if (
        isinstance(sort, Sequence)
        and not isinstance(sort, str)
        and len(sort) == 2
        and isinstance(sort[1], bool | np.bool_)
    ):
        return sort[0], bool(sort[1])
    raise Refusal(
        expected(
            "sort to be [name, descending] or None",
            got=repr(sort),
            remedy='Write it as in {"sort": ["margin", True]}.',
        )
    )


def filters_of(query: Query) -> list[Query]:
    """Return the filters, every one of which a row has to pass."""
    filters = query.get("filters")
    if filters is None:
        return []
    if isinstance(filters, Sequence) and all(
        isinstance(one, Mapping) and {"column", "op", "value"} <= set(one) for one in filters
    ):
        return list(filters)
    raise Refusal(
        expected(
            "filters to be a list, each with column, op and value",
            got=repr(filters),
            remedy='Write it as in {"filters": [{"column": "margin", "op": ">=", "value": 0.5}]}.',
        )
    )


def whole(query: Query, name: str, default: int) -> int:
    """Return a count of rows out of a query; `default` where it says nothing."""
    value = query.get(name)
    if value is None:
        return default
    if hasattr(value, "__index__") and not isinstance(value, bool) and value >= 0:
        return operator.index(value)
    raise Refusal(
        expected(
            f"{name} to be a whole number, 0 or more",
            got=repr(value),
            remedy=f"Leave {name} out if it does not matter.",
        )
    )
