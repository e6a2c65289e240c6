"""``%distill`` and ``%%distill``: a teacher into a student that people can read."""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError

from jupyter_distill._variables import columns
from jupyter_distill.magics import _options as shared
from jupyter_distill.magics import _readers as read
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._options import Option
from jupyter_distill.magics._rows import rows_and_truth

AUTO = ("auto",)
WAYS = ("local_swap", "copula", "munge")
OBJECTIVES = ("balanced", "fidelity", "distribution")
QUALITIES = ("greedy", "fast", "best")

STUDENT = Option(
    "student",
    "Family, several (tree,rules), auto, or a student of your own.",
    read.students,
    ("<students>", "auto"),
    setting=True,
    metavar="FAMILY",
)
SIZE = Option("size", "Its size, or auto.", read.number(int, "auto"), AUTO, setting=True)
TEMPERATURE = Option(
    "temperature",
    "T of the soft targets: a number, several to choose from (0.5,1,2), auto or "
    "logit-standardised.",
    read.number(float, "auto", "logit-standardised", several=True),
    ("auto", "logit-standardised"),
    setting=True,
    metavar="T",
)
ALPHA = Option(
    "alpha",
    "Weight of the truth against the teacher, from 0 to 1: a number, several, auto, or none "
    "(0.1 with Y, else 0).",
    read.number(float, "auto", "none", several=True),
    ("auto", "none"),
    setting=True,
)
AUGMENT = Option(
    "augment",
    "Ways of making more rows: auto, none, local_swap, copula, munge, or several of these.",
    read.words("auto", "none", *WAYS),
    ("auto", "none", *WAYS),
    setting=True,
    metavar="WAY",
)
N_JOBS = Option("n-jobs", "Fits at a time, or none.", read.number(int, "none"), setting=True)

OPTIONS = (
    STUDENT,
    SIZE,
    TEMPERATURE,
    ALPHA,
    shared.MONOTONE,
    Option(
        "forbid",
        "Columns that must not be used: 'postcode, sex'.",
        read.columns,
        ("<columns>",),
        metavar="COLUMNS",
    ),
    Option(
        "require",
        "Columns that must be used.",
        read.columns,
        ("<columns>",),
        metavar="COLUMNS",
    ),
    Option("max-features", "Columns that are used, at most.", read.number(int), metavar="N"),
    Option("hard", "False: directions may be broken at a price.", read.yes_or_no, shared.BOTH),
    Option("penalty", "That price.", read.number(float)),
    Option(
        "constraints",
        "Constraints that were made in Python, in the place of these.",
        read.expression,
        ("<variables>",),
    ),
    AUGMENT,
    Option(
        "assistant",
        "Who may stand between teacher and student: a family, several, any classifier, or none.",
        read.assistants,
        ("<students>", "<teacher>", "none"),
        metavar="FAMILY",
    ),
    Option("unlabelled", "More real rows, without truth.", read.expression, ("<X>",)),
    shared.TEACHER_INPUTS,
    shared.TEST,
    shared.TASK,
    shared.CLASSES,
    Option(
        "sample",
        "Rows that are drawn of more than fit into memory, or auto.",
        read.number(int, "auto"),
        AUTO,
        metavar="N",
    ),
    shared.BATCH_SIZE,
    shared.STORE,
    N_JOBS,
    shared.PROGRESS,
    shared.RANDOM_STATE,
    # what some families can be told
    Option("objective", "Of trees, rules and linear students.", read.word(*OBJECTIVES), OBJECTIVES),
    Option("quality", "How long it is searched for.", read.word(*QUALITIES), QUALITIES),
    Option("min-rows", "Of trees and rules: least weight of a leaf.", read.number(float)),
    Option("leaf-temperature", "Of trees and rules: T of what leaves say.", read.number(float)),
    Option("interactions", "Of EBMs: True, or how many pairs of columns.", read.value, shared.BOTH),
    Option("weights", "Of nets: weights that are not 0, at most, or auto.", read.value, AUTO),
    Option("epochs", "Of nets: passes over the rows.", read.number(int)),
)
CONSTRAINTS = ("monotone", "forbid", "require", "max_features", "hard", "penalty")


def distil(asked: Asked) -> Any:
    """Distil as the line says."""
    teacher = asked.place("teacher")
    X, y = rows_and_truth(asked)
    options = asked.options(columns(X))
    said = {name: options.pop(name) for name in CONSTRAINTS if name in options}

    from jupyter_distill import Constraints, distill

    if said:  # a family need not take constraints
        if "constraints" in options:
            names = ", ".join(name.replace("_", "-") for name in said)
            raise UsageError(f"Say {names} inside the constraints, or leave these out.")
        options["constraints"] = Constraints(**said)
    return distill(teacher, X, y, **options)


COMMAND = Command(
    name="distill",
    about="""
    Distil a teacher into a student that people can read, and show it. An interrupt keeps what is
    done and says so. %config DistillMagics sets what options are unless said.
    """,
    places=(shared.TEACHER, shared.X, shared.Y),
    takes=OPTIONS,
    run=distil,
    returns="Distillation",
    examples="""
    %distill model X y
    %distill model df[["age", "income"]] y --student tree --size 16 -o d
    %distill prices X y --student linear --store answers/
    %distill model loans default --test 'X_test, y_test' -q -o d

    %%distill model X y -o d
    student: rules
    temperature: auto
    monotone: income +, debt_ratio -
    forbid: postcode
    """,
    cell=True,
)
COMMANDS = (COMMAND,)
