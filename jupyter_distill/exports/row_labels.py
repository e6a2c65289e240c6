"""What the owner calls the rows of a table view, where that is not their place."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from jupyter_distill.data import Table
from jupyter_distill.exports.fields import EXACT, Field


class Labels(Field):
    """The labels of a pandas index: searched like names even where they are numbers."""


def labels(table: Table, *, taken: Collection[str] = ()) -> list[Labels]:
    """Return the labels of the rows as one field; none where they count the rows from 0.

    Parameters
    ----------
    table : Table
        The owner's rows.
    taken : collection of str
        Names that the field cannot have.
    """
    native = table.native
    if not isinstance(native, pd.DataFrame) or len(native) != table.n_rows:
        return []
    index = native.index
    places = np.arange(table.n_rows)
    is_whole = pd.api.types.is_integer_dtype(index.dtype)
    if is_whole and np.array_equal(index.to_numpy(), places):
        return []
    title = str(index.name) if index.name is not None else "index"
    name = title
    while name in taken:
        name = f"{name} (index)"
    if is_whole and np.abs(index.to_numpy().astype(float)).max() < EXACT:
        return [Labels(name, "numeric", title, index.to_numpy().astype(float))]
    codes, known = pd.factorize(index)
    return [Labels(name, "category", title, codes, tuple(str(label) for label in known))]
