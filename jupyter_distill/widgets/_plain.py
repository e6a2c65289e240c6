"""A student that is no tree: what it says as a still page, above the live table of the rows."""

from __future__ import annotations

from typing import Any

import ipywidgets

from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import html, overview
from jupyter_distill.widgets.disagreement import DisagreementTable


def plain_view(d: Distillation) -> Any:
    """Return the overview of a distillation and the table of its rows, one above the other."""
    table = DisagreementTable(d)  # first: it says so if its program is missing
    above = html.framed(overview.above(d, d.explanation(), d.fidelity()))
    return ipywidgets.VBox([ipywidgets.HTML(above), table])
