"""Boosted trees as teachers: their margins are their logits; what does not teach is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import catboost as cat
import lightgbm as lgb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import jupyter_distill as jd
from jupyter_distill.teachers import as_teacher

from .boosted import (
    AGED,
    AGES,
    BENIGN,
    BINARY,
    CAT,
    CELLS,
    CLASSIFIERS,
    FITTED,
    LGB,
    NATIVE,
    RICH,
    ROUNDS,
    SURVIVED,
    TASKS,
    TITANIC,
    lgb_booster,
    xgb_booster,
    xgb_rows,
)
from .taught import FRAME, X, Y

# --- margins are logits ------------------------------------------------------------------------


@pytest.mark.parametrize("k", TASKS)
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_softmax_of_the_margins_is_the_models_own_answer(name: str, k: int) -> None:
    model, rows = FITTED[name, k], TASKS[k][0]
    assert rows.isna().any().any() and len(rows.select_dtypes("category").columns) == 2
    teacher = as_teacher(model)
    p = CLASSIFIERS[name][1](model, rows)
    np.testing.assert_allclose(teacher.predict_proba(rows), p, atol=1e-6, rtol=0)
    assert (teacher.name, teacher.kind, teacher.n_classes) == (name, "logits", k)
    assert teacher.classes is not None and teacher.classes.tolist() == list(range(k))
    assert teacher.columns == tuple(rows.columns)
    assert teacher.task == "classification" and not teacher.classes_given


@settings(max_examples=15, deadline=None)
@given(
    name=st.sampled_from(list(CLASSIFIERS)),
    k=st.sampled_from([2, 3]),
    start=st.integers(0, 1000),
    batch_size=st.integers(1, 80),
    library=st.sampled_from([lambda frame: frame, pl.from_pandas, pa.table]),
)
def test_a_row_has_one_answer_in_every_batch_and_frame(
    name: str, k: int, start: int, batch_size: int, library: Callable[[Any], Any]
) -> None:
    teacher, rows = as_teacher(FITTED[name, k]), TASKS[k][0]
    asked = library(rows.iloc[start : start + 80])
    query = teacher.query(asked, batch_size=batch_size, order=start).finish()
    whole = teacher.logits(rows)[start : start + 80]
    np.testing.assert_allclose(query.logits(), whole, atol=1e-6)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_order_of_the_categories_makes_no_difference(name: str) -> None:
    turned = TITANIC.assign(
        passengerClass=TITANIC["passengerClass"].cat.reorder_categories(["3rd", "1st", "2nd"])
    )
    teacher = as_teacher(BINARY[name])
    np.testing.assert_array_equal(teacher.logits(turned), teacher.logits(TITANIC))


def test_categories_that_are_matched_by_their_place_are_warned_of() -> None:
    model = BINARY["xgboost.Booster"][:ROUNDS]  # as many rounds, no names
    with pytest.warns(UserWarning, match="xgboost.Booster does not hold the names of its categ"):
        logits = as_teacher(model).logits(TITANIC)
    np.testing.assert_array_equal(logits, as_teacher(BINARY["xgboost.Booster"]).logits(TITANIC))


def test_margins_of_a_model_that_predicts_hard_labels_or_margins() -> None:
    soft, hard = (
        xgb_booster(Y, FRAME, objective=objective, num_class=3)
        for objective in ("multi:softprob", "multi:softmax")
    )
    assert hard.predict(xgb_rows(FRAME)).ndim == 1
    np.testing.assert_array_equal(as_teacher(hard).logits(FRAME), as_teacher(soft).logits(FRAME))
    wrapper = xgb.XGBClassifier(n_estimators=3, objective="multi:softmax").fit(FRAME, Y)
    np.testing.assert_allclose(
        as_teacher(wrapper).predict_proba(FRAME), wrapper.predict_proba(FRAME), atol=1e-6
    )
    raw = xgb_booster(SURVIVED, objective="binary:logitraw")
    p = expit(raw.predict(xgb_rows()).astype(float))
    np.testing.assert_allclose(as_teacher(raw).predict_proba(TITANIC)[:, 1], p, atol=1e-6)


def test_the_steepness_of_a_logistic_function_is_part_of_the_logits() -> None:
    model = lgb_booster(SURVIVED, objective="binary", sigmoid=2.0)
    p = as_teacher(model).predict_proba(TITANIC)[:, 1]
    np.testing.assert_allclose(p, model.predict(TITANIC), atol=1e-9)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_probabilities_can_be_demanded(name: str) -> None:
    model = BINARY[name]
    teacher = as_teacher(model, output="probabilities")
    p = teacher.predict_proba(TITANIC)
    assert teacher.kind == "probabilities"
    np.testing.assert_allclose(p, CLASSIFIERS[name][1](model, TITANIC), atol=1e-6)


def test_probabilities_that_a_booster_does_not_predict_are_refused() -> None:
    hard = xgb_booster(Y, FRAME, objective="multi:softmax", num_class=3)
    with pytest.raises(ValueError, match="multi:softmax, which predicts hard labels.*its margins"):
        as_teacher(hard, output="probabilities")
    raw = xgb_booster(SURVIVED, objective="binary:logitraw")
    with pytest.raises(ValueError, match="which predicts margins. Leave output='auto'"):
        as_teacher(raw, output="probabilities")


@pytest.mark.parametrize("boosting", ["dart", "gblinear"])
def test_other_boosters_of_xgboost(boosting: str) -> None:
    model = xgb.XGBClassifier(n_estimators=3, booster=boosting).fit(FRAME, Y)
    p = model.predict_proba(FRAME)
    np.testing.assert_allclose(as_teacher(model).predict_proba(FRAME), p, atol=1e-6)
    native = as_teacher(model.get_booster())
    np.testing.assert_allclose(native.predict_proba(FRAME), p, atol=1e-6)


def test_a_missing_value_with_a_number_of_its_own() -> None:
    rows = FRAME.mask(FRAME < 1.5, -9)
    model = xgb.XGBClassifier(n_estimators=3, missing=-9).fit(rows, Y)
    p = model.predict_proba(rows)
    np.testing.assert_allclose(as_teacher(model).predict_proba(rows), p, atol=1e-6)


# --- early stopping ----------------------------------------------------------------------------


def test_after_early_stopping_the_rounds_are_those_of_predict() -> None:
    rest, known = CELLS[300:], CELLS[:300]
    wrapper = xgb.XGBClassifier(
        n_estimators=60, learning_rate=1.0, early_stopping_rounds=3, n_jobs=1
    ).fit(known, BENIGN[:300], eval_set=[(rest, BENIGN[300:])], verbose=False)
    native = wrapper.get_booster()
    assert native.num_boosted_rounds() > wrapper.best_iteration + 1
    best = as_teacher(wrapper).predict_proba(CELLS)
    np.testing.assert_allclose(best, wrapper.predict_proba(CELLS), atol=1e-6)
    all_rounds = as_teacher(native).predict_proba(CELLS)[:, 1]  # as Booster.predict does
    np.testing.assert_allclose(all_rounds, native.predict(xgb.DMatrix(CELLS)), atol=1e-6)
    assert np.abs(all_rounds - best[:, 1]).max() > 1e-3
    cut = as_teacher(native[: native.best_iteration + 1])
    np.testing.assert_allclose(cut.predict_proba(CELLS), best, atol=1e-6)
    assert len({as_teacher(m).fingerprint for m in (wrapper, native)}) == 2

    light = lgb.train(
        {**LGB, "objective": "binary", "learning_rate": 1.0},
        lgb.Dataset(known, BENIGN[:300]),
        60,
        valid_sets=[lgb.Dataset(rest, BENIGN[300:])],
        callbacks=[lgb.early_stopping(3, verbose=False)],
    )
    assert 0 < light.best_iteration < 60
    p = as_teacher(light).predict_proba(CELLS)[:, 1]
    np.testing.assert_allclose(p, light.predict(CELLS), atol=1e-9)

    cats = cat.CatBoostClassifier(**{**CAT, "iterations": 60}, learning_rate=1.0)
    cats.fit(known, BENIGN[:300], eval_set=(rest, BENIGN[300:]), early_stopping_rounds=3)
    assert cats.tree_count_ < 60
    np.testing.assert_allclose(
        as_teacher(cats).predict_proba(CELLS), cats.predict_proba(CELLS), atol=1e-9
    )


# --- regressions -------------------------------------------------------------------------------

REGRESSIONS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    **{
        f"xgboost {objective}": (
            lambda objective=objective: xgb_booster(RICH, CELLS, objective=objective),
            lambda model: model.predict(xgb.DMatrix(CELLS)),
        )
        for objective in ("reg:squarederror", "count:poisson", "reg:gamma", "reg:tweedie")
    },
    **{
        f"lightgbm {objective}": (
            lambda objective=objective: lgb_booster(RICH, CELLS, objective=objective),
            lambda model: model.predict(CELLS),
        )
        for objective in ("regression", "poisson", "gamma", "tweedie", "quantile")
    },
    "XGBRegressor": (
        lambda: xgb.XGBRegressor(n_estimators=5, objective="count:poisson").fit(CELLS, RICH),
        lambda model: model.predict(CELLS),
    ),
    "XGBRegressor of shares": (
        lambda: xgb.XGBRegressor(n_estimators=5, objective="reg:logistic").fit(CELLS, BENIGN * 0.9),
        lambda model: model.predict(CELLS),
    ),
    "LGBMRegressor": (
        lambda: lgb.LGBMRegressor(n_estimators=5, objective="poisson", **LGB).fit(CELLS, RICH),
        lambda model: model.predict(CELLS),
    ),
    "CatBoostRegressor": (
        lambda: cat.CatBoostRegressor(**CAT).fit(CELLS, RICH),
        lambda model: model.predict(CELLS),
    ),
    "CatBoostRegressor Poisson": (
        lambda: cat.CatBoostRegressor(loss_function="Poisson", **CAT).fit(CELLS, RICH),
        lambda model: model.predict(CELLS),
    ),
    "CatBoost Tweedie": (
        lambda: cat.CatBoost({**CAT, "loss_function": "Tweedie:variance_power=1.5"}).fit(
            CELLS, RICH
        ),
        lambda model: np.exp(model.predict(CELLS)),  # by itself it predicts logarithms
    ),
}


@pytest.mark.parametrize("name", REGRESSIONS)
def test_regressions_give_numbers_in_the_unit_of_what_they_learnt(name: str) -> None:
    fit, own = REGRESSIONS[name]
    model = fit()
    teacher = as_teacher(model)
    assert teacher.task == "regression" and teacher.classes is None
    np.testing.assert_allclose(teacher.predictions(CELLS), own(model), rtol=1e-6)


def test_ages_from_categories_end_to_end() -> None:
    rows = AGED.drop(columns="age")
    model = lgb.LGBMRegressor(n_estimators=5, **LGB).fit(rows, AGES)
    np.testing.assert_array_equal(as_teacher(model).predictions(rows), model.predict(rows))


def test_a_share_is_a_number_or_the_chance_of_a_class_as_its_owner_says() -> None:
    for model, own in (
        (xgb_booster(SURVIVED, objective="reg:logistic"), lambda m: m.predict(xgb_rows())),
        (lgb_booster(SURVIVED, objective="cross_entropy"), lambda m: m.predict(TITANIC)),
    ):
        assert as_teacher(model).task == "regression"
        teacher = as_teacher(model, classes=["drowned", "saved"])
        p = teacher.predict_proba(TITANIC)[:, 1]
        np.testing.assert_allclose(p, own(model), atol=1e-6)
        assert set(teacher.predict(TITANIC)) == {"drowned", "saved"}


# --- saved, loaded, hashed ---------------------------------------------------------------------

LOAD = """
import sys, xgboost, lightgbm, catboost
from jupyter_distill.teachers import as_teacher
folder = sys.argv[1]
print(as_teacher(xgboost.Booster(model_file=folder + "/m.ubj")).fingerprint)
print(as_teacher(xgboost.Booster(model_file=folder + "/wrapper.json")).fingerprint)
print(as_teacher(lightgbm.Booster(model_file=folder + "/m.txt")).fingerprint)
print(as_teacher(catboost.CatBoost().load_model(folder + "/m.cbm")).fingerprint)
"""


def test_a_saved_model_answers_and_is_hashed_alike_in_every_process(tmp_path: Path) -> None:
    models = [BINARY[name] for name in NATIVE]
    BINARY["xgboost.Booster"].save_model(tmp_path / "m.ubj")
    BINARY["XGBClassifier"].save_model(tmp_path / "wrapper.json")
    BINARY["lightgbm.Booster"].save_model(tmp_path / "m.txt")
    BINARY["CatBoost"].save_model(tmp_path / "m.cbm")
    loaded = [
        xgb.Booster(model_file=tmp_path / "m.ubj"),
        lgb.Booster(model_file=tmp_path / "m.txt"),
        cat.CatBoost().load_model(tmp_path / "m.cbm"),
    ]
    for name, model, again in zip(NATIVE, models, loaded, strict=True):
        teacher, other = as_teacher(model), as_teacher(again)
        assert other.classes is not None and other.classes.tolist() == [0, 1]
        np.testing.assert_array_equal(teacher.logits(TITANIC), other.logits(TITANIC))
        assert teacher.fingerprint == other.fingerprint != as_teacher(FITTED[name, 3]).fingerprint
        # asked for something else, it is another teacher
        assert as_teacher(model, output="probabilities").fingerprint != teacher.fingerprint
    run = [sys.executable, "-c", LOAD, str(tmp_path)]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout.split()
    wanted = [
        as_teacher(m).fingerprint
        for m in (models[0], BINARY["XGBClassifier"].get_booster(), models[1], models[2])
    ]
    assert said == wanted


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_one_round_more_is_another_teacher_and_the_same_training_is_the_same(name: str) -> None:
    fit = CLASSIFIERS[name][0]
    again = as_teacher(fit(*TASKS[2])).fingerprint
    assert again == as_teacher(BINARY[name]).fingerprint
    fewer = fit(TITANIC.iloc[:1200], SURVIVED[:1200])
    assert as_teacher(fewer).fingerprint != again


# --- inside other estimators -------------------------------------------------------------------


def test_hard_labels_of_a_last_step_are_no_probabilities() -> None:
    hinge = xgb.XGBClassifier(n_estimators=2, objective="binary:hinge")
    for model in (
        make_pipeline(StandardScaler(), hinge).fit(CELLS, BENIGN),
        GridSearchCV(hinge, {"max_depth": [2]}, cv=2).fit(CELLS, BENIGN),
    ):
        with pytest.raises(ValueError, match="with the objective binary:hinge, which gives hard"):
            as_teacher(model)
    calibrated = CalibratedClassifierCV(hinge, cv=2).fit(CELLS, BENIGN)
    np.testing.assert_allclose(
        as_teacher(calibrated).predict_proba(CELLS), calibrated.predict_proba(CELLS), atol=1e-5
    )
    soft = make_pipeline(xgb.XGBClassifier(n_estimators=2, objective="multi:softmax"))
    soft.fit(X, Y)
    np.testing.assert_allclose(as_teacher(soft).predict_proba(X), soft.predict_proba(X), atol=1e-5)


# --- end to end --------------------------------------------------------------------------------


def test_a_tree_is_distilled_from_a_boosted_model_with_categories() -> None:
    rows, words = TITANIC[::4], np.array(["drowned", "saved"])[SURVIVED[::4]]
    teacher = as_teacher(BINARY["xgboost.Booster"], classes=["drowned", "saved"])
    d = jd.distill(teacher, rows, words, quality="greedy", size=6, temperature=1.0, random_state=0)
    assert (d.student.predict(rows) == teacher.predict(rows)).mean() > 0.9
