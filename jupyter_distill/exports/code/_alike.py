"""What was written, and the student: do they answer alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.reading import Form
from jupyter_distill.targets import soften

Floats = NDArray[np.float64]
TIE = 1e-12  # a lead that is no more than the rounding of sums


def answered_alike(
    student: Any, form: Form, cells: Cells, checked: Checked, format: str
) -> tuple[float | None, list[str]]:
    """Return the largest difference, and notes; refuse an export that differs.

    Raises
    ------
    ValueError
        If it does; the first row is named.
    """
    if checked.answers is None:
        return None, []
    said, output = checked.answers, student.output(cells.table)
    notes = []
    if not form.classes:
        wanted = output[:, None]
        scale = float(np.abs(wanted).max()) or 1.0
    else:
        wanted, scale = soften(output), 1.0
        if said.named is not None:
            best = output.argmax(1)
            level = _level(said.named, best, wanted)
            if level.any():
                notes.append(
                    f"On {int(level.sum())} rows two classes are level but for the rounding of "
                    "sums, and the other one is named."
                )
            _refuse((said.named != best) & ~level, cells, form, format, best, said.named)
        if checked.of is not None:
            wanted = wanted[:, [checked.of]]
    if said.numbers is None:
        return None, notes
    apart = np.abs(said.numbers - wanted)
    worst = np.where(np.isnan(apart), np.inf, apart).max(1)
    _refuse(worst > checked.tolerance * scale, cells, form, format, wanted, said.numbers)
    return float(worst.max()), notes


def _level(named: NDArray[np.intp], best: NDArray[np.intp], p: Floats) -> NDArray[np.bool_]:
    """Say where another class is named which is as probable, but for rounding."""
    rows = np.arange(len(p))
    behind = p[rows, best] - p[rows, np.clip(named, 0, None)]
    return np.asarray((named != best) & (named >= 0) & (behind <= TIE))


def _refuse(
    wrong: NDArray[np.bool_], cells: Cells, form: Form, format: str, wanted: Any, said: Any
) -> None:
    if not wrong.any():
        return
    row = int(wrong.argmax())
    values = {form.columns[j].name: cells.column(j)[row] for j in form.used}
    given = len(cells) - cells.probes
    which = f"row {row}" if row < given else f"row {row - given} of those made up"
    raise ValueError(
        f"The export as {format!r} does not answer as the student does on {int(wrong.sum())} of "
        f"{len(cells)} rows. The first is {which}, {values!r}: the student says "
        f"{_said(form, wanted[row])}, the export {_said(form, said[row])}. Nothing was written."
    )


def _said(form: Form, value: Any) -> str:
    if isinstance(value, np.integer):
        return repr(form.classes[int(value)]) if value >= 0 else "none of the classes"
    return repr(np.asarray(value).tolist())
