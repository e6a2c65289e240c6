"""Whether teacher and student behave as people who know the field expect, by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._validation import check_choice, check_number, expected
from jupyter_distill.audits._part import NotAsked, Part, Scope
from jupyter_distill.audits._text import WHICH
from jupyter_distill.audits.expectations._found import at_worst, found_in, title_of
from jupyter_distill.audits.expectations._judged import (
    ANY,
    UNKNOWN,
    VIOLATED,
    Judged,
    Lines,
    judge,
)
from jupyter_distill.audits.expectations._moves import (
    STUDENT,
    TEACHER,
    Grid,
    answers,
    asked,
    draw,
    grids,
    moved_values,
    said_by,
)
from jupyter_distill.distillation import Distillation, Work
from jupyter_distill.expectations import Expectation, Expectations, as_expectations
from jupyter_distill.findings import Findings
from jupyter_distill.students import used_together
from jupyter_distill.students._prove import prove

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

BUDGET = 100_000  # moved rows that the teacher is asked about, unless more are allowed
FAR = 2_000  # where a question may cost more than time, or as many as there are rows
SAME = {TEACHER: 1e-6, STUDENT: 1e-9}  # of the scale: single precision is not more exact


@dataclass(frozen=True, eq=False)
class ExpectationsReport:
    """Each expectation, kept or violated by teacher and student, with the evidence.

    Attributes
    ----------
    teacher, student : str
        Who was looked at.
    judged : tuple of Judged
        One per expectation and model.
    which : str
        What the rows are.
    rows : int
        How many of them were moved.
    asked : int
        Moved rows that the teacher was asked about.
    tolerance : float
        Up to which a direction counts as nearly met: a probability, or in the target's unit.
    lines : data frame
        See :meth:`curves`.
    findings : Findings
        What is violated, and what is not used at all.
    notes : tuple of str
        What was cut short or could not be looked at.
    """

    teacher: str
    student: str
    judged: tuple[Judged, ...]
    which: str
    rows: int
    asked: int
    tolerance: float
    lines: pd.DataFrame
    findings: Findings
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether no expectation is violated or unknown."""
        return not any(one.verdict in (VIOLATED, UNKNOWN) for one in self.judged)

    def of(self, model: str) -> tuple[Judged, ...]:
        """Return the judgements of ``"teacher"`` or ``"student"``."""
        check_choice("model", model, (TEACHER, STUDENT))
        return tuple(one for one in self.judged if one.model == model)

    def frame(self) -> pd.DataFrame:
        """Return one row per expectation and model; the columns are those of `Judged`."""
        names = [field.name for field in fields(Judged)]
        rows = [[getattr(one, name) for name in names] for one in self.judged]
        return pd.DataFrame(rows, columns=names)

    def curves(self) -> pd.DataFrame:
        """Return how the answers move with each column: partial dependence and ICE.

        Returns
        -------
        data frame
            ``column`` and its ``kind``, ``model``, ``of_class`` (empty for a number), ``row``: the
            owner's index of a row that was moved (ICE), or None for the mean over these (partial
            dependence);
            ``value``: a number or code, NaN where it is missing, ``text``: as its owner writes it;
            ``answer``: the probability, or the number.

        References
        ----------
        A. Goldstein et al.: Peeking Inside the Black Box: Visualizing Statistical Learning with
        Plots of Individual Conditional Expectation, 2015.
        """
        return self.lines.copy()

    def describe(self) -> str:
        """Say it in words: each expectation, who keeps it, and where it is broken."""
        lines = [
            f"Expectations of {self.teacher} (teacher) and {self.student} (student), looked for on "
            f"{self.rows:,} {self.which}."
        ]
        for key, of in pd.Series(self.judged).groupby(_titles(self.judged), sort=False):
            lines.append(f"{key}: {'; '.join(_said(one) for one in of)}.")
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def _titles(judged: Sequence[Judged]) -> list[str]:
    return [title_of(one) for one in judged]


def _said(one: Judged) -> str:
    """Write one judgement."""
    if one.verdict == UNKNOWN:
        return f"{one.model} unknown, as {one.method}"
    text = f"{one.model} {one.verdict} ({one.method})"
    if one.worst > 0 and one.expected in ("+", "-"):
        text += f", turns back for {one.share:.1%} of rows, the worst by {one.worst:.3g}: "
        text += at_worst(one)
    elif one.spread > 0 and one.expected not in ("+", "-"):
        text += f", the largest move is {one.spread:.3g}: {at_worst(one)}"
    return text


