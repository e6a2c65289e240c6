"""``%certificate``: the exact rule behind one decision."""

from __future__ import annotations

from typing import Any

from jupyter_distill.magics import _options as shared
from jupyter_distill.magics import _readers as read
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._options import Option, Place

METHODS = ("shap", "lime", "surrogate")


def certificate(asked: Asked) -> Any:
    """Return the account of one decision, or of many."""
    d = asked.distillation
    classes = () if d.task == "regression" else d.targets.classes.tolist()
    return d.certificate(asked.behind, **asked.options(d.table.names, classes))


def reasons(said: str, scope: Any) -> Any:
    """Read whether reasons are wanted, or by which methods."""
    if said.lower() in ("true", "false", "yes", "no"):
        return read.yes_or_no(said, scope)
    return read.words(*METHODS, "True", "False")(said, scope)


COMMAND = Command(
    name="certificate",
    about="""
    Show the exact rule behind one decision, how far it can be trusted, and the smallest change
    that gives another one.
    """,
    places=(
        shared.DISTILLATION,
        Place(
            "row",
            "A position among the rows, a new row as a dict, or a frame or list of several.",
            needed=False,
        ),
    ),
    takes=(
        Option("index", "In the place of a position: the label of a row in X.", read.value),
        Option(
            "immutable",
            "Columns that may not change: 'age, sex'.",
            read.columns,
            ("<columns>",),
            metavar="COLUMNS",
        ),
        Option(
            "limits",
            "Per column where it may go: \"{'income': (0, 50), 'age': '+'}\".",
            read.expression,
            ("<variables>",),
        ),
        Option(
            "target",
            "The decision that is wanted: a class, or of a regression (low, high).",
            read.values,
            ("<classes>",),
        ),
        Option("fill-missing", "Whether a gap may be filled in.", read.yes_or_no, shared.BOTH),
        Option(
            "reasons",
            "False, or by which methods the teacher is explained too: shap,lime,surrogate.",
            reasons,
            (*METHODS, "True", "False"),
        ),
        Option("ask", "Whether the teacher may be asked again.", read.yes_or_no, shared.BOTH),
        shared.EVALUATIONS,
    ),
    run=certificate,
    returns="Certificate, or Certificates of several rows",
    examples="""
    %certificate 17
    %certificate d 17 --immutable age,sex --reasons shap,lime
    %certificate d --index C-1042 --target approved -o letter
    """,
)
COMMANDS = (COMMAND,)
