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
    answers : tuple of str
        Names of the sums that the net ends in: one per class where there are more than two.
    importance : ndarray of float64, shape (d,)
        Of each column: by how much the answer moves, on average over rows, if the column is
        held at its mean; of the class for which it is most.
    straight, bent : ndarray of int, shape (d,)
        Weights of each column that go straight to an answer, and to hidden units.
    weights : data frame
        One row per weight: which part of the net it belongs to, from where and to where; `weight`
        for columns with mean 0 and spread 1, `own` for columns as they are.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    answers: tuple[str, ...]
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
                "direct weights": self.straight,
                "weights to units": self.bent,
            }
        )
        read = frame[self.straight + self.bent > 0]
        ordered = read.sort_values("importance", ascending=False, kind="stable")
        return ordered.reset_index(drop=True)

    @property
    def units(self) -> tuple[str, ...]:
        """The names of the units."""
        found = self.weights.loc[self.weights["part"] == "unit to answer", "from"]
        return tuple(dict.fromkeys(found))

    @property
    def reading(self) -> str:
        """How an answer comes about, in a few words."""
        parts = ["a constant"]
        if (self.weights["part"] == "column to answer").any():
            parts.append("direct weights times their columns")
        units = ""
        if self.units:
            parts.append("what each unit says times its weight")
            units = " A unit says tanh of a sum of its own: a number between -1 and 1."
        how = f"{', plus '.join(parts)}.{units}"
        if not self.classes:
            return f"The answer is a sum: {how}"
        if len(self.answers) == 1:
            likelier = self.answers[0].removeprefix("log-odds of ")
            return f"The {self.answers[0]} are a sum, above 0 where {likelier} is likelier: {how}"
        return (
            f"The score of each class is a sum: {how} The class with the highest score is named; "
            "softmax of the scores gives the probabilities."
        )

    def of(self, part: str, **ends: str) -> pd.DataFrame:
        """Return the weights of one part of the net, the largest first.

        Parameters
        ----------
        part : str
            ``"column to unit"``, ``"constant to unit"``, ``"unit to answer"``,
            ``"column to answer"`` or ``"constant to answer"``.
        **ends : str
            ``to=`` or ``source=``: only those to a unit or answer, or from a unit.
        """
        frame = self.weights[self.weights["part"] == part]
        for name, value in ends.items():
            frame = frame[frame["from" if name == "source" else name] == value]
        order = np.argsort(-frame["weight"].abs().to_numpy(), kind="stable")
        return frame.iloc[order]

    def drawn(self) -> pd.DataFrame:
        """Return one line per weight: unit by unit, then what goes straight to the answers."""
        blocks = []
        for unit in self.units:
            into = [self.of("column to unit", to=unit), self.of("constant to unit", to=unit)]
            blocks += [(f"{unit}: tanh of", "from", frame) for frame in into]
            blocks.append((f"{unit} adds to", "to", self.of("unit to answer", source=unit)))
        for answer in self.answers:
            blocks.append((f"{answer}: direct", "from", self.of("column to answer", to=answer)))
            blocks.append((f"{answer}: direct", "from", self.of("constant to answer", to=answer)))
        lines = [
            (name, *line)
            for name, end, frame in blocks
            for line in frame[[end, "weight", "own"]].itertuples(index=False, name=None)
        ]
        return pd.DataFrame(lines, columns=["where", "what", "weight", "in own units"])

    def __repr__(self) -> str:
        return (
            f"{self.reading}\n\n{super().__repr__()}\n\nweight: columns with mean 0 and spread 1. "
            "in own units: columns as they are, levels 1 or 0."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, ready for JSON."""
        weights = self.weights.astype(object).where(self.weights.notna(), None)
        return {
            "kind": "net",
            "columns": [column.to_dict() for column in self.columns],
            "classes": list(self.classes),
            "answers": list(self.answers),
            "importance": self.importance.tolist(),
            "straight": self.straight.tolist(),
            "bent": self.bent.tolist(),
            "weights": weights.to_dict("records"),
        }
