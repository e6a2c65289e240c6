"""What may be said on the line of a magic: places, options, and those that magics share."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_distill.magics import _columnwise as columnwise
from jupyter_distill.magics import _readers as read
from jupyter_distill.magics._readers import Reader


@dataclass(frozen=True)
class Place:
    """A word that is no option.

    Attributes
    ----------
    name : str
        Its name; also what is offered for it: see :mod:`jupyter_distill._variables`.
    about : str
        What it is, for the help.
    needed : bool
        Whether it may not be left out.
    """

    name: str
    about: str
    needed: bool = True


@dataclass(frozen=True)
class Option:
    """An option.

    Attributes
    ----------
    name : str
        What a person types, without the dashes; the parameter's name, with ``-`` for ``_``.
    about : str
        What it does, for the help.
    read : callable
        Makes a value of the text.
    offers : tuple of str
        Words that the Tab key offers; ``<columns>`` and the like stand for what is looked up.
    setting : bool
        Whether ``%config DistillMagics`` sets what it is unless said.
    flag : bool
        Whether it is said without a value.
    short : str
        One letter in its place.
    metavar : str
        What stands for the value in the help; the name in capitals unless given.
    """

    name: str
    about: str
    read: Reader = read.text
    offers: tuple[str, ...] = ()
    setting: bool = False
    flag: bool = False
    short: str = ""
    metavar: str = ""

    @property
    def parameter(self) -> str:
        """Its name in Python."""
        return self.name.replace("-", "_")

    @property
    def spellings(self) -> list[str]:
        """What may be typed for it."""
        return [*([f"-{self.short}"] if self.short else []), f"--{self.name}"]


BOTH = ("True", "False")
TEACHER = Place("teacher", "The fitted model: a name or an expression.")
X = Place("X", "The rows: a name or an expression; quote one that has blanks.")
Y = Place(
    "y", "The truth of these rows, or the name of a column of X, which then leaves X.", needed=False
)
DISTILLATION = Place(
    "distillation", "Which one; the last one that was made unless given.", needed=False
)

OUTPUT = Option("output", "Variable that receives the result.", short="o", metavar="NAME")
QUIET = Option("quiet", "Show nothing; needs -o.", flag=True, short="q")
HELP = Option("help", "Show this text.", flag=True, short="h")
ALWAYS = (OUTPUT, QUIET, HELP)

TASK = Option(
    "task",
    "classification or regression; what teacher and Y say themselves unless given.",
    read.word("classification", "regression"),
    ("classification", "regression"),
)
STORE = Option(
    "store",
    "Folder where the teacher's answers are kept, so that none is asked for twice; or none.",
    read.folder,
    ("<folders>",),
    setting=True,
    metavar="FOLDER",
)
PROGRESS = Option("progress", "Whether bars show it.", read.yes_or_no, BOTH, setting=True)
RANDOM_STATE = Option(
    "random-state",
    "Seed of everything that is drawn; none draws one.",
    read.number(int, "none"),
    ("none",),
    setting=True,
    metavar="SEED",
)
SEED = Option(
    "random-state",
    "Seed of everything that is drawn; that of the distillation unless given.",
    read.number(int),
    metavar="SEED",
)
CLASSES = Option(
    "classes",
    "Class names in the order of the teacher's columns, where it does not say them.",
    read.values,
    ("<variables>",),
)
TEACHER_INPUTS = Option(
    "teacher-inputs",
    "What the teacher sees, row by row beside X; X itself unless given.",
    read.expression,
    ("<X>",),
    metavar="INPUTS",
)
TEST = Option(
    "test",
    "Rows that the teacher did not see, with their truth: 'X_test, y_test'.",
    read.expression,
    ("<X>",),
    metavar="'X, Y'",
)
BATCH_SIZE = Option("batch-size", "Rows per question to the teacher.", read.number(int))
SENSITIVE = Option(
    "sensitive",
    "Columns by which people may be treated unequally, or values beside the rows.",
    read.columns,
    ("<columns>",),
    metavar="COLUMNS",
)
ROWS = Option(
    "rows",
    "held_out or all: which rows to measure on (default: held_out).",
    read.word("held_out", "all"),
    ("held_out", "all"),
)
EVALUATIONS = Option(
    "evaluations", "Rows that the teacher is asked about, at most.", read.number(int)
)
MONOTONE = Option(
    "monotone",
    "Columns that may only raise or lower the answer: 'age +, debt -'.",
    columnwise.directions,
    ("<directions>",),
    metavar="COLUMNS",
)
EXPECT = Option(
    "expect",
    "What is expected of columns: 'income +, age any, sex max 0.1, postcode unused'.",
    columnwise.expectations,
    ("<expectations>",),
    metavar="COLUMNS",
)
