"""``%fidelity`` and ``%disagreements``: how faithful a student is, and where it is not."""

from __future__ import annotations

from typing import Any

from jupyter_distill.magics import _options as shared
from jupyter_distill.magics import _readers as read
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._options import Option


def fidelity(asked: Asked) -> Any:
    """Return the fidelity card."""
    return asked.distillation.fidelity(**asked.options())


def disagreements(asked: Asked) -> Any:
    """Return the rows where the two part, or their table."""
    d, options = asked.distillation, asked.options()
    n = options.pop("n", None)
    found = d.disagreements(**options)
    if n is None:
        return found

    import narwhals.stable.v1 as nw

    from jupyter_distill._validation import check_number

    check_number("n", n, low=1, integer=True)
    return nw.from_native(found, eager_only=True).head(n).to_native()


FIDELITY = Command(
    name="fidelity",
    about="""
    Show how faithful a student is to its teacher: per class, hard and soft, with intervals, beside
    the same student without the teacher and the most common class.
    """,
    places=(shared.DISTILLATION,),
    takes=(shared.ROWS,),
    run=fidelity,
    returns="Fidelity, or NumberFidelity of a regression",
    examples="""
    %fidelity
    %fidelity d --rows all -o card
    """,
)
DISAGREEMENTS = Command(
    name="disagreements",
    about="""
    Show the rows where teacher and student part, worst first, in the type of your own frame.
    """,
    places=(shared.DISTILLATION,),
    takes=(
        shared.ROWS,
        Option(
            "region",
            "Only rows in a region of d.regions(): its number or its rule.",
            read.region,
            metavar="REGION",
        ),
        Option("n", "How many rows; all unless given.", read.number(int), short="n"),
    ),
    run=disagreements,
    returns="data frame",
    examples="""
    %disagreements
    %disagreements d --region 0 -n 20
    %disagreements d --rows all -q -o parting
    """,
)
COMMANDS = (FIDELITY, DISAGREEMENTS)
