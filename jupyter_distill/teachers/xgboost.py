"""A model of xgboost as teacher: an XGBClassifier, an XGBRegressor or a Booster."""

from __future__ import annotations

import json
import warnings
from typing import Any

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
from jupyter_distill.teachers._tabular import unfitted

_MEANING: dict[str, Meaning] = {
    "binary:logistic": "two",
    "binary:logitraw": "two",
    "binary:hinge": "hard",
    "multi:softprob": "several",
    "multi:softmax": "several",
    "reg:logistic": "share",
    "count:poisson": "number",
}
_FAMILIES: dict[str, Meaning] = {"reg": "number", "rank": "ranking", "survival": "survival"}
_PREDICTS = {"multi:softmax": "hard labels", "binary:logitraw": "margins"}
"""What a Booster predicts in place of probabilities."""


class XGBoostTeacher(BoostedTeacher):
    """A wrapper is asked as its owner asks it: with the best round after early stopping.

    A Booster predicts with all its rounds, early stopping or not; the slice ``booster[:
    booster.best_iteration + 1]`` has the best ones alone, but not the names of categories. It
    does not know whether it was trained with an objective of its owner's: such a Booster is
    taken for a regression unless ``output="logits"`` is said.
    """

    def __init__(self, model: Any, **options: Any) -> None:
        self._xgb: Any = require("xgboost", extra="boosting", feature="A teacher of xgboost")
        self._booster = _booster(model, self._xgb)
        super().__init__(model, _told(model, self._booster), **options)

    def prepare(self, rows: Any) -> Any:
        """Return a DMatrix for a Booster, and for a wrapper what it takes."""
        rows = super().prepare(rows)
        if self.model is not self._booster:
            return rows
        if hasattr(rows, "dtypes"):  # a frame has names and types of its own
            return self._xgb.DMatrix(rows, enable_categorical=True)
        known = self._booster
        names, types = known.feature_names, known.feature_types
        return self._xgb.DMatrix(
            rows, feature_names=names, feature_types=types, enable_categorical=True
        )

    def _check_types(self, rows: Any) -> None:
        """Say so where categories can only be matched by their place."""
        super()._check_types(rows)
        if self._categories is None and "category" in map(str, getattr(rows, "dtypes", ())):
            warnings.warn(
                f"{self.name} does not hold the names of its categories, like every slice of a "
                "Booster and every model of xgboost before 3.1: they are matched by their place. "
                "See to it that the columns have the categories of training, in that order.",
                UserWarning,
                stacklevel=2,
            )

    def margins(self, rows: Any) -> Any:
        """Return the sums over the trees."""
        return self.model.predict(rows, output_margin=True)

    def predicted(self, rows: Any) -> Any:
        """Return what the model predicts."""
        chances = self.task == "classification" and self.model is not self._booster
        return self.model.predict_proba(rows) if chances else self.model.predict(rows)

    def state(self) -> Any:
        """Return the trees as they are saved, and how the wrapper asks them."""
        booster = self._booster.copy()
        booster.set_attr(scikit_learn=None)  # a wrapper's remark in its file
        asks = [getattr(self.model, name, None) for name in ("missing", "best_iteration")]
        return ["xgboost", bytes(booster.save_raw("ubj")), str(asks), self.kind]


def accepts(model: Any) -> int:
    """Take what xgboost made; nothing is imported to find out."""
    return 40 if comes_from(model, "xgboost") else 0


def build(model: Any, **options: Any) -> Teacher:
    """Wrap the model."""
    return XGBoostTeacher(model, **options)


def _booster(model: Any, xgb: Any) -> Any:
    """Return the trees of a fitted model."""
    remedy = "Give an XGBClassifier, an XGBRegressor or a Booster."
    booster = trees_of(model, xgb.Booster, "get_booster", "xgboost", remedy)
    try:
        rounds = booster.num_boosted_rounds()
    except xgb.core.XGBoostError as error:  # it does not even know its features
        raise unfitted(model) from error
    if rounds == 0:
        raise unfitted(model)
    return booster


def _told(model: Any, booster: Any) -> Told:
    learner = json.loads(booster.save_config())["learner"]
    objective, sizes = learner["objective"]["name"], learner["learner_model_param"]
    targets, classes = int(sizes.get("num_target", 1)), int(sizes["num_class"])
    if callable(getattr(model, "objective", None)):
        objective = getattr(model.objective, "__name__", "that it does not say")
        meaning: Meaning = "custom"
    else:
        family = _FAMILIES.get(objective.partition(":")[0], "custom")
        meaning = _MEANING.get(objective, family)
    if targets > 1 and meaning == "two":
        meaning = "labels"
    names = booster.feature_names
    return Told(
        objective=objective,
        meaning=meaning,
        outputs=max(classes, targets),
        names=None if names is None else tuple(names),
        n_features=booster.num_features(),
        task=task_of(model),
        classes=None if meaning == "labels" else getattr(model, "classes_", None),
        categories=_categories(booster),
        predicts=_PREDICTS.get(objective, "probabilities") if model is booster else "probabilities",
    )


def _categories(booster: Any) -> frozenset[str] | None:
    """Return the columns whose categories the trees know by name; None where by code alone."""
    kinds = booster.feature_types or []
    if "c" not in kinds:
        return frozenset()
    saved = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]
    known = saved.get("gbtree", saved)["model"].get("cats", {}).get("enc", [])
    if booster.feature_names is None or not known:
        return None
    return frozenset(n for n, kind in zip(booster.feature_names, kinds, strict=True) if kind == "c")
