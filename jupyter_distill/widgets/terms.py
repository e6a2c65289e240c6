"""A student that is a sum, term by term, with its teacher laid over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import traitlets as t

from jupyter_distill._validation import expected
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import ShapeExplanation, TermExplanation
from jupyter_distill.exports import term_frame, term_picture, term_state
from jupyter_distill.exports.standalone import write_svg
from jupyter_distill.exports.term_model import TermModel
from jupyter_distill.students.ebm import EbmRegressionStudent, EbmStudent
from jupyter_distill.students.linear import LinearRegressionStudent, LinearStudent
from jupyter_distill.widgets._base import DATA, INTENT, VIEW, DistillWidget, Position, bundle, needs
from jupyter_distill.widgets._choice import RowChoice

SUMS = (LinearStudent, LinearRegressionStudent, EbmStudent, EbmRegressionStudent)


class TermsPart(RowChoice):
    """The traits of a student that is a sum, and what Python says of its terms."""

    # data: Python -> browser
    terms = t.Dict(
        help="The terms by importance: what each adds to every score along its column or in its "
        "bins, and how many rows are there, arrays in wire format."
    ).tag(**DATA)
    curves = t.Dict(
        help="The teacher's partial dependence on the scale of the scores, by the number of the "
        "term as text, and which rows were moved for it."
    ).tag(**DATA)
    asking = t.Dict(
        help="Whether the teacher is asked by itself (mode auto), by button or not at all (none); "
        "its name; and why it is not asked."
    ).tag(**DATA)
    reasons = t.Dict(
        help="Of the chosen row its value in each term, what each adds to the scores, their sum, "
        "and what both models say; empty without a row."
    ).tag(**DATA)
    # view state: both ways
    term = Position("The chosen term by its place, 0 is the most important; None: all.").tag(**VIEW)
    score = t.Int(0, help="Which score is looked at: of several classes the place of one.").tag(
        **VIEW
    )
    # intent: browser -> Python
    ask = Position("The term to ask the teacher about, by its place; None: nothing is asked.").tag(
        **INTENT
    )

    model: TermModel | None = None  # None: the student that is shown is no sum
    _asks: dict[str, Any]

    def _show_terms(self, model: TermModel, teacher: str | bool = "auto") -> dict[str, Any]:
        """Take a sum of terms and return the traits that show it."""
        self.model, self._asks = model, term_state.asking(model, teacher)
        return {"terms": term_state.terms(model), "asking": self._asks}

    @property
    def _sum(self) -> TermModel:
        if self.model is None:
            raise ValueError(expected("a student that is a sum of terms", got="another one"))
        return self.model

    @t.validate("term", "ask")
    def _check_term(self, proposal: Any) -> Any:
        term = proposal["value"]
        n = 0 if self.model is None else len(self.model.terms)
        if term is None or 0 <= term < n:
            return term
        what = f"a term from 0 to {n - 1}" if n else "no term, as the student has none"
        raise t.TraitError(expected(what, got=repr(term)))

    @t.validate("score")
    def _check_score(self, proposal: Any) -> Any:
        score = proposal["value"]
        n = 1 if self.model is None else len(self.model.intercept)
        if 0 <= score < n:
            return score
        what = f"a score from 0 to {n - 1}" if n > 1 else "score 0, the only one"
        raise t.TraitError(expected(what, got=repr(score)))

    @t.observe("row")
    def _explain_row(self, _change: object = None) -> None:
        self.reasons = {} if self.model is None else term_state.reasons(self.model, self.row)

    @t.observe("ask")
    def _answer_ask(self, _change: object = None) -> None:
        if self.ask is None:
            return
        try:
            self.ask_teacher(self.ask)
        finally:
            self.ask = None

    def ask_teacher(self, *terms: int) -> None:
        """Lay the teacher over terms; what it has said is kept, also in an exported page.

        Parameters
        ----------
        *terms : int
            Which, by their places; all unless given. Pairs are left out.

        Raises
        ------
        ValueError
            If the teacher cannot be asked about moved rows.
        """
        model = self._sum
        if model.silence:
            raise ValueError(
                expected("a teacher that can be asked about moved rows", got=model.silence)
            )
        for term in terms or range(len(model.terms)):
            self._check_term({"value": term})
            self._ask_about(term)

    def _ask_about(self, term: int) -> None:
        model = self._sum
        if str(term) in self.curves or model.grid(term) is None:
            return
        self._asking(True)
        try:
            # an observer may have taken another student meanwhile: then this comes too late
            if model.ask(term) and model is self.model:
                said = term_state.overlay(model, term)
                self.curves = {**self.curves, str(term): said}
        finally:
            self._asking(False)

    def _asking(self, busy: bool) -> None:
        """Say that the teacher is being asked; the browser that asked knows by ``ask``."""


class TermsView(TermsPart, DistillWidget):
    """The terms of a linear model or an EBM: what each adds to a score, by importance.

    A chosen term is drawn over the range of its column: the line of a coefficient, the steps of a
    shape, a bar for each value of a category, a map of two columns; with the density of the rows
    that the student learnt from, and the teacher's partial dependence laid over. Of a chosen row
    all terms say what they add to its score.

    Parameters
    ----------
    model : Distillation, linear or EBM student, TermExplanation or ShapeExplanation
        What to show. Rows, their density and the teacher are known of a Distillation alone.
    teacher : {"auto", True, False}, default "auto"
        Whether the teacher is asked when a term is looked at, about 4,000 moved rows at most. One
        that may be far away is asked when a person says so, with True always.
    **chosen
        View state to start with: ``term``, ``row``, ``score``; ``layout``.

    Attributes
    ----------
    distillation : Distillation or None
        Where the student comes from.

    Notes
    -----
    Its traits, which `observe` and `jslink` take:

    ========  ============  ============  ========================================================
    trait     type          direction     meaning
    ========  ============  ============  ========================================================
    terms     dict          out           All terms, with the data's density
    curves    dict          out           What the teacher has said, by the number of the term
    asking    dict          out           Whether the teacher is asked by itself, and why not
    reasons   dict          out           What each term adds to the score of the chosen row
    busy      bool          out           Whether the teacher is being asked
    live      bool          out           Whether a kernel answers
    error     str           out           What went wrong last; empty if nothing did
    term      int or None   both          The chosen term, 0 is the most important; None: all
    row       int or None   both          The chosen row, a position in the owner's X
    score     int           both          Which of several classes is looked at
    ask       int or None   in            A term to ask the teacher about; None for none
    ========  ============  ============  ========================================================

    The partial dependence is the mean answer of held-out rows moved through the values of the
    column (Friedman, 2001), on the scale of the student's score, with the mean of the student's
    term at the same values. Where columns depend on each other, some moved rows are unlike any
    that there are.

    Examples
    --------
    >>> view = TermsView(d, term=0)  # doctest: +SKIP
    >>> view.curve()  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    # data: Python -> browser
    busy = t.Bool(False, help="Whether the teacher is being asked.").tag(**DATA)

    def __init__(
        self,
        model: Distillation
        | LinearStudent
        | LinearRegressionStudent
        | EbmStudent
        | EbmRegressionStudent
        | TermExplanation
        | ShapeExplanation,
        *,
        teacher: str | bool = "auto",
        **chosen: Any,
    ) -> None:
        if not isinstance(teacher, bool) and teacher != "auto":
            raise ValueError(expected("teacher to be 'auto', True or False", got=repr(teacher)))
        sums = model_of(model)
        self.distillation = sums.d
        self._n_rows = None if sums.d is None else sums.d.table.n_rows
        super().__init__(self._show_terms(sums, teacher), **chosen)

    def _asking(self, busy: bool) -> None:
        self.busy = busy

    def frame(self) -> pd.DataFrame:
        """Return all that the student says: of an EBM a row per bin, else one per coefficient."""
        return self._sum.explanation.frame()

    def curve(self, term: int | None = None, score: int | None = None) -> pd.DataFrame:
        """Return what is drawn of a term as data; the teacher is asked first, unless far away.

        Parameters
        ----------
        term, score : int, optional
            Which term, and what it adds to; those that are chosen unless given.

        Returns
        -------
        DataFrame
            ``x`` (of two columns ``first`` and ``second``): value, or name of a bar; NaN: missing.
            ``student``, ``teacher``: what is added; NaN where the teacher was not asked.
            ``density``: share of the rows there, or nearest to it.
        """
        model = self._sum
        term = self.term if term is None else self._check_term({"value": term})
        if term is None:
            raise ValueError(
                expected(
                    "a term",
                    got="none that is chosen",
                    remedy="Name one: view.curve(0), or choose.",
                )
            )
        if self._asks["mode"] == "auto":
            self._ask_about(term)
        at = self.score if score is None else self._check_score({"value": score})
        return term_frame.curve(model, term, at)

    def to_svg(self, path: str | Path) -> Path:
        """Write the chosen term, or all of them, as one SVG file.

        Parameters
        ----------
        path : str or Path
            Where to; an existing file is replaced.
        """
        chosen = range(len(self._sum.terms)) if self.term is None else [self.term]
        return write_svg(path, term_picture.picture(self._sum, chosen, self.score, self.row))

    def _picture(self) -> str:
        return term_picture.page(self._sum, self.term, self.score, self.row)

    def _plain(self) -> str:
        text = term_state.plain(self._sum)
        if self.row is not None:
            text += f"\n{term_state.sum_of(self._sum, self.row, self.score)}"
        return text

    def _title(self) -> str:
        if self._sum.d is not None:
            return self._sum.d.subject
        return "A linear model" if self._sum.linear else "An EBM"


def model_of(model: Any) -> TermModel:
    """Return a sum with what is known of it."""
    if isinstance(model, Distillation):
        if not isinstance(model.student, SUMS):
            raise needs("a linear student or an EBM", model.student, remedy="Show it: d.view().")
        return TermModel(model.explanation(), model.student, model)
    if isinstance(model, SUMS):
        return TermModel(model.explain(), model)
    if isinstance(model, TermExplanation | ShapeExplanation):
        return TermModel(model)
    what = "a Distillation with a linear student or an EBM, one of these students, or what it says"
    remedy = 'Distil first: TermsView(jd.distill(model, X, student="ebm")).'
    raise needs(what, model, remedy=remedy)
