"""Distillations that the tests of audits share: of a region that no small tree can copy."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.distillation import Distillation
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.targets import Predictions, SoftTargets

from .distilling import run


def applicants(n: int = 2_000, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "income": rng.normal(50, 20, n).round(1),
            "age": rng.integers(18, 90, n),
            "purpose": rng.choice(["car", "house", "travel", "a, b"], n),
            "employed": rng.random(n) < 0.7,
        },
        index=[f"r{i}" for i in range(n)],
    )
    frame.loc[rng.random(n) < 0.1, "income"] = np.nan
    return frame


def odd(frame: pd.DataFrame) -> np.ndarray:
    """The planted region."""
    return ((frame["purpose"] == "car") & (frame["age"] > 60)).to_numpy()


def score(frame: pd.DataFrame) -> np.ndarray:
    """Simple, but for the region, where it goes up and down too often to be copied."""
    income = frame["income"].fillna(40).to_numpy()
    simple = (income - 50) / 8 + 2 * frame["employed"].to_numpy() - 1
    return np.where(odd(frame), 4 * np.sin(1.7 * income), simple)


def yes_or_no(frame: pd.DataFrame) -> np.ndarray:
    z = score(frame)
    return np.column_stack([-z, z]) / 2


def labels(frame: pd.DataFrame, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(len(frame)) < 1 / (1 + np.exp(-score(frame))), "yes", "no")


def plain(student: Any, **options: Any) -> dict[str, Any]:
    return {"student": student, "augment": None, **options}


@cache
def planted(size: int = 6, truth: bool = True) -> Distillation:
    frame = applicants()
    y = labels(frame) if truth else None
    student = TreeStudent(quality="greedy")
    return run(
        yes_or_no, frame, y, classes=["no", "yes"], size=size, temperature=1.0, **plain(student)
    )


@cache
def planted_numbers(size: int = 6, truth: bool = True) -> Distillation:
    frame = applicants()
    y = score(frame) + np.random.default_rng(2).normal(0, 0.5, len(frame)) if truth else None
    student = TreeRegressionStudent(quality="greedy")
    return run(score, frame, y, task="regression", size=size, **plain(student))


def copied(d: Distillation) -> Distillation:
    """The same with a teacher that is the student itself."""
    said = d.student.output(d.table)
    if d.task == "regression":
        return replace(d, targets=Predictions(said, d.targets.truth))
    return replace(d, targets=SoftTargets(said, d.targets.classes, d.targets.labels))


def at_random(d: Distillation, seed: int, share: float = 0.15) -> Distillation:
    """The same with a teacher that parts from the student in rows that are drawn."""
    said = d.student.output(d.table)
    rng = np.random.default_rng(seed)
    if d.task == "regression":
        return replace(d, targets=Predictions(said + rng.normal(0, 1, len(said)), d.targets.truth))
    flipped = rng.random(len(said)) < share
    logits = np.where(flipped[:, None], said[:, ::-1], said)
    return replace(d, targets=SoftTargets(logits, d.targets.classes, d.targets.labels))
