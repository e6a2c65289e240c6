"""What temperature does to the teacher's soft targets, under a person's own hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from jupyter_distill._validation import expected
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import overview, state
from jupyter_distill.exports.wire import decode
from jupyter_distill.widgets._base import (
    DATA,
    INTENT,
    VIEW,
    DistillWidget,
    bundle,
    check_distillation,
    number_of,
    set_together,
)
from jupyter_distill.widgets._chosen import RowsChoice
from jupyter_distill.widgets._follow import FollowPart


class TemperaturePart(FollowPart, RowsChoice):
    """The traits of a temperature slider; the browser softens, the kernel distils again."""

    # data: Python -> browser
    logits = t.Dict(
        help="The teacher's logits, one line a row and one column a class, as float32 in wire "
        "format; the largest of each row is 0."
    ).tag(**DATA)
    row_ids = t.Dict(
        help="Which rows the logits are of: sorted positions in the owner's X, in wire format."
    ).tag(**DATA)
    classes = t.List(
        t.Unicode(), help="Names of the classes, in the order of the columns of the logits."
    ).tag(**DATA)
    curve = t.Dict(
        help="KL(teacher || student) on validation rows in nats, with its standard error, at every "
        "temperature that was tried; less is better."
    ).tag(**DATA)
    distilled_at = t.Float(
        1.0, help="The temperature at which the student that is shown was distilled."
    ).tag(**DATA)
    busy = t.Bool(False, help="Whether the student is being distilled again.").tag(**DATA)
    # view state: both ways
    temperature = t.Float(
        1.0,
        help="Where the slider stands: above 0, and the higher, the more even the soft targets.",
    ).tag(**VIEW)
    # intent: browser -> Python
    distil_at = t.Float(
        None,
        allow_none=True,
        help="The temperature above 0 at which to distil again; None: nothing is asked for.",
    ).tag(**INTENT)

    distillation: Distillation
    _wanted = 0  # number of the last wish to distil again

    def _show_temperature(self, d: Distillation) -> dict[str, Any]:
        """Take a distillation and return the traits that show its soft targets."""
        self.distillation, self._n_rows = d, d.table.n_rows
        return {**state.temperature(d), **self._show_students(d)}

    @t.validate("temperature", "distil_at")
    def _check_temperature(self, proposal: Any) -> Any:
        return None if proposal["value"] is None else float(number_of(proposal, above=0))

    @t.observe("row", "rows_chosen")
    def _fetch_rows(self, _change: object = None) -> None:
        """Send the logits of chosen rows that the sample left out."""
        if self.distillation.temperature is None:
            return
        here = decode(self.row_ids)
        chosen = sorted({*self.rows_chosen, *([] if self.row is None else [self.row])})
        if not np.isin(chosen, here).all():
            sent = state.temperature(self.distillation, keep=chosen, most=len(here))
            set_together(self, {name: sent[name] for name in ("logits", "row_ids")})

    @t.observe("distil_at")
    def _distil_again(self, _change: object = None) -> None:
        wish = self.distil_at
        if wish is None:
            return
        self._wanted += 1
        ticket = self._wanted
        self.busy = True
        try:
            again = self.distillation.at(temperature=wish)
            # while this one was distilled another may have been asked for: then it comes too late
            if ticket == self._wanted:
                self._take(again)
        finally:
            if ticket == self._wanted:
                set_together(self, {"busy": False, "distil_at": None})

    def _take(self, d: Distillation) -> None:
        """Show another distillation of the same rows."""
        set_together(self, self._changed(d))

    def _changed(self, d: Distillation) -> dict[str, Any]:
        """Return the traits that another temperature changes."""
        students = self._show_students(d)
        # an answer that is still on its way was asked before this
        students["shown"]["ticket"] = self._answered
        return {**self._while_moving(d), **students}

    def _while_moving(self, d: Distillation) -> dict[str, Any]:
        self.distillation = d
        return {} if d.temperature is None else {"distilled_at": float(d.temperature)}


class TemperatureSlider(TemperaturePart, DistillWidget):
    """The teacher's soft targets at any temperature, and what each did to the student.

    Parameters
    ----------
    distillation : Distillation
        Whose teacher.
    **chosen
        View state to start with: ``temperature``, ``row``, ``rows_chosen``; ``layout``.

    Attributes
    ----------
    distillation : Distillation
        The current one: after distilling again, the new one.

    Notes
    -----
    Its traits, which `observe` and `jslink` take:

    ============  =============  =========  ========================================================
    trait         type           direction  meaning
    ============  =============  =========  ========================================================
    temperature   float          both       Where the slider stands, above 0.
    row           int or None    both       The chosen row, by its position in X; None: the mean.
    rows_chosen   list           both       The chosen rows; `row` is one of them.
    follow        bool           both       Whether the student follows the sliders as they move.
    student_size  int or None    both       Where the size slider stands, a size of the ladder.
    distil_at     float or None  in         T to distil again at, in earnest; None: nothing asked.
    asked         dict           in         The student wished for while a slider moves.
    shown         dict           out        Which student is shown, how it was made, its fidelity.
    grid          dict           out        The students to choose from, arrays in wire format.
    logits        dict           out        The teacher's logits of the rows in `row_ids`.
    row_ids       dict           out        Which rows these are, positions in the owner's X.
    classes       list           out        Their columns.
    curve         dict           out        What each T did, and at which the teacher is true.
    distilled_at  float          out        T of the student that is shown.
    busy          bool           out        Whether the student is being distilled again.
    live          bool           out        Whether a kernel answers; false in an exported page.
    error         str            out        What went wrong last; empty if nothing did.
    ============  =============  =========  ========================================================

    Of several chosen rows each is shown, and their mean. ``distil_at`` is None again when that is
    done. While a slider is dragged the student comes from the ladder or a grid that was made
    (:meth:`Distillation.grid`), else it is fitted at once, by a quick fit that is said to be one
    (``d.at(temperature=T, quickly=True)``); a button distils it in earnest. Without a kernel a
    page holds a grid. A saved notebook holds what its widget held: make the grid before the view
    and save the notebook with its widgets' state, then both sliders move there too.
    """

    _esm = bundle(__file__)

    def __init__(self, distillation: Distillation, **chosen: Any) -> None:
        d = check_distillation(distillation)
        if d.temperature is None:
            raise ValueError(
                expected(
                    "a distillation with a temperature",
                    got=f"{d.teacher.name}, a regression: numbers have no classes to soften",
                    remedy="Show it whole: d.view().",
                )
            )
        super().__init__(self._show_temperature(d), **chosen)

    def frame(self) -> Any:
        """Return what each temperature did on validation rows."""
        return self.distillation.temperature_path

    def _picture(self) -> str:
        d = self.distillation
        return overview.soft_targets(d, self.temperature)

    def _plain(self) -> str:
        d = self.distillation
        mean = d.targets.at(self.temperature).mean(0)
        said = ", ".join(f"{name} {p:.3f}" for name, p in zip(self.classes, mean, strict=True))
        return f"Mean soft targets at T = {self.temperature:g}: {said}"

    def _carried(self) -> dict[str, Any]:
        return self._students_of_page()

    def _title(self) -> str:
        return f"Soft targets of {self.distillation.teacher.name}"
