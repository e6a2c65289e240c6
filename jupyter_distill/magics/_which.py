"""Which distillation a magic speaks of, and which there are."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any

from IPython.core.error import UsageError

from jupyter_distill._optional import loaded
from jupyter_distill._validation import brief
from jupyter_distill._variables import distillations

NONE = "There is no distillation in this notebook. Make one: %distill model X y -o d"


def names(namespace: Mapping[str, Any]) -> dict[int, str]:
    """Return by identity what distillations are called in a notebook: ``d``, or ``Out[3]``."""
    kept = {f"Out[{n}]": value for n, value in _shown(namespace).items()}
    kept |= {name: value for name, value in namespace.items() if not name.startswith("_")}
    found: dict[int, str] = {}
    for name, d in distillations(kept).items():
        if id(d) not in found or found[id(d)].startswith("Out["):
            found[id(d)] = name
    return found


def _shown(namespace: Mapping[str, Any]) -> dict[Any, Any]:
    """Return what cells have shown."""
    found = namespace.get("Out")
    return found if isinstance(found, dict) else {}


def made() -> list[Any]:
    """Return the distillations that were made and are alive, the last one at the end."""
    module = loaded("jupyter_distill.distillation")
    return [] if module is None else list(module.alive())


def there(namespace: Mapping[str, Any]) -> list[Any]:
    """Return every distillation that is alive, the last one made at the end."""
    gc.collect()  # a distillation and its ladder know each other, so it does not go by itself
    known = made()
    ids = {id(d) for d in known}
    kept = distillations({**_shown(namespace), **namespace}).values()
    others = {id(d): d for d in kept if id(d) not in ids}  # made by hand: nobody knows when
    return [*others.values(), *known]


def last(namespace: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the distillation that was made last, and what it is called.

    Of those that have no name, as a view made them say, one is taken only if none has a name.

    Raises
    ------
    UsageError
        If there is none.
    """
    called = names(namespace)
    found = there(namespace)
    if not found:
        raise UsageError(NONE)
    d = next((one for one in reversed(found) if id(one) in called), found[-1])
    return called.get(id(d), "the last one that was made"), d


def is_distillation(value: object) -> bool:
    """Say whether it is one."""
    return bool(distillations({"": value}))


def refuse_other(value: object, name: str) -> UsageError:
    """Return the error of something that stands where a distillation was expected."""
    return UsageError(f"Expected a distillation. Got {brief(value)} as {name}. %distill makes one.")
