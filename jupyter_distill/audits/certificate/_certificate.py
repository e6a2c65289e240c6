"""The account of one decision: the exact rule, how far to trust it, and what would change it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._classes import as_python
from jupyter_distill._late import late
from jupyter_distill._validation import check_number, expected
from jupyter_distill.audits.certificate._asked_again import Answers, ask, said
from jupyter_distill.audits.certificate._cases import Cases, cases
from jupyter_distill.audits.certificate._certified import (
    Change,
    DecidingRule,
    DecidingSum,
    Said,
    plain,
)
from jupyter_distill.audits.certificate._changes import Search, in_words, verified
from jupyter_distill.audits.certificate._constrained import Constraint, bounded, only_read
from jupyter_distill.audits.certificate._constrained import constraints_of as kept_by
from jupyter_distill.audits.certificate._decided import decided
from jupyter_distill.audits.certificate._goal import against, goal
from jupyter_distill.audits.certificate._many import Certificates
from jupyter_distill.audits.certificate._margins import Margin, Margins
from jupyter_distill.audits.certificate._near_rows import NearRows, Support
from jupyter_distill.audits.certificate._notable import USUAL, notable, unlearnt
from jupyter_distill.audits.certificate._reading import truly
from jupyter_distill.audits.certificate._reading_sums import read
from jupyter_distill.audits.certificate._reasons import Reasons
from jupyter_distill.audits.certificate._reasons import reasons as reasons_of
from jupyter_distill.audits.certificate._reasons_beside import Beside, beside, read_methods
from jupyter_distill.audits.certificate._room import check_start, limited, rooms
from jupyter_distill.audits.certificate._text import described
from jupyter_distill.audits.certificate._wish import Wish
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Findings

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Certificate:
    """The account of one decision of a student.

    There is none unless the rule, or the sum, that it shows was applied to the row again and came
    to the very answer of the student.

    Attributes
    ----------
    student_name, teacher_name : str
        Who decided, and whom it was distilled from.
    family : str
        Of the student.
    label : object
        What the row's owner calls it: its label in the index, or its position.
    position : int or None
        Its position among the rows of the distillation; None for a new row.
    part : {"learnt", "held out", "new"}
        Whether the student learnt from the row.
    values : dict of str to object
        What the row holds, as its owner wrote it; None where a value is missing.
    student : Said
        What the student says.
    teacher : Said or None
        What the teacher says; None where it cannot be asked.
    teacher_note : str
        Why that is; empty where it was asked.
    truth : object
        The true class or number, where it is known; else None.
    decision : DecidingRule or DecidingSum
        Why the student says it.
    support : Support
        How many rows the decision stands on, and how far the student follows its teacher there.
    margins : tuple of Margin
        How far the row is from each threshold, the nearest first; of sums, how far each column by
        itself is from another class.
    change : Change or None
        The smallest change within the limits that gives another decision; None for a number of
        which no target was named.
    constraints : tuple of Constraint
        Those that the student was fitted with, and whether it is proven that it keeps them.
    reasons : Reasons or None
        The columns by what they add to the student's decision.
    beside : tuple of Beside
        The reasons of both models by every method that was asked for.
    findings : Findings
        What should be known before acting on it.
    verified : str
        What was verified, and how.
    """

    student_name: str
    teacher_name: str
    family: str
    label: object
    position: int | None
    part: str
    values: Mapping[str, Any]
    student: Said
    teacher: Said | None
    teacher_note: str
    truth: Any
    decision: DecidingRule | DecidingSum
    support: Support
    margins: tuple[Margin, ...]
    change: Change | None
    constraints: tuple[Constraint, ...]
    reasons: Reasons | None
    beside: tuple[Beside, ...]
    findings: Findings
    verified: str

    @property
    def answer(self) -> Any:
        """The class that the student names, or its number."""
        return self.student.answer

    @property
    def agrees(self) -> bool | None:
        """Whether the teacher names the same class; None for numbers, and where it is not known."""
        if self.teacher is None or not self.student.probabilities:
            return None
        return bool(self.teacher.answer == self.student.answer)

    @property
    def title(self) -> str:
        """What it is of, e.g. ``Certificate of row 17 (held out)``."""
        kind = {"new": "a new row"}.get(self.part, f"row {self.label} ({self.part})")
        if self.part == "new" and self.label != 0:
            kind = f"the new row {self.label}"
        return f"Certificate of {kind}"

    def frame(self) -> pd.DataFrame:
        """Return the decision in one row: see :class:`Certificates`."""
        return Certificates((self,)).frame()

    def describe(self) -> str:
        """Return the account as text."""
        return described(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON: None stands for what is not a number."""
        found: dict[str, Any] = plain(
            {
                "student_name": self.student_name,
                "teacher_name": self.teacher_name,
                "family": self.family,
                "label": self.label,
                "position": self.position,
                "part": self.part,
                "values": dict(self.values),
                "student": self.student.to_dict(),
                "teacher": None if self.teacher is None else self.teacher.to_dict(),
                "teacher_note": self.teacher_note,
                "truth": self.truth,
                "decision": self.decision.to_dict(),
                "support": self.support.to_dict(),
                "margins": [margin.to_dict() for margin in self.margins],
                "change": None if self.change is None else self.change.to_dict(),
                "constraints": [one.to_dict() for one in self.constraints],
                "reasons": None if self.reasons is None else self.reasons.to_dict(),
                "beside": [one.to_dict() for one in self.beside],
                "findings": [one.to_dict() for one in self.findings],
                "verified": self.verified,
            }
        )
        return found

    def to_json(self, indent: int | None = 2) -> str:
        """Return the same as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=indent)

    def save(self, path: str | Path) -> Path:
        """Write it as one HTML file that needs nothing else, or as ``.json`` or ``.txt``.

        Parameters
        ----------
        path : str or Path
            Where to; the ending says as what. An existing file is replaced.
        """
        written: Path = late("jupyter_distill.exports.certificate:save")(self, path)
        return written

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.certificate:certificate")(self)
        return html

    def view(self, **chosen: Any) -> Any:
        """Return the view of a notebook; `chosen` is what it starts with."""
        return late("jupyter_distill.widgets.certificate:CertificateView")(self, **chosen)


def certificate(
    d: Distillation,
    row: Any = None,
    *,
    index: Any = None,
    immutable: Sequence[str] = (),
    limits: Mapping[str, Any] | None = None,
    target: Any = None,
    fill_missing: bool = False,
    reasons: Any = True,
    ask: bool = True,
    evaluations: int | None = None,
) -> Certificate | Certificates:
    """Return the account of one decision, or of many.

    Parameters
    ----------
    d : Distillation
        Whose student decided.
    row : int, dict, frame, array of two axes, or list of int or dict
        A position among the rows that were distilled from; or a new row, as a dict of values by
        column, a frame or a pandas series. Of a list, or of a frame of many rows, all of them.
    index : label or list of labels, optional
        In place of `row`: the label of a row in the index of the pandas frame X.
    immutable : sequence of str
        Columns that may not change.
    limits : dict, optional
        Per column where it may go: ``(low, high)`` with None for an open end, which is then that
        of the learnt rows; ``"+"`` or ``"-"``: only upwards, only downwards; of a category the list
        of values that it may take. Without limits a column stays within the learnt rows.
    target : class, list of classes, or (low, high), optional
        The decision that is wanted: another class than now unless given. Of a regression the range
        in which the prediction must lie; without it no change is looked for.
    fill_missing : bool, default False
        Whether a change may fill in a missing value. A value is never made missing.
    reasons : bool, {"shap", "lime", "surrogate"} or several of these, default True
        Whether to say how much each column adds to the student's decision; by these methods also
        of the teacher, which is asked about other rows then.
    ask : bool, default True
        Whether the teacher may be asked about rows that it has not answered: new ones, and rows
        after a change.
    evaluations : int, optional
        Rows that the teacher is asked about by each of these methods, at most: 20,000 for each row,
        of a teacher that may be far away 2,000 for each row, and for several rows no more than the
        table has, or 2,000; and no more than it answers in about 10 seconds. How many it were is
        said beside the reasons.

    Returns
    -------
    Certificate or Certificates

    Raises
    ------
    RuntimeError
        If the rule that is read does not come to the student's answer: then nothing is certified.
    TypeError, ValueError, IndexError, KeyError
        If there is no such row or column, or limits leave out the value that a row has.
    """
    if not isinstance(ask, bool):
        raise TypeError(expected("ask to be True or False", got=repr(ask)))
    methods = read_methods(reasons)
    if evaluations is not None:
        check_number("evaluations", evaluations, low=1, integer=True)
    asked = cases(d, row, index)
    usual = rooms(d)
    within = limited(usual, immutable, limits, fill_missing)
    for i, label in enumerate(asked.labels):
        check_start(within, asked.table.values[i], limits, label)
    found = _certified(
        d,
        asked,
        usual,
        within,
        Wish(
            *(target, limits, tuple(immutable), fill_missing, reasons is not False),
            *(methods, ask, evaluations),
        ),
    )
    return found[0] if asked.single else Certificates(tuple(found))


def _certified(
    d: Distillation, asked: Cases, usual: Any, within: Any, wish: Wish
) -> list[Certificate]:
    reading = read(d.student, d.student.explain())
    table = asked.table
    output = truly(d.student, table)
    reading.check(table.values, output)
    classes = () if d.task == "regression" else tuple(as_python(c) for c in d.targets.classes)
    students = [said(d, one) for one in output]
    answers = _teacher(d, asked, wish.ask)
    teachers = [None if answers.values is None else said(d, one) for one in _each(answers, table)]
    goals = [goal(wish.target, classes, int(one.argmax())) for one in output]
    words = in_words(within, wish.immutable, wish.limits, wish.fill)
    search = Search(d, reading, only_read(within, reading.used), words, wish.ask)
    keeps = kept_by(d)
    changes = bounded(search.of(asked, goals, students, teachers), keeps, goals, output)
    learnt = d.table.values[d.rows.learnt]
    with np.errstate(invalid="ignore"):
        spreads = np.array(
            [np.std(x[~np.isnan(x)]) if (~np.isnan(x)).any() else 0 for x in learnt.T]
        )
    margins = Margins(reading, usual, spreads, lambda of: said(d, of[0]).text)
    near = NearRows(d, reading)
    supports = near.of(table, asked.places)
    why: Sequence[Reasons | None] = [None] * len(asked)
    pairs = [against(one, g) for one, g in zip(output, goals, strict=True)]
    if wish.reasons:
        why = reasons_of(d, reading, table, pairs)
    often = wish.evaluations
    others = beside(d, wish.methods, asked, answers, pairs, allowed=wish.ask, evaluations=often)
    gaps = np.asarray(np.isnan(learnt).any(0))
    usually = (
        float(np.quantile(near.alike[near.held_out], USUAL)) if near.held_out.any() else np.inf
    )
    found = []
    for i in range(len(asked)):
        one = margins.of(table.values[i])
        found.append(
            Certificate(
                student_name=d.title,
                teacher_name=d.teacher.name,
                family=d.family,
                label=asked.labels[i],
                position=None if asked.places is None else int(asked.places[i]),
                part=_part(d, asked, i),
                values={c.name: as_python(table.cell(i, j)) for j, c in enumerate(table.columns)},
                student=students[i],
                teacher=teachers[i],
                teacher_note=answers.note,
                truth=_truth(d, asked, i),
                decision=decided(reading, table.values[i], margins),
                support=supports[i],
                margins=one,
                change=changes[i],
                constraints=keeps,
                reasons=why[i],
                beside=others[i],
                findings=notable(
                    students[i],
                    teachers[i],
                    usually,
                    supports[i],
                    unlearnt(usual, table, i, gaps),
                    one,
                    changes[i],
                ),
                verified=verified(changes[i]),
            )
        )
    return found


def _teacher(d: Distillation, asked: Cases, allowed: bool) -> Answers:
    if asked.places is None:
        return ask(d, asked.table, allowed=allowed, unlike=asked.unlike)
    targets = d.targets.take(asked.places)
    return Answers(targets.values[:, None] if d.task == "regression" else targets.logits)


def _each(answers: Answers, table: Any) -> Sequence[Any]:
    return [None] * table.n_rows if answers.values is None else list(answers.values)


def _part(d: Distillation, asked: Cases, i: int) -> str:
    if asked.places is None:
        return "new"
    return "held out" if asked.places[i] in d.rows.held_out else "learnt"


def _truth(d: Distillation, asked: Cases, i: int) -> Any:
    if asked.places is None:
        return None
    at = int(asked.places[i])
    if d.task == "regression":
        known = d.targets.truth is not None and not np.isnan(d.targets.truth[at])
        return float(d.targets.truth[at]) if known else None
    labels = d.targets.labels
    return None if labels is None or labels[at] < 0 else as_python(d.targets.classes[labels[at]])
