"""Altair charts that show themselves where nothing can be fetched."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jupyter_distill._optional import require

# These read on light and on dark: no style sheet tells the two apart here.
INKS = ("#2b7fd0", "#c27c0e", "#0d9a72", "#c25f9e", "#d9541e")
# Altair writes Vega-Lite 6, JupyterLab and Notebook 7 draw version 5 without a network; what is
# drawn here is the same in both.
MIME = "application/vnd.vegalite.v5+json"


def altair() -> Any:
    """Return the package, or say how to install it."""
    return require("altair", extra="charts", feature="A chart")


def shown(kind: str, chart: Any) -> Any:
    """Return a chart as one that shows itself where nothing can be fetched.

    Parameters
    ----------
    kind : str
        Name of Altair's class that it is of.
    chart : altair chart
        What to show.
    """
    return _offline(kind).from_dict(chart.configure_view(stroke=None).to_dict())


@cache
def _offline(kind: str) -> Any:
    class OfflineChart(getattr(altair(), kind)):  # type: ignore[misc]
        def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
            spec = self.to_dict()
            spec["$schema"] = re.sub(r"/v[\d.]+\.json$", "/v5.json", spec["$schema"])
            first = spec if "title" in spec else (spec.get("vconcat") or spec["hconcat"])[0]
            title = first["title"]
            text = title if isinstance(title, str) else title["text"]
            return {MIME: spec, "text/plain": f"<chart: {text}>"}

    return OfflineChart
