"""The table a student sees: kinds of columns, the owner's rows, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from jupyter_distill.data import Column, Table, split_rows
from jupyter_distill.data.columns import number

ROWS: dict[str, list[Any]] = {
    "income": [52_000.5, None, 31_000.0, 18_250.25],
    "age": [31, 45, 27, 60],
    "purpose": ["car", "house", None, "car"],
    "employed": [True, False, True, True],
}


def as_pandas() -> pd.DataFrame:
    return pd.DataFrame(ROWS, index=["a", "b", "c", "d"])


FRAMES = {
    "pandas": as_pandas,
    "pandas of objects": lambda: as_pandas().astype(object),
    "pandas of nullable types": lambda: as_pandas().convert_dtypes(),
    "polars": lambda: pl.DataFrame(ROWS),
    "pyarrow": lambda: pa.table(ROWS),
}


@pytest.fixture(params=FRAMES)
def frame(request: pytest.FixtureRequest) -> Any:
    return FRAMES[request.param]()


# --- what is read ------------------------------------------------------------------------------


def test_every_frame_gives_the_same_columns_and_numbers(frame: Any) -> None:
    table = Table.of(frame)
    assert table.columns == (
        Column("income", "numeric"),
        Column("age", "numeric", integer=True),
        Column("purpose", "category", ("car", "house")),
        Column("employed", "boolean", (False, True)),
    )
    np.testing.assert_array_equal(
        table.values,
        [
            [52_000.5, 31, 0, 1],
            [np.nan, 45, 1, 0],
            [31_000, 27, np.nan, 1],
            [18_250.25, 60, 0, 1],
        ],
    )


def test_cells_are_the_owner_s_own_values(frame: Any) -> None:
    table = Table.of(frame)
    cells = [[table.cell(row, column) for row in range(4)] for column in range(4)]
    assert cells == list(ROWS.values())
    assert [type(table.cell(0, column)) for column in range(4)] == [float, int, str, bool]


def test_the_owner_s_frame_is_kept_and_rows_come_in_its_own_type(frame: Any) -> None:
    table = Table.of(frame)
    assert table.native is frame
    taken = table.take(np.array([3, 0]))
    assert type(taken.native) is type(frame)
    np.testing.assert_array_equal(taken.values, table.values[[3, 0]])
    assert [taken.cell(0, 1), taken.cell(1, 2)] == [60, "car"]
    if isinstance(frame, pd.DataFrame):
        pd.testing.assert_frame_equal(taken.native, frame.iloc[[3, 0]])


def test_values_cannot_be_written(frame: Any) -> None:
    with pytest.raises(ValueError, match="read-only"):
        Table.of(frame).values[0, 0] = 1.0


def test_categories_keep_their_owner_s_order_and_lose_unused_levels() -> None:
    sizes = pd.Categorical(["m", "s", None], categories=["s", "m", "l"], ordered=True)
    grades = pd.Categorical([3, 1, 3], categories=[3, 2, 1])
    table = Table.of(pd.DataFrame({"size": sizes, "grade": grades}))
    assert [c.categories for c in table.columns] == [("s", "m"), (3, 1)]
    np.testing.assert_array_equal(table.values, [[1, 0], [0, 1], [np.nan, 0]])


def test_levels_of_several_types_are_categories_of_their_own() -> None:
    table = Table.of(np.array([[1], ["1"], [True], ["b"]], dtype=object))
    assert table.columns[0].kind == "category"
    assert len(table.columns[0].categories) >= 3
    assert [table.cell(row, 0) for row in (1, 3)] == ["1", "b"]


@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.uint16, np.float64])
def test_arrays_are_numeric_with_names_made_up(dtype: Any) -> None:
    table = Table.of(np.array([[1, 2], [3, 4]], dtype=dtype))
    assert table.names == ("x0", "x1")
    assert {c.kind for c in table.columns} == {"numeric"}
    np.testing.assert_array_equal(table.values, [[1, 2], [3, 4]])


def test_an_array_of_booleans_is_boolean() -> None:
    table = Table.of(np.array([[True], [False]]))
    assert table.columns[0].kind == "boolean"
    assert [table.cell(row, 0) for row in range(2)] == [True, False]


def test_in_a_list_of_rows_numbers_beside_text_are_numbers() -> None:
    table = Table.of([[1.5, "car"], [2.5, "house"], [None, "car"]])
    assert [c.kind for c in table.columns] == ["numeric", "category"]
    np.testing.assert_array_equal(table.values, [[1.5, 0], [2.5, 1], [np.nan, 0]])


def test_columns_named_by_numbers_are_found_by_their_text() -> None:
    frame = pd.DataFrame([["a", 1], ["b", 2]], columns=[0, 1])
    table = Table.of(frame)
    assert table.names == ("0", "1")
    assert (table.position("1"), table.cell(1, 0)) == (1, "b")


# --- read like an earlier table ----------------------------------------------------------------


def test_new_rows_get_the_codes_of_the_earlier_ones(frame: Any) -> None:
    table = Table.of(frame)
    new = {name: list(values) for name, values in ROWS.items()}
    new["purpose"] = ["house", "boat", None, "car"]
    read = Table.of(pd.DataFrame(new), columns=table.columns)
    assert read.columns is table.columns
    np.testing.assert_array_equal(read.values[:, 2], [1, -1, np.nan, 0])
    assert [read.cell(row, 2) for row in range(4)] == ["house", "boat", None, "car"]


def test_a_column_that_is_all_missing_fits_every_kind(frame: Any) -> None:
    columns = Table.of(frame).columns
    none = {name: [None, None] for name in ROWS}
    for rows in (pd.DataFrame(none), pd.DataFrame(none, dtype=float), pl.DataFrame(none)):
        assert np.isnan(Table.of(rows, columns=columns).values).all()


def test_unlisted_values_are_shown_as_their_owner_wrote_them() -> None:
    columns = Table.of(pd.DataFrame({0: ["a", "b"]})).columns
    assert Table.of(pd.DataFrame({0: ["c"]}), columns=columns).cell(0, 0) == "c"
    assert Table.of(np.array([["c"]], dtype=object), columns=columns).cell(0, 0) == "c"


def test_a_boolean_column_with_one_value_still_knows_both() -> None:
    columns = Table.of(pd.DataFrame({"employed": [True, True]})).columns
    assert Table.of(pd.DataFrame({"employed": [False]}), columns=columns).values[0, 0] == 0


def test_a_table_is_read_once() -> None:
    table = Table.of(as_pandas())
    assert Table.of(table) is table
    assert Table.of(table, columns=table.columns) is table


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (as_pandas().drop(columns="age"), r"Got no column 'age'"),
        (as_pandas().assign(car=1), r"unknown column 'car'"),
        (as_pandas().rename(columns={"age": "Age"}), r"no column 'age' and unknown column 'Age'"),
        (as_pandas()[["age", "income", "purpose", "employed"]], r"Reorder them: X\[columns\]"),
        (as_pandas().assign(age="old"), r"column 'age' to be numeric as before. Got 'old'"),
        (as_pandas().assign(purpose=3.5), r"column 'purpose' to be category as before"),
        (np.zeros((2, 3)), r"Expected 4 columns: 'income', .* Got 3"),
    ],
)
def test_other_columns_are_refused_by_name(other: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        Table.of(other, columns=Table.of(as_pandas()).columns)


# --- what is refused ---------------------------------------------------------------------------


def repeated() -> pd.DataFrame:
    return pd.DataFrame([[1, 2]], columns=["a", "a"])


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (repeated(), r"a name of its own. Got 'a' more than once. Rename the columns"),
        (pa.table([[1], [2]], names=["a", "a"]), r"Got 'a' more than once"),
        (sparse.eye(3).tocsr(), r"a dense table. Got a sparse matrix. Use X.toarray\(\)"),
        (pl.DataFrame({"a": [1]}).lazy(), r"Got a lazy LazyFrame. Use X.collect\(\)"),
        (np.zeros(3), r"Got an array of shape \(3,\). Reshape your data"),
        (np.zeros((2, 2, 2)), r"shape \(rows, columns\)"),
        (np.zeros((0, 2)), r"at least one row"),
        (pd.DataFrame({"a": []}), r"at least one row"),
        (np.zeros((2, 0)), r"0 feature\(s\)"),
        (pd.DataFrame(index=[0, 1]), r"0 feature\(s\)"),
        (np.array([[1.0], [np.inf]]), r"column 'x0'. Got infinity in 1 rows, first row 1. Replace"),
        (pd.DataFrame({"a": [-np.inf, 1.0]}), r"finite numbers \(or missing\) in column 'a'"),
        (pd.DataFrame({"a": [np.inf, 1]}, dtype=object), r"infinity .* first row 0"),
        (np.array([[1j]]), r"Complex data not supported"),
        (pd.DataFrame({"day": pd.to_datetime(["2020-01-01"])}), r"'day'. Got dates .* days since"),
        (pl.DataFrame({"day": pd.to_datetime(["2020-01-01"])}), r"'day'. Got dates or times"),
        (pl.DataFrame({"all": [[1, 2]]}), r"one value a row in column 'all'. Got List"),
        (pd.DataFrame({"all": [[1, 2]]}), r"one number, text or boolean a row in column 'all'"),
    ],
)
def test_what_cannot_be_read_is_refused(rows: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        Table.of(rows)


def test_an_unknown_column_is_asked_for_by_name() -> None:
    with pytest.raises(KeyError, match="no column 'wage'. The columns are 'income', 'age'"):
        Table.of(as_pandas()).position("wage")


# --- how values are written --------------------------------------------------------------------


def test_values_are_written_as_their_owner_would() -> None:
    purpose = Column("purpose", "category", ("car", "house"))
    assert [purpose.text(v) for v in (1.0, np.nan, -1.0)] == ["house", "missing", "another value"]
    assert Column("employed", "boolean", (False, True)).text(1.0) == "True"
    income = Column("income", "numeric")
    texts = [income.text(v) for v in (52_000.0, 0.35, -0.0, 1e20, 1.5e-7, np.nan)]
    assert texts == ["52000", "0.35", "0", "1e+20", "1.5e-07", "missing"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_number_is_the_number(value: float) -> None:
    assert float(number(value)) == value


# --- the split ---------------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 4), min_size=10, max_size=300),
    st.one_of(st.none(), st.integers(0, 2**32 - 1)),
)
def test_every_row_is_in_one_part_and_strata_keep_their_proportion(
    strata: list[int], seed: int | None
) -> None:
    codes = np.array(strata)
    rows = split_rows(codes, seed)
    parts = (rows.train, rows.validation, rows.held_out)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(codes)))
    np.testing.assert_array_equal(
        rows.learnt, np.sort(np.concatenate([rows.train, rows.validation]))
    )
    for part, fifths in zip(parts, (3, 1, 1), strict=True):
        assert abs(len(part) - len(codes) * fifths / 5) <= 4
        for stratum in range(5):
            n = (codes == stratum).sum()
            assert abs((codes[part] == stratum).sum() - n * fifths / 5) <= 4


@pytest.mark.parametrize("seed", range(5))
def test_a_rare_stratum_is_in_every_part(seed: int) -> None:
    codes = np.random.default_rng(seed).permutation(np.arange(2_000) < 50).astype(int)
    rows = split_rows(codes, seed)
    rare = [codes[part].sum() for part in (rows.train, rows.validation, rows.held_out)]
    # At most two fives of rows are shared with the other stratum.
    np.testing.assert_allclose(rare, [30, 10, 10], atol=2)


def test_the_split_depends_on_the_seed_alone() -> None:
    codes = np.arange(100) % 3
    one, same, other = split_rows(codes, 1), split_rows(codes, 1), split_rows(codes, 2)
    np.testing.assert_array_equal(one.held_out, same.held_out)
    assert not np.array_equal(one.held_out, other.held_out)


def test_fewer_than_ten_rows_are_not_split() -> None:
    split = split_rows(np.zeros(10, int), 0)
    assert all(len(part) for part in (split.train, split.validation, split.held_out))
    with pytest.raises(ValueError, match="at least 10 rows .* Got 9. Give more rows"):
        split_rows(np.zeros(9, int), 0)
