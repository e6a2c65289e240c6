"""distill(): what is refused, and what is said to do instead."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from jupyter_distill import Constraints, EbmStudent, LinearRegressionStudent

from .distilling import by_heart, data, run, smooth

# --- what is refused ---------------------------------------------------------------------------

X, Y = data(60)
MODEL = LogisticRegression().fit(X, Y)
NAMED = pd.DataFrame(X, columns=["age", "income", "debt"])
OF_NAMED = LogisticRegression().fit(NAMED, Y)


PLACES = np.arange(60)


def spoilt(value: float) -> np.ndarray:
    answers = smooth(X)
    answers[7, 1] = value
    return answers


CHANCES = MODEL.predict_proba(X)

REFUSED: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "rows of y": ((MODEL, X, Y[:-1]), {}, r"Expected y to have 60 rows, like X. Got 59 rows"),
    "model last": (
        (X, Y, MODEL),
        {},
        r"in that order. Got an? ndarray as X and a LogisticRegression as y. distill\(model",
    ),
    "rows after truth": ((MODEL, Y, X), {}, r"its rows X and their truth y, in that order"),
    "y is a name": (
        (OF_NAMED, NAMED.assign(bad=Y), "bad"),
        {},
        r"and X without them: X.drop\(columns='bad'\) and X\['bad'\]",
    ),
    "y is no list": ((MODEL, X, 3), {}, r"Expected y to have 60 rows.* Got 3, which has none"),
    "y has two axes": (
        (MODEL, X, Y[:, None]),
        {},
        r"Expected one label per row.* Got shape \(60, 1\). One column: y.squeeze",
    ),
    "missing labels": (
        (MODEL, X, np.where(X[:, 0] > 0, np.nan, 1)),
        {},
        r"Expected a label for every row. Got \d+ missing labels .* Leave these rows out",
    ),
    "one class": (
        (MODEL, X, np.zeros(60, int)),
        {},
        r"Expected labels of at least two classes. Got 0 only, in all 60 rows. Give rows",
    ),
    "strange class": (
        (MODEL, X, np.where(Y == 1, 2, 0)),
        {},
        r"Expected labels among the teacher's classes 0, 1. Got 2",
    ),
    "rows of teacher_inputs": (
        (MODEL, X, Y),
        {"teacher_inputs": X[:-1]},
        r"Expected teacher_inputs to have 60 rows, like X. Got 59 rows",
    ),
    "teacher_inputs of several lengths": (
        (MODEL, X, Y),
        {"teacher_inputs": (X, X[:-1])},
        r"Expected the same number of rows in every part of X. Got 60 in 'part 0', 59",
    ),
    "test is no pair": (
        (MODEL, X, Y),
        {"test": X},
        r"Expected test to be \(X_test, y_test\) or .* Got ndarray",
    ),
    "test of one": ((MODEL, X, Y), {"test": (X,)}, r"Expected test to be .* Got tuple of 1"),
    "rows of y_test": (
        (MODEL, X, Y),
        {"test": (X[:59], Y)},
        r"Expected y_test to have 59 rows, like X_test. Got 60 rows",
    ),
    "rows of the test's inputs": (
        (MODEL, X, Y),
        {"teacher_inputs": X, "test": (X[:59], Y[:59], X)},
        r"Expected teacher_inputs_test to have 59 rows, like X_test. Got 60 rows",
    ),
    "columns of the test": (
        (OF_NAMED, NAMED, Y),
        {"test": (NAMED.drop(columns="debt"), Y)},
        r"Expected the columns 'age', 'income', 'debt'. Got no column 'debt'",
    ),
    "test without labels": (
        (MODEL, X, Y),
        {"test": (X[:59], None)},
        r"Expected y_test for the test rows exactly if .* Got it for the rows only. Give it for",
    ),
    "test without inputs": (
        (MODEL, X, Y),
        {"teacher_inputs": X, "test": (X[:59], Y)},
        r"Expected teacher_inputs for the test rows exactly if .* Give it for the test too",
    ),
    "the same rows as test": (
        (MODEL, X, Y),
        {"test": (X, Y)},
        r"Expected test rows that neither teacher nor student saw. Got X itself. Give rows that",
    ),
    "labels in another order": (
        (OF_NAMED, NAMED, pd.Series(Y)[::-1]),
        {},
        r"Expected y in the order of X. Got the same index .* Reorder it: y.loc\[X.index\]",
    ),
    "empty test": ((MODEL, X, Y), {"test": (X[:0], Y[:0])}, r"Expected at least one row. Got 0"),
    "NaN": (
        (by_heart(spoilt(np.nan)), X, Y),
        {"teacher_inputs": PLACES},
        r"Expected finite answers from .* Got NaN or infinity in 1 of 60 rows \(first: 7\). Look",
    ),
    "infinite logits": (
        (by_heart(spoilt(-np.inf)), X, Y),
        {"teacher_inputs": PLACES},
        r"Got NaN or infinity in 1 of 60 rows \(first: 7\).* instead of log\(0\), return prob",
    ),
    "sums": (
        (by_heart(CHANCES * 0.9), X, Y),
        {"teacher_inputs": PLACES},
        r"Expected probabilities that sum to one .* row \d+ sums to 0.9 .* say output='logits'",
    ),
    "hard labels": (
        (lambda rows: Y, X, Y),
        {},
        r"Expected logits or probabilities .* Got what looks like hard labels.* return predict_p",
    ),
    "order of classes": (
        (by_heart(np.log(CHANCES[:, ::-1])), X, Y),
        {"teacher_inputs": PLACES},
        r"classes seem to come in another order. Expected .* \[0, 1\]\. Got .*classes=\[1, 0\]",
    ),
    "repeated columns": (
        (lambda rows: smooth(X), pd.DataFrame(X, columns=["a", "b", "a"]), Y),
        {},
        r"Expected every column to have a name of its own. Got 'a' more than once. Rename",
    ),
    "strange column": (
        (OF_NAMED, NAMED.assign(wage=1.0), Y),
        {},
        r"Expected the columns LogisticRegression was fitted with.*'wage'.* Leave them out",
    ),
    "columns in another order": (
        (OF_NAMED, NAMED[["income", "age", "debt"]], Y),
        {},
        r"Got another order: 'income' where 'age' belongs. Reorder",
    ),
    "unfitted": (
        (LogisticRegression(), X, Y),
        {},
        r"Expected a fitted teacher. Got LogisticRegression that is not fitted. Call model.fit",
    ),
    "no teacher": ((3, X, Y), {}, r"Expected a teacher. Got 3 \(int\). Give a fitted classifier"),
    "student": (
        (MODEL, X, Y),
        {"student": "tre"},
        r"Expected student to be one of .*'tree'.* Got 'tre'. Did you mean \"tree\"\?",
    ),
    "options of an EbmStudent": (
        (MODEL, X, Y),
        {"student": "ebm", "temprature": 2},
        r"; an EbmStudent also takes ",
    ),
    "a student for numbers": (
        (MODEL, X, Y),
        {"student": LinearRegressionStudent()},
        r"a student for .* Name a family instead: student='linear'\.",
    ),
    "interactions that constraints forbid": (
        (MODEL, X, Y),
        {"student": EbmStudent(interactions=5), "constraints": Constraints(interactions=False)},
        r"Got interactions=5 with Constraints\(interactions=False\). Leave one of the two out",
    ),
    "option": (
        (MODEL, X, Y),
        {"temprature": 2},
        r"no option 'temprature'. Did you mean \"temperature\"\? Its options are task, student",
    ),
    "size of one": ((MODEL, X, Y), {"size": 1}, r"size to be a whole number >= 2. Got 1"),
    "size in halves": ((MODEL, X, Y), {"size": 2.5}, r"size to be a whole number >= 2. Got 2.5"),
    "size in words": ((MODEL, X, Y), {"size": "big"}, r"size to be .* or \"auto\". Got 'big'"),
    "temperature of zero": (
        (MODEL, X, Y),
        {"temperature": 0},
        r"temperature to be a finite number > 0. Got 0",
    ),
    "negative temperature": ((MODEL, X, Y), {"temperature": -1.5}, r"number > 0. Got -1.5"),
    "infinite temperature": ((MODEL, X, Y), {"temperature": np.inf}, r"finite .* > 0. Got inf"),
    "temperature in words": (
        (MODEL, X, Y),
        {"temperature": "hot"},
        r"temperature to be .* or \"logit-standardised\". Got 'hot'",
    ),
    "alpha below": ((MODEL, X, Y), {"alpha": -0.1}, r"alpha to be .* >= 0 and <= 1. Got -0.1"),
    "alpha above": ((MODEL, X, Y), {"alpha": 1.5}, r"alpha to be .* >= 0 and <= 1. Got 1.5"),
    "alpha without y": (
        (MODEL, X),
        {"alpha": 0.5},
        r"Expected the ground truth y, as alpha weighs it. Got alpha=0.5 and no y. Give y",
    ),
    "batch of none": ((MODEL, X, Y), {"batch_size": 0}, r"batch_size to be .* >= 1. Got 0"),
    "infinity": (
        (MODEL, np.where(X > 1, np.inf, X), Y),
        {},
        r"Expected finite numbers \(or missing\) in column 'x0'. Got infinity in .* Replace inf",
    ),
    "sparse": (
        (MODEL, sparse.csr_matrix(X), Y),
        {},
        r"Expected a dense table. Got a sparse matrix. Use X.toarray",
    ),
    "lazy": ((MODEL, pl.DataFrame(X).lazy(), Y), {}, r"Got a lazy polars frame. Use X.collect"),
    "dates": (
        (lambda rows: smooth(X), NAMED.assign(day=pd.Timestamp("2020-01-01")), Y),
        {},
        r"Expected numbers, text or booleans in column 'day'. Got dates .* Turn it into a number",
    ),
    "one axis": ((MODEL, X[:, 0], Y), {}, r"Expected a table .* Got .* \(60,\). Reshape"),
    "nine rows": (
        (MODEL, X[:9], Y[:9]),
        {},
        r"Expected at least 10 rows to split .* Got 9. Give more rows",
    ),
    "no row": ((MODEL, X[:0], Y[:0]), {}, r"Expected at least one row. Got 0"),
    "no column": ((MODEL, X[:, :0], Y), {}, r"0 feature\(s\) .* minimum of 1 is required"),
    "columns too few": (
        (MODEL, X[:, :2], Y),
        {},
        r"Expected rows of 3 features.* Got 2 features. Give the teacher its own rows",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_distilled_is_refused_with_what_to_do(case: str) -> None:
    args, options, says = REFUSED[case]
    with pytest.raises((TypeError, ValueError)) as refused:
        run(*args, **options)
    assert re.search(says, " ".join(str(refused.value).split()))


@pytest.mark.parametrize(
    "options",
    [
        {"size": 1},
        {"temperature": 0},
        {"alpha": 2},
        {"student": "tre"},
        {"batch_size": 0},
        {"temprature": 2},
        {"student": "ebm", "interactions": True, "constraints": Constraints(interactions=False)},
        {"test": (X,)},
        {"teacher_inputs": X[:-1]},
        {"test": (X[:59], Y)},
        {"test": (X[:59, :2], Y[:59])},
    ],
)
def test_what_is_wrong_from_the_start_is_said_before_the_teacher_is_asked(
    options: dict[str, Any],
) -> None:
    def never(rows: Any) -> np.ndarray:
        pytest.fail("the teacher was asked")

    with pytest.raises((TypeError, ValueError)):
        run(never, X, Y, **options)


def test_a_teacher_that_fails_says_with_which_rows() -> None:
    def failing(rows: Any) -> np.ndarray:
        raise OSError("no such weights")

    with pytest.raises(RuntimeError, match=r"failed on rows .*: OSError: no such weights"):
        run(failing, X, Y)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ((1.0,), r"a grid of at least two temperatures. Got \(1.0,\). Give the number alone"),
        ([2.0, 2.0], "a grid of at least two"),
        ([], "a grid of at least two"),
        ((1.0, 0.0), "temperature.* > 0"),
        ((1.0, -2), "temperature.* > 0"),
        ((1.0, "warm"), "temperature.* > 0"),
        ("warm", "several"),
    ],
)
def test_grids_that_are_none_are_refused_before_the_teacher_is_asked(
    grid: Any, message: str
) -> None:
    def never(rows: Any) -> Any:
        raise AssertionError("asked")

    with pytest.raises((ValueError, TypeError), match=message):
        run(never, np.zeros((50, 2)), temperature=grid)
