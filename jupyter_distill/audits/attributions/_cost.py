"""How often a teacher may be asked for its reasons where nobody set a budget."""

from __future__ import annotations

from jupyter_distill.audits.attributions import _local_run, _shap_run
from jupyter_distill.audits.attributions._plan import EVALUATIONS, why_not
from jupyter_distill.audits.attributions._score_scale import Scale
from jupyter_distill.distillation import Distillation


def usual(
    d: Distillation, method: str, scale: Scale, rows: int, background: int
) -> tuple[int, list[str]]:
    """Return how many rows the teacher is asked about at most, and a note where these are few.

    Parameters
    ----------
    d : Distillation
        Whose teacher.
    method : {"shap", "lime", "surrogate"}
        How it is explained.
    scale : Scale
        What of its answers is explained.
    rows : int
        How many rows must be explained.
    background : int
        How many rows they are compared with.
    """
    if not d.teacher.remote or why_not(d) is not None:
        return EVALUATIONS, []
    if method == "shap":
        need = _shap_run.least(d, scale, rows, background)
    else:
        need = _local_run.least(method, rows)
    few = min(EVALUATIONS, max(d.table.n_rows, need))
    note = (
        f"{d.teacher.name} may be a service that costs, so it was asked about {few:,} rows at "
        "most: evaluations= allows others."
    )
    return few, [note]
