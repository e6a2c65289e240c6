"""A student fitted again and again on bootstrap resamples of the rows that it learnt from."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation, Resamples, Work, at_temperature, sweep
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
    work: Work,
    resamples: Resamples,
    seconds: float | None = None,
) -> list[Refit]:
    """Fit the student of a distillation to one resample per seed.

    A resample is a weight per row: how often it was drawn, times what it weighs anyhow. The rows
    were binned or scaled before, all alike; a row that was not drawn weighs nothing, which every
    student takes for a row that is not there. Where rows are made anew, each resample is rows of
    its own, prepared by themselves.

    No refit is waited for once `seconds` are over and two are done.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before two refits are done; later, these are kept.
    """
    course = d.course
    # not those of the distillation, which would remember every resample
    rows = course.template.prepare(course.table.bare(), course.targets.weights)
    shown = shown.bare()  # a worker needs to know no more
    student = at_temperature(course.template, d.temperature)
    sizes = _sizes(d, student, rows, shown)
    done: list[Refit] = []
    began = time.perf_counter()
    try:
        # here, as the teacher may be asked, who cannot be sent to every worker
        drawn = _drawn(resamples, seeds, work)
        calls = [
            (student, rows if own is None else own, targets, sizes, d.size, shown)
            for own, targets in drawn
        ]
        with closing(work.each(_refit, calls, "refitting", "refits")) as found:
            for one in found:
                done.append(one)
                over = seconds is not None and time.perf_counter() - began > seconds
                if over and 2 <= len(done) < len(seeds):
                    work.notes.append(
                        f"{len(done)} of {len(seeds)} refits were done in the {seconds:.3g} "
                        "seconds that were left: seconds= allows more."
                    )
                    break
    except KeyboardInterrupt:
        if len(done) < 2:
            raise
        work.interrupted(
            f"{len(done)} of {len(seeds)} refits were done; stability was measured on these."
        )
    return done


def _drawn(
    resamples: Resamples, seeds: list[np.random.SeedSequence], work: Work
) -> list[tuple[Any, Any]]:
    if not resamples.anew:
        return [resamples.draw(seed) for seed in seeds]
    drawn = []
    with work.bar("making rows anew", len(seeds), "resamples") as bar:
        for seed in seeds:
            drawn.append(resamples.draw(seed))
            bar.update()
    return drawn


def _sizes(d: Distillation, student: Student, rows: Any, shown: Table) -> tuple[int, ...]:
    """Return what to fit for the same student: its size alone, or those it was fitted with.

    In some families a size depends on the others that are fitted with it.
    """
    (alone,) = sweep(student, rows, d.course.targets, (d.size,))
    same = np.allclose(alone.output(shown), d.student.output(shown), rtol=1e-9, atol=1e-12)
    return (d.size,) if same else d.course.together(d.size)


def _refit(
    student: Student,
    rows: Any,
    targets: Targets,
    sizes: tuple[int, ...],
    size: int,
    shown: Table,
) -> Refit:
    fitted = sweep(student, rows, targets, sizes)[sizes.index(size)]
    return Refit(fitted.output(shown), fitted.explain())
