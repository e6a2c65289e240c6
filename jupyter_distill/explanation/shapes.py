"""A sum of shapes as data: every bin of every term in the owner's words, with its score."""

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
class Axis:
    """One column of a term: how its values are put in bins.

    Attributes
    ----------
    name : str
        Name of the column.
    bins : tuple of str
        What a value must fulfil to be in each bin.
    low, high : ndarray
        Of a numeric column: values of a bin are greater than `low` and at most `high`; NaN for
        missing values and for everything else.
    """

    name: str
    bins: tuple[str, ...]
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Shape:
    """One term: what it adds to the scores in each of its bins.

    Attributes
    ----------
    name : str
        Names of its columns.
    features : tuple of int
        Position of one column, or of two.
    kind : {"shape", "pair"}
        Of how many columns it is.
    importance : float
        Mean absolute contribution over the rows; the largest over the outputs.
    bins : tuple of str
        What a row must fulfil to be in each of the B bins.
    low, high : ndarray of shape (B,)
        Of one numeric column: values of a bin are greater than `low` and at most `high`; NaN for
        missing values and for everything else.
    scores : ndarray of shape (B, J)
        What is added there.
    support : ndarray of shape (B,)
        Rows in each bin.
    axes : tuple of Axis
        Its columns; the bins of the last one run fastest.
    """

    name: str
    features: tuple[int, ...]
    kind: str
    importance: float
    bins: tuple[str, ...]
    low: Floats
    high: Floats
    scores: Floats
    support: Floats
    axes: tuple[Axis, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts; None where a bin has no bound."""
        bounds = {
            side: [float(v) if np.isfinite(v) else None for v in getattr(self, side)]
            for side in ("low", "high")
        }
        return {
            "name": self.name,
            "features": list(self.features),
            "kind": self.kind,
            "importance": self.importance,
            "bins": list(self.bins),
            **bounds,
            "scores": self.scores.tolist(),
            "support": self.support.tolist(),
        }


@dataclass(frozen=True, eq=False, repr=False)
class ShapeExplanation(Explanation):
    """A fitted sum of shapes.

    Attributes
    ----------
    columns : tuple of Column
        The columns that the student was fitted to.
    classes : tuple of str
        Names of the K classes; empty for a regression.
    terms : tuple of Shape
        Most important first.
    intercept : ndarray of shape (J,)
        Score of a row to which no term adds. J is K for several classes; of two classes there is
        one score, the log-odds of the second, and so of a regression: its answer.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    terms: tuple[Shape, ...]
    intercept: Floats

    @property
    def scores(self) -> tuple[str, ...]:
        """What each of the J scores is about."""
        if len(self.classes) == 2:
            return (f"log-odds of {self.classes[1]}",)
        return self.classes or ("prediction",)

    @property
    def reading(self) -> str:
        """How an answer comes about, in a few words."""
        how = "the intercept, plus what each term adds for the values of a row"
        return summed(self.classes, self.scores, how)

    def frame(self) -> pd.DataFrame:
        """Return one row per bin, and last the intercept: every answer can be worked out by hand.

        A row of data is in one bin of each term. What these bins add and the intercept are summed:
        that is the prediction of a regression, the log-odds of the second of two classes (their
        probability is ``1 / (1 + exp(-sum))``), and of several classes a score each, whose ``exp``
        in proportion are the probabilities.

        Returns
        -------
        data frame
            ``term``: names of its columns, or ``(intercept)``. ``kind``: ``shape`` of one column,
            ``pair``, or ``intercept``. ``importance``: of the term. ``bin``: what holds of the rows
            in it. ``rows``: how many these are. Then a column for each score: what is added to it.
        """
        return self._listed([(term, np.arange(len(term.bins))) for term in self.terms])

    def drawn(self) -> pd.DataFrame:
        """Return the frame without bins that hold no row."""
        return self._listed([(term, np.flatnonzero(term.support > 0)) for term in self.terms])

    def _listed(self, terms: list[tuple[Shape, NDArray[np.intp]]]) -> pd.DataFrame:
        last = {
            "term": ["(intercept)"],
            "kind": "intercept",
            "importance": np.nan,
            "bin": "any row",
            "rows": np.nan,
            **dict(zip(self.scores, self.intercept, strict=True)),
        }
        parts = [self._bins(term, of) for term, of in terms]
        return pd.concat([*parts, pd.DataFrame(last)], ignore_index=True)

    def _bins(self, term: Shape, of: NDArray[np.intp]) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "term": term.name,
                "kind": term.kind,
                "importance": term.importance,
                "bin": [term.bins[b] for b in of],
                "rows": term.support[of],
                **dict(zip(self.scores, term.scores[of].T, strict=True)),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, ready for JSON."""
        return {
            "kind": "shapes",
            "columns": [column.to_dict() for column in self.columns],
            "classes": list(self.classes),
            "scores": list(self.scores),
            "intercept": self.intercept.tolist(),
            "terms": [term.to_dict() for term in self.terms],
        }
