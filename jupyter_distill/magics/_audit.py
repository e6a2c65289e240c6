"""``%audit``: everything that says whether a student can be trusted."""

from __future__ import annotations

from typing import Any

from jupyter_distill.magics import _options as shared
from jupyter_distill.magics import _readers as read
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._options import Option

PARTS = (
    *("fidelity", "measures", "segments", "regions", "bias", "reliability", "expectations"),
    *("attributions", "stability", "compare"),
)


def audit(asked: Asked) -> Any:
    """Return everything that was looked at."""
    d = asked.distillation
    options = asked.options(d.table.names)
    expected = options.pop("expect", None)

    from jupyter_distill import Expectations

    if isinstance(expected, dict):
        expected = Expectations(expected)
    return d.audit(options.pop("sensitive", None), expected, **options)


COMMAND = Command(
    name="audit",
    about="""
    Look at everything that says whether a student can be trusted: SHAP and LIME, expectations,
    groups of people, stability, calibration. What is not done within the time is said.
    """,
    places=(shared.DISTILLATION,),
    takes=(
        shared.SENSITIVE,
        shared.EXPECT,
        Option(
            "seconds",
            "Time after which no part is begun; none: as long as it takes (default: 300).",
            read.number(float, "none"),
            ("none",),
        ),
        Option(
            "only",
            "Parts to do; all unless given.",
            read.several_words(*PARTS),
            PARTS,
            metavar="PARTS",
        ),
        shared.ROWS,
        Option("explained", "Rows whose reasons are looked at.", read.number(int), metavar="N"),
        shared.EVALUATIONS,
        Option("resamples", "Refits that measure stability.", read.number(int), metavar="N"),
        shared.SEED,
        shared.PROGRESS,
    ),
    run=audit,
    returns="Audit",
    examples="""
    %audit
    %audit d --sensitive sex --expect 'income +, postcode unused' --seconds 60
    %audit d --only fidelity,bias --sensitive sex -o found
    """,
)
COMMANDS = (COMMAND,)
