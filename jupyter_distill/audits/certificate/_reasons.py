"""Why a row is decided as it is: what each column adds, against rows that were learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.attributions._score_scale import scale_of
from jupyter_distill.audits.attributions._shap_run import student_shap
from jupyter_distill.audits.certificate._reading import ChoiceReading, Reading
from jupyter_distill.audits.certificate._reading_sums import NetReading, said_of
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation

Floats = NDArray[np.float64]

BACKGROUND = 100  # learnt rows that stand for "a row of which a column is not known"


@dataclass(frozen=True)
class Reason:
    """What one column adds to a decision.

    Attributes
    ----------
    column : str
        Its name.
    value : str
        What the row holds of it, as a sentence says it: ``income = 21000``.
    weight : float
        By how much it moves the score towards the decision that was taken (below 0: away from it),
        against rows that were learnt from. A Shapley value: with all others and the mean over those
        rows it adds up to the score.
    """

    column: str
    value: str
    weight: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"column": self.column, "value": self.value, "weight": self.weight}


@dataclass(frozen=True)
class Reasons:
    """The columns by what they add to a decision, the weightiest first.

    Attributes
    ----------
    score : str
        What is added up, e.g. ``log-odds of denied against granted``.
    base : float
        Its mean over the rows that the row is compared with.
    student : tuple of Reason
        Of the student, those for the decision first.
    how : str
        How they were computed.
    """

    score: str
    base: float
    student: tuple[Reason, ...]
    how: str

    def principal(self, most: int = 4) -> tuple[Reason, ...]:
        """Return the main reasons for the decision, at most four unless told otherwise."""
        return tuple(one for one in self.student if one.weight > 0)[:most]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "score": self.score,
            "base": self.base,
            "student": [one.to_dict() for one in self.student],
            "how": self.how,
        }


def reasons(
    d: Distillation, reading: Reading, table: Table, against: Sequence[tuple[int, int]]
) -> list[Reasons]:
    """Return the reasons for the student's answers.

    Parameters
    ----------
    d : Distillation
        Whose student, and whose learnt rows the rows are compared with.
    reading : Reading
        The student as it is read.
    table : Table
        The rows.
    against : sequence of (int, int), length n
        For each row the code of the class that is named and of the one that it is held against;
        of a regression anything.

    References
    ----------
    S. M. Lundberg, S.-I. Lee: A Unified Approach to Interpreting Model Predictions, 2017.
    S. M. Lundberg et al.: From local explanations to global understanding with explainable AI for
    trees, 2020 (interventional Shapley values of trees).
    """
    seed = 0 if d.random_state is None else d.random_state
    values = np.vstack([d.table.values, table.values])
    background, rows = _some(d.rows.learnt, seed), np.arange(d.table.n_rows, len(values))
    scale, _ = scale_of(d, "log-odds" if reading.classes else "auto")
    told = student_shap(d, Table(table.columns, values, values), rows, background, scale, seed)
    how = f"{_how(reading, told.explainer)}, against {len(background)} rows that were learnt from"
    base = reading.output(d.table.values[background]).mean(0)
    found = []
    for row, shares, pair in zip(table.values, told.values, against, strict=True):
        name, turn = _turned(reading, pair)
        weights = towards(shares, pair)
        order = np.argsort(-weights, kind="stable")
        reasons = tuple(
            Reason(table.columns[j].name, said_of(table.columns[j], row[j]), float(weights[j]))
            for j in order
            if j in reading.used
        )
        found.append(Reasons(name, float(base @ turn), reasons, how))
    return found


def towards(values: Floats, pair: tuple[int, int]) -> Floats:
    """Return what each column adds towards the class that is named, against the other."""
    named, other = pair
    if values.shape[1] == 1:  # a number, or the second of two classes
        return values[:, 0] if named >= other else -values[:, 0]
    return np.asarray(values[:, named] - values[:, other])


def _how(reading: Reading, explainer: str) -> str:
    if explainer != "exact":
        return f"Shapley values, {explainer}"
    if isinstance(reading, ChoiceReading):
        return "exact Shapley values over the leaves"
    units = " and its units" if isinstance(reading, NetReading) else ""
    return f"exact Shapley values of the sum{units}"


def _turned(reading: Reading, pair: tuple[int, int]) -> tuple[str, Floats]:
    """Return the name of what is added up, and how outputs become it."""
    if not reading.classes:
        return "prediction", np.ones(1)
    named, other = pair
    turn = np.zeros(len(reading.classes))
    turn[named], turn[other] = 1.0, -1.0
    return f"log-odds of {reading.classes[named]} against {reading.classes[other]}", turn


def _some(rows: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    # those that attributions of both models are drawn against, so that the two agree
    return np.random.default_rng([seed, 2]).permutation(rows)[:BACKGROUND]
