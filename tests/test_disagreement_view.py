"""What only the table of disagreements does: regions, chosen rows, counted columns."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import traitlets as t
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from jupyter_distill.audits.disagreements import Comparison, compare
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import region_state, state
from jupyter_distill.exports.answers import row_index
from jupyter_distill.exports.counted import counted, pairs
from jupyter_distill.exports.fields import features
from jupyter_distill.exports.rows import RowIndex
from jupyter_distill.exports.wire import decode
from jupyter_distill.targets import KL
from jupyter_distill.widgets._chosen import MOST_CHOSEN
from jupyter_distill.widgets.disagreement import DisagreementTable
from tests.distilling import run
from tests.small import distilled, numbers, people


@pytest.fixture(scope="module")
def d() -> Distillation:
    """The student of four leaves parts where incomes are close to the bound."""
    return distilled(*people(), size=4, temperature=1.0, augment=None)


@pytest.fixture
def table(d: Distillation) -> DisagreementTable:
    return DisagreementTable(d)


# --- measures are taken when they are asked for --------------------------------------------------


def test_measures_are_the_same_of_some_rows_as_of_all(d: Distillation) -> None:
    found = compare(d)
    assert isinstance(found, Comparison) and compare(d) is found
    n = d.table.n_rows
    p, each = d.targets.at(1.0), np.arange(n)
    margin = p[each, found.teacher] - p[each, found.student]
    np.testing.assert_array_equal(found.margin, margin)
    np.testing.assert_array_equal(found.kl, KL.per_row(found.logits, d.targets))
    some = np.array([5, 3, 500])
    np.testing.assert_array_equal(found.kl_of(some), found.kl[some])
    np.testing.assert_array_equal(found.margin_of(some), found.margin[some])
    assert len(found.kl_of(some[:0])) == len(found.margin_of(some[:0])) == 0


def test_what_is_kept_of_a_distillation_goes_with_it() -> None:
    kept = distilled(*people(120), size=2, temperature=1.0, augment=None)
    index = row_index(kept)
    assert row_index(kept) is index and region_state.found(kept, index)["sought"]
    gone = ref(kept)
    del kept
    gc.collect()
    assert gone() is None


# --- regions ------------------------------------------------------------------------------------


def test_regions_are_sought_when_the_browser_asks(d: Distillation) -> None:
    table = DisagreementTable(d)
    assert table.regions == {"sought": False, "unasked": True, "rows": d.table.n_rows}
    table.set_state({"seek": True})
    assert table.regions["sought"] and table.seek is False
    wanted = d.regions()
    assert len(wanted) > 0
    for said, region in zip(table.regions["found"], wanted, strict=True):
        assert (said["rule"], said["rows"]) == (region.rule, region.rows)
        assert said["rate"] == list(region.rate)
    json.dumps(table.regions, allow_nan=False)


def test_a_region_filters_the_rows(table: DisagreementTable, d: Distillation) -> None:
    for region in d.regions():
        table.region = region.number  # sought where nobody has yet
        assert list(table.frame().index) == list(d.disagreements("all", region).index)
        assert table.page["total"] == table.regions["found"][region.number]["apart"]
    table.region = None
    assert table.page["total"] == len(d.disagreements("all"))
    with pytest.raises(t.TraitError, match=r"Expected a region from 0 to .* See d.regions\(\)"):
        table.region = 99


def test_a_region_is_there_from_the_start(d: Distillation) -> None:
    table = DisagreementTable(d, region=0)
    assert table.region == 0 and table.page["total"] == table.regions["found"][0]["apart"]


def test_too_many_rows_are_not_searched_unasked(
    d: Distillation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(region_state, "UNASKED", 100)
    table = DisagreementTable(d)
    assert table.regions["unasked"] is False
    carried = table._carried()
    assert carried["regions"] == {} and "regions" not in carried["page"]
    assert table.regions["sought"] is False
    assert table.to_html(tmp_path / "view.html").is_file()


def test_a_page_knows_the_regions_of_its_rows(table: DisagreementTable, d: Distillation) -> None:
    carried = table._carried()
    assert carried["regions"]["sought"]
    rows, bits = (decode(carried["page"][name]) for name in ("row_ids", "regions"))
    for region in d.regions():
        inside = rows[(bits >> region.number) & 1 == 1]
        assert set(inside) == set(region.positions) & set(rows)
    assert carried["page"]["held_of"] == d.table.n_rows


def test_a_page_says_of_how_many_rows_it_holds_the_first(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "PAGE_ROWS", 25)
    page = DisagreementTable(d)._carried()["page"]
    assert page["total"] == 25 and page["held_of"] == len(d.disagreements("all"))


def test_evenly_spread_disagreement_has_no_region() -> None:
    frame, y = people(200)
    d = distilled(frame, y, size=2, student="linear", temperature=1.0, augment=None)
    table = DisagreementTable(d)
    table.seek = True
    if not table.regions["found"]:
        with pytest.raises(t.TraitError, match="Expected no region, as there is none"):
            table.region = 0
    # a linear student has no leaves
    assert "leaf" not in [column["kind"] for column in table.columns]
    assert not {"leaf", "rule"} & set(table.frame().columns)


# --- chosen rows --------------------------------------------------------------------------------


def test_chosen_rows_and_the_row_that_is_followed(table: DisagreementTable) -> None:
    table.rows_chosen = np.array([7, 3, 7])  # of any library, each once
    assert table.rows_chosen == [7, 3] and table.row == 3
    table.row = 7
    assert table.rows_chosen == [7, 3]
    table.row = 11
    assert table.rows_chosen == [11]
    table.set_state({"rows_chosen": [11, 4], "row": 4, "leaf": None})
    assert (table.rows_chosen, table.row) == ([11, 4], 4)
    table.rows_chosen = []
    assert table.row is None and table.leaf is None and table.selection is None
    table.row = 5
    table.row = None
    assert table.rows_chosen == []


ROWS = st.integers(0, 599)
MOVES = st.one_of(st.none(), ROWS, st.lists(ROWS, max_size=4))


@settings(deadline=None, max_examples=30)
@given(moves=st.lists(MOVES, max_size=8))
def test_the_row_is_always_one_of_the_chosen(d: Distillation, moves: list[Any]) -> None:
    table = DisagreementTable(d)
    for move in moves:
        if isinstance(move, list):
            table.rows_chosen = move
        else:
            table.row = move
        if table.row is None:
            assert table.rows_chosen == []
        else:
            assert table.row in table.rows_chosen


@pytest.mark.parametrize("rows", [[-1], [600], [1.5], [True], "12", 3, [None]])
def test_rows_that_are_not_there(table: DisagreementTable, rows: Any) -> None:
    with pytest.raises(t.TraitError):
        table.rows_chosen = rows
    assert table.rows_chosen == []


def test_a_span_is_chosen_in_the_order_of_the_query(table: DisagreementTable) -> None:
    newest = table.page["ticket"]
    table.query = {"sort": ["age", True]}
    assert table.query["ticket"] == table.page["ticket"] == newest + 1  # else a view drops it
    table.set_state({"span": [1, 3, 6]})
    assert list(table.selection.index) == list(table.frame().index[3:6])
    assert table.row == table.rows_chosen[-1]


def test_too_many_rows_are_named(table: DisagreementTable) -> None:
    table._n_rows = 10 * MOST_CHOSEN
    with pytest.raises(t.TraitError, match=r"at most 10,000 chosen rows. Got 10,001. .* frame\(\)"):
        table.rows_chosen = range(MOST_CHOSEN + 1)


def _labelled(frame: pd.DataFrame) -> dict[str, Any]:
    twice = frame.set_axis([f"r{i // 2}" for i in range(len(frame))])
    deep = frame.set_axis(pd.MultiIndex.from_arrays([np.arange(len(frame)) // 9, frame["age"]]))
    return {
        "labelled twice": twice,
        "many levels": deep,
        "dates": frame.set_axis(pd.date_range("2020-01-01", periods=len(frame))),
        "polars": pl.from_pandas(frame),
        "pyarrow": pa.Table.from_pandas(frame, preserve_index=False),
        "numpy": frame[["income", "age"]].to_numpy(),
    }


@pytest.mark.parametrize(
    "kind", ["labelled twice", "many levels", "dates", "polars", "pyarrow", "numpy"]
)
def test_chosen_rows_come_back_as_their_owner_gave_them(kind: str) -> None:
    frame, y = people(200)
    X = _labelled(frame)[kind]
    teacher = LogisticRegression(max_iter=2_000).fit(numbers(frame), y)
    d = run(teacher, X, y, size=2, temperature=1.0, teacher_inputs=numbers(frame))
    table = DisagreementTable(d, rows_chosen=[150, 3, 151])
    found = table.selection
    if kind == "numpy":
        assert type(found) is pd.DataFrame and list(found.index) == [150, 3, 151]
        np.testing.assert_array_equal(found.iloc[:, -2:], X[[150, 3, 151]])
    else:
        assert type(found) is type(X)
    if isinstance(X, pd.DataFrame):
        pd.testing.assert_frame_equal(found[list(X.columns)], X.iloc[[150, 3, 151]])
    if kind == "polars":
        assert found.select(X.columns).equals(X[[150, 3, 151]])
    if kind == "pyarrow":
        assert found.select(X.column_names).equals(X.take([150, 3, 151]))
    names = getattr(found, "column_names", None) or list(found.columns)
    assert names[:6] == ["teacher", "student", "truth", "margin", "kl", "leaf"]


# --- leaves, class pairs, what columns hold -----------------------------------------------------


def test_leaves_and_rules_are_columns(d: Distillation) -> None:
    table = DisagreementTable(d, scope="all")
    leaves = d.student.apply(d.table)
    one = int(leaves[0])
    for ask in ({"op": "is", "value": one}, {"op": "in", "value": [one]}):
        table.query = {"scope": "all", "filters": [{"column": "leaf", **ask}]}
        assert table.frame().index.tolist() == d.table.native.index[leaves == one].tolist()
    frame, y = people(200)
    ruled = distilled(frame, y, student="rules", size=3, temperature=1.0, augment=None)
    shown = DisagreementTable(ruled)
    assert [c["title"] for c in shown.columns if c["kind"] == "leaf"] == ["rule"]
    rows = decode(shown.page["row_ids"])
    at = [c["kind"] for c in shown.columns].index("leaf")
    assert shown.page["cells"][at] == (ruled.student.decide(ruled.table)[rows] + 1).tolist()


def test_class_pairs_are_counted(table: DisagreementTable, d: Distillation) -> None:
    apart = d.disagreements("all")
    met = apart.groupby(["teacher", "student"]).size().sort_values(ascending=False)
    assert [one["rows"] for one in table.pairs] == met.tolist()
    first = table.pairs[0]
    asked = [{"column": who, "op": "is", "value": first[who]} for who in ("teacher", "student")]
    table.query = {"filters": asked}
    assert table.page["total"] == first["rows"]


def test_a_regression_has_differences_and_no_pairs() -> None:
    X = pd.DataFrame({"a": np.linspace(0, 1, 200), "b": np.tile([0.0, 1.0], 100)})
    d = run(lambda X: np.sin(6 * X["a"]) + X["b"], X, task="regression", size=4)
    table = DisagreementTable(d)
    assert pairs(table.index) == [] and table.page["total"] == 200
    assert "difference" in [column["name"] for column in table.columns]
    table.seek = True
    json.dumps(table.regions, allow_nan=False)
    table.count = {"column": "difference", "ticket": 1}
    assert sum(table.counts["bins"]) == 200


def test_what_a_column_holds_is_counted_where_others_pass(
    table: DisagreementTable, d: Distillation
) -> None:
    X = d.table.native
    old = {"column": "age", "op": ">=", "value": 50}
    own = {"column": "purpose", "op": "is", "value": "car"}
    table.query = {"scope": "all", "filters": [old, own]}
    table.set_state({"count": {"column": "purpose", "ticket": 4}})
    met = X.loc[X["age"] >= 50, "purpose"].value_counts()
    assert dict(table.counts["values"]) == met.to_dict()
    assert (table.counts["ticket"], table.counts["missing"]) == (4, 0)
    table.set_state({"count": {"column": "income", "ticket": 5}})
    income = X.loc[(X["age"] >= 50) & (X["purpose"] == "car"), "income"]
    assert (table.counts["low"], table.counts["high"]) == (income.min(), income.max())
    assert table.counts["missing"] == income.isna().sum()
    wanted = np.histogram(income.dropna(), len(table.counts["bins"]))[0]
    assert table.counts["bins"] == wanted.tolist()
    # it is a glance: the rows on the screen stay those of the query
    assert table.page["total"] == len(income)


@pytest.mark.parametrize(
    "values", [[np.nan] * 60, [3.0] * 60, [-1e150, 1e150, np.nan] * 20, np.arange(60.0)]
)
def test_odd_numbers_can_be_counted(values: Any) -> None:
    one = Table.of(pd.DataFrame({"x": values, "k": np.arange(60) % 7}))
    everything = np.arange(one.n_rows)
    index = RowIndex(
        one,
        features(one),
        scopes={"disagreements": everything, "all": everything},
        leaves=np.zeros(one.n_rows, int),
        parents=np.array([-1]),
    )
    said = counted(index, "x", {"scope": "all"})
    json.dumps(said, allow_nan=False)
    assert sum(said.get("bins", [])) + said["missing"] == one.n_rows


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"filters": [{"column": "age", "op": ">=", "value": float("nan")}]},
            "a number to compare",
        ),
        ({"filters": [{"column": "age", "op": "in", "value": 3}]}, "a list of values of 'age'"),
        ({"filters": [{"column": "age", "op": "in", "value": ["x"]}]}, "a number to compare 'age'"),
        ({"filters": [{"column": "purpose", "op": "in", "value": "car"}]}, "a list of values"),
    ],
)
def test_a_wrong_query_is_refused_by_name_and_the_view_goes_on(
    table: DisagreementTable, query: dict[str, Any], message: str
) -> None:
    before = table.page
    with pytest.raises(t.TraitError, match=f"Expected {message}"):
        table.set_state({"query": {"ticket": 3, **query}})
    assert message in table.error and table.page is before
    with pytest.raises(ValueError, match='Did you mean "purpose"'):
        table.set_state({"count": {"column": "purpos", "ticket": 1}})
    table.set_state({"query": {"ticket": 4, "sort": ["age", False]}})
    assert table.error == "" and table.page["ticket"] == 4


def test_names_of_a_list_and_what_is_missing(d: Distillation) -> None:
    X = d.table.native
    index = row_index(d)

    def rows(column: str, values: list[Any]) -> list[int]:
        asked = {"column": column, "op": "in", "value": values}
        return sorted(index.select({"scope": "all", "filters": [asked]}).tolist())

    assert (
        rows("purpose", ["CAR", "house"])
        == np.flatnonzero(X["purpose"].isin(["car", "house"])).tolist()
    )
    few = X["income"].dropna().iloc[:2].tolist()
    assert (
        rows("income", [few[0], None])
        == np.flatnonzero(X["income"].isna() | (X["income"] == few[0])).tolist()
    )
    assert rows("employed", [True]) == np.flatnonzero(X["employed"]).tolist()
    assert rows("age", []) == []
