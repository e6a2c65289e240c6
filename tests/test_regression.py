"""Regression from teacher to ladder: what is inferred, what is measured, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import jupyter_distill as jd
from jupyter_distill._resample import interval, r2, r2_columns, resampled_means
from jupyter_distill.distillation import Distillation, InterruptedWarning, NumberRung
from jupyter_distill.distillation._ask import strata_of
from jupyter_distill.exports.says import brief
from jupyter_distill.exports.wire import decode
from jupyter_distill.students import load
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.targets import Predictions
from jupyter_distill.teachers import as_teacher

from .distilling import by_heart, run, sentences

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
    bins = strata_of(d.targets)
    assert len(np.unique(bins)) == 10
    for part, share in ((d.rows.train, 0.6), (d.rows.held_out, 0.2)):
        counts = np.bincount(bins[part], minlength=10) / np.bincount(bins)
        assert np.abs(counts - share).max() < 0.1
    assert len(np.unique(strata_of(Predictions(np.zeros(400))))) == 1


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
    assert any("same number" in note for note in sentences(flat))
    noise = run(
        by_heart(rng.normal(size=200)),
        *(rows, rng.normal(size=200)),
        teacher_inputs=np.arange(200),
        student=FAST,
    )
    assert any("not clearly better than always answering" in note for note in sentences(noise))
    mixed = run(price, X, price(X)[::-1] + 0.5, student=FAST)
    assert any("in another order" in one.remedy for one in mixed.findings.of("weak-teacher"))
    dense = run(price, X, price(X), student=FAST, size=60)
    assert any("too dense to read as a whole:" in note for note in sentences(dense))


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


# --- card and rows -----------------------------------------------------------------------------


def test_the_card_is_in_the_unit_of_the_target_beside_baselines(d: Distillation) -> None:
    table, targets = d.held_out
    card = d.fidelity()
    said = d.student.predict(table.native)
    own = card.overall
    assert card.value == own.r2.value == pytest.approx(r2_score(targets.values, said))
    assert own.mae.value == pytest.approx(mean_absolute_error(targets.values, said))
    assert own.truth_rmse.value == pytest.approx(np.sqrt(np.mean((said - targets.truth) ** 2)))
    assert [s.model for s in card.baselines] == ["labels only", "mean of the teacher"]
    twin, constant = card.baselines
    by_labels = d.labels_only.predict(table.native)
    assert twin.r2.value == pytest.approx(r2_score(targets.values, by_labels))
    mean = d.targets.take(d.rows.learnt).values.mean()
    assert constant.rmse.value == pytest.approx(np.sqrt(np.mean((targets.values - mean) ** 2)))
    assert card.of_teacher.truth_r2.value == pytest.approx(r2_score(targets.truth, targets.values))
    frame = card.frame()
    assert frame["model"].tolist()[-1] == "teacher" and len(frame) == 4
    assert (frame["rmse_low"] <= frame["rmse"]).all() and (frame["r2"] <= frame["r2_high"]).all()
    assert "RMSE" in card.describe() and "-0.000" not in repr(card)


def test_intervals_cover_and_follow_the_unit() -> None:
    rng = np.random.default_rng(0)
    target = rng.normal(size=400)
    said = target + 0.5 * rng.normal(size=400)
    columns = r2_columns(said, target)
    value, low, high = interval(columns, resampled_means(columns, 0), r2)
    assert low < 0.75 < high and value == pytest.approx(r2_score(target, said))
    scaled = r2_columns(1000 * said + 7, 1000 * target + 7)
    np.testing.assert_allclose(
        interval(scaled, resampled_means(scaled, 0), r2), (value, low, high), rtol=1e-9
    )
    many = np.tile(columns, (60, 1))  # beyond the bootstrap: the normal limit
    _, a, b = interval(many, resampled_means(many, 0), r2)
    assert b - a == pytest.approx((high - low) / np.sqrt(60), rel=0.25)


def test_without_truth_the_card_speaks_of_the_teacher_alone() -> None:
    d = run(price, X, task="regression", student=FAST, size=4)
    card = d.fidelity()
    assert card.of_teacher is None and [s.model for s in card.baselines] == ["mean of the teacher"]
    assert "truth" not in card.describe()
    assert "truth" not in d.disagreements()


def test_disagreements_are_all_rows_the_largest_difference_first(d: Distillation) -> None:
    rows = d.disagreements()
    assert list(rows)[:4] == ["teacher", "student", "truth", "difference"]
    assert sorted(rows.index) == sorted(d.rows.held_out)
    assert rows["difference"].abs().is_monotonic_decreasing
    np.testing.assert_allclose(rows["difference"], rows["student"] - rows["teacher"])
    assert len(d.disagreements("all")) == len(X)


# --- what is seen ------------------------------------------------------------------------------


def test_the_linked_view_has_no_temperature(d: Distillation) -> None:
    view = d.view()
    assert view.logits == {} and view.classes == [] and view.summary["temperature"] is None
    assert view.summary["measure"] == "R2" and view.summary["unit"] == "leaves"
    json.dumps(view.summary, allow_nan=False)
    low, high = view.tree["range"]
    assert low < high and decode(view.tree["error"]).shape == (len(d.explanation()),)
    view.row = 5
    assert view.leaf == d.student.apply(X)[5]
    view.node = 1
    assert view.page["total"] < view.page["all"] == len(X)
    view.query = {"sort": ["difference", True], "scope": "all"}
    assert view.frame() is not None
    with pytest.raises(ValueError, match="a distillation with a temperature"):
        jd.TemperatureSlider(d)


def test_text_drawing_and_report_show_numbers(d: Distillation, tmp_path: Path) -> None:
    bundle, _ = d._repr_mimebundle_()
    html = bundle["text/html"]
    assert "to the teacher" in html and "error (RMS)" in html and "nan" not in html.lower()
    assert "T =" not in bundle["text/plain"] and "RMSE" in bundle["text/plain"]
    plain = jd.TreeView(d.student)._plain()
    assert plain.startswith("all rows") and "%" not in plain
    text = d.report(tmp_path / "r.html").read_text()
    assert "Temperature</h2>" not in text and "R2 to the truth" in text


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (152.34567, 100, 200, "152.3"),
        (0.123456, 0, 0.5, "0.1235"),
        (1234567.8, 0, 2e6, "1,234,568"),
        (2.5e-9, 0, 1e-8, "2.5e-09"),
        (np.nan, 0, 1, "\N{EN DASH}"),
    ],
)
def test_numbers_have_the_decimals_that_tell_them_apart(
    value: float, low: float, high: float, text: str
) -> None:
    assert brief(value, low, high) == text


@pytest.mark.parametrize("family", ["tree", "rules"])
def test_a_large_offset_of_the_target_changes_no_question(family: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    y = X[:, 0] + np.where(X[:, 1] > 0, 2.0, 0.0)
    near, far = (
        load(family, "regression")(size=4, random_state=0).fit(X, y + offset) for offset in (0, 1e8)
    )
    assert near.explain().frame().iloc[:, 0].tolist() == far.explain().frame().iloc[:, 0].tolist()
    np.testing.assert_allclose(far.predict(X) - 1e8, near.predict(X), atol=1e-5)
