"""What a larger size could still give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from jupyter_distill.distillation._sweep import reached

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation


def changing(d: Distillation) -> int:
    """Return the number of columns that hold more than one value."""
    seen = d.table.values[d.rows.learnt]
    return int((~((seen == seen[0]) | (np.isnan(seen) & np.isnan(seen[0]))).all(0)).sum())


def limits(d: Distillation) -> list[str]:
    """Return what may keep a student smaller than its size."""
    settings = d.template.get_params(deep=False)
    found = ["data"]
    if settings.get("min_rows") is not None:
        found.append(f"min_rows={settings['min_rows']:g}")
    if settings.get("constraints") is not None:
        found.append("constraints")
    return found


def larger(d: Distillation) -> str:
    """Return what to do where a student says too little."""
    counts = d.student.complexity_.to_dict()
    units = counts.get("units") if reached(d.student) is None else reached(d.student)
    full = d.student.UNIT == "columns" and units is not None and units >= changing(d)
    if units is None or (units >= d.size and not full):
        return "Try a larger size."
    what = " and ".join(limits(d))
    return f"A larger size would not help, as the {what} give no more: look at these instead."
