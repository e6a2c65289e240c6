"""The local surrogate: weights that are right where right is known, steady, and of real cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill.audits.attributions.local_surrogate import SEEDS, Local, local_surrogate
from jupyter_distill.data import Table

from .small import people


def frame(n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "a": rng.normal(10, 3, n),
            "b": rng.normal(size=n),
            "kind": rng.choice(["x", "y"], n),
            "idle": rng.normal(size=n),
        }
    )


FRAME = frame()
TABLE = Table.of(FRAME)
OTHERS = np.arange(20, 120)


def line(table: Table) -> np.ndarray:
    v = table.values
    return (2 * v[:, 0] - 5 * v[:, 1] + 4 * (v[:, 2] == 0))[:, None]


def near(says: Any, row: int = 0, seed: int = 0, samples: int = 400) -> Local:
    return local_surrogate(TABLE, row, OTHERS, [says], samples, seed)[0]


@given(st.integers(0, 19))
@settings(max_examples=5, deadline=None)
def test_of_a_line_they_are_its_own(row: int) -> None:
    found = near(line, row)
    spread = FRAME.iloc[OTHERS].std(ddof=0, numeric_only=True)
    sign = 1 if FRAME["kind"][row] == "x" else -1
    right = [2 * spread["a"], -5 * spread["b"], 4 * sign, 0]
    np.testing.assert_allclose(found.weights[:, 0], right, atol=1e-9)
    assert found.r2 > 1 - 1e-9 and np.all(found.spread < 1e-9)


@given(st.integers(0, 19), st.integers(0, 5))
@settings(max_examples=10, deadline=None)
def test_a_column_that_is_not_read_is_given_nothing_however_alike_it_is(
    row: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    read = rng.normal(size=(120, 2))
    twin = read[:, 0] + 0.05 * rng.normal(size=120)
    level = np.where(read[:, 1] > 0, "high", "low")
    X = pd.DataFrame({"a": read[:, 0], "twin": twin, "b": read[:, 1], "level": level})
    X.loc[::7, "twin"] = np.nan

    def bent(table: Table) -> np.ndarray:
        v = table.values
        return np.column_stack([np.sin(3 * v[:, 0]) * v[:, 2], (v[:, 0] > 0.3) & (v[:, 2] < 0)])

    (found,) = local_surrogate(Table.of(X), row, OTHERS, [bent], 60, seed)
    assert np.all(found.weights[[1, 3]] == 0) and np.all(found.spread[[1, 3]] == 0)
    assert np.any(found.weights[[0, 2]] != 0)


def test_one_walk_is_made_where_less_is_allowed() -> None:
    found = near(line, samples=1)
    assert found.asked == 1 + 4 * SEEDS
    np.testing.assert_allclose(found.weights[3], 0, atol=1e-12)


def test_near_a_row_counts_more_than_far_from_it() -> None:
    def bent(table: Table) -> np.ndarray:
        return np.abs(table.values[:, [1]]) * 4

    b = FRAME["b"].to_numpy()
    low, high = int(np.argmin(b[:20])), int(np.argmax(b[:20]))
    assert near(bent, low).weights[1, 0] < -1 < 1 < near(bent, high).weights[1, 0]


def test_models_are_asked_about_the_same_rows_and_the_same_seed_gives_the_same() -> None:
    asked: list[np.ndarray] = []

    def says(table: Table) -> np.ndarray:
        asked.append(table.values)
        return line(table)

    one, other = local_surrogate(TABLE, 3, OTHERS, [says, says], 50, 9)
    np.testing.assert_array_equal(asked[0], asked[1])
    np.testing.assert_array_equal(one.weights, other.weights)
    np.testing.assert_array_equal(near(line, 3, 9, 50).weights, one.weights)
    assert len(asked[0]) == one.asked <= 50 * SEEDS and np.any(
        near(line, 3, 8, 50).weights != one.weights
    )


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_rows_that_are_made_hold_what_was_seen(kind: Any) -> None:
    X = people(100)[0]
    given = X if kind is pd.DataFrame else pl.from_pandas(X)
    table, seen = Table.of(given), []

    def says(made: Table) -> np.ndarray:
        seen.append(made)
        return np.nan_to_num(made.values[:, [0]])

    for row in (0, int(np.flatnonzero(X["income"].isna())[0])):
        local_surrogate(table, row, np.arange(30, 100), [says], 100, 0)
        made = seen[-1]
        assert type(made.native) is type(given) and made.columns == table.columns
        schema = made.native.dtypes, table.native.dtypes
        assert list(schema[0]) == list(schema[1])
        own = table.values[row]
        for j, column in enumerate(table.columns):
            among = np.append(table.values[30:, j], own[j])
            values = made.values[:, j]
            known = values[~np.isnan(values)]
            if column.kind == "numeric":
                assert known.min() >= np.nanmin(among) and known.max() <= np.nanmax(among)
            else:
                assert set(known) <= set(among)
        whole = made.values[:, 3]
        np.testing.assert_array_equal(whole, np.round(whole))


def test_a_constant_model_has_no_reasons() -> None:
    found = near(lambda table: np.full((table.n_rows, 2), 7.0))
    np.testing.assert_allclose(found.weights, 0, atol=1e-12)
    assert found.r2 == 1.0 and found.weights.shape == (4, 2)
