"""Findings of the size: too small, too dense, not reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._paired import (
    LEVEL,
    MATTERS,
    above_zero,
    chance,
    right_more_often,
)
from jupyter_distill._shares import percent
from jupyter_distill.distillation._knee import CLOSE
from jupyter_distill.distillation._room import changing, limits
from jupyter_distill.distillation._rungs import Rung
from jupyter_distill.distillation._sweep import reached
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, Targets

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation


def of_size(d: Distillation, *, asked: bool) -> Iterator[Finding]:
    """Yield what is to be said of the chosen size."""
    yield from _over_simplified(d)
    units = reached(d.student)
    if asked and units is not None and units < d.size:
        yield _not_reached(d, units)
    dense = d.student.complexity_.dense
    if dense:
        yield _dense(d, dense)


def _not_reached(d: Distillation, units: int) -> Finding:
    what = limits(d)
    if d.student.UNIT == "columns" and what == ["data"] and units < changing(d):
        sentence = f"{units} columns say all that {d.size} could: the others add nothing."
    else:
        given, asked_for = " and ".join(what), f"{d.size} {d.student.UNIT}"
        sentence = f"{asked_for} were asked for; the {given} give no more than {units}."
    remedy = "Nothing need be done: no larger student fits these rows better."
    if len(what) > 1:
        remedy = f"Ask less of {' and '.join(what[1:])} if more shall be said."
    return Finding("size-not-reached", sentence, {"asked for": d.size, "reached": units}, remedy)


def _dense(d: Distillation, dense: Sequence[str]) -> Finding:
    smaller = [
        r for r in d.ladder.of(d.family) if r.size < d.size and not r.student.complexity_.dense
    ]
    remedy = "Read it one answer at a time, or take another family."
    if smaller:
        best = max(smaller, key=lambda r: (np.nan_to_num(r.fidelity, nan=-np.inf), -r.size))
        own = d.rung.fidelity
        remedy = (
            f"Take size={best.size}, which can be read: its fidelity is {best.fidelity:.3f}, "
            f"that of this one {own:.3f}."
        )
    return Finding(
        "dense-student",
        f"The {d.title} is too dense to read as a whole: {', '.join(dense)}.",
        {name: count for name, count in d.student.complexity_.to_dict().items()},
        remedy,
    )


def _over_simplified(d: Distillation) -> Iterator[Finding]:
    own = d.rung
    larger = [
        r for r in d.ladder.of(d.family) if r.size > d.size and r.fidelity >= own.fidelity + MATTERS
    ]
    readable = [r for r in larger if not r.student.complexity_.dense]
    if not larger:
        return
    table, targets = d.held_out
    answers = own.student.output(table)
    looked_at = sum(r.size > d.size for r in d.ladder.of(d.family))
    for among in (readable, larger):
        if not among:
            continue
        enough = max(r.fidelity for r in among) - CLOSE
        rung = next(r for r in among if r.fidelity >= enough)
        p = _better(rung.student.output(table), answers, targets)
        if p * looked_at < LEVEL:
            yield _climbs(d, own, rung, p, readable=among is readable)
            return


def _better(one: NDArray[np.float64], other: NDArray[np.float64], targets: Targets) -> float:
    """Return how likely chance alone makes `one` so much more like the teacher than `other`."""
    if isinstance(targets, Predictions):
        return above_zero((other - targets.values) ** 2 - (one - targets.values) ** 2)
    named = targets.predicted
    return right_more_often(one.argmax(1) == named, other.argmax(1) == named)


def _climbs(d: Distillation, own: Rung, rung: Rung, p: float, *, readable: bool) -> Finding:
    n = len(d.rows.held_out)
    if d.task == "regression":
        what = (
            f"its R2 to the teacher is {own.fidelity:.3f} on {n:,} held-out rows, that of the "
            f"{rung.student.title_} {rung.fidelity:.3f}"
        )
    else:
        what = (
            f"it names the teacher's class for {percent(own.fidelity)} of {n:,} held-out rows, "
            f"the {rung.student.title_} for {percent(rung.fidelity)}"
        )
    remedy = (
        f"Take size={rung.size}, the smallest that can be read and is within a point of the best."
    )
    if not readable:
        remedy = (
            "Sizes that come closer are too dense to read, so this is a summary of the teacher "
            f"and no copy: try another family, or size={rung.size} to be run and not read."
        )
    return Finding(
        "over-simplified",
        f"The {d.title} is simpler than its teacher allows: {what} ({chance(p)}).",
        {
            "size": own.size,
            "fidelity": own.fidelity,
            "larger size": rung.size,
            "its fidelity": rung.fidelity,
            "p": p,
            "held-out rows": n,
        },
        remedy,
    )
