"""A net as data: what it reads, how much that moves its answer, and all its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Column
from jupyter_distill.explanation._base import Explanation

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class NetExplanation(Explanation):
    """A fitted net: its columns by importance, and its weights one by one.

    Attributes
    ----------
    columns : tuple of Column
        The columns that were fitted.
    classes : tuple of str
        Names of the K classes; empty for a regression.
    importance : ndarray of float64, shape (d,)
        Of each column: by how much the answer moves, on average over rows, if the column is
        held at its mean; of the class for which it is most.
    straight, bent : ndarray of int, shape (d,)
        Weights of each column that go straight to an answer, and to hidden units.
    weights : data frame
        One row per weight: from, to, weight, and how a column is put on its scale.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    importance: Floats
    straight: NDArray[np.intp]
    bent: NDArray[np.intp]
    weights: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return one row per column that is read, the most important first."""
        frame = pd.DataFrame(
            {
                "column": [column.name for column in self.columns],
                "importance": self.importance,
                "straight weights": self.straight,
                "weights to units": self.bent,
            }
        )
        read = frame[self.straight + self.bent > 0]
        ordered = read.sort_values("importance", ascending=False, kind="stable")
        return ordered.reset_index(drop=True)

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, ready for JSON."""
        weights = self.weights.astype(object).where(self.weights.notna(), None)
        return {
            "kind": "net",
            "columns": [column.to_dict() for column in self.columns],
            "classes": list(self.classes),
            "importance": self.importance.tolist(),
            "straight": self.straight.tolist(),
            "bent": self.bent.tolist(),
            "weights": weights.to_dict("records"),
        }
