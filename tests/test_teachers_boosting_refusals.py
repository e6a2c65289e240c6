"""Boosted trees that do not teach, and rows that they were not fitted with: refused by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import catboost as cat
import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xgboost as xgb
from scipy import sparse
from scipy.special import expit

from jupyter_distill.teachers import as_teacher

from .boosted import (
    BENIGN,
    BINARY,
    CAT,
    CELLS,
    CLASSIFIERS,
    FITTED,
    LGB,
    NATIVE,
    RICH,
    SURVIVED,
    TASKS,
    TITANIC,
    cat_booster,
    lgb_booster,
    xgb_booster,
)
from .taught import FRAME, X, Y

# --- objectives that do not teach --------------------------------------------------------------


def own_objective(p: np.ndarray, rows: Any) -> tuple[np.ndarray, np.ndarray]:
    y = rows if isinstance(rows, np.ndarray) else rows.get_label()
    return expit(p) - y, expit(p) * (1 - expit(p))


def turned(y: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return own_objective(p, y)


GROUPS = {"qid": np.arange(len(CELLS)) // 10}
MANY = np.column_stack([BENIGN, 1 - BENIGN])
DO_NOT_TEACH: dict[str, Callable[[], Any]] = {
    "XGBRanker .*rank:ndcg, which ranks": lambda: xgb.XGBRanker(n_estimators=2).fit(
        CELLS, BENIGN, **GROUPS
    ),
    "LGBMRanker .*lambdarank, which ranks.*task='regression'": lambda: lgb.LGBMRanker(
        n_estimators=2, verbose=-1
    ).fit(CELLS, BENIGN, group=[100] * 5 + [69]),
    "CatBoostRanker .*YetiRank, which ranks": lambda: cat.CatBoostRanker(**CAT).fit(
        CELLS, BENIGN, group_id=GROUPS["qid"]
    ),
    "xgboost.Booster .*survival:cox, which tells times": lambda: xgb_booster(
        RICH, CELLS, objective="survival:cox"
    ),
    "CatBoost .*Cox, which tells times": lambda: cat.CatBoost({**CAT, "loss_function": "Cox"}).fit(
        CELLS, RICH
    ),
    "XGBClassifier .*binary:hinge, which gives hard labels.*binary:logistic": (
        lambda: xgb.XGBClassifier(n_estimators=2, objective="binary:hinge").fit(CELLS, BENIGN)
    ),
    "xgboost.Booster .*binary:hinge, which gives hard labels.*CalibratedClassifierCV": (
        lambda: xgb_booster(BENIGN, CELLS, objective="binary:hinge")
    ),
    "LGBMClassifier .*multiclassova, whose chances do not sum to one": lambda: lgb.LGBMClassifier(
        n_estimators=2, verbose=-1, objective="multiclassova"
    ).fit(FRAME, Y),
    "CatBoostClassifier .*MultiClassOneVsAll, whose chances": lambda: cat.CatBoostClassifier(
        loss_function="MultiClassOneVsAll", **CAT
    ).fit(FRAME, Y),
    "XGBClassifier .*which gives several labels per row": lambda: xgb.XGBClassifier(
        n_estimators=2
    ).fit(CELLS, MANY),
    "CatBoost .*MultiLogloss, which gives several labels": lambda: cat.CatBoost(
        {**CAT, "loss_function": "MultiLogloss"}
    ).fit(CELLS, MANY),
    "XGBClassifier .*turned, of which is not known.*output='logits'": lambda: xgb.XGBClassifier(
        n_estimators=2, objective=turned
    ).fit(CELLS, BENIGN),
    "LGBMClassifier .*turned, of which is not known": lambda: lgb.LGBMClassifier(
        n_estimators=2, verbose=-1, objective=turned
    ).fit(CELLS, BENIGN),
    "lightgbm.Booster .*does not say, of which is not known": lambda: lgb_booster(
        BENIGN, CELLS, objective=own_objective
    ),
    "XGBClassifier .*reg:squarederror, which gives numbers": lambda: xgb.XGBClassifier(
        n_estimators=2, objective="reg:squarederror"
    ).fit(CELLS, BENIGN),
    "CatBoost .*does not say, of which is not known": lambda: cat.sum_models(
        [cat.CatBoostClassifier(**{**CAT, "depth": d}).fit(CELLS, BENIGN) for d in (2, 3)]
    ),
}


@pytest.mark.parametrize("said", DO_NOT_TEACH)
def test_what_gives_no_distribution_over_classes_is_refused_by_name(said: str) -> None:
    model = DO_NOT_TEACH[said]()
    with pytest.raises(ValueError, match=f"Expected a .*Got {said}"):
        as_teacher(model)


def test_an_objective_of_the_owners_teaches_where_they_say_what_it_means() -> None:
    wrapper = xgb.XGBClassifier(n_estimators=3, objective=turned).fit(CELLS, BENIGN)
    native = xgb.train({}, xgb.DMatrix(CELLS, BENIGN), 3, obj=own_objective)
    light = lgb_booster(BENIGN, CELLS, objective=own_objective)
    for model, margins in (
        (wrapper, wrapper.predict(CELLS, output_margin=True)),
        (native, native.predict(xgb.DMatrix(CELLS), output_margin=True)),
        (light, light.predict(CELLS)),
    ):
        teacher = as_teacher(model, output="logits")
        np.testing.assert_allclose(
            teacher.predict_proba(CELLS)[:, 1], expit(margins.astype(float)), atol=1e-6
        )
    numbers = as_teacher(light, task="regression")
    np.testing.assert_array_equal(numbers.predictions(CELLS), light.predict(CELLS))
    with pytest.raises(ValueError, match="reg:squarederror, which gives numbers.*output='logits'"):
        as_teacher(native, task="classification")


def test_a_task_that_a_model_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="a model for regression. Got XGBClassifier, which is one"):
        as_teacher(BINARY["XGBClassifier"], task="regression")
    with pytest.raises(ValueError, match="Got lightgbm.Booster .*binary, which names classes"):
        as_teacher(BINARY["lightgbm.Booster"], task="regression")
    with pytest.raises(ValueError, match="Got CatBoost .*RMSE, which gives numbers"):
        as_teacher(cat_booster(SURVIVED, loss_function="RMSE"), classes=["no", "yes"])


@pytest.mark.parametrize("name", NATIVE)
def test_several_numbers_per_row_are_refused(name: str) -> None:
    fit: dict[str, Callable[[], Any]] = {
        "xgboost.Booster": lambda: xgb_booster(
            RICH, CELLS, objective="reg:quantileerror", quantile_alpha=[0.1, 0.9]
        ),
        "lightgbm.Booster": lambda: lgb_booster(
            Y, FRAME, objective=lambda p, rows: (p - 1, np.ones_like(p)), num_class=3
        ),
        "CatBoost": lambda: cat.CatBoost(
            {**CAT, "loss_function": "MultiQuantile:alpha=0.1,0.9"}
        ).fit(CELLS, RICH),
    }
    rows = FRAME if name == "lightgbm.Booster" else CELLS
    with pytest.raises(ValueError, match="one number per row.*Distil one number at a time"):
        as_teacher(fit[name](), task="regression").predictions(rows)


# --- classes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classes_are_named_or_counted(name: str) -> None:
    model, rows = FITTED[name, 3], TASKS[3][0]
    teacher = as_teacher(model, classes=["1st", "2nd", "3rd"])
    assert set(teacher.predict(rows)) <= {"1st", "2nd", "3rd"} and teacher.classes_given
    with pytest.raises(ValueError, match=rf"to name the 3 classes of {name} .*Got \['a', 'b'\]"):
        as_teacher(model, classes=["a", "b"])
    with pytest.raises(ValueError, match=r"to name the 2 classes.*Got \['a', 'b', 'c'\]"):
        as_teacher(BINARY[name], classes=["a", "b", "c"])


def test_classes_that_a_model_knows_are_kept() -> None:
    words = np.array(["drowned", "saved"])[SURVIVED]
    for model in (
        lgb.LGBMClassifier(n_estimators=3, **LGB).fit(TITANIC, words),
        cat_booster(words, loss_function="Logloss"),
    ):
        teacher = as_teacher(model)
        assert teacher.classes is not None and teacher.classes.tolist() == ["drowned", "saved"]


def test_answers_that_are_not_finite_are_refused() -> None:
    spoilt = cat.CatBoostClassifier(**CAT).fit(CELLS, BENIGN)
    spoilt.set_leaf_values(np.full(len(spoilt.get_leaf_values()), np.nan))
    with pytest.raises(ValueError, match="finite answers from CatBoostClassifier. Got NaN or inf"):
        as_teacher(spoilt).logits(CELLS)
    light = lgb_booster(RICH, CELLS, objective="regression")
    light.set_leaf_output(0, 0, np.inf)
    with pytest.raises(ValueError, match="finite numbers from lightgbm.Booster. Got NaN or inf"):
        as_teacher(light).predictions(CELLS)


# --- rows --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_columns_are_checked_by_name(name: str) -> None:
    teacher = as_teacher(BINARY[name])
    with pytest.raises(ValueError, match="another order: 'passengerClass' where 'sex' belongs"):
        teacher.logits(TITANIC[["passengerClass", "age", "sex"]])
    with pytest.raises(ValueError, match="the teacher never saw 'Sex'.*Did you mean \"sex\""):
        teacher.logits(TITANIC.rename(columns={"sex": "Sex"}))
    with pytest.raises(ValueError, match="rows without 'age'"):
        teacher.logits(TITANIC[["sex", "passengerClass"]])
    behind = as_teacher(BINARY[name], preprocess=lambda rows: rows[rows.columns[::-1]])
    with pytest.raises(ValueError, match="another order: 'passengerClass' where 'sex' belongs"):
        behind.logits(TITANIC)


@pytest.mark.parametrize("fitted_with", [X, FRAME], ids=["array", "frame"])
@pytest.mark.parametrize("kind", ["xgboost", "lightgbm", "catboost"])
def test_rows_of_numbers_in_any_form(kind: str, fitted_with: Any) -> None:
    wrapper: Any = {
        "xgboost": lambda: xgb.XGBClassifier(n_estimators=5),
        "lightgbm": lambda: lgb.LGBMClassifier(n_estimators=5, **LGB),
        "catboost": lambda: cat.CatBoostClassifier(**CAT),
    }[kind]()
    wrapper.fit(fitted_with, Y)
    models = [wrapper]
    if kind != "catboost":
        models.append(wrapper.get_booster() if kind == "xgboost" else wrapper.booster_)
    for model in models:
        teacher = as_teacher(model)
        assert (teacher.columns is None) == (fitted_with is X)
        whole = FRAME.astype("Float64")
        for rows in (X, FRAME, X.tolist(), pl.from_pandas(FRAME), pa.table(dict(FRAME)), whole):
            p = teacher.query(rows, batch_size=40).finish().logits()
            np.testing.assert_allclose(p, teacher.logits(X), atol=1e-6)
        if kind == "xgboost":  # to which every place that is not stored is a missing value
            continue
        p = teacher.logits(sparse.coo_matrix(X))
        np.testing.assert_allclose(p, teacher.logits(X), atol=1e-6)
        with pytest.raises(ValueError, match="rows of 4 features.*Got 3 features"):
            teacher.logits(X[:, :3])
        with pytest.raises(ValueError, match="rows of features.*Got ndarray of shape .150,."):
            teacher.logits(X[:, 0])
        with pytest.raises(ValueError, match="one table for .*Got a dict of several parts"):
            teacher.logits({"numbers": X})


def test_sparse_rows_of_xgboost_are_read_as_it_reads_them() -> None:
    rows = sparse.csr_matrix(np.where(X < 1, 0, X))
    model = xgb.XGBClassifier(n_estimators=3).fit(rows, Y)
    p = as_teacher(model).predict_proba(rows)
    np.testing.assert_allclose(p, model.predict_proba(rows), atol=1e-6)
    native = as_teacher(model.get_booster()).predict_proba(rows)
    np.testing.assert_allclose(native, p, atol=1e-6)


@pytest.mark.parametrize("name", ["XGBClassifier", "xgboost.Booster", "LGBMClassifier"])
def test_categories_where_numbers_belong_and_the_other_way_round_are_refused(name: str) -> None:
    teacher = as_teacher(BINARY[name])
    with pytest.raises(
        ValueError, match="columns of numbers or categories.*'sex' of type (str|ob)"
    ):
        teacher.logits(TITANIC.astype({"sex": "str"}))
    coded = TITANIC.assign(sex=TITANIC["sex"].cat.codes)
    with pytest.raises(ValueError, match="and only there, for .*Got 'sex' of type int8"):
        teacher.logits(coded)
    both = coded.assign(age=TITANIC["age"].astype("category"))  # as many as there were
    with pytest.raises(ValueError, match="'sex' of type int8, 'age' of type category"):
        teacher.logits(both)
    with pytest.raises(ValueError, match="a data frame.*'passengerClass', 'sex'.*Got ndarray of"):
        teacher.logits(TITANIC.assign(sex=0, passengerClass=0).to_numpy())
    plain: Any = xgb.XGBClassifier(n_estimators=2).fit(FRAME, Y)
    with pytest.raises(ValueError, match="'petal width .cm.' of type category"):
        as_teacher(plain).logits(FRAME.astype({"petal width (cm)": "category"}))


def test_codes_in_place_of_categories_where_the_model_knows_codes_alone() -> None:
    coded = TITANIC.assign(
        sex=TITANIC["sex"].cat.codes, passengerClass=TITANIC["passengerClass"].cat.codes
    )
    kinds = ["c", "q", "c"]
    rows = xgb.DMatrix(coded, SURVIVED, feature_types=kinds, enable_categorical=True)
    model = xgb.train({"objective": "binary:logistic"}, rows, 5)
    wanted = model.predict(rows)
    for asked in (coded, coded.to_numpy()):
        p = as_teacher(model).predict_proba(asked)[:, 1]
        np.testing.assert_allclose(p, wanted, atol=1e-6)


def test_a_category_that_was_never_seen_is_refused_or_read_as_the_model_reads_it() -> None:
    strange = TITANIC.assign(sex=TITANIC["sex"].cat.rename_categories({"male": "other"}))
    with pytest.raises(RuntimeError, match="failed on rows 0 to .*category not in the training"):
        as_teacher(BINARY["XGBClassifier"]).logits(strange)
    for name in ("LGBMClassifier", "CatBoostClassifier"):
        p = as_teacher(BINARY[name]).predict_proba(strange)
        np.testing.assert_allclose(p, BINARY[name].predict_proba(strange), atol=1e-9)


def test_lightgbm_writes_a_column_in_its_own_way() -> None:
    model = lgb.LGBMClassifier(n_estimators=3, **LGB).fit(FRAME, Y)
    teacher = as_teacher(model)
    assert teacher.columns is not None and teacher.columns[0] == "sepal_length_(cm)"
    np.testing.assert_allclose(teacher.predict_proba(FRAME), model.predict_proba(FRAME))
    with pytest.raises(ValueError, match="another order"):
        teacher.logits(FRAME[FRAME.columns[::-1]])


def test_columns_named_by_numbers() -> None:
    frame = pd.DataFrame(X)
    for model in (
        xgb.XGBClassifier(n_estimators=3).fit(frame, Y),
        lgb.LGBMClassifier(n_estimators=3, **LGB).fit(frame, Y),
        cat.CatBoostClassifier(**CAT).fit(frame, Y),
    ):
        p = as_teacher(model).predict_proba(frame)
        np.testing.assert_allclose(p, model.predict_proba(frame), atol=1e-6)


# --- what is no fitted model -------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        xgb.XGBClassifier(),
        lgb.LGBMClassifier(),
        cat.CatBoostClassifier(),
        cat.CatBoost(),
        xgb.Booster(),
        xgb.train({}, xgb.DMatrix(X, Y), 0),
        lgb.Booster(LGB, lgb.Dataset(X, Y)),
    ],
    ids=lambda model: f"{type(model).__module__.partition('.')[0]}.{type(model).__name__}",
)
def test_a_model_that_is_not_fitted_is_refused(model: Any) -> None:
    what = type(model).__name__
    with pytest.raises(ValueError, match=f"a fitted teacher. Got {what} that is not fitted"):
        as_teacher(model)


def test_other_things_of_these_packages_are_no_teachers() -> None:
    folds = lgb.cv(
        {**LGB, "objective": "binary"},
        lgb.Dataset(CELLS, BENIGN),
        2,
        nfold=2,
        return_cvbooster=True,
    )["cvbooster"]
    for thing, said in (
        (xgb.DMatrix(X, Y), "model of xgboost. Got xgboost.DMatrix. Give an XGBClassifier"),
        (folds, "model of lightgbm. Got lightgbm.CVBooster.*one of its boosters"),
        (cat.Pool(X, Y), "model of catboost. Got catboost.Pool"),
    ):
        with pytest.raises(TypeError, match=said):
            as_teacher(thing)
    with pytest.raises(TypeError, match="rows for CatBoost. Got a catboost.Pool. Give the data"):
        as_teacher(BINARY["CatBoost"]).logits(cat.Pool(X, Y))
    with pytest.raises(TypeError, match="X to be a data frame.*Got DMatrix"):
        as_teacher(BINARY["xgboost.Booster"]).logits(xgb.DMatrix(X, Y))


@pytest.mark.parametrize("package", ["xgboost", "lightgbm", "catboost"])
def test_a_package_that_is_missing_is_named_with_what_brings_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = next(m for m in BINARY.values() if type(m).__module__.startswith(package))
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"needs {package}, .*jupyter-distill\[boosting\]"):
        as_teacher(model)


def test_a_teacher_of_something_else_imports_none_of_these_packages() -> None:
    code = (
        "import sys; from jupyter_distill.teachers import as_teacher; "
        "as_teacher(lambda rows: rows); "
        "print({'xgboost', 'lightgbm', 'catboost'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "set()"
