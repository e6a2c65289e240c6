"""One teacher and its students, on which every view has something to show and to ask."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeStudent


@cache
def taught() -> tuple[Any, pd.DataFrame, Any]:
    """Return a teacher of three classes, its rows and labels; of old people a tree says little."""
    rng = np.random.default_rng(0)
    n = 1_200
    X = pd.DataFrame(
        {
            "income": rng.normal(50, 20, n).round(1),
            "purpose": rng.choice(["car", "house", "holiday"], n),
            "age": rng.integers(18, 90, n),
        }
    )
    wavy = np.where(X["age"] > 60, 12 * np.sin(X["income"] / 4), 0)
    score = X["income"] + wavy - 15 * (X["purpose"] == "car") + rng.normal(0, 2, n)
    y = np.select([score < 35, score < 55], ["low", "middle"], "high")
    encoded = make_column_transformer((OneHotEncoder(), ["purpose"]), remainder="passthrough")
    forest = RandomForestClassifier(20, min_samples_leaf=2, random_state=0)
    return make_pipeline(encoded, forest).fit(X, y), X, y


@cache
def student(family: str) -> Distillation:
    """Return a small student of it, grown quickly."""
    teacher, X, y = taught()
    grown: Any = TreeStudent(quality="greedy") if family == "tree" else family
    options: dict[str, Any] = {"temperature": 1.0, "augment": None, "progress": False}
    return jd.distill(teacher, X, y, student=grown, size=6, random_state=0, **options)
