"""``%distillations``: those that are alive in the kernel."""

from __future__ import annotations

from typing import Any

from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._which import NONE, names, there

COLUMNS = ("name", "teacher", "student", "size", "T", "fidelity", "measure")


def distillations(asked: Asked) -> Any:
    """Return a frame with a line for each, the last one made at the end."""
    import pandas as pd

    called = names(asked.namespace)
    lines = [
        (
            called.get(id(d), ""),
            d.teacher.name,
            d.title,
            d.size,
            d.temperature,
            d.rung.fidelity,
            "R2" if d.task == "regression" else "agreement",
        )
        for d in there(asked.namespace)
    ]
    if not lines and not asked.quiet:
        print(NONE)
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    return frame.astype({"T": float, "fidelity": float})


COMMAND = Command(
    name="distillations",
    about="""
    List the distillations that are alive in this kernel, the last one that was made at the end.
    Those without a name are held by a view, a list or the like.
    """,
    places=(),
    takes=(),
    run=distillations,
    returns="data frame with name, teacher, student, size, T and fidelity (of what measure)",
    examples="""
    %distillations
    %distillations -q -o made
    """,
)
COMMANDS = (COMMAND,)
