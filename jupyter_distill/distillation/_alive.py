"""The distillations that a person has made, as long as they are alive, in the order of making."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

_made: WeakKeyDictionary[Distillation, int] = WeakKeyDictionary()
_numbers = count()


def remember(d: Distillation) -> Distillation:
    """Note that this one was made just now, and return it; it is not kept alive by that."""
    _made[d] = next(_numbers)
    return d


def alive() -> list[Distillation]:
    """Return those that are alive, the last one made at the end."""
    return [d for d, _ in sorted(list(_made.items()), key=lambda item: item[1])]
