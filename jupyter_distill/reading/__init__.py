"""A fitted student as it is read, of whatever family: what it asks, what it adds, what follows.

Exports and SHAP values of a student work from this. A certificate goes another way, by what people
are shown, so that the two can be held against each other.
"""

from jupyter_distill.reading._evaluate import Answers, adds, bin_of, decided, evaluate
from jupyter_distill.reading._form import (
    Addend,
    Ask,
    Axis,
    Choice,
    Clause,
    Form,
    Line,
    Question,
    Scores,
    Steps,
    Sums,
    Value,
    column_of,
    depth,
    parts,
    questions,
)
from jupyter_distill.reading._read import body_of, tree_of

__all__ = [
    "Addend",
    "Answers",
    "Ask",
    "Axis",
    "Choice",
    "Clause",
    "Form",
    "Line",
    "Question",
    "Scores",
    "Steps",
    "Sums",
    "Value",
    "adds",
    "bin_of",
    "body_of",
    "column_of",
    "decided",
    "depth",
    "evaluate",
    "parts",
    "questions",
    "tree_of",
]
