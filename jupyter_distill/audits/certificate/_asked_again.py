"""What the teacher says of rows that it was not asked about, or why that is not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._classes import as_python
from jupyter_distill._softmax import softmax
from jupyter_distill.audits.certificate._certified import Said
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation

Floats = NDArray[np.float64]

NOT_ASKED = "it was not asked, as ask=False says"


@dataclass(frozen=True, eq=False)
class Answers:
    """Logits (n, K) or numbers (n, 1); or why there are none."""

    values: Floats | None
    note: str = ""


def ask(d: Distillation, table: Table, *, allowed: bool = True, unlike: str = "") -> Answers:
    """Ask the teacher about rows, all at once.

    A teacher that fails is no reason to withhold what the student says: the failure is the note.
    """
    note = "" if allowed else NOT_ASKED
    if d.silence:
        note = d.silence
    elif unlike:
        note = f"the row is not written as its rows are ({unlike})"
    if note:
        return Answers(None, note)
    try:
        if d.task == "regression":
            return Answers(d.teacher.predictions(table.native)[:, None])
        return Answers(d.teacher.logits(table.native))
    except RuntimeError as error:  # the teacher's own failure, with what it said
        return Answers(None, f"it failed: {error}")


def said(d: Distillation, output: Floats) -> Said:
    """Return one answer, shape (K,) or (1,), as a person reads it."""
    if d.task == "regression":
        return Said(float(output[0]), {})
    p = softmax(output[None])[0]
    names = [str(name) for name in d.targets.classes]
    answer = as_python(d.targets.classes[int(output.argmax())])
    return Said(answer, {name: float(share) for name, share in zip(names, p, strict=True)})
