"""Terms of a sum as they are drawn: lines, steps, bars and maps, each at the values of its column.

Where the student is known, what a line adds is counted from the mean row: then all terms stand on
one scale, and with the intercept they add up to the score of a row. A linear explanation alone
knows no mean: its coefficients are shown as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Column, Table
from jupyter_distill.explanation import Coefficients, Shape, ShapeExplanation, TermExplanation
from jupyter_distill.exports.pairs import bin_text
from jupyter_distill.reading import Addend, Line, Steps

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

BINS = 36  # of a histogram
NEAR = 2.0  # standard deviations about the mean that a line is drawn over where no rows are known
LISTED = 3  # values of a category that share a bar and are named


@dataclass(frozen=True, eq=False)
class Drawn:
    """One term.

    Attributes
    ----------
    name : str
        Names of its columns.
    kind : {"line", "steps", "bars", "pair", "coefficient"}
        How it is drawn; a coefficient by itself is a number of which no range is known.
    features : tuple of int
        Positions of its columns.
    importance : float
        As the explanation has it; of a linear model that of its most important coefficient.
    scores : ndarray of shape (m, J)
        What is added: at both ends of a line, in each step, at each bar or cell (those of the last
        column run fastest).
    edges : ndarray
        Of a line its two ends, of m steps their m + 1 bounds; empty of others.
    names : tuple of tuple of str
        Of bars their names; of a map those of rows and columns.
    support : ndarray of shape (m,) or None
        Rows in each step, bar or cell; None where no rows are known.
    missing : ndarray of shape (J,) or None
        What is added where the value of a number is missing; None where that was never met.
    n_missing : float
        Rows in which it is; NaN where no rows are known.
    density : tuple of (float, float, ndarray of int) or None
        Histogram of a number: its ends and counts.
    bar_of : ndarray of int
        Bar of each code of a category, last that of missing values; -1 where there is none.
    coefficients : tuple of Coefficients
        Of a linear model.
    """

    name: str
    kind: str
    features: tuple[int, ...]
    importance: float
    scores: Floats
    edges: Floats
    names: tuple[tuple[str, ...], ...] = ()
    support: Floats | None = None
    missing: Floats | None = None
    n_missing: float = np.nan
    density: tuple[float, float, NDArray[np.intp]] | None = None
    bar_of: Places | None = None
    coefficients: tuple[Coefficients, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether it is drawn along numbers."""
        return self.kind in ("line", "steps")


def linear(
    explanation: TermExplanation, parts: Sequence[Addend], table: Table | None, student: Any
) -> Iterator[Drawn]:
    """Yield the columns of a linear model, the most important first.

    Parameters
    ----------
    explanation : TermExplanation
        Its coefficients.
    parts : sequence of Addend
        What each column adds, exactly; empty where the student is not known.
    table : Table or None
        Rows that it learnt from.
    student : LinearBase or None
        It knows mean and spread of its columns, where no rows are known.
    """
    exact = {part.column if isinstance(part, Line) else part.axes[0].column: part for part in parts}
    of: dict[int, list[Coefficients]] = {}
    for term in explanation.ordered:
        of.setdefault(term.feature, []).append(term)
    for feature, found in of.items():
        column = explanation.columns[feature]
        about: dict[str, Any] = {
            "name": column.name,
            "features": (feature,),
            "importance": found[0].importance,
            "coefficients": tuple(found),
        }
        part = exact.get(feature)
        if isinstance(part, Line):
            yield _line(part, table, student, about)
        elif isinstance(part, Steps):
            yield _levels(part, column, table, about)
        elif column.kind == "numeric":
            values = np.array([term.values for term in found])
            names = tuple(_level(column, term.name) or "each 1 more" for term in found)
            yield Drawn(
                kind="coefficient", scores=values, edges=np.empty(0), names=(names,), **about
            )
        else:
            values = np.array([term.values for term in found])
            names = tuple(_level(column, term.name) for term in found)
            yield Drawn(kind="bars", scores=values, edges=np.empty(0), names=(names,), **about)


def _level(column: Column, name: str) -> str:
    return name.removeprefix(column.name).removeprefix(" ").removeprefix("is ")


def _line(part: Line, table: Table | None, student: Any, about: dict[str, Any]) -> Drawn:
    known, slope = np.array(part.known), np.array(part.slope)
    ends, more = np.empty(0), {}
    if table is not None:
        values = table.values[:, part.column]
        more = _met(values, np.array(part.missing), table.columns[part.column])
        ends = span(values)
    else:
        entries = [e for e in student.design_.entries if e.column == part.column]
        value = next((e for e in entries if e.what == "value"), None)
        spread = NEAR * value.spread if value is not None else 0.5
        ends = np.array([part.mean - spread, part.mean + spread])
        if any(e.what == "missing" for e in entries):
            more = {"missing": np.array(part.missing)}
    scores = known + slope * (ends[:, None] - part.mean)
    return Drawn(kind="line", scores=scores, edges=ends, **more, **about)


