"""A linear model as data: its coefficients in the owner's units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation._base import Explanation
from jupyter_distill.explanation._reading import summed

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
    moves : ndarray of shape (J,)
        How far it moves each score: the standard deviation over the rows of what it adds, below 0
        where more of it lowers the score. What is missing is compared with the mean.
    """

    feature: int
    name: str
    values: Floats
    moves: Floats

    @property
    def importance(self) -> float:
        """How far it moves the score that it moves most."""
        return float(np.abs(self.moves).max())


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

    @property
    def ordered(self) -> tuple[Coefficients, ...]:
        """The terms, the most important first; equal ones in the order of the columns."""
        # what differs after six digits is rounding
        return tuple(sorted(self.terms, key=lambda term: -float(f"{term.importance:.6g}")))

    @property
    def reading(self) -> str:
        """How an answer comes about, in a few words."""
        if not self.terms:
            return summed(self.classes, self.scores, "nothing but the intercept")
        how = summed(
            self.classes, self.scores, "the intercept, plus each coefficient times its column"
        )
        if any(term.name != self.columns[term.feature].name for term in self.terms):
            how += " A term with \u201cis\u201d counts 1 where it holds and 0 elsewhere."
        return (
            f"{how} A missing value counts 0 in the other terms of its column and has a "
            "coefficient of its own where gaps were met in training; else it counts as the mean."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per coefficient, the most important first, and the intercept.

        What is equally important to six digits stands in the order of the columns. The intercept
        moves nothing and has no importance: NaN.
        """
        terms = self.ordered
        data: dict[str, list[Any]] = {
            "term": [*(term.name for term in terms), "(intercept)"],
            "column": [*(self.columns[term.feature].name for term in terms), ""],
        }
        for j, score in enumerate(self.scores):
            data[score] = [*(float(term.values[j]) for term in terms), float(self.intercept[j])]
        data["importance"] = [*(term.importance for term in terms), np.nan]
        return pd.DataFrame(data)

    def __repr__(self) -> str:
        lines = self.frame().to_string(
            index=False, max_rows=60, float_format="{:.4g}".format, na_rep=""
        )
        return f"{self.reading}\n\n{lines}"

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
                    "moves": term.moves.tolist(),
                    "importance": term.importance,
                }
                for term in self.terms
            ],
        }
