"""Bad input is refused by name before or right after the teacher is asked, and never checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from .checking import cancer, check, line, logistic, sugar

A, B, Y, YB = cancer()
MODEL = logistic(A, Y)


def nan(rows: Any) -> np.ndarray:
    p = np.array(MODEL.predict_proba(rows))
    p[3] = np.nan
    return p


CASES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "model last": (
        lambda: check(A, Y, MODEL),
        TypeError,
        r"in that order. Got a Series as X and a Pipeline as y. check_teacher\(model, X",
    ),
    "no rows": (lambda: check(MODEL, A[:0], Y[:0]), ValueError, "at least one row. Got 0"),
    "y of another length": (
        lambda: check(MODEL, A, Y[:-1]),
        ValueError,
        "y to have 341 rows, like X. Got 340 rows",
    ),
    "y with gaps": (
        lambda: check(MODEL, A, Y.astype(float).mask(Y.index == 5)),
        ValueError,
        r"a label for every row. Got 1 missing labels \(rows 5\)",
    ),
    "one class": (lambda: check(MODEL, A, Y * 0), ValueError, "labels of at least two classes"),
    "another class": (
        lambda: check(MODEL, A, Y.map({0: 0, 1: 7})),
        ValueError,
        "labels among the teacher's classes 0, 1. Got 7",
    ),
    "another class in the test rows": (
        lambda: check(MODEL, A, Y, test=(B, YB.map({0: 0, 1: 7}))),
        ValueError,
        "labels among the teacher's classes 0, 1. Got 7",
    ),
    "NaN for an answer": (
        lambda: check(nan, A, Y),
        ValueError,
        r"finite answers from nan. Got NaN or infinity in \d+ of 341 rows \(first: 3",
    ),
    "test rows that are X": (lambda: check(MODEL, A, Y, test=(A, Y)), ValueError, "Got X itself"),
    "no y for the test rows": (
        lambda: check(MODEL, A, Y, test=(B, None)),
        ValueError,
        "Give it for the test too",
    ),
    "test that is no pair": (lambda: check(MODEL, A, Y, test=B), TypeError, r"\(X_test, y_test\)"),
    "other columns in the test rows": (
        lambda: check(MODEL, A, Y, test=(B.drop(columns="mean area"), YB)),
        ValueError,
        "no column 'mean area'",
    ),
    "out of fold of another length": (
        lambda: check(MODEL, A, Y, out_of_fold=MODEL.predict_proba(B)),
        ValueError,
        "out_of_fold to have 341 rows, like X. Got 228 rows",
    ),
    "out of fold that are labels": (
        lambda: check(MODEL, A, Y, out_of_fold=MODEL.predict(A)),
        ValueError,
        r"shape \(341, 2\). Got shape \(341,\).*method='predict_proba'",
    ),
    "out of fold that is none": (
        lambda: check(MODEL, A, Y, out_of_fold=MODEL.predict_proba(A) * 2),
        ValueError,
        "rows of probabilities",
    ),
    "out of fold without labels": (
        lambda: check(MODEL, A, out_of_fold=MODEL.predict_proba(A)),
        ValueError,
        "out_of_fold only beside labels.*Got no labels",
    ),
    "a seed that is none": (
        lambda: check(MODEL, A, Y, random_state=-1),
        ValueError,
        "random_state to be a whole number",
    ),
    "half a row": (lambda: check(MODEL, A, Y, ask_again=0.5), TypeError, "ask_again to be a whole"),
    "a batch of none": (lambda: check(MODEL, A, Y, batch_size=0), ValueError, "batch_size"),
    "a model that is not fitted": (
        lambda: check(LogisticRegression(), A, Y),
        ValueError,
        "a fitted teacher",
    ),
    "the name of y": (lambda: check(MODEL, A, "mean area"), TypeError, r"X\['mean area'\]"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_by_name(case: str) -> None:
    act, kind, message = CASES[case]
    with pytest.raises(kind, match=message):
        act()


def test_labels_are_looked_at_before_the_teacher_is_asked() -> None:
    asked: list[int] = []

    def teacher(rows: Any) -> np.ndarray:
        asked.append(len(rows))
        return np.asarray(MODEL.predict_proba(rows))

    with pytest.raises(ValueError, match="labels among the teacher's classes"):
        check(teacher, A, Y, classes=["benign", "malignant"])
    assert not asked


def test_a_regression_is_refused_what_only_labels_have() -> None:
    X, _, y, _ = sugar()
    model = line(X, y)
    with pytest.raises(ValueError, match="out_of_fold only beside labels.*Got a regression"):
        check(model, X, y, out_of_fold=np.zeros((len(X), 2)))
    with pytest.raises(ValueError, match="all finite. Got missing or infinite values in 1 rows"):
        check(model, X, y.mask(y.index == 2))
    with pytest.raises(ValueError, match="one true number per row"):
        check(model, X, pd.Series(["a"] * len(X)))


def test_few_rows_do_not_stop_it() -> None:
    for n in (2, 5, 12, 31):
        rows = np.r_[np.flatnonzero(Y == 0)[: n // 2], np.flatnonzero(Y == 1)[: n - n // 2]]
        checked = check(MODEL, A.iloc[rows], Y.iloc[rows])
        assert {"few-rows", "rare-class"} <= set(checked.findings.codes) and checked.ok
        assert checked._repr_html_() and repr(checked)
