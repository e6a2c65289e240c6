"""What a rule asks of one column, and how it is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MANY, FEW = 8, 6  # of more than so many categories, so many are named


@dataclass(frozen=True)
class Limit:
    """What a path has fixed of one column: an interval, or a set of category codes."""

    column: Column
    low: float  # values must be greater
    high: float  # values may be equal
    codes: frozenset[int] | None
    missing: bool  # missing values are let through
    seen: bool  # missing values were met, so the text must say where they go

    def holds(self, x: Floats) -> Bools:
        """Return which values of the column, coded like those of a table, it lets through."""
        if self.codes is None:
            lost = np.isnan(x)
            inside = (x > self.low) & (x <= self.high)
        else:
            lost = ~(x >= 0)  # missing, or a category that was never seen
            inside = np.isin(x, sorted(self.codes))
        return np.asarray(np.where(lost, self.missing, inside))

    @property
    def opposite(self) -> Limit:
        """What holds where this does not: of a set of categories, or of numbers up to a bound."""
        if self.codes is None:
            return replace(self, low=self.high, high=np.inf, missing=not self.missing)
        others = frozenset(range(len(self.column.categories))) - self.codes
        return replace(self, codes=others, missing=not self.missing)

    def narrowed(self, step: Limit) -> Limit:
        """Return what this and a later step leave."""
        codes = self.codes if self.codes is None or step.codes is None else self.codes & step.codes
        return Limit(
            self.column,
            max(self.low, step.low),
            min(self.high, step.high),
            codes,
            self.missing and step.missing,
            self.seen or step.seen,
        )

    def text(self, before: Limit | None = None, *, in_full: bool = False) -> str:
        """Say it; `before` is what the path above has fixed of the same column already.

        Of a long list of categories the first few are named, or all if `in_full`.
        """
        name = self.column.name
        if self.codes is None:
            # no value is left between the two bounds: only missing ones come here
            return f"{name} is missing" if self.low >= self.high else self._interval(name)
        possible = before.codes if before is not None else None
        if possible is None:
            possible = frozenset(range(len(self.column.categories)))
        chosen = [self.column.text(code) for code in sorted(self.codes & possible)]
        others = [self.column.text(code) for code in sorted(possible - self.codes)]
        # The shorter of the two ways to say it; one of two values is always said positively. Where
        # nothing was missing, "is not" is said of the side that takes what was never seen: it
        # holds there.
        short = len(chosen) <= len(others) if self.seen else not self.missing
        if chosen and others and (short or len(self.column.categories) <= 2):
            return f"{name} is {_either(chosen, in_full)}" + self._missing()
        if not chosen:
            return f"{name} is missing" if self.missing else f"{name} is another value"
        if not others:
            return f"{name} is known" if self.seen and not self.missing else f"{name} is any value"
        unknown = " and is known" if self.seen and not self.missing else ""
        return f"{name} is not {_either(others, in_full)}{unknown}"

    def _interval(self, name: str) -> str:
        if math.isinf(self.low) and math.isinf(self.high):
            return f"{name} is known"
        low, high = self.column.text(self.low), self.column.text(self.high)
        if math.isinf(self.low):
            return f"{name} <= {high}" + self._missing()
        if math.isinf(self.high):
            return f"{name} > {low}" + self._missing()
        return f"{low} < {name} <= {high}" + self._missing()

    def _missing(self) -> str:
        return " (or missing)" if self.missing and self.seen else ""


Box = Mapping[int, Limit]  # what is asked, by the place of the column


def holds(box: Box, values: Floats) -> Bools:
    """Return which rows of a table's values, shape (n, d), fulfil all limits."""
    held = np.ones(len(values), dtype=bool)
    for column, limit in box.items():
        held &= limit.holds(values[:, column])
    return held


def _either(names: list[str], in_full: bool) -> str:
    if len(names) > MANY and not in_full:
        return f"{', '.join(names[:FEW])} … and {len(names) - FEW} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
