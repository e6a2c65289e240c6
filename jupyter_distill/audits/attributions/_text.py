"""The reasons of two models in a few sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_distill._shares import percent
from jupyter_distill.audits._intervals import between

if TYPE_CHECKING:
    from jupyter_distill.audits.attributions._attributions import Attributions


def described(one: Attributions) -> str:
    """Say of what the reasons are, how far they agree, and what is ignored."""
    how = {"shap": "SHAP values", "lime": "LIME weights", "surrogate": "Local weights"}
    text = (
        f"{how[one.method]} of {one.student.model} ({one.student.explainer}) for "
        f"{len(one.index):,} rows against {one.background:,} others, on the scale: "
        f"{one.scale.words}."
    )
    if one.teacher is None:
        return text
    text += f" {one.teacher.model}: {one.teacher.explainer}."
    if one.method != "shap":
        text += (
            f" Near a row they explain {percent(one.teacher.r2)} of what the teacher says, and "
            f"{percent(one.student.r2)} of the student."
        )
    rows: dict[Any, Any] = one.agreement().set_index("measure").to_dict("index")
    name = next(str(m) for m in rows if str(m).startswith("feature_agreement"))
    said = {
        "rank_correlation": "their order of the columns correlates by",
        "sign_agreement": "the same way push, of what matters to both,",
        name: f"of the teacher's {name.partition('@')[2]} first columns the student shares",
    }
    parts = []
    for measure, words in said.items():
        row = rows[measure]
        beside = "" if one.again is None else f" (teacher with itself {row['floor']:.2f})"
        if not np.isnan(row["value"]):
            interval = between(row["low"], row["high"], ".2f")
            parts.append(f"{words} {row['value']:.2f} {interval}{beside}")
    if parts:
        text += f" Of both: {'; '.join(parts)}."
    if one.unused:
        text += f" The teacher uses {', '.join(one.unused)}, and the student does not."
    return text
