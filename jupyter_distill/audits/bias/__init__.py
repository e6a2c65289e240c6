"""How teacher and student treat groups of people, and what the student inherited."""

from jupyter_distill.audits.bias._bias import PART, Bias, bias

__all__ = ["PART", "Bias", "bias"]
