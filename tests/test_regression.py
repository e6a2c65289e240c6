"""Regression from teacher to ladder: what is inferred, what is measured, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation, InterruptedWarning, NumberRung
from jupyter_distill.distillation._ask import _strata
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.targets import Predictions
from jupyter_distill.teachers import as_teacher

from .distilling import by_heart, run

torch.set_num_threads(1)
X, Y = load_diabetes(return_X_y=True, as_frame=True)
NUMBERS = X.to_numpy()
FAST = TreeRegressionStudent(quality="greedy")


def boosted() -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(max_iter=40, random_state=0).fit(X, Y)


def net() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(10, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))


def price(rows: Any) -> np.ndarray:
    rows = np.asarray(rows, dtype=float)
    return 50 + 300 * rows[:, 0] + 200 * np.sin(30 * rows[:, 2])


@pytest.fixture(scope="module")
def d() -> Distillation:
    return run(boosted(), X, Y)


# --- teachers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        Ridge(),
        make_pipeline(StandardScaler(), LinearRegression()),
        GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, cv=2),
        TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp),
    ],
    ids=lambda model: type(model).__name__,
)
def test_an_estimator_says_itself_that_it_is_a_regressor(model: Any) -> None:
    model.fit(X, Y)
    teacher = as_teacher(model)
    assert teacher.task == "regression" and teacher.columns == tuple(X.columns)
    np.testing.assert_array_equal(teacher.predictions(X), model.predict(X))
    np.testing.assert_array_equal(teacher.predict(X), model.predict(X))
    assert repr(teacher).endswith("numbers>")


def test_a_network_with_one_column_is_asked_in_batches() -> None:
    model = net().double()
    with torch.no_grad():
        alone = model(torch.tensor(NUMBERS)).numpy()[:, 0]
    teacher = as_teacher(model, task="regression", batch_size=100)
    query = teacher.query(X, order=0)
    assert len(list(query)) == 5
    np.testing.assert_allclose(query.predictions(), alone)


@pytest.mark.parametrize(
    "answer",
    [
        price,
        lambda rows: price(rows)[:, None],
        lambda rows: price(rows).round().astype(int),
        lambda rows: pd.Series(price(rows)),
        lambda rows: price(rows).tolist(),
        lambda rows: torch.tensor(price(rows)),
    ],
)
def test_a_function_may_answer_in_any_form_of_one_number_per_row(answer: Any) -> None:
    said = as_teacher(answer, task="regression").predictions(X)
    assert said.shape == (len(X),) and said.dtype == np.float64
    np.testing.assert_allclose(said, price(X), atol=0.5)


def test_a_query_can_be_stopped_and_resumed() -> None:
    query = as_teacher(price, task="regression", batch_size=100).query(X)
    for _ in query:
        break
    assert query.n_done == 100 and not query.complete
    np.testing.assert_allclose(query.predictions(), price(X[:100]))
    np.testing.assert_allclose(query.finish().predictions(), price(X))


@pytest.mark.parametrize(
    ("model", "options", "says"),
    [
        (lambda r: np.full(len(r), np.nan), {}, "finite numbers.*442 of 442 rows"),
        (lambda r: np.zeros((len(r), 2)), {}, r"one number per row.*shape \(442, 2\).*\[:, 0\]"),
        (lambda r: np.zeros((1, len(r))), {}, "neither drop nor repeat"),
        (lambda r: np.zeros(3), {}, "442 in all. Got 3.*neither drop nor repeat"),
        (lambda r: np.array(["dear"] * len(r)), {}, "one number per row.*'dear'"),
        (lambda r: None, {}, "one number per row. Got NoneType"),
        (price, {"classes": ["a", "b"]}, "no classes= beside task='regression'"),
        (price, {"output": "logits"}, "no output= beside task='regression'"),
        (LogisticRegression().fit(X, Y > 100), {}, "a regressor. Got LogisticRegression"),
        (Ridge(), {}, "a fitted teacher. Got Ridge"),
        (LinearRegression().fit(X, np.column_stack([Y, Y])), {}, r"one number.*\(442, 2\)"),
    ],
)
def test_answers_that_are_not_numbers_are_refused(model: Any, options: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        as_teacher(model, task="regression", **options).predictions(X)


def test_a_regressor_has_no_logits_and_a_classifier_no_numbers() -> None:
    with pytest.raises(ValueError, match="a teacher for classification. Got Ridge, which gives"):
        as_teacher(Ridge().fit(X, Y)).logits(X)
    with pytest.raises(ValueError, match="a teacher for regression. Got LogisticReg"):
        as_teacher(LogisticRegression().fit(X, Y > 100)).predictions(X)
    with pytest.raises(ValueError, match="a classifier. Got Ridge"):
        as_teacher(Ridge().fit(X, Y), task="classification")
    with pytest.raises(ValueError, match='task to be one of.*Did you mean "regression"'):
        as_teacher(price, task="regresion")


# --- the task that is inferred -----------------------------------------------------------------


def test_the_task_is_inferred_where_it_is_certain() -> None:
    rows = X[:100]
    y = price(rows)
    assert run(price, rows, y).temperature is None  # digits after the point
    assert run(lambda r: price(r)[:, None], rows, y.round()).task == "regression"
    assert run(price, rows, task="regression").task == "regression"
    assert run(price, rows, student=FAST).task == "regression"
    once = {"size": 4, "temperature": 1.0}
    odds = run(lambda r: price(r) / 100 - 0.5, rows, y > 50, **once)
    assert odds.task == "classification"
    sure = run(lambda r: 1 / (1 + np.exp(50 - price(r))), rows, **once)
    assert sure.task == "classification"


@pytest.mark.parametrize(
    ("model", "y", "options", "says"),
    [
        (price, None, {}, "names classes or gives numbers.*no y.*task='regression'"),
        (price, np.arange(442) % 5, {}, "5 different values of y.*task='classification'"),
        (boosted(), Y.astype(str), {}, "true number per row.*Got '151.0'"),
        (boosted(), Y.where(Y > 30), {}, "missing or infinite values in . rows.*y=None"),
        (boosted(), np.column_stack([Y, Y]), {}, r"Got shape \(442, 2\).*y\[:, 0\]"),
        (boosted(), Y[:-1], {}, "442 rows"),
        (boosted(), Y, {"temperature": 2.0}, "a regression has no temperature"),
        (boosted(), Y, {"classes": ["a", "b"]}, "a classifier. Got HistGradient"),
        (boosted(), Y, {"student": TreeStudent()}, "a student for regression"),
        (boosted(), Y, {"task": "classification"}, "a classifier. Got HistGradient"),
        (boosted(), Y, {"size": 1}, "size to be a whole number >= 2"),
        (boosted(), None, {"alpha": 0.5}, "the ground truth y"),
        (LogisticRegression().fit(X, Y > 100), Y > 100, {"student": FAST}, "for classification"),
    ],
)
def test_what_cannot_be_a_regression_is_refused(
    model: Any, y: Any, options: Any, says: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        run(model, X, y, **options)


# --- the distillation --------------------------------------------------------------------------


def test_a_regression_has_no_temperature(d: Distillation) -> None:
    assert d.temperature is None and d.calibration is None and d.temperature_path.empty
    assert d.task == "regression" and isinstance(d.targets, Predictions)
    assert isinstance(d.student, TreeRegressionStudent) and d.alpha == 0.1
    assert "T =" not in repr(d).splitlines()[0] and "alpha = 0.1" in repr(d)
    with pytest.raises(ValueError, match="a regression has no temperature"):
        d.at(temperature=2.0)


def test_the_ladder_measures_r2_on_held_out_rows(d: Distillation) -> None:
    table, targets = d.held_out
    frame = d.ladder.frame()
    assert {"features", "leaves", "r2", "low", "high", "rmse", "r2_truth"} <= set(frame)
    for rung in d.ladder:
        assert isinstance(rung, NumberRung)
        said = rung.student.predict(table.native)
        assert rung.fidelity == pytest.approx(r2_score(targets.values, said))
        assert rung.r2_truth == pytest.approx(r2_score(targets.truth, said))
        assert rung.rmse == pytest.approx(np.sqrt(np.mean((said - targets.values) ** 2)))
        assert rung.low < rung.fidelity < rung.high
    assert frame["size"][frame["chosen"]].tolist() == [d.size] and d.size <= 32
    smaller = d.at(size=4)
    assert smaller.size == 4 and smaller.student.n_leaves_ == 4


def test_rows_are_split_by_the_size_of_the_prediction(d: Distillation) -> None:
    bins = _strata(d.targets)
    assert len(np.unique(bins)) == 10
    for part, share in ((d.rows.train, 0.6), (d.rows.held_out, 0.2)):
        counts = np.bincount(bins[part], minlength=10) / np.bincount(bins)
        assert np.abs(counts - share).max() < 0.1
    assert len(np.unique(_strata(Predictions(np.zeros(400))))) == 1


def test_labels_only_is_the_same_student_without_the_teacher(d: Distillation) -> None:
    twin = d.labels_only
    assert twin is d.labels_only and twin is not None
    assert (twin.alpha, twin.size) == (1.0, d.size)
    assert run(boosted(), X).labels_only is None


def test_runs_with_the_same_seed_are_equal(d: Distillation) -> None:
    again = run(boosted(), X, Y)
    pd.testing.assert_frame_equal(again.ladder.frame(), d.ladder.frame())
    assert again.explanation().to_dict() == d.explanation().to_dict()


def test_unseen_rows_and_a_dataframe_of_any_kind() -> None:
    model = boosted()
    d = run(model, X[:300], Y[:300], test=(X[300:], Y[300:]), student=FAST, size=6)
    assert d.rows.unseen and len(d.rows.held_out) == 142
    np.testing.assert_array_equal(d.held_out[1].truth, Y[300:])


def test_what_the_figures_hide_is_said() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 3))
    flat = run(lambda r: np.full(len(r), 3.5), rows, task="regression", student=FAST)
    assert any("same number" in note for note in flat.notes)
    noise = run(
        by_heart(rng.normal(size=200)),
        *(rows, rng.normal(size=200)),
        teacher_inputs=np.arange(200),
        student=FAST,
    )
    assert any("not clearly better than always answering" in note for note in noise.notes)
    mixed = run(price, X, price(X)[::-1] + 0.5, student=FAST)
    assert any("in another order" in note for note in mixed.notes)
    dense = run(price, X, price(X), student=FAST, size=60)
    assert any("too dense to read as a whole:" in note for note in dense.notes)


def test_an_interrupted_teacher_leaves_what_it_said() -> None:
    asked = 0

    def tiring(rows: Any) -> np.ndarray:
        nonlocal asked
        asked += 1
        if asked == 5:
            raise KeyboardInterrupt
        return price(rows)

    with pytest.warns(InterruptedWarning, match="answered 200 of 442 rows"):
        d = run(tiring, X, price(X), batch_size=50, student=FAST)
    assert d.table.n_rows == d.targets.n_rows == 200


def test_top_level_names_work() -> None:
    assert jd.as_teacher(Ridge().fit(X, Y)).task == "regression"
