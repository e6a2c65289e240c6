"""What costs next to nothing to look at: shared by distill() and check_teacher()."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_distill.checks._answers import answers
from jupyter_distill.checks._bias import bias
from jupyter_distill.checks._calibration import calibration
from jupyter_distill.checks._columns import columns
from jupyter_distill.checks._drift import drift
from jupyter_distill.checks._gaps import gaps
from jupyter_distill.checks._labels import rare
from jupyter_distill.checks._repeats import repeats
from jupyter_distill.checks._subject import Look, Subject
from jupyter_distill.checks._tails import tails
from jupyter_distill.checks._unseen import unseen
from jupyter_distill.findings import Finding

# Neither asks anybody nor fits anything.
LOOKS: tuple[Look, ...] = (answers, columns, gaps, repeats, rare, calibration, tails, unseen)
# What check_teacher() looks at more closely.
CLOSER: tuple[Look, ...] = (drift, bias)

# Every code that may come of these.
CHEAP = (
    *("constant-columns", "constant-teacher", "leaking-column", "test-rows-taught"),
    *("biased-teacher", "miscalibrated-teacher", "hard-labels", "drifted-rows", "rare-class"),
    *("class-never-taught", "identifier-column", "telling-gaps", "few-answers", "heavy-tails"),
    *("twin-columns", "idle-columns", "gaps", "repeated-rows", "unseen-category"),
)


def cheap(subject: Subject) -> Iterator[Finding]:
    """Yield the findings of every look that asks nobody and fits nothing."""
    for look in (*LOOKS, *CLOSER):
        yield from look(subject).findings
