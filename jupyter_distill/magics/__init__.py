"""The magics: ``%load_ext jupyter_distill``, then ``%distill model X y``."""

from __future__ import annotations

from typing import Any

from jupyter_distill.magics._completion import IDENTIFIER, matcher
from jupyter_distill.magics._magics import COMMANDS, DistillMagics

__all__ = ["COMMANDS", "DistillMagics", "load", "unload"]


def load(ipython: Any) -> None:
    """Add the magics and their completion to a shell; a second time replaces the first."""
    unload(ipython)
    ipython.register_magics(DistillMagics(ipython))
    ipython.Completer.custom_matchers.append(matcher(ipython, COMMANDS))


def unload(ipython: Any) -> None:
    """Take both away again."""
    magics = ipython.magics_manager.registry.get(DistillMagics.__name__)
    if magics is not None:
        magics.leave()
    matchers = ipython.Completer.custom_matchers
    matchers[:] = [m for m in matchers if getattr(m, "matcher_identifier", "") != IDENTIFIER]