def _levels(part: Steps, column: Column, table: Table | None, about: dict[str, Any]) -> Drawn:
    """Return a bar for each value of a category; those that share a coefficient, if many, share."""
    scores, axis = np.array(part.scores), part.axes[0]
    bins = np.array(axis.bins, dtype=np.intp)
    few = len(bins) <= 30
    groups = [[code] for code in range(len(bins))] if few else [
        np.flatnonzero(bins == b).tolist() for b in dict.fromkeys(bins.tolist())
    ]  # fmt: skip
    names = [_listed([column.text(code) for code in group]) for group in groups]
    added = [scores[bins[group[0]]] for group in groups]
    bar_of = np.full(len(bins) + 1, -1)
    for bar, group in enumerate(groups):
        bar_of[group] = bar
    support = None
    if table is not None:
        codes = table.values[:, axis.column]
        counts = np.bincount(codes[codes >= 0].astype(np.intp), minlength=len(bins))
        support = np.array([counts[group].sum() for group in groups], dtype=np.float64)
        lost = int(np.isnan(codes).sum())
        if lost:
            bar_of[-1] = len(names)
            names.append(column.gap)
            added.append(scores[axis.missing])
            support = np.append(support, lost)
    return Drawn(
        kind="bars",
        scores=np.array(added),
        edges=np.empty(0),
        names=(tuple(names),),
        support=support,
        bar_of=bar_of,
        **about,
    )


def _listed(names: list[str]) -> str:
    if len(names) > LISTED + 1:
        names = [*names[:LISTED], f"{len(names) - LISTED} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def shapes(
    explanation: ShapeExplanation, parts: dict[tuple[int, ...], Steps], table: Table | None
) -> Iterator[Drawn]:
    """Yield the terms of an EBM, the most important first.

    Parameters
    ----------
    explanation : ShapeExplanation
        Its shapes.
    parts : dict of tuple of int to Steps
        What each adds, by its columns; empty where the student is not known.
    table : Table or None
        Rows that it learnt from.
    """
    for shape in explanation.terms:
        about: dict[str, Any] = {
            "name": shape.name,
            "features": shape.features,
            "importance": shape.importance,
        }
        if shape.kind == "pair":
            yield _pair(shape, about)
        elif (bounded := ~np.isnan(shape.low)).any():
            yield _steps(shape, bounded, explanation.columns[shape.features[0]], table, about)
        else:
            column = explanation.columns[shape.features[0]]
            yield _bars(shape, column, parts.get(shape.features), about)


def _pair(shape: Shape, about: dict[str, Any]) -> Drawn:
    names = tuple(tuple(bin_text(axis, b) for b in range(len(axis.bins))) for axis in shape.axes)
    return Drawn(
        kind="pair",
        scores=shape.scores,
        edges=np.empty(0),
        names=names,
        support=shape.support,
        **about,
    )


def _steps(
    shape: Shape,
    bounded: NDArray[np.bool_],
    column: Column,
    table: Table | None,
    about: dict[str, Any],
) -> Drawn:
    low, high = shape.low[bounded], shape.high[bounded]
    inner = high[:-1]
    more: dict[str, Any] = {}
    if table is not None:
        values = table.values[:, shape.features[0]]
        more = _met(values, shape.scores[~bounded][0] if (~bounded).any() else None, column)
        ends = span(values)
    else:
        ends = inner[[0, -1]] if len(inner) else np.array([0.0, 0.0])
        room = 0.08 * (ends[1] - ends[0]) or 0.5
        ends = ends + [-room, room]
        lost = ~bounded & (shape.support > 0)
        if lost.any():
            more = {"missing": shape.scores[lost][0], "n_missing": float(shape.support[lost][0])}
    # all rows of some set may lie on one side of a bound that others have made
    edges = np.concatenate([[min(ends[0], low[1:].min(initial=np.inf))], inner, [ends[1]]])
    edges[-1] = max(edges[-1], edges[-2])
    return Drawn(
        kind="steps",
        scores=shape.scores[bounded],
        edges=edges,
        support=shape.support[bounded],
        **more,
        **about,
    )


def _bars(shape: Shape, column: Column, part: Steps | None, about: dict[str, Any]) -> Drawn:
    # of missing and never seen values nothing is shown where there are none
    lost = np.array([text.startswith(f"{column.name} is missing") for text in shape.bins])
    kept = np.flatnonzero(~lost | (shape.support > 0))
    names = tuple(_level(column, shape.bins[b]) for b in kept)
    bar_of = None
    if part is not None:
        axis = part.axes[0]
        place = np.full(len(shape.bins), -1)
        place[kept] = np.arange(len(kept))
        bar_of = place[np.array([*axis.bins, axis.missing], dtype=np.intp)]
    return Drawn(
        kind="bars",
        scores=shape.scores[kept],
        edges=np.empty(0),
        names=(names,),
        support=shape.support[kept],
        bar_of=bar_of,
        **about,
    )


def span(values: Floats) -> Floats:
    """Return least and largest of the values that are there."""
    known = values[np.isfinite(values)]
    return np.array([known.min(), known.max()]) if len(known) else np.array([0.0, 0.0])


def _met(values: Floats, missing: Floats | None, column: Column) -> dict[str, Any]:
    """Return what the rows tell of a number: how it is spread, and in how many it is missing."""
    known = values[np.isfinite(values)]
    low, high = span(values)
    bins = BINS
    if column.integer and high - low < BINS:  # a bar for each
        low, high, bins = low - 0.5, high + 0.5, int(high - low) + 1
    elif low == high:
        low, high, bins = low - 0.5, high + 0.5, 1
    counts, _ = np.histogram(known, bins, (low, high))
    found: dict[str, Any] = {"density": (float(low), float(high), counts)}
    lost = int(np.isnan(values).sum())
    if lost and missing is not None:
        found |= {"missing": missing, "n_missing": float(lost)}
    return found
