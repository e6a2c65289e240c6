"""The linked whole of one distillation: student, temperature and disagreements, ladder, trust."""

from __future__ import annotations

from typing import Any

import traitlets as t

from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import grid as grids
from jupyter_distill.exports import linked, overview, rule_lines, state
from jupyter_distill.exports.card import Card
from jupyter_distill.exports.term_model import TermModel
from jupyter_distill.exports.trust import trust
from jupyter_distill.exports.wire import decode
from jupyter_distill.widgets._base import (
    DATA,
    VIEW,
    DistillWidget,
    bundle,
    check_distillation,
    one_of,
    set_together,
)
from jupyter_distill.widgets._choice import NodeChoice
from jupyter_distill.widgets.disagreement import TablePart
from jupyter_distill.widgets.ladder import LadderPart
from jupyter_distill.widgets.rules import RulesPart
from jupyter_distill.widgets.temperature import TemperaturePart
from jupyter_distill.widgets.terms import TermsPart
from jupyter_distill.widgets.tree import TreePart

TABS = ("student", "disagreements", "ladder", "trust")


class DistillationView(
    TreePart, RulesPart, TermsPart, LadderPart, TablePart, TemperaturePart, DistillWidget
):
    """All of a distillation in one view with tabs, linked by what is chosen in it.

    The student is shown by the view that fits it: a tree, rules, terms, or of a net a drawing. A
    node or rule that is chosen filters the table; a row chosen in the table lights its path, its
    rule or its terms, and shows its soft targets. Another temperature distils the student again,
    another rung of the ladder is adopted: everything follows.

    Parameters
    ----------
    distillation : Distillation
        What to show.
    **chosen
        View state to start with, e.g. ``tab``, ``node``, ``row``, ``temperature``; ``layout``.

    Attributes
    ----------
    distillation : Distillation
        The current one: after distilling again, or adopting a rung, the new one. It can be
        observed: a handler is called when all of the view shows the new one.

    Notes
    -----
    Its traits, which `observe` and `jslink` take:

    ============  =============  =========  ========================================================
    trait         type           direction  meaning
    ============  =============  =========  ========================================================
    summary       dict           out        Who was distilled into what, how well, what was found.
    tree          dict           out        The student as a tree; empty of another, as the next.
    path          dict           out        Each condition on the chosen row's way, and its margin.
    rules         dict           out        The student as rules.
    terms         dict           out        The student as a sum of terms.
    still         str            out        The student as a drawing, where it has no own view.
    decided       dict           out        How the chosen row meets the rules.
    reasons       dict           out        What each term adds to the score of the chosen row.
    curves        dict           out        What the teacher has said of terms, by their numbers.
    asking        dict           out        Whether the teacher is asked about terms by itself.
    columns       list           out        The columns of the table.
    page          dict           out        The window of rows that answers the query.
    pairs         list           out        Which classes the two name where they part, how often.
    regions       dict           out        Regions of disagreement, as rules with their rates.
    counts        dict           out        What the column that is asked for by `count` holds.
    logits        dict           out        The teacher's logits, a line a row.
    row_ids       dict           out        Which rows these are.
    classes       list           out        Names of the classes; none of a regression.
    curve         dict           out        What each T that was tried did on validation rows.
    distilled_at  float          out        The temperature of the student that is shown.
    busy          bool           out        Whether the student is being distilled again.
    grid          dict           out        The students that the sliders choose from.
    shown         dict           out        Which student is shown, how it was made, its fidelity.
    rungs         dict           out        Every rung of the ladder, with each measure.
    trust         str            out        What says how far the student can be trusted (HTML).
    live          bool           out        Whether a kernel answers.
    error         str            out        What went wrong last; empty if nothing did.
    tab           str            both       The open tab: student, disagreements, ladder or trust.
    node          int or None    both       The chosen node, or rule from 1; None: none.
    row           int or None    both       The chosen row, a position in the owner's X; None: none.
    leaf          int or None    both       The node or rule that holds the chosen row.
    folded        list           both       Nodes whose children are hidden.
    depth         int or None    both       How many levels of a tree show; None: all.
    colour        str            both       What colours the nodes: student, teacher or agreement.
    search        str            both       A column whose nodes are ringed; empty: none.
    sort          str            both       Order of the rules: list, support or agreement.
    filter        str            both       Words that a rule must contain to be shown.
    term          int or None    both       The chosen term, 0 is the most important; None: all.
    score         int            both       Which of several scores the terms are shown for.
    temperature   float          both       Where the slider stands.
    follow        bool           both       Whether the student follows the sliders as they move.
    student_size  int or None    both       Where the size slider stands.
    measure       str            both       What the ladder draws upwards.
    region        int or None    both       The chosen region, by its number from 0; None: none.
    rows_chosen   list           both       The chosen rows; `row` is one of them.
    query         dict           in         What is asked of the rows, and the window of them.
    distil_at     float or None  in         T to distil again at; None: nothing is asked.
    adopt         dict           in         Family and size of the rung to adopt; empty: none.
    ask           int or None    in         The term to ask the teacher about; None: none.
    asked         dict           in         The student that is wished for while a slider moves.
    count         dict           in         The column to count.
    seek          bool           in         Set it to have regions sought.
    span          list           in         Rows to choose of those that the query finds.
    ============  =============  =========  ========================================================

    Examples
    --------
    >>> view = d.view()  # doctest: +SKIP
    >>> view.observe(lambda change: print(change["new"].headline), "distillation")  # doctest: +SKIP
    >>> view.adopt = {"family": "tree", "size": 8}  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    # data: Python -> browser
    summary = t.Dict(
        help="Head of the view: who was distilled into what, and the share of held-out rows on "
        "which they agree, with its 95 % interval and that of its baselines; more is better."
    ).tag(**DATA)
    still = t.Unicode(
        help="Drawing of a student that has no view of its own, as HTML; empty where it has one."
    ).tag(**DATA)
    trust = t.Unicode(
        help="Findings, fidelity, constraints, and what was measured and what was not, as HTML."
    ).tag(**DATA)
    # view state: both ways
    tab = t.Unicode(
        TABS[0], help="The open tab: student, disagreements, ladder or trust, by this name."
    ).tag(**VIEW)

    explanation: Any

    def __init__(self, distillation: Distillation, **chosen: Any) -> None:
        d = check_distillation(distillation)
        super().__init__({**self._show_temperature(d), **self._show_student(d)}, **chosen)

    @t.validate("tab")
    def _check_tab(self, proposal: Any) -> Any:
        return one_of(proposal, TABS)

    def _show_student(self, d: Distillation) -> dict[str, Any]:
        """Take a distillation and return the traits that depend on its student."""
        return {
            **self._show_drawn(d),
            **self._show_ladder(d.ladder, d),
            "trust": trust(d, self.card),
            "summary": {**state.summary(d, self.card), **linked.head(d, self.index)},
        }

    def _show_drawn(self, d: Distillation) -> dict[str, Any]:
        """Return the rows, and the student in the view that fits it."""
        rows = self._show_rows(d)
        self.explanation, self.model = d.explanation(), None
        self._table = self._asked_of = None
        shows = linked.shows(self.explanation)
        if shows == "tree":
            drawn = self._show_tree(self.explanation, self.index.leaves, d.table)
        elif shows == "rules":
            drawn = self._show_rules(self.explanation, d.table, self.index.leaves)
        elif shows == "terms":
            drawn = self._show_terms(TermModel(self.explanation, d.student, d))
        else:
            drawn = linked.still(self.explanation)
        return {**linked.NOTHING, **rows, **drawn}

    @property
    def card(self) -> Card:
        """How faithful the student is."""
        card: Card = self.distillation.fidelity()
        return card

    def _held(self, made: Any, rows: Any = None) -> dict[str, Any]:
        of = self._earnest
        return {**grids.held(of, made, rows), "head": grids.common(of, of.fidelity())}

    def _changed(self, d: Distillation) -> dict[str, Any]:
        shown = {**super()._changed(d), **self._show_ladder(d.ladder, d)}
        shown |= {"trust": trust(d, self.card), "columns": state.columns(self.index)}
        if d.temperature is not None:
            shown["curve"] = state.curve(d)
        del shown["summary"]  # it comes last: whoever observes it finds all the rest changed
        shown["summary"] = {**state.summary(d, self.card), **linked.head(d, self.index)}
        return shown

    def _while_moving(self, d: Distillation) -> dict[str, Any]:
        alike = grids.common(self._earnest, self._earnest.fidelity())["baselines"]
        shown = {**super()._while_moving(d), **linked.UNCHOSEN, **self._show_drawn(d)}
        shown.pop("columns")  # they stay, as long as the family does
        shown["summary"] = {**state.brief(d, alike), **linked.head(d, self.index)}
        shown["leaf"] = None if self.row is None else int(self.index.leaves[self.row])
        return shown

    def _take(self, d: Distillation) -> None:
        before = self.distillation
        with self.hold_sync():
            super()._take(d)
            self._decide()
            self._explain_row()
        changed = {"name": "distillation", "old": before, "new": d, "owner": self, "type": "change"}
        self.notify_change(t.Bunch(changed))

    def _adopt_rung(self, family: str, size: int | None) -> None:
        self._wanted += 1
        ticket = self._wanted
        self.busy = True
        try:
            again = self._earnest.at(size=size, family=family)
            # meanwhile another may have been asked for: then this one comes too late
            if ticket == self._wanted:
                with self.hold_sync():
                    if again.temperature is not None:
                        self.temperature = float(again.temperature)
                    self._take(again)
        finally:
            if ticket == self._wanted:
                set_together(self, {"busy": False, "distil_at": None})

    @property
    def rule(self) -> str:
        """The chosen node or rule in the owner's words; without one all rows, or all rules."""
        if self.summary["shows"] == "tree":
            return str(self.explanation.rule(self.node or 0))
        return self.text if self.summary["shows"] == "rules" else "all rows"

    @property
    def rows(self) -> Any:
        """Positions in the owner's X of the rows in the chosen node or rule; all without one."""
        return NodeChoice.rows.fget(self)  # type: ignore[attr-defined]

    def frame(self) -> Any:
        """Return what the student says as data: a row per node, rule, bin or coefficient."""
        if self.summary["shows"] == "rules":
            return rule_lines.frame(self.explanation)
        return self.explanation.frame()

    def _carried(self) -> dict[str, Any]:
        carried = super()._carried()
        if linked.shows(self.explanation) == "tree":
            carried |= self._students_of_page(decode(carried["page"]["row_ids"]))
        if self.model is not None:
            carried["reasons"] = {**self.reasons, **linked.kept(self.model, carried["page"])}
        return carried

    def _picture(self) -> str:
        return overview.overview(self.distillation, self.explanation, self.index, self.card)

    def _plain(self) -> str:
        d = self.distillation
        return "\n".join([d.headline, self.card.describe(), *d.remarks])

    def _title(self) -> str:
        return self.distillation.subject
