"""The reasons of both models side by side, of a chosen row or all, and what an audit found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import traitlets as t

from jupyter_distill._validation import Refusal, check_choice, expected, some
from jupyter_distill.audits.attributions import METHODS, Attributions
from jupyter_distill.audits.attributions._attributions import ROWS
from jupyter_distill.audits.audit import Audit
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import attribution_state, audit_state
from jupyter_distill.exports import audit as still
from jupyter_distill.exports.attributions import row_reasons
from jupyter_distill.exports.audit_state import REASONS
from jupyter_distill.exports.standalone import write_svg
from jupyter_distill.widgets._base import DATA, INTENT, VIEW, DistillWidget, bundle, needs, one_of
from jupyter_distill.widgets._choice import RowChoice

Shown = Audit | Attributions | Distillation | Sequence[Attributions]


class AuditView(RowChoice, DistillWidget):
    """Why teacher and student answer as they do, side by side, and all that an audit found.

    Parameters
    ----------
    model : Audit, Attributions, list of Attributions, or Distillation
        What was found: by several methods a list, e.g. SHAP and LIME. Of a distillation nothing
        is explained until that is asked for, by :meth:`explain` or in the view, which says first
        what it costs.
    **chosen
        View state to start with: ``row``, ``method``, ``output``, ``part``; ``layout``.

    Attributes
    ----------
    audit : Audit or None
        What is shown; None where reasons alone are.
    attributions : dict of str to Attributions
        The reasons by method.
    distillation : Distillation or None
        What can be asked for more.

    Notes
    -----
    Its traits, which `observe` and `jslink` take:

    =======  ===========  =========  ===============================================================
    trait    type         direction  meaning
    =======  ===========  =========  ===============================================================
    about    dict         out        Findings, parts of the audit, and what methods cost, a dict.
    reasons  dict         out        The reasons by method, a dict of arrays in wire format.
    panels   dict         out        Parts of the audit as HTML, by name: that which is looked at.
    asking   str          out        The method that explains both models now; empty: none.
    live     bool         out        Whether a kernel answers, a bool.
    error    str          out        Message of the last exception; empty if there is none.
    row      int or None  both       The chosen row, a position in the owner's X; None: the mean.
    method   str          both       How the reasons were found: shap, lime or surrogate.
    output   str          both       Of several classes the one explained; empty: all of them.
    part     str          both       The part of the audit that is looked at, by its name.
    ask      dict         in         A method to explain both models by, and a row; {}: none.
    =======  ===========  =========  ===============================================================

    Examples
    --------
    >>> view = AuditView([d.attributions("shap"), d.attributions("lime")])  # doctest: +SKIP
    >>> table = DisagreementTable(d)  # doctest: +SKIP
    >>> ipywidgets.jslink((view, "row"), (table, "row"))  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    # data: Python -> browser
    about = t.Dict(
        help="The findings with their evidence, the parts of the audit, and what it costs to "
        "explain both models by each method."
    ).tag(**DATA)
    reasons = t.Dict(
        help="The reasons of both models by method: values, shares, rows and how far they agree, "
        "arrays in wire format."
    ).tag(**DATA)
    panels = t.Dict(help="Parts of the audit as HTML without scripts, by name.").tag(**DATA)
    asking = t.Unicode(
        help="The method that both models are being explained by; empty if they are not."
    ).tag(**DATA)
    # view state: both ways
    method = t.Unicode(
        METHODS[0], help="How the reasons that are shown were found: shap, lime or surrogate."
    ).tag(**VIEW)
    output = t.Unicode(
        help="Of several classes the one whose score is explained; empty: all of them, and of a "
        "row that which the teacher names."
    ).tag(**VIEW)
    part = t.Unicode(help="The part of the audit that is looked at, by its name.").tag(**VIEW)
    # intent: browser -> Python
    ask = t.Dict(
        help="A method to explain both models by, and a row that is to be among those explained; "
        "empty: nothing is asked for."
    ).tag(**INTENT)

    audit: Audit | None
    attributions: dict[str, Attributions]
    distillation: Distillation | None

    def __init__(self, model: Shown, **chosen: Any) -> None:
        self.audit, self.attributions, self.distillation = _read(model)
        if self.distillation is not None:
            self._n_rows = self.distillation.table.n_rows
        state = {
            "about": audit_state.about(self.audit, self.distillation),
            "reasons": {m: attribution_state.reasons(a) for m, a in self.attributions.items()},
            "method": next(iter(self.attributions), METHODS[0]),
            "part": audit_state.names_of(self.audit)[0],
        }
        super().__init__(state, **chosen)
        self._show_part()

    @t.validate("method")
    def _check_method(self, proposal: Any) -> Any:
        known = METHODS if self.distillation is not None else tuple(self.attributions) or METHODS
        return one_of(proposal, known)

    @t.validate("part")
    def _check_part(self, proposal: Any) -> Any:
        return one_of(proposal, audit_state.names_of(self.audit))

    @t.validate("output")
    def _check_output(self, proposal: Any) -> Any:
        return one_of(proposal, ["", *self._outputs])

    @property
    def _outputs(self) -> tuple[str, ...]:
        """Classes to choose from: none where one score says it all."""
        of = next(iter(self.attributions.values()), None)
        return () if of is None or len(of.scale.outputs) == 1 else of.scale.outputs

    @t.observe("part")
    def _show_part(self, _change: object = None) -> None:
        if self.audit is not None:
            html = audit_state.panel(self.audit, self.part)
            self.panels = {self.part: html} if html else {}

    @t.validate("ask")
    def _check_ask(self, proposal: Any) -> Any:
        wish = proposal["value"]
        if wish and not {"method"} <= set(wish) <= {"method", "row"}:
            what = "ask to name a method, and a row where one is to be explained"
            raise t.TraitError(expected(what, got=repr(wish), remedy="Leave it empty for none."))
        return wish

    @t.observe("ask")
    def _answer(self, _change: object = None) -> None:
        if not self.ask:
            return
        wish = self.ask
        try:
            self.explain(wish["method"], row=wish.get("row"), progress=False)
        finally:
            self.ask = {}

    def explain(self, method: str = "shap", *, row: Any = None, **options: Any) -> Attributions:
        """Explain both models by another method, or more rows, and show it.

        Rows that were explained by another method are so by this one too, as many as it usually
        explains, so that the two can be seen side by side.

        Parameters
        ----------
        method : {"shap", "lime", "surrogate"}
            How.
        row : int, optional
            Position in the owner's X of a row that is to be among them.
        **options
            As :meth:`Distillation.attributions` takes them, e.g. ``evaluations=``.

        Raises
        ------
        ValueError
            If the view has nothing to ask.
        """
        check_choice("method", method, METHODS)
        if self.distillation is None:
            what = "a view that can ask, to explain more"
            got = "one of an audit without reasons"
            raise Refusal(expected(what, got=got, remedy="Build it on d: AuditView(d)."))
        if "rows" not in options and (self.attributions or row is not None):
            options["rows"] = self._rows_to_explain(method, row)
        self.asking = method
        try:
            found: Attributions = self.distillation.attributions(method, **options)
        finally:
            self.asking = ""
        self.attributions[method] = found
        shown = {**self.reasons, method: attribution_state.reasons(found)}
        with self.hold_sync():
            self.reasons = shown
            self.method = method
        return found

    def _rows_to_explain(self, method: str, row: Any) -> Any:
        """Return rows that are explained already, and the wanted one."""
        if method in self.attributions:
            places = self.attributions[method].places
        elif self.attributions:
            known = next(iter(self.attributions.values())).places
            spread = np.linspace(0, len(known) - 1, min(ROWS[method], len(known)))
            places = known[np.unique(np.rint(spread).astype(np.intp))]
        else:
            places = np.empty(0, dtype=np.intp)
        wanted = [one for one in (row, self.row) if one is not None][:1]
        return np.union1d(places, np.asarray(wanted, dtype=np.intp)).astype(np.intp)

    @property
    def _found(self) -> Attributions | None:
        return self.attributions.get(self.method)

    @property
    def _place(self) -> int | None:
        """The chosen row among those explained."""
        if self._found is None or self.row is None:
            return None
        at = np.flatnonzero(self._found.places == self.row)
        return int(at[0]) if len(at) else None

    def frame(self) -> Any:
        """Return what is shown: the reasons of the row or of all, or the table of the part."""
        if self.part != REASONS:
            assert self.audit is not None
            return self.audit.frame(self.part)
        found, place = self._needed(), self._place
        if place is not None:
            return found.at(place, self.output or None)
        return attribution_state.mean_frame(found, self.output)

    def _needed(self) -> Attributions:
        if self._found is not None:
            return self._found
        remedy = f"Ask for it first: view.explain({self.method!r})."
        done = some(list(self.attributions)) if self.attributions else "none"
        raise Refusal(expected(f"reasons by {self.method}", got=done, remedy=remedy))

    def to_svg(self, path: str | Path) -> Path:
        """Write the reasons, of the chosen row or of all, as one SVG file.

        Parameters
        ----------
        path : str or Path
            Where to; an existing file is replaced.
        """
        return write_svg(path, self._drawn(self._needed()))

    def _drawn(self, found: Attributions) -> str:
        if self._place is None:
            return still.one(found)
        label = found.index.tolist()[self._place]
        return row_reasons(found.row(label, self.output or None, place=self._place))

    def _picture(self) -> str:
        if self.audit is not None and not (self.part == REASONS and self._found):
            return still.whole(self.audit)
        if self._found is None:
            assert self.distillation is not None
            return audit_state.asking(audit_state.costs(self.distillation))
        return self._drawn(self._found)

    def _plain(self) -> str:
        if self.audit is not None:
            return repr(self.audit)
        if self._found is not None:
            return repr(self._found)
        assert self.distillation is not None
        costs = "\n".join(audit_state.costs(self.distillation).values())
        return f"{self._title()}: nothing was explained yet.\n{costs}"

    def _title(self) -> str:
        if self.audit is not None:
            return f"Audit: {self.audit.subject}"
        subject = "" if self.distillation is None else f": {self.distillation.subject}"
        return f"Reasons{subject}"

    def _carried(self) -> dict[str, Any]:
        return {} if self.audit is None else {"panels": audit_state.panels(self.audit)}


def _read(model: Any) -> tuple[Audit | None, dict[str, Attributions], Distillation | None]:
    """Return what is to be shown: an audit, reasons by method, and what can be asked for more."""
    if isinstance(model, Distillation):
        return None, {}, model
    audited = model if isinstance(model, Audit) else None
    given: Any = model
    if audited is not None:
        given = [one for one in audited.parts.values() if isinstance(one, Attributions)]
    elif isinstance(model, Attributions):
        given = [model]
    whole = isinstance(given, list | tuple) and all(isinstance(one, Attributions) for one in given)
    if not whole or (audited is None and not given):
        raise needs(
            "an Audit, Attributions or several of these, or a Distillation",
            model,
            remedy="Ask for them: AuditView(d.audit()), AuditView(d.attributions()).",
        )
    of = [one.distillation for one in given]
    if any(d.table is not of[0].table for d in of):
        what = "reasons of one distillation"
        raise Refusal(expected(what, got=f"reasons of {len({id(d) for d in of})}"))
    return audited, {one.method: one for one in given}, of[0] if of else None
