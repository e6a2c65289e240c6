"""A ladder for the views: every rung with its measures, for the browser, as text and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._models import TEACHER
from jupyter_distill.distillation import Ladder, Rung
from jupyter_distill.exports import charts, html
from jupyter_distill.exports.curves import READ, ladder_curve
from jupyter_distill.exports.html import escape
from jupyter_distill.exports.rungs import BASELINES, Measure
from jupyter_distill.exports.rungs import measures as measured
from jupyter_distill.exports.wire import encode

_READ = READ.removeprefix("things to read: ")
TITLES = {TEACHER: "the teacher itself"}
_ONE = {"leaves": "leaf"}


def payload(ladder: Ladder, measures: Sequence[Measure]) -> dict[str, Any]:
    """Return a ladder for the browser: the points of every measure, and what is said of them."""
    curve, rungs = ladder_curve(ladder), list(ladder)
    place = {name: k for k, name in enumerate(ladder.families)}
    knees = {name: ladder.knee(name) for name in ladder.families}
    across = [_across(rung, curve.x) for rung in rungs]
    no_t = [np.nan if rung.temperature is None else rung.temperature for rung in rungs]
    return {
        "families": list(ladder.families),
        "across": curve.across,
        "ticks": [float(tick) for tick in curve.ticks],
        "family": encode([place[rung.family] for rung in rungs], "i4"),
        "size": encode([rung.size for rung in rungs], "i4"),
        "x": encode(across, "i4"),
        "knee": encode([int(rung.size == knees[rung.family]) for rung in rungs], "u1"),
        "temperature": encode(no_t, "f8"),
        "titles": [rung.student.title_ for rung in rungs],
        "counts": [_counts(rung) for rung in rungs],
        "dense": [", ".join(rung.student.complexity_.dense) for rung in rungs],
        "measures": [
            {
                "name": m.name,
                "title": m.title,
                "short": m.short,
                "share": m.share,
                "more": m.more,
                "decimals": m.decimals,
                "values": encode(np.array(m.intervals, dtype=np.float64), "f8"),
                "baselines": [
                    {
                        "name": TITLES.get(name, name),
                        "about": BASELINES[name],
                        "interval": _plain(interval),
                    }
                    for name, interval in m.baselines
                ],
            }
            for m in measures
        ],
    }


def alone(ladder: Ladder) -> str:
    """Return a ladder in its frame, for a cell of its own: what its rungs hold by themselves."""
    known = [replace(one, baselines=()) for one in measured(ladder, None)]
    return html.framed(picture(ladder, known))


def picture(ladder: Ladder, measures: Sequence[Measure]) -> str:
    """Return a ladder without scripts: its chart, its baselines in words, and every rung."""
    frame = ladder.frame()
    first = measures[0]
    beside = "; ".join(f"{BASELINES[name]} {_said(first, of)}" for name, of in first.baselines)
    under = f'<p class="dim small">Beside them: {escape(beside)}.</p>' if beside else ""
    shown = frame[["family", "size", "statements"]].rename(columns={"statements": "to read"})
    for m in measures:
        known = any(np.isfinite(interval.low) for interval in m.intervals)
        title = f"{m.short} [95 %]" if known else m.short
        shown[title] = [_said(m, interval) for interval in m.intervals]
    marks = frame[["chosen", "knee"]].to_dict("records")
    shown[""] = [", ".join(word for word in ("chosen", "knee") if of[word]) for of in marks]
    drawn = first.name in ("fidelity", "r2")  # what the chart draws
    lines = [
        (f"{TITLES.get(name, name)} {first.write(of.value)}", of.value)
        for name, of in first.baselines
        if drawn
    ]
    return (
        f'<div class="cards"><div>{charts.ladder_chart(ladder, lines)}{under}</div>'
        f"<div>{html.table(shown, caption=f'Every rung, on held-out rows. To read: {_READ}')}"
        "</div></div>"
    )


def plain(ladder: Ladder, measures: Sequence[Measure]) -> str:
    """Return a ladder as text: its rungs, and what they have to beat."""
    first = measures[0]
    beside = "; ".join(f"{BASELINES[name]} {_said(first, of)}" for name, of in first.baselines)
    return f"{ladder!r}\n{first.title}: {beside}"


def _across(rung: Rung, x: str) -> int:
    return rung.size if x == "size" else rung.student.complexity_.statements


def _counts(rung: Rung) -> str:
    """Return what there is to read, e.g. ``11 conditions, 12 leaves, depth 6``."""
    known = rung.student.complexity_.to_dict()
    return ", ".join(
        f"depth {n}" if name == "depth" else f"{n} {_ONE.get(name, name[:-1]) if n == 1 else name}"
        for name, n in known.items()
        if name != "features"
    )


def _said(measure: Measure, interval: Interval) -> str:
    value, low, high = (measure.write(v) for v in interval)
    return value if np.isnan(interval.low) or low == high else f"{value} [{low}, {high}]"


def _plain(interval: Interval) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in interval]
