"""The narrow waist between students and views: what a student says, as data."""

from jupyter_distill.explanation._base import Explanation
from jupyter_distill.explanation.limits import Box, Limit, holds
from jupyter_distill.explanation.net import NetExplanation
from jupyter_distill.explanation.rules import RuleExplanation
from jupyter_distill.explanation.shapes import Shape, ShapeExplanation
from jupyter_distill.explanation.terms import Coefficients, TermExplanation
from jupyter_distill.explanation.tree import TreeExplanation

__all__ = [
    "Box",
    "Coefficients",
    "NetExplanation",
    "RuleExplanation",
    "Shape",
    "ShapeExplanation",
    "TermExplanation",
    "Explanation",
    "Limit",
    "TreeExplanation",
    "holds",
]
