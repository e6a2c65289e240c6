"""What an EBM says of itself: every bin in the owner's words, and a frame to reckon with."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.students.ebm import EbmRegressionStudent, EbmStudent

from .ebms import numbers, rows, teacher


def test_the_explanation_has_every_bin_in_the_owner_s_words() -> None:
    frame = rows(300)
    student = EbmStudent(size=8, interactions=2).fit_soft(frame, teacher(frame, 3))
    said = student.explain()
    assert said.classes == ("red", "green", "blue")
    table = said.frame()
    assert table[:-1].groupby("term")["rows"].sum().eq(300).all()
    assert table.iloc[-1][["term", "red", "green", "blue"]].tolist() == [
        "(intercept)",
        *student.intercept_,
    ]
    assert {"b is missing", "kind is boat", "flag is True"} <= set(table["bin"])
    assert list(table.columns[-3:]) == ["red", "green", "blue"]
    importance = [term.importance for term in said.terms]
    assert importance == sorted(importance, reverse=True)
    for term in said.terms:  # what is said of a row's bin is what its contribution is
        if term.kind == "shape" and np.isfinite(term.low).any():
            values = frame[frame.columns[term.features[0]]].to_numpy()
            inside = (values[:, None] > term.low) & (values[:, None] <= term.high)
            known = ~np.isnan(values)
            assert (inside.sum(1) == known).all()
            np.testing.assert_array_equal(inside.sum(0)[1:], term.support[1:])


def test_the_explanation_can_be_measured_on_other_rows_and_is_plain() -> None:
    frame = rows(300)
    student = EbmStudent(interactions=2).fit_soft(frame, teacher(frame))
    new = rows(50, seed=1)
    said = student.explain(new, teacher(new))
    assert all(term.support.sum() == 50 for term in said.terms)
    assert json.loads(json.dumps(said.to_dict(), allow_nan=False))["scores"] == [
        "log-odds of green"
    ]
    with pytest.raises(ValueError, match=r"Got none. Give what .* rows: explain\(X, targets\)"):
        student.explain(new)
    number = EbmRegressionStudent().fit_soft(frame, numbers(frame)).explain()
    assert (number.classes, number.scores) == ((), ("prediction",))
    empty = EbmStudent().fit(frame[["a"]] * 0, frame["flag"]).explain().frame()
    assert empty["term"].tolist() == ["(intercept)"]


def holds(condition: str, row: pd.Series) -> bool:
    for part in condition.split(" and "):
        if part.endswith((" is missing", " is missing or another value")):
            met = bool(pd.isna(row[part.split(" is ")[0]]))
        elif " is " in part:
            name, values = part.split(" is ")
            met = str(row[name]) in values.replace(" or ", ", ").split(", ")
        else:
            (name,) = (word for word in part.split() if word in row.index)
            met = bool(eval(part, {}, {name: row[name]}))
        if not met:
            return False
    return True


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_every_answer_can_be_worked_out_from_the_frame(classes: int) -> None:
    frame = rows(80)
    if classes == 1:
        student: Any = EbmRegressionStudent(5, interactions=2).fit_soft(frame, numbers(frame))
    else:
        student = EbmStudent(5, interactions=2).fit_soft(frame, teacher(frame, classes))
    table = student.explain().frame()
    new = rows(20, seed=3)  # they fall in bins where no row of the fit was, too
    new.loc[0, "kind"], new.loc[1, "a"] = None, np.nan
    first = table.columns.get_loc("rows") + 1
    for place in range(len(new)):
        row = new.iloc[place]
        met = table[[bin_ == "any row" or holds(bin_, row) for bin_ in table["bin"]]]
        assert sorted(met["term"]) == sorted(table["term"].unique())
        score = met.iloc[:, first:].to_numpy().sum(0)
        if classes == 1:
            assert score[0] == pytest.approx(student.predict(new)[place])
            continue
        odds = np.exp([0, score[0]] if classes == 2 else score)
        expected = student.predict_proba(new)[place]
        np.testing.assert_allclose(odds / odds.sum(), expected, atol=1e-9)


def test_bins_without_rows_are_not_printed() -> None:
    frame = rows(80)
    said = EbmStudent(5, interactions=2).fit_soft(frame, teacher(frame)).explain()
    assert (said.frame()["rows"] == 0).any() and not (said.drawn()["rows"] == 0).any()
    assert said.drawn()["term"].iloc[-1] == "(intercept)"
