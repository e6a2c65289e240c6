"""Soft targets: the teacher's whole distribution per row, its temperature, and the one loss."""

from jupyter_distill.targets.align import align
from jupyter_distill.targets.loss import KL, CompositeLoss
from jupyter_distill.targets.soft_targets import SoftTargets
from jupyter_distill.targets.soften import soften

__all__ = ["KL", "CompositeLoss", "SoftTargets", "align", "soften"]
