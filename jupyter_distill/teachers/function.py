"""A teacher behind a function: rows in, logits or probabilities out."""

from __future__ import annotations

import inspect
from typing import Any

from jupyter_distill.teachers._base import Teacher


class FunctionTeacher(Teacher):
    """A plain callable; called once with all rows unless a batch size is given."""

    remote = True  # it may be

    def __init__(self, model: Any, *, name: str | None = None, **options: Any) -> None:
        super().__init__(model, name=name or _name(model), **options)

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


def _name(model: Any) -> str | None:
    """Name a function by its own name, a method together with its owner."""
    name = getattr(model, "__name__", None)
    owner = getattr(model, "__self__", None)
    if name == "<lambda>":
        return "the function"
    if name and owner is not None and not inspect.ismodule(owner):
        return f"{type(owner).__name__}.{name}"
    return name
