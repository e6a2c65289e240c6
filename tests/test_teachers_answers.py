"""Functions as teachers, answers that are read as logits, and the query in batches."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier

from jupyter_distill.teachers import Query, Teacher, as_teacher

from .taught import X, _probabilities

# --- functions ---------------------------------------------------------------------------------


def test_a_function_is_called_once_unless_a_batch_size_is_given() -> None:
    calls: list[int] = []

    def ask(rows: Any) -> Any:
        calls.append(len(rows))
        return _probabilities(rows)

    as_teacher(ask).logits(X)
    as_teacher(ask, batch_size=100).logits(X)
    assert calls == [150, 100, 50]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda p: p.tolist(),
        torch.tensor,
        lambda p: torch.tensor(p, dtype=torch.float16, requires_grad=True),
        sparse.csr_matrix,
        pd.DataFrame,
        lambda p: p.astype(object),
        lambda p: SimpleNamespace(logits=np.log(p)),
    ],
)
def test_functions_may_return_arrays_of_any_make(wrap: Callable[[Any], Any]) -> None:
    teacher = as_teacher(lambda rows: wrap(_probabilities(rows)))
    np.testing.assert_allclose(teacher.predict_proba(X), _probabilities(X), atol=2e-3)
    assert teacher.classes is None


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_the_columns_of_an_answer_name_the_classes(library: Callable[[Any], Any]) -> None:
    names = ["no", "perhaps", "yes"]

    def ask(rows: Any) -> Any:
        return library(dict(zip(names, _probabilities(rows).T, strict=True)))

    teacher = as_teacher(ask, batch_size=60)
    assert teacher.classes is None
    teacher.logits(X)
    assert teacher.classes is not None and teacher.classes.tolist() == names
    assert not teacher.classes_given
    with pytest.raises(ValueError, match="in the order of its classes.*Pass classes=.*'perhaps'"):
        as_teacher(ask, classes=names[::-1]).logits(X)
    assert as_teacher(ask, classes=["a", "b", "c"]).predict(X)[0] in "abc"


def test_a_function_of_a_list_of_texts() -> None:
    texts = ["good", "bad", "good", "fine"]
    teacher = as_teacher(lambda rows: [[0.1 * len(t), 1 - 0.1 * len(t)] for t in rows])
    assert teacher.logits(texts, batch_size=3).shape == (4, 2)


# --- answers that cannot be soft targets -------------------------------------------------------


def returning(answer: Any, **options: Any) -> Teacher:
    return as_teacher(lambda rows: answer, name="T", **options)


TEN = np.zeros((10, 4))
GOOD = np.tile([0.25, 0.75], (10, 1))


def broken(row: int, value: Any) -> np.ndarray:
    answer = GOOD.copy()
    answer[row] = value
    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.arange(10) % 2, "hard labels: 0, 1, 0 and so on.*output='logits'"),
        (np.arange(10) % 2 == 0, "hard labels: True, False"),
        (np.array(["no", "yes"] * 5), "hard labels: 'no', 'yes'.*predict_proba"),
        (["no", "yes"] * 5, "hard labels"),
        (pd.Series(["no", "yes"] * 5), "hard labels"),
        (np.arange(10.0) % 3, "hard labels: 0.0, 1.0, 2.0"),
        (np.arange(10)[:, None] % 2, "hard labels"),
        (np.tile([30, 70], (10, 1)), "whole numbers between 30 and 70.*Divide each row"),
        (broken(3, np.nan), r"NaN or infinity in 1 of 10 rows \(first: 3\).*preprocess="),
        (broken(7, [-np.inf, 0]), r"NaN or infinity in 1 of 10 rows \(first: 7\)"),
        (broken(4, [0.25, 0.5]), "do not sum to one: row 4 sums to 0.75 .1 such rows of 10"),
        (GOOD[:7], r"one answer per row, 10 in all. Got 7 \(shape \(7, 2\)\)"),
        (np.zeros((10, 2, 3)), r"Got shape \(10, 2, 3\).*one answer per row"),
        ([GOOD, GOOD], r"Got shape \(2, 10, 2\)"),
        (GOOD * 1j, "complex numbers"),
        (None, "an array .rows, classes.*Got NoneType"),
        ([[0.1, 0.9], [1.0]], "not one array of numbers"),
        ([{"label": "yes", "score": 0.9}] * 10, "not one array of numbers"),
        (0.5, "one answer per row|Got shape"),
    ],
)
def test_answers_that_are_no_soft_targets_are_refused(answer: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        returning(answer).logits(TEN)
    assert "Expected" in str(caught.value) and "Got" in str(caught.value)


def test_what_is_demanded_is_held() -> None:
    logits = np.tile([0.2, 0.3], (10, 1))
    np.testing.assert_array_equal(returning(logits, output="logits").logits(TEN), logits)
    with pytest.raises(ValueError, match="sum to one"):
        returning(logits, output="probabilities").logits(TEN)
    with pytest.raises(ValueError, match=r"between 0 and 1 from T. Got \[2.0, -1.0\] in row 0"):
        returning(np.tile([2.0, -1.0], (10, 1)), output="probabilities").logits(TEN)
    zeros_and_ones = np.arange(10) % 2
    assert returning(zeros_and_ones, output="probabilities").logits(TEN).shape == (10, 2)


def test_the_kind_is_decided_on_the_whole_answer_and_then_kept() -> None:
    # The first batch alone would pass for probabilities.
    answer = np.vstack([GOOD, 4 * GOOD])
    teacher = as_teacher(lambda rows: answer[rows[:, 0].astype(int)], batch_size=10)
    rows = np.arange(20.0)[:, None]
    np.testing.assert_array_equal(teacher.logits(rows), answer)
    assert teacher.kind == "logits"
    np.testing.assert_array_equal(teacher.logits(rows[:3]), answer[:3])

    other = as_teacher(lambda rows: answer[rows[:, 0].astype(int)])
    other.logits(rows[:3])
    assert other.kind == "probabilities"
    with pytest.raises(ValueError, match="in row 10 .*say output='logits'"):
        other.logits(rows)


def test_classes_that_differ_between_batches_or_from_their_names_are_refused() -> None:
    teacher = as_teacher(lambda rows: np.full((len(rows), 2 + int(rows[0, 0] > 90)), -1.0))
    with pytest.raises(
        ValueError, match="same classes. Got 2 columns.*from row 0, 3 columns in the batch from"
    ):
        teacher.logits(np.arange(200.0)[:, None], batch_size=100)
    with pytest.raises(ValueError, match=r"3 classes \('a', 'b', 'c'\). Got 2 columns"):
        returning(GOOD, classes=["a", "b", "c"]).logits(TEN)
    with pytest.raises(ValueError, match="3 classes.*Got 2 columns"):  # one column means two
        returning(GOOD[:, 0], classes=["a", "b", "c"]).logits(TEN)


def test_a_preprocess_that_fails_says_which_rows() -> None:
    def fail(rows: Any) -> Any:
        raise KeyError("income")

    with pytest.raises(RuntimeError, match="preprocess failed on rows 0 to 9: KeyError"):
        returning(GOOD, preprocess=fail).logits(TEN)
    with pytest.raises(ValueError, match="10 in all. Got 9"):
        as_teacher(_probabilities, preprocess=lambda rows: rows[1:]).logits(TEN)


# --- the query ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (np.zeros((0, 4)), ValueError, "at least one row"),
        ("text", TypeError, "X to be a data frame.*Got str"),
        (3, TypeError, "Got int"),
        ({}, ValueError, "no part at all"),
        (pl.LazyFrame({"a": [1]}), TypeError, "Collect the lazy frame"),
    ],
)
def test_rows_that_are_none_are_refused(rows: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        as_teacher(_probabilities).logits(rows)


def test_a_query_can_be_stopped_read_and_resumed() -> None:
    teacher = as_teacher(_probabilities)
    whole = teacher.logits(X)
    seen: list[tuple[int, int]] = []
    query = teacher.query(X, batch_size=40, order=1, progress=lambda *done: seen.append(done))
    assert isinstance(query, Query) and not query.complete
    with pytest.raises(ValueError, match="at least one answered batch"):
        query.logits()
    for number, rows in enumerate(query):
        assert (np.diff(rows) == 1).all()
        if number == 1:
            break
    assert 0 < query.n_done == len(query.rows) < 150
    assert (np.diff(query.rows) > 0).all()
    np.testing.assert_array_equal(query.logits(), whole[query.rows])
    np.testing.assert_array_equal(query.finish().logits(), whole)
    assert query.complete and query.n_done == 150 and seen[-1] == (150, 150) and len(seen) == 4


def test_an_interrupt_keeps_what_is_answered() -> None:
    calls = 0

    def ask(rows: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return _probabilities(rows)

    query = as_teacher(ask, batch_size=10).query(X, order=0)
    with pytest.raises(KeyboardInterrupt):
        query.finish()
    assert query.n_done == 20 == len(query.logits())
    assert query.finish().n_done == 150


def test_a_partial_result_is_spread_over_the_rows() -> None:
    rows = np.arange(10_000.0)[:, None] @ np.ones((1, 3))
    firsts = [
        next(iter(as_teacher(_probabilities).query(rows, batch_size=10, order=seed)))[0]
        for seed in range(30)
    ]
    assert min(firsts) < 2500 and max(firsts) > 7500
    orders = [
        [batch[0] for batch in as_teacher(_probabilities).query(rows, batch_size=500, order=7)]
        for _ in range(2)
    ]
    assert orders[0] == orders[1] != sorted(orders[0])


def test_the_last_batch_of_one_row_may_come_squeezed() -> None:
    teacher = as_teacher(lambda rows: _probabilities(rows).squeeze(), batch_size=149)
    np.testing.assert_allclose(teacher.predict_proba(X), _probabilities(X), atol=1e-5)


def test_a_separable_task_end_to_end() -> None:
    rows, labels = make_classification(400, 6, random_state=0)
    model = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(rows, labels)
    teacher = as_teacher(model)
    np.testing.assert_allclose(teacher.predict_proba(rows), model.predict_proba(rows), atol=1e-9)
