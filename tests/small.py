"""Small distillations that several tests share; hostile names where a test asks for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import SoftTargets

EVIL = "</script><img src=x onerror=alert(1)>"


def people(n: int = 600, *, name: str = "income", answer: str = "no") -> tuple[pd.DataFrame, Any]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            name: rng.normal(50, 20, n).round(1),
            "purpose": rng.choice(["car", "a very long purpose", "house", "<b>holiday</b>"], n),
            "employed": rng.random(n) < 0.8,
            "age": rng.integers(18, 90, n),
        }
    )
    frame.loc[rng.random(n) < 0.1, name] = np.nan
    score = frame[name].fillna(30) / 10 - 5 + frame["employed"] - (frame["purpose"] == "car")
    return frame, np.where(score + rng.normal(0, 0.5, n) > 0, "yes", answer)


def numbers(frame: pd.DataFrame) -> Any:
    return pd.get_dummies(frame, columns=["purpose"]).fillna(0).to_numpy(dtype=float)


def distilled(frame: pd.DataFrame, y: Any, **options: Any) -> Distillation:
    """Distil into trees that are grown quickly, unless others are asked for."""
    teacher = LogisticRegression(max_iter=2_000).fit(numbers(frame), y)
    options = {"student": TreeStudent(quality="greedy"), "progress": False, **options}
    return jd.distill(teacher, frame, y, teacher_inputs=numbers(frame), **options)


def grown(size: int) -> TreeExplanation:
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(6_000, 4)), columns=list("abcd"))
    X["kind"] = rng.choice([f"a rather long category {k}" for k in range(12)], len(X))
    z = np.column_stack([np.sin(3 * X["a"]) + X["b"], X["c"] * X["d"], 0 * X["a"]])
    targets = SoftTargets(3 * z, np.array(["red", "green", "blue"]))
    return TreeStudent(size=size, alpha=0.0, min_rows=1).fit_soft(X, targets).explain()
