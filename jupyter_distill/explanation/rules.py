"""A rule list as data: its rules in order, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import Column
from jupyter_distill.explanation._base import Explanation
from jupyter_distill.explanation._plain import plain
from jupyter_distill.explanation.limits import Limit

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class RuleExplanation(Explanation):
    """A fitted rule list: the first rule that holds decides; the last one always holds.

    Attributes
    ----------
    columns : tuple of Column
        The columns that were fitted.
    classes : tuple of str
        Names of the K classes; empty for a regression, whose K is 1.
    limits : tuple of (tuple of Limit), length m
        What a row must fulfil for each rule to hold; of the last one nothing.
    support : ndarray of float64, shape (m,)
        Rows that each rule decides.
    teacher, student : ndarray of float64, shape (m, K)
        Mean soft targets of these rows at temperature 1 (of a regression, mean prediction), and
        what the rule says.
    agreement : ndarray of float64, shape (m,)
        Share of these rows for which rule and teacher name the same class; NaN in a regression.
    error : ndarray of float64, shape (m,), optional
        Of a regression: root mean squared difference between rule and teacher.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    limits: tuple[tuple[Limit, ...], ...]
    support: Floats
    teacher: Floats
    student: Floats
    agreement: Floats
    error: Floats | None = None

    def __len__(self) -> int:
        return len(self.limits)

    @property
    def conditions(self) -> tuple[tuple[str, ...], ...]:
        """What each rule asks, in full and in the owner's words; of the last one nothing."""
        return tuple(tuple(limit.text(in_full=True) for limit in of) for of in self.limits)

    def rule(self, place: int) -> str:
        """Return why a row is decided by the rule at a place from 0, in the owner's words.

        A rule decides only rows that no rule before it took, so that is said too. Of a long list
        of categories the first few are named.
        """
        if not 0 <= place < len(self):
            raise IndexError(expected(f"a rule from 0 to {len(self) - 1}", got=repr(place)))
        asked = self._asked(place)
        if place == 0 or not self.limits[place]:
            return asked
        before = "not the rule before" if place == 1 else f"none of the {place} rules before"
        return f"{asked}, and {before}"

    def _asked(self, place: int) -> str:
        return " and ".join(limit.text() for limit in self.limits[place]) or "otherwise"

    def answer(self, place: int) -> str:
        """Return what a rule says: a class, or a number with four digits."""
        if self.classes:
            return self.classes[int(self.student[place].argmax())]
        return f"{self.student[place, 0]:.4g}"

    def frame(self) -> pd.DataFrame:
        """Return one row per rule, in order: the first that holds decides."""
        return self._frame([" and ".join(texts) for texts in self.conditions])

    def drawn(self) -> pd.DataFrame:
        """Return the frame with long lists of categories cut short."""
        return self._frame([self._asked(place) for place in range(len(self))])

    def _frame(self, asked: list[str]) -> pd.DataFrame:
        rules = [f"else if {text}" for text in asked[:-1]] + ["otherwise"]
        rules[0] = rules[0].removeprefix("else ")
        data: dict[str, Any] = {
            "rule": rules,
            "answer": [self.answer(place) for place in range(len(self))],
            "rows": self.support,
        }
        if self.error is not None:
            data |= {"error": self.error, "teacher": self.teacher[:, 0]}
            return pd.DataFrame({**data, "student": self.student[:, 0]})
        data["agreement"] = self.agreement
        for who, mix in (("teacher", self.teacher), ("student", self.student)):
            for k, name in enumerate(self.classes):
                data[f"{who}: {name}"] = mix[:, k]
        return pd.DataFrame(data)

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, ready for JSON; None stands for what is not known."""
        return {
            "kind": "rules",
            "columns": [c.to_dict() for c in self.columns],
            "classes": list(self.classes),
            "conditions": [list(texts) for texts in self.conditions],
            **{
                name: plain(getattr(self, name))
                for name in ("support", "teacher", "student", "agreement")
            },
            "error": None if self.error is None else plain(self.error),
        }
