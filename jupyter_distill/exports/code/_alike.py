"""What was written, and the student: do they answer alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._result import Checked, Rounded
from jupyter_distill.reading import Answers, Form
from jupyter_distill.targets import soften

Floats = NDArray[np.float64]
TIE = 1e-12  # a lead that is no more than the rounding of sums
EXACT = 1e-9
MOST = 17  # digits, with which a number is exact


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
    if checked.rounded is not None:
        _as_rounded(said, checked.rounded, cells, form, format)
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


def rounding(student: Any, form: Form, cells: Cells, checked: Checked) -> float | None:
    """Return how far rounding alone takes an answer from the student's; None without rounding."""
    if checked.rounded is None or checked.rounded.digits == MOST:
        return None
    meant, output = checked.rounded.answers.numbers, student.output(cells.table)
    wanted = soften(output) if form.classes else output[:, None]
    assert meant is not None
    return float(np.abs(meant - wanted).max())


def _as_rounded(said: Answers, rounded: Rounded, cells: Cells, form: Form, format: str) -> None:
    """Refuse what does not say what its own rounded numbers come to."""
    meant, of = rounded.answers, ""
    if rounded.digits < MOST:
        of = f", rounded to {rounded.digits} digits,"
    assert meant.numbers is not None and said.numbers is not None
    if meant.named is not None and said.named is not None:
        other = (said.named != meant.named) & ~_level(said.named, meant.named, meant.numbers)
        _refuse(other, cells, form, format, meant.named, said.named, of)
    scale = 1.0 if form.classes else float(np.abs(meant.numbers).max()) or 1.0
    apart = np.abs(said.numbers - meant.numbers)
    worst = np.where(np.isnan(apart), np.inf, apart).max(1)
    _refuse(worst > EXACT * scale, cells, form, format, meant.numbers, said.numbers, of)


def _level(named: NDArray[np.intp], best: NDArray[np.intp], p: Floats) -> NDArray[np.bool_]:
    """Say where another class is named which is as probable, but for rounding."""
    rows = np.arange(len(p))
    behind = p[rows, best] - p[rows, np.clip(named, 0, None)]
    return np.asarray((named != best) & (named >= 0) & (behind <= TIE))


def _refuse(
    wrong: NDArray[np.bool_],
    cells: Cells,
    form: Form,
    format: str,
    wanted: Any,
    said: Any,
    rounded: str = "",
) -> None:
    if not wrong.any():
        return
    row = int(wrong.argmax())
    values = {form.columns[j].name: cells.column(j)[row] for j in form.used}
    given = len(cells) - cells.probes
    which = f"row {row}" if row < given else f"row {row - given} of those made up"
    raise ValueError(
        f"The export as {format!r} does not answer as the student{rounded} does on "
        f"{int(wrong.sum())} of {len(cells)} rows. The first is {which}, {values!r}: the student "
        f"says {_said(form, wanted[row])}, the export {_said(form, said[row])}. "
        "Nothing was written."
    )


def _said(form: Form, value: Any) -> str:
    if isinstance(value, np.integer):
        return repr(form.classes[int(value)]) if value >= 0 else "none of the classes"
    return repr(np.asarray(value).tolist())
