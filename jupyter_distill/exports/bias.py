"""Groups of people as drawings: what teacher and student do to each, side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jupyter_distill.audits.bias import Bias
from jupyter_distill.audits.bias._bias import JUDGED
from jupyter_distill.audits.bias._gaps import NONE, UNCLEAR, Gap
from jupyter_distill.audits.bias._measures import STUDENT, TEACHER, TRUTH
from jupyter_distill.exports import marks
from jupyter_distill.exports.forest import MOST, Forest, Line, Mark, forest
from jupyter_distill.exports.html import count
from jupyter_distill.exports.marks import INK, SHAPE

PANELS = 6
PLAIN = ("mean answer", "named ")  # what is drawn of groups even where no gap stands out


def bias(found: Bias) -> str:
    """Draw measures by group, those first in which the student fares worse than its teacher."""
    asked = _asked(found)
    if not asked:
        return "<p>There is no group to draw.</p>"
    drawn = "".join(f"<div>{_panel(found, *one)}</div>" for one in asked[:PANELS])
    more = len(asked) - PANELS
    left = f"<p>{more} more drawings are left out; .rate_frame() has all.</p>" if more > 0 else ""
    return f'<div class="cards">{drawn}</div>{left}'


def _asked(found: Bias) -> list[tuple[str, str]]:
    """Return attributes and measures to draw, what matters most first."""
    known = list(dict.fromkeys(zip(found.rates["attribute"], found.rates["measure"], strict=True)))
    plain = [one for one in known if one[1].startswith(PLAIN)]
    matter = [
        (gap.attribute, gap.measure)
        for verdict in JUDGED
        if verdict not in (NONE, UNCLEAR)
        for gap in found.of(verdict)
    ]
    return list(dict.fromkeys([*matter, *plain]))


def _panel(found: Bias, attribute: str, measure: str) -> str:
    rates = found.rates
    of = rates[(rates["attribute"] == attribute) & (rates["measure"] == measure)]
    gaps = {g.group: g for g in found.gaps if (g.attribute, g.measure) == (attribute, measure)}
    groups = of[of["model"] == TEACHER]
    # those too small to be judged are drawn where there are no others, and of many the largest
    shown = groups[groups["enough"]] if groups["enough"].any() else groups
    shown = shown.sort_values("rows", ascending=False, kind="stable").head(MOST).sort_index()
    lines = [_line(of[of["group"] == name], name, gaps.get(name)) for name in shown["group"]]
    more = len(groups) - len(lines)
    legend = marks.both(found.teacher, found.student)
    if (of["model"] == TRUTH).any():
        legend.append(("tick", "var(--jd-text)", "truth"))
    foot = f"{more} smaller groups in .rate_frame(). " if more else ""
    return forest(
        Forest(
            title=f"{measure}, by {attribute}",
            lines=lines,
            heads=("group", "rows", "gap"),
            share=_share(measure),
            legend=legend,
            foot=f"{foot}Gap: to all others. Lines: 95 % intervals.",
            joined=True,
            wide=520,
            room=150,
        )
    )


def _share(measure: str) -> bool:
    return measure in ("accuracy", "fidelity") or measure.startswith(
        ("named ", "right of ", "wrongly ")
    )


def _line(of: pd.DataFrame, group: str, gap: Gap | None) -> Line:
    by: dict[str, Any] = {str(one.model): one for one in of.itertuples()}
    drawn = [
        Mark(one.value, one.low, one.high, SHAPE[model], INK[model], model)
        for model, one in ((model, by[model]) for model in (TEACHER, STUDENT))
    ]
    if TRUTH in by:
        drawn.append(Mark(by[TRUTH].value, shape="tick", ink="var(--jd-text)", who=TRUTH))
    one = by[TEACHER]
    said = gap.verdict if gap is not None else "" if one.enough else "too few rows"
    return Line(group.removeprefix(f"{one.attribute} = "), tuple(drawn), (count(one.rows), said))
