"""Line charts as SVG: what T and alpha did, and what each size and family of student reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from jupyter_distill.distillation import AlphaPath, Ladder
from jupyter_distill.exports import axes, theme
from jupyter_distill.exports.curves import Curve, alpha_curves, ladder_curve, temperature_curve
from jupyter_distill.exports.html import escape, number
from jupyter_distill.exports.outline import BOLD, width, wrap

WIDTH, PLOT, TALL = 460, 160, 230  # tall where lines share a plot
LEFT, RIGHT, BOTTOM, INSET = 52, 14, 38, 12
SMALL = 12
LINE = 16  # from one line of text to the next


def temperature_chart(path: pd.DataFrame, matters: bool) -> str:
    """Draw the divergence of the student from its teacher against the temperature it learnt at.

    `matters` says whether some temperature is measurably worse than another.
    """
    return _chart(temperature_curve(path, matters))


def ladder_chart(ladder: Ladder, beside: Sequence[tuple[str, float]] = ()) -> str:
    """Draw the fidelity of every size, and of every family by what there is to read.

    Baselines that are named in `beside` are drawn as dashed lines.
    """
    return _chart(replace(ladder_curve(ladder), beside=beside))


def alpha_chart(path: AlphaPath, *, classes: bool) -> str:
    """Draw how far the student is from its teacher and from the truth by alpha, a panel each."""
    return "".join(f"<div>{_chart(curve)}</div>" for curve in alpha_curves(path, classes=classes))


@dataclass(frozen=True)
class _Frame:
    """Where the plot lies, and what lies where in it."""

    curve: Curve
    top: float
    bottom: float
    x: axes.Scale
    y: axes.Scale
    levels: list[float]

    @classmethod
    def of(cls, curve: Curve, above: int) -> _Frame:
        top = 28.0 + LINE * above + 20
        right = WIDTH - max(RIGHT + INSET, axes.room(curve))
        bottom = top + (TALL if curve.by else PLOT)
        y, levels = axes.upwards(curve, bottom, top)
        return cls(curve, top, bottom, axes.across(curve, LEFT + INSET, right), y, levels)


def _chart(curve: Curve) -> str:
    about = wrap(curve.about, WIDTH, SMALL)
    frame = _Frame.of(curve, len(about))
    texts = "".join(
        f'<text class="d s" x="0" y="{14 + LINE * (row + 1)}">{escape(line)}</text>'
        for row, line in enumerate(about)
    )
    height = frame.bottom + BOTTOM
    lines = curve.lines
    chosen = curve.chosen[curve.by] if curve.by else ""
    # the chosen family comes last, so that it lies above the others
    order = sorted(range(len(lines)), key=lambda k: lines[k][0] == chosen)
    parts = [_band(frame, lines[k][1], _colour(curve, k)) for k in order]
    parts.append(_mark(frame))
    parts += [
        _line(frame, lines[k][1], _colour(curve, k), bold=lines[k][0] == chosen) for k in order
    ]
    if curve.by:
        places = axes.names(curve, frame.x, frame.y, WIDTH)
        parts += [_name(name, places[name], _colour(curve, k)) for k, (name, _) in enumerate(lines)]
    return (
        f'<svg class="jd" role="img" aria-label="{escape(_aloud(curve))}" '
        f'viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}" '
        f'style="max-width:100%;height:auto">'
        f'<text class="s b" x="0" y="14">{escape(curve.title)}</text>'
        f"{texts}{_axes(frame)}{_beside(frame)}{''.join(parts)}</svg>"
    )


def _colour(curve: Curve, k: int) -> str:
    return theme.line(k) if curve.by else "var(--jd-accent)"


def _axes(frame: _Frame) -> str:
    curve, parts = frame.curve, []
    for value in frame.levels:
        y = frame.y(value)
        parts.append(
            f'<path class="h" d="M{LEFT} {y:.1f}H{frame.x.end + INSET:.1f}"/>'
            f'<text class="d s e" x="{LEFT - 6}" y="{y + 4:.1f}">{escape(curve.tick(value))}</text>'
        )
    last = -np.inf
    for value in curve.ticks:
        x = frame.x(value)
        if x - last < 26:
            continue  # names of crowded points would run into each other
        last = x
        parts.append(
            f'<text class="d s m" x="{x:.1f}" y="{frame.bottom + 16}">{number(value)}</text>'
        )
    parts.append(
        f'<text class="d s e" x="{frame.x.end + INSET:.1f}" y="{frame.bottom + BOTTOM - 5}">'
        f"{escape(curve.across)}</text>"
    )
    return "".join(parts)


def _beside(frame: _Frame) -> str:
    """Draw the baselines that lie inside the plot, each with its name under or above its line."""
    parts, last = [], -np.inf
    of = frame.curve.frame[[frame.curve.x, frame.curve.y]].to_numpy(dtype=np.float64)
    points = [(frame.x(x), frame.y(y)) for x, y in of]
    for name, value in sorted(frame.curve.beside, key=lambda one: -one[1]):
        y, end = frame.y(value), LEFT + 8 + width(name, SMALL)
        if not frame.top - 1 <= y <= frame.bottom + 1:
            continue
        under, over = max(y + 13, last + LINE), y - 4
        crossed = [
            sum(px < end and at - 16 < py < at + 6 for px, py in points) for at in (under, over)
        ]
        fits = over - 10 > max(frame.top, last)
        at = over if fits and (crossed[1] < crossed[0] or under > frame.bottom) else under
        last = at
        parts.append(
            f'<path stroke="var(--jd-dim)" stroke-dasharray="5 4" fill="none" '
            f'd="M{LEFT} {y:.1f}H{frame.x.end + INSET:.1f}"/>'
            f'<text class="d s" x="{LEFT + 4}" y="{at:.1f}" style="paint-order:stroke;'
            f'stroke:var(--jd-bg);stroke-width:3px">{escape(name)}</text>'
        )
    return "".join(parts)


def _band(frame: _Frame, of: pd.DataFrame, colour: str) -> str:
    xs = [f"{frame.x(x):.1f}" for x in of[frame.curve.x]]
    upper = [f"{x} {frame.y(v):.1f}" for x, v in zip(xs, of["high"], strict=True)]
    lower = [f"{x} {frame.y(v):.1f}" for x, v in zip(xs, of["low"], strict=True)]
    thin = ".16" if frame.curve.by is None else ".1"
    return f'<path fill="{colour}" opacity="{thin}" d="M{"L".join(upper + lower[::-1])}z"/>'


def _line(frame: _Frame, of: pd.DataFrame, colour: str, *, bold: bool) -> str:
    curve = frame.curve
    places = [(frame.x(x), frame.y(y)) for x, y in zip(of[curve.x], of[curve.y], strict=True)]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    parts = [
        f'<path fill="none" stroke="{colour}" stroke-width="{2 if bold else 1.5}" d="M{path}"/>'
    ]
    for (_, point), (x, y) in zip(of.iterrows(), places, strict=True):
        chosen = bool(point["chosen"])
        if curve.rings and point["knee"] and (curve.by or not chosen):
            parts.append(
                f'<circle class="knee" cx="{x:.1f}" cy="{y:.1f}" r="{8.5 if chosen else 7}" '
                f'fill="none" stroke="{colour}" stroke-width="1.5"/>'
            )
        radius = 5 if chosen else 3 if bold else 2.5
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" '
            f'fill="{colour if chosen else "var(--jd-bg)"}" stroke="{colour}" '
            f'stroke-width="1.5"><title>{escape(_of(curve, point))}</title></circle>'
        )
    return "".join(parts)


def _of(curve: Curve, point: pd.Series) -> str:
    """Return what a point says when it is pointed at."""
    said = f"{number(point[curve.x])}: {curve.said(point)}"
    if curve.by is None:
        return said
    return f"{point[curve.by]}, size {point['size']}, to read {said}"


def _mark(frame: _Frame) -> str:
    """Name the chosen point above the plot, where no other point can be, with a line to it."""
    x, text = frame.x(frame.curve.chosen[frame.curve.x]), frame.curve.mark
    room = width(text, SMALL) * BOLD / 2
    at = min(max(x, LEFT + room), WIDTH - room)
    return (
        f'<path stroke="var(--jd-text)" opacity=".55" stroke-dasharray="2 3" '
        f'd="M{x:.1f} {frame.top - 4:.1f}V{frame.bottom}"/>'
        f'<text class="s b m" x="{at:.1f}" y="{frame.top - 8:.1f}">{escape(text)}</text>'
    )


def _name(name: str, at: axes.Point, colour: str) -> str:
    """Name a line in its colour, moved towards that of text so that it can be read."""
    return (
        f'<text class="s b name" x="{at[0]:.1f}" y="{at[1] + 4:.1f}" '
        f'style="fill:var(--jd-text);fill:color-mix(in srgb,{colour} 70%,var(--jd-text));'
        f'paint-order:stroke;stroke:var(--jd-bg);stroke-width:3px">{escape(name)}</text>'
    )


def _aloud(curve: Curve) -> str:
    """Return the chart in words."""
    said = []
    for name, of in curve.lines:
        each = ", ".join(
            f"{number(x)}: {curve.write(y)}" for x, y in zip(of[curve.x], of[curve.y], strict=True)
        )
        said.append(f"{name}: {each}" if name else each)
    return f"{curve.title}, by {curve.across}. {curve.mark}. {'. '.join(said)}. {curve.about}"
