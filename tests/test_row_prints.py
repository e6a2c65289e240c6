"""Fingerprints of rows: alike exactly where the rows are."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from jupyter_distill.targets import _columns, _row_print
from jupyter_distill.targets._row_print import row_prints

NUMBERS = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_]),
    st.tuples(st.integers(1, 12), st.integers(1, 4)),
)
CELLS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.text(), st.floats(), st.binary()),
    *(st.dates(), st.decimals(), st.lists(st.integers(), max_size=3)),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
TEXTS = st.lists(st.one_of(st.none(), st.text()), min_size=1, max_size=12)


def printed(X: Any) -> str:
    found = row_prints(X)
    assert len(found) == 1
    return next(iter(found.values()))


def frame(n: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "income": rng.normal(size=n),
            "age": rng.integers(18, 90, n),
            "owner": rng.random(n) > 0.5,
            "purpose": rng.choice(["car", "house", "boat"], n),
            "since": pd.date_range("2020-01-01", periods=n, freq="D"),
        }
    )


FORMS: dict[str, Any] = {
    "frame": frame(),
    "frame with text as objects": frame().astype({"purpose": object}),
    "frame with categories": frame().astype({"purpose": "category"}),
    "frame with gaps": frame().mask(np.random.default_rng(1).random((30, 5)) < 0.2),
    "frame with whole numbers that have gaps": pd.DataFrame(
        {"n": pd.array([1, None] * 15, dtype="Int64")}
    ),
    "frame of anything": pd.DataFrame({"a": [1, "a", None, date(2020, 1, 1), Decimal("1.5")] * 6}),
    "frame of periods": pd.DataFrame({"p": pd.period_range("2020-01", periods=30, freq="M")}),
    "frame of lists": pd.DataFrame({"a": [[1, 2], [3]] * 15}),
    "series": frame()["purpose"],
    "polars": pl.from_pandas(frame()),
    "polars categories": pl.from_pandas(frame()).cast({"purpose": pl.Categorical}),
    "polars enum": pl.from_pandas(frame()).cast({"purpose": pl.Enum(["boat", "car", "house"])}),
    "polars lists": pl.DataFrame({"a": [[1, i] if i % 3 else None for i in range(30)]}),
    "polars series": pl.from_pandas(frame())["age"],
    "pyarrow": pa.Table.from_pandas(frame(), preserve_index=False),
    "pyarrow batch": pa.RecordBatch.from_pandas(frame(), preserve_index=False),
    "array": np.random.default_rng(0).normal(size=(30, 4)),
    "array of one axis": np.arange(30),
    "array of images": np.random.default_rng(0).normal(size=(30, 3, 4, 4)).astype(np.float32),
    "array of texts": np.array([f"text {i}" for i in range(30)]),
    "array of objects": np.array([[i, f"text {i}"] for i in range(30)], dtype=object),
    "array of dates": np.arange("2020-01-01", "2020-01-31", dtype="datetime64[D]"),
    "masked": np.ma.masked_greater(np.random.default_rng(0).normal(size=(30, 2)), 0.5),
    "tensor": torch.arange(60.0).reshape(30, 2),
    "tensor of bfloat16": torch.arange(60.0).reshape(30, 2).bfloat16(),
    "sparse": sparse.random(30, 8, 0.3, random_state=0, format="csr"),
    "list of texts": [f"text {i}" for i in range(30)],
    "list of arrays": [np.full(i % 3, i) for i in range(30)],
    "list of tensors": [torch.full((i % 3,), i) for i in range(30)],
    "dict": {"image": np.arange(60).reshape(30, 2), "history": frame()},
    "tuple": (np.arange(30), np.arange(30) * 2.0),
    "dict in a tuple": ({"a": np.arange(30)}, np.arange(30)),
}


def cut(X: Any, a: int, b: int) -> Any:
    if isinstance(X, tuple):
        return tuple(cut(part, a, b) for part in X)
    if isinstance(X, dict):
        return {name: cut(part, a, b) for name, part in X.items()}
    if isinstance(X, pd.DataFrame | pd.Series):
        return X.iloc[a:b]
    return X.slice(a, b - a) if hasattr(X, "slice") and hasattr(X, "schema") else X[a:b]


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_of_rows_have_prints_and_so_have_their_beginnings(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    X = FORMS[form]
    whole = printed(X)
    lengths = {7, 8, 29}
    expected = {n: printed(cut(X, 0, n)) for n in lengths} | {30: whole}
    assert row_prints(X, lengths) == expected
    assert len(set(expected.values())) == 4
    assert row_prints(X, {0, 31, 500}) == {30: whole}
    # wherever the work is cut
    for module in (_columns, _row_print):
        monkeypatch.setattr(module, "BLOCK", 4)
    monkeypatch.setattr(_row_print, "_BYTES", 64)
    assert row_prints(X, lengths) == expected
    # no part of the rows is like another
    assert printed(cut(X, 0, 10)) != printed(cut(X, 9, 19))


def test_no_two_of_all_these_have_the_same_print() -> None:
    found: dict[str, str] = {}
    alike = {
        *("frame with text as objects", "polars", "pyarrow", "pyarrow batch"),
    }
    for form in FORMS.keys() - alike:
        assert found.setdefault(printed(FORMS[form]), form) == form


@given(NUMBERS, st.data())
def test_any_change_of_a_number_its_type_or_place_changes_the_print(
    X: np.ndarray, data: st.DataObject
) -> None:
    whole = printed(X)
    assert printed(X.copy()) == printed(np.asfortranarray(X)) == whole
    row = data.draw(st.integers(0, len(X) - 1))
    column = data.draw(st.integers(0, X.shape[1] - 1))
    other = X.copy()
    bits = other.view(np.uint8 if X.dtype == bool else f"u{X.dtype.itemsize}")
    bits[row, column] ^= 1  # the least change there is
    assert printed(other) != whole
    assert printed(X[::-1].copy()) == whole or not np.array_equal(
        X[::-1].view(bits.dtype), X.view(bits.dtype)
    )
    assert printed(np.vstack([X, X[:1]])) != whole
    assert printed(np.hstack([X, X[:, :1]])) != whole
    if X.shape[0] > 1:
        assert printed(X.reshape(1, -1)) != whole
    assert printed(X.astype(np.complex128)) != whole


@given(st.lists(CELLS, min_size=1, max_size=6), st.data())
def test_cells_are_told_apart_by_value_and_type(values: list[Any], data: st.DataObject) -> None:
    whole = printed(values)
    assert printed(list(values)) == whole
    place = data.draw(st.integers(0, len(values) - 1))
    other = [*values]
    other[place] = data.draw(CELLS)
    same = repr(other) == repr(values)
    assert (printed(other) == whole) is same
    assert printed([*values, None]) != whole
    assert printed([values, values]) != printed([values, values, values])


def test_neighbours_do_not_run_into_each_other() -> None:
    for one, other in (
        (["ab", "c"], ["a", "bc"]),
        ([["a"], ["b"]], [["a", "b"]]),
        ([[1], [2, 3]], [[1, 2], [3]]),
        ([1], [1.0]),
        ([1], ["1"]),
        ([True], [1]),
        ([None], ["n"]),
        ([b"a"], ["a"]),
        ([np.zeros(2)], [np.zeros((2, 1))]),
        ([np.zeros(2)], [np.zeros(2, np.float32)]),
        (np.zeros(2, [("a", "f8")]), np.zeros(2, [("b", "f8")])),
    ):
        assert printed(one) != printed(other), (one, other)
    assert printed(pd.DataFrame({"a": ["ab", "c"]})) != printed(pd.DataFrame({"a": ["a", "bc"]}))
    assert printed({"a": np.arange(3), "b": np.arange(3)}) != printed(
        {"a": np.arange(3), "c": np.arange(3)}
    )
    assert printed((np.arange(3), np.ones(3))) != printed((np.ones(3), np.arange(3)))


# --- frames ------------------------------------------------------------------------------------


def test_frames_of_all_libraries_have_one_print() -> None:
    X = frame()
    # dates count in the unit they are kept in, which polars and pandas may take differently
    X["since"] = X["since"].astype("datetime64[us]")
    whole = printed(X)
    assert printed(pl.from_pandas(X)) == whole
    assert printed(pa.Table.from_pandas(X, preserve_index=False)) == whole
    assert printed(X.astype({"purpose": object})) == whole
    assert printed(X.convert_dtypes(dtype_backend="pyarrow")) == whole


@given(TEXTS)
def test_texts_with_gaps_are_alike_in_all_libraries(texts: list[str | None]) -> None:
    plain = pd.DataFrame({"a": pd.Series(texts, dtype=object)})
    assert (
        printed(plain)
        == printed(pl.DataFrame({"a": pl.Series(texts, dtype=pl.String)}))
        == printed(pa.table({"a": pa.array(texts, pa.string())}))
        == printed(pa.table({"a": pa.array(texts, pa.large_string())}))
    )
    gap = plain.copy()
    gap.loc[0, "a"] = None if texts[0] is not None else ""
    assert printed(gap) != printed(plain)


def test_what_counts_in_a_frame_and_what_does_not() -> None:
    X = frame()
    whole = printed(X)
    assert printed(X.set_axis(np.arange(30)[::-1], axis=0)) == whole  # no model is told the index
    changed: dict[str, pd.DataFrame] = {
        "order of rows": X.iloc[::-1],
        "order of columns": X[X.columns[::-1]],
        "a name": X.rename(columns={"age": "years"}),
        "a type": X.astype({"age": np.int32}),
        "a time": X.assign(since=X["since"] + pd.Timedelta(1, "D")),
        "a truth": X.assign(owner=~X["owner"]),
        "a gap": X.assign(income=X["income"].where(X.index != 3)),
        "a text": X.assign(purpose=X["purpose"].where(X.index != 3, "Car")),
        "text as categories": X.astype({"purpose": "category"}),
        "a row less": X.iloc[:-1],
        "no columns": X[[]],
    }
    assert len({printed(other) for other in changed.values()} | {whole}) == len(changed) + 1


def test_categories_count_with_their_list_and_order() -> None:
    values = ["a", "b", "a", None]

    def of(listed: list[str], ordered: bool = False) -> pd.DataFrame:
        return pd.DataFrame({"c": pd.Categorical(values, listed, ordered=ordered)})

    every = [of(["a", "b"]), of(["b", "a"]), of(["a", "b", "c"]), of(["a", "b"], ordered=True)]
    enums = [
        pl.DataFrame({"c": pl.Series(values, dtype=pl.Enum(listed))})
        for listed in (["a", "b"], ["b", "a"], ["a", "b", "c"])
    ]
    assert len({printed(one) for one in (*every, *enums)}) == 7
    assert printed(of(["a", "b"])) == printed(of(["a", "b"]))


def test_nan_and_null_are_two_things_where_a_library_tells_them_apart() -> None:
    nan = pl.DataFrame({"a": [1.0, float("nan")]})
    null = pl.DataFrame({"a": [1.0, None]})
    assert printed(nan) != printed(null)
    assert printed(pd.DataFrame({"a": [1.0, float("nan")]})) == printed(nan)


def test_slices_and_chunks_of_arrow_hold_only_their_own_rows() -> None:
    table = pa.Table.from_pandas(frame(), preserve_index=False)
    chunks = pa.concat_tables([table.slice(0, 7), table.slice(7, 9), table.slice(16)])
    assert printed(chunks) == printed(table)
    inner = table.slice(5, 20)
    assert printed(inner) == printed(pa.Table.from_pylist(inner.to_pylist(), table.schema))
    gaps = pa.table({"a": [1, None, 3, None], "b": ["x", None, "", None], "c": [True, None] * 2})
    assert printed(gaps.slice(1, 2)) == printed(pa.table(gaps.slice(1, 2).to_pydict()))


# --- others ------------------------------------------------------------------------------------


def test_a_sparse_matrix_is_what_it_holds() -> None:
    X = sparse.random(40, 9, 0.3, random_state=0, format="csr")
    assert printed(X) == printed(X.tocoo()) == printed(X.tocsc()) == printed(X.copy())
    other = X.copy()
    other.data[3] += 1
    assert printed(other) != printed(X)
    assert printed(X.T.tocsr()) != printed(X)
    assert printed(X.toarray()) != printed(X)


def test_a_mask_counts_and_what_it_hides_does_not() -> None:
    X = np.ma.MaskedArray([[1.0, 2.0]], mask=[[False, True]])
    assert printed(X) == printed(np.ma.MaskedArray([[1.0, 7.0]], mask=[[False, True]]))
    assert printed(X) != printed(np.ma.MaskedArray([[1.0, 2.0]], mask=[[True, False]]))
    assert printed(X) != printed(np.array([[1.0, 2.0]]))


class Locked:
    def __reduce__(self) -> Any:
        raise TypeError("it is locked")


def test_rows_that_cannot_be_hashed_are_refused_with_their_place() -> None:
    with pytest.raises(TypeError, match=r"it is locked \(row 2\).*preprocess="):
        row_prints([1, 2, Locked(), 4])
    with pytest.raises(TypeError, match=r"Expected X to be a data frame.*Got Endless"):
        row_prints(Endless())


class Endless:
    def __len__(self) -> int:
        return 3


@given(st.integers(1, 40), st.integers(1, 40))
def test_a_print_of_a_beginning_is_its_own(n: int, k: int) -> None:
    X = pd.DataFrame({"a": np.arange(n), "b": [str(timedelta(i)) for i in range(n)]})
    found = row_prints(X, [k])
    assert found == {n: printed(X)} | ({k: printed(X.iloc[:k])} if k < n else {})
