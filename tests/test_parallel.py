"""distill() on several workers: the same to the bit, little to send, and what interrupts leave."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from jupyter_distill import students
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation, InterruptedWarning, _work
from jupyter_distill.distillation._parts import Part
from jupyter_distill.distillation._work import Work, _one_thread
from jupyter_distill.students import _linear
from jupyter_distill.students._ebm_rows import EbmRows
from jupyter_distill.targets import SoftTargets

from . import distilling
from .clusters import cluster
from .distilling import run, smooth

FAMILIES = students.names()
N = 150


def frame(n: int = N) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    X.loc[rng.random(n) < 0.05, "c"] = np.nan
    return X.assign(kind=rng.choice(["x", "y", "z"], n))


def logits(X: pd.DataFrame) -> np.ndarray:
    return smooth(X.to_numpy()[:, :2].astype(float))


def number(X: pd.DataFrame) -> np.ndarray:
    return logits(X)[:, 1]


def one(family: str, task: str, **options: Any) -> Distillation:
    X = frame()
    if family == "net":
        options |= {"epochs": 2, "size": 2}
    if family == "rules" or (family, task) == ("tree", "regression"):
        options = {"quality": "greedy", **options}  # a tree of classes is searched for
    if task == "regression":
        truth = number(X) + np.random.default_rng(0).normal(size=len(X))
        return run(number, X, truth, task=task, student=family, **options)
    truth = (number(X) > 0.3).astype(int)
    return run(logits, X, truth, student=family, **{"temperature": (0.5, 1.0, 2.0), **options})


def same(one: Distillation, other: Distillation) -> None:
    """Assert that two runs came to the same, to the bit."""
    if one.task == "classification":
        distilling.same(one, other)
    np.testing.assert_array_equal(one.student.output(one.table), other.student.output(other.table))
    pd.testing.assert_frame_equal(one.ladder.frame(), other.ladder.frame(), check_exact=True)
    pd.testing.assert_frame_equal(one.temperature_path, other.temperature_path, check_exact=True)
    for rung, twin in zip(one.ladder, other.ladder, strict=True):
        said, again = (of.student.output(one.table) for of in (rung, twin))
        np.testing.assert_array_equal(said, again)
    assert one.notes == other.notes == ()
    assert one.explanation().to_dict() == other.explanation().to_dict()
    assert list(one.findings) == list(other.findings)
    assert list(one.student.feature_names_in_) == list(other.student.feature_names_in_)


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    """A cluster on this machine: two processes of two threads each."""
    with cluster() as client:
        yield client


BACKENDS = ("loky", "threads", "dask")


def backend_of(name: str) -> AbstractContextManager[Any]:
    """Return a backend; it is active from here on until it is left, so it has to be entered."""
    if name == "loky":  # as many rows would be: arrays are read from files
        return joblib.parallel_config("loky", n_jobs=2, max_nbytes=100)
    if name == "threads":
        return joblib.parallel_config("threading", n_jobs=2)
    return joblib.parallel_config("dask") if name == "dask" else nullcontext()


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_result_is_the_same_to_the_bit_on_every_backend(
    family: str, task: str, dask: Any
) -> None:
    asked = {"temperature": (0.5, 2.0)} if task == "classification" else {}
    alone = one(family, task, **asked)
    # every family meets every backend, and so does every task
    turned = FAMILIES.index(family) % len(BACKENDS)
    backends = BACKENDS[turned:] + BACKENDS[:turned]
    for backend in backends[:2] if task == "classification" else backends[2:]:
        with backend_of(backend):
            same(alone, one(family, task, **asked))


def test_families_on_one_ladder_and_alpha_are_the_same_too(dask: Any) -> None:
    asked = {"alpha": (0.0, 0.5), "size": 4, "temperature": (0.5, 2.0), "quality": "greedy"}
    alone = one(["tree", "linear"], "classification", **asked)
    for backend in ("loky", "dask"):
        with backend_of(backend):
            again = one(["tree", "linear"], "classification", **asked)
        same(alone, again)
        pd.testing.assert_frame_equal(alone.alpha_path, again.alpha_path, check_exact=True)


def test_jobs_can_be_a_number_or_all_that_a_machine_has() -> None:
    alone = one("linear", "classification")
    same(alone, one("linear", "classification", n_jobs=2))
    same(alone, one("linear", "classification", n_jobs=-1))


# --- what is sent, and what is not done twice ---------------------------------------------------


def wide(n: int, d: int) -> tuple[Table, SoftTargets]:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(n, d))).rename(columns="c{}".format)
    z = 2 * X.to_numpy()[:, :3]
    return Table.of(X), SoftTargets(z, list("abc"), z.argmax(1))


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_are_sent_once_each(family: str) -> None:
    table, targets = wide(20_000, 30)
    student = students.load(family)(size=8)
    fit, rest = np.arange(16_000), np.arange(16_000, 20_000)
    learnt, scored = ((table.take(rows), targets.take(rows)) for rows in (fit, rest))
    part = Part(student, learnt, scored, fit)
    values = table.values.nbytes
    prepared = {"linear": values, "net": 0}.get(family, values // 8)  # a matrix, or a byte a cell
    sent = len(pickle.dumps((part, student, (2, 8)), 5))
    assert sent < values + 0.8 * prepared + 1e6  # the targets are less than a megabyte


def counted(monkeypatch: pytest.MonkeyPatch, family: str) -> Callable[[], int]:
    """Count in this process how often what all temperatures share is made."""
    made: list[int] = []
    if family == "linear":
        supports = _linear.Selection.supports

        def choosing(self: Any, *args: Any) -> Any:
            made.append(os.getpid())
            return supports(self, *args)

        monkeypatch.setattr(_linear.Selection, "supports", choosing)
    else:
        boosted = EbmRows.boosted

        def boosting(self: EbmRows, *args: Any) -> Any:
            before = len(self.kept)
            found = boosted(self, *args)
            made.extend(range(len(self.kept) - before))
            return found

        monkeypatch.setattr(EbmRows, "boosted", boosting)
    return lambda: len(made)


class Stop(Exception):
    """What a test raises once it has seen enough."""


@pytest.mark.parametrize("family", ["ebm", "linear"])
@pytest.mark.parametrize("files", [False, True])
def test_workers_are_sent_what_the_first_temperature_found(
    family: str, files: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = counted(monkeypatch, family)
    seen: list[tuple[Part, Any, Any]] = []
    each = Work.each

    def spied(self: Work, function: Any, calls: Any, stage: str, unit: str, **how: Any) -> Any:
        seen.extend(calls)
        with closing(each(self, function, calls, stage, unit, **how)) as found:
            for _ in range(how["at_home"]):
                next(found)
        raise Stop

    monkeypatch.setattr(Work, "each", spied)
    with pytest.raises(Stop):
        one(family, "classification")
    folds = len({id(part) for part, *_ in seen})
    assert folds == 3 and len(seen) == 9 and times() == 3
    for part, student, sizes in seen:
        if files:  # as workers read large arrays
            path = joblib.dump((part, student, sizes), _file())[0]
            sent, learner, asked = joblib.load(path, mmap_mode="r")
        else:
            sent, learner, asked = pickle.loads(pickle.dumps((part, student, sizes)))
        sent.score(learner, asked)
    assert times() == 3  # in none of them anew


def _file() -> str:
    import tempfile

    return os.path.join(tempfile.mkdtemp(), "sent")


@pytest.mark.parametrize("family", ["tree", "rules", "net"])
def test_where_nothing_is_shared_no_fit_waits_for_another(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home: list[int] = []
    each = Work.each

    def spied(self: Work, *args: Any, at_home_: int = 0, **how: Any) -> Any:
        at_home.append(how.get("at_home", 0))
        return each(self, *args, **how)

    monkeypatch.setattr(Work, "each", spied)
    one(family, "classification", size=2, quality="greedy")
    assert at_home and not any(at_home)


def test_a_call_that_ends_does_not_free_the_threads_of_another() -> None:
    """As on a worker with several threads, whose calls do not end in order."""
    inside, go = threading.Event(), threading.Event()

    def long() -> None:
        with _one_thread():
            inside.set()
            go.wait(20)

    def blas() -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    with threadpool_limits(2):
        before = blas()
        with _one_thread():
            other = threading.Thread(target=long)
            other.start()
            assert inside.wait(20)
        assert blas() == {1}
        go.set()
        other.join()
    with threadpool_limits(2):
        with _one_thread():
            assert blas() == {1}
        assert blas() == before


def test_where_there_are_no_threads_no_pools_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looked(*args: Any, **options: Any) -> None:
        raise AssertionError("a browser has no pools, and takes long to find that out")

    monkeypatch.setattr(_work, "ThreadpoolController", looked)
    monkeypatch.setattr(_work, "_known", None)
    with pytest.raises(AssertionError, match="no pools"):
        list(Work(False).each(abs, [(-1,)], "stage", "part"))
    monkeypatch.setattr(_work, "can_start", lambda: False)
    assert list(Work(False).each(abs, [(-1,), (2,)], "stage", "part", at_home=1)) == [1, 2]


# --- interrupted --------------------------------------------------------------------------------


def interrupted(backend: Any, dask: Any, monkeypatch: pytest.MonkeyPatch) -> Distillation:
    """Distil while a person interrupts after the results of two temperatures."""
    each = Work.each

    def tired(self: Work, function: Any, calls: Any, stage: str, *args: Any, **how: Any) -> Any:
        with closing(each(self, function, calls, stage, *args, **how)) as found:
            for i, done in enumerate(found):
                yield done
                if stage == "calibrating temperature" and i == 5:
                    raise KeyboardInterrupt

    monkeypatch.setattr(Work, "each", tired)
    with backend, pytest.warns(InterruptedWarning, match=r"2 of 3 temperatures were tried"):
        return one("tree", "classification", quality="greedy")


@pytest.mark.parametrize("name", ["none", "loky", "threads", "dask"])
def test_an_interrupt_keeps_what_workers_have_given(
    name: str, dask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = interrupted(backend_of(name), dask, monkeypatch)
    assert len(d.temperature_path) == 2 and len(d.notes) == 1
    assert d.fidelity().value > 0.7


KILLED = """
import os, signal, time, warnings
import numpy as np
import jupyter_distill as jd
from jupyter_distill.distillation import _work

