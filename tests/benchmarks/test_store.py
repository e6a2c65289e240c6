"""What a store costs over the bare loop of forward passes, and what a kill costs."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from jupyter_distill.targets._row_print import row_prints
from jupyter_distill.targets.store import Store
from jupyter_distill.teachers import Query, as_teacher
from tests.benchmarks.conftest import Record
from tests.storing import ROWS, N, questions, silent, start, wait_for

TIMES, TURNS = 2, 40
COLUMNS = 20


class Stopwatch:
    """The seconds that were spent inside of it, and those of the processor alone."""

    def __init__(self) -> None:
        self.seconds = np.zeros(2)

    def __enter__(self) -> None:
        self.seconds -= time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter(), time.process_time()


def network(n: int, units: int) -> tuple[Any, np.ndarray, Callable[[Any], Any]]:
    torch.manual_seed(0)
    layers = [torch.nn.Linear(COLUMNS, units), torch.nn.ReLU(), torch.nn.Linear(units, units)]
    model = torch.nn.Sequential(*layers, torch.nn.ReLU(), torch.nn.Linear(units, 5)).eval()
    X = np.random.default_rng(0).normal(size=(n, COLUMNS)).astype(np.float32)

    def forward(rows: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return model(torch.from_numpy(rows)).double().numpy()

    return model, X, forward


def forest(kind: Any, n: int, **settings: Any) -> tuple[Any, np.ndarray, Callable[[Any], Any]]:
    X, y = make_classification(n, COLUMNS, n_informative=10, n_classes=3, random_state=0)
    model = kind(random_state=0, **settings).fit(X[:5_000], y[:5_000])
    return model, X, model.predict_proba


CASES: dict[str, Any] = {
    "network, 280,000 weights": (lambda: network(1_000_000, 512), 1024),
    "network, 4.2 million weights": (lambda: network(80_000, 2048), 1024),
    "boosted forest, 300 trees": (
        lambda: forest(HistGradientBoostingClassifier, 600_000, max_iter=100),
        8192,
    ),
    "random forest, 200 trees": (
        lambda: forest(RandomForestClassifier, 500_000, n_estimators=200),
        8192,
    ),
}


@pytest.mark.parametrize("batch_size", ["auto", "as the loop"])
@pytest.mark.parametrize("case", CASES)
def test_store_against_the_bare_loop(
    case: str, batch_size: str, tmp_path: Path, record: Record
) -> None:
    make, size = CASES[case]
    model, X, forward = make()
    teacher = as_teacher(model)

    def stored(path: Path) -> Query:
        given = None if batch_size == "auto" else size
        return Store(path).query(teacher, X, batch_size=given)

    def loop(start: int, stop: int) -> None:
        np.concatenate([forward(X[a : min(a + size, stop)]) for a in range(start, stop, size)])

    loop(0, len(X) // 10)
    Store(tmp_path / "warm").query(teacher, X[: len(X) // 10]).finish()
    bare, kept, again, prints = (Stopwatch() for _ in range(4))
    for turn in range(TIMES):
        with kept:
            query = stored(tmp_path / str(turn))
            answers = iter(query)
        done = 0
        while not query.complete:  # in small turns: what else the machine does meets both alike
            with kept:
                while query.n_done < min(done + len(X) // TURNS, len(X)):
                    next(answers)
            with bare:
                loop(done, query.n_done)
            done = query.n_done
        with kept:
            list(answers)  # which writes the file
        with again:
            stored(tmp_path / str(turn)).finish()
        with prints:
            teacher.fingerprint, row_prints(X)
    over = kept.seconds / bare.seconds - 1
    each = [clock.seconds[0] / TIMES for clock in (bare, prints, again)]
    size_of = sum(file.stat().st_size for file in (tmp_path / "0").glob("*/*"))
    record(
        f"store, {case}, {len(X):,} x {COLUMNS}, batches {batch_size}",
        f"{over[0]:+.1%} over the bare loop ({each[0]:.2f} s), {over[1]:+.1%} of the processor's "
        f"time; fingerprints {each[1]:.3f} s; read back in {each[2]:.2f} s; "
        f"{size_of / len(X):.0f} bytes a row",
    )
    np.testing.assert_array_equal(stored(tmp_path / "0").finish().rows, np.arange(len(X)))


@pytest.mark.parametrize(("seconds", "name"), [(0.3, "300 ms"), (0.02, "20 ms")])
def test_rows_asked_again_after_kills(
    seconds: float, name: str, tmp_path: Path, record: Record
) -> None:
    """Kill a process at 20 moments, in the middle of asking, and let the next one go on."""
    rng = np.random.default_rng(0)
    note, store = tmp_path / "asked", tmp_path / "store"
    again, running = [], 0
    for _ in range(20):
        known = set(Store(store).query(as_teacher(silent, name="slow", version="1"), ROWS).rows)
        if len(known) == N:  # all is answered: from the start
            running += 1
            note, store = tmp_path / f"asked {running}", tmp_path / f"store {running}"
        before = len(questions(note))
        process = start(store, note, seconds)
        wait_for(process, note, before + 1)
        time.sleep(rng.uniform(0, 4 * seconds))
        process.send_signal(signal.SIGKILL)
        process.wait()
        asked = questions(note)[before:]
        kept = set(Store(store).query(as_teacher(silent, name="slow", version="1"), ROWS).rows)
        again.append(sum(not set(question) <= kept for question in asked))
    record(
        f"20 kills, batches of {name}",
        f"batches asked again per kill: {np.mean(again):.2f} on average, {max(again)} at most "
        "(1 is the one in flight)",
    )
