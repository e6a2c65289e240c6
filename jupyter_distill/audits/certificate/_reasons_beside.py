"""The reasons of both models for a decision, by SHAP, LIME or a local surrogate, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import check_choice, expected
from jupyter_distill.audits.attributions import METHODS, Attributions, attributions
from jupyter_distill.audits.attributions._explained import Attribution
from jupyter_distill.audits.attributions._score_scale import Scale
from jupyter_distill.audits.certificate._asked_again import NOT_ASKED, Answers
from jupyter_distill.audits.certificate._cases import Cases
from jupyter_distill.audits.certificate._reading_sums import said_of
from jupyter_distill.audits.certificate._reasons import Reason, towards
from jupyter_distill.audits.certificate._reasons_budget import Allowed, Purse
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.targets import Predictions, SoftTargets, Targets

Floats = NDArray[np.float64]

NAMES = {"shap": "SHAP", "lime": "LIME", "surrogate": "a local surrogate"}


@dataclass(frozen=True)
class Beside:
    """What one method says of both models, towards the decision of the student.

    Attributes
    ----------
    method : str
        Its name.
    scale : str
        What is added up.
    student, teacher : tuple of Reason
        Those for the decision first; of the teacher none where it cannot be asked. Of LIME and
        surrogates, which draw a line near the row, the weight says what one standard deviation
        more of a number, or a category being as it is, would add; the largest first.
    how_student, how_teacher : str
        How they were computed, or why there are none.
    evaluations : int
        Rows that the teacher was asked about by this method, for all rows of the call.
    """

    method: str
    scale: str
    student: tuple[Reason, ...]
    teacher: tuple[Reason, ...]
    how_student: str
    how_teacher: str
    evaluations: int = 0

    @property
    def words(self) -> str:
        """What a weight is, in words."""
        if self.method == NAMES["shap"]:
            return f"what each column adds, {self.scale}"
        return f"what one standard deviation more, or being so, would add, {self.scale}"

    def main(self, who: str, most: int = 4) -> tuple[Reason, ...]:
        """Return the main reasons of a model: of SHAP those for the decision."""
        told: tuple[Reason, ...] = getattr(self, who)
        shap = self.method == NAMES["shap"]
        return tuple(one for one in told if not shap or one.weight > 0)[:most]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        both = {
            who: [one.to_dict() for one in getattr(self, who)] for who in ("student", "teacher")
        }
        return {**vars(self), **both}


def read_methods(reasons: Any) -> tuple[str, ...]:
    """Return the methods that are asked for beside the student's own reasons."""
    if isinstance(reasons, bool):
        return ()
    named = (reasons,) if isinstance(reasons, str) else reasons
    if not isinstance(named, Sequence) or not named:
        remedy = 'Write reasons=["shap", "lime"].'
        what = "reasons to be True, False, or methods"
        raise TypeError(expected(what, got=repr(reasons), remedy=remedy))
    return tuple(dict.fromkeys(check_choice("reasons", one, METHODS) for one in named))


def beside(
    d: Distillation,
    methods: Sequence[str],
    asked: Cases,
    answers: Answers,
    against: Sequence[tuple[int, int]],
    *,
    allowed: bool,
    evaluations: int | None = None,
) -> list[tuple[Beside, ...]]:
    """Explain both models by every method, for every row.

    Parameters
    ----------
    d : Distillation
        Whose models.
    methods : sequence of str
        ``"shap"``, ``"lime"``, ``"surrogate"``.
    asked : Cases
        The rows.
    answers : Answers
        What the teacher says of them.
    against : sequence of (int, int), length n
        For each row the class that the student names, and the one that it is held against.
    allowed : bool
        Whether the teacher may be asked.
    evaluations : int, optional
        About how many rows, by each method; see :class:`Purse`.
    """
    if not methods:
        return [()] * len(asked)
    whole, places = _with(d, asked, answers)
    if not allowed:
        whole, answers = replace(whole, inputs_given=True), Answers(None, NOT_ASKED)
    different, which = np.unique(places, return_inverse=True)
    silent = replace(whole, inputs_given=True)
    purse = Purse(d, len(different), len(methods), evaluations)
    found = []
    for name in methods:
        asks, told = whole, Allowed(1, answers.note)
        if not whole.silence:
            told = _allowed(purse, name)
            asks = whole if told.evaluations else silent
        most = max(told.evaluations, 1)
        n = len(different)
        of = attributions(asks, name, rows=different, n=n, evaluations=most, progress=False)
        found.append((of, told.note))
    return [
        tuple(_one(whole, one, int(which[i]), int(places[i]), pair, note) for one, note in found)
        for i, pair in enumerate(against)
    ]


def _allowed(purse: Purse, method: str) -> Allowed:
    try:
        return purse.allowed(method)
    except RuntimeError as error:  # the teacher's own failure: the student's reasons stand
        return Allowed(0, f"it failed: {error}")


def _with(d: Distillation, asked: Cases, answers: Answers) -> tuple[Distillation, Any]:
    """Return the distillation with new rows at the end of its own, and where the rows are."""
    if asked.places is not None:
        return d, asked.places
    said = answers.values
    if said is None:  # the teacher is not explained then: what stands here is not read
        said = d.student.output(asked.table).reshape(len(asked), -1)
    targets: Targets
    if isinstance(d.targets, Predictions):
        targets = Predictions(np.concatenate([d.targets.values, said[:, 0]]))
    else:
        targets = SoftTargets(np.concatenate([d.targets.logits, said]), d.targets.classes)
    table = _bare(d.table, asked.table) if asked.unlike else d.table.join(asked.table)
    whole = replace(d, table=table, targets=targets, inputs_given=answers.values is None)
    return whole, np.arange(d.table.n_rows, table.n_rows)


def _bare(table: Table, more: Table) -> Table:
    """Return both, one after another, as the student reads them; no teacher is asked then."""
    values = np.concatenate([table.values, more.values])
    return Table(table.columns, values, values)


def _one(
    d: Distillation, one: Attributions, at: int, place: int, pair: tuple[int, int], note: str
) -> Beside:
    row = d.table.values[place]

    def told(of: Attribution | None) -> tuple[Reason, ...]:
        if of is None:
            return ()
        weights = towards(of.values[at], pair)
        order = np.argsort(-(weights if one.method == "shap" else np.abs(weights)), kind="stable")
        return tuple(
            Reason(column.name, said_of(column, row[j]), float(weights[j]))
            for j, column in ((int(j), d.table.columns[j]) for j in order)
            if weights[j] != 0
        )

    why = note or (one.notes[0] if one.notes else "")
    spent = sum(of.evaluations for of in (one.teacher, one.again) if of is not None)
    how = why if one.teacher is None else f"{one.teacher.explainer}, {spent:,} answers"
    if one.teacher is not None and note:
        how += f" ({note})"
    return Beside(
        NAMES[one.method],
        _score(d, one.scale, pair),
        told(one.student),
        told(one.teacher),
        one.student.explainer,
        how,
        spent,
    )


def _score(d: Distillation, scale: Scale, pair: tuple[int, int]) -> str:
    if scale.kind == "number":
        return scale.words
    named, other = (str(d.targets.classes[k]) for k in pair)
    return f"{scale.kind} of {named} against {other}"
