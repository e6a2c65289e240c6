"""The one door to all findings of a distillation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import with_article
from jupyter_distill.checks import CHEAP, Subject, cheap
from jupyter_distill.checks._weak import Rival, weak
from jupyter_distill.distillation._carry import carry
from jupyter_distill.distillation._findings_of_settings import of_settings
from jupyter_distill.distillation._findings_of_size import of_size
from jupyter_distill.distillation._findings_of_student import of_student
from jupyter_distill.distillation._findings_of_techniques import of_techniques
from jupyter_distill.findings import Findings
from jupyter_distill.teachers import known_levels

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

OF_TEACHER = (*CHEAP, "weak-teacher")
MISSING = "the findings are missing."  # the note of an interrupt, until they are looked for again
INSTEAD = "Learn from the labels instead (see d.labels_only), or train the teacher better."


def find(d: Distillation, *, size_asked: bool, before: Findings | None = None) -> Findings:
    """Return everything that the figures alone would not tell.

    Parameters
    ----------
    d : Distillation
        What to look at.
    size_asked : bool
        Whether the person named the size.
    before : Findings, optional
        Of the same teacher and rows: what they say of the teacher is not measured again, so that
        nothing has to be fitted.
    """
    if before is None:
        subject = _subject(d)
        said = [*cheap(subject), *weak(subject, _labels_only(d, subject))]
    else:
        said = [one for one in before if one.code in OF_TEACHER]
    rest = (*of_settings(d), *of_size(d, asked=size_asked), *of_student(d), *of_techniques(d))
    return Findings.ordered([*said, *rest])


def _subject(d: Distillation) -> Subject:
    """Return the teacher and the rows, whatever student came of them."""
    rows = d.rows
    return Subject(
        *(d.table, d.targets, rows.learnt, rows.held_out, rows.unseen, "held-out rows"),
        levels={} if d.inputs_given else known_levels(d.teacher, d.table),
    )


def _labels_only(d: Distillation, subject: Subject) -> Rival:
    """Return the student of the labels alone, which is fitted when it is asked."""

    def output() -> NDArray[np.float64]:
        assert d.labels_only is not None and subject.scored is not None
        return d.labels_only.output(subject.scored[0])

    # named, as the finding stands beside other students too
    return Rival(f"{with_article(d.family)} of size {d.size}", output, INSTEAD)


def with_findings(
    d: Distillation, *, size_asked: bool, before: Findings | None = None
) -> Distillation:
    """Return the same distillation with what is found of it; see :func:`find`."""
    notes = tuple(note for note in d.notes if not note.endswith(MISSING))
    if notes != d.notes:
        before = None  # nothing was found of the teacher either
    found = find(d, size_asked=size_asked, before=before)
    return carry(d, replace(d, findings=found, notes=notes))
