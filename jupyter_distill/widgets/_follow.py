"""The student follows two sliders, temperature and size: of the ladder, a grid, or a quick fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets as t

from jupyter_distill._validation import check_number, expected
from jupyter_distill.distillation import FAST, Distillation, known_grid
from jupyter_distill.distillation._quick import quick
from jupyter_distill.exports import grid as grids
from jupyter_distill.widgets._base import DATA, INTENT, VIEW, checking, set_together


class FollowPart(t.HasTraits):
    """The traits of a student that follows the sliders while they are dragged.

    The browser has one wish in flight and sends the newest when it was answered; an answer that
    comes after a newer one is dropped.
    """

    # data: Python -> browser
    grid = t.Dict(
        help="The students to choose from: temperatures, sizes, the fidelity of each, and their "
        "trees where they were made beforehand, arrays in wire format."
    ).tag(**DATA)
    shown = t.Dict(
        help="The student that is shown: its temperature and size, how it was made (distilled, "
        "precomputed or quick), its fidelity, and the ticket of the wish that it answers."
    ).tag(**DATA)
    # view state: both ways
    follow = t.Bool(
        False, help="Whether the student follows the temperature while the slider moves."
    ).tag(**VIEW)
    student_size = t.Int(
        None, allow_none=True, help="Where the size slider stands, a size of the ladder."
    ).tag(**VIEW)
    # intent: browser -> Python
    asked = t.Dict(
        help="The student that is wished for: ticket, temperature (None: the one that the ladder "
        "has for the size) and size."
    ).tag(**INTENT)

    distillation: Distillation
    _earnest: Distillation  # the last that was distilled in earnest
    _answered = 0  # ticket of the newest wish that was answered

    def _show_students(self, d: Distillation) -> dict[str, Any]:
        """Take a distillation and return the traits that show which students there are."""
        if not d.is_quick:
            self._earnest = d
        made = known_grid(d)
        state = grids.axes(d) if made is None else self._held(made)
        return {
            "grid": state,
            "student_size": d.size,
            "shown": grids.shown(d, "quick" if d.is_quick else "distilled"),
        }

    def _held(self, made: Any, rows: Any = None) -> dict[str, Any]:
        """Return the grid as the browser holds it; a view without the student needs no trees."""
        return grids.held(self._earnest, made, rows, trees=False)

    def _students_of_page(self, rows: Any = None) -> dict[str, Any]:
        """Return what an exported page holds beside: the whole grid, made now if need be."""
        made = known_grid(self._earnest) or self._earnest.grid()
        return {"grid": self._held(made, rows), "follow": len(made.temperatures) > 1}

    @t.validate("student_size")
    def _check_size(self, proposal: Any) -> Any:
        size, d = proposal["value"], getattr(self, "_earnest", None)
        if size is None or d is None:
            return size
        sizes = sorted({d.size, *(rung.size for rung in d.ladder.of(d.family))})
        if size not in sizes:
            known = ", ".join(map(str, sizes))
            raise t.TraitError(expected(f"student_size to be one of {known}", got=repr(size)))
        return size

    @t.validate("asked")
    def _check_asked(self, proposal: Any) -> Any:
        asked = proposal["value"]
        if not asked:
            return asked
        if set(asked) != {"ticket", "temperature", "size"}:
            raise t.TraitError(expected("ticket, temperature and size", got=repr(asked)))
        if asked["temperature"] is not None:
            with checking(TypeError):
                check_number("temperature", asked["temperature"], above=0)
        return asked

    @t.observe("asked")
    def _grant(self, _change: object = None) -> None:
        asked = self.asked
        if not asked or asked["ticket"] <= self._answered:
            return  # nothing, or a wish that came after a newer one
        self._answered = asked["ticket"]
        try:
            d, how = self._student_at(asked["temperature"], asked["size"])
            state = {**self._while_moving(d), "shown": grids.shown(d, how, asked["ticket"])}
        except Exception:
            # the browser waits for an answer before it asks again
            self.shown = {**self.shown, "ticket": asked["ticket"]}
            raise
        set_together(self, {**state, "student_size": d.size})

    def _student_at(self, temperature: float | None, size: int) -> tuple[Distillation, str]:
        """Return the distillation of a wish, and how its student was made."""
        d = self._earnest
        smaller = [rung.size for rung in d.ladder.of(d.family) if rung.size <= size]
        if not smaller:
            d.ladder.rung(size)  # says which sizes there are
        own = d.ladder.rung(max(smaller))
        if temperature is None or temperature == own.temperature:
            return d.at(size=own.size), "distilled"
        made = known_grid(d)
        at = temperature
        if made is not None and d.family not in FAST:
            at = min(
                (T for T in made.temperatures if T is not None),
                key=lambda T: abs(T / temperature - 1),
            )
        rung = None if made is None else made.at(at, size)
        if rung is not None and rung.temperature == own.temperature:
            return d.at(size=own.size), "distilled"
        found = quick(
            d, at if rung is None else float(rung.temperature or at), own.size, known=rung
        )
        return found, "quick" if rung is None else "precomputed"

    def _while_moving(self, d: Distillation) -> Mapping[str, Any]:
        """Return the traits that another student changes, as far as they are there at once."""
        raise NotImplementedError
