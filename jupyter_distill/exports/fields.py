"""The columns of a table view: the owner's features, the answers of two models, and measures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, expected
from jupyter_distill.data import Table

Mask = NDArray[np.bool_]

MISSING = "missing"
EXACT = 2**53  # whole numbers beyond it have digits that a float cannot hold

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_WITH_POWER = re.compile(_NUMBER.pattern + r"(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Field:
    """One column to show: a feature of the owner, an answer, or a measure.

    Attributes
    ----------
    name : str
        Unique key.
    kind : {"numeric", "category", "boolean", "class", "measure", "leaf"}
        How it is shown, sorted and filtered.
    title : str
        What stands above it.
    values : ndarray of float64 or int, shape (n,)
        Numbers, or codes into `texts`; NaN or a negative code where missing or unlisted.
    texts : tuple of str
        Names of the codes; empty for numbers.
    feature : int or None
        Place in the owner's table.
    """

    name: str
    kind: str
    title: str
    values: NDArray[Any]
    texts: tuple[str, ...] = ()
    feature: int | None = None

    def at(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return the values of some rows."""
        return np.asarray(self.values[rows])

    @property
    def coded(self) -> bool:
        """Whether the values are codes of names."""
        return bool(self.texts)

    def describe(self) -> dict[str, Any]:
        """Return what the browser knows of the column."""
        known = {"name": self.name, "kind": self.kind, "title": self.title}
        # in their own order, which gives the classes their colours
        return known | ({"classes": list(self.texts)} if self.kind == "class" else {})

    def key(self, descending: bool) -> NDArray[Any]:
        """Return what to sort by, ascending, with missing values last either way."""
        if not self.coded:
            values = np.ascontiguousarray(self.values)
            return -values if descending else values
        # names in their alphabet, numbers written as text by size; few codes sort by radix
        rank = np.empty(len(self.texts) + 1, dtype=np.int16 if len(self.texts) < 2**15 else int)
        rank[:-1][sorted(range(len(self.texts)), key=lambda k: _alphabet(self.texts[k]))] = (
            np.arange(len(self.texts))
        )
        if descending:
            rank[:-1] = len(self.texts) - 1 - rank[:-1]
        rank[-1] = len(self.texts)
        found: NDArray[Any] = rank[self._codes]
        return found

    @cached_property
    def _codes(self) -> NDArray[Any]:
        """Codes with everything missing or unlisted in one place after the last; kept small."""
        values = np.ascontiguousarray(self.values)
        known = values >= 0  # false for NaN too
        small = np.int16 if len(self.texts) < 2**15 else np.int32
        return np.where(known, values, len(self.texts)).astype(small)

    def named(self, chosen: Callable[[str], bool]) -> Mask:
        """Return the rows whose name is chosen; every name is asked about once."""
        hits = np.array([*(chosen(text) for text in self.texts), chosen(MISSING)])
        return np.asarray(hits[self._codes])

    def matches(self, op: str, value: Any) -> Mask:
        """Return the rows that pass one filter."""
        if op == "in":
            return self._among(value)
        if value is None:
            return np.asarray(~(self.values >= 0) if self.coded else np.isnan(self.values))
        if self.coded:
            if op not in ("contains", "is"):
                raise Refusal(
                    expected('"contains", "is" or "in" for a column of names', got=f"{op!r}")
                )
            wanted = fold(value)
            return self.named(
                (lambda t: wanted in fold(t)) if op == "contains" else (lambda t: fold(t) == wanted)
            )
        if op == "contains":
            span = printed_as(str(value))
            if span is None:
                missing = fold(value) in MISSING
                return np.isnan(self.values) if missing else np.zeros(len(self.values), bool)
            return np.asarray((self.values >= span[0]) & (self.values <= span[1]))
        number = _as_number(value, self.title)
        with np.errstate(invalid="ignore"):
            compared = {"is": np.equal, ">=": np.greater_equal, "<=": np.less_equal}[op]
            return np.asarray(compared(self.values, number))

    def _among(self, values: Any) -> Mask:
        """Return the rows that hold one of some values; None among them: what is missing."""
        if isinstance(values, str) or not isinstance(values, Sequence):
            raise Refusal(
                expected(
                    f"a list of values of {self.title!r}",
                    got=repr(values),
                    remedy='Write it as in {"op": "in", "value": ["a", "b", None]}.',
                )
            )
        if self.coded:
            wanted = {fold(value) for value in values if value is not None}
            if None in values:
                wanted.add(fold(MISSING))
            return self.named(lambda text: fold(text) in wanted)
        numbers = [_as_number(value, self.title) for value in values if value is not None]
        found = np.isin(self.values, numbers)
        return found | np.isnan(self.values) if None in values else found


