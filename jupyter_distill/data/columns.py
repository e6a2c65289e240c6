"""One column of a table, named and written as its owner does."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["numeric", "category", "boolean"]


@dataclass(frozen=True)
class Column:
    """Name and kind of a column.

    Attributes
    ----------
    name : str
        As its owner wrote it.
    kind : {"numeric", "category", "boolean"}
        How it is asked about: by a threshold, or by a set of values.
    categories : tuple
        The values of a category or boolean column in the order of their codes.
    integer : bool
        Whether all values of a numeric column are whole numbers.
    """

    name: str
    kind: Kind
    categories: tuple[object, ...] = ()
    integer: bool = False

    @property
    def gap(self) -> str:
        """What a missing value is called; a category may have taken the usual name."""
        return "no value" if any(str(c) == "missing" for c in self.categories) else "missing"

    def text(self, value: float) -> str:
        """Return a value (or the code of one) as its owner would write it in a sentence."""
        plain = self.plain(value)
        is_category = self.kind != "numeric" and not math.isnan(value) and value >= 0
        return quoted(plain) if is_category else plain

    def plain(self, value: float) -> str:
        """Return a value (or the code of one) as it stands in a table or a chart."""
        if math.isnan(value):
            return self.gap
        if self.kind != "numeric":
            code = int(value)
            return str(self.categories[code]) if code >= 0 else "another value"
        return number(value)

    def to_dict(self) -> dict[str, Any]:
        """Return the column as plain values, ready for JSON."""
        plain = [c if isinstance(c, str | bool | int | float) else str(c) for c in self.categories]
        return {
            "name": self.name,
            "kind": self.kind,
            "categories": plain,
            "integer": self.integer,
        }


def number(value: float) -> str:
    """Write a number in full and without noise: ``52000``, ``0.35``, ``1.5e-07``."""
    if value == int(value) if abs(value) < 1e15 else False:
        return str(int(value))
    return repr(float(value)).removesuffix(".0")


def quoted(name: str) -> str:
    """Put a value in quotes that would not be seen in a sentence, or be taken for more than one.

    So are the categories of a condition written, and what a row has where it is asked.
    """
    plain = name and name == name.strip() and not any(part in name for part in (", ", " or ", '"'))
    return name if plain else json.dumps(name, ensure_ascii=False)