def expectations(
    d: Distillation,
    expectations: Expectations | Mapping[str, Any],
    rows: str = "held_out",
    n: int = 200,
    grid: int = 20,
    tolerance: float = 0.01,
    budget: int | None = None,
    progress: bool = True,
) -> ExpectationsReport:
    """Look whether teacher and student behave as expected.

    Rows are moved, all else equal, through observed values of a column. That shows where a
    direction is broken, and not that it holds everywhere; of the student it is proven where its
    family allows it.

    Parameters
    ----------
    d : Distillation
        What to look at.
    expectations : Expectations or dict
        By column.
    rows : {"held_out", "all"}
        Rows to draw from.
    n : int, default 200
        How many are moved.
    grid : int, default 20
        Values of a number that they are moved through, by quantile; of a category all, up to 30.
    tolerance : float, default 0.01
        How far an answer may turn back for its direction to be nearly met: a probability, or a
        share of the standard deviation of the teacher's numbers.
    budget : int, optional
        Moved rows that the teacher is asked about, at most: fewer rows are moved where they would
        be more. 100,000 unless given; of a teacher that may be far away 2,000, or as many as
        there are rows.
    progress : bool, default True
        Whether to show progress. An interrupt keeps the columns that are done.

    Raises
    ------
    TypeError, ValueError
        If a column or class does not exist, or no row fits into the budget.

    References
    ----------
    J. Friedman: Greedy Function Approximation: A Gradient Boosting Machine, 2001 (partial
    dependence). A. Goldstein et al.: Peeking Inside the Black Box, 2015 (ICE).
    """
    wanted = as_expectations(expectations)
    check_choice("rows", rows, ("held_out", "all"))
    n = int(check_number("n", n, low=2, integer=True))
    grid = int(check_number("grid", grid, low=2, integer=True))
    tolerance = float(check_number("tolerance", tolerance, low=0))
    classes = getattr(d.targets, "classes", None)
    looked = wanted.check(d.table, None if classes is None else classes.tolist())
    work = Work(bool(progress))
    moves = grids(d.table, [one.feature for one in looked], grid)
    drawn, notes = _drawn(d, rows, n, moves, budget)
    scale = float(answers(d.targets).std()) if d.task == "regression" else 1.0
    said: dict[str, dict[int, Floats]] = {TEACHER: {}}
    why = d.silence
    if not why:
        said[TEACHER], stopped = asked(d, drawn, moves, work)
        if stopped:
            work.interrupted(
                f"the teacher was asked about {len(said[TEACHER])} of {len(moves)}"
                " columns; of the others nothing is said of it."
            )
            why = "it was not asked, as a person stopped it"
    said[STUDENT] = {
        j: said_by(d.student, moved_values(d.table, drawn, one)).reshape(len(one), len(drawn), -1)
        for j, one in moves.items()
    }
    judged = tuple(_judged(d, looked, drawn, moves, said, scale * tolerance, scale, why))
    return ExpectationsReport(
        teacher=d.teacher.name,
        student=d.title,
        judged=judged,
        which=WHICH[rows],
        rows=len(drawn),
        asked=sum(one.shape[0] * one.shape[1] for one in said[TEACHER].values()),
        tolerance=scale * tolerance,
        lines=_curves(d, drawn, moves, said),
        findings=Findings.ordered(found_in(judged, d)),
        notes=(*notes, *_about(d, moves), *work.notes),
    )


