"""A mixin of a distillation: something that can be asked of it, resolved on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation


class Mixin:
    """A part of a distillation that needs the whole."""

    @property
    def _d(self) -> Distillation:
        return cast("Distillation", self)
