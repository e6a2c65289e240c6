"""How faithful is the student? Measured on held-out rows, per class, beside two baselines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._validation import check_choice
from jupyter_distill.audits._card import Card
from jupyter_distill.audits._intervals import UNKNOWN, Interval, mean_intervals
from jupyter_distill.audits._models import LABELS_ONLY, MAJORITY, STUDENT, Models
from jupyter_distill.audits._numbers import NumberFidelity, number_fidelity
from jupyter_distill.audits._part import Part
from jupyter_distill.audits._text import WHICH, left
from jupyter_distill.distillation import Distillation
from jupyter_distill.targets import KL, SoftTargets

Floats = NDArray[np.float64]

EXPLAINED = {
    STUDENT: "the student",
    LABELS_ONLY: "the same student fitted to the labels, without the teacher",
    MAJORITY: "always the class that the teacher names most",
}
ALL = "all classes"


@dataclass(frozen=True)
class Score:
    """One model against the teacher, over all held-out rows or those of one class.

    Attributes
    ----------
    model : str
        ``"student"``, ``"labels only"`` or ``"most common class"``.
    of_class : str
        ``"all classes"``, or the class that the teacher names.
    overall : bool
        Whether it is over all classes, whatever these are called.
    rows : int
        Held-out rows that the score is over.
    agreement : Interval
        Share of them for which the model names the teacher's class.
    kl : Interval
        Mean KL(teacher || model) at T = 1, in nats; 0 is a perfect copy.
    precision : float
        Of the rows that the model gives to the class, the share that the teacher does too.
    accuracy : Interval
        Share of those with a known label for which the model names it; NaN without.
    """

    model: str
    of_class: str
    overall: bool
    rows: int
    agreement: Interval
    kl: Interval
    precision: float
    accuracy: Interval

    @property
    def fidelity(self) -> Interval:
        """What counts first: agreement with the teacher."""
        return self.agreement


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Fidelity(Card):
    """The fidelity card: an honest account of how well the student copies the teacher.

    Attributes
    ----------
    teacher, student, rows, unseen, which
        As of `Card`.
    scores : tuple of Score
        Of every model, over all classes and per class of the teacher.
    teacher_accuracy : Interval
        Of the teacher, against the ground truth; NaN without labels.
    """

    scores: tuple[Score, ...]
    teacher_accuracy: Interval

    @property
    def value(self) -> float:
        """Share of held-out rows for which student and teacher name the same class."""
        return self.overall.agreement.value

    @property
    def overall(self) -> Score:
        """The student over all classes."""
        return self.scores[0]

    @property
    def baselines(self) -> tuple[Score, ...]:
        """What the student has to beat, over all classes."""
        return tuple(s for s in self.scores if s.overall and s.model != STUDENT)

    @property
    def per_class(self) -> tuple[Score, ...]:
        """The student, per class that the teacher names."""
        return tuple(s for s in self.scores if not s.overall and s.model == STUDENT)

    def frame(self) -> pd.DataFrame:
        """Return one row per model and class."""
        data: dict[str, list[Any]] = {"model": [], "class": [], "rows": []}
        for score in self.scores:
            data["model"].append(score.model)
            data["class"].append(score.of_class)
            data["rows"].append(score.rows)
            for name in ("agreement", "kl", "accuracy"):
                interval: Interval = getattr(score, name)
                for end, value in zip(("", "_low", "_high"), interval, strict=True):
                    data.setdefault(name + end, []).append(value)
            data.setdefault("precision", []).append(score.precision)
        return pd.DataFrame(data)

    def describe(self) -> str:
        """Return the card as text."""
        models = pd.DataFrame(
            [
                [s.model, s.agreement.text(), s.kl.text(), s.accuracy.text()]
                for s in (self.overall, *self.baselines)
            ]
            + [["teacher", "", "", self.teacher_accuracy.text()]],
            columns=["model", "agreement [95 %]", "KL, nats [95 %]", "accuracy [95 %]"],
        )
        if np.isnan(self.teacher_accuracy.value):
            models = models.iloc[:-1, :-1]
        classes = pd.DataFrame(
            [
                [s.of_class, f"{s.rows:,}", s.agreement.text(), s.kl.text(), f"{s.precision:.3f}"]
                for s in self.per_class
            ],
            columns=["teacher says", "rows", "agreement [95 %]", "KL, nats [95 %]", "precision"],
        )
        return f"{self.head}\n\n{left(models)}\n\n{left(classes)}"

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def fidelity(d: Distillation, rows: str = "held_out") -> Fidelity | NumberFidelity:
    """Measure a distillation's student on its held-out rows, or on all."""
    check_choice("rows", rows, ("held_out", "all"))
    # rows that the teacher never saw are held out in memory
    if d.population is not None and not (d.rows.unseen and rows == "held_out"):
        counted = late("jupyter_distill.audits._counted:counted")
        card: Fidelity | NumberFidelity = counted(d, d.census, rows)
        return card
    return number_fidelity(d, rows) if d.task == "regression" else _class_fidelity(d, rows)


def _class_fidelity(d: Distillation, rows: str) -> Fidelity:
    beside = Models.of(d, rows)
    targets, models = beside.targets, beside.models
    named = targets.predicted
    groups = np.column_stack(
        [np.ones(targets.n_rows, bool), *(named == k for k in range(targets.n_classes))]
    )
    measured = np.concatenate([_measures(z, targets) for z in models.values()], axis=1)
    shares = (True, False) * len(models)
    intervals = mean_intervals(measured, groups, shares, d.random_state)
    answers = np.column_stack([*(z.argmax(1) for z in models.values()), named])
    accuracies = _accuracies(answers, targets, groups, d.random_state)
    classes = [ALL, *(str(c) for c in targets.classes)]
    scores = [
        Score(
            model=name,
            of_class=classes[g],
            overall=g == 0,
            rows=int(groups[:, g].sum()),
            agreement=intervals[g][2 * i],
            kl=intervals[g][2 * i + 1],
            precision=_precision(z.argmax(1), named, g - 1),
            accuracy=accuracies[g][i],
        )
        for i, (name, z) in enumerate(models.items())
        for g in range(len(classes))
    ]
    return Fidelity(
        teacher=d.teacher.name,
        student=d.title,
        rows=targets.n_rows,
        scores=tuple(scores),
        teacher_accuracy=accuracies[0][-1],
        unseen=d.rows.unseen,
        which=WHICH[rows],
    )


def _measures(logits: Floats, targets: SoftTargets) -> Floats:
    """Return agreement and KL per row."""
    return np.column_stack([logits.argmax(1) == targets.predicted, KL.per_row(logits, targets)])


def _accuracies(
    answers: NDArray[np.intp], targets: SoftTargets, groups: NDArray[np.bool_], seed: int | None
) -> list[list[Interval]]:
    """Return by group how often each column of answers is right, where the truth is known."""
    known = targets.known
    if targets.labels is None or known is None or not known.any():
        return [[UNKNOWN] * answers.shape[1]] * groups.shape[1]
    right = (answers == targets.labels[:, None])[known].astype(float)
    return mean_intervals(right, groups[known], [True] * answers.shape[1], seed)


def _precision(answer: NDArray[np.intp], named: NDArray[np.intp], k: int) -> float:
    if k < 0:
        return float((answer == named).mean())
    given = answer == k
    return float((named[given] == k).mean()) if given.any() else float("nan")


PART = Part(10, "How faithful is the student?", lambda d, scope, _: fidelity(d, scope.rows))
