"""Two bars per line, the teacher's above the student's: shares from 0, or what adds and takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from jupyter_distill._shares import percent
from jupyter_distill.exports import marks
from jupyter_distill.exports.bars import signed
from jupyter_distill.exports.html import escape
from jupyter_distill.exports.marks import INK, LINE, SMALL, STUDENT, TEACHER, Shape
from jupyter_distill.exports.outline import width

WIDTH, ROOM, GAP, THICK = 580, 190, 14, 8
MOST = 15  # lines; what is more is counted


@dataclass(frozen=True)
class Pair:
    """A line: what it is about, and a value by model.

    Attributes
    ----------
    label : str
        Cut where it is too long.
    values, errors : mapping of str to float
        By model; errors where they are known.
    note : str
        Stands behind the values.
    warned : bool
        Whether the note is something to look at: it then has a sign beside it.
    """

    label: str
    values: Mapping[str, float]
    errors: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    warned: bool = False


@dataclass(frozen=True)
class Bars:
    """A drawing of such lines.

    Attributes
    ----------
    title : str
        What is measured.
    pairs : sequence of Pair
        From top to bottom.
    head : str
        What the labels are.
    share : bool
        Whether values are shares; else they go either way from 0.
    legend : sequence of (shape, ink, words)
        Whose bars they are.
    foot : str
        What else is to be known.
    """

    title: str
    pairs: Sequence[Pair]
    head: str
    share: bool
    legend: Sequence[tuple[Shape, str, str]]
    foot: str = ""

    def write(self, value: float) -> str:
        """Write a value."""
        if self.share:
            return percent(value)
        return signed(value) if value else "0"

    @property
    def whose(self) -> list[str]:
        """Models that have bars, the teacher first."""
        return [who for who in (TEACHER, STUDENT) if any(who in one.values for one in self.pairs)]

    @property
    def aloud(self) -> str:
        """The values in words."""
        told = []
        for one in self.pairs:
            said = ", ".join(f"{who} {self.write(one.values[who])}" for who in self.whose)
            told.append(f"{one.label}: {said}{f', {one.note}' if one.note else ''}")
        return f"{'. '.join(told)}."


def twin_bars(of: Bars) -> str:
    """Draw two bars per line, in the words of the legend."""
    notes = max((width(one.note, SMALL) for one in of.pairs if one.note), default=0.0)
    notes += 22 if notes else 0  # a sign, and a gap
    figures = [
        GAP
        + max(width(text, SMALL) for text in (who, *(of.write(p.values[who]) for p in of.pairs)))
        for who in of.whose
    ]
    end = WIDTH - notes - sum(figures) - 4
    head, y = marks.heading(of.title, WIDTH)
    key, y = marks.legend(of.legend, 0, y + LINE + 4, WIDTH)
    top = y + LINE + 10
    columns = [WIDTH - notes - sum(figures[k + 1 :]) for k in range(len(figures))]
    parts = [head, key, f'<text class="d s" x="0" y="{top - 6:.1f}">{escape(of.head)}</text>']
    parts += [
        f'<text class="d s e" x="{x:.1f}" y="{top - 6:.1f}">{who}</text>'
        for who, x in zip(of.whose, columns, strict=True)
    ]
    high = THICK * len(of.whose) + 10
    zero, unit = _unit(of, ROOM + GAP, end)
    for k, one in enumerate(of.pairs):
        parts.append(_line(of, one, top + high * k, high, columns, notes, zero, unit))
    bottom = top + high * len(of.pairs)
    parts.append(
        f'<path d="M{zero:.1f} {top:.1f}V{bottom:.1f}" fill="none" stroke="var(--jd-edge)"/>'
    )
    foot, last = marks.paragraph(of.foot, WIDTH, bottom + 4)
    return marks.picture(of.title, of.aloud, "".join(parts) + foot, WIDTH, last + 8)


def _unit(of: Bars, start: float, end: float) -> tuple[float, float]:
    """Return where 0 lies, and how many pixels one is."""
    ends = [
        (one.values[who] - error, one.values[who] + error)
        for one in of.pairs
        for who in of.whose
        for error in (float(np.nan_to_num(one.errors.get(who, 0.0))),)
    ]
    low = min(0.0, *(a for a, _ in ends)) if ends else 0.0
    high = max(0.0, *(b for _, b in ends)) if ends else 0.0
    unit = (end - start) / ((high - low) or 1.0)
    return start - low * unit, unit


def _line(
    of: Bars,
    one: Pair,
    y: float,
    high: float,
    columns: Sequence[float],
    notes: float,
    zero: float,
    unit: float,
) -> str:
    middle = y + high / 2
    parts = [
        f'<path class="h" d="M0 {y:.1f}H{WIDTH}" opacity=".6"/>',
        marks.cut(one.label, ROOM, 0, middle + 4),
    ]
    for k, who in enumerate(of.whose):
        value, top = one.values[who], middle + THICK * (k - len(of.whose) / 2)
        wide = abs(value) * unit
        left = zero - (wide if value < 0 else 0)
        fill = "var(--jd-bg)" if who == TEACHER else INK[who]
        told = escape(f"{one.label}: {who} {of.write(value)}")
        parts.append(
            f'<rect x="{left:.1f}" y="{top + 1:.1f}" width="{max(wide, 0.5):.1f}" '
            f'height="{THICK - 2}" fill="{fill}" stroke="{INK[who]}"><title>{told}</title></rect>'
        )
        if (error := one.errors.get(who)) is not None and error > 0:
            a, b = zero + (value - error) * unit, zero + (value + error) * unit
            parts.append(
                f'<path d="M{a:.1f} {top + THICK / 2:.1f}H{b:.1f}" stroke="var(--jd-text)"/>'
            )
        parts.append(
            f'<text class="s e" x="{columns[k]:.1f}" y="{middle + 4:.1f}">'
            f"{escape(of.write(value))}</text>"
        )
    if one.note:
        x = WIDTH - notes + 18
        if one.warned:
            parts.append(
                f'<path d="M{x - 6:.1f} {middle - 6:.1f}l5 10h-10z" fill="var(--jd-warn)"/>'
            )
        look = "b s" if one.warned else "d s"
        parts.append(f'<text class="{look}" x="{x + 3:.1f}" y="{middle + 4:.1f}">{one.note}</text>')
    return "".join(parts)
