"""Rules to read, one a line: those of a list, or one for every leaf of a tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation import Limit, RuleExplanation, TreeExplanation
from jupyter_distill.exports.outline import walk
from jupyter_distill.exports.says import brief, span

Floats = NDArray[np.float64]
Ints = NDArray[Any]


@dataclass(frozen=True, eq=False)
class RuleLines:
    """Rules as lines, from a place 0 on; people count them from 1.

    Attributes
    ----------
    columns : tuple of Column
        The columns that were fitted.
    classes : tuple of str
        Names of the K classes; empty for a regression, whose K is 1.
    limits : tuple of (tuple of Limit), length m
        What a row must fulfil for each rule to hold.
    support, agreement : ndarray of float64, shape (m,)
        Rows that each rule decides, and the share on which it names the teacher's class.
    teacher, student : ndarray of float64, shape (m, K)
        What the teacher says of these rows on average, and what the rule says.
    error : ndarray of float64, shape (m,), or None
        Of a regression: root mean squared difference between rule and teacher.
    nodes : ndarray of int, shape (m,)
        Number of each rule among the nodes of the student: of a tree its leaf, of a list its
        number as people count it; 0 is all rows.
    parents : ndarray of int
        Parent of every node.
    ordered : bool
        Whether the first rule that holds decides, and the last one asks nothing; else exactly one
        holds of every row.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    limits: tuple[tuple[Limit, ...], ...]
    support: Floats
    agreement: Floats
    teacher: Floats
    student: Floats
    error: Floats | None
    nodes: Ints
    parents: Ints
    ordered: bool

    def __len__(self) -> int:
        return len(self.limits)

    @property
    def span(self) -> tuple[float, float]:
        """Of a regression: least and greatest number that anything here says."""
        return span(self)

    @property
    def axis(self) -> tuple[float, float]:
        """Of a regression: ends of a line that holds all numbers, and what a rule says ± error."""
        low, high = self.span
        if self.error is not None:
            says = self.student[:, 0]
            ends = np.concatenate((says - self.error, says + self.error))
            low, high = (min(low, *ends[np.isfinite(ends)]), max(high, *ends[np.isfinite(ends)]))
        return float(low), float(high)

    def asked(self, place: int, *, in_full: bool = False) -> list[str]:
        """Return the conditions of a rule; of long lists of categories a few, or all of them."""
        return [limit.text(in_full=in_full) for limit in self.limits[place]]

    def answer(self, place: int) -> str:
        """Return what a rule says: a class, or a number."""
        if self.classes:
            return self.classes[int(self.student[place].argmax())]
        return self.number(self.student[place, 0])

    def number(self, value: float) -> str:
        """Write a number of a regression as precisely as all of them need."""
        return brief(float(value), *self.span)

    def text(self, place: int) -> str:
        """Return a rule as a sentence with nothing left out: what is copied."""
        parts = self.asked(place, in_full=True)
        if self.ordered and place:
            held = "the rule before does not hold" if place == 1 else ""
            parts.append(held or f"none of the {place} rules before holds")
        asked = " and ".join(parts)
        return f"if {asked} then {self.answer(place)}" if parts else f"always {self.answer(place)}"

    @cached_property
    def whole(self) -> str:
        """All rules as text, a line each; of a list the first that holds decides."""
        lines = []
        for place in range(len(self)):
            asked = " and ".join(self.asked(place, in_full=True))
            when = f"if {asked} then" if asked else "otherwise" if place else "always"
            lines.append(f"{place + 1}. {when} {self.answer(place)}")
        return "\n".join(lines)

    @property
    def title(self) -> str:
        """How many rules there are."""
        n = len(self) - self.ordered
        rules = f"{n} {'rule' if n == 1 else 'rules'}"
        return f"a list of {rules}" if self.ordered else f"a tree read as {rules}"

    @property
    def reading(self) -> str:
        """How rules come to an answer."""
        if self.ordered:
            return "The first rule that holds decides."
        return "Exactly one rule holds of any row."


def flat(rules: int) -> Ints:
    """Return the parents of the nodes of a list: all rows, and under them every rule."""
    return np.array([-1, *[0] * rules])


def rule_lines(explanation: RuleExplanation | TreeExplanation) -> RuleLines:
    """Return the rules of a list, or of a tree one for every leaf from top to bottom."""
    kept = ("support", "agreement", "teacher", "student")
    if isinstance(explanation, RuleExplanation):
        m = len(explanation)
        return RuleLines(
            explanation.columns,
            explanation.classes,
            explanation.limits,
            **{name: getattr(explanation, name) for name in kept},
            error=explanation.error,
            nodes=np.arange(1, m + 1),
            parents=flat(m),
            ordered=True,
        )
    leaves = leaves_of(explanation)
    return RuleLines(
        explanation.columns,
        explanation.classes,
        tuple(tuple(explanation.limits(leaf).values()) for leaf in leaves.tolist()),
        **{name: getattr(explanation, name)[leaves] for name in kept},
        error=None if explanation.error is None else explanation.error[leaves],
        nodes=leaves,
        parents=explanation.parent,
        ordered=False,
    )


def leaves_of(tree: TreeExplanation) -> Ints:
    """Return the leaves of a tree as they are drawn, from top to bottom."""
    return np.array([node for node in walk(tree, None) if tree.left[node] < 0])


def frame(explanation: RuleExplanation | TreeExplanation) -> pd.DataFrame:
    """Return one row per rule, in order."""
    if isinstance(explanation, RuleExplanation):
        return explanation.frame()
    nodes = explanation.frame().drop(columns=["parent", "depth", "leaf"])
    return nodes.iloc[leaves_of(explanation)].reset_index(drop=True)
