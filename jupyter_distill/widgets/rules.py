"""The student as rules to read, sort, filter and choose from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import traitlets as t

from jupyter_distill._validation import expected
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import RuleExplanation, TreeExplanation
from jupyter_distill.exports import rule_lines, rule_state
from jupyter_distill.exports.rules import rules as rules_table
from jupyter_distill.students.rules import RulesRegressionStudent, RulesStudent
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.widgets._base import DATA, VIEW, DistillWidget, Position, bundle, needs, one_of
from jupyter_distill.widgets._choice import NodeChoice

SORTS = ("list", "support", "agreement")
Explained = RuleExplanation | TreeExplanation
# Rules of a list are trees too: one test for all four.
Students = TreeStudent | TreeRegressionStudent


class RulesPart(NodeChoice):
    """The traits of rules, and what Python says of them."""

    # data: Python -> browser
    rules = t.Dict(
        help="The rules in order: conditions, rows, agreement (share of rows, more is better) and "
        "both class mixes of each, arrays in wire format."
    ).tag(**DATA)
    decided = t.Dict(
        help="How the chosen row meets the rules: the rule that decides it, conditions that hold "
        "or fail, what the row has there and by how much; empty without a row."
    ).tag(**DATA)
    # view state: both ways
    sort = t.Unicode(
        SORTS[0],
        help="Order of the lines: list (their own), support (most rows first) or agreement (worst "
        "first).",
    ).tag(**VIEW)
    filter = t.Unicode(
        "", help="Words that a rule must contain to be shown, in any order; empty: all rules."
    ).tag(**VIEW)

    explanation: Explained
    lines: rule_lines.RuleLines
    _table: Table | None = None
    _places: dict[int | None, int]  # of the rule that has a node

    def _show_rules(
        self, explanation: Explained, table: Table | None, leaves: Any
    ) -> dict[str, Any]:
        """Take an explanation, the rows if any and their leaves; return the traits to show."""
        self.explanation, self.lines = explanation, rule_lines.rule_lines(explanation)
        self._table = table
        self._places = {node: place for place, node in enumerate(self.lines.nodes.tolist())}
        self._follow(self.lines.parents, leaves)
        return {"rules": rule_state.rules(self.lines)}

    @t.validate("sort")
    def _check_sort(self, proposal: Any) -> Any:
        return one_of(proposal, SORTS)

    @t.observe("row")
    def _decide(self, _change: object = None) -> None:
        if self.row is None or self._table is None or self._leaves is None:
            self.decided = {}
            return
        place = self._places[int(self._leaves[self.row])]
        self.decided = rule_state.decided(self.lines, self._table, self.row, place)

    @property
    def rows(self) -> Any:
        """The owner's rows that the chosen rule decides, as a data frame with type and index kept.

        All rows where no rule is chosen; of an array a pandas frame. None without rows.
        """
        places = super().rows
        if places is None or self._table is None:
            return None
        native = self._table.native_rows(places)
        if isinstance(native, np.ndarray):
            return pd.DataFrame(native, columns=list(self._table.names), index=places)
        return native

    @property
    def text(self) -> str:
        """The chosen rule in full and in the owner's words; without one all rules, a line each."""
        place = self._places.get(self.node)
        return self.lines.whole if place is None else self.lines.text(place)

    def frame(self) -> pd.DataFrame:
        """Return one row per rule, in their own order: rule, answer, rows, agreement, mixes."""
        return rule_lines.frame(self.explanation)


class RulesView(RulesPart, DistillWidget):
    """Rules as people read them, with what teacher and student say where each of them decides.

    Parameters
    ----------
    model : Distillation, student or explanation
        Rules, or a tree: then one rule for each of its leaves. Rows can be chosen only on a
        Distillation.
    **chosen
        View state to start with: ``rule``, ``node``, ``row``, ``sort``, ``filter``; ``layout``.

    Attributes
    ----------
    text : str
        The chosen rule in full and in the owner's words; without one all rules.
    rows : data frame or None
        The owner's rows that it decides.

    Notes
    -----
    Its traits, which `observe` and `jslink` take:

    ========  ===========  ===========  ==============================================
    trait     type         direction    meaning
    ========  ===========  ===========  ==============================================
    rules     dict         out          the rules, arrays in wire format
    decided   dict         out          how the chosen row meets the rules
    live      bool         out          whether a kernel answers
    error     str          out          message of the last exception
    rule      int or None  both         the chosen rule, by its place from 0
    node      int or None  both         the same for linked views
    row       int or None  both         a chosen row, by its position in the owner's X
    leaf      int or None  both         the node of the rule that decides the row
    sort      str          both         order: list, support or agreement
    filter    str          both         words that a rule must contain to be shown
    ========  ===========  ===========  ==============================================

    What linked views share as ``node`` is of a tree the leaf, of a list the number of the rule as
    people count it, from 1. A node inside a tree is no rule.

    Examples
    --------
    >>> view = RulesView(d, sort="agreement")  # doctest: +SKIP
    >>> view.rule = 2  # doctest: +SKIP
    >>> view.text, view.rows  # doctest: +SKIP
    >>> table = DisagreementTable(d)  # doctest: +SKIP
    >>> ipywidgets.jslink((view, "node"), (table, "node"))  # doctest: +SKIP
    """

    _esm = bundle(__file__)

    # view state: both ways
    rule = Position("The chosen rule, by its place from 0; None: no rule.").tag(**VIEW)

    def __init__(self, model: Distillation | Students | Explained, **chosen: Any) -> None:
        super().__init__(self._show_rules(*_explained(model)), **chosen)

    @t.validate("rule")
    def _check_rule(self, proposal: Any) -> Any:
        rule = proposal["value"]
        if rule is None or 0 <= rule < len(self.lines):
            return rule
        what = f"rule from 0 to {len(self.lines) - 1}, its place in the list"
        raise t.TraitError(expected(what, got=repr(rule)))

    @t.observe("rule")
    def _mark_node(self, _change: object = None) -> None:
        if self.rule is not None:
            self.node = int(self.lines.nodes[self.rule])
        elif self.node in self._places:
            self.node = None  # an inner node chosen in a linked tree stays

    @t.observe("node")
    def _mark_rule(self, _change: object = None) -> None:
        self.rule = self._places.get(self.node)

    def _picture(self) -> str:
        return rules_table(self.explanation)

    def _plain(self) -> str:
        return f"{self._title()}. {self.lines.reading}\n{self.lines.whole}"

    def _title(self) -> str:
        title = self.lines.title
        return title[0].upper() + title[1:]


def _explained(model: Any) -> tuple[Explained, Table | None, Any]:
    """Return what is to be shown, its rows if there are any, and the node of each."""
    if isinstance(model, Distillation):
        explanation, student = model.explanation(), model.student
        if isinstance(student, RulesStudent | RulesRegressionStudent):
            return _list(explanation), model.table, student.decide(model.table) + 1
        if isinstance(student, Students) and isinstance(explanation, TreeExplanation):
            return explanation, model.table, student.apply(model.table)
        remedy = "Distil into rules: jd.distill(model, X, student='rules'); or see it: d.view()."
        raise needs("a student of rules or a tree", student, remedy=remedy)
    if isinstance(model, Students):
        model = model.explain()
    if isinstance(model, RuleExplanation | TreeExplanation):
        return model, None, None
    raise needs(
        "a Distillation, a student of rules or a tree, or the explanation of one",
        model,
        remedy="Distil it first: RulesView(jd.distill(model, X, student='rules')).",
    )


def _list(explanation: object) -> RuleExplanation:
    assert isinstance(explanation, RuleExplanation)
    return explanation
