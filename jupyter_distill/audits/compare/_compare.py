"""Distil and compare: the student against the same student fitted to the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jupyter_distill._late import late
from jupyter_distill._validation import Refusal, check_choice, check_number, expected
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._moves import draw, grids
from jupyter_distill.audits._part import NotAsked, Part, Scope
from jupyter_distill.audits._text import WHICH, figures, told_apart
from jupyter_distill.audits.compare._against_truth import (
    ALIKE,
    FEWEST,
    LESS,
    MORE,
    UNUSED,
    answers_of,
    by_chance_of,
    columns_of,
    curves_of,
    parts_of,
)
from jupyter_distill.audits.compare._twins import Said, both, room, shown
from jupyter_distill.distillation import Distillation, Work
from jupyter_distill.findings import Finding, Findings


@dataclass(frozen=True, eq=False)
class TruthComparison:
    """The student beside the same student fitted to the truth without the teacher.

    What the one uses and the other does not is the teacher's: the truth does not ask for it.

    Attributes
    ----------
    student, teacher : str
        Who was compared.
    regression : bool
        Whether they give numbers.
    which : str
        What the rows are.
    rows, moved, refits : int
        Rows on which answers are compared, rows that were moved through the columns, and refits
        of each of the two.
    apart : Interval
        Share of rows for which the two name different classes; of numbers the root mean squared
        difference, whose interval is not known.
    by_chance : float
        The same between two refits to the truth, on average: what other rows alone would do.
    student_right, labels_only_right : Interval
        Share of rows for which each is right; of numbers the mean squared error. NaN where the
        truth of these rows is not known.
    columns : data frame
        See :meth:`frame`.
    parts : data frame
        Splits, rules, coefficients or terms of either: ``kind``, ``part``; ``share_student`` and
        ``share_labels_only``: of the refits, that have it; ``in_student``, ``in_labels_only``;
        medians of their measures.
    lines : data frame
        See :meth:`curves`.
    findings : Findings
        Columns that the teacher leans on more, or less, than the truth asks for.
    notes : tuple of str
        What was cut short, and what blurs the comparison.

    References
    ----------
    S. Tan, R. Caruana, G. Hooker, Y. Lou: Distill-and-Compare: Auditing Black-Box Models Using
    Transparent Model Distillation, 2018.
    """

    student: str
    teacher: str
    regression: bool
    which: str
    rows: int
    moved: int
    refits: int
    apart: Interval
    by_chance: float
    student_right: Interval
    labels_only_right: Interval
    columns: pd.DataFrame
    parts: pd.DataFrame
    lines: pd.DataFrame
    findings: Findings
    notes: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return one row per column, the largest difference first.

        Returns
        -------
        data frame
            ``column``; ``student``, ``labels_only``: how far it moves the answers of each, a
            probability or in the target's unit; ``difference`` with its 95 % interval ``low`` to
            ``high`` over refits of both; ``p``; ``leans``: ``more`` or ``less`` where the student
            leans on it clearly more or less than the truth asks for, ``alike``, or ``not used`` by
            either.
        """
        return self.columns.copy()

    def curves(self) -> pd.DataFrame:
        """Return partial dependence of both, about its mean, and the difference.

        Returns
        -------
        data frame
            ``column``, ``of_class`` (empty for a number), ``value``, ``text``, ``student``,
            ``labels_only``, ``difference``, ``low``, ``high`` (95 %, over refits of both).
        """
        return self.lines.copy()

    def leans(self, how: str) -> list[str]:
        """Return the columns that the student leans on ``"more"`` or ``"less"``."""
        check_choice("how", how, (MORE, LESS, ALIKE, UNUSED))
        names: list[str] = self.columns.loc[self.columns["leans"] == how, "column"].tolist()
        return names

    def describe(self) -> str:
        """Say in words where the two part, and what the teacher adds to the truth."""
        where = f"{self.rows:,} {self.which}"
        if self.regression:
            how = f"differ by {self.apart.value:.3g} (RMSE) on {where}"
            chance = f"{self.by_chance:.3g}"
        else:
            how = f"name different classes for {self.apart.text()} of {where}"
            chance = f"{self.by_chance:.3f}"
        lines = [
            f"The {self.student} and the same student fitted to the truth {how}; two fitted to "
            f"resamples of the truth differ by {chance}."
        ]
        for how, text in ((MORE, "more"), (LESS, "less")):
            of = self.columns[self.columns["leans"] == how]
            if len(of):
                listed = "; ".join(_said(row) for row in of.to_dict("records"))
                lines.append(f"It leans {text} than the truth asks for on {listed}.")
        if not self.leans(MORE) and not self.leans(LESS):
            lines.append("No column moves the one clearly more than the other.")
        own = self.parts.loc[self.parts["in_student"] & ~self.parts["in_labels_only"]]
        others = self.parts.loc[~self.parts["in_student"] & self.parts["in_labels_only"]]
        for of, who in ((own, "the student"), (others, "the one fitted to the truth")):
            if len(of):
                named = [f"{row.kind} {row.part}" for row in of.head(5).itertuples()]
                more = f" and {len(of) - 5} more" if len(of) > 5 else ""
                lines.append(f"Only in {who}: {'; '.join(named)}{more}.")
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def __repr__(self) -> str:
        table = figures(self.columns).to_string(index=False, max_rows=30)
        return f"{self.describe()}\n\n{table}"

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def _said(row: Mapping[Any, Any]) -> str:
    own, other = told_apart([row["student"], row["labels_only"]])
    difference, low, high = told_apart([row["difference"], row["low"], row["high"]], kind="+g")
    return (
        f"{row['column']} (moves its answers by {own}, those of the other by {other}; difference "
        f"{difference} [{low}, {high}])"
    )


