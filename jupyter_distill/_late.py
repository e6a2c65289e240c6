"""The few doors upward: a lower layer names what a higher one will do, resolved on first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def late(door: str) -> Any:
    """Return the object named by ``"package.module:name"``, imported only now.

    A :class:`~jupyter_distill.Distillation` can show and audit itself although views and audits
    are built on it. Naming them as text keeps every import pointing downward.
    """
    module, _, name = door.partition(":")
    return getattr(import_module(module), name)
