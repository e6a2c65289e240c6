"""The line charts as Altair charts, for those who want to change or save them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jupyter_distill.distillation import AlphaPath, Ladder
from jupyter_distill.exports import axes
from jupyter_distill.exports.curves import Curve, alpha_curves, ladder_curve, temperature_curve
from jupyter_distill.exports.outline import wrap
from jupyter_distill.exports.vega_offline import INKS, shown
from jupyter_distill.exports.vega_offline import altair as require_altair

if TYPE_CHECKING:
    import altair

WIDTH, INSET = 400, 12
HEIGHT, TALL, LOW = 180, 240, 110  # tall where lines share a plot, low where plots share a chart


def ladder_chart(ladder: Ladder) -> altair.LayerChart:
    """Return fidelity with its interval by size, of several families by things to read."""
    curve = ladder_curve(ladder)
    made: altair.LayerChart = shown("LayerChart", _chart(curve, TALL if curve.by else HEIGHT))
    return made


def temperature_chart(path: pd.DataFrame, matters: bool) -> altair.LayerChart:
    """Return the divergence from the teacher by temperature, the chosen one marked."""
    made: altair.LayerChart = shown("LayerChart", _chart(temperature_curve(path, matters)))
    return made


def alpha_chart(path: AlphaPath, *, classes: bool) -> altair.VConcatChart:
    """Return the distance from teacher and truth by alpha, one above the other."""
    alt = require_altair()
    above, below = alpha_curves(path, classes=classes)
    panels = [_chart(above, LOW), _chart(below, LOW, about=False)]
    made: altair.VConcatChart = shown("VConcatChart", alt.vconcat(*panels, spacing=14))
    return made


def _chart(curve: Curve, height: int = HEIGHT, *, about: bool = True) -> altair.LayerChart:
    alt = require_altair()
    frame = curve.frame.assign(said=[curve.said(point) for _, point in curve.frame.iterrows()])
    x, (y, levels) = axes.across(curve, INSET, WIDTH - INSET), axes.upwards(curve, height, 0)
    across = alt.X(f"{curve.x}:Q", title=curve.across).scale(
        type=x.kind, domain=[x.low, x.high], nice=False, padding=INSET
    )
    across = across.axis(
        values=list(curve.ticks),
        grid=False,
        format=".6~g",
        labelOverlap=True,
        titleAnchor="end",
        titleFontWeight="normal",
    )

    def upwards(of: Any) -> Any:
        scaled = of.scale(domain=[y.low, y.high], nice=False, zero=False)
        written = ".3~%" if curve.share else ".6~g"
        return scaled.axis(
            values=levels, format=written, gridOpacity=0.5, domain=False, ticks=False
        )

    up = upwards(alt.Y(f"{curve.y}:Q", title=None))
    colour: Any = alt.value(INKS[0])
    thick: Any = alt.value(2)
    named = [name for name, _ in curve.lines]
    if curve.by:
        inks = [INKS[k % len(INKS)] for k in range(len(named))]
        colour = alt.Color(f"{curve.by}:N", legend=None).scale(domain=named, range=inks)
        chosen = curve.chosen[curve.by]
        thick = alt.condition(alt.datum[curve.by] == chosen, alt.value(2.5), alt.value(1.5))
    base = alt.Chart(frame).encode(across)
    lines = base.encode(up, color=colour)
    tips = [alt.Tooltip(name) for name in _known(curve)]
    tips.append(alt.Tooltip("said:N", title=curve.y))
    marked = base.transform_filter("datum.chosen")
    parts = [
        base.mark_area(opacity=0.16 if curve.by is None else 0.1).encode(
            # bands lie over each other
            upwards(alt.Y("low:Q", title=None)).stack(None),
            alt.Y2("high"),
            color=colour,
        ),
        marked.mark_rule(color="#888", strokeDash=[3, 3]),
        lines.mark_line().encode(strokeWidth=thick),
        lines.mark_point(filled=True, opacity=1).encode(
            size=alt.condition("datum.chosen", alt.value(110), alt.value(34)), tooltip=tips
        ),
        marked.mark_text(fontWeight="bold", dy=-6, baseline="bottom", **_side(x, curve)).encode(
            y=alt.value(0), text=alt.value(curve.mark), color=colour
        ),
    ]
    if curve.rings:
        ring = "datum.knee" if curve.by else "datum.knee && !datum.chosen"
        parts.append(
            lines.transform_filter(ring)
            .mark_point(filled=False, strokeWidth=1.5, opacity=1)
            .encode(size=alt.condition("datum.chosen", alt.value(260), alt.value(170)))
        )
    if curve.by:
        places = axes.names(curve, x, y, WIDTH + axes.room(curve))
        beside = pd.DataFrame(
            {
                curve.by: named,
                curve.x: [x.back(places[name][0]) for name in named],
                curve.y: [y.back(places[name][1]) for name in named],
            }
        )
        parts.append(
            alt.Chart(beside)
            .mark_text(align="left", baseline="middle", fontWeight="bold", fontSize=axes.NAME)
            .encode(across, up, color=colour, text=f"{curve.by}:N")
        )
    title = alt.TitleParams(
        curve.title,
        subtitle=wrap(curve.about, WIDTH, 11) if about else [],
        anchor="start",
        frame="group",
        offset=22,
    )
    made: altair.LayerChart = alt.layer(*parts)
    return made.properties(width=WIDTH, height=height, title=title)


def _known(curve: Curve) -> list[str]:
    """Return the columns that say which point it is."""
    known = ["size", "statements"] if "size" in curve.frame else [curve.x]
    return [curve.by, *known] if curve.by else known


def _side(x: axes.Scale, curve: Curve) -> dict[str, str]:
    """Return how the name of the chosen point is aligned, so that it stays over the plot."""
    share = (x(float(curve.chosen[curve.x])) - x.start) / (x.end - x.start)
    return {"align": "left" if share < 0.25 else "right" if share > 0.75 else "center"}
