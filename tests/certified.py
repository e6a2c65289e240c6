"""Rows, teachers and distillations of every family that tests of certificates share."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import jupyter_distill as jd
from jupyter_distill import students
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation

from .distilling import run

QUOTED = 'a "very", <b>bold</b> or long one'
FAMILIES = ("tree", "rules", "linear", "ebm", "net")
TASKS = ("binary", "three classes", "regression")
PURPOSES = ["car", QUOTED, "house"]


def rows(n: int = 200, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "income": rng.normal(50, 20, n).round(1),
            "purpose": rng.choice(PURPOSES, n),
            "employed": rng.random(n) < 0.7,
            "age": rng.integers(18, 90, n),
            "z": rng.normal(size=n),
        },
        index=np.arange(n) + 1000,
    )
    frame.loc[rng.random(n) < 0.1, "income"] = np.nan
    return frame


def score(frame: pd.DataFrame) -> np.ndarray:
    """What the teachers go by: a function of any row."""
    income = frame["income"].astype(float).fillna(35.0)
    worth = income / 10 - 5 + 1.5 * frame["employed"].astype(bool)
    worth = worth - 1.5 * (frame["purpose"] == "car") + frame["age"].astype(float) / 50
    return np.asarray(worth + np.sin(2 * frame["z"].astype(float)), dtype=float)


def binary(frame: pd.DataFrame) -> np.ndarray:
    s = score(frame)
    return np.column_stack([-s, s])


def several(frame: pd.DataFrame) -> np.ndarray:
    s = score(frame)
    return np.column_stack([-2 * s, 2 - np.abs(s), 2 * s])


NAMES = {"binary": ["denied", "granted"], "three classes": ["denied", "later", "granted"]}
SIZES = {"tree": 8, "rules": 6, "linear": 4, "ebm": 5, "net": 3}


@cache
def distilled(family: str, task: str) -> Distillation:
    frame = rows()
    kind = students.load(family, "regression" if task == "regression" else "classification")
    brief = {"quality": "greedy", "epochs": 20}
    student = kind(**{name: v for name, v in brief.items() if name in kind().get_params()})
    options: dict[str, Any] = {"student": student, "size": SIZES[family], "augment": None}
    if task == "regression":
        return run(score, frame, task="regression", **options)
    teacher = jd.as_teacher(binary if task == "binary" else several, classes=NAMES[task])
    y = np.array(NAMES[task])[teacher.logits(frame).argmax(1)]
    return run(teacher, frame, y, temperature=1.0, **options)


def target(task: str, d: Distillation, position: int) -> Any:
    """A goal that the row does not meet yet."""
    if task != "regression":
        return None
    said = float(d.student.predict(d.table.take(np.array([position])))[0])
    middle = float(np.median(d.targets.values))
    return (middle, None) if said < middle else (None, middle - 0.01)


def row_of(values: dict[str, Any]) -> Table:
    return Table.of(pd.DataFrame([values]))
