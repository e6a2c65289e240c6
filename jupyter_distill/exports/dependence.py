"""How answers move with one column: partial dependence of both models, and the spread of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._shares import percent
from jupyter_distill.exports import marks
from jupyter_distill.exports.axes import Scale, round_levels
from jupyter_distill.exports.forest import MOST, Forest, Line, Mark, forest
from jupyter_distill.exports.html import escape, number
from jupyter_distill.exports.marks import INK, SHAPE, SMALL, STUDENT, TEACHER
from jupyter_distill.exports.outline import width

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

WIDTH, TOP, TALL, LEFT, RIGHT = 336, 26, 150, 46, 8
MISSING = 58  # room at the right for rows whose value is missing
INNER = (0.1, 0.9)  # quantiles between which the rows are drawn as a band


@dataclass(frozen=True, eq=False)
class Response:
    """How one model answers along a column.

    Attributes
    ----------
    model : {"teacher", "student"}
        Whose.
    values : ndarray of shape (v,)
        Values of the column or their codes; NaN where it is missing.
    texts : tuple of str
        As their owner writes them.
    mean, low, high : ndarray of shape (v,)
        Partial dependence, and quantiles of the rows (ICE).
    row : ndarray of shape (v,) or None
        The answers of one row that is to be seen.
    """

    model: str
    values: Floats
    texts: tuple[str, ...]
    mean: Floats
    low: Floats
    high: Floats
    row: Floats | None

    @classmethod
    def of(cls, model: str, lines: pd.DataFrame, n: int, row: object) -> Response:
        """Read the lines of one model and class, of `n` rows; `row` is one that is to be seen."""
        # at every value the mean over the rows comes first, then the rows
        each = lines["answer"].to_numpy().reshape(-1, n + 1)
        firsts = np.arange(0, len(lines), n + 1)
        rows = each[:, 1:]
        low, high = np.quantile(rows, INNER, axis=1)
        names = lines["row"].tolist()[1 : n + 1]
        seen = None if row is None or row not in names else rows[:, names.index(row)]
        texts = tuple(str(text) for text in lines["text"].iloc[firsts])
        values = lines["value"].to_numpy()[firsts].astype(float)
        return cls(model, values, texts, each[:, 0], low, high, seen)

    @property
    def known(self) -> Places:
        """Places of the values that are not missing."""
        return np.flatnonzero(~np.isnan(self.values))


@dataclass(frozen=True, eq=False)
class Dependence:
    """Both models along one column.

    Attributes
    ----------
    column, of_class : str
        Names; of a number there is no class.
    numeric : bool
        Whether a line can be drawn through the values.
    responses : tuple of Response
        The teacher's first.
    """

    column: str
    of_class: str
    numeric: bool
    responses: tuple[Response, ...]

    @property
    def title(self) -> str:
        """What is drawn."""
        what = f"P({self.of_class})" if self.of_class else "the answer"
        return f"{what} by {self.column}"

    def write(self, value: float) -> str:
        """Write an answer."""
        return percent(value) if self.of_class else f"{value:.4g}"

    @property
    def aloud(self) -> str:
        """The means in words."""
        told = []
        for of in self.responses:
            means = ", ".join(
                f"{text}: {self.write(mean)}" for text, mean in zip(of.texts, of.mean, strict=True)
            )
            told.append(f"{of.model}, mean answer: {means}")
        return f"{'. '.join(told)}."


def dependence(of: Dependence) -> str:
    """Draw lines with bands along numbers, and dots with intervals of categories."""
    return _numbers(of) if of.numeric else _categories(of)


def _categories(of: Dependence) -> str:
    first = of.responses[0]
    shown = range(min(len(first.texts), MOST))
    more = len(first.texts) - len(shown)
    lines = [
        Line(
            first.texts[k],
            tuple(
                Mark(
                    float(one.mean[k]), float(one.low[k]), float(one.high[k]),
                    SHAPE[one.model], INK[one.model], one.model,
                )
                for one in of.responses
            ),
        )
        for k in shown
    ]  # fmt: skip
    return forest(
        Forest(
            title=of.title,
            lines=lines,
            heads=("",),
            look="d s",
            share=bool(of.of_class),
            joined=True,
            wide=WIDTH,
            room=112,
            foot=f"{more} more values in .curves()." if more else "",
        )
    )


def _numbers(of: Dependence) -> str:
    values = of.responses[0].values
    missing = bool(np.isnan(values).any())
    known = values[~np.isnan(values)]
    right = WIDTH - RIGHT - (MISSING if missing else 0)
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if low == high:  # one value: in the middle
        low, high = low - 0.5, high + 0.5
    x = Scale(low, high, LEFT, right)
    drawn = [a for one in of.responses for a in (one.mean, one.low, one.high)]
    drawn += [one.row for one in of.responses if one.row is not None]
    levels = round_levels(min(map(np.min, drawn)), max(map(np.max, drawn)))
    y = Scale(levels[0], levels[-1], TOP + TALL, TOP)
    parts = [marks.cut(of.title, WIDTH, 0, 14, "d s")]
    parts += [_axes(of, x, y, levels, known, right)]
    # the student's band lies below all, the teacher's has edges of its own
    parts += [_band(one, x, y) for one in reversed(of.responses)]
    parts += [_line(one, x, y) for one in of.responses]
    if missing:
        parts.append(_missing(of, y))
    return marks.picture(of.title, of.aloud, "".join(parts), WIDTH, TOP + TALL + 24)


def _axes(
    of: Dependence, x: Scale, y: Scale, levels: list[float], known: Floats, right: float
) -> str:
    parts = []
    for level in levels:
        shown = float(f"{level:.10g}") + 0.0
        text = f"{100 * shown:.4g}\N{NO-BREAK SPACE}%" if of.of_class else f"{shown:.4g}"
        parts.append(
            f'<path class="h" d="M{LEFT} {y(level):.1f}H{right:.1f}"/>'
            f'<text class="d s e" x="{LEFT - 6}" y="{y(level) + 4:.1f}">{escape(text)}</text>'
        )
    bottom = TOP + TALL
    # the values that rows were moved through: where they are close, there are many rows
    ticks = "".join(f"M{x(v):.1f} {bottom}v4" for v in known)
    parts.append(f'<path d="{ticks}" fill="none" stroke="var(--jd-edge)"/>')
    ends = [x.low, x.high] if len(known) > 1 else list(known)
    for value in [v for v in round_levels(x.low, x.high) if ends and ends[0] <= v <= ends[-1]]:
        text = escape(number(float(f"{value:.10g}")))
        # the outermost name may reach a little beyond the plot
        half = width(text, SMALL) / 2
        at = min(max(x(value), LEFT + half - 12), right + RIGHT - half)
        parts.append(f'<text class="d s m" x="{at:.1f}" y="{bottom + 18}">{text}</text>')
    return "".join(parts)


def _path(values: Floats, answers: Floats, x: Scale, y: Scale) -> str:
    points = [f"{x(a):.1f} {y(b):.1f}" for a, b in zip(values, answers, strict=True)]
    return "M" + "L".join(points)


def _band(one: Response, x: Scale, y: Scale) -> str:
    at, ink = one.known, INK[one.model]
    if len(at) < 2:
        return ""
    upper = _path(one.values[at], one.high[at], x, y)
    lower = _path(one.values[at], one.low[at], x, y)
    if one.model == TEACHER:
        return (
            f'<path d="{upper}{lower}" fill="none" stroke="{ink}" stroke-width="1" '
            f'stroke-dasharray="1.5 3"/>'
        )
    back = _path(one.values[at][::-1], one.low[at][::-1], x, y).replace("M", "L", 1)
    return f'<path d="{upper}{back}z" fill="{ink}" opacity=".16"/>'


def _line(one: Response, x: Scale, y: Scale) -> str:
    at, ink = one.known, INK[one.model]
    parts = []
    if one.row is not None and len(at) > 1:
        parts.append(
            f'<path d="{_path(one.values[at], one.row[at], x, y)}" fill="none" '
            f'stroke="var(--jd-alert)" stroke-width="1.2" stroke-dasharray="2 3"/>'
        )
    if len(at) == 1:
        a, b = x(float(one.values[at][0])), y(float(one.mean[at][0]))
        return marks.mark(SHAPE[one.model], a, b, ink, one.model)
    dashes = ' stroke-dasharray="6 3"' if one.model == TEACHER else ""
    if len(at):
        parts.append(
            f'<path d="{_path(one.values[at], one.mean[at], x, y)}" fill="none" stroke="{ink}" '
            f'stroke-width="2"{dashes}><title>{one.model}, mean answer</title></path>'
        )
    return "".join(parts)


def _missing(of: Dependence, y: Scale) -> str:
    parts, middle = [], WIDTH - width("missing", SMALL) / 2
    for one in of.responses:
        at = int(np.flatnonzero(np.isnan(one.values))[0])
        x = middle + (7 if one.model == STUDENT else -7)
        ends = y(float(one.low[at])), y(float(one.high[at]))
        parts.append(marks.whisker(*ends, x, INK[one.model], upright=True))
        said = f"missing: {one.model} {of.write(float(one.mean[at]))}"
        parts.append(marks.mark(SHAPE[one.model], x, y(float(one.mean[at])), INK[one.model], said))
    parts.append(f'<text class="d s m" x="{middle:.1f}" y="{TOP + TALL + 18}">missing</text>')
    return "".join(parts)
