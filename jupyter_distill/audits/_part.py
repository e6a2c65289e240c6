"""One part of an audit: every module of audits that has one is found by its name."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from jupyter_distill import audits
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Findings

PART = "PART"  # name under which a module says what it adds to an audit


@dataclass(frozen=True)
class Scope:
    """What a person asked of a whole audit; a part takes of it what concerns it.

    Attributes
    ----------
    rows : {"held_out", "all"}
        Rows to measure on.
    sensitive : object
        Columns, or arrays beside the rows, by which groups are told apart; None: no groups.
    expectations : object
        What the owner expects of each column; None: nothing.
    explained : int
        Rows whose reasons are looked at.
    evaluations : int or None
        Rows that the teacher may be asked about, by every part that asks it; None: what each part
        allows itself, which is less where the teacher may be a service that costs.
    resamples : int
        Refits that stability is measured by.
    random_state : int or None
        Seed.
    progress : bool
        Whether to show progress.
    """

    rows: str
    sensitive: Any
    expectations: Any
    explained: int
    evaluations: int | None
    resamples: int
    random_state: int | None
    progress: bool


class Result(Protocol):
    """What a part gives back: data, as text too."""

    def frame(self) -> Any:
        """Return what was measured, as a data frame."""

    def describe(self) -> str:
        """Return it in words."""


class NotAsked(Exception):
    """Raised by a part that cannot be done here; the message says why, and what to give."""


@dataclass(frozen=True)
class Part:
    """What a module adds to an audit.

    Attributes
    ----------
    place : int
        Where it stands among the others: what is cheap and matters most comes first.
    title : str
        What it asks, as a heading.
    run : callable
        Takes the distillation, what was asked, and the seconds that are left (None: any), and
        returns a result; `NotAsked` where it has nothing to do.
    asks_teacher : bool
        Whether it asks the teacher about other rows than those of the distillation.
    check : callable
        Takes the same and refuses what can be refused before any part has begun.
    """

    place: int
    title: str
    run: Callable[[Distillation, Scope, float | None], Result]
    asks_teacher: bool = False
    check: Callable[[Distillation, Scope], object] = lambda d, asked: None


@cache
def parts() -> dict[str, Part]:
    """Return all parts by the name of their module, in their order."""
    found: dict[str, Part] = {}
    for module in pkgutil.iter_modules(audits.__path__):
        if not module.name.startswith("_"):
            its = getattr(import_module(f"{audits.__name__}.{module.name}"), PART, None)
            if isinstance(its, Part):
                found[module.name] = its
    return dict(sorted(found.items(), key=lambda item: (item[1].place, item[0])))


def findings_of(results: Sequence[Result]) -> Findings:
    """Return what the results found, what matters most first."""
    return Findings.ordered(
        one for result in results for one in getattr(result, "findings", Findings())
    )
