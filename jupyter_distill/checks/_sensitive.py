"""Groups of people: by sensitive columns, one by one and all together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, did_you_mean, expected, some
from jupyter_distill.checks._given import Given, check_beside
from jupyter_distill.checks._subject import Positions
from jupyter_distill.data import Column, Table
from jupyter_distill.data.columns import number

Floats = NDArray[np.float64]

PARTS = 4  # groups of about as many rows that a column of numbers is cut into
MISSING = "missing"


class Attribute(NamedTuple):
    """One sensitive column, or several together, of some rows.

    Attributes
    ----------
    name : str
        Name of the column, or ``"sex and age"``.
    groups : ndarray of str, shape (n,)
        The group that each row belongs to, e.g. ``"sex = f and age = 18 to 33"``.
    """

    name: str
    groups: NDArray[np.object_]

    def take(self, rows: Positions) -> Attribute:
        """Return it for some rows."""
        return Attribute(self.name, self.groups[rows])

    def masks(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield every group by name with its rows."""
        for group in sorted(set(self.groups.tolist())):
            yield group, np.asarray(self.groups == group)


def read_sensitive(sensitive: Any, given: Given) -> list[Attribute]:
    """Return every sensitive column of all rows, those of the test rows behind those of X.

    Parameters
    ----------
    sensitive : str, sequence of str, Series, data frame, or tuple of two of the latter
        Names of columns of X, or values beside X (and beside the test rows).
    given : Given
        The rows.

    Returns
    -------
    list of Attribute
        Each column and, of several, all of them together.

    Raises
    ------
    TypeError, ValueError
        If a name is unknown, or the values do not lie beside the rows.
    """
    if sensitive is None:
        return []
    listed = [sensitive] if isinstance(sensitive, str) else sensitive
    if isinstance(listed, list | tuple) and all(isinstance(one, str) for one in listed):
        columns, values = _named(list(listed), given)
    else:
        columns, values = _beside(sensitive, given)
    single = [
        Attribute(column.name, _texts(column, values[:, j])) for j, column in enumerate(columns)
    ]
    if len(single) < 2:
        return single
    together = [" and ".join(parts) for parts in zip(*(a.groups for a in single), strict=True)]
    name = " and ".join(one.name for one in single)
    return [*single, Attribute(name, np.array(together, dtype=object))]


def _named(names: list[str], given: Given) -> tuple[list[Column], Floats]:
    """Return columns of X."""
    if not names:
        raise Refusal(expected("at least one sensitive column", got="none"))
    known = given.table.names
    for name in names:
        if name not in known:
            raise Refusal(
                expected(
                    f"sensitive to name columns of X, which are {some(known, 10)}",
                    got=repr(name),
                    remedy="What is no column of X is given as values: sensitive=series.",
                )
                + did_you_mean(name, known)
            )
    places = [known.index(name) for name in dict.fromkeys(names)]
    tables = [given.table, *([] if given.unseen is None else [given.unseen])]
    values = np.concatenate([table.values[:, places] for table in tables])
    return [given.table.columns[j] for j in places], values


def _beside(sensitive: Any, given: Given) -> tuple[list[Column], Floats]:
    """Return columns that are given beside X."""
    parts = sensitive if isinstance(sensitive, tuple) else (sensitive,)
    sides = [(given.table, "X")]
    what = "sensitive to be names of columns, or values beside X"
    if given.unseen is not None:
        sides.append((given.unseen, "X_test"))
        what += " and beside the test rows: (values, values_test)"
    if len(parts) != len(sides):
        raise Refusal(expected(what, got="values" + " twice" * (len(parts) > 1)))
    tables: list[Table] = []
    for values, (table, like) in zip(parts, sides, strict=True):
        check_beside("sensitive", values, table, like)
        columns = tables[0].columns if tables else None
        tables.append(Table.of(_framed(values), columns=columns))
    return list(tables[0].columns), np.concatenate([table.values for table in tables])


def _framed(values: Any) -> Any:
    """Return one column as a frame of one."""
    if isinstance(values, pd.Series):
        return values.to_frame(values.name if values.name is not None else "sensitive")
    if hasattr(values, "to_frame"):  # a polars series
        return values.to_frame()
    if not hasattr(values, "columns") and np.ndim(values) == 1:
        return pd.DataFrame({"sensitive": np.asarray(values)})
    return values


def _texts(column: Column, values: Floats) -> NDArray[np.object_]:
    """Return the group of each row: a category, or a range of numbers."""
    known = values[~np.isnan(values)]
    if column.kind != "numeric" or len(np.unique(known)) <= PARTS:
        texts = [column.text(value) for value in values]
        return np.array([f"{column.name} = {text}" for text in texts], dtype=object)
    cuts = np.unique(np.quantile(known, np.arange(1, PARTS) / PARTS, method="higher"))
    place = np.searchsorted(cuts, values, side="right")
    groups = np.full(len(values), f"{column.name} = {MISSING}", dtype=object)
    for k in range(len(cuts) + 1):
        inside = (place == k) & ~np.isnan(values)
        if inside.any():
            low, high = values[inside].min(), values[inside].max()
            text = number(low) if low == high else f"{number(low)} to {number(high)}"
            groups[inside] = f"{column.name} = {text}"
    return groups