def compare(
    d: Distillation,
    resamples: int = 20,
    rows: str = "held_out",
    n: int = 100,
    grid: int = 10,
    random_state: int | None = None,
    n_jobs: int | None = None,
    progress: bool = True,
) -> TruthComparison:
    """Compare the student with the same student fitted to the truth.

    Both are refitted to the same bootstrap resamples of what they learnt from, which tells what is
    the teacher's doing from what other rows would have changed; the level of 1 % is shared among
    the columns.

    Parameters
    ----------
    d : Distillation
        What to look at; of its rows the truth must be known.
    resamples : int, default 20
        Refits of each.
    rows : {"held_out", "all"}
        Rows to compare on.
    n : int, default 100
        Rows that are moved through the values of each column; fewer where there are many columns.
    grid : int, default 10
        Values of a number, by quantile; of a category all, up to 30.
    random_state : int, optional
        Seed of the resamples; that of the distillation unless given.
    n_jobs : int, optional
        Fits at a time, through the backend of joblib that is active. An interrupt keeps the
        refits that are done.
    progress : bool, default True
        Whether to show progress.

    Raises
    ------
    ValueError
        If the truth is not known.
    """
    check_number("resamples", resamples, low=FEWEST, integer=True)
    check_choice("rows", rows, ("held_out", "all"))
    n = int(check_number("n", n, low=2, integer=True))
    grid = int(check_number("grid", grid, low=2, integer=True))
    if random_state is not None:
        check_number("random_state", random_state, low=0, high=2**32 - 1, integer=True)
    other = d.labels_only
    if other is None:
        raise Refusal(
            expected(
                "a distillation with the ground truth, to fit the same student to it",
                got="one without",
                remedy="Distil with y: distill(model, X, y).",
            )
        )
    work = Work(bool(progress), n_jobs)
    values = grids(d.table, list(range(d.table.n_columns)), grid)
    values = {feature: one for feature, one in values.items() if len(one) > 1}
    classes = 1 if d.task == "regression" else d.targets.n_classes
    drawn = draw(d, rows, room(n, values, classes))
    stacked = shown(d.table, drawn, values)
    seed = d.random_state if random_state is None else random_state
    found = both(d, stacked, resamples, seed, work)
    kept = min(len(found[0]), len(found[1]))
    if kept < FEWEST:
        work.notes.append(f"{kept} refits of each are too few to tell a difference from chance.")
    said = [Said.of([one.output(stacked)], len(drawn), values) for one in (d.student, other)]
    again = [Said.of([one.said for one in of], len(drawn), values) for of in found]
    columns = columns_of(d, values, said, again)
    apart, right = answers_of(d, rows)
    return TruthComparison(
        student=d.title,
        teacher=d.teacher.name,
        regression=d.task == "regression",
        which=WHICH[rows],
        rows=len(d.rows.held_out) if rows == "held_out" else d.table.n_rows,
        moved=len(drawn),
        refits=kept,
        apart=apart,
        by_chance=by_chance_of(again[1], d.task == "regression"),
        student_right=right[0],
        labels_only_right=right[1],
        columns=columns,
        parts=parts_of(d, found, other),
        lines=curves_of(d, values, said, again),
        findings=Findings.ordered(_findings(columns)),
        notes=(*_about(d), *work.notes),
    )


def _about(d: Distillation) -> Iterator[str]:
    if d.alpha > 0:
        yield (
            f"The student learnt with alpha = {d.alpha:g}, so that the truth is in it too: "
            "differences are understated."
        )
    if d.course.teaching.assistants:
        yield "The assistants were not taught anew."
    known = d.targets.known
    if known is not None and not known.all():
        yield (
            f"The truth of {int((~known).sum()):,} of {len(known):,} rows is not known: of these "
            "the teacher takes its place."
        )


def _findings(columns: pd.DataFrame) -> Iterator[Finding]:
    clear = columns[columns["leans"].isin([MORE, LESS])]
    if not len(clear):
        return
    top = clear.iloc[0]
    others = (
        f", and {len(clear) - 1} other column{'s' * (len(clear) > 2)}" if len(clear) > 1 else ""
    )
    yield Finding(
        "differs-from-truth",
        f"The student leans {top['leans']} than the truth asks for on "
        f"{_said(top.to_dict())}{others}: that comes from its teacher.",
        {
            "column": str(top["column"]),
            "student": float(top["student"]),
            "labels only": float(top["labels_only"]),
            "difference": float(top["difference"]),
            "p": float(top["p"]),
            "columns looked at": len(columns),
            "columns found": len(clear),
        },
        "Look whether the teacher knows more than these labels, or leans on what it should not: a "
        "column that it leans on more may stand for a bias, one that it leans on less may be news "
        "to it.",
        clear.reset_index(drop=True),
    )


def _part(d: Distillation, asked: Scope, _: float | None) -> TruthComparison:
    if d.labels_only is None:
        raise NotAsked("the truth is not known, so that no student can be fitted to it")
    resamples = max(asked.resamples, FEWEST)
    return compare(
        d, resamples, asked.rows, random_state=asked.random_state, progress=asked.progress
    )


PART = Part(95, "What does the teacher lean on that the truth does not ask for?", _part)
