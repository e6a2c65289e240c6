"""What kind of answer was given."""

from __future__ import annotations

from typing import Any


def number_of(answer: Any) -> float | None:
    """Return a number, also one in text or in an array of one; None for anything else."""
    if isinstance(answer, bool) or type(answer).__name__ == "bool_":
        return None
    try:
        return float(answer.item() if hasattr(answer, "item") else answer)
    except (TypeError, ValueError):
        return None
