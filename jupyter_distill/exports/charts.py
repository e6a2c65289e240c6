"""Small line charts as SVG: what the temperature did, and what each size of student reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jupyter_distill.distillation import Ladder, NumberRung
from jupyter_distill.exports.html import escape, number, percent
from jupyter_distill.exports.outline import BOLD, width

WIDTH, HEIGHT = 460, 224
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 44, 34


@dataclass(frozen=True, eq=False)
class Curve:
    """A measured line over a logarithmic axis, with an interval at every point, one chosen."""

    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    chosen: float
    title: str
    across: str
    mark: str
    about: str
    write: Callable[[float], str]


def temperature_curve(path: pd.DataFrame) -> Curve:
    """Return the divergence of the student from its teacher by the temperature it learnt at."""
    path = path.sort_values("temperature")
    kl, se = path["kl"].to_numpy(float), path["se"].to_numpy(float)
    chosen = float(path.loc[path["chosen"].astype(bool), "temperature"].iloc[0])
    return Curve(
        path["temperature"].tolist(),
        kl.tolist(),
        (kl - se).tolist(),
        (kl + se).tolist(),
        chosen,
        title="KL(teacher || student) on validation rows, nats",
        across="temperature T of the soft targets",
        mark=f"T = {chosen:g}",
        about="Band: one standard error of the difference to the best.",
        write=lambda v: f"{v:.3g}",
    )


def ladder_curve(ladder: Ladder) -> Curve:
    """Return the fidelity of every size of student that was piloted."""
    rungs = ladder.of(ladder.family)
    numbers = isinstance(rungs[0], NumberRung)
    return Curve(
        [float(r.size) for r in rungs],
        [r.fidelity for r in rungs],
        [r.low for r in rungs],
        [r.high for r in rungs],
        float(ladder.chosen),
        title="R2 to the teacher on held-out rows" if numbers else "Fidelity on held-out rows",
        across=rungs[0].student.UNIT,
        mark=f"chosen: {ladder.chosen}",
        about="Band: 95 % interval.",
        write=(lambda v: f"{v:.2f}") if numbers else percent,
    )


def temperature_chart(path: pd.DataFrame) -> str:
    """Draw the divergence of the student from its teacher against the temperature it learnt at."""
    return _chart(temperature_curve(path))


def ladder_chart(ladder: Ladder) -> str:
    """Draw the fidelity of every size of student that was piloted."""
    return _chart(ladder_curve(ladder))


def _chart(line: Curve) -> str:
    bottom, top = _nice(min(line.low), max(line.high))
    if max(line.high) <= 1 < top:  # shares end at 1
        bottom, top = bottom - (top - 1), 1.0
    if bottom < 0 <= min(line.low):  # and what is never below 0 begins there
        bottom, top = 0.0, top if top == 1 else top - bottom
    x_of = _log_scale(line.x)

    def y_of(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (top - value) / (top - bottom)

    points = [f"{x_of(x):.1f} {y_of(y):.1f}" for x, y in zip(line.x, line.y, strict=True)]
    upper = [f"{x_of(x):.1f} {y_of(v):.1f}" for x, v in zip(line.x, line.high, strict=True)]
    lower = [f"{x_of(x):.1f} {y_of(v):.1f}" for x, v in zip(line.x, line.low, strict=True)]
    parts = [f'<text class="s b" x="0" y="14">{escape(line.title)}</text>']
    for value in np.linspace(bottom, top, 5 if (bottom, top) == (0, 1) else 4):
        y = y_of(float(value))
        parts.append(
            f'<path class="h" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
            f'<text class="d s e" x="{LEFT - 6}" y="{y + 4:.1f}">'
            f"{escape(line.write(float(value)))}</text>"
        )
    last = -np.inf
    for x in line.x:
        if x_of(x) - last < 26:
            continue  # names of crowded points would run into each other
        last = x_of(x)
        parts.append(
            f'<text class="d s m" x="{last:.1f}" y="{HEIGHT - BOTTOM + 16}">{number(x)}</text>'
        )
    parts.append(
        f'<text class="d s e" x="{WIDTH - RIGHT}" y="{HEIGHT - 3}">{escape(line.across)}</text>'
        f'<path fill="var(--jd-accent)" opacity=".16" d="M{"L".join(upper + lower[::-1])}z"/>'
        f'<path fill="none" stroke="var(--jd-accent)" stroke-width="2" d="M{"L".join(points)}"/>'
    )
    parts.append(_mark(x_of(line.chosen), line.mark))
    for x, y, low, high in zip(line.x, line.y, line.low, line.high, strict=True):
        said = f"{number(x)}: {line.write(y)} ({line.write(low)} to {line.write(high)})"
        big = x == line.chosen
        parts.append(
            f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="{5 if big else 3}" '
            f'fill="var(--jd-{"accent" if big else "bg"})" stroke="var(--jd-accent)" '
            f'stroke-width="1.5"><title>{escape(said)}</title></circle>'
        )
    said = ", ".join(f"{number(x)}: {line.write(y)}" for x, y in zip(line.x, line.y, strict=True))
    label = escape(f"{line.title}, by {line.across}. {line.mark}. {said}. {line.about}")
    return (
        f'<svg class="jd" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" style="max-width:100%;height:auto">'
        f"{''.join(parts)}</svg>"
    )


def _mark(x: float, text: str) -> str:
    """Name the chosen point above the plot, where no other point can be, with a line to it."""
    room = width(text, 12) * BOLD / 2
    at = min(max(x, room), WIDTH - room)
    return (
        f'<path stroke="var(--jd-accent)" stroke-dasharray="2 3" '
        f'd="M{x:.1f} {TOP - 4}V{HEIGHT - BOTTOM}"/>'
        f'<text class="s b m" x="{at:.1f}" y="{TOP - 8}">{escape(text)}</text>'
    )


def _log_scale(values: Sequence[float]) -> Callable[[float], float]:
    low, high = np.log(min(values)), np.log(max(values))
    span = (high - low) or 1.0
    inner = WIDTH - LEFT - RIGHT - 24
    return lambda v: float(LEFT + 12 + inner * (np.log(v) - low) / span)


def _nice(low: float, high: float) -> tuple[float, float]:
    """Return round ends a little beyond the data, for four evenly spaced lines."""
    span = max(high - low, 1e-9)
    step = 10.0 ** np.floor(np.log10(span / 3))
    step = next(step * m for m in (1, 2, 2.5, 5, 10, 20) if 3 * step * m >= span + step * m * 0.2)
    start = np.floor(low / step) * step
    while start + 3 * step < high:
        step *= 2
        start = np.floor(low / step) * step
    return float(start), float(start + 3 * step)
