"""What calibrating temperature and alpha adds to T = 1 and alpha = 0.1, by family and rows.

Students of fixed size, scored on rows that neither teacher nor student saw: paired differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.cases import case
from tests.benchmarks.conftest import NoteTable
from tests.benchmarks.test_techniques import CASES, ROWS, SIZES, distilled, scores

SETTINGS: dict[str, Any] = {
    "T auto": {"temperature": "auto"},
    "T logit-standardised": {"temperature": "logit-standardised"},
    "alpha auto": {"alpha": "auto"},
}
SETS = [(data, teacher) for task, data, teacher in CASES if task == "classification"]


@pytest.fixture(scope="module")
def rows(note_table: NoteTable) -> Iterator[list[dict[str, Any]]]:
    """Collect figures; the table is made when all are there."""
    rows: list[dict[str, Any]] = []
    yield rows
    by = pd.DataFrame(rows).groupby(["setting", "family", "rows"], sort=False)
    table = by.agg(
        sets=("fidelity", "size"),
        moved=("moved", "sum"),
        fidelity=("fidelity", "mean"),
        won=("fidelity", lambda g: int((g > 0).sum())),
        lost=("fidelity", lambda g: int((g < 0).sum())),
        worst=("fidelity", "min"),
        kl=("kl", "mean"),
        accuracy=("accuracy", "mean"),
        cpu=("cpu", "mean"),
    )
    note_table("points of fidelity, KL and points of accuracy gained", table.round(3).to_string())


@pytest.mark.parametrize("family", list(SIZES))
@pytest.mark.parametrize(("data", "teacher"), SETS)
def test_a_case(data: str, teacher: str, family: str, rows: list[dict[str, Any]]) -> None:
    of = case("classification", data, teacher)
    order = np.random.default_rng(0).permutation(len(of.X))
    for n in ROWS:
        some = order[:n]
        if n > len(of.X) or len(np.unique(of.y[some])) < of.said.n_classes:
            continue
        plain: dict[str, Any] = {"student": family, "size": SIZES[family], "progress": False}
        plain |= {"temperature": 1.0, "alpha": 0.1}

        def measured(options: dict[str, Any], some: Any = some) -> tuple[Any, ...]:
            d, cost = distilled(of.teacher, of.X[some], {"y": of.y[some], **options})
            right = 100 * float((d.student.predict(of.X_new) == of.y_new).mean())
            return d, *scores(of, d.student), right, cost

        _, fidelity, kl, right, cost = measured(plain)
        for setting, told in SETTINGS.items():
            d, its_fidelity, its_kl, its_right, took = measured({**plain, **told})
            moved = d.alpha != 0.1 if setting.startswith("alpha") else d.temperature != 1.0
            rows.append(
                {
                    "setting": setting,
                    "family": family,
                    "rows": n,
                    "data": data,
                    "moved": moved,
                    "fidelity": its_fidelity - fidelity,
                    "kl": kl - its_kl,
                    "accuracy": its_right - right,
                    "cpu": took / cost,
                }
            )
