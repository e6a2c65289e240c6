"""Small distillations whose stability several tests measure."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import jupyter_distill as jd
from jupyter_distill.audits.stability import Stability
from jupyter_distill.distillation import Distillation

FAMILIES = ("tree", "rules", "linear", "ebm", "net")


def rows(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(n, 4)), columns=["first", "second", "third", "fourth"])
    return frame.assign(kind=rng.choice(["red", "green", "blue"], n))


def score(frame: pd.DataFrame) -> np.ndarray:
    return 4 * frame["first"].to_numpy() + (frame["kind"] == "red").to_numpy()


def classes(frame: pd.DataFrame) -> np.ndarray:
    z = score(frame)
    return np.column_stack([-z, z])


def many(frame: pd.DataFrame) -> np.ndarray:
    z = score(frame)
    return np.column_stack([z, 0 * z + 1, -z])


TEACHERS: dict[str, Any] = {
    "classification": (classes, {"classes": ["no", "yes"], "temperature": 1.0}),
    "three classes": (many, {"classes": ["no", "yes", "maybe"], "temperature": 1.0}),
    "regression": (score, {"task": "regression"}),
}


@cache
def run(student: str = "tree", task: str = "classification", size: int = 3) -> Distillation:
    teacher, options = TEACHERS[task]
    quick: dict[str, Any] = {"net": {"epochs": 5}}.get(student, {})
    if student in ("tree", "rules", "ebm"):
        quick = {"quality": "greedy"}
    options = {**options, **quick}
    return jd.distill(teacher, rows(), student=student, size=size, progress=False, **options)


def measured(d: Distillation, resamples: int = 5, **options: Any) -> Stability:
    found: Stability = d.stability(resamples, progress=False, **options)
    return found
