"""What kind of answer was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def number_of(answer: Any) -> float | None:
    """Return a number, also one in text or in an array of one; None for anything else."""
    if isinstance(answer, bool) or type(answer).__name__ == "bool_":
        return None
    try:
        return float(answer.item() if hasattr(answer, "item") else answer)
    except (TypeError, ValueError):
        return None


def numbers_of(answer: Any) -> list[float] | None:
    """Return the numbers of a list, a set, a series ..., or the one number; None for the rest."""
    alone = number_of(answer)
    if alone is not None:
        return [alone]
    if isinstance(answer, str | bytes | Mapping) or not isinstance(answer, Iterable):
        return None
    found = [number_of(one) for one in answer]
    return None if None in found else [one for one in found if one is not None]
