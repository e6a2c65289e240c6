"""Rows that lie where no real ones do are told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill.data import Table
from jupyter_distill.data.augmentation import METHODS, augment
from jupyter_distill.data.manifold import off_manifold

from .made import mixed, ring, tables


def test_five_in_a_hundred_other_real_rows_are_far() -> None:
    real = Table.of(mixed(3_000, 0))
    fresh = Table.of(mixed(3_000, 1), columns=real.columns)
    assert 0.03 < off_manifold(real, fresh, 0).mean() < 0.07


@pytest.mark.parametrize("column", ["income", "score", "age", "cards"])
def test_rows_far_from_all_real_ones_are_told(column: str) -> None:
    frame = mixed(1_000)
    real = Table.of(frame)
    away = mixed(200, 1)
    away[column] = frame[column].max() + 20.0 * frame[column].std()
    assert off_manifold(real, Table.of(away, columns=real.columns), 0).mean() > 0.99


def test_a_combination_that_no_real_row_has_is_far() -> None:
    real = Table.of(
        pd.DataFrame({"a": ["x", "y"] * 50, "b": ["x", "y"] * 50, "c": [0.5, None] * 50})
    )
    rows = pd.DataFrame(
        {"a": ["x", "x", "z", "x"], "b": ["x", "y", "x", "x"], "c": [0.5] * 3 + [None]}
    )
    made = Table.of(rows, columns=real.columns)
    np.testing.assert_array_equal(off_manifold(real, made, 0), [False, True, True, True])


def test_rows_beyond_all_measure_are_far_and_the_real_ones_are_not() -> None:
    real = Table.of(
        pd.DataFrame({"small": np.arange(1, 41) * 1e-300, "large": [1e306, -1e306] * 20})
    )
    assert off_manifold(real, real, 0).mean() <= 0.05
    rows = pd.DataFrame({"small": [1e306, 2e-299], "large": [1e306, 9e306]})
    assert off_manifold(real, Table.of(rows, columns=real.columns), 0).all()


def test_copies_of_real_rows_are_not_far() -> None:
    rows = np.random.default_rng(0).lognormal(0, 2, (40, 20))
    real = Table.of(np.repeat(rows, 10, axis=0))
    assert not off_manifold(real, Table.of(rows), 0).any()


@given(tables(), st.integers(0, 9))
def test_a_real_row_is_never_farther_than_the_real_rows_are(table: Table, seed: int) -> None:
    # its fifth nearest of all is itself or nearer than its fifth nearest of the others
    assert off_manifold(table, table, seed).mean() <= 0.05


def test_rows_made_near_real_ones_lie_where_real_ones_do() -> None:
    real = Table.of(ring(1_000, 0))
    far = {name: off_manifold(real, augment(name, real, 2_000, 0), 0).mean() for name in METHODS}
    assert far["local_swap"] < 0.05
    assert far["copula"] > 0.5  # the columns of a ring are not correlated, but depend on each other


def test_columns_that_differ_are_refused_by_name() -> None:
    real = Table.of(mixed(50))
    with pytest.raises(ValueError, match=r"of them 'score' of another.*columns=real.columns"):
        off_manifold(real, Table.of(mixed(50).assign(score="text")), 0)
    with pytest.raises(ValueError, match=r"Got 5 columns for 6\."):
        off_manifold(real, Table.of(mixed(50).drop(columns="employed")), 0)
    with pytest.raises(ValueError, match=r"at least 2 rows"):
        off_manifold(real.take(np.array([0])), real, 0)
