"""Where the values of a row may go: columns that stay, ranges, directions, known categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, did_you_mean, expected, some
from jupyter_distill.audits.certificate._precision import Precision
from jupyter_distill.constraints import SIGNS
from jupyter_distill.data import Column, Table
from jupyter_distill.data._cells import movable
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import Limit

Floats = NDArray[np.float64]
EACH = 1.0  # what it costs to change a column at all, in ranges


@dataclass(frozen=True, eq=False)
class Room:
    """Where one column may go.

    Attributes
    ----------
    column : Column
        Which.
    low, high : float
        Of a number: least and greatest value.
    codes : ndarray of int
        Of a category: codes that it may become.
    range : float
        By what differences of numbers are divided, so that those of all columns compare.
    middle : float
        What a missing value is filled in with, or near to: the median, or the commonest category.
    precision : Precision
        Which numbers its owner would write.
    sign : int
        1 or -1 where it may only rise or only fall; 0 otherwise.
    fixed : bool
        Whether it stays.
    fill : bool
        Whether a missing value may be filled in.
    """

    column: Column
    low: float
    high: float
    codes: NDArray[np.intp]
    range: float
    middle: float
    precision: Precision
    sign: int = 0
    fixed: bool = False
    fill: bool = False

    def bounds(self, x: float) -> tuple[float, float]:
        """Return where a number may go from its value."""
        low = x if self.fixed or self.sign > 0 else min(self.low, x)
        high = x if self.fixed or self.sign < 0 else max(self.high, x)
        return low, high

    def stays(self, x: float) -> bool:
        """Return whether a value cannot be changed."""
        return self.fixed or bool(np.isnan(x) and not self.fill)

    def nearest(self, x: float, limit: Limit) -> float | None:
        """Return the allowed value nearest to `x` that a limit lets through; None if there is none.

        Of categories the known ones are equally near: then the one most rows have is taken.
        """
        lost = np.isnan(x) or (self.column.kind != "numeric" and x < 0)
        if self._lets(limit, x, bool(lost)):
            return x
        if self.stays(x):
            return None
        if self.column.kind != "numeric":
            of = (
                self.codes
                if limit.codes is None
                else self.codes[np.isin(self.codes, [*limit.codes])]
            )
            return float(of[0]) if len(of) else None
        if np.isnan(x):
            return self._inside(self.middle, limit.low, limit.high, self.low, self.high)
        return self._inside(x, limit.low, limit.high, *self.bounds(x))

    def _lets(self, limit: Limit, x: float, lost: bool) -> bool:
        if lost:
            return limit.missing
        if limit.codes is not None:
            return int(x) in limit.codes
        return limit.low < x <= limit.high

    def _inside(self, x: float, above: float, most: float, low: float, high: float) -> float | None:
        """Return the number nearest to `x` that is greater than `above` and no more than `most`."""
        most = min(most, high)
        if above < x <= most and low <= x:
            written = self.precision.nearest(x)
            return written if above < written <= most and low <= written else x
        if x <= above:
            found = self.precision.above(above, most) if above >= low else low
        else:
            found = self.precision.below(most, max(low, above))
        return found if found is not None and above < found <= most and found >= low else None

    def cost(self, x: float, new: float) -> float:
        """Return what a change costs: `EACH`, and the distance in ranges; 1 between categories."""
        if new == x or (np.isnan(new) and np.isnan(x)):
            return 0.0
        if self.column.kind != "numeric" or np.isnan(x):
            return EACH + 1.0
        return EACH + abs(new - x) / self.range

    def values(self, x: float, most: int) -> Floats:
        """Return at most so many values that it may take besides `x`."""
        if self.stays(x):
            return np.empty(0)
        if self.column.kind != "numeric":
            return np.asarray(self.codes[self.codes != x][:most], dtype=np.float64)
        low, high = (self.low, self.high) if np.isnan(x) else self.bounds(x)
        found = np.unique([self.precision.nearest(v) for v in np.linspace(low, high, most)])
        return np.asarray(found[(found >= low) & (found <= high) & (found != x)])


def rooms(d: Distillation) -> tuple[Room, ...]:
    """Return where columns may go if nothing else is said: wherever learnt rows were."""
    table = d.table.take(d.rows.learnt)
    written = movable(d.table)
    return tuple(_room(d.table, table, j, bool(written[j])) for j in range(table.n_columns))


def _room(all_rows: Table, table: Table, j: int, written: bool) -> Room:
    column, values = table.columns[j], table.values[:, j]
    known = values[~np.isnan(values)]
    if column.kind == "numeric":
        own = all_rows.values[:, j]
        precision = Precision.of(own[~np.isnan(own)], all_rows, j, written)
        if not len(known):
            return Room(column, 0.0, 0.0, np.empty(0, np.intp), 1.0, 0.0, precision, fixed=True)
        low, high = float(known.min()), float(known.max())
        middle = float(np.quantile(known, 0.5, method="inverted_cdf"))
        return Room(column, low, high, np.empty(0, np.intp), (high - low) or 1.0, middle, precision)
    counts = np.bincount(known[known >= 0].astype(np.intp), minlength=len(column.categories))
    order = np.argsort(-counts, kind="stable")
    codes = order[counts[order] > 0]
    middle = float(codes[0]) if len(codes) else np.nan
    return Room(column, np.nan, np.nan, codes, 1.0, middle, Precision.none())


def limited(
    found: Sequence[Room],
    immutable: Any,
    limits: Any,
    fill: bool,
) -> tuple[Room, ...]:
    """Return the rooms with what a person has said of them.

    Raises
    ------
    TypeError, ValueError
        If a column is not known, or what is said of it cannot be read.
    """
    if not isinstance(fill, bool):
        raise TypeError(expected("fill_missing to be True or False", got=repr(fill)))
    names = [room.column.name for room in found]
    fixed = _fixed(immutable, names)
    said = _limits(limits, names)
    both = sorted(fixed & set(said))
    if both:
        raise Refusal(
            expected("limits of columns that may change", got=f"{some(both)}, immutable as well")
        )
    return tuple(
        replace(
            _said(room, said[room.column.name]) if room.column.name in said else room,
            fixed=room.fixed or room.column.name in fixed,
            fill=fill,
        )
        for room in found
    )


def _fixed(immutable: Any, names: list[str]) -> set[str]:
    if isinstance(immutable, str) or not isinstance(immutable, Iterable):
        remedy = f"Write immutable=[{immutable!r}]." if isinstance(immutable, str) else ""
        raise TypeError(
            expected("immutable to be a list of columns", got=repr(immutable), remedy=remedy)
        )
    listed = list(immutable)
    for name in listed:
        _known("immutable", name, names)
    return set(listed)


def _known(what: str, name: Any, names: list[str]) -> None:
    if name not in names:
        near = did_you_mean(name, names) or f" The columns are {some(names, 10)}."
        raise Refusal(expected(f"{what} to name columns of the table", got=repr(name)) + near)


def _limits(limits: Any, names: list[str]) -> dict[str, Any]:
    if limits is None:
        return {}
    if not isinstance(limits, Mapping):
        remedy = 'Write limits={"income": (0, None), "age": "+"}.'
        raise TypeError(expected("limits to be a dict by column", got=repr(limits), remedy=remedy))
    for name in limits:
        _known("limits", name, names)
    return dict(limits)


def _said(room: Room, said: Any) -> Room:
    column = room.column
    if column.kind != "numeric":
        return replace(room, codes=_codes(room, said))
    what = f"'+', '-' or a range (low, high) for {column.name!r}"
    if isinstance(said, str) and said in SIGNS:
        return replace(room, sign=SIGNS[said])
    if type(said) in (int, float) and said in (1, -1):
        return replace(room, sign=int(said))
    if not isinstance(said, tuple | list) or len(said) != 2:
        raise Refusal(expected(what, got=repr(said)))
    for end in said:
        if end is not None and (isinstance(end, bool) or not isinstance(end, Real) or end != end):
            raise Refusal(expected(what, got=repr(said), remedy="None leaves an end open."))
    low = room.low if said[0] is None else float(said[0])
    high = room.high if said[1] is None else float(said[1])
    if said[0] is not None and said[1] is None:
        high = max(high, low)
    if said[1] is not None and said[0] is None:
        low = min(low, high)
    if low > high:
        raise Refusal(expected(f"a range of {column.name!r} with low <= high", got=repr(said)))
    return replace(room, low=low, high=high)


def _codes(room: Room, said: Any) -> NDArray[np.intp]:
    column = room.column
    if isinstance(said, str) or not isinstance(said, Iterable):
        remedy = f"Write {column.name!r}: [{said!r}]." if said in column.categories else ""
        raise Refusal(
            expected(f"the values that {column.name!r} may take", got=repr(said), remedy=remedy)
        )
    allowed = list(said)
    for value in allowed:
        if value not in column.categories:
            raise Refusal(
                expected(
                    f"values of {column.name!r} among {some(column.categories, 20)}",
                    got=repr(value),
                )
            )
    codes = [column.categories.index(value) for value in allowed]
    usual = [code for code in room.codes.tolist() if code in codes]  # the commonest first
    return np.array([*usual, *(code for code in codes if code not in usual)], dtype=np.intp)


def check_start(found: Sequence[Room], values: Floats, limits: Any, label: object) -> None:
    """Refuse limits that leave out the value that a row has.

    Raises
    ------
    ValueError
        If they do.
    """
    for room, x in zip(found, values, strict=True):
        said = (limits or {}).get(room.column.name)
        if said is None or np.isnan(x) or _holds(room.column, said, float(x)):
            continue
        raise Refusal(
            expected(
                f"limits of {room.column.name!r} that hold the value of row {label!r}",
                got=f"{said!r}, and it is {room.column.text(x)}",
                remedy="Limits say where a value may go from where it is.",
            )
        )


def _holds(column: Column, said: Any, x: float) -> bool:
    if column.kind != "numeric":
        return x < 0 or column.categories[int(x)] in said
    if not isinstance(said, tuple | list):
        return True  # a direction
    low, high = said
    return (low is None or x >= low) and (high is None or x <= high)
