"""What every family of students does with odd rows, truth and weights: by name, never silent."""

from __future__ import annotations

import datetime
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill import students
from jupyter_distill.targets import SoftTargets, soften

from .families import FRAME, SCORE, TASKS, N, labels, student, targets


@pytest.fixture(params=students.names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=TASKS)
def task(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# --- the rows ----------------------------------------------------------------------------------


ODD: dict[str, pd.DataFrame] = {
    "a constant": FRAME[["a"]].assign(same=1.0),
    "nothing but constants": pd.DataFrame({"same": np.ones(N), "too": ["u"] * N}),
    "nothing known": pd.DataFrame({"none": [None] * N, "nan": np.full(N, np.nan)}),
    "a category without a value": FRAME[["a"]].assign(
        none=pd.Categorical([None] * N, categories=["u", "v"])
    ),
    "values of many types": FRAME[["a"]].assign(
        mixed=np.array([1, "u", 2.5, None, True, "v"] * (N // 6), dtype=object)
    ),
    "huge numbers": FRAME[["a"]] * 1e300,
    "tiny numbers": FRAME[["a"]] * 1e-300,
    "intervals": FRAME[["a"]].assign(cut=pd.cut(FRAME["b"], 4)),
    "many levels": FRAME[["a"]].assign(level=[f"level {i}" for i in range(N)]),
    "booleans with gaps": FRAME[["a"]].assign(flag=pd.array([True, None] * (N // 2), "boolean")),
    "two rows": FRAME[:2],
}


@pytest.mark.parametrize("case", ODD)
def test_odd_rows_are_learnt_without_a_warning(name: str, task: str, case: str) -> None:
    frame = ODD[case]
    y = labels(task, len(frame))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", jd.students.DensityWarning)
        fitted = student(name, task).fit(frame, y)
        for one in (fitted, fitted.at_size(2)):
            assert np.isfinite(one.output(frame)).all()
            assert len(one.explain().frame()) >= 0
    if task != "regression":
        assert set(fitted.predict(frame)) <= set(y)  # type: ignore[attr-defined]


REFUSED: dict[str, tuple[Any, str]] = {
    "dates as objects": ([datetime.date(2020, 1, 1)] * N, r"Got datetime.date\(2020.*a number fi"),
    "periods": (pd.period_range("2020", periods=N, freq="D"), r"Got Period\('2020-01-01'"),
    "durations": (pd.to_timedelta(np.arange(N), "D"), "Got dates or times"),
    "complex": (FRAME["a"].to_numpy() + 1j, r"numbers, text or booleans in column 'odd'. Got \("),
    "tuples": ([(1, 2)] * N, r"one value a row in column 'odd'. Got \(1, 2\). Spread it"),
    "lists": ([[1, 2]] * N, "in column 'odd' .* Spread lists and the like"),
    "numbers at the end of all": (np.sign(SCORE) * 1.7e308, "column 'odd' whose differences"),
    "infinity": (np.where(SCORE > 0, np.inf, 1), "finite numbers .* in column 'odd'. Got infinity"),
    "integers beyond floats": (
        2**53 + np.arange(N),
        "numbers in column 'odd' that floats can tell apart. Got the integer 9007199254740993. If",
    ),
    "integers without end": ([10**400] * N, "Got the integer of 333 hex digits. If it is an id"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_columns_that_cannot_be_read_are_refused_by_name(case: str) -> None:
    values, says = REFUSED[case]
    with pytest.raises((TypeError, ValueError), match=says):
        student("tree", "binary").fit(pd.DataFrame({"odd": values}), labels("binary"))


@pytest.mark.parametrize(
    ("task", "y", "says"),
    [
        ("regression", SCORE * 1e300, "predictions whose squared differences .* another unit"),
        ("regression", SCORE * 1e-300, "predictions whose squared differences .* another unit"),
        ("regression", ["1"] * N, "y to be numbers. Got the text '1'"),
        ("regression", np.r_[np.nan, np.ones(N - 1)], "finite y. Got NaN or infinity in 1 rows"),
        ("binary", [None, *["yes", "no"] * (N // 2 - 1), "no"], r"1 missing labels \(rows 0"),
    ],
)
def test_truth_that_cannot_be_learnt_is_refused(task: str, y: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        student("tree", task).fit(FRAME, y)


@pytest.mark.parametrize("rows", [None, "rows", 5])
def test_what_is_no_table_is_refused(rows: Any) -> None:
    with pytest.raises(TypeError, match="a data frame, an array or a list of rows. Got"):
        student("tree", "binary").fit(rows, labels("binary"))


def test_a_class_of_one_row_and_one_that_is_never_named_are_classes_still(name: str) -> None:
    z = np.column_stack([SCORE, -SCORE, np.full(N, -20.0)])
    z[0] = -5, -5, 5
    said = SoftTargets(z, ["no", "yes", "once"])
    fitted = student(name, "three classes").fit_soft(FRAME, said)
    never = student(name, "three classes").fit_soft(FRAME[1:], said.take(np.arange(1, N)))
    for one in (fitted, never):
        assert one.classes_.tolist() == ["no", "yes", "once"]  # type: ignore[attr-defined]
        assert one.output(FRAME).shape == (N, 3) and np.isfinite(one.output(FRAME)).all()


def test_one_answer_for_all_rows_is_learnt_as_such(name: str, task: str) -> None:
    fitted = student(name, task).fit_soft(FRAME, targets(task, score=np.full(N, 2.0)))
    said = fitted.output(FRAME)
    if task == "regression":
        np.testing.assert_allclose(said, 2.0, atol=1e-6)
    else:
        assert set(said.argmax(1)) == {1}
        assert np.ptp(soften(said), axis=0).max() < 0.1


# --- weights -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        (np.r_[-1.0, np.ones(N - 1)], "weights >= 0. Got -1.0 in row 0"),
        (np.zeros(N), "at least one weight above 0. Got zeros only"),
        (
            np.r_[np.nan, np.ones(N - 1)],
            r"finite weights. Got NaN or infinity in 1 rows \(first: 0",
        ),
        (np.r_[np.inf, np.ones(N - 1)], "finite weights. Got NaN or infinity"),
        (np.ones(3), rf"{N} weights, one per row. Got shape \(3,\)"),
        (np.ones((N, 1)), "weights with 1 dimension"),
        (["1"] * N, "weights to be numbers. Got the text '1'"),
        (2.0, "weights with 1 dimension"),
    ],
)
def test_weights_are_refused_by_name(name: str, task: str, weights: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        student(name, task).fit(FRAME, labels(task), sample_weight=weights)
    with pytest.raises((TypeError, ValueError), match=says):
        targets(task, weights)


def test_shares_count_like_rows(name: str, task: str) -> None:
    """Weights that sum to less than two rows, or to more than can be counted, are shares."""
    ones = student(name, task).fit_soft(FRAME, targets(task, np.ones(N))).output(FRAME)
    for share in (1 / N, 1e-300, 1e300):
        shared = student(name, task).fit_soft(FRAME, targets(task, np.full(N, share)))
        np.testing.assert_allclose(shared.output(FRAME), ones, atol=1e-6)


def test_fractions_are_weights(name: str, task: str) -> None:
    fitted = student(name, task).fit_soft(FRAME, targets(task, np.full(N, 7.3)))
    assert np.isfinite(fitted.output(FRAME)).all()


def test_rows_without_weight_are_absent(name: str, task: str) -> None:
    weights = np.where(np.arange(N) % 3 == 0, 0.0, 1.5)
    kept = np.flatnonzero(weights)
    strange, score = FRAME.copy(), SCORE.copy()
    strange.loc[weights == 0, ["a", "kind"]] = [1e9, "only here"]
    score[weights == 0] = 1e3
    with_them = student(name, task).fit_soft(strange, targets(task, weights, score))
    without = student(name, task).fit_soft(FRAME.iloc[kept], targets(task, weights).take(kept))
    np.testing.assert_allclose(
        with_them.output(FRAME), without.output(FRAME.astype({"kind": object})), atol=1e-8
    )


def test_weights_may_leave_one_class(name: str) -> None:
    y = labels("three classes")
    fitted = student(name, "three classes").fit(FRAME, y, sample_weight=(y == "no").astype(float))
    assert set(fitted.predict(FRAME)) == {"no"}  # type: ignore[attr-defined]
    assert set(fitted.classes_) == {"no", "yes", "maybe"}  # type: ignore[attr-defined]


# --- how much there is to read -----------------------------------------------------------------


def test_a_linear_student_of_several_classes_is_read_score_by_score() -> None:
    rng = np.random.default_rng(0)
    X, classes = rng.normal(size=(400, 10)), 6
    z = X @ rng.normal(size=(10, classes))
    with warnings.catch_warnings():
        warnings.simplefilter("error", jd.students.DensityWarning)
        fitted = students.load("linear")(alpha=0.0).fit_soft(X, SoftTargets(z, range(classes)))
    assert fitted.complexity_.coefficients == 60 and not fitted.complexity_.dense
    assert "scores" not in fitted.complexity_.to_dict()


@pytest.mark.parametrize(("name", "rows"), [("tree", 31_000), ("ebm", 7_000), ("net", 7_000)])
def test_without_a_seed_the_same_rows_give_the_same_student(name: str, rows: int) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 3))
    z = np.column_stack([np.zeros(rows), X[:, 0] + np.sin(3 * X[:, 1])])
    taught = SoftTargets(z, [0, 1])
    one, two = (
        students.load(name)(size=4, alpha=0.0, quality="greedy").fit_soft(X, taught).output(X[:100])
        for _ in range(2)
    )
    np.testing.assert_array_equal(one, two)
