"""Tables put one after another: the owner's rows too, and what is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jupyter_distill.data import Table

from .test_table import ROWS

MORE: dict[str, list[Any]] = {
    "income": [1.5, None],
    "age": [20, 30],
    "purpose": ["boat", "house"],
    "employed": [False, True],
}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_rows_of_two_tables_come_one_after_another(make: Callable[[Any], Any]) -> None:
    one = Table.of(make(ROWS))
    two = Table.of(make(MORE), columns=one.columns)
    both = one.join(two, one.take(np.array([3])))
    assert both.columns == one.columns and both.n_rows == 7
    assert type(both.native) is type(one.native)
    np.testing.assert_array_equal(
        both.values, np.concatenate([one.values, two.values, one.values[3:]])
    )
    assert [both.cell(row, 2) for row in range(7)] == [
        *("car", "house", None, "car"),
        *("boat", "house"),  # a value that the columns do not list comes back as it was
        "car",
    ]
    assert Table.of(both.native.copy() if make is pd.DataFrame else both.native).n_rows == 7
    with pytest.raises(ValueError, match="read-only"):
        both.values[0, 0] = 1
    assert one.n_rows == 4


def test_arrays_are_joined_and_a_frame_and_an_array_are_an_array() -> None:
    X = np.arange(6.0).reshape(3, 2)
    one = Table.of(X)
    both = one.join(Table.of(X + 10, columns=one.columns))
    np.testing.assert_array_equal(both.native, np.concatenate([X, X + 10]))
    frame = Table.of(pd.DataFrame(X, columns=["a", "b"]))
    mixed = frame.join(Table.of(X + 10, columns=frame.columns))
    assert mixed.names == ("a", "b") and isinstance(mixed.native, np.ndarray)
    np.testing.assert_array_equal(mixed.values, both.values)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (pd.DataFrame(MORE).drop(columns="age"), r"the columns .*Got no column 'age'"),
        (pd.DataFrame(MORE)[["age", "income", "purpose", "employed"]], "in the order 'income'"),
        (pd.DataFrame(MORE).rename(columns={"age": "years"}), "unknown column 'years'"),
        (pd.DataFrame(MORE), r"column 'purpose' to be .*'car', 'house'.*'boat'.*columns=table.col"),
        (pd.DataFrame(MORE).astype({"age": str}), "column 'age' to be .*numeric.*Got .*category"),
    ],
)
def test_tables_of_other_columns_are_refused_by_name(other: pd.DataFrame, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Table.of(pd.DataFrame(ROWS)).join(Table.of(other))


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        (pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [1.5, 2.0]}), "columns have the same"),
        (pd.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [1, 2]}), "pandas.*polars.*one kind of"),
    ],
)
def test_frames_that_cannot_stand_one_after_another_are_refused(
    one: Any, other: Any, says: str
) -> None:
    first = Table.of(one)
    with pytest.raises(ValueError, match=says):
        first.join(Table.of(other, columns=first.columns))
