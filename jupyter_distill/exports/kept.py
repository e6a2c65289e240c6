"""Whether the student keeps the constraints it was fitted with, as a table."""

from __future__ import annotations

import pandas as pd

from jupyter_distill.exports import html
from jupyter_distill.students import ConstraintsReport


def kept(report: ConstraintsReport) -> str:
    """Return one row per constraint; what is violated, or cannot be told, is marked."""
    verdicts = report.verdicts
    wrong = [k for k, v in enumerate(verdicts) if v.verdict not in ("met", "not used")]
    data = {
        "constraint": [v.what for v in verdicts],
        "verdict": [v.verdict for v in verdicts],
        "how that is known": [v.method for v in verdicts],
    }
    if any(v.violations for v in verdicts):
        data["violations"] = [html.count(v.violations) if v.violations else "" for v in verdicts]
        data["worst by"] = [f"{v.worst:.4g}" if v.worst else "" for v in verdicts]
        data["for example"] = [v.example for v in verdicts]
    notes = [f"{verdicts[k].what}: {verdicts[k].verdict}." for k in wrong]
    return html.notes(notes) + html.table(
        pd.DataFrame(data),
        caption="What the student was asked to keep, looked at after the fit",
        marked=wrong,
    )
