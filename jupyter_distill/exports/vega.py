"""The line charts as Altair charts, for those who want to change or save them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from jupyter_distill._optional import require
from jupyter_distill.distillation import Ladder
from jupyter_distill.exports.charts import Curve, ladder_curve, temperature_curve

if TYPE_CHECKING:
    import altair

INK = "#1a73c7"  # reads on light and on dark
# Altair writes Vega-Lite 6, JupyterLab and Notebook 7 draw version 5 without a network; what is
# drawn here is the same in both.
MIME = "application/vnd.vegalite.v5+json"


def ladder_chart(ladder: Ladder) -> altair.LayerChart:
    """Return the fidelity of every size with its interval, the chosen size marked."""
    return _chart(ladder_curve(ladder))


def temperature_chart(path: pd.DataFrame) -> altair.LayerChart:
    """Return the divergence from the teacher by temperature, the chosen one marked."""
    return _chart(temperature_curve(path))


def _chart(curve: Curve) -> altair.LayerChart:
    alt = require("altair", extra="charts", feature="A chart")
    frame = pd.DataFrame({"x": curve.x, "y": curve.y, "low": curve.low, "high": curve.high})
    frame["chosen"] = frame["x"] == curve.chosen
    frame["said"] = [
        f"{curve.write(y)} ({curve.write(low)} to {curve.write(high)})"
        for y, low, high in zip(curve.y, curve.low, curve.high, strict=True)
    ]
    across = alt.X("x:Q", title=curve.across).scale(type="log", nice=False)
    across = across.axis(values=curve.x, grid=False, format="~g")
    up = alt.Y("y:Q", title=None).scale(zero=False)
    base = alt.Chart(frame).encode(across)
    tips = [alt.Tooltip("x:Q", title=curve.across), alt.Tooltip("said:N", title="measured")]
    marked = base.transform_filter("datum.chosen")
    parts = [
        base.mark_area(color=INK, opacity=0.16).encode(alt.Y("low:Q", title=None), alt.Y2("high")),
        base.mark_line(color=INK).encode(up),
        base.mark_point(color=INK, filled=True, size=40, opacity=1).encode(up, tooltip=tips),
        marked.mark_rule(color=INK, strokeDash=[3, 3]),
        marked.mark_text(fontWeight="bold", dy=-6, baseline="bottom").encode(
            y=alt.value(0), text=alt.value(curve.mark)
        ),
    ]
    title = alt.TitleParams(curve.title, subtitle=curve.about, anchor="start", offset=22)
    made = alt.layer(*parts).properties(width=400, height=180, title=title)
    offline: altair.LayerChart = _offline().from_dict(made.to_dict())
    return offline


@cache
def _offline() -> Any:
    """Return a kind of chart that shows itself where nothing can be fetched."""
    alt = require("altair", extra="charts", feature="A chart")

    class OfflineChart(alt.LayerChart):  # type: ignore[misc,name-defined]
        def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
            spec = self.to_dict()
            spec["$schema"] = re.sub(r"/v[\d.]+\.json$", "/v5.json", spec["$schema"])
            return {MIME: spec, "text/plain": f"<chart: {spec['title']['text']}>"}

    return OfflineChart
