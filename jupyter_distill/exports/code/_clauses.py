"""Conditions in words, as a text holds them, and for which rows they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import Column
from jupyter_distill.exports.code._read import categories
from jupyter_distill.exports.code._words import name_of, quoted

Floats = NDArray[np.float64]

NUMBER = re.compile(r"[-+]?(?:inf|\d+(?:\.\d*)?(?:e[-+]?\d+)?)")
ENDS = r"(?=$|\)| or | and |, |;)"


@dataclass(frozen=True)
class Clause:
    """One condition.

    Attributes
    ----------
    column : int
        Of which.
    low, high : float
        Of a number: greater than `low`, at most `high`.
    codes : tuple of int or None
        Of a category: the values that were named, by place.
    missing, other : bool
        Whether it holds where the value is missing, or is none that is named.
    """

    column: int
    low: float = -inf
    high: float = inf
    codes: tuple[int, ...] | None = None
    missing: bool = False
    other: bool = False


@dataclass(frozen=True)
class Listed:
    """A sentence that lists the values of a column: any other counts as missing."""

    column: int
    codes: tuple[int, ...]


def holds(one: Clause, values: Floats, listed: Iterable[Listed] = ()) -> NDArray[np.bool_]:
    """Return for which rows a condition holds."""
    x = values[:, one.column]
    if one.codes is None:
        return ((x > one.low) & (x <= one.high)) | (np.isnan(x) & one.missing)
    known = np.isin(x, one.codes)
    lost = np.isnan(x)
    for of in listed:
        if of.column == one.column:
            lost = ~np.isin(x, of.codes)
    return known | (lost & one.missing) | ((x < 0) & one.other)


class Clauses:
    """Reads conditions on some columns: their names and values are known, nothing else."""

    def __init__(self, columns: Sequence[Column]) -> None:
        named = [(name_of(column), j) for j, column in enumerate(columns)]
        self.names = sorted(named, key=lambda one: -len(one[0]))
        self.numeric = [column.kind == "numeric" for column in columns]
        self.codes = [
            {} if numeric else {quoted(v): k for k, v in enumerate(categories(column))}
            for column, numeric in zip(columns, self.numeric, strict=True)
        ]
        self.values = [
            re.compile(f"(?:{'|'.join(map(re.escape, sorted(of, key=len, reverse=True)))}){ENDS}")
            for of in self.codes
        ]

    def read(self, text: str) -> list[Clause] | None:
        """Return the conditions that must all hold; None where that is not what the text is."""
        return next(self._all(text, 0), None)

    def listed(self, sentence: str) -> Listed | None:
        """Return what a sentence says of the values of a column."""
        for name, j in self.names:
            start = f"{name} is one of "
            if sentence.startswith(start):
                at, found = self._some(sentence, len(start), j, ", ")
                if sentence[at:] == "; any other value counts as missing.":
                    return Listed(j, tuple(found))
        return None

    def centre(self, text: str) -> float:
        """Return the number m of a text ``(x - m) times`` or ``(x + -m) times``."""
        for name, j in self.names:
            found = re.fullmatch(rf"\({re.escape(name)} ([-+]) (\S+)\) times", text)
            if found is not None and self.numeric[j]:
                return float(found[2]) if found[1] == "-" else -float(found[2])
        raise ValueError(expected("a text that can be followed", got=repr(text)))

    def _all(self, text: str, at: int) -> Iterator[list[Clause]]:
        for one, end in self._one(text, at):
            if end == len(text):
                yield [one]
            elif text.startswith(" and ", end):
                yield from ([one, *more] for more in self._all(text, end + 5))

    def _one(self, text: str, at: int) -> Iterator[tuple[Clause, int]]:
        """Yield conditions that begin at a place, and where each ends."""
        yield from self._asked(text, at)
        if text.startswith("(", at):
            for one, end in self._asked(text, at + 1):
                if text.startswith(")", end):
                    yield one, end + 1

    def _asked(self, text: str, at: int) -> Iterator[tuple[Clause, int]]:
        for name, j in self.names:
            if text.startswith(name, at):
                yield from self._of(text, at + len(name), j, -inf)
            low = NUMBER.match(text, at)
            if low is not None and text.startswith(f" < {name} <= ", low.end()):
                yield from self._of(text, low.end() + 3 + len(name), j, float(low[0]))

    def _of(self, text: str, at: int, j: int, low: float) -> Iterator[tuple[Clause, int]]:
        """Read what is said behind the name of a column."""
        if self.numeric[j]:
            for sign in (" <= ", " > "):
                found = NUMBER.match(text, at + len(sign))
                if text.startswith(sign, at) and found is not None:
                    ends = (low, float(found[0])) if sign == " <= " else (float(found[0]), inf)
                    yield self._lost(text, found.end(), Clause(j, *ends))
            if text.startswith(" is any number", at):
                yield self._lost(text, at + 14, Clause(j))
            empty = Clause(j, inf, -inf)
        else:
            if text.startswith(" is none of these", at):
                yield Clause(j, codes=(), other=True), at + 17
            end, found_codes = self._some(text, at + 4, j, " or ")
            if text.startswith(" is ", at) and found_codes:
                yield self._lost(text, end, Clause(j, codes=tuple(found_codes)))
            empty = Clause(j, codes=())
        if text.startswith(" is never so", at):
            yield empty, at + 12
        if text.startswith(" is missing", at):
            yield Clause(j, empty.low, empty.high, empty.codes, missing=True), at + 11

    def _some(self, text: str, at: int, j: int, between: str) -> tuple[int, list[int]]:
        """Read values one after another; return where they end, and their places."""
        found: list[int] = []
        while self.codes[j]:
            value = self.values[j].match(text, at + (len(between) if found else 0))
            if value is None or (found and not text.startswith(between, at)):
                break
            found.append(self.codes[j][value[0]])
            at = value.end()
        return at, found

    def _lost(self, text: str, at: int, one: Clause) -> tuple[Clause, int]:
        if not text.startswith(" or missing", at):
            return one, at
        return Clause(one.column, one.low, one.high, one.codes, missing=True), at + 11
