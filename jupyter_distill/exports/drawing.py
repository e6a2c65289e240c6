"""Which drawing a result of an audit has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_distill.audits._numbers import NumberFidelity
from jupyter_distill.audits._region import Regions
from jupyter_distill.audits.attributions import Attributions
from jupyter_distill.audits.attributions._row import RowReasons
from jupyter_distill.audits.bias import Bias
from jupyter_distill.audits.expectations import ExpectationsReport
from jupyter_distill.audits.fidelity import Fidelity
from jupyter_distill.audits.reliability import Reliability
from jupyter_distill.audits.segments import Segments
from jupyter_distill.exports.attributions import attributions, row_reasons
from jupyter_distill.exports.bias import bias
from jupyter_distill.exports.calibration import calibration
from jupyter_distill.exports.card import headline
from jupyter_distill.exports.expectations import expectations
from jupyter_distill.exports.regions import regions
from jupyter_distill.exports.segments import segments

DRAWN: dict[type, Callable[[Any], str]] = {
    Attributions: attributions,
    Bias: bias,
    ExpectationsReport: expectations,
    Fidelity: headline,
    NumberFidelity: headline,
    Regions: regions,
    Reliability: calibration,
    RowReasons: row_reasons,
    Segments: segments,
}


def drawing(result: object) -> str:
    """Return a result as a drawing; empty where it has none."""
    draw = DRAWN.get(type(result))
    return draw(result) if draw is not None else ""


def tells_all(result: object) -> bool:
    """Return whether the drawing says in words what the result does, but for its first sentence."""
    return isinstance(result, ExpectationsReport)
