"""The one way in which what stands in a file is refused."""

from __future__ import annotations


class Damaged(ValueError):
    """Something in a file that no distillation wrote there; the door adds the file's name."""


def refuse(where: str, wanted: str, got: object) -> Damaged:
    """Say which part of a file is wrong, and how."""
    text = got if isinstance(got, str) else repr(got)
    text = text if len(text) <= 120 else f"{text[:117]}..."
    return Damaged(f"{where}: {wanted} was expected there, not {text}")


def need(fine: object, where: str, wanted: str, got: object = "this") -> None:
    """Refuse a part of a file unless it is fine."""
    if not fine:
        raise refuse(where, wanted, got)
