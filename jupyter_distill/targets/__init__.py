"""Soft targets: the teacher's whole answer per row, its temperature, and the one loss."""

from jupyter_distill.targets._arrays import check_weights, floats
from jupyter_distill.targets.align import align, label_list
from jupyter_distill.targets.loss import KL, CompositeLoss
from jupyter_distill.targets.predictions import Predictions
from jupyter_distill.targets.soft_targets import SoftTargets
from jupyter_distill.targets.soften import soften
from jupyter_distill.targets.squared import SquaredLoss

__all__ = [
    "KL",
    "CompositeLoss",
    "Loss",
    "Predictions",
    "SoftTargets",
    "SquaredLoss",
    "Targets",
    "align",
    "check_weights",
    "floats",
    "label_list",
    "soften",
]

Targets = SoftTargets | Predictions
Loss = CompositeLoss | SquaredLoss
