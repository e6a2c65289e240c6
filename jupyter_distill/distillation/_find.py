"""The one door to all findings of a distillation."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from jupyter_distill.distillation._findings_of_bias import of_bias
from jupyter_distill.distillation._findings_of_settings import of_settings
from jupyter_distill.distillation._findings_of_size import of_size
from jupyter_distill.distillation._findings_of_student import of_student
from jupyter_distill.distillation._findings_of_teacher import of_teacher
from jupyter_distill.distillation._findings_of_techniques import of_techniques
from jupyter_distill.findings import Findings

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

OF_TEACHER = ("constant-teacher", "weak-teacher", "biased-teacher", "class-never-taught")


def find(d: Distillation, *, size_asked: bool, before: Findings | None = None) -> Findings:
    """Return everything that the figures alone would not tell.

    Parameters
    ----------
    d : Distillation
        What to look at.
    size_asked : bool
        Whether the person named the size.
    before : Findings, optional
        Of the same teacher and rows: what they say of the teacher is not measured again.
    """
    if before is None:
        said = [*of_teacher(d), *of_bias(d)]
    else:
        said = [one for one in before if one.code in OF_TEACHER]
    rest = (*of_settings(d), *of_size(d, asked=size_asked), *of_student(d), *of_techniques(d))
    return Findings.ordered([*said, *rest])


def with_findings(
    d: Distillation, *, size_asked: bool, before: Findings | None = None
) -> Distillation:
    """Return the same distillation with what is found of it; see :func:`find`."""
    found = find(d, size_asked=size_asked, before=before)
    again = replace(d, findings=found)
    named = {field.name for field in fields(d)}
    # what was fitted or measured need not be again
    again.__dict__.update({name: v for name, v in vars(d).items() if name not in named})
    return again
