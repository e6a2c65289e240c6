"""Regions of disagreement as a drawing: how often the two part in each, and who is right then."""

from __future__ import annotations

from dataclasses import replace

from jupyter_distill._shares import percent
from jupyter_distill.audits._region import Region, Regions
from jupyter_distill.exports.forest import MOST, Forest, Line, Mark, forest
from jupyter_distill.exports.html import count


def regions(found: Regions) -> str:
    """Draw the rate of each region with its interval, beside that of all rows."""
    if not len(found):
        return "<p>There is no region to draw: disagreement is spread evenly.</p>"
    what = "RMSE between the two" if found.regression else "How often the two part"
    drawn = Forest(
        title=f"{what} by region, the surely worst first",
        heads=("region", "RMSE" if found.regression else "they part", "rows"),
        share=not found.regression,
        reference=(found.rate, f"all {count(found.rows)} rows"),
        legend=(
            ("dot", "var(--jd-accent)", "more than elsewhere beyond chance"),
            ("ring", "var(--jd-accent)", "not told from chance"),
        ),
        room=300,
    )
    lines = [_line(one, drawn, found.regression) for one in found.regions[:MOST]]
    more = len(found) - len(lines)
    foot = f"{count(more)} more in .frame(). " if more else ""
    return forest(replace(drawn, lines=lines, foot=f"{foot}Lines: 95 % intervals."))


def _line(one: Region, drawn: Forest, numbers: bool) -> Line:
    return Line(
        label=f"{one.number}: {one.rule}",
        marks=(Mark(*one.rate, "dot" if one.clear else "ring"),),
        cells=(drawn.write(one.rate.value), count(one.rows)),
        under=who_is_right(one, numbers),
    )


def who_is_right(one: Region, numbers: bool) -> str:
    """Return which of the two has the truth in a region, in words."""
    if not one.known:
        return "truth not known"
    said = f"teacher {percent(one.teacher_right.value)}, student {percent(one.student_right.value)}"
    if numbers:
        return f"nearer to the truth: {said} of {count(one.known)}"
    if one.neither.value > 0:
        said += f", neither {percent(one.neither.value)}"
    return f"right where they part: {said} of {count(one.known)}"
