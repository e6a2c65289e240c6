"""Shares of reasons that are limited, as a drawing: what a column has, and what it may have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from jupyter_distill._shares import percent
from jupyter_distill.audits.expectations._shares import Share
from jupyter_distill.exports import marks
from jupyter_distill.exports.forest import Forest, Line, Mark, forest
from jupyter_distill.exports.marks import INK, SHAPE


def shares(found: Sequence[Share], teacher: str, student: str) -> str:
    """Draw the share of each limited column in both models, beside the most that it may have."""
    lines = []
    for (column, most), of in groupby(found, lambda one: (one.column, one.most)):
        limited = list(of)
        drawn = [
            Mark(one.share, one.low, one.high, SHAPE[one.model], INK[one.model], one.model)
            for one in limited
        ]
        drawn.append(Mark(most, shape="tick", ink="var(--jd-text)", who="at most"))
        verdicts = ", ".join(f"{one.model} {one.verdict}" for one in limited)
        lines.append(Line(column, tuple(drawn), (percent(most),), verdicts))
    return forest(
        Forest(
            title="Share of the reasons that a column has, and may have",
            heads=("column", "at most"),
            lines=lines,
            share=True,
            legend=(*marks.both(teacher, student), ("tick", "var(--jd-text)", "at most")),
            foot="Lines: 95 % intervals.",
            ends=(0.0, 0.0),
        )
    )
