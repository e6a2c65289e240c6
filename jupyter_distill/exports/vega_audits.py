"""Calibration and attributions as Altair charts, for those who want to change or save them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jupyter_distill.audits.attributions import Attributions
from jupyter_distill.audits.reliability import Reliability
from jupyter_distill.exports.attributions import WHAT
from jupyter_distill.exports.calibration import TITLES
from jupyter_distill.exports.marks import STUDENT, TEACHER
from jupyter_distill.exports.twin_bars import MOST
from jupyter_distill.exports.vega_offline import INKS, shown
from jupyter_distill.exports.vega_offline import altair as require_altair

if TYPE_CHECKING:
    import altair

SIZE, SPACE = 200, 26
WIDTH, STEP, LONG = 380, 26, 220  # of bars; the most that the name of a column takes
COLOURS = {TEACHER: INKS[1], STUDENT: INKS[0]}


def reliability_chart(found: Reliability) -> altair.HConcatChart:
    """Return the reliability curves that were measured, one beside the other."""
    alt = require_altair()
    curves = {who: found.curve(*who) for who in TITLES if len(found.curve(*who))}
    ends = _ends(pd.concat(curves.values()), found.regression)
    drawn = [
        _curve(curve, ends, TITLES[who], found.regression, COLOURS[who[0]])
        for who, curve in curves.items()
    ]
    made: altair.HConcatChart = shown("HConcatChart", alt.hconcat(*drawn, spacing=SPACE))
    return made


def attributions_chart(found: Attributions) -> altair.LayerChart:
    """Return the share of each column in the reasons of both models, the largest first."""
    alt = require_altair()
    frame = found.frame()
    whose = [who for who in (TEACHER, STUDENT) if f"{who}_share" in frame]
    few = frame.head(MOST)
    long = pd.concat(
        [
            few[["column", "used", "ignored"]].assign(model=who, share=few[f"{who}_share"])
            for who in whose
        ],
        ignore_index=True,
    )
    names = {TEACHER: found.teacher, STUDENT: found.student}
    long["whose"] = [f"{who}: {names[who].model}" for who in long["model"]]  # type: ignore[union-attr]
    domain = list(dict.fromkeys(long["whose"]))
    inks = [COLOURS[who] for who in whose]
    base = alt.Chart(long).encode(
        alt.Y("column:N", sort=list(few["column"]), title=None).axis(
            labelLimit=LONG, ticks=False, domain=False
        ),
        alt.YOffset("whose:N", sort=domain),
        alt.X("share:Q", title="share of all reasons").axis(
            format="%", gridOpacity=0.5, titleAnchor="end", titleFontWeight="normal", tickCount=5
        ),
        tooltip=[
            alt.Tooltip("column:N"),
            alt.Tooltip("whose:N", title="model"),
            alt.Tooltip("share:Q", format=".1%"),
            alt.Tooltip("used:N", title="read by the student"),
        ],
    )
    colour = alt.Color("whose:N", title=None).scale(domain=domain, range=inks)
    # the teacher's bars are hollow: who does not see the colours tells them apart by that
    hollow = alt.FillOpacity("whose:N", legend=None).scale(
        domain=domain, range=[0.15 if who == TEACHER else 0.9 for who in whose]
    )
    bars = base.mark_bar(strokeWidth=1.5, cornerRadiusEnd=1).encode(
        colour.legend(orient="top", symbolType="square", labelLimit=LONG),
        hollow,
        alt.Stroke("whose:N", legend=None).scale(domain=domain, range=inks),
    )
    more = len(frame) - len(few)
    title = alt.TitleParams(
        f"Share of each column in the reasons of {len(found.index):,} rows: {WHAT[found.method]}",
        subtitle=[f"{more} more columns in .frame()"] if more else [],
        anchor="start",
        frame="group",
    )
    made: altair.LayerChart = shown(
        "LayerChart", alt.layer(bars).properties(width=WIDTH, height=STEP * len(few), title=title)
    )
    return made


def _ends(curves: pd.DataFrame, numbers: bool) -> list[float]:
    """Return from where to where the axes go: the same in all panels, so that they compare."""
    every = curves[["said", "happened", "low", "high"]].to_numpy(dtype=np.float64)
    low, high = float(np.nanmin(every)), float(np.nanmax(every))
    return [low, high] if numbers else [np.floor(10 * low) / 10, 1.0]


def _curve(curve: pd.DataFrame, ends: list[float], title: str, numbers: bool, ink: str) -> Any:
    alt = require_altair()
    so = curve["happened"].to_numpy()
    # a bin of too few rows has no interval
    whole = curve.assign(
        from_=np.where(curve["low"].isna(), so, curve["low"]),
        to=np.where(curve["high"].isna(), so, curve["high"]),
    )
    written = ".3~g" if numbers else "%"
    scale = {"domain": ends, "nice": False, "zero": False}
    axis: dict[str, Any] = {"format": written, "gridOpacity": 0.5, "tickCount": 5}
    across = "what it says, mean of a bin" if numbers else "probability of the class that it names"
    x = alt.X("said:Q", title=across).scale(**scale)
    x = x.axis(titleAnchor="end", titleFontWeight="normal", **axis)
    y = alt.Y("happened:Q", title=None).scale(**scale).axis(**axis)
    base = alt.Chart(whole).encode(x)
    ideal = alt.Chart(pd.DataFrame({"said": ends, "happened": ends})).encode(x, y)
    precise = ".4~g" if numbers else ".1%"
    return alt.layer(
        ideal.mark_line(color="#888", strokeDash=[3, 3], strokeWidth=1),
        base.mark_rule(color=ink, opacity=0.45, strokeWidth=2).encode(
            alt.Y("from_:Q", title=None).scale(**scale), alt.Y2("to")
        ),
        base.mark_circle(color=ink, opacity=1).encode(
            y,
            size=alt.Size("rows:Q", legend=None).scale(range=[20, 140]),
            tooltip=[
                alt.Tooltip("said:Q", title="says", format=precise),
                alt.Tooltip("happened:Q", title="is", format=precise),
                alt.Tooltip("low:Q", title="from", format=precise),
                alt.Tooltip("high:Q", title="to", format=precise),
                alt.Tooltip("rows:Q", format=","),
            ],
        ),
    ).properties(width=SIZE, height=SIZE, title=alt.TitleParams(title, anchor="start"))
