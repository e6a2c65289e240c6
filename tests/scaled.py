"""Rows in partitions, and teachers that workers can be sent, for the tests of scale."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.distillation import Distillation

from .distilling import run

N = 2_500
CLASSES = ["low", "mid", "top"]


def rows(n: int = N, seed: int = 0) -> pd.DataFrame:
    """Numbers, gaps and categories with a truth of three classes and one of numbers."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    X.loc[rng.random(n) < 0.05, "c"] = np.nan
    X["kind"] = rng.choice(["x", "y", "z"], n)
    score = X.a + np.sin(2 * X.b) + (X.kind == "x") + 0.3 * rng.normal(size=n)
    X["number"] = score
    X["truth"] = np.select([score < -0.5, score < 1], ["low", "mid"], "top")
    return X


def logits(X: pd.DataFrame) -> np.ndarray:
    score = X["a"] + np.sin(2 * X["b"]) + (X["kind"] == "x")
    score = score.to_numpy(float)
    return np.column_stack([-2 * score - 0.5, np.full(len(X), 0.5), 2 * score - 1])


def number(X: pd.DataFrame) -> np.ndarray:
    return (X["a"] + np.sin(2 * X["b"]) + (X["kind"] == "x")).to_numpy(float)


class Counted:
    """A teacher that writes down each time that it is brought to a process."""

    classes_ = np.array(CLASSES)

    def __init__(self, diary: Path) -> None:
        self.diary = diary

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        with self.diary.open("a") as diary:
            diary.write(f"{os.getpid()}\n")

    def decision_function(self, X: pd.DataFrame) -> np.ndarray:
        return logits(X)

    def fit(self, X: Any, y: Any) -> Counted:
        raise AssertionError("a teacher is never fitted")

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return self.classes_[logits(X).argmax(1)]


class Diarist:
    """A teacher that writes down how many rows it was asked about."""

    def __init__(self, diary: Path) -> None:
        self.diary = diary

    def __call__(self, X: pd.DataFrame) -> np.ndarray:
        with self.diary.open("a") as diary:
            diary.write(f"{len(X)}\n")
        return logits(X)


class FailsAtThird(Diarist):
    """A teacher that takes its time, and fails at its third partition."""

    def __call__(self, X: pd.DataFrame) -> np.ndarray:
        said = super().__call__(X)
        time.sleep(0.1)
        if len(self.diary.read_text().split()) > 20:
            raise RuntimeError("no more")
        return said


def parquet(folder: Path, frame: pd.DataFrame, files: int = 5, group: int | None = None) -> Path:
    """Write rows as several files."""
    folder.mkdir(parents=True, exist_ok=True)
    for i, part in enumerate(np.array_split(np.arange(len(frame)), files)):
        frame.iloc[part].to_parquet(folder / f"{i}.parquet", row_group_size=group)
    return folder


def in_five(folder: Path) -> Any:
    """Read files with Dask, a partition each: small ones it would put together."""
    import dask.dataframe as dd

    return dd.concat([dd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))])


def small(model: Any, X: Any, y: Any = None, **options: Any) -> Distillation:
    """Distil one small linear student, which is quick, without what only takes time."""
    settings = {"student": "linear", "size": 3, "temperature": 1.0, "augment": None, **options}
    if settings.get("task") == "regression":
        del settings["temperature"]
    elif callable(model):
        settings.setdefault("classes", CLASSES)
    return run(model, X, y, **settings)
