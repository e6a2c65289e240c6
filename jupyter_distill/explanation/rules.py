"""A rule list as data: its rules in order, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation._base import Explanation
from jupyter_distill.explanation._plain import plain

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RuleExplanation(Explanation):
    """A fitted rule list: the first rule that holds decides; the last one always holds.

    Attributes
    ----------
    columns : tuple of Column
        The columns that were fitted.
    classes : tuple of str
        Names of the K classes; empty for a regression, whose K is 1.
    conditions : tuple of (tuple of str), length m
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
    conditions: tuple[tuple[str, ...], ...]
    support: Floats
    teacher: Floats
    student: Floats
    agreement: Floats
    error: Floats | None = None

    def __len__(self) -> int:
        return len(self.conditions)

    def rule(self, place: int) -> str:
        """Return what a rule asks, in the owner's words; ``otherwise`` for the last."""
        return " and ".join(self.conditions[place]) or "otherwise"

    def answer(self, place: int) -> str:
        """Return what a rule says: a class, or a number with four digits."""
        if self.classes:
            return self.classes[int(self.student[place].argmax())]
        return f"{self.student[place, 0]:.4g}"

    def frame(self) -> pd.DataFrame:
        """Return one row per rule, in order."""
        data: dict[str, Any] = {
            "rule": [self.rule(place) for place in range(len(self))],
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
