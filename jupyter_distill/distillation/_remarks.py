"""What the person should know before trusting the figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from jupyter_distill._validation import some
from jupyter_distill.distillation._sweep import reached
from jupyter_distill.distillation.resample import r2, r2_columns
from jupyter_distill.students import used_together
from jupyter_distill.targets import Predictions, SoftTargets

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

FEW = 100  # held-out rows below which an interval is too wide to compare by


def remarks(d: Distillation, *, size_asked: bool) -> Iterator[str]:
    """Yield a sentence for everything that the figures alone would not tell."""
    n = len(d.rows.held_out)
    if n < FEW:
        rows = "1 row is" if n == 1 else f"{n} rows are"
        yield f"Only {rows} held out: read the intervals, not the figures."
    if not _changing(d):
        yield "Every column of X holds one value only: no student can tell its rows apart."
    yield from _of_size(d, size_asked)
    yield from _of_constraints(d)
    if isinstance(d.targets, Predictions):
        yield from _of_numbers(d, d.targets)
    else:
        yield from _of_classes(d, d.targets)


def _of_size(d: Distillation, asked: bool) -> Iterator[str]:
    units = reached(d.student)
    if asked and units is not None and units < d.size:
        if d.student.UNIT == "columns" and _limits(d) == ["data"] and units < _changing(d):
            yield f"{units} columns say all that {d.size} could: the others add nothing."
        else:
            given, asked_for = " and ".join(_limits(d)), f"{d.size} {d.student.UNIT}"
            yield f"{asked_for} were asked for; the {given} give no more than {units}."
    dense = d.student.complexity_.dense
    if dense:
        yield f"The {d.title} is too dense to read as a whole: {', '.join(dense)}."


def _changing(d: Distillation) -> int:
    """Return the number of columns that hold more than one value."""
    seen = d.table.values[d.rows.learnt]
    return int((~((seen == seen[0]) | (np.isnan(seen) & np.isnan(seen[0]))).all(0)).sum())


def _limits(d: Distillation) -> list[str]:
    """Return what may keep a student smaller than its size."""
    settings = d.template.get_params(deep=False)
    found = ["data"]
    if settings.get("min_rows") is not None:
        found.append(f"min_rows={settings['min_rows']:g}")
    if settings.get("constraints") is not None:
        found.append("constraints")
    return found


def _larger(d: Distillation) -> str:
    """Return what to do where a student says too little."""
    counts = d.student.complexity_.to_dict()
    units = counts.get("units") if reached(d.student) is None else reached(d.student)
    full = d.student.UNIT == "columns" and units is not None and units >= _changing(d)
    if units is None or (units >= d.size and not full):
        return "Try a larger size."
    what = " and ".join(_limits(d))
    return f"A larger size would not help, as the {what} give no more: look at these instead."


def _of_constraints(d: Distillation) -> Iterator[str]:
    constraints = getattr(d.template, "constraints", None)
    if constraints is None or not constraints.require:
        return
    used = {j for together in used_together(d.student) or [] for j in together}
    unused = [n for n in constraints.require if d.table.position(n) not in used]
    if unused:
        yield (
            f"The student does not use {some(unused)}, though required: nothing that it can say "
            f"depends on it. {_larger(d)}"
        )


def _of_numbers(d: Distillation, targets: Predictions) -> Iterator[str]:
    if np.ptp(targets.values) == 0:
        yield "The teacher gives every row the same number: there is nothing to learn from it."
    elif np.isnan(d.rung.low) or d.rung.low <= 0:
        rung = d.rung
        yield (
            f"The student (R2 {rung.fidelity:.3f}) is not clearly better than always answering the "
            "teacher's mean."
        )
    if targets.truth is None:
        return
    right = float(r2(r2_columns(targets.values, targets.truth).mean(0)))
    if right < 0:
        yield (
            f"The teacher explains less of y than y's own mean does (R2 {right:.3f}). Are its rows "
            "or columns in another order than X and y, or is y in another unit?"
        )


def _of_classes(d: Distillation, answered: SoftTargets) -> Iterator[str]:
    table, targets = d.held_out
    yield from _of_teacher(answered)
    named = np.bincount(targets.predicted, minlength=targets.n_classes)
    answers = np.bincount(d.student.output(table).argmax(1), minlength=targets.n_classes)
    for k in np.flatnonzero((answers == 0) & (named > 0)):
        yield (
            f"The student never answers {str(targets.classes[k])!r}, which the teacher does for "
            f"{named[k]:,} of {targets.n_rows:,} held-out rows. {_larger(d)}"
        )
    learnt = answered.predicted[d.rows.learnt]
    constant = float((targets.predicted == np.bincount(learnt).argmax()).mean())
    rung = d.rung
    if rung.low <= constant and len(np.unique(learnt)) > 1:
        yield (
            f"The student ({rung.fidelity:.1%}) is not clearly better than always answering the "
            f"teacher's most common class ({constant:.1%})."
        )
    calibration = d.calibration
    if calibration is not None and len(calibration.temperatures) > 1:
        if not calibration.matters(d.size):
            yield "Temperature makes no measurable difference for this teacher."


def _of_teacher(targets: SoftTargets) -> Iterator[str]:
    said = np.bincount(targets.predicted, minlength=targets.n_classes)
    silent = [str(targets.classes[k]) for k in np.flatnonzero(said == 0)]
    if float(np.ptp(targets.logits - targets.logits[:1], axis=0).max()) < 1e-9:
        yield "The teacher gives every row the same answer: there is nothing to learn from it."
    elif silent:
        yield f"The teacher never answers {some(silent)} on these rows."
    if targets.labels is None:
        return
    right = float((targets.predicted == targets.labels).mean())
    common = np.bincount(targets.labels).argmax()
    constant = float((targets.labels == common).mean())
    if right < constant:
        yield (
            f"The teacher is right for {right:.1%} of the labels, but always answering "
            f"{str(targets.classes[common])!r} would be for {constant:.1%}. Are its rows, columns "
            "or classes in another order than X and y?"
        )
