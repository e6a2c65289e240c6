"""The reliability curve as SVG: what a teacher says, against what is so on average."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jupyter_distill.exports.axes import Scale
from jupyter_distill.exports.html import count, escape, number

SIZE, LEFT, TOP, BOTTOM = 200, 46, 34, 36
RADIUS = 2.5, 6.0  # of points with hardly a row, and with most of them


def reliability(
    curve: pd.DataFrame, *, title: str = "What it says, and what is so", numbers: bool | None = None
) -> str:
    """Draw bins as points with their 95 % intervals, beside the line where they should lie.

    Parameters
    ----------
    curve : data frame
        ``rows`` and ``said`` of each bin; of probabilities ``happened``, ``low`` and ``high``, of
        numbers ``true``, and ``low`` and ``high`` of the error.
    title : str
        What is drawn.
    numbers : bool, optional
        Whether ``happened`` is a mean of numbers rather than a share.
    """
    of_error = "true" in curve
    numbers = of_error if numbers is None else numbers
    said = curve["said"].to_numpy()
    so = curve["true" if of_error else "happened"].to_numpy()
    low, high = curve["low"].to_numpy(), curve["high"].to_numpy()
    if of_error:  # the interval of the error, turned into that of the truth
        low, high = said - curve["high"].to_numpy(), said - curve["low"].to_numpy()
    low, high = np.where(np.isnan(low), so, low), np.where(np.isnan(high), so, high)
    ends = [float(min(said.min(), low.min())), float(max(said.max(), high.max()))]
    if not numbers:
        ends = [0.0 if ends[0] < 0.5 else 0.5, 1.0]
    x = Scale(ends[0], ends[1], LEFT, LEFT + SIZE)
    y = Scale(ends[0], ends[1], TOP + SIZE, TOP)
    points = [
        _point(x(a), y(b), y(c), y(d), _radius(n, curve["rows"].max()), a, b, n)
        for a, b, c, d, n in zip(said, so, low, high, curve["rows"], strict=True)
    ]
    pairs = zip(said, so, strict=True)
    aloud = "; ".join(f"{number(round(a, 3))}: {number(round(b, 3))}" for a, b in pairs)
    width, height = LEFT + SIZE + 14, TOP + SIZE + BOTTOM
    across = "mean answer of a bin" if numbers else "probability of the class that it names"
    return (
        f'<svg class="jd" role="img" aria-label="{escape(f"{title}, by bin. {aloud}")}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto"><text class="s b" x="0" y="14">{escape(title)}</text>'
        f"{_axes(x, y, ends)}{''.join(points)}"
        f'<text class="d s e" x="{LEFT + SIZE}" y="{height - 4}">{across}</text></svg>'
    )


def _axes(x: Scale, y: Scale, ends: list[float]) -> str:
    parts = [
        f'<path stroke="var(--jd-text)" opacity=".5" stroke-dasharray="2 3" '
        f'd="M{x(ends[0]):.1f} {y(ends[0]):.1f}L{x(ends[1]):.1f} {y(ends[1]):.1f}"/>'
    ]
    for value in np.linspace(ends[0], ends[1], 5)[::2]:
        text = escape(f"{value:.3g}")
        parts.append(
            f'<path class="h" d="M{LEFT} {y(value):.1f}H{LEFT + SIZE}"/>'
            f'<text class="d s e" x="{LEFT - 6}" y="{y(value) + 4:.1f}">{text}</text>'
            f'<text class="d s m" x="{x(value):.1f}" y="{TOP + SIZE + 16}">{text}</text>'
        )
    return "".join(parts)


def _radius(rows: float, most: float) -> float:
    least, largest = RADIUS
    return least + (largest - least) * float(np.sqrt(rows / most))


def _point(
    x: float, y: float, low: float, high: float, r: float, said: float, so: float, rows: float
) -> str:
    text = f"says {number(round(said, 3))}, is {number(round(so, 3))}, {count(rows)} rows"
    return (
        f'<path stroke="var(--jd-accent)" stroke-width="2" opacity=".35" '
        f'd="M{x:.1f} {low:.1f}V{high:.1f}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="var(--jd-accent)">'
        f"<title>{escape(text)}</title></circle>"
    )
