"""Shapes that only rise or only fall, as a constraint demands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from jupyter_distill._validation import expected, some
from jupyter_distill.data import Column
from jupyter_distill.students._ebm_terms import Placed

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Monotone:
    """Which columns are bound, which way, and for which output.

    Attributes
    ----------
    signs : dict of int to (int, int or None)
        Per column the direction (+1 or -1) of the score, and with several classes the class
        that it is about.
    """

    signs: dict[int, tuple[int, int | None]]

    @classmethod
    def of(
        cls, demands: dict[str, Any], columns: tuple[Column, ...], classes: list[object]
    ) -> Monotone:
        """Read the demands of a constraint.

        Raises
        ------
        ValueError
            If no score of ours could keep a demand.
        """
        names = [column.name for column in columns]
        signs = {}
        for name, demand in demands.items():
            if name not in names:
                raise ValueError(expected(f"a column among {some(names)}", got=repr(name)))
            column = columns[names.index(name)]
            if column.kind == "category":
                raise ValueError(
                    expected(
                        "monotone columns whose values have an order",
                        got=f"the category {name!r}",
                        remedy="Give numbers in its place, or leave it out.",
                    )
                )
            signs[names.index(name)] = _sign(name, demand, classes)
        return cls(signs)

    def __call__(self, placed: Placed, scores: Floats, weights: Floats) -> Floats:
        """Return the nearest scores that keep the demands (weighted isotonic regression)."""
        (column, *others) = placed.term.features
        if others or column not in self.signs:
            return scores
        sign, of_class = self.signs[column]
        weights = weights + 1e-9 * (1 + weights.max())  # bins without rows follow the others
        answer = scores.copy()
        # the first bin, of missing values, is neither above nor below the others
        if of_class is None:
            answer[1:, 0] = _isotone(scores[1:, 0], weights[1:, 0], sign)
            return answer
        # the class's odds against every other class rise: then so does its probability
        for k in range(scores.shape[1]):
            if k != of_class:
                odds = scores[1:, of_class] - scores[1:, k]
                answer[1:, k] = scores[1:, of_class] - _isotone(odds, weights[1:, k], sign)
        return answer


def _isotone(values: Floats, weights: Floats, sign: int) -> Floats:
    answer: Floats = isotonic_regression(values, weights=weights, increasing=sign > 0).x
    return answer


def _sign(name: str, demand: Any, classes: list[object]) -> tuple[int, int | None]:
    of_class = None
    if isinstance(demand, dict):
        if len(demand) != 1:
            raise ValueError(
                expected(f"one class for the monotone column {name!r}", got=repr(demand))
            )
        ((label, demand),) = demand.items()
        found = [k for k, c in enumerate(classes) if c == label or str(c) == str(label)]
        if not found:
            raise ValueError(expected(f"a class among {some(classes)}", got=repr(label)))
        of_class = found[0]
    if demand not in (1, -1):
        raise ValueError(expected(f"+1 or -1 for {name!r}", got=repr(demand)))
    if len(classes) > 2 and of_class is None:
        raise ValueError(
            expected(
                f"the class whose probability {name!r} raises or lowers",
                got=f"{demand!r} and {len(classes)} classes",
                remedy=f"Say monotone={{{name!r}: {{{classes[-1]!r}: {demand!r}}}}}.",
            )
        )
    if len(classes) == 2:  # one score: the log-odds of the second class
        return (-int(demand) if of_class == 0 else int(demand)), None
    return int(demand), of_class
