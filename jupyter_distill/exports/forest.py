"""Lines with dots and their intervals, all on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from jupyter_distill._shares import percent
from jupyter_distill.exports import marks
from jupyter_distill.exports.axes import Scale, round_levels
from jupyter_distill.exports.html import escape
from jupyter_distill.exports.marks import LINE, SMALL, Shape
from jupyter_distill.exports.outline import width

WIDTH, GAP, INSET, TALLEST = 640, 14, 6, 3
APART = 9.0  # between the marks of two models on one line
CUT = "\N{HORIZONTAL ELLIPSIS}"
MOST = 15  # lines; what is more is counted


@dataclass(frozen=True)
class Mark:
    """One figure of a line, with its interval where it has one.

    Attributes
    ----------
    value, low, high : float
        NaN where not known.
    shape, ink : str
        How it is drawn.
    who : str
        Whose figure it is; empty where there is but one.
    """

    value: float
    low: float = float("nan")
    high: float = float("nan")
    shape: Shape = "dot"
    ink: str = "var(--jd-accent)"
    who: str = ""


@dataclass(frozen=True)
class Line:
    """What a line is about, its marks, and what stands beside them.

    Attributes
    ----------
    label : str
        Written on up to three lines, then cut.
    marks : tuple of Mark
        From top to bottom where there are two; those of shape ``"tick"`` in the middle.
    cells : tuple of str
        What stands to the right.
    under : str
        What stands below the label, dimmed.
    """

    label: str
    marks: tuple[Mark, ...]
    cells: tuple[str, ...] = ()
    under: str = ""


@dataclass(frozen=True)
class Forest:
    """A drawing of lines.

    Attributes
    ----------
    title : str
        What is measured.
    heads : tuple of str
        What stands above the labels, and above each column of cells.
    lines : sequence of Line
        From top to bottom.
    share : bool
        Whether figures are written as percent.
    reference : (float, str) or None
        A value to compare with, and what it is called.
    legend : sequence of (shape, ink, words)
        What the marks stand for.
    foot : str
        What else is to be known.
    joined : bool
        Whether a line is drawn between the two marks of a line.
    wide : float
        Width of the drawing.
    room : float
        Width of the labels.
    ends : (float, float) or None
        What the scale reaches at least.
    look : str
        How the title is written.
    """

    title: str
    heads: tuple[str, ...]
    lines: Sequence[Line] = ()
    share: bool = False
    reference: tuple[float, str] | None = None
    legend: Sequence[tuple[Shape, str, str]] = field(default=())
    foot: str = ""
    joined: bool = False
    wide: float = WIDTH
    room: float = 220
    ends: tuple[float, float] | None = None
    look: str = "b s"

    def write(self, value: float) -> str:
        """Write a figure."""
        if np.isnan(value):
            return "\N{EN DASH}"
        return percent(value) if self.share else f"{value + 0.0:.3g}"

    def said(self, mark: Mark) -> str:
        """Write a figure with its interval, and whose it is."""
        text = self.write(mark.value)
        if np.isfinite(mark.low) and np.isfinite(mark.high):
            text += f" ({self.write(mark.low)} to {self.write(mark.high)})"
        return f"{mark.who} {text}" if mark.who else text

    @property
    def aloud(self) -> str:
        """The figures in words."""
        told = []
        for line in self.lines:
            cells = ", ".join(
                f"{head} {cell}" for head, cell in zip(self.heads[1:], line.cells, strict=True)
            )
            figures = ", ".join(self.said(mark) for mark in line.marks)
            told.append(f"{line.label}: {figures}{f'; {cells}' if cells else ''}")
        compared = ""
        if self.reference is not None:
            compared = f"{self.reference[1]}: {self.write(self.reference[0])}. "
        return f"{compared}{'. '.join(told)}."


def forest(of: Forest) -> str:
    """Draw lines with dots and intervals on one scale."""
    columns = _columns(of)
    levels = _levels(of)
    # the name of the last value reaches beyond the plot
    half = width(_tick(of, levels[-1]), SMALL) / 2
    right = of.wide - max(sum(columns) + INSET, half)
    scale = Scale(levels[0], levels[-1], of.room + GAP + INSET, right)
    head, y = marks.heading(of.title, of.wide, of.look)
    key, y = marks.legend(of.legend, 0, y + LINE + 4, of.wide) if of.legend else ("", y)
    top = y + (2.2 * LINE + 2 if any(of.heads) or of.reference is not None else LINE - 4)
    rows, bottom = _rows(of, scale, columns, top)
    foot, end = marks.paragraph(of.foot, of.wide, bottom + LINE + 6)
    body = head + key + _heads(of, columns, top - 8)
    body += _axis(of, scale, levels, top, bottom) + rows + foot
    return marks.picture(of.title, of.aloud, body, of.wide, end + 6)


def _columns(of: Forest) -> list[float]:
    """Return how wide each column of cells is."""
    found = []
    for k, head in enumerate(of.heads[1:]):
        texts = [head, *(line.cells[k] for line in of.lines)]
        found.append(GAP + max(width(text, SMALL) for text in texts))
    return found


def _levels(of: Forest) -> list[float]:
    values = [v for line in of.lines for m in line.marks for v in (m.value, m.low, m.high)]
    values += [of.reference[0]] if of.reference is not None else []
    values += list(of.ends or ())
    known = [v for v in values if np.isfinite(v)] or [0.0, 1.0]
    return round_levels(min(known), max(known))


def _heads(of: Forest, columns: Sequence[float], y: float) -> str:
    parts = [f'<text class="d s" x="0" y="{y:.1f}">{escape(of.heads[0])}</text>']
    for head, x in zip(of.heads[1:], _ends(of, columns), strict=True):
        parts.append(f'<text class="d s e" x="{x:.1f}" y="{y:.1f}">{escape(head)}</text>')
    return "".join(parts)


def _ends(of: Forest, columns: Sequence[float]) -> list[float]:
    """Return where columns of cells end, which are set to the right."""
    return [of.wide - sum(columns[k + 1 :]) for k in range(len(columns))]


def _axis(of: Forest, scale: Scale, levels: Sequence[float], top: float, bottom: float) -> str:
    parts = []
    # names of values that would run into each other are left out
    needs = max(width(_tick(of, v), SMALL) for v in levels) + 8
    step = 1
    while (scale.end - scale.start) / max(len(levels) - 1, 1) * step < needs and step < len(levels):
        step += 1
    for k, value in enumerate(levels):
        x = scale(value)
        parts.append(f'<path class="h" d="M{x:.1f} {top:.1f}V{bottom:.1f}"/>')
        if k % step == 0:
            text = escape(_tick(of, value))
            parts.append(f'<text class="d s m" x="{x:.1f}" y="{bottom + 15:.1f}">{text}</text>')
    if of.reference is not None and np.isfinite(of.reference[0]):
        value, name = of.reference
        x = scale(value)
        text = f"{name} {of.write(value)}"
        half = width(text, SMALL) / 2
        at = min(max(x, scale.start + half - INSET), scale.end - half + INSET)
        parts.append(
            f'<path d="M{x:.1f} {top - 4:.1f}V{bottom:.1f}" fill="none" stroke="var(--jd-text)" '
            f'stroke-width="1.2" stroke-dasharray="5 3"/>'
            f'<text class="s m" x="{at:.1f}" y="{top - 8:.1f}">{escape(text)}</text>'
        )
    return "".join(parts)


def _tick(of: Forest, value: float) -> str:
    value = float(f"{value:.10g}") + 0.0
    return f"{100 * value:.4g}\N{NO-BREAK SPACE}%" if of.share else f"{value:.4g}"


def _rows(of: Forest, scale: Scale, columns: Sequence[float], top: float) -> tuple[str, float]:
    """Draw the lines, and return where the last one ends."""
    parts, y = [], top
    for line in of.lines:
        label = marks.lines_of(line.label, of.room, TALLEST)
        under = marks.lines_of(line.under, of.room, 2) if line.under else []
        texts = [("s", text) for text in label] + [("d s", text) for text in under]
        two = sum(mark.shape != "tick" for mark in line.marks) > 1
        high = max(LINE * len(texts), LINE + APART * two) + 8
        middle = y + high / 2
        first = middle - LINE * (len(texts) - 1) / 2 + 4
        cut = label[-1].endswith(CUT) or bool(under) and under[-1].endswith(CUT)
        whole = " ".join(filter(None, (line.label, line.under)))
        told = f"<title>{escape(whole)}</title>" if cut else ""
        parts += [
            f'<text class="{look}" x="0" y="{first + LINE * k:.1f}">{escape(text)}{told}</text>'
            for k, (look, text) in enumerate(texts)
        ]
        parts += _marks(of, line, scale, middle)
        for cell, x in zip(line.cells, _ends(of, columns), strict=True):
            parts.append(
                f'<text class="s e" x="{x:.1f}" y="{middle + 4:.1f}">{escape(cell)}</text>'
            )
        y += high
        parts.append(f'<path class="h" d="M0 {y:.1f}H{of.wide:.0f}" opacity=".6"/>')
    return "".join(parts), y


def _marks(of: Forest, line: Line, scale: Scale, middle: float) -> Iterator[str]:
    shown = [mark for mark in line.marks if np.isfinite(mark.value)]
    main = [mark for mark in line.marks if mark.shape != "tick"]
    heights = {id(mark): middle + APART * (k - (len(main) - 1) / 2) for k, mark in enumerate(main)}
    if of.joined and sum(id(mark) in heights for mark in shown) == 2:
        ends = [(scale(m.value), heights[id(m)]) for m in shown if id(m) in heights]
        (a, b), (c, d) = ends
        yield f'<path class="w" d="M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" stroke-width="1"/>'
    for mark in shown:
        y = heights.get(id(mark), middle)
        if np.isfinite(mark.low) and np.isfinite(mark.high):
            yield marks.whisker(scale(mark.low), scale(mark.high), y, mark.ink)
    for mark in shown:
        y = heights.get(id(mark), middle)
        yield marks.mark(mark.shape, scale(mark.value), y, mark.ink, of.said(mark))
