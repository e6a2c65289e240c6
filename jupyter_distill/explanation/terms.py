"""A linear model as data: its coefficients in the owner's units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation._base import Explanation

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Coefficients:
    """What one thing adds to the scores.

    Attributes
    ----------
    feature : int
        Column of the table.
    name : str
        The column itself, or one of its values: ``"income"``, ``"purpose is car"``.
    values : ndarray of shape (J,)
        What a unit more (or being so) adds to each score.
    importance : float
        Standard deviation of what it adds over the rows; of the score for which it is most.
    """

    feature: int
    name: str
    values: Floats
    importance: float


@dataclass(frozen=True, eq=False, repr=False)
class TermExplanation(Explanation):
    """A fitted linear model.

    Attributes
    ----------
    columns : tuple of Column
        The columns that were fitted.
    classes : tuple of str
        Names of the K classes; empty for a regression.
    scores : tuple of str, length J
        What each score is about.
    intercept : ndarray of shape (J,)
        Scores where everything else adds nothing.
    terms : tuple of Coefficients
        All that are not 0.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    scores: tuple[str, ...]
    intercept: Floats
    terms: tuple[Coefficients, ...]

    def frame(self) -> pd.DataFrame:
        """Return one row per coefficient, the most important first, and the intercept.

        What is equally important to six digits stands in the order of the columns.
        """
        terms = sorted(self.terms, key=lambda term: -float(f"{term.importance:.6g}"))
        data: dict[str, list[Any]] = {
            "term": [*(term.name for term in terms), "(intercept)"],
            "column": [*(self.columns[term.feature].name for term in terms), ""],
        }
        for j, score in enumerate(self.scores):
            data[score] = [*(float(term.values[j]) for term in terms), float(self.intercept[j])]
        data["importance"] = [*(term.importance for term in terms), np.nan]
        return pd.DataFrame(data)

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, ready for JSON."""
        return {
            "kind": "terms",
            "columns": [c.to_dict() for c in self.columns],
            "classes": list(self.classes),
            "scores": list(self.scores),
            "intercept": self.intercept.tolist(),
            "terms": [
                {
                    "feature": term.feature,
                    "name": term.name,
                    "values": term.values.tolist(),
                    "importance": term.importance,
                }
                for term in self.terms
            ],
        }
