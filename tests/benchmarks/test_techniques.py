"""What unlabelled rows, made rows and assistants add, by family and number of rows.

A student of fixed size, distilled from few rows with and without each technique, on rows that
neither teacher nor student saw: paired differences, where it was kept, where it wins and loses.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill.targets import KL, SquaredLoss
from tests.benchmarks.cases import CLASSES, NUMBERS, Case, case
from tests.benchmarks.conftest import NoteTable

ROWS = (200, 600, 2_000)
MORE = 2_000  # unlabelled rows, at most
SIZES = {"tree": 16, "rules": 10, "linear": 8, "ebm": 8, "net": 4}
TECHNIQUES: dict[str, Any] = {
    "local swap": {"augment": "local_swap"},
    "munge": {"augment": "munge"},
    "copula": {"augment": "copula"},
    "auto": {"augment": ["local_swap", "copula", "munge"]},
    "unlabelled": {},
    "assistant ebm": {"assistant": "ebm"},
    "assistant net": {"assistant": "net"},
}
TEACHERS = ("boosting", "net")
CASES = [
    (task, data, TEACHERS[i % 2])
    for task, sets in (("classification", CLASSES), ("regression", NUMBERS))
    for i, data in enumerate(sets)
    if data != "wine"  # has fewer rows than the least that is asked for
]


def scores(of: Case, student: Any) -> tuple[float, float]:
    """Return fidelity, or R2, in percent and the distance to the teacher on new rows."""
    said = student.output(of.X_new)
    if of.task == "regression":
        off = SquaredLoss(0.0)(said, of.new) / float(np.var(of.new.values))
        return 100 * (1 - off), off
    return 100 * float((said.argmax(1) == of.new.predicted).mean()), KL(said, of.new)


def distilled(teacher: Any, X: Any, options: dict[str, Any]) -> tuple[Any, float]:
    """Distil, and return CPU seconds too."""
    began = time.process_time()
    d = jd.distill(teacher, X, **{"augment": None, **options})
    return d, time.process_time() - began


@pytest.fixture(scope="module")
def rows(note_table: NoteTable) -> Iterator[list[dict[str, Any]]]:
    """Collect figures; the tables are made when all are there."""
    rows: list[dict[str, Any]] = []
    yield rows
    frame = pd.DataFrame(rows)
    for task, of in frame.groupby("task"):
        by = of.groupby(["technique", "family", "rows"], sort=False)
        table = by.agg(
            sets=("gain", "size"),
            kept=("kept", "sum"),
            gain=("gain", "mean"),
            won=("gain", lambda g: int((g > 0).sum())),
            lost=("gain", lambda g: int((g < 0).sum())),
            worst=("gain", "min"),
            loss=("loss", "mean"),
            cpu=("cpu", "mean"),
        )
        what = "points of fidelity" if task == "classification" else "points of R2"
        note_table(f"{task}: {what} and loss gained, CPU as a ratio", table.round(3).to_string())


@pytest.mark.parametrize("family", list(SIZES))
@pytest.mark.parametrize(("task", "data", "teacher"), CASES)
def test_a_case(
    task: str, data: str, teacher: str, family: str, rows: list[dict[str, Any]]
) -> None:
    of = case(task, data, teacher)
    order = np.random.default_rng(0).permutation(len(of.X))
    for n in ROWS:
        if n > len(of.X) - 50:
            continue
        few, more = order[:n], order[n : n + MORE]
        options: dict[str, Any] = {"student": family, "size": SIZES[family], "progress": False}
        if task == "classification":
            options["temperature"] = 1.0

        try:
            alone, cost = distilled(of.teacher, of.X[few], options)
        except ValueError as error:  # a class of which these few rows hold none
            assert "class" in str(error)
            continue
        fidelity, loss = scores(of, alone.student)
        for name, technique in TECHNIQUES.items():
            beside = {"unlabelled": of.X[more]} if name == "unlabelled" else technique
            d, took = distilled(of.teacher, of.X[few], {**options, **beside})
            with_it, its_loss = scores(of, d.student)
            rows.append(
                {
                    "task": task,
                    "technique": name,
                    "family": family,
                    "rows": n,
                    "data": data,
                    "kept": bool(d.techniques["kept"].any()),
                    "gain": with_it - fidelity,
                    "loss": loss - its_loss,
                    "cpu": took / cost,
                }
            )
