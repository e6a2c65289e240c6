"""Segments as a drawing: how faithful the student is in each, the surely worst one first."""

from __future__ import annotations

from dataclasses import replace

from jupyter_distill._paired import LEVEL
from jupyter_distill.audits.segments import Segments
from jupyter_distill.exports.forest import MOST, Forest, Line, Mark, forest
from jupyter_distill.exports.html import count, escape

NAMES = {
    "agreement": "Agreement with the teacher",
    "kl": "KL(teacher || student), nats",
    "accuracy": "Accuracy of the student",
    "rmse": "RMSE to the teacher",
}


def segments(found: Segments) -> str:
    """Draw the first segments with their intervals, beside what is measured of all rows."""
    table = found.table.head(MOST)
    if table.empty:
        return f"<p>No segment of the {escape(found.which)} has enough rows to be drawn.</p>"
    name = found.measure
    drawn = Forest(
        title=f"{NAMES[name]} by segment, the surely worst first",
        heads=("segment", name if name in ("kl", "rmse") else "measured", "rows"),
        share=name in ("agreement", "accuracy"),
        reference=(found.whole, f"all {count(found.rows)} rows"),
        legend=(
            ("dot", "var(--jd-accent)", "worse than the other rows beyond chance"),
            ("ring", "var(--jd-accent)", "not told from chance"),
        ),
        room=240,
    )
    columns = ("segment", name, f"{name}_low", f"{name}_high", "rows", "p_adjusted")
    lines = [
        Line(
            label=str(segment),
            marks=(Mark(value, low, high, "dot" if p < LEVEL else "ring"),),
            cells=(drawn.write(value), count(rows)),
        )
        for segment, value, low, high, rows, p in table[list(columns)].itertuples(index=False)
    ]
    more = len(found.table) - len(table)
    foot = f"{count(more)} more in .frame(). " if more else ""
    return forest(replace(drawn, lines=lines, foot=f"{foot}Lines: 95 % intervals."))
