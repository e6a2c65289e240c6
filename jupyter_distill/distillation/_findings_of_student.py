"""Findings of what the student says: nothing new, a class never, a required column not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from jupyter_distill._shares import percent
from jupyter_distill._validation import some
from jupyter_distill.distillation._room import larger
from jupyter_distill.findings import Finding
from jupyter_distill.students import used_columns
from jupyter_distill.targets import Predictions

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

NAMED = 3  # classes that are named in a sentence
LITTLE, LITTLE_R2 = 0.75, 0.5  # below, a student is no copy of its teacher, whatever its size


def of_student(d: Distillation) -> Iterator[Finding]:
    """Yield what is to be said of the chosen student."""
    yield from _of_constraints(d)
    if isinstance(d.targets, Predictions):
        yield from _of_numbers(d)
    else:
        yield from _never(d)
        yield from _of_classes(d)


def _of_constraints(d: Distillation) -> Iterator[Finding]:
    constraints = getattr(d.template, "constraints", None)
    if constraints is None or not constraints.require:
        return
    used = used_columns(d.student) or []
    unused = [n for n in constraints.require if d.table.position(n) not in used]
    if unused:
        yield Finding(
            "constraint-unused",
            f"The student does not use {some(unused)}, though required: nothing that it can say "
            "depends on it.",
            {"columns": some(unused, 20), "columns used": len(used)},
            larger(d),
        )


def _of_numbers(d: Distillation) -> Iterator[Finding]:
    rung = d.rung
    if np.ptp(d.targets.values) > 0 and not rung.low > 0:  # an interval that is not known too
        yield Finding(
            "no-better-than-constant",
            f"The student (R2 {rung.fidelity:.3f}) is not clearly better than always answering "
            "the teacher's mean.",
            {"R2": rung.fidelity, "R2 from": rung.low, "R2 to": rung.high},
            _instead(d, 0.0),
        )
    elif all(r.high < LITTLE_R2 for r in d.ladder):
        what = f"follows the teacher's numbers with an R2 of {rung.fidelity:.3f} only"
        yield _low(d, what, "R2")


def _of_classes(d: Distillation) -> Iterator[Finding]:
    learnt = d.targets.predicted[d.rows.learnt]
    if len(np.unique(learnt)) == 1:
        return
    common = np.bincount(learnt).argmax()
    constant = float((d.held_out[1].predicted == common).mean())
    rung = d.rung
    if rung.low <= constant:
        yield Finding(
            "no-better-than-constant",
            f"The student ({percent(rung.fidelity)}) is not clearly better than always answering "
            f"the teacher's most common class ({percent(constant)}).",
            {
                "fidelity": rung.fidelity,
                "fidelity from": rung.low,
                "fidelity to": rung.high,
                "most common class": str(d.targets.classes[common]),
                "its share": constant,
            },
            _instead(d, constant),
        )
    elif all(r.high < LITTLE for r in d.ladder):
        what = (
            f"names another class than the teacher in {percent(1 - rung.fidelity)} of held-out rows"
        )
        yield _low(d, what, "fidelity")


def _low(d: Distillation, what: str, measure: str) -> Finding:
    """Return what is to be said where no student of the ladder comes near the teacher."""
    rung, best = d.rung, max(d.ladder, key=lambda r: r.fidelity)
    so = ""
    if len(d.ladder) > 1:
        so = f", and the best of {len(d.ladder)} that were fitted has a {measure} of "
        so += f"{best.fidelity:.3f}"
    ends = {f"{measure} from": rung.low, f"{measure} to": rung.high}
    remedy = "Read it as a rough summary, not for the teacher's reasons."
    if len(d.ladder.families) == 1:
        remedy += " Try other families (student='auto') or more rows (unlabelled=...)."
    return Finding(
        "low-fidelity",
        f"The student {what}{so}: it is no copy.",
        {measure: rung.fidelity, **ends, "best": best.fidelity, "its size": best.size},
        remedy,
    )


def _instead(d: Distillation, constant: float) -> str:
    """Return the smallest size that is clearly better than a constant, or what else to do."""
    better = [r.size for r in d.ladder.of(d.family) if r.size > d.size and r.low > constant]
    if better:
        return f"Take size={better[0]}, which is."
    others = [r for r in d.ladder if r.family != d.family and r.low > constant]
    if others:
        least = min(others, key=lambda r: r.student.complexity_.statements)
        return f"Take d.ladder.select(family={least.family!r}, size={least.size}), which is."
    tried = "larger size" if len(d.ladder.families) == 1 else "rung"
    return (
        f"No {tried} of the ladder is: give columns that tell what the teacher looks at, more "
        "rows, or another family."
    )


def _never(d: Distillation) -> Iterator[Finding]:
    table, targets = d.held_out
    k = targets.n_classes
    named = np.bincount(targets.predicted, minlength=k)
    answers = np.bincount(d.student.output(table).argmax(1), minlength=k)
    never = np.flatnonzero((answers == 0) & (named > 0))
    if not len(never):
        return
    never = never[np.argsort(-named[never], kind="stable")]
    names = [str(targets.classes[i]) for i in never]
    rows = int(named[never].sum())
    yield Finding(
        "class-never-answered",
        f"The student never answers {some(names, NAMED)}, which the teacher does for {rows:,} of "
        f"{targets.n_rows:,} held-out rows.",
        {"classes": some(names, 20), "rows": rows, "held-out rows": targets.n_rows},
        larger(d),
    )