def smooth(X):
    z = 2 * X[:, 0] + 2 * np.sin(2 * X[:, 1])
    return np.column_stack([-z, z])

class Bar:
    def __init__(self, bar): self.bar, self.times = bar, 0
    def __enter__(self): self.bar.__enter__(); return self
    def __exit__(self, *error): return self.bar.__exit__(*error)
    def update(self):
        self.times += 1
        if self.times == 3:  # as a notebook's button does it: to the workers too
            os.killpg(0, signal.SIGINT)
            time.sleep(5)

bar = _work.Work.bar
_work.Work.bar = lambda self, stage, *of: (
    Bar(bar(self, stage, *of)) if stage.startswith("cal") else bar(self, stage, *of)
)
warnings.simplefilter("ignore")
X = np.random.default_rng(0).normal(size=(2_500, 3))
d = jd.distill(smooth, X, n_jobs=2, size=4, quality="greedy", progress=False)
print(len(d.temperature_path), d.notes, d.fidelity().value > 0.8)
"""


def test_a_signal_to_the_workers_too_keeps_what_is_done() -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 ('Interrupted: 3 of 8 temperatures"), done.stdout
    assert done.stdout.strip().endswith("True")


def test_a_backend_that_gives_all_at_once_gives_the_same() -> None:
    alone = one("linear", "regression")
    with joblib.parallel_config("multiprocessing", n_jobs=2):
        same(alone, one("linear", "regression"))
