"""Rows that do not fit into memory: what they cost the client, and what a second worker gives.

Each case is a process of its own, so that its memory is its own: a Dask data frame that is made
on the workers, a boosted forest that is asked there, a tree, and fidelity on all rows.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.conftest import Record

COLUMNS = 12
ROWS = 250_000  # of a partition
MILLION = 1_000_000


def made(place: int) -> pd.DataFrame:
    """Return a partition: numbers, and a truth that depends on four of them."""
    rng = np.random.default_rng(place)
    X = rng.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    score = X[:, 0] + np.sin(2 * X[:, 1]) + X[:, 2] * X[:, 3] + 0.5 * rng.normal(size=ROWS)
    names = [f"x{j}" for j in range(COLUMNS)]
    return pd.DataFrame(X, columns=names).assign(truth=(score > 0).astype(int))


def one(n: int, workers: int) -> None:
    """Distil n rows on so many workers, and print what it cost."""
    import dask.dataframe as dd
    from distributed import Client, LocalCluster
    from sklearn.ensemble import HistGradientBoostingClassifier

    import jupyter_distill as jd

    warnings.simplefilter("ignore")
    few = made(-1 % 2**32)[:20_000]
    model = HistGradientBoostingClassifier(max_iter=30, random_state=0)
    model.fit(few.drop(columns="truth"), few["truth"])
    frame = dd.from_map(made, range(n // ROWS), meta=few[:0])
    options = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster):
        jd.distill(model, frame.partitions[:1], "truth", size=8, progress=False)  # all is loaded
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        d = jd.distill(model, frame, "truth", size=8, progress=False)
        took = time.perf_counter() - began
    card = d.fidelity("all")
    assert card.rows == n and d.sample is not None
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "seconds": took,
                "MB": after / 1024,
                "MB more than for a quarter of a million": (after - before) / 1024,
                "sample": d.sample.rows,
                "fidelity": card.value,
            }
        )
    )


def measured(n: int, workers: int) -> dict[str, Any]:
    call = f"from tests.benchmarks.test_scale import one; one({n}, {workers})"
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("millions", [1, 4, 16])
def test_memory_of_the_client_stays_as_rows_grow(millions: int, record: Record) -> None:
    found = measured(millions * MILLION, 2)
    said = ", ".join(f"{name} {value:,.4g}" for name, value in found.items())
    record(f"{millions} million rows, 2 workers", said)


def test_a_second_worker(record: Record) -> None:
    one_worker, two = (measured(4 * MILLION, workers)["seconds"] for workers in (1, 2))
    record("4 million rows, 1 worker against 2", f"{one_worker / two:.2f} times the seconds")