class Measured(Field):
    """A measure that is taken of the rows in sight, and of all rows when somebody sorts by it.

    Parameters
    ----------
    name, title : str
        As of any field.
    whole : function
        Returns the values of all rows.
    some : function of ndarray of int
        Returns those of some rows.
    """

    def __init__(
        self,
        name: str,
        title: str,
        whole: Callable[[], NDArray[np.float64]],
        some: Callable[[NDArray[Any]], NDArray[np.float64]],
    ) -> None:
        given = {"name": name, "kind": "measure", "title": title, "_whole": whole, "_some": some}
        for key, value in given.items():
            object.__setattr__(self, key, value)

    @cached_property
    def values(self) -> NDArray[Any]:
        """Values of all rows."""
        return self._whole()  # type: ignore[attr-defined, no-any-return]

    def at(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return the values of some rows."""
        return self._some(rows)  # type: ignore[attr-defined, no-any-return]


def features(table: Table, *, taken: Sequence[str] = ()) -> list[Field]:
    """Return the owner's columns as fields, under names that nothing else has taken."""
    fields: list[Field] = []
    used = set(taken)
    for j, column in enumerate(table.columns):
        name = column.name
        while name in used:
            name = f"{name} (feature)"
        used.add(name)
        texts = tuple(str(c) for c in column.categories) if column.kind != "numeric" else ()
        fields.append(Field(name, column.kind, column.name, table.values[:, j], texts, j))
    return fields


def cells(table: Table, field: Field, rows: NDArray[Any]) -> list[Any]:
    """Return the values of one column in some rows, as JSON holds them exactly."""
    values = field.at(rows)
    if field.kind == "leaf":
        return [int(v) for v in values]
    if field.kind == "measure":
        return [None if np.isnan(v) else float(f"{v:.7g}") for v in values]
    if field.feature is None and not field.coded:
        return [None if np.isnan(v) else float(v) for v in values]
    if field.feature is None:
        return [field.texts[int(code)] if code >= 0 else None for code in values]
    column = table.columns[field.feature]
    pairs = zip(rows.tolist(), values.tolist(), strict=True)
    if column.kind == "numeric":
        return [_number(table, row, field.feature, v, column.integer) for row, v in pairs]
    boolean = column.kind == "boolean"
    return [_name(table, row, field, v, boolean) for row, v in pairs]


def _number(table: Table, row: int, j: int, value: float, integer: bool) -> Any:
    if value != value:
        return None
    if not integer:
        return value
    return int(value) if abs(value) < EXACT else str(native_value(table, row, j))


def _name(table: Table, row: int, field: Field, code: float, boolean: bool) -> Any:
    if code != code:
        return None
    if code < 0:
        return str(native_value(table, row, field.feature or 0))
    return bool(code) if boolean and field.texts == ("False", "True") else field.texts[int(code)]


def native_value(table: Table, row: int, column: int) -> object:
    """Return one value out of the owner's own frame or array, with all its digits."""
    frame = nw.from_native(table.native, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        return frame[:, column][row]
    return table.native[row, column]


def printed_as(text: str) -> tuple[float, float] | None:
    """Return the least and greatest number that is printed with these first digits.

    ``"12.5"`` stands for 12.5 up to just below 12.6; None if the text is no number.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    digits = len(text.partition(".")[2])
    beyond = abs(value) + Decimal(1).scaleb(-digits)
    low, high = float(abs(value)), float(np.nextafter(float(beyond), -np.inf))
    return (-high, -low) if text.startswith("-") else (low, high)


def _alphabet(text: str) -> tuple[int, float, str, str]:
    # not all that float() reads: "nan" and "inf" are names like others
    if _WITH_POWER.fullmatch(text):
        return 0, float(text), "", text
    return 1, 0.0, fold(text), text


def fold(value: object) -> str:
    """Return text as a search sees it, without upper and lower case."""
    return str(value).casefold()


def _as_number(value: object, column: str) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = np.nan
    if np.isnan(number):  # no number is more or less than it
        raise Refusal(
            expected(
                f"a number to compare {column!r} with",
                got=repr(value),
                remedy="What is missing is found by None.",
            )
        )
    return number
