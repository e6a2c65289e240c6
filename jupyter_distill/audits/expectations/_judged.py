"""One expectation of one model: kept or not, by what its rows and its structure show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill.audits._moves import Grid
from jupyter_distill.data import Column
from jupyter_distill.expectations import USED, Expectation
from jupyter_distill.students._prove import Proof

Floats = NDArray[np.float64]

FEW = "the rows hold fewer than 2 values of it"
READ = "proven: the columns that it reads"
ANY = "any"
MET, NEARLY, VIOLATED, NOT_USED, UNKNOWN = "met", "nearly met", "violated", "not used", "unknown"
NAN = float("nan")


@dataclass(frozen=True)
class Judged:
    """One expectation, and how one model fares.

    Attributes
    ----------
    column : str
        Its name.
    expected : {"+", "-", "unused", "used", "any"}
        What is expected of it.
    of_class : str
        The class whose probability is looked at; empty for a number, and where all are.
    model : {"teacher", "student"}
        Who is looked at.
    verdict : {"met", "nearly met", "violated", "used", "not used", "unknown"}
        ``"nearly met"``: broken by no more than the tolerance; ``"used"``: it may have any part,
        and has one; ``"not used"``: it has none, so that any direction holds.
    method : str
        How that is known; it begins with ``"proven"`` if it holds whatever rows come. Of an
        unknown verdict, why.
    rows, values : int
        Rows that were moved, and values that they were moved through.
    share : float
        Of a direction: share of these rows on whose way the answer turns back by more than the
        tolerance. Of ``"unused"``: share whose answer moves by more.
    worst : float
        The most by which it turns back, or moves: a probability, or in the target's unit.
    row : object
        The row where that is, by its owner's index.
    start, end : str
        Values between which it does.
    before, after : float
        The answer at these.
    direction : float
        Rank correlation of the values and the mean answer (partial dependence).
    attribution : float
        Rank correlation of the rows' own values and what these add to the answer: the answer less
        its mean over all values, all else equal.
    spread : float
        The largest move of any row's answer.
    effect : float
        Mean move when the value is replaced by that of another row. Of several classes half of
        the sum over them.
    """

    column: str
    expected: str
    of_class: str
    model: str
    verdict: str
    method: str
    rows: int = 0
    values: int = 0
    share: float = NAN
    worst: float = NAN
    row: object = None
    start: str = ""
    end: str = ""
    before: float = NAN
    after: float = NAN
    direction: float = NAN
    attribution: float = NAN
    spread: float = NAN
    effect: float = NAN


@dataclass(frozen=True, eq=False)
class Lines:
    """How one model answers as rows are moved through the values of a column.

    Attributes
    ----------
    said : ndarray of shape (v, n, K)
        By value and row: probabilities, or numbers (K is 1).
    own : ndarray of shape (n, K)
        Of the rows as they are.
    at : ndarray of shape (n,)
        Their own values of the column.
    grid : Grid
        The values.
    column : Column
        The column.
    index : sequence
        The rows' names.
    rounding, tolerance : float
        Moves up to which an answer is the same, and nearly so.
    used : bool or None
        Whether the column has a part in the model; None where its structure does not tell.
    proof : Proof or None
        What its structure tells of the direction.
    """

    said: Floats
    own: Floats
    at: Floats
    grid: Grid
    column: Column
    index: Sequence[object]
    rounding: float
    tolerance: float
    used: bool | None = None
    proof: Proof | None = None

    @property
    def moves(self) -> Floats:
        """By how much each value changes the answer of each row, shape (v, n)."""
        apart: Floats = np.abs(self.said - self.own).sum(2)
        return apart if self.said.shape[2] == 1 else apart / 2

    @property
    def way(self) -> str:
        """How the lines were made, in words."""
        return f"{self.said.shape[1]} rows x {len(self.grid)} values"

    @property
    def unproven(self) -> str:
        """The same of what these lines show, and others might not."""
        return f"{self.way}: not proven"

    def measured(self, k: int) -> tuple[float, float, float, float]:
        """Return direction, attribution, spread and effect, the first two of one class."""
        known = self.grid.known
        adds = self.own[:, k] - self.grid.weights @ self.said[:, :, k]
        there = ~np.isnan(self.at)
        return (
            _ranks(self.grid.values[known], self.said[known, :, k].mean(1), self.rounding),
            _ranks(self.at[there], adds[there], self.rounding),
            float(np.ptp(self.said, axis=0).max()),
            float(self.grid.weights @ self.moves.mean(1)),
        )


class Worst(NamedTuple):
    """Where a model fares worst, as in :class:`Judged`."""

    share: float
    worst: float
    row: object
    start: str
    end: str
    before: float
    after: float


STILL = Worst(0.0, 0.0, None, "", "", NAN, NAN)


def judge(asked: Expectation, lines: Lines, of_class: str, model: str) -> Judged:
    """Judge one model by its lines.

    Parameters
    ----------
    asked : Expectation
        What is expected.
    lines : Lines
        Of the model.
    of_class : str
        The class whose probability it is about.
    model : str
        Who it is.
    """
    about = (asked.column, asked.want or ANY, of_class, model)
    if (len(lines.grid.known) if asked.sign else len(lines.grid)) < 2:
        return Judged(*about, UNKNOWN, FEW)
    k = min(1, lines.said.shape[2] - 1) if asked.of_class is None else asked.of_class
    worst = _turns(lines, k, asked.sign) if asked.sign else _spreads(lines)
    verdict, method = (_directed if asked.sign else _part)(asked, lines, worst.worst)
    seen = worst if worst.worst > lines.rounding else STILL
    proven = lines.proof.worst if lines.proof is not None and asked.sign else 0.0
    n, v = lines.said.shape[1], len(lines.grid)
    direction, attribution, spread, effect = lines.measured(k)
    return Judged(
        *about,
        verdict,
        method,
        rows=n,
        values=v,
        share=seen.share,
        worst=max(seen.worst, proven),
        row=seen.row,
        start=seen.start,
        end=seen.end,
        before=seen.before,
        after=seen.after,
        direction=direction,
        attribution=attribution,
        spread=spread,
        effect=effect,
    )


def _directed(_: Expectation, lines: Lines, worst: float) -> tuple[str, str]:
    if lines.used is False:
        return NOT_USED, READ
    if lines.proof is not None:
        if not lines.proof.violations:
            return MET, f"proven: {lines.proof.method}"
        beyond = max(worst, lines.proof.worst) > lines.tolerance
        return (VIOLATED if beyond else NEARLY), f"proven: {lines.proof.method}"
    if np.ptp(lines.said, axis=0).max() <= lines.rounding:
        return NOT_USED, lines.unproven
    status = _graded(worst, lines)
    return status, lines.way if status == VIOLATED else lines.unproven


def _graded(worst: float, lines: Lines) -> str:
    if worst <= lines.rounding:
        return MET
    return NEARLY if worst <= lines.tolerance else VIOLATED


def _part(asked: Expectation, lines: Lines, worst: float) -> tuple[str, str]:
    used = worst > lines.rounding if lines.used is None else lines.used
    method = READ if lines.used is not None else lines.way if used else lines.unproven
    if asked.want is None:
        return (USED if used else NOT_USED), method
    if asked.want == USED:
        return (MET if used else VIOLATED), method
    if not used:
        return MET, method
    return (NEARLY if worst <= lines.tolerance else VIOLATED), method


def _turns(lines: Lines, k: int, sign: int) -> Worst:
    """Return where the answer turns back on its way, and by how much."""
    known = lines.grid.known
    signed = sign * lines.said[known, :, k]
    # against the best before it, so that a slow decline counts in full
    fall = np.maximum.accumulate(signed, axis=0) - signed
    end, row = np.unravel_index(fall.argmax(), fall.shape)
    start = signed[: end + 1, row].argmax()
    return _between(lines, k, known[start], known[end], row, fall.max(0))


def _spreads(lines: Lines) -> Worst:
    """Return where the answer moves most."""
    spread = np.ptp(lines.said, axis=0)
    row, k = np.unravel_index(spread.argmax(), spread.shape)
    line = lines.said[:, row, k]
    return _between(lines, int(k), line.argmin(), line.argmax(), row, spread.max(1))


def _between(
    lines: Lines, k: int, start: np.intp, end: np.intp, row: np.intp, most: Floats
) -> Worst:
    values = lines.grid.values
    return Worst(
        share=float((most > lines.tolerance).mean()),
        worst=float(most.max()),
        row=lines.index[int(row)],
        start=_text(lines.column, values[start]),
        end=_text(lines.column, values[end]),
        before=float(lines.said[start, row, k]),
        after=float(lines.said[end, row, k]),
    )


def _text(column: Column, value: float) -> str:
    """Return a value as its owner writes it, a number with six digits at most."""
    return column.text(
        float(f"{value:.6g}") if column.kind == "numeric" and not column.integer else value
    )


def _ranks(values: Floats, answers: Floats, rounding: float) -> float:
    """Return the rank correlation; NaN where either does not vary."""
    if len(values) < 2 or np.ptp(values) == 0 or np.ptp(answers) <= rounding:
        return NAN
    # equal answers that differ by rounding have one rank
    return float(stats.spearmanr(values, np.round(answers / rounding)).statistic)
