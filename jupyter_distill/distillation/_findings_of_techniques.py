"""What came of unlabelled rows, made rows and assistants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jupyter_distill.distillation._stages import weak
from jupyter_distill.distillation._trials import Trial
from jupyter_distill.findings import Finding

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation


def of_techniques(d: Distillation) -> Iterator[Finding]:
    """Yield which techniques were kept, and assistants that did not stand between the two."""
    trials = d.course.trials
    if trials:
        said = [f"{t.technique}: {t.verdict}" for t in trials]
        kept = [trial for trial in trials if trial.kept]
        yield Finding(
            "techniques",
            f"Tried on validation rows: {'; '.join(said)}.",
            {
                "tried": len(trials),
                "kept": len(kept),
                "kept within chance": sum(t.within_chance for t in kept),
                "loss gained": sum(t.gain for t in kept),
            },
            _advice(kept),
        )
    measure = "KL" if d.task == "classification" else "mean squared difference"
    for fitted, away, own in weak(d.course.chain, d.student, *d.held_out):
        yield Finding(
            "weak-assistant",
            f"The assistant {fitted.name} is no closer to the teacher than the student: {measure} "
            f"{away:.4g} and {own:.4g} on {len(d.rows.held_out):,} held-out rows.",
            {f"{measure} of the assistant": away, f"{measure} of the student": own},
            "Leave it out, or give a larger one.",
        )


def _advice(kept: Sequence[Trial]) -> str:
    figures = "d.techniques has the figures."
    if not any(trial.within_chance for trial in kept):
        return figures
    return f"{figures} A gain within chance may be none: more rows to choose on would tell."
