"""A teacher behind a function: rows in, logits or probabilities out."""

from __future__ import annotations

from typing import Any

from jupyter_distill.teachers._base import Teacher


class FunctionTeacher(Teacher):
    """A plain callable; called once with all rows unless a batch size is given."""

    def answer(self, rows: Any) -> Any:
        """Call the function; what it returns may say ``.logits``."""
        raw = self.model(rows)
        return raw if hasattr(raw, "shape") else getattr(raw, "logits", raw)


def accepts(model: Any) -> int:
    """Take any callable, behind every more specific kind."""
    return 1 if callable(model) else 0


def build(model: Any, **options: Any) -> Teacher:
    """Wrap the function."""
    return FunctionTeacher(model, **options)