def _drawn(
    d: Distillation, rows: str, n: int, moves: Mapping[int, Grid], budget: int | None
) -> tuple[Places, list[str]]:
    """Return the rows to move: as many as the teacher may be asked about."""
    each = sum(len(one) for one in moves.values())
    if budget is not None:
        check_number("budget", budget, low=1, integer=True)
    if d.silence:
        return draw(d, rows, n), []
    most = budget or (max(FAR, d.table.n_rows) if d.teacher.remote else BUDGET)
    drawn = draw(d, rows, n)
    if len(drawn) * each <= most:
        return drawn, []
    if most < each:
        raise ValueError(
            expected(
                f"a budget of at least {each} rows, to move one through all values",
                got=f"{most}",
                remedy="Raise it, expect something of fewer columns, or take a smaller grid.",
            )
        )
    fewer = draw(d, rows, most // each)
    note = (
        f"{len(fewer)} rows were moved, and not {len(drawn)}, so that the teacher was asked about "
        f"no more than {most:,}: raise budget= for more."
    )
    return fewer, [note]


def _judged(
    d: Distillation,
    looked: Sequence[Expectation],
    rows: Places,
    moves: Mapping[int, Grid],
    said: Mapping[str, Mapping[int, Floats]],
    tolerance: float,
    scale: float,
    why: str,
) -> Iterator[Judged]:
    """Judge every expectation of every model."""
    together = used_together(d.student)
    used = None if together is None else frozenset[int]().union(*together)
    classes = _classes(d)
    own = {
        TEACHER: answers(d.targets.take(rows)),
        STUDENT: said_by(d.student, d.table.take(rows)),
    }
    index = _index(d, rows)
    for one in looked:
        of_class = "" if one.of_class is None else classes[one.of_class]
        for model in (TEACHER, STUDENT):
            if one.feature not in said[model]:
                yield Judged(one.column, one.want or ANY, of_class, model, UNKNOWN, why)
                continue
            of_student = model == STUDENT
            lines = Lines(
                said=said[model][one.feature],
                own=own[model],
                at=d.table.values[rows, one.feature],
                grid=moves[one.feature],
                column=d.table.columns[one.feature],
                index=index,
                rounding=SAME[model] * (scale or 1.0),
                tolerance=tolerance,
                used=None if not of_student or used is None else one.feature in used,
                proof=prove(d.student, one.feature, one.sign, one.of_class)
                if of_student and one.sign
                else None,
            )
            yield judge(one, lines, of_class, model)


def _classes(d: Distillation) -> list[str]:
    return [""] if d.task == "regression" else [str(name) for name in d.targets.classes.tolist()]


def _index(d: Distillation, rows: Places) -> list[object]:
    """Return the names of rows: by the owner's index where there is one, else by position."""
    native = d.table.native
    return list(native.index[rows] if isinstance(native, pd.DataFrame) else rows.tolist())


def _curves(
    d: Distillation,
    rows: Places,
    moves: Mapping[int, Grid],
    said: Mapping[str, Mapping[int, Floats]],
) -> pd.DataFrame:
    """Return ICE and their means as a long data frame."""
    index, classes, parts = _index(d, rows), _classes(d), []
    for j, grid in moves.items():
        column = d.table.columns[j]
        texts = [column.text(value) for value in grid.values]
        for model in (TEACHER, STUDENT):
            if j not in said[model]:
                continue
            lines = said[model][j]
            for k in range(1, len(classes)) if len(classes) == 2 else range(len(classes)):
                mean = lines[:, :, k].mean(1)
                with_mean = np.column_stack([mean, lines[:, :, k]])
                names = np.array([None, *index], dtype=object)
                parts.append(
                    pd.DataFrame(
                        {
                            "column": column.name,
                            "kind": column.kind,
                            "model": model,
                            "of_class": classes[k],
                            "row": np.tile(names, len(grid)),
                            "value": np.repeat(grid.values, len(names)),
                            "text": np.repeat(np.array(texts, dtype=object), len(names)),
                            "answer": with_mean.ravel(),
                        }
                    )
                )
    return pd.concat(parts, ignore_index=True)


def _about(d: Distillation, moves: Mapping[int, Grid]) -> Iterator[str]:
    if d.teacher.noisy and not d.silence:
        yield "The teacher's answers may differ from call to call: small moves may be chance."
    if d.population is not None:
        yield "The rows are of the sample that the student was distilled from."
    for j, grid in moves.items():
        if grid.left_out:
            yield (
                f"{d.table.names[j]} was moved through its {len(grid.known)} most frequent values; "
                f"{grid.left_out} were left out."
            )


def _part(d: Distillation, asked: Scope, _: float | None) -> ExpectationsReport:
    if asked.expectations is None:
        raise NotAsked('nothing is expected; say what: audit(expectations={"income": "+"})')
    return expectations(
        d,
        asked.expectations,
        asked.rows,
        budget=asked.evaluations,
        progress=asked.progress,
    )


PART = Part(40, "Do both behave as the field expects?", _part, asks_teacher=True)
