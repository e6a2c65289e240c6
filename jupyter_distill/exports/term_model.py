"""A student that is a sum, with its rows and its teacher where they are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._shares import percent
from jupyter_distill.audits._moves import Grid, answers, said_by
from jupyter_distill.audits._partial_dependence import (
    LEAST,
    VALUES,
    PartialDependence,
    evaluations,
    partial_dependence,
)
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation, Work
from jupyter_distill.explanation import ShapeExplanation, TermExplanation
from jupyter_distill.exports.drawn_terms import Drawn, linear, shapes
from jupyter_distill.exports.html import count, number
from jupyter_distill.reading import Addend, Scores, adds, bin_of, body_of

Floats = NDArray[np.float64]
Sum = TermExplanation | ShapeExplanation


@dataclass(frozen=True, eq=False)
class Overlay:
    """The teacher's partial dependence beside one term.

    Attributes
    ----------
    values : ndarray of shape (v,)
        Values of the column or their codes, ascending; last NaN where values are missing.
    scores : ndarray of shape (v, J)
        With the mean that the student's have at the same values.
    said : str
        On which rows it was computed.
    """

    values: Floats
    scores: Floats
    said: str

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which values are not missing."""
        return ~np.isnan(self.values)


@dataclass(frozen=True, eq=False)
class Reasons:
    """How the score of one row comes about.

    Attributes
    ----------
    row : int
        Its position.
    values : tuple of str
        What it has in the columns of each term, as their owner writes it.
    at : ndarray of shape (t,)
        Where it stands in each term: the value of a number (NaN: missing), or the bar or cell.
    adds : ndarray of shape (t, J)
        What each term adds.
    total : ndarray of shape (J,)
        Intercept and all that is added.
    student, teacher : ndarray
        Probabilities of the K classes, or the number.
    """

    row: int
    values: tuple[str, ...]
    at: Floats
    adds: Floats
    total: Floats
    student: Floats
    teacher: Floats


