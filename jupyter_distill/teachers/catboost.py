"""A model of catboost as teacher: a CatBoostClassifier, a CatBoostRegressor or a CatBoost."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_distill._optional import require
from jupyter_distill.teachers._base import Teacher
from jupyter_distill.teachers._boosted import (
    BoostedTeacher,
    Meaning,
    Told,
    comes_from,
    no_model,
    task_of,
)
from jupyter_distill.teachers._tabular import given_names, unfitted

_MEANING: dict[str, Meaning] = {
    **dict.fromkeys(("Logloss", "CrossEntropy", "Focal"), "two"),
    "MultiClass": "several",
    "MultiClassOneVsAll": "apart",
    **dict.fromkeys(("MultiLogloss", "MultiCrossEntropy"), "labels"),
    **dict.fromkeys(("Cox", "SurvivalAft"), "survival"),
    **dict.fromkeys(
        (
            *("RMSE", "MAE", "Quantile", "MultiQuantile", "LogLinQuantile", "Lq", "MAPE", "Huber"),
            *("Poisson", "Tweedie", "Expectile", "LogCosh", "RMSEWithUncertainty", "MultiRMSE"),
            *("MultiRMSEWithMissingValues", "GroupQuantile"),
        ),
        "number",
    ),
    **dict.fromkeys(
        (
            *("YetiRank", "YetiRankPairwise", "PairLogit", "PairLogitPairwise", "QueryRMSE"),
            *("QuerySoftMax", "QueryCrossEntropy", "StochasticFilter", "StochasticRank"),
            "LambdaMart",
        ),
        "ranking",
    ),
}
_LOGARITHMS = ("Poisson", "Tweedie")
"""Objectives whose margins are logarithms that a CatBoostRegressor undoes by itself."""


class CatBoostTeacher(BoostedTeacher):
    """Asked with all trees that it holds, which after early stopping are the best ones alone.

    A plain CatBoost of Poisson or Tweedie predicts logarithms; as a teacher it gives their
    powers, as a CatBoostRegressor does.
    """

    _reads_text = True

    def __init__(self, model: Any, **options: Any) -> None:
        cat: Any = require("catboost", extra="boosting", feature="A teacher of catboost")
        if not isinstance(model, cat.CatBoost):
            raise no_model(
                model,
                "catboost",
                "Give a CatBoostClassifier, a CatBoostRegressor or a CatBoost.",
            )
        if not model.is_fitted():
            raise unfitted(model)
        told = _told(model, isinstance(model, cat.CatBoostClassifier | cat.CatBoostRegressor))
        self._logarithm = told.objective in _LOGARITHMS
        super().__init__(model, told, **options)

    def margins(self, rows: Any) -> Any:
        """Return the sums over the trees."""
        return self.model.predict(rows, prediction_type="RawFormulaVal")

    def predicted(self, rows: Any) -> Any:
        """Return probabilities, or numbers in the unit of what was learnt."""
        if self.task == "classification":
            return self.model.predict(rows, prediction_type="Probability")
        if self._logarithm:
            return self.model.predict(rows, prediction_type="Exponent")
        return self.model.predict(rows)

    def state(self) -> Any:
        """Return the trees as they are saved, without the date and the name of the training."""
        with TemporaryDirectory() as folder:
            path = Path(folder, "model.json")
            self.model.save_model(str(path), format="json")
            saved = json.loads(path.read_text(encoding="utf-8"))
        del saved["model_info"]
        return ["catboost", json.dumps(saved, sort_keys=True), self.kind, self._logarithm]


def accepts(model: Any) -> int:
    """Take what catboost made; nothing is imported to find out."""
    return 40 if comes_from(model, "catboost") else 0


def build(model: Any, **options: Any) -> Teacher:
    """Wrap the model."""
    return CatBoostTeacher(model, **options)


def _told(model: Any, wrapped: bool) -> Told:
    # A sum of models has lost what they were trained with.
    known = model.get_all_params() if "params" in model.get_metadata() else {}
    objective = str(known.get("loss_function", "that it does not say")).partition(":")[0]
    meaning = _MEANING.get(objective, "custom")
    classes = [] if meaning == "labels" else model.classes_
    outputs = len(classes) if meaning != "two" else 1
    return Told(
        objective=objective,
        meaning=meaning,
        outputs=outputs,
        names=given_names(model.feature_names_, ""),
        n_features=len(model.feature_names_),
        task=task_of(model) if wrapped else None,  # a plain one says what it may not be
        classes=classes if len(classes) else None,
    )
