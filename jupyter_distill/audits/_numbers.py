"""How faithful is a student of a regression? In the unit of the target, beside two baselines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill import _resample as resample
from jupyter_distill._late import late
from jupyter_distill.audits._card import Card
from jupyter_distill.audits._intervals import UNKNOWN, Interval
from jupyter_distill.audits._models import LABELS_ONLY, MEAN, STUDENT, Models
from jupyter_distill.audits._text import WHICH, left
from jupyter_distill.distillation import Distillation
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

EXPLAINED = {
    STUDENT: "the student",
    LABELS_ONLY: "the same student fitted to the true values, without the teacher",
    MEAN: "always the mean of what the teacher says",
}
MEASURES = ("r2", "rmse", "mae")
# The measures as functions of means of columns, as of ``r2_columns`` and last absolute differences.
OF_MEANS: tuple[Callable[[Floats], Floats], ...] = (
    resample.r2,
    lambda m: np.sqrt(np.maximum(m[..., 0], 0.0)),
    lambda m: np.maximum(m[..., 3], 0.0),
)
ENDS = ("", "_low", "_high")


@dataclass(frozen=True)
class NumberScore:
    """One model against the teacher, and against the truth, over all held-out rows.

    Attributes
    ----------
    model : str
        ``"student"``, ``"labels only"``, ``"mean of the teacher"`` or ``"teacher"``.
    r2 : Interval
        Share of the variance of the teacher's numbers that the model explains; below 0 where
        their mean would do better.
    rmse, mae : Interval
        Root mean squared and mean absolute difference to the teacher, in the target's own unit.
    truth_r2, truth_rmse, truth_mae : Interval
        The same against the true values, over the rows of which they are known; NaN without.
    """

    model: str
    r2: Interval
    rmse: Interval
    mae: Interval
    truth_r2: Interval
    truth_rmse: Interval
    truth_mae: Interval

    @property
    def fidelity(self) -> Interval:
        """What counts first: R2 to the teacher."""
        return self.r2


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class NumberFidelity(Card):
    """The fidelity card of a regression.

    Attributes
    ----------
    teacher, student, rows, unseen, which
        As of `Card`.
    scores : tuple of NumberScore
        Of the student and its baselines.
    of_teacher : NumberScore or None
        The teacher against the truth; None without it.
    """

    scores: tuple[NumberScore, ...]
    of_teacher: NumberScore | None

    @property
    def value(self) -> float:
        """R2 of the student to the teacher on held-out rows."""
        return self.overall.r2.value

    @property
    def overall(self) -> NumberScore:
        """The student."""
        return self.scores[0]

    @property
    def baselines(self) -> tuple[NumberScore, ...]:
        """What the student has to beat."""
        return self.scores[1:]

    def frame(self) -> pd.DataFrame:
        """Return one row per model, the teacher last where the truth is known."""
        rows = []
        for score in (*self.scores, *([] if self.of_teacher is None else [self.of_teacher])):
            row: dict[str, Any] = {"model": score.model, "rows": self.rows}
            for name in (*MEASURES, *(f"truth_{m}" for m in MEASURES)):
                interval: Interval = getattr(score, name)
                row |= {name + end: v for end, v in zip(ENDS, interval, strict=True)}
            rows.append(row)
        return pd.DataFrame(rows)

    def texts(self, names: dict[str, str] | None = None) -> tuple[pd.DataFrame, ...]:
        """Return the card as tables of texts: against the teacher and, if known, the truth."""
        heads = ["model", "R2 [95 %]", "RMSE [95 %]", "MAE [95 %]"]
        known = names or {}
        tables = []
        for prefix, extra in (("", []), ("truth_", [self.of_teacher])):
            scores = [s for s in (*self.scores, *extra) if s is not None]
            lines = [
                [known.get(s.model, s.model)]
                + [said(getattr(s, prefix + name), name) for name in MEASURES]
                for s in scores
            ]
            tables.append(pd.DataFrame(lines, columns=heads))
        return tuple(tables if self.of_teacher is not None else tables[:1])

    def describe(self) -> str:
        """Return the card as text."""
        to = ("to the teacher, in the unit of the target:", "to the truth:")
        parts = [f"{who}\n{left(table)}" for who, table in zip(to, self.texts(), strict=False)]
        return "\n\n".join([self.head, *parts])

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def said(interval: Interval, measure: str) -> str:
    """Write an interval: R2 with three decimals, errors with four digits that count."""
    if measure == "r2" or np.isnan(interval.value):
        return Interval(*(round(v, 3) + 0.0 for v in interval)).text()  # no -0.000
    value, low, high = (f"{v:.4g}" if abs(v) < 1e4 else f"{v:,.0f}" for v in interval)
    return f"{value} [{low}, {high}]"


def number_fidelity(d: Distillation, rows: str) -> NumberFidelity:
    """Measure a regression's student on its held-out rows, or on all."""
    beside = Models.of(d, rows)
    targets, models = beside.targets, beside.models
    scores = tuple(_score(name, said, targets, d.random_state) for name, said in models.items())
    of_teacher = None
    if targets.known is not None and targets.known.any():
        of_teacher = _score("teacher", targets.values, targets, d.random_state)
    return NumberFidelity(
        teacher=d.teacher.name,
        student=d.title,
        rows=targets.n_rows,
        scores=scores,
        of_teacher=of_teacher,
        unseen=d.rows.unseen,
        which=WHICH[rows],
    )


def _score(name: str, said: Floats, targets: Predictions, seed: int | None) -> NumberScore:
    teacher = _measured(said, targets.values, seed)
    truth, known = [UNKNOWN] * 3, targets.known
    if targets.truth is not None and known is not None and known.any():
        truth = _measured(said[known], targets.truth[known], seed)
    return NumberScore(name, *teacher, *truth)


def _measured(said: Floats, target: Floats, seed: int | None) -> list[Interval]:
    """Return R2, RMSE and MAE; the same resamples for every model, so that they compare."""
    columns = np.column_stack([resample.r2_columns(said, target), np.abs(target - said)])
    means = resample.resampled_means(columns, seed)
    return [Interval(*resample.interval(columns, means, of)) for of in OF_MEANS]
