"""What drawings of audits are made of: the two models' marks, a legend, and the frame of one."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Literal

import numpy as np

from jupyter_distill.exports.html import escape
from jupyter_distill.exports.outline import shorten, width, wrap

Shape = Literal["dot", "ring", "diamond", "tick", "line", "dash", "bar", "box", "dashed"]

TEACHER, STUDENT = "teacher", "student"
# Colour is never alone: the teacher's marks are hollow or dashed, the student's filled or drawn
# through, and where both have a line of their own the teacher's is above.
INK = {TEACHER: "var(--jd-dim)", STUDENT: "var(--jd-accent)"}
SHAPE: dict[str, Shape] = {TEACHER: "diamond", STUDENT: "dot"}
SMALL, LINE = 12, 16  # letters, and from one line of them to the next
RADIUS = 4.5


def mark(shape: Shape, x: float, y: float, ink: str, said: str = "") -> str:
    """Draw a mark in its place; `said` is told to a pointer."""
    told = f"<title>{escape(said)}</title>" if said else ""
    r = RADIUS
    if shape in ("dot", "ring"):
        fill = ink if shape == "dot" else "var(--jd-bg)"
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r - 0.5:g}" fill="{fill}" stroke="{ink}" '
            f'stroke-width="1.5">{told}</circle>'
        )
    if shape == "diamond":
        d, look = f"M{x - r:.1f} {y:.1f}l{r} {-r}l{r} {r}l{-r} {r}z", 'fill="var(--jd-bg)"'
    elif shape in ("bar", "box"):
        d = f"M{x - r:.1f} {y - 3.5:.1f}h{2 * r}v7h{-2 * r}z"
        look = f'fill="{ink if shape == "bar" else "var(--jd-bg)"}"'
    elif shape == "tick":
        d, look = f"M{x:.1f} {y - 7:.1f}v14", 'fill="none"'
    else:
        dashes = {
            "line": "",
            "dash": ' stroke-dasharray="5 3"',
            "dashed": ' stroke-dasharray="2 3"',
        }
        d, look = f"M{x - 8:.1f} {y:.1f}h16", f'fill="none"{dashes[shape]}'
    return f'<path d="{d}" {look} stroke="{ink}" stroke-width="1.5">{told}</path>'


def whisker(start: float, end: float, y: float, ink: str, *, upright: bool = False) -> str:
    """Draw an interval as a line with ends; nothing where it is not known."""
    if not (np.isfinite(start) and np.isfinite(end)):
        return ""
    if upright:  # y is then x
        d = f"M{y:.1f} {start:.1f}V{end:.1f}M{y - 3:.1f} {start:.1f}h6M{y - 3:.1f} {end:.1f}h6"
    else:
        d = f"M{start:.1f} {y:.1f}H{end:.1f}M{start:.1f} {y - 3:.1f}v6M{end:.1f} {y - 3:.1f}v6"
    return f'<path d="{d}" fill="none" stroke="{ink}" stroke-width="1.2"/>'


def cut(text: str, room: float, x: float, y: float, look: str = "s", size: float = SMALL) -> str:
    """Write a text on one line, cut where it is too long; a pointer is told all of it."""
    short = shorten(text, room, size)
    whole = f"<title>{escape(text)}</title>" if short != text else ""
    return f'<text class="{look}" x="{x:.1f}" y="{y:.1f}">{escape(short)}{whole}</text>'


def lines_of(text: str, room: float, most: int, size: float = SMALL) -> list[str]:
    """Break a text into so many lines at most, the last of which may be cut."""
    lines = wrap(text, room, size)
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), room, size)]


def legend(
    items: Sequence[tuple[Shape, str, str]], x: float, y: float, wide: float
) -> tuple[str, float]:
    """Write what marks stand for, from left to right.

    Parameters
    ----------
    items : sequence of (shape, ink, words)
        Each mark.
    x, y : float
        Where the first line begins, and where its letters stand.
    wide : float
        Room for a line.

    Returns
    -------
    str
        The legend.
    float
        Where the letters of its last line stand.
    """
    parts, at = [], x
    for shape, ink, words in items:
        text = shorten(words, wide - 24, SMALL)
        needs = 24 + width(text, SMALL)
        if at > x and at + needs > x + wide:
            at, y = x, y + LINE
        whole = f"<title>{escape(words)}</title>" if text != words else ""
        parts.append(
            f"{mark(shape, at + 8, y - 4, ink)}"
            f'<text class="d s" x="{at + 22:.1f}" y="{y:.1f}">{escape(text)}{whole}</text>'
        )
        at += needs + 14
    return "".join(parts), y


def both(teacher: str, student: str) -> list[tuple[Shape, str, str]]:
    """Return the legend of both models."""
    return [
        (SHAPE[TEACHER], INK[TEACHER], f"teacher: {teacher}"),
        (SHAPE[STUDENT], INK[STUDENT], f"student: {student}"),
    ]


def heading(title: str, wide: float, look: str = "b s", y: float = 14) -> tuple[str, float]:
    """Write what is drawn, on as many lines as it needs, and return where the last one stands."""
    lines = wrap(title, wide * 0.88, SMALL)  # bold letters are wider
    text = "".join(
        f'<text class="{look}" x="0" y="{y + LINE * k:.0f}">{escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    return text, y + LINE * (len(lines) - 1)


def paragraph(text: str, wide: float, y: float) -> tuple[str, float]:
    """Write a text below, and return where its last line stands."""
    if not text:
        return "", y
    lines = wrap(text, wide, SMALL)
    said = "".join(
        f'<text class="d s" x="0" y="{y + LINE * (k + 1):.1f}">{escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    return said, y + LINE * len(lines)


def picture(title: str, about: str, body: str, wide: float, high: float) -> str:
    """Return a drawing with its name and, for those who do not see it, its numbers.

    On a small screen it is made somewhat smaller, and then scrolled.
    """
    name = "jd" + blake2b((title + about + body).encode(), digest_size=5).hexdigest()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="jd" role="img" '
        f'aria-labelledby="{name}t" aria-describedby="{name}d" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}" '
        f'style="max-width:100%;min-width:{0.84 * wide:.0f}px;height:auto">'
        f'<title id="{name}t">{escape(title)}</title><desc id="{name}d">{escape(about)}</desc>'
        f"{body}</svg>"
    )
    label = f'tabindex="0" role="group" aria-label="{escape(title)}"'
    return f'<div class="scroll" {label}>{svg}</div>'


def key(items: Sequence[tuple[Shape, str, str]]) -> str:
    """Return a legend in HTML, of several drawings at once."""
    parts = "".join(
        '<span style="display:inline-block;margin-right:16px">'
        '<svg width="20" height="12" viewBox="0 0 20 12" '
        f'aria-hidden="true" style="vertical-align:middle">{mark(shape, 10, 6, ink)}</svg> '
        f"{escape(words)}</span>"
        for shape, ink, words in items
    )
    return f'<div class="dim">{parts}</div>'
