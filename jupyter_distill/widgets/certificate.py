"""The account of one decision, or of many one after another, and of any other row asked for."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import traitlets as t

from jupyter_distill._validation import Refusal, check_choice, expected, some
from jupyter_distill.audits.certificate import Certificate, Certificates
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import certificate as still
from jupyter_distill.exports import certificate_state
from jupyter_distill.widgets._base import DATA, VIEW, DistillWidget, Position, bundle, needs
from jupyter_distill.widgets._choice import RowChoice

PAGES = 200  # certificates that a page without a kernel carries


class CertificateView(RowChoice, DistillWidget):
    """The exact rule behind one decision, how near it was, and what would have to change.

    Parameters
    ----------
    model : Certificate, Certificates or Distillation
        What is shown. Of a distillation any row can be asked for: ``row=`` is the first one, or
        a list of positions to go through; the first held-out row unless given.
    asked : dict, optional
        Of a distillation: what else :meth:`Distillation.certificate` is asked, e.g.
        ``{"immutable": ["age"], "reasons": ["shap"]}``. A teacher that may be a service that
        costs is not asked about changed rows unless ``{"ask": True}`` says so.
    **chosen
        View state to start with: ``row``, ``place``; ``layout``.

    Attributes
    ----------
    certificate : Certificate or None
        The one that is shown; None where there is none of the chosen row.
    certificates : Certificates
        Those to go through.
    distillation : Distillation or None
        What is asked for other rows.
    text : str
        The certificate as text.

    Notes
    -----
    Its traits, which `observe` and `jslink` take:

    =====  ===========  =========  =================================================================
    trait  type         direction  meaning
    =====  ===========  =========  =================================================================
    shown  dict         out        The certificate, a dict; of a row without one why there is none.
    batch  list         out        What each certificate to go through is of, a list of dicts.
    pages  list         out        All of them, in a page without a kernel; else empty.
    among  int          out        How many rows can be asked for, an int; 0: none.
    busy   bool         out        Whether a certificate is being made, a bool.
    live   bool         out        Whether a kernel answers, a bool.
    error  str          out        Message of the last exception; empty if there is none.
    row    int or None  both       The row by its position in the owner's X; None: a new row.
    place  int or None  both       Which of these certificates, from 0; None: another row.
    =====  ===========  =========  =================================================================

    Examples
    --------
    >>> view = CertificateView(d, row=17)  # doctest: +SKIP
    >>> table = DisagreementTable(d)  # doctest: +SKIP
    >>> ipywidgets.jslink((table, "row"), (view, "row"))  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    # data: Python -> browser
    shown = t.Dict(
        help="The certificate: rule, margins, distributions, reasons, change and constraints; of "
        "a row that has none, why there is none."
    ).tag(**DATA)
    batch = t.List(
        t.Dict(), help="The rows of the certificates to go through, and what is said of each."
    ).tag(**DATA)
    pages = t.List(
        t.Dict(), help="All certificates to go through, in a page without a kernel."
    ).tag(**DATA)
    among = t.Int(
        0, help="How many rows of X can be asked for; 0 where there is nobody to ask."
    ).tag(**DATA)
    busy = t.Bool(False, help="Whether a certificate is being made.").tag(**DATA)
    # view state: both ways
    place = Position(
        "Which of the certificates to go through is shown, from 0; None: another row."
    ).tag(**VIEW)

    certificate: Certificate | None
    certificates: Certificates
    distillation: Distillation | None
    _wanted = 0  # number of the last row that was asked for

    def __init__(
        self,
        model: Certificate | Certificates | Distillation,
        *,
        asked: Mapping[str, Any] | None = None,
        **chosen: Any,
    ) -> None:
        self._read(model, asked, chosen.pop("row", None))
        place = chosen.pop("place", 0)
        self.certificate = self.certificates[self._known(place)]
        state = {
            "shown": certificate_state.certificate(self.certificate),
            "batch": [certificate_state.entry(one) for one in self.certificates],
            "row": self.certificate.position,
            "place": place,
            "among": self._n_rows or 0,
        }
        super().__init__(state, **chosen)

    def _read(self, model: Any, asked: Mapping[str, Any] | None, row: Any) -> None:
        """Take what is shown, and what can be asked for."""
        self.distillation, self._asked = None, dict(asked or {})
        if isinstance(model, Distillation):
            self.distillation, self._n_rows = model, model.table.n_rows
            takes = inspect.signature(model.certificate).parameters.keys() - {"row", "index"}
            for name in self._asked:
                check_choice("what is asked", name, sorted(takes))
            self._asked = {"ask": not model.teacher.remote, **self._asked}
            if row is None:
                row = int(model.rows.held_out[0])
            model = model.certificate(row, **self._asked)
        elif asked is not None:
            what = "asked= with a Distillation alone"
            raise Refusal(expected(what, got=f"it with {type(model).__name__}"))
        if isinstance(model, Certificate):
            model = Certificates((model,))
        if not isinstance(model, Certificates) or not len(model):
            raise needs(
                "a Certificate, several of them, or a Distillation",
                model,
                remedy="Ask for one: CertificateView(d.certificate(17)).",
            )
        self.certificates = model
        self._places = {one.position: k for k, one in enumerate(model) if one.position is not None}
        if row is not None and self.distillation is None:
            what = "row= with a Distillation alone"
            raise Refusal(expected(what, got=repr(row), remedy="Say place=, or set .row later."))

    def _known(self, place: Any) -> int:
        n = len(self.certificates)
        if not isinstance(place, int | np.integer) or isinstance(place, bool) or not 0 <= place < n:
            what = f"place from 0 to {n - 1}, of the certificates to go through"
            raise t.TraitError(expected(what, got=repr(place)))
        return int(place)

    @t.validate("place")
    def _check_place(self, proposal: Any) -> Any:
        place = proposal["value"]
        return None if place is None else self._known(place)

    @t.validate("row")
    def _check_row(self, proposal: Any) -> Any:
        row = proposal["value"]
        if row is None or row in self._places:
            return row
        if self.distillation is None:
            known = some(list(self._places)) if self._places else "none: the rows are new ones"
            raise t.TraitError(
                expected(
                    f"a row that was certified ({known})",
                    got=repr(row),
                    remedy="For others build the view on the distillation: CertificateView(d).",
                )
            )
        return super()._check_row(proposal)

    @t.observe("place")
    def _go(self, _change: object = None) -> None:
        if self.place is None:
            return
        one = self.certificates[self.place]
        if one is not self.certificate:
            self._wanted += 1
            self._show(one, certificate_state.certificate(one))
        self.row = one.position

    @t.observe("row")
    def _follow(self, _change: object = None) -> None:
        row = self.row
        if row is None or self.shown.get("position") == row:
            return
        if row in self._places:
            self.place = self._places[row]
            return
        self._ask_for(row)

    def _ask_for(self, row: int) -> None:
        """Show the certificate of another row, or why it has none; drop what comes too late."""
        assert self.distillation is not None
        self._wanted += 1
        ticket = self._wanted
        self.busy = True
        try:
            one, told = self._made(row)
            # an observer may have asked for another row meanwhile
            if ticket == self._wanted:
                self._show(one, told)
                self.place = None
        finally:
            if ticket == self._wanted:
                self.busy = False

    def _made(self, row: int) -> tuple[Certificate | None, dict[str, Any]]:
        assert self.distillation is not None
        try:
            one: Certificate = self.distillation.certificate(row, **self._asked)
        except (Refusal, RuntimeError) as error:  # its own words for why there is none
            return None, {"position": row, "refused": str(error)}
        return one, certificate_state.certificate(one)

    def _show(self, one: Certificate | None, told: dict[str, Any]) -> None:
        self.certificate = one
        self.shown = told

    @property
    def text(self) -> str:
        """The certificate as text, or why there is none."""
        if self.certificate is None:
            return f"There is no certificate of row {self.row}: {self.shown['refused']}"
        return self.certificate.describe()

    @property
    def _still(self) -> Certificate | Certificates | None:
        """What is shown without a kernel: all of them, or the one of another row."""
        several = self.place is not None and len(self.certificates) > 1
        return self.certificates if several else self.certificate

    def frame(self) -> pd.DataFrame:
        """Return one line per certificate; of another row than these its own line."""
        what = self._still
        return pd.DataFrame() if what is None else what.frame()

    def _picture(self) -> str:
        what = self._still
        return still.nothing(self.text) if what is None else still.inside(what)

    def _plain(self) -> str:
        what = self._still
        return self.text if what is None else what.describe()

    def _title(self) -> str:
        what = self._still
        if isinstance(what, Certificates):
            return f"Certificates of {len(what):,} decisions"
        return f"Row {self.row}" if what is None else what.title

    def _carried(self) -> dict[str, Any]:
        if len(self.certificates) == 1:
            return {}
        return {"pages": [certificate_state.certificate(one) for one in self.certificates[:PAGES]]}
