"""A student fitted again and again on bootstrap resamples of the rows that it learnt from."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from joblib.parallel import get_active_backend
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.distillation._progress import Progress
from jupyter_distill.distillation._sweep import at_temperature, sweep
from jupyter_distill.explanation import Explanation
from jupyter_distill.students import Student
from jupyter_distill.targets import Targets

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Refit:
    """What is kept of a student fitted to a resample.

    Attributes
    ----------
    said : ndarray
        Its output for the rows on which students are compared.
    explanation : Explanation
        What it says.
    """

    said: Floats
    explanation: Explanation


def refits(
    d: Distillation,
    shown: Table,
    seeds: list[np.random.SeedSequence],
    n_jobs: int | None,
    progress: Progress,
) -> list[Refit]:
    """Fit the student of a distillation to one resample per seed.

    A resample is a weight per row: how often it was drawn, times what it weighs anyhow. The rows
    were binned or scaled before, all alike; a row that was not drawn weighs nothing, which every
    student takes for a row that is not there.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before two refits are done; later, these are kept.
    """
    learnt = d.targets.take(d.rows.learnt)
    # not those of the distillation, which would remember every resample
    rows = d.template.prepare(d.table.take(d.rows.learnt), learnt.weights)
    student = at_temperature(d.template, d.temperature)
    sizes = _sizes(d, student, rows, learnt, shown)
    tasks = (
        delayed(_refit)(student, rows, _resampled(learnt, seed), sizes, d.size, shown)
        for seed in seeds
    )
    done: list[Refit] = []
    try:
        with (
            threadpool_limits(1),  # here too: what a thread sets holds for all of a process
            progress.bar("refitting", len(seeds), "refits") as bar,
            closing(_one_by_one(tasks, n_jobs)) as found,
        ):
            for refit in found:
                done.append(refit)
                bar.update()
    except KeyboardInterrupt:
        if len(done) < 2:
            raise
        progress.interrupted(
            f"{len(done)} of {len(seeds)} refits were done; stability was measured on these."
        )
    return done


def _one_by_one(tasks: Any, n_jobs: int | None) -> Generator[Refit, None, None]:
    """Yield results in order as they come, or all at the end where the backend must."""
    backend, _ = get_active_backend()
    how = "generator" if backend.supports_return_generator else "list"
    with Parallel(n_jobs=n_jobs, return_as=how) as pool:
        yield from pool(tasks)


def _sizes(
    d: Distillation, student: Student, rows: Any, learnt: Targets, shown: Table
) -> tuple[int, ...]:
    """Return what to fit for the same student: its size alone, or the ladder it was taken from.

    In some families a size depends on the others that are fitted with it.
    """
    (alone,) = sweep(student, rows, learnt, (d.size,))
    same = np.allclose(alone.output(shown), d.student.output(shown), rtol=1e-9, atol=1e-12)
    return (d.size,) if same else d.ladder.sizes


def _refit(
    student: Student,
    rows: Any,
    targets: Targets,
    sizes: tuple[int, ...],
    size: int,
    shown: Table,
) -> Refit:
    # sums depend on the number of threads, and that on the worker
    with threadpool_limits(1):
        fitted = sweep(student, rows, targets, sizes)[sizes.index(size)]
        return Refit(fitted.output(shown), fitted.explain())


def _resampled(targets: Any, seed: np.random.SeedSequence) -> Any:
    """Return targets whose weights are those of a bootstrap resample."""
    base = np.ones(targets.n_rows) if targets.weights is None else targets.weights
    there = np.flatnonzero(base > 0)
    drawn = np.random.default_rng(seed).integers(0, len(there), len(there))
    times = np.zeros(targets.n_rows)
    times[there] = np.bincount(drawn, minlength=len(there))
    return replace(targets, weights=base * times)
