"""A model of lightgbm as teacher: an LGBMClassifier, an LGBMRegressor or a Booster."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_distill._optional import require
from jupyter_distill.teachers._base import Teacher
from jupyter_distill.teachers._boosted import (
    BoostedTeacher,
    Meaning,
    Told,
    comes_from,
    task_of,
    trees_of,
)
from jupyter_distill.teachers._tabular import given_names, unfitted

_MEANING: dict[str, Meaning] = {
    "binary": "two",
    "cross_entropy": "share",
    "multiclass": "several",
    "multiclassova": "apart",
    "lambdarank": "ranking",
    "rank_xendcg": "ranking",
    **dict.fromkeys(
        (
            *("regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape"),
            *("gamma", "tweedie", "cross_entropy_lambda"),
        ),
        "number",
    ),
}


class LightGBMTeacher(BoostedTeacher):
    """Wrapper and Booster alike predict with the best round after early stopping."""

    def __init__(self, model: Any, **options: Any) -> None:
        lgb: Any = require("lightgbm", extra="boosting", feature="A teacher of lightgbm")
        self._booster = _booster(model, lgb)
        head = _head(self._booster)
        super().__init__(model, _told(model, self._booster, head), **options)
        words = head.get("objective", "").split()
        steep = [word.partition(":")[2] for word in words if word.startswith("sigmoid:")]
        self._steepness = float(steep[0]) if steep else 1.0  # of the logistic function

    def margins(self, rows: Any) -> Any:
        """Return the sums over the trees, times the steepness of the model's logistic function."""
        return self._steepness * np.asarray(self._ask_for("predict_proba")(rows, raw_score=True))

    def predicted(self, rows: Any) -> Any:
        """Return what the model predicts."""
        wrapped = "predict_proba" if self.task == "classification" else "predict"
        return self._ask_for(wrapped)(rows)

    def _ask_for(self, wrapped: str) -> Any:
        """Return the method of a wrapper; a Booster has but one."""
        return getattr(self.model, wrapped, self.model.predict)

    def state(self) -> Any:
        """Return the trees as they are saved; what else is in the file decides nothing."""
        trees = self._booster.model_to_string().partition("end of trees")[0]
        return ["lightgbm", trees, str(self._booster.pandas_categorical), self.kind]


def accepts(model: Any) -> int:
    """Take what lightgbm made; nothing is imported to find out."""
    return 40 if comes_from(model, "lightgbm") else 0


def build(model: Any, **options: Any) -> Teacher:
    """Wrap the model."""
    return LightGBMTeacher(model, **options)


def _booster(model: Any, lgb: Any) -> Any:
    """Return the trees of a fitted model."""
    remedy = (
        "Give an LGBMClassifier, an LGBMRegressor or a Booster (of a CVBooster: one of its "
        "boosters)."
    )
    booster = trees_of(model, lgb.Booster, "booster_", "lightgbm", remedy)
    if booster.num_trees() == 0:
        raise unfitted(model)
    return booster


def _head(booster: Any) -> dict[str, str]:
    """Return what a saved model says before its trees.

    Its description as JSON cannot be read where a leaf is not finite.
    """
    lines = booster.model_to_string(num_iteration=1).partition("\nTree=")[0].splitlines()
    return {name: value for name, found, value in (line.partition("=") for line in lines) if found}


def _told(model: Any, booster: Any, head: dict[str, str]) -> Told:
    given = getattr(model, "objective_", None)
    objective = head.get("objective", "").partition(" ")[0]
    meaning = _MEANING.get(objective, "custom")
    if callable(given):
        objective, meaning = getattr(given, "__name__", ""), "custom"
    return Told(
        objective=objective or "that it does not say",
        meaning=meaning,
        outputs=booster.num_model_per_iteration(),
        names=given_names(booster.feature_name(), "Column_"),
        n_features=booster.num_feature(),
        task=task_of(model),
        classes=getattr(model, "classes_", None),
        categories=_categories(booster, head),
    )


def _categories(booster: Any, head: dict[str, str]) -> frozenset[str] | None:
    """Return the columns whose categories the trees know by name; None where it cannot be told.

    lightgbm itself matches columns of categories by their place among each other alone.
    """
    known = booster.pandas_categorical or []
    ranges = zip(booster.feature_name(), head["feature_infos"].split(), strict=True)
    listed = frozenset(name for name, of in ranges if of[0] != "[" and of != "none")
    if not known:
        return frozenset()
    return listed if len(listed) == len(known) else None
