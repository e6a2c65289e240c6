"""Fidelity against size of every family that was piloted; a click adopts a rung."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import traitlets as t

from jupyter_distill._validation import expected
from jupyter_distill.distillation import Distillation, Ladder
from jupyter_distill.exports import ladder as shown
from jupyter_distill.exports.rungs import Measure, measures
from jupyter_distill.exports.standalone import write_svg
from jupyter_distill.widgets._base import (
    DATA,
    INTENT,
    VIEW,
    DistillWidget,
    Position,
    bundle,
    needs,
    one_of,
    set_together,
)


class LadderPart(t.HasTraits):
    """The traits of a ladder, and what is asked of it."""

    # data: Python -> browser
    rungs = t.Dict(
        help="Every rung: family, size, things to read, temperature, and each measure with its "
        "95 % interval and baselines, arrays in wire format."
    ).tag(**DATA)
    # view state: both ways
    measure = t.Unicode(help="What is drawn upwards: the name of one of the measures.").tag(**VIEW)
    # intent: browser -> Python
    adopt = t.Dict(help="Family and size of the rung to adopt; empty: nothing is asked for.").tag(
        **INTENT
    )

    _measures: tuple[Measure, ...] = ()

    def _show_ladder(self, ladder: Ladder, d: Distillation | None) -> dict[str, Any]:
        """Take a ladder, with what it belongs to, and return the traits that show it."""
        self._measures = measures(ladder, d)
        # another student may lack one: its composite loss may be the plain KL
        kept = self.measure if self.measure in self._names else self._names[0]
        return {"rungs": shown.payload(ladder, self._measures), "measure": kept}

    @property
    def _names(self) -> list[str]:
        return [m.name for m in self._measures]

    @t.validate("measure")
    def _check_measure(self, proposal: Any) -> Any:
        return one_of(proposal, self._names)

    @t.validate("adopt")
    def _check_adopt(self, proposal: Any) -> Any:
        wish = proposal["value"]
        if wish and set(wish) != {"family", "size"}:
            what = "adopt to name a family and a size"
            raise t.TraitError(expected(what, got=repr(wish), remedy="Leave it empty for none."))
        return wish

    @t.observe("adopt")
    def _answer_adopt(self, _change: object = None) -> None:
        if not self.adopt:
            return
        wish = self.adopt
        try:
            self._adopt_rung(wish["family"], wish["size"])
        finally:
            # an observer may have asked for another meanwhile
            if self.adopt == wish:
                self.adopt = {}

    def _adopt_rung(self, family: str, size: int | None) -> None:
        """Show the distillation with another rung adopted."""
        raise NotImplementedError


class LadderView(LadderPart, DistillWidget):
    """Every size of every family that was piloted, by how faithful it is and how much to read.

    A line a family, with 95 % intervals, each family's knee, what there is to beat, and a ring
    about the chosen rung. A click on another rung, or Enter, adopts it: nothing is fitted again
    but the baseline that learns from the labels alone.

    Parameters
    ----------
    model : Distillation or Ladder
        Whose rungs.
    **chosen
        View state to start with: ``family``, ``size``, ``measure``; ``layout``.

    Attributes
    ----------
    distillation : Distillation or None
        The current one: after a rung was adopted, the new one. None of a ladder that belongs to
        no distillation; there no rung can be adopted.
    ladder : Ladder
        That of it.

    Notes
    -----
    Its traits, which `observe` and `jslink` take:

    ======== ============== ================= ================================================
    trait    type           direction         meaning
    ======== ============== ================= ================================================
    rungs    dict           out               The points of every measure, and their baselines
    busy     bool           out               Whether a rung is being adopted
    live     bool           out               Whether a kernel answers
    error    str            out               What went wrong last; empty if nothing did
    family   str            both              Family of the chosen rung; setting it adopts
    size     int            both              Size of the chosen rung; setting it adopts
    measure  str            both              What is drawn upwards, by its name in the frame
    adopt    dict           in                Family and size of a rung to adopt; {} for none
    ======== ============== ================= ================================================

    Examples
    --------
    >>> view = LadderView(d)  # doctest: +SKIP
    >>> view.observe(lambda change: print(view.distillation), "size")  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    # data: Python -> browser
    busy = t.Bool(False, help="Whether a rung is being adopted.").tag(**DATA)
    # view state: both ways
    family = t.Unicode(help="Family of the chosen rung; setting it adopts its usual size.").tag(
        **VIEW
    )
    size = Position("Size of the chosen rung; setting it adopts that of the family.").tag(**VIEW)

    distillation: Distillation | None
    ladder: Ladder
    _wanted = 0  # number of the last wish to adopt

    def __init__(self, model: Distillation | Ladder, **chosen: Any) -> None:
        ladder = _ladder_of(model)
        if {"family", "size"} & set(chosen):
            rung = ladder.rung(chosen.pop("size", None), chosen.pop("family", None))
            if (rung.family, rung.size) != (ladder.family, ladder.chosen):
                model = _bound(ladder).select(rung.size, rung.family)
        self._hold(model)
        super().__init__({**self._chosen(), **self._measured()}, **chosen)

    def _hold(self, model: Any) -> None:
        """Take a distillation, or a ladder with that which it belongs to."""
        ladder = _ladder_of(model)
        if isinstance(model, Ladder) and model.adopt is not None:
            model = model.select()
        self.distillation = model if isinstance(model, Distillation) else None
        self.ladder = ladder if self.distillation is None else self.distillation.ladder

    def _chosen(self) -> dict[str, Any]:
        return {"family": self.ladder.family, "size": self.ladder.chosen}

    def _measured(self) -> dict[str, Any]:
        return self._show_ladder(self.ladder, self.distillation)

    @t.validate("family", "size")
    def _check_choice(self, proposal: Any) -> Any:
        value = proposal["value"]
        try:
            if proposal["trait"].name == "family":
                return self.ladder.rung(None, value).family
            return self.ladder.rung(value, self.family).size
        except ValueError as error:
            raise t.TraitError(str(error)) from None

    @t.observe("family", "size")
    def _follow(self, _change: object = None) -> None:
        wish = (self.family, self.size)
        now = (self.ladder.family, self.ladder.chosen)
        if wish == now:
            return
        # a family alone means the size that was chosen in it
        alone = wish[0] != now[0] and wish[1] == now[1]
        self._adopt_rung(wish[0], None if alone else wish[1])

    def _adopt_rung(self, family: str, size: int | None) -> None:
        """Show the distillation with another rung adopted, then what that rung has to beat."""
        self._wanted += 1
        ticket = self._wanted
        self.busy = True
        try:
            again = _bound(self.ladder).select(size, family)
            # an observer may have asked for another meanwhile: then this one comes too late
            if ticket != self._wanted:
                return
            self._hold(again)
            set_together(self, self._chosen())
            if ticket == self._wanted:
                set_together(self, self._measured())
        finally:
            if ticket == self._wanted:
                set_together(self, {**self._chosen(), "busy": False})

    def frame(self) -> pd.DataFrame:
        """Return one row per rung: what there is to read, and how faithful it is."""
        return self.ladder.frame()

    def to_svg(self, path: str | Path) -> Path:
        """Write the chart as one SVG file.

        Parameters
        ----------
        path : str or Path
            Where to; an existing file is replaced.
        """
        return write_svg(path, self._picture())

    def _picture(self) -> str:
        return shown.picture(self.ladder, self._measures)

    def _plain(self) -> str:
        return shown.plain(self.ladder, self._measures)

    def _title(self) -> str:
        if self.distillation is None:
            return "The ladder"
        return f"The ladder of {self.distillation.teacher.name}"


def _ladder_of(model: object) -> Ladder:
    if isinstance(model, Distillation):
        return model.ladder
    if isinstance(model, Ladder):
        return model
    remedy = "Distil first: LadderView(jd.distill(model, X))."
    raise needs("a Distillation or its ladder", model, remedy=remedy)


def _bound(ladder: Ladder) -> Ladder:
    """Return a ladder whose rungs can be adopted."""
    if ladder.adopt is None:
        raise ValueError(
            expected(
                "a ladder of a distillation, to adopt a rung of it",
                got="a ladder by itself",
                remedy="Build the view on the distillation: LadderView(d).",
            )
        )
    return ladder
