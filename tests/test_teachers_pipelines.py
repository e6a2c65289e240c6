"""Pipelines and searches that end in a boosted model: asked for its margins, as the model alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import catboost as cat
import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl
import pytest
import xgboost as xgb
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, RandomizedSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import jupyter_distill as jd
from jupyter_distill.teachers import as_teacher

from .boosted import AGED, AGES, BENIGN, CAT, CELLS, LGB, ROUNDS, SURVIVED, TASKS, TITANIC
from .distilling import run

FOLDS = KFold(2, shuffle=True, random_state=0)  # the passengers stand in order of their class
LAST = {
    "XGBClassifier": lambda: xgb.XGBClassifier(n_estimators=ROUNDS, n_jobs=1),
    "LGBMClassifier": lambda: lgb.LGBMClassifier(n_estimators=ROUNDS, **LGB),
    "CatBoostClassifier": lambda: cat.CatBoostClassifier(**CAT),
}


def encoder(rows: pd.DataFrame) -> Any:
    words = [c for c in rows if rows[c].dtype == "category"]
    return make_column_transformer((OneHotEncoder(), words), remainder="passthrough")


@cache
def fitted(name: str, k: int = 2) -> Any:
    rows, labels = TASKS[k]
    return make_pipeline(encoder(rows), LAST[name]()).fit(rows, labels)


@pytest.mark.parametrize("name", LAST)
@pytest.mark.parametrize("k", TASKS)
def test_a_pipeline_that_ends_in_one_gives_its_margins(name: str, k: int) -> None:
    rows, _ = TASKS[k]
    model = fitted(name, k)
    teacher = as_teacher(model)
    assert (teacher.kind, teacher.task) == ("logits", "classification")
    assert teacher.name == f"Pipeline of {name}" and teacher.model is model
    assert teacher.columns == tuple(rows.columns)
    assert teacher.classes is not None and teacher.classes.tolist() == list(range(k))
    logits = teacher.logits(rows)
    np.testing.assert_allclose(teacher.predict_proba(rows), model.predict_proba(rows), atol=1e-6)
    # to the bit what the last step says alone, behind the others
    alone = as_teacher(model[-1], preprocess=model[0])
    np.testing.assert_array_equal(logits, alone.logits(rows))
    asked = as_teacher(model, output="probabilities")
    assert asked.kind == "probabilities"
    np.testing.assert_allclose(asked.predict_proba(rows), model.predict_proba(rows), atol=1e-5)
    named = as_teacher(model, classes=["a", "b", "c"][:k], name="mine")
    assert named.name == "mine" and set(named.predict(rows)) <= set("abc")


def test_unlikely_classes_are_told_apart_where_probabilities_would_not() -> None:
    boosted = xgb.XGBClassifier(n_estimators=300, learning_rate=1.0, n_jobs=1)
    model = make_pipeline(StandardScaler(), boosted).fit(CELLS, BENIGN)
    margins = np.abs(np.diff(as_teacher(model).logits(CELLS))[:, 0])
    own = boosted.predict(StandardScaler().fit(CELLS).transform(CELLS), output_margin=True)
    np.testing.assert_array_equal(margins, np.abs(own.astype(np.float64)))
    sure = make_pipeline(StandardScaler(), xgb.XGBClassifier(n_estimators=99, reg_lambda=0, eta=2))
    sure.fit(CELLS, BENIGN)
    wide = np.abs(np.diff(as_teacher(sure).logits(CELLS))[:, 0])
    flat = np.abs(np.diff(as_teacher(sure, output="probabilities").logits(CELLS))[:, 0])
    assert len(np.unique(wide)) > len(np.unique(flat)) and wide.max() > flat.max()


@pytest.mark.parametrize("name", LAST)
@pytest.mark.parametrize("form", ["search", "search of a pipeline", "pipeline of a search"])
def test_a_search_is_the_best_that_it_found(name: str, form: str) -> None:
    rows, labels = TASKS[2]
    last = LAST[name]()
    grid: dict[str, Any] = {"max_depth": [1, 3]}
    if form == "search":
        rows = rows[["age"]].fillna(0)
        model = GridSearchCV(last, grid, cv=FOLDS).fit(rows, labels)
    elif form == "search of a pipeline":
        pipe = Pipeline([("encode", encoder(rows)), ("nothing", "passthrough"), ("last", last)])
        deep = {"last__max_depth": [1, 3]}
        model = RandomizedSearchCV(pipe, deep, n_iter=2, cv=FOLDS, random_state=0).fit(rows, labels)
    else:
        model = make_pipeline(encoder(rows), GridSearchCV(last, grid, cv=FOLDS)).fit(rows, labels)
    teacher = as_teacher(model)
    assert teacher.kind == "logits"
    np.testing.assert_allclose(teacher.predict_proba(rows), model.predict_proba(rows), atol=1e-6)
    assert teacher.columns == tuple(rows.columns)
    if form.startswith("search"):  # whatever else was tried
        best = as_teacher(model.best_estimator_)
        np.testing.assert_array_equal(teacher.logits(rows), best.logits(rows))


def test_calibrated_and_other_pipelines_give_what_they_say_themselves() -> None:
    rows, labels = TASKS[2]
    boosted = LAST["XGBClassifier"]()
    for model in (
        CalibratedClassifierCV(make_pipeline(encoder(rows), boosted), cv=FOLDS),
        make_pipeline(encoder(rows), CalibratedClassifierCV(boosted, cv=FOLDS)),
        GridSearchCV(
            CalibratedClassifierCV(make_pipeline(encoder(rows), boosted)), {"cv": [FOLDS]}, cv=FOLDS
        ),
    ):
        teacher = as_teacher(model.fit(rows, labels))
        said = model.predict_proba(rows)
        np.testing.assert_allclose(teacher.predict_proba(rows), said, atol=1e-5)
        assert teacher.kind == "probabilities"
        raw = fitted("XGBClassifier").predict_proba(rows)
        assert np.abs(said - raw).max() > 0.05  # which are others than those of the trees

    class Own(Pipeline):
        def predict_proba(self, X: Any, **options: Any) -> Any:
            return super().predict_proba(X, **options)[:, ::-1]

    own = Own(fitted("XGBClassifier").steps)
    got = as_teacher(own).predict_proba(rows)
    np.testing.assert_allclose(got, own.predict_proba(rows), atol=1e-5)
    plain = make_pipeline(StandardScaler(), LogisticRegression()).fit(CELLS, BENIGN)
    assert as_teacher(plain).predict_proba(CELLS).shape == (569, 2)


@pytest.mark.parametrize(
    "last",
    [
        lambda: xgb.XGBRegressor(n_estimators=ROUNDS, objective="count:poisson", n_jobs=1),
        lambda: lgb.LGBMRegressor(n_estimators=ROUNDS, **LGB),
        lambda: cat.CatBoostRegressor(**CAT, loss_function="Poisson"),
    ],
)
def test_a_pipeline_that_ends_in_a_regression_gives_its_numbers(last: Any) -> None:
    model = make_pipeline(encoder(AGED), last()).fit(AGED, AGES)
    teacher = as_teacher(model)
    assert teacher.task == "regression"
    np.testing.assert_allclose(teacher.predictions(AGED), model.predict(AGED), rtol=1e-6)
    with pytest.raises(ValueError, match="one for regression"):
        as_teacher(model, task="classification")


def test_steps_may_hand_on_whatever_the_last_one_was_fitted_with() -> None:
    scale = StandardScaler().set_output(transform="pandas")
    frame = pd.DataFrame(CELLS[:, :5], columns=[f"c {i}" for i in range(5)])
    for name, make in LAST.items():
        model = make_pipeline(scale, make()).fit(frame, BENIGN)
        teacher = as_teacher(model)
        wanted = model.predict_proba(frame)
        for rows in (frame, pl.from_pandas(frame), frame.to_numpy()):
            got = teacher.predict_proba(rows)
            np.testing.assert_allclose(got, wanted, atol=1e-6, err_msg=name)
    deep = make_pipeline(make_pipeline(StandardScaler(), PCA(3)), LAST["XGBClassifier"]())
    deep = make_pipeline(PCA(9), deep).fit(CELLS, BENIGN)
    teacher = as_teacher(deep)
    assert teacher.kind == "logits"
    np.testing.assert_allclose(teacher.predict_proba(CELLS), deep.predict_proba(CELLS), atol=1e-6)


def test_what_it_was_not_fitted_with_is_refused() -> None:
    model = fitted("XGBClassifier")
    teacher = as_teacher(model)
    with pytest.raises(ValueError, match="columns Pipeline of XGBClassifier was fitted with"):
        teacher.logits(TITANIC[["age", "sex"]])
    strange = TITANIC.astype({"sex": str}).replace({"sex": {"male": "boy"}})
    with pytest.raises(RuntimeError, match="Pipeline of XGBClassifier failed on rows.*boy"):
        teacher.logits(strange)
    fresh = make_pipeline(encoder(TITANIC), LAST["XGBClassifier"]())
    with pytest.raises(ValueError, match="a fitted teacher. Got XGBClassifier that is not fitted"):
        as_teacher(fresh)
    with pytest.raises(ValueError, match="Got GridSearchCV that is not fitted"):
        as_teacher(GridSearchCV(fresh, {"xgbclassifier__max_depth": [1]}))
    with pytest.raises(ValueError, match="2 classes of Pipeline of XGB"):
        as_teacher(model, classes=["a", "b", "c"])
    apart = lgb.LGBMClassifier(n_estimators=2, objective="multiclassova", **LGB)
    with pytest.raises(ValueError, match="Pipeline of LGBM.*chances do not sum to one"):
        as_teacher(make_pipeline(encoder(TASKS[3][0]), apart).fit(*TASKS[3]))


@pytest.mark.parametrize("name", LAST)
def test_the_same_training_is_the_same_teacher_and_any_other_another(name: str) -> None:
    rows, labels = TASKS[2]
    first = as_teacher(fitted(name)).fingerprint
    again = make_pipeline(encoder(rows), LAST[name]()).fit(rows, labels)
    assert as_teacher(again).fingerprint == first
    fewer = make_pipeline(encoder(rows), LAST[name]()).fit(rows[:900], labels[:900])
    scaled = Pipeline([again.steps[0], ("scale", StandardScaler(with_mean=False)), again.steps[1]])
    scaled.set_params(scale=StandardScaler(with_mean=False).fit(again[0].transform(rows)))
    others = [fewer, scaled, again[-1]]
    prints = {as_teacher(other).fingerprint for other in others}
    prints |= {as_teacher(again, output="probabilities").fingerprint, first}
    assert len(prints) == 5
    grid = {f"{name.lower()}__random_state": [0]}
    search = GridSearchCV(make_pipeline(encoder(rows), LAST[name]()), grid, cv=FOLDS)
    found = search.fit(rows, labels)
    assert as_teacher(found).fingerprint == as_teacher(found.best_estimator_).fingerprint


def test_a_pipeline_is_distilled_and_its_margins_kept(tmp_path: Path) -> None:
    store = jd.Store(tmp_path / "store")
    words = np.array(["drowned", "saved"])[SURVIVED]
    model = fitted("XGBClassifier")
    options: dict[str, Any] = {"classes": ["drowned", "saved"], "size": 6, "temperature": 1.0}
    options["augment"] = None
    d = run(model, TITANIC, words, store=store, **options)
    assert (d.student.predict(TITANIC) == d.teacher.predict(TITANIC)).mean() > 0.9
    (line,) = store.frame().to_dict("records")
    assert (line["kind"], line["rows"], line["classes"]) == ("logits", 1309, ["drowned", "saved"])
