"""Every measure of a student: hard, soft, as a ranking; to the teacher and to the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jupyter_distill._late import late
from jupyter_distill._validation import check_choice
from jupyter_distill.audits._best_possible import BestPossible, best_possible
from jupyter_distill.audits._intervals import UNKNOWN, Interval, between
from jupyter_distill.audits._measured import (
    Counted,
    intervals,
    to_classes,
    to_distribution,
    to_labels,
    to_numbers,
)
from jupyter_distill.audits._models import STUDENT, TEACHER, Models, of_a_sample
from jupyter_distill.audits._part import Part
from jupyter_distill.audits._text import left
from jupyter_distill.distillation import Distillation
from jupyter_distill.targets import Predictions

TRUTH = "truth"
BEST = "best possible"


@dataclass(frozen=True)
class Measure:
    """One measure of one model.

    Attributes
    ----------
    model : str
        ``"student"``, ``"labels only"``, ``"most common class"`` (of a regression ``"mean of the
        teacher"``), ``"best possible"`` or ``"teacher"``.
    against : {"teacher", "truth"}
        What it is measured against.
    name : str
        E.g. ``"balanced agreement"``.
    interval : Interval
        Value and 95 % interval, by bootstrap or, of shares, Wilson's; NaN where it is not defined.
    """

    model: str
    against: str
    name: str
    interval: Interval


@dataclass(frozen=True, eq=False)
class Measures:
    """All measures of a student and of what stands beside it, over the same rows and resamples.

    Attributes
    ----------
    teacher, student : str
        What is compared.
    rows, known : int
        Rows, and those of which the truth is known.
    which : str
        What the rows are: ``"held-out rows"``, or all.
    measures : tuple of Measure
        Against the teacher first.
    best : BestPossible
        The best that a student of this family and size can be, where it can be computed.
    unseen : bool
        Whether the teacher did not see these rows either.
    notes : tuple of str
        What else is to be known.
    """

    teacher: str
    student: str
    rows: int
    known: int
    which: str
    measures: tuple[Measure, ...]
    best: BestPossible
    unseen: bool
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """Agreement of the student with its teacher, or R2."""
        return self.measures[0].interval.value

    def of(self, name: str, model: str = STUDENT, against: str = TEACHER) -> Interval:
        """Return one measure.

        Parameters
        ----------
        name : str
            E.g. ``"AUC"``.
        model : str, default "student"
            Of whom.
        against : {"teacher", "truth"}
            Against what.

        Raises
        ------
        ValueError
            If there is no such measure.
        """
        check_choice("against", against, (TEACHER, TRUTH))
        there = [one for one in self.measures if one.against == against]
        check_choice("name", name, tuple(dict.fromkeys(one.name for one in there)))
        there = [one for one in there if one.name == name]
        check_choice("model", model, tuple(one.model for one in there))
        return next(one.interval for one in there if one.model == model)

    def frame(self) -> pd.DataFrame:
        """Return one row per model and measure: ``value`` with its interval ``low`` to ``high``.

        Against the teacher:

        - ``agreement``: share of rows with the teacher's class; ``balanced agreement``: its mean
          over the classes that the teacher names.
        - ``KL``: mean KL(teacher || model) at T = 1, in nats; ``Brier``: mean over rows of the
          squared difference of probabilities, summed over classes.
        - ``R2 of log-odds``: of log-probabilities about their mean over the classes, none taken as
          less than 1e-6.
        - ``AUC``: how well the model's probability of a class ranks the rows that the teacher gives
          to it before the others; the mean over classes.

        Against the truth: ``accuracy``, ``balanced accuracy``, ``AUC``; ``ECE`` of the class that
        is named (15 bins of as many rows), ``log loss`` and ``Brier``. Of a regression, against
        both: ``R2``, ``RMSE``, ``MAE`` and ``Spearman``'s correlation.
        """
        return pd.DataFrame(
            [[m.model, m.against, m.name, *m.interval] for m in self.measures],
            columns=["model", "against", "measure", "value", "low", "high"],
        )

    def describe(self) -> str:
        """Return all measures as text."""
        parts = [f"{self.student} beside {self.teacher}, {self.rows:,} {self.which}"]
        if not self.unseen:
            parts[0] += "\n(the teacher may have seen them; for rows that it did not, pass test=)"
        for against, head in ((TEACHER, "to the teacher"), (TRUTH, "to the truth")):
            there = [one for one in self.measures if one.against == against]
            if not there:
                continue
            if against == TRUTH and self.known < self.rows:
                head += f", known for {self.known:,}"
            models = list(dict.fromkeys(one.model for one in there))
            said = {(one.name, one.model): _text(one.interval) for one in there}
            names = dict.fromkeys(one.name for one in there)
            table = pd.DataFrame(
                [[_called(n), *(said.get((n, m), "") for m in models)] for n in names],
                columns=["[95 %]", *models],
            )
            parts.append(f"{head}:\n{left(table)}")
        parts.append(self.best.describe())
        return "\n\n".join([*parts, *self.notes])

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def measures(d: Distillation, rows: str = "held_out") -> Measures:
    """Measure a distillation's student in every way on its held-out rows, or on all.

    Of a sample of more rows these are the sample's.
    """
    beside = Models.of(d, rows)
    targets, known = beside.targets, beside.known
    numbers = isinstance(targets, Predictions)
    best = best_possible(d, beside)
    counted: dict[tuple[str, str], dict[str, Counted | None]] = {}
    for model, said in beside.models.items():
        if numbers:
            counted[TEACHER, model] = to_numbers(said, targets.values)
        else:
            counted[TEACHER, model] = {
                **to_classes(said, targets.predicted),
                **to_distribution(said, targets.logits),
            }
    if best.columns is not None:
        counted[TEACHER, BEST] = {best.measure: best.columns}
    if known.any():
        own = targets.values if numbers else targets.logits
        truth = (targets.truth if numbers else targets.labels)[known]
        measure = to_numbers if numbers else to_labels
        for model, said in {**beside.models, TEACHER: own}.items():
            counted[TRUTH, model] = measure(said[known], truth)
    return Measures(
        teacher=d.teacher.name,
        student=d.title,
        rows=targets.n_rows,
        known=int(known.sum()),
        which=beside.which,
        measures=tuple(_all(counted, d.random_state)),
        best=best,
        unseen=d.rows.unseen,
        notes=of_a_sample(d),
    )


def _all(
    counted: dict[tuple[str, str], dict[str, Counted | None]], seed: int | None
) -> list[Measure]:
    found = []
    for against in (TEACHER, TRUTH):
        # those of all models at once, so that the resamples are drawn once
        flat = {
            f"{model}: {name}": one
            for (to, model), by_name in counted.items()
            if to == against
            for name, one in by_name.items()
        }
        measured = intervals(flat, seed)
        found += [
            Measure(model, against, name, measured.get(f"{model}: {name}", UNKNOWN))
            for (to, model), by_name in counted.items()
            if to == against
            for name in by_name
        ]
    return found


def _called(name: str) -> str:
    return f"{name}, nats" if name == "KL" else name


def _text(interval: Interval) -> str:
    if np.isnan(interval.low) and not np.isnan(interval.value):
        return f"{interval.value:.3f}"
    if np.isnan(interval.value) or abs(interval.value) < 1000:
        return Interval(*(round(v, 3) + 0.0 for v in interval)).text()  # no -0.000
    return f"{interval.value:.4g} {between(interval.low, interval.high, '.4g')}"


PART = Part(15, "How faithful is it in every measure?", lambda d, scope, _: measures(d, scope.rows))
