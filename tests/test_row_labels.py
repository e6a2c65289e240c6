"""A table names rows as their owner does: a shuffled or named index is a column of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.data import Table
from jupyter_distill.exports.row_labels import labels
from jupyter_distill.widgets.disagreement import DisagreementTable
from tests.small import distilled, people

X, Y = people()
PLACES = np.random.default_rng(0).permutation(len(X))


def shown(index: pd.Index | None, **query: object) -> DisagreementTable:
    rows = X if index is None else X.set_index(index)
    d = distilled(rows, Y, size=4, temperature=1.0, augment=None)
    return DisagreementTable(d, query={"scope": "all", **query})


def column(view: DisagreementTable, name: str) -> list[object]:
    names = [one["name"] for one in view.columns]
    return list(view.page["cells"][names.index(name)])


def test_rows_that_are_counted_have_no_labels() -> None:
    assert labels(Table.of(X)) == []
    assert "index" not in [one["name"] for one in shown(None).columns]


def test_a_shuffled_index_is_shown_searched_sorted_and_filtered() -> None:
    index = pd.Index(PLACES + 1000)
    assert column(shown(index), "index")[:5] == (PLACES[:5] + 1000).tolist()
    assert column(shown(index, sort=["index", False]), "index")[:3] == [1000, 1001, 1002]
    found = shown(index, filters=[{"column": "index", "op": "is", "value": 1003}])
    assert found.page["total"] == 1
    assert 1003 in column(shown(index, text="1003"), "index")


def test_names_are_found_by_their_text() -> None:
    index = pd.Index([f"id {place}" for place in PLACES], name="who")
    view = shown(index, text="id 17")
    assert view.page["total"] == sum("id 17" in name for name in index) > 1
    assert all("id 17" in str(name) for name in column(view, "who"))
    assert view.columns[0]["title"] == "who"


@pytest.mark.parametrize(
    "index",
    [
        pd.date_range("2026-01-01", periods=len(X), name="age"),
        pd.MultiIndex.from_arrays([PLACES, PLACES]),
        pd.Index(PLACES + 2**60),
    ],
)
def test_labels_of_any_kind_keep_all_that_they_say(index: pd.Index) -> None:
    table = Table.of(X.set_index(index))
    (field,) = labels(table, taken={"age"})
    assert [field.texts[code] for code in field.values] == [str(one) for one in index]
    assert field.name not in {"age"}
