"""Rows made up: what holds of them for every table, and which structure they keep."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill.data import Column, Table, _copula, _near
from jupyter_distill.data.augmentation import METHODS, augment
from jupyter_distill.data.manifold import off_manifold

from .made import FRAMES, mixed, ring, tables

COPIES = ["local_swap", "copula"]  # make no number of their own


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def values_of(column: np.ndarray) -> set[float]:
    return set(column[~np.isnan(column)].tolist())


# --- laws --------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", FRAMES)
def test_rows_come_in_the_owner_s_own_type_and_are_what_the_student_sees(
    method: str, frame: str
) -> None:
    given_rows = FRAMES[frame]()
    made = augment(method, Table.of(given_rows), 777, 0)
    assert type(made.native) is type(given_rows)
    if isinstance(given_rows, np.ndarray):
        assert made.native.dtype == given_rows.dtype
    elif isinstance(given_rows, pd.DataFrame):
        pd.testing.assert_series_equal(made.native.dtypes, given_rows.dtypes)
        pd.testing.assert_index_equal(made.native.index, pd.RangeIndex(777))
    else:
        assert made.native.schema == given_rows.schema
    read = Table.of(made.native)
    assert made.values.shape == (777, read.n_columns)
    assert [(c.name, c.kind, c.integer) for c in read.columns] == [
        (c.name, c.kind, c.integer) for c in made.columns
    ]
    np.testing.assert_array_equal(made.values, Table.of(made.native, columns=made.columns).values)


@given(st.sampled_from(list(METHODS)), tables(), st.integers(1, 60), st.integers(0, 99))
def test_columns_are_the_same_and_nothing_leaves_its_bounds(
    method: str, table: Table, n: int, seed: int
) -> None:
    made = augment(method, table, n, seed)
    assert made.columns == table.columns
    assert len(made) == n
    for column, real, new in zip(table.columns, table.values.T, made.values.T, strict=True):
        seen, came = values_of(real), values_of(new)
        if method in COPIES or column.kind != "numeric":
            assert came <= seen
        elif came:
            assert min(seen) <= min(came) <= max(came) <= max(seen)
            assert not column.integer or all(value.is_integer() for value in came)


@given(st.sampled_from(list(METHODS)), tables(), st.integers(1, 60), st.integers(0, 99))
def test_what_is_missing_together_is_so_as_often_as_in_real_rows(
    method: str, table: Table, n: int, seed: int
) -> None:
    made = augment(method, table, n, seed)
    each, rest = divmod(n, len(table))
    patterns = np.isnan(table.values)
    for pattern in np.unique(patterns, axis=0):
        real = int((patterns == pattern).all(axis=1).sum())
        came = int((np.isnan(made.values) == pattern).all(axis=1).sum())
        assert each * real <= came <= each * real + min(real, rest)


@given(st.sampled_from(list(METHODS)), tables(), st.integers(0, 99))
def test_a_seed_gives_the_same_rows_again(method: str, table: Table, seed: int) -> None:
    first, again = (augment(method, table, 40, seed) for _ in range(2))
    np.testing.assert_array_equal(first.values, again.values)


def test_another_seed_or_none_gives_other_rows(method: str) -> None:
    table = Table.of(mixed())
    made = [augment(method, table, 50, seed).values for seed in (0, 1, None, None)]
    for a in range(4):
        for b in range(a):
            assert not np.array_equal(made[a], made[b], equal_nan=True)


def test_the_unit_of_a_column_does_not_matter(method: str) -> None:
    frame = mixed()
    larger = frame.assign(income=frame["income"] * 2.0**20)  # exact
    made, other = (augment(method, Table.of(X), 500, 0).values for X in (frame, larger))
    np.testing.assert_array_equal(made * [2.0**20, 1, 1, 1, 1, 1], other)


def test_the_owner_s_rows_are_not_changed(method: str) -> None:
    frame = mixed()
    array = np.arange(40.0).reshape(20, 2)
    for X in (frame, array):
        before = X.copy()
        augment(method, Table.of(X), 100, 0)
        assert before.equals(X) if X is frame else np.array_equal(before, X)


@pytest.mark.parametrize("name", COPIES)
def test_a_category_that_the_columns_do_not_list_is_copied_as_its_owner_wrote_it(name: str) -> None:
    columns = Table.of(pd.DataFrame({"kind": ["a", "b"], "x": [1.0, 2.5]})).columns
    late = Table.of(pd.DataFrame({"kind": ["new", "a"] * 9, "x": np.arange(18.0)}), columns=columns)
    made = augment(name, late, 60, 0)
    unlisted = made.values[:, 0] == -1
    assert 0 < unlisted.sum() < 60
    assert set(made.native["kind"][unlisted]) == {"new"}


# --- structure ---------------------------------------------------------------------------------


def test_a_copula_keeps_distributions_and_rank_correlations() -> None:
    rng = np.random.default_rng(0)
    a, b, c = rng.multivariate_normal(
        [0, 0, 0], [[1, 0.8, -0.5], [0.8, 1, 0], [-0.5, 0, 1]], 3_000
    ).T
    real = pd.DataFrame({"a": np.exp(a), "b": b**3, "c": c})
    real.loc[rng.random(3_000) < 0.2, "a"] = np.nan
    made = augment("copula", Table.of(real), 20_000, 0).native
    np.testing.assert_allclose(made.corr("spearman"), real.corr("spearman"), atol=0.03)
    quantiles = [0.05, 0.25, 0.5, 0.75, 0.95]
    for name in real:
        at = real[name].quantile(quantiles)
        shares = [(made[name].dropna() <= value).mean() for value in at]
        np.testing.assert_allclose(shares, quantiles, atol=0.015)


def test_a_copula_keeps_the_correlations_of_flags_counts_and_categories() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=2_000)
    flag = z > 0.5
    real = pd.DataFrame(
        {
            "flag": flag,
            "same": np.where(flag, "rare", "usual"),
            "count": np.clip(np.rint(z + rng.normal(0, 0.5, 2_000)), 0, 2).astype(int),
            "x": z + rng.normal(0, 1, 2_000),
            "noise": rng.random(2_000) < 0.1,
        }
    )
    table = Table.of(real)
    made = augment("copula", table, 20_000, 0)
    asked, got = (np.corrcoef(rows.values.T) for rows in (table, made))
    assert abs(asked[0, 1]) > 0.99
    np.testing.assert_allclose(got, asked, atol=0.05)


def test_a_copula_takes_categories_in_the_order_of_their_frequency() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=3_000)
    kind = np.array(["m", "z", "a"])[np.searchsorted([0.0, 1.0], x)]  # half, a third, a sixth
    real = pd.DataFrame({"x": x, "kind": kind})
    made = augment("copula", Table.of(real), 10_000, 0).native
    means = [rows.groupby("kind")["x"].mean() for rows in (real, made)]
    np.testing.assert_allclose(means[1], means[0], atol=0.15)


def test_a_normal_number_beyond_all_others_has_the_last_rank() -> None:
    margin = _copula.Margin.of(np.array([3.0, np.nan, 1.0]), True, np.random.default_rng(0))
    np.testing.assert_array_equal(margin.rows[margin.ranks(np.array([-40.0, 40.0]))], [2, 0])


def test_a_copula_of_more_columns_than_rows_is_shrunk_and_stands() -> None:
    rng = np.random.default_rng(0)
    table = Table.of(rng.normal(size=(15, 40)))
    made = augment("copula", table, 2_000, 0)
    apart = ~np.eye(40, dtype=bool)
    real, new = (np.corrcoef(rows.values.T)[apart] for rows in (table, made))
    assert np.abs(new).mean() < 0.5 * np.abs(real).mean()  # these columns are independent in truth


@pytest.mark.parametrize("name", ["local_swap", "munge"])
def test_near_rows_lend_each_other_values_and_far_ones_do_not(name: str) -> None:
    table = Table.of(ring(1_000, 0))
    made = augment(name, table, 5_000, 0)
    radius = np.linalg.norm(made.values, axis=1)
    assert np.quantile(np.abs(radius - 1), 0.99) < 0.1
    real = {tuple(row) for row in table.values.tolist()}
    new = np.mean([tuple(row) not in real for row in made.values.tolist()])
    assert 0.45 < new < 0.8  # of two values half are changed each


def test_neighbours_agree_on_categories() -> None:
    rng = np.random.default_rng(0)
    kind = rng.choice(["a", "b"], 600)
    frame = pd.DataFrame({"kind": kind, "x": rng.normal(0, 0.3, 600) + 1.0 * (kind == "b")})
    frame["same"] = frame["kind"]
    for name in ("local_swap", "munge"):
        made = augment(name, Table.of(frame), 3_000, 0).native
        assert (made["kind"] == made["same"]).all()


def test_every_two_categories_are_equally_far_also_missing_and_unlisted_ones() -> None:
    few = Column("few", "category", tuple(range(20)))
    codes = np.array([[np.nan], [-1.0], *([float(code)] for code in range(20))])
    apart = distances(_near.encode(codes, codes, (few,)))
    np.testing.assert_allclose(apart, 1)
    many = Column("many", "category", tuple(range(1_000)))
    codes = np.arange(1_000.0)[:, None]
    points = _near.encode(codes, codes, (many,))
    assert points.shape[1] <= 32  # or neighbours among names would take for ever
    apart = distances(points)
    assert 0.4 < apart.min() < 0.99 < apart.mean() < 1.01 < apart.max() < 1.4


def distances(points: np.ndarray) -> np.ndarray:
    difference = points[:, None] - points
    return np.sqrt((difference**2).sum(axis=2))[~np.eye(len(points), dtype=bool)]


def test_of_rows_equally_near_any_lends_its_value() -> None:
    table = Table.of(pd.DataFrame({"kind": [f"k{j}" for j in range(20)]}))
    made = augment("local_swap", table, 2_000, 0)
    assert np.bincount(made.values[:, 0].astype(int)).max() < 150  # 100 each, not 250 of five


def test_munge_makes_numbers_of_its_own_and_copies_those_of_another_type() -> None:
    frame = mixed()
    made = augment("munge", Table.of(frame), 2_000, 0).native
    own = ~made["score"].isin(frame["score"])
    assert 0.45 < own.mean() < 0.55
    objects = frame.astype({"score": object})
    copied = augment("munge", Table.of(objects), 2_000, 0).native
    assert copied["score"].isin(objects["score"]).all()


def test_munge_swaps_categories_with_the_nearest_row() -> None:
    pairs = [f"pair {j // 2}" for j in range(40)]
    rows = [f"row {j}" for j in range(40)]
    table = Table.of(pd.DataFrame({"p": pairs, "q": pairs, "r": pairs, "a": rows, "b": rows}))
    made = augment("munge", table, 2_000, 0).native
    assert (made["p"] == made["q"]).all()
    a, b = (made[name].str.removeprefix("row ").astype(int) for name in "ab")
    assert (a // 2 == b // 2).all()
    assert 0.45 < (a != b).mean() < 0.55


def test_of_many_rows_some_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_near, "POOL", 50)
    table = Table.of(np.random.default_rng(0).normal(size=(2_000, 2)))
    made = augment("local_swap", table, 5_000, 0)
    assert len(np.unique(made.values[:, 0])) == 50
    assert made.values[:, 0].max() < table.values[:, 0].max()
    assert 0.7 < np.isin(table.values[:, 0], made.values[:, 0]).nonzero()[0].max() / 2_000
    assert 0.01 < off_manifold(table, table, 0).mean() < 0.15


# --- refusals ----------------------------------------------------------------------------------


def test_what_cannot_be_made_is_refused_by_name(method: str) -> None:
    table = Table.of(mixed(10))
    with pytest.raises(ValueError, match=r"Expected n to be a whole number >= 1. Got 0"):
        augment(method, table, 0, 0)
    with pytest.raises(TypeError, match=r"Expected n to be a whole number .* 2.5 \(float\)"):
        augment(method, table, 2.5, 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"Expected at least 2 rows .* Got 1\. Give more"):
        augment(method, table.take(np.array([0])), 5, 0)
    with pytest.raises(ValueError, match=r"Expected a table with columns. Got none"):
        augment(method, Table((), np.empty((5, 0)), np.empty((5, 0))), 5, 0)


def test_an_unknown_method_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'localswap'\. Did you mean \"local_swap\"\?"):
        augment("localswap", Table.of(mixed(10)), 5, 0)
