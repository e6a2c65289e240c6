"""Calibration as drawings: a reliability curve of both models, against the truth and each other."""

from __future__ import annotations

from jupyter_distill.audits._models import STUDENT, TEACHER
from jupyter_distill.audits.reliability import TRUTH, Reliability
from jupyter_distill.exports.reliability import reliability

TITLES = {
    (STUDENT, TRUTH): "The student against the truth",
    (TEACHER, TRUTH): "The teacher against the truth",
    (STUDENT, TEACHER): "The student against its teacher",
}


def calibration(found: Reliability) -> str:
    """Draw the curves that could be measured."""
    drawn = []
    for (model, against), title in TITLES.items():
        curve = found.curve(model, against)
        if len(curve):
            drawn.append(f"<div>{reliability(curve, title=title, numbers=found.regression)}</div>")
    return f'<div class="cards">{"".join(drawn)}</div>'
