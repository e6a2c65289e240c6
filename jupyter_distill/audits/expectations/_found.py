"""What a person should know of expectations: those that are violated, and those of idle columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill.audits._models import STUDENT, TEACHER
from jupyter_distill.audits.expectations._judged import NOT_USED, VIOLATED, Judged
from jupyter_distill.distillation import Distillation
from jupyter_distill.expectations import USED
from jupyter_distill.findings import Finding


def title_of(one: Judged) -> str:
    """Write what is expected."""
    about = f", P({one.of_class})" if one.of_class else ""
    return f"{one.column} ({one.expected}{about})"


def at_worst(one: Judged) -> str:
    """Write where a model fares worst."""
    return (
        f"{one.column} from {one.start} to {one.end} takes the answer from {one.before:.4g} to "
        f"{one.after:.4g}, all else as in row {one.row}"
    )


def found_in(judged: Sequence[Judged], d: Distillation) -> Iterator[Finding]:
    """Return what is to be said of each model."""
    for model in (TEACHER, STUDENT):
        of = [one for one in judged if one.model == model]
        broken = [one for one in of if one.verdict == VIOLATED]
        if broken:
            yield _violated(model, max(broken, key=lambda one: one.worst), len(broken), of, d)
        idle = [one for one in of if one.verdict == NOT_USED and one.expected in ("+", "-")]
        if idle:
            names = list(dict.fromkeys(one.column for one in idle))
            yield Finding(
                "expectation-unused",
                f"The {model} does not use {', '.join(names)}, of which a direction is expected.",
                {"model": model, "columns": len(names), "column": names[0]},
                "The direction holds, and says nothing: look whether the column should matter.",
                pd.DataFrame([vars(one) for one in idle]),
            )


def _violated(
    model: str, worst: Judged, count: int, of: Sequence[Judged], d: Distillation
) -> Finding:
    direction = worst.expected in ("+", "-")
    if worst.expected == USED:
        how = f"{worst.column} should be used, and is not"
    elif direction and not worst.share:
        how = (
            f"of {title_of(worst)} by none of the {worst.rows:,} rows that were moved, and by "
            f"{worst.worst:.3g} elsewhere ({worst.method})"
        )
    elif direction:
        how = (
            f"of {title_of(worst)} by {percent(worst.share)} of {worst.rows:,} rows, at most by "
            f"{worst.worst:.3g}, where {at_worst(worst)}"
        )
    else:
        how = (
            f"{worst.column} should not be used, and moves the answer by up to {worst.worst:.3g}, "
            f"where {at_worst(worst)}"
        )
    keep = (
        f"monotone={{{worst.column!r}: {worst.expected + '1'}}}"
        if direction and (d.task == "regression" or d.targets.n_classes == 2)
        else f"monotone={{{worst.column!r}: {{{worst.of_class!r}: {worst.expected + '1'}}}}}"
        if direction
        else f"{'require' if worst.expected == 'used' else 'forbid'}=[{worst.column!r}]"
    )
    student = f"distil with constraints=Constraints({keep})"
    remedy = {
        TEACHER: f"Mend the teacher, or {student}: the student keeps it although its teacher does "
        "not.",
        STUDENT: f"If the expectation is right, {student}.",
    }[model]
    return Finding(
        "expectation-violated",
        f"The {model} violates {count} of {len(of)} expectations, the worst: {how}.",
        {
            "model": model,
            "column": worst.column,
            "expected": worst.expected,
            "share": worst.share,
            "worst": worst.worst,
            "violated": count,
            "expectations": len(of),
        },
        remedy,
        pd.DataFrame([vars(one) for one in of]),
    )
