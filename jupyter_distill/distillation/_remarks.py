"""What the person should know before trusting the figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from jupyter_distill._validation import some

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

FEW = 100  # held-out rows below which an interval is too wide to compare by


def remarks(d: Distillation) -> Iterator[str]:
    """Yield a sentence for everything that the figures alone would not tell."""
    table, targets = d.held_out
    if targets.n_rows < FEW:
        rows = "1 row is" if targets.n_rows == 1 else f"{targets.n_rows} rows are"
        yield f"Only {rows} held out: read the intervals, not the figures."
    yield from _of_teacher(d)
    named = np.bincount(targets.predicted, minlength=targets.n_classes)
    answers = np.bincount(d.student.logits(table).argmax(1), minlength=targets.n_classes)
    for k in np.flatnonzero((answers == 0) & (named > 0)):
        yield (
            f"The student never answers {str(targets.classes[k])!r}, which the teacher does for "
            f"{named[k]:,} of {targets.n_rows:,} held-out rows. Try a larger size."
        )
    learnt = d.targets.predicted[d.rows.learnt]
    constant = float((targets.predicted == np.bincount(learnt).argmax()).mean())
    rung = d.ladder.select(d.size)
    if rung.low <= constant and len(np.unique(learnt)) > 1:
        yield (
            f"The student ({rung.fidelity:.1%}) is not clearly better than always answering the "
            f"teacher's most common class ({constant:.1%})."
        )
    calibration = d.calibration
    if calibration is not None and len(calibration.temperatures) > 1:
        if not calibration.matters(d.size):
            yield "Temperature makes no measurable difference for this teacher."


def _of_teacher(d: Distillation) -> Iterator[str]:
    targets = d.targets
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
