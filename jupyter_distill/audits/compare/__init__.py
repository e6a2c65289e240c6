"""Distil and compare: the student beside the same student fitted to the truth."""

from jupyter_distill.audits.compare._compare import PART, TruthComparison, compare

__all__ = ["PART", "TruthComparison", "compare"]