@dataclass(frozen=True, eq=False)
class TermModel:
    """A sum of terms and what is known of it.

    Attributes
    ----------
    explanation : TermExplanation or ShapeExplanation
        What the student says.
    student : Student or None
        The student itself.
    d : Distillation or None
        Where it comes from.
    """

    explanation: Sum
    student: Any = None
    d: Distillation | None = None
    _asked: dict[int, PartialDependence] = field(default_factory=dict)

    @property
    def linear(self) -> bool:
        """Whether terms are lines with coefficients."""
        return isinstance(self.explanation, TermExplanation)

    @cached_property
    def _sums(self) -> Scores | None:
        body = body_of(self.student)
        return body if isinstance(body, Scores) else None

    @cached_property
    def _parts(self) -> dict[tuple[int, ...], Addend]:
        """What is added, by the columns that it reads."""
        parts = () if self._sums is None else self._sums.sums.parts
        return {(p.column,) if not hasattr(p, "axes") else tuple(a.column for a in p.axes): p
                for p in parts}  # fmt: skip

    @cached_property
    def intercept(self) -> Floats:
        """What the sum starts from, shape (J,): that of the mean row where the student is known."""
        if self._sums is None:
            return self.explanation.intercept
        return np.array(self._sums.sums.intercept)

    @cached_property
    def learnt(self) -> Table | None:
        """Rows that the student learnt from."""
        return None if self.d is None else self.d.table.take(self.d.rows.learnt)

    @cached_property
    def terms(self) -> tuple[Drawn, ...]:
        """The terms, the most important first."""
        if isinstance(self.explanation, TermExplanation):
            parts = list(self._parts.values())
            return tuple(linear(self.explanation, parts, self.learnt, self.student))
        return tuple(shapes(self.explanation, self._parts, self.learnt))  # type: ignore[arg-type]

    def added(self, term: int, values: Floats) -> Floats:
        """Return what a term adds to rows of coded values (n, d), shape (n, J)."""
        return adds(self._parts[self.terms[term].features], values)

    def at(self, term: int, values: Floats) -> Floats:
        """Return what a term of one column adds at some of its values, shape (v, J)."""
        column = self.terms[term].features[0]
        rows = np.zeros((len(values), len(self.explanation.columns)))
        rows[:, column] = values
        return self.added(term, rows)

    # --- the teacher ------------------------------------------------------------------------------

    @property
    def silence(self) -> str:
        """Why the teacher is not laid over any term; empty where it can be asked."""
        if self.d is None:
            return "There is no teacher here: show the distillation to see its teacher too."
        if self.d.silence:
            return f"{self.d.teacher.name} is not laid over: {self.d.silence}."
        return ""

    def grid(self, term: int) -> Grid | None:
        """Return the values that rows would be moved through; None where there are none."""
        drawn = self.terms[term]
        if self.silence or drawn.kind == "pair":
            return None
        assert self.d is not None
        return Grid.of(self.d.table, drawn.features[0], VALUES)

    def cost(self, term: int) -> int:
        """Return how many rows the teacher would be asked about."""
        grid = self.grid(term)
        return 0 if grid is None or self.d is None else evaluations(self.d, grid)

    def ask(self, term: int, *, progress: bool = False) -> bool:
        """Ask the teacher about one term, once; return whether it has answered."""
        if term in self._asked:
            return True
        grid = self.grid(term)
        if grid is None or self.d is None:
            return False
        found = partial_dependence(self.d, grid, Work(progress))
        if found is not None:
            self._asked[term] = found
        return found is not None

    def overlay(self, term: int) -> Overlay | None:
        """Return what the teacher has said of a term; None where it was not asked."""
        found = self._asked.get(term)
        if found is None or self.d is None:
            return None
        grid = found.grid
        said = (
            f"mean of {count(found.rows)} held-out rows moved through "
            f"{len(grid)} value{'s' * (len(grid) != 1)}, {count(found.evaluations)} questions"
        )
        if grid.left_out:
            said += f"; {grid.left_out} rare values were left out"
        if found.floored:
            said += f"; probabilities below {percent(LEAST)} count as that"
        scores = found.beside(self.at(term, grid.values))
        return Overlay(grid.values, scores, said)

    def on_bars(self, term: int) -> Floats | None:
        """Return the teacher's scores of the bars of a category; NaN where it was not asked."""
        overlay, drawn = self.overlay(term), self.terms[term]
        if overlay is None or drawn.bar_of is None:
            return None
        weights = self._asked[term].grid.weights
        bars = drawn.bar_of[np.where(overlay.known, overlay.values, -1).astype(np.intp)]
        sums, total = np.zeros_like(drawn.scores), np.zeros(len(drawn.scores))
        there = bars >= 0
        np.add.at(sums, bars[there], weights[there, None] * overlay.scores[there])
        np.add.at(total, bars[there], weights[there])
        return np.divide(
            sums, total[:, None], where=total[:, None] > 0, out=np.full_like(sums, np.nan)
        )

    # --- one row ----------------------------------------------------------------------------------

    def reasons(self, row: int) -> Reasons:
        """Return how the score of a row comes about."""
        d = self.d
        assert d is not None  # without rows none can be chosen
        one = d.table.take(np.array([row]))
        parts = [self.added(t, one.values)[0] for t in range(len(self.terms))]
        adds_ = np.array(parts).reshape(len(parts), len(self.intercept))
        texts, at = [], []
        for drawn in self.terms:
            told = [self.written(j, float(one.values[0, j])) for j in drawn.features]
            texts.append(", ".join(told))
            at.append(self.place(drawn, one.values))
        return Reasons(
            row=row,
            values=tuple(texts),
            at=np.array(at, dtype=np.float64),
            adds=adds_,
            total=self.intercept + adds_.sum(axis=0),
            student=said_by(d.student, one)[0],
            teacher=answers(d.targets.take(np.array([row])))[0],
        )

    def written(self, j: int, value: float) -> str:
        """Write a value of a column as its owner does."""
        column = self.explanation.columns[j]
        if column.kind == "numeric" and not np.isnan(value):
            return number(value)
        return column.text(value)

    def place(self, drawn: Drawn, values: Floats) -> float:
        """Return where a row of coded values (1, d) stands in a term: see :class:`Reasons`."""
        value = float(values[0, drawn.features[0]])
        if drawn.numeric:
            return value
        if drawn.kind == "bars":
            assert drawn.bar_of is not None
            # -1, a value never seen, has no bar unless it shares that of missing ones
            return float(drawn.bar_of[-1 if np.isnan(value) or value < 0 else int(value)])
        part: Any = self._parts[drawn.features]
        first, last = (int(bin_of(axis, values)[0]) for axis in part.axes)
        return float(first * part.width + last)
