"""Rows, students and expectations of the tests of exports as code; names are hostile."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill import students
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions, SoftTargets

EVIL = 'O\'Neil "x"; DROP TABLE--'
INCOME = 'in come\n"x"'
LEVELS = [EVIL, "", "line\nend", "Zürich ☃", "'''", "plain"]
CLASSES: dict[str, list[Any]] = {
    "text": [EVIL, "yes\n"],
    "booleans": [False, True],
    "whole numbers": [3, -1, 7, 0],
}
TASKS = [*CLASSES, "regression"]
FORMATS = ["json", "markdown", "onnx", "python", "sql", "text"]


def rows(n: int, seed: int = 0) -> pd.DataFrame:
    """Rows of every kind of column, with gaps in most."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=n),
            INCOME: rng.normal(50, 20, n).round(1),
            "kind": rng.choice(LEVELS, n).astype(object),
            "flag": rng.random(n) < 0.4,
            "age": rng.integers(18, 90, n),
            "grade": pd.Categorical(rng.choice([1, 2, 30], n), categories=[30, 1, 2]),
        }
    )
    frame["flag"] = frame["flag"].astype(object)
    for name in ("a", INCOME, "kind", "flag", "grade"):
        frame.loc[rng.random(n) < 0.12, name] = None
    return frame


def held_out() -> pd.DataFrame:
    """Rows that no student saw, some of them with a category that none knows."""
    frame = rows(60, seed=1)
    frame.loc[[3, 7], "kind"] = "never"
    return frame


def targets(task: str, frame: pd.DataFrame) -> Any:
    a, income = frame["a"].fillna(1.0).astype(float), frame[INCOME].fillna(30.0).astype(float)
    one = 2 * np.sin(2 * a) + (income - 50) / 20 + 2 * (frame["kind"] == EVIL)
    two = (frame["age"] - 50) / 20 - 2 * (frame["kind"] == "") + (frame["flag"] == True)  # noqa: E712
    three = 1.0 * frame["a"].isna() + (frame["grade"] == 30) - 1.0 * (frame["kind"] == "Zürich ☃")
    if task == "regression":
        return Predictions(np.asarray(1_000 * (one + two) + three, dtype=float))
    z = np.column_stack([0 * one, one + three, two, one - two]).astype(float)
    names = CLASSES[task]
    return SoftTargets(z[:, : len(names)], names)


@cache
def student(family: str, task: str, size: int = 5) -> Student:
    """A fitted student; small, and fitted briefly where there is a way."""
    kind = students.load(family, "regression" if task == "regression" else "classification")
    options: dict[str, Any] = {"alpha": 0.0, "size": size}
    if family in ("tree", "rules"):
        options["quality"] = "greedy"
    if family == "net":
        options |= {"epochs": 15, "quality": "greedy", "size": 2}
    if family == "ebm":
        options |= {"interactions": 2, "quality": "greedy"}
    frame = rows(160)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how dense it is does not matter here
        return kind(**options).fit_soft(frame, targets(task, frame))


def same(made: Any, wanted: Any, scale: float = 1.0) -> None:
    """Assert that numbers are equal but for the rounding of sums."""
    np.testing.assert_allclose(np.asarray(made, float), wanted, rtol=0, atol=1e-9 * scale)
