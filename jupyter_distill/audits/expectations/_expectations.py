"""Whether teacher and student behave as people who know the field expect, by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._shares import percent
from jupyter_distill._validation import check_choice, check_number
from jupyter_distill.audits._labels import labels_of
from jupyter_distill.audits._models import STUDENT, TEACHER
from jupyter_distill.audits._moves import (
    Grid,
    answers,
    asked,
    grids,
    moved_values,
    said_by,
)
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
from jupyter_distill.audits.expectations._moved_rows import about_moves, drawn_rows
from jupyter_distill.audits.expectations._proxies import Proxy, found_in_proxies, proxies
from jupyter_distill.audits.expectations._shares import Share, found_in_shares, shares, unasked
from jupyter_distill.distillation import Distillation, Work
from jupyter_distill.expectations import Expectation, Expectations, as_expectations
from jupyter_distill.findings import Findings
from jupyter_distill.students import used_columns
from jupyter_distill.students._prove import prove

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

CURVES = ("column", "model", "of_class", "row", "value", "text", "answer")
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
    shares : tuple of Share
        One per share that is limited and model.
    proxies : tuple of Proxy
        How well other columns tell those that should have no part, per model.
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
    shares: tuple[Share, ...] = ()
    proxies: tuple[Proxy, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no expectation is violated or unknown."""
        verdicts = [one.verdict for one in self.judged] + [one.verdict for one in self.shares]
        return not {VIOLATED, UNKNOWN} & set(verdicts)

    def of(self, model: str) -> tuple[Judged, ...]:
        """Return the judgements of ``"teacher"`` or ``"student"``."""
        check_choice("model", model, (TEACHER, STUDENT))
        return tuple(one for one in self.judged if one.model == model)

    def frame(self, of: str = "judged") -> pd.DataFrame:
        """Return one row per expectation and model.

        Parameters
        ----------
        of : {"judged", "shares", "proxies"}
            Directions and use; shares that are limited; or how well other columns tell those that
            should have no part. The columns are those of `Judged`, `Share` and `Proxy`.
        """
        kinds: dict[str, Any] = {"judged": Judged, "shares": Share, "proxies": Proxy}
        kind = kinds[check_choice("of", of, tuple(kinds))]
        names = [field.name for field in fields(kind)]
        rows = [[getattr(one, name) for name in names] for one in getattr(self, of)]
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
        for column, limited in groupby(self.shares, lambda one: (one.column, one.most)):
            told = "; ".join(one.text for one in limited)
            lines.append(f"{column[0]} (at most {percent(column[1])} of the reasons): {told}.")
        lines += [f"Proxies: {one.text}." for one in self.proxies]
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
        text += f", turns back for {percent(one.share)} of rows, the worst by {one.worst:.3g}: "
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
    evaluations: int | None = None,
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
    evaluations : int, optional
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
    looked = _looked(d, wanted)
    work = Work(bool(progress))
    directed = [one for one in looked if one.most is None]
    moves = grids(d.table, [one.feature for one in directed], grid)
    drawn, notes = drawn_rows(d, rows, n, moves, evaluations)
    scale = float(answers(d.targets).std()) if d.task == "regression" else 1.0
    said: dict[str, dict[int, Floats]] = {TEACHER: {}}
    why, stopped = d.silence, False
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
    limited = unasked(looked, why) if stopped else shares(d, looked, rows, n, evaluations, progress)
    told, unmeasured = proxies(d, directed, used_columns(d.student))
    judged = tuple(_judged(d, directed, drawn, moves, said, scale * tolerance, scale, why))
    return ExpectationsReport(
        teacher=d.teacher.name,
        student=d.title,
        judged=judged,
        which=WHICH[rows],
        rows=len(drawn),
        asked=sum(one.shape[0] * one.shape[1] for one in said[TEACHER].values()) + limited.asked,
        tolerance=scale * tolerance,
        lines=_curves(d, drawn, moves, said),
        findings=Findings.ordered(
            [*found_in(judged, d), *found_in_shares(limited.judged), *found_in_proxies(told)]
        ),
        notes=(*notes, *about_moves(d, moves), *work.notes, *limited.notes, *unmeasured),
        shares=limited.judged,
        proxies=tuple(told),
    )


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
    used, classes = used_columns(d.student), _classes(d)
    own = {
        TEACHER: answers(d.targets.take(rows)),
        STUDENT: said_by(d.student, d.table.take(rows)),
    }
    index = list(labels_of(d.table, rows))
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


def _curves(
    d: Distillation,
    rows: Places,
    moves: Mapping[int, Grid],
    said: Mapping[str, Mapping[int, Floats]],
) -> pd.DataFrame:
    """Return ICE and their means as a long data frame."""
    index, classes, parts = list(labels_of(d.table, rows)), _classes(d), []
    for j, grid in moves.items():
        column = d.table.columns[j]
        texts = [column.plain(value) for value in grid.values]
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
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*CURVES])


def _part(d: Distillation, asked: Scope, _: float | None) -> ExpectationsReport:
    if asked.expectations is None:
        raise NotAsked('nothing is expected; say what: audit(expectations={"income": "+"})')
    return expectations(
        d,
        asked.expectations,
        asked.rows,
        evaluations=asked.evaluations,
        progress=asked.progress,
    )


def _looked(d: Distillation, wanted: Expectations) -> tuple[Expectation, ...]:
    classes = getattr(d.targets, "classes", None)
    return wanted.check(d.table, None if classes is None else classes.tolist())


def _check(d: Distillation, asked: Scope) -> None:
    if asked.expectations is not None:
        _looked(d, as_expectations(asked.expectations))


PART = Part(40, "Do both behave as the field expects?", _part, asks_teacher=True, check=_check)
