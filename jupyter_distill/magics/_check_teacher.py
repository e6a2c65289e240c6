"""``%check_teacher``: whether a model is good enough to be copied."""

from __future__ import annotations

from typing import Any

from jupyter_distill._variables import columns
from jupyter_distill.magics import _options as shared
from jupyter_distill.magics import _readers as read
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._options import Option
from jupyter_distill.magics._rows import rows_and_truth


def check(asked: Asked) -> Any:
    """Look at teacher, labels and rows."""
    teacher = asked.place("teacher")
    X, y = rows_and_truth(asked)
    options = asked.options(columns(X))

    from jupyter_distill import check_teacher

    return check_teacher(teacher, X, y, **options)


COMMAND = Command(
    name="check_teacher",
    about="""
    Say whether a model is good enough to be copied: what is wrong with its answers, the labels and
    the rows is named, with what was measured and what to do.
    """,
    places=(shared.TEACHER, shared.X, shared.Y),
    takes=(
        shared.SENSITIVE,
        shared.TEST,
        shared.TEACHER_INPUTS,
        Option(
            "out-of-fold",
            "Probabilities of models that did not learn from the row: they judge the labels.",
            read.expression,
            ("<X>",),
        ),
        Option("ask-again", "Rows that it is asked about twice.", read.number(int), metavar="N"),
        shared.TASK,
        shared.CLASSES,
        shared.BATCH_SIZE,
        shared.STORE,
        shared.PROGRESS,
        shared.RANDOM_STATE,
    ),
    run=check,
    returns="TeacherCheck",
    examples="""
    %check_teacher model X y
    %check_teacher model X y --sensitive sex --test 'X_test, y_test' -o check
    """,
)
COMMANDS = (COMMAND,)
