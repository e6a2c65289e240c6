"""Rows that a model is asked about are kept as those of X are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import jupyter_distill as jd
from jupyter_distill.data import Table, alike

X = pd.DataFrame(
    {
        "age": pd.array([30, 41, 28, None], dtype="Int16"),
        "home": pd.Categorical(["own", "rent", None, "own"]),
        "flag": [True, False, True, True],
        "income": [1.5, 2.5, np.nan, 3.0],
    }
)


def written(rows: Any, like: Any = X) -> Any:
    table = Table.of(like)
    return alike(Table.of(rows, columns=table.columns), table, "test rows").native


def test_types_become_those_of_x() -> None:
    rows = X.astype({"age": "float64", "home": object, "income": "float32"})
    assert written(rows).dtypes.tolist() == X.dtypes.tolist()
    pd.testing.assert_frame_equal(written(rows), X)
    pd.testing.assert_frame_equal(written(X.astype(object)), X)


def test_rows_of_the_same_types_are_kept_as_they_are() -> None:
    assert written(X) is X
    array = np.arange(6.0).reshape(3, 2)
    assert written(array, array) is array


def test_an_array_takes_the_type_of_x() -> None:
    assert written(np.ones((2, 2), dtype=int), np.zeros((3, 2))).dtype == np.float64


@pytest.mark.parametrize("make", [pl.from_pandas, pa.Table.from_pandas])
def test_other_kinds_of_frames_are_cast_too(make: Any) -> None:
    wide, narrow = pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame({"a": [1, 2]})
    assert make(wide).equals(written(make(narrow), make(wide)))


def test_text_that_says_true_is_no_boolean_to_a_model() -> None:
    rows = X.assign(flag=X["flag"].astype(str))
    with pytest.raises(TypeError, match=r"'flag' as (object|str) \(bool in X\)"):
        written(rows)


@pytest.mark.parametrize("make", [lambda X: X, pl.from_pandas])
def test_numbers_that_the_type_cannot_hold_stay_as_they_are(make: Any) -> None:
    whole = pd.DataFrame({"age": [30, 41, 28], "rooms": [1, 2, 3]})
    rows = pd.DataFrame({"age": [30.5, 1.0, 2.0], "rooms": [1.0, 2.0, 3.0]})
    found = Table.of(written(make(rows), make(whole)))
    assert found.native["age"].to_list() == [30.5, 1.0, 2.0]
    assert "int" in str(found.native["rooms"].dtype).lower()
    missing = rows.assign(age=[np.nan, 1.0, 2.0])
    assert np.isnan(Table.of(written(make(missing), make(whole))).values[0, 0])


@pytest.mark.parametrize("rows", [X.to_numpy(), pl.from_pandas(X)], ids=["array", "polars"])
def test_another_kind_of_rows_is_refused(rows: Any) -> None:
    with pytest.raises(TypeError, match="Expected test rows in a pandas DataFrame, as X is. Got a"):
        written(rows)


def test_a_teacher_sees_unlabelled_and_test_rows_in_the_types_of_x() -> None:
    rng = np.random.default_rng(0)
    columns = {"n": rng.integers(0, 9, 400), "c": rng.choice(["a", "b"], 400)}
    rows = pd.DataFrame({**columns, "x": rng.normal(size=400)})
    frame = rows.iloc[:300].assign(c=lambda f: f["c"].astype("category"))
    seen = []

    def teacher(asked: pd.DataFrame) -> np.ndarray:
        seen.append(asked.dtypes.tolist())
        p = np.where(asked["n"] > 4, 0.9, 0.2) - (asked["c"] == "a") * 0.1
        return np.column_stack([1 - p, p])

    other = rows.iloc[300:350].assign(n=lambda f: f["n"].astype(float))
    y = (rows["n"] > 4).astype(int)
    jd.distill(
        teacher,
        frame,
        y[:300],
        unlabelled=rows.iloc[350:].astype({"n": float}),
        test=(other, y[300:350]),
        size=2,
        temperature=1.0,
        quality="greedy",
        progress=False,
    )
    assert len(seen) > 2 and all(types == frame.dtypes.tolist() for types in seen)
