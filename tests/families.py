"""Rows, answers and students of every family that several tests share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill import students
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions, SoftTargets

TASKS = ("binary", "three classes", "regression")
N = 60
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "a": RNG.normal(size=N),
        "b": RNG.normal(size=N),
        "kind": RNG.choice(list("xyz"), N),
        "flag": RNG.random(N) < 0.5,
    }
)
SCORE = (FRAME["a"] + FRAME["b"] + (FRAME["kind"] == "x")).to_numpy()


def student(name: str, task: str, **settings: Any) -> Student:
    if name == "net":
        settings = {"epochs": 5, **settings}
    family = students.load(name, "regression" if task == "regression" else "classification")
    return family(**{"alpha": 0.0, "size": 3, **settings})


def targets(task: str, weights: Any = None, score: np.ndarray = SCORE) -> Any:
    if task == "regression":
        return Predictions(score, weights=weights)
    z = [0 * score, 2 * score, 1 - score][: 2 if task == "binary" else 3]
    names = ["no", "yes", "maybe"][: len(z)]
    return SoftTargets(np.column_stack(z), names, weights=weights)


def labels(task: str, n: int = N) -> Any:
    if task == "regression":
        return np.arange(n, dtype=float)
    return np.array(["no", "yes", "maybe"])[np.arange(n) % (2 if task == "binary" else 3)]
