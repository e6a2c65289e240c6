"""From a teacher and rows to a student: temperature, ladder, and the result that holds all."""

from jupyter_distill.distillation._alpha import AlphaPath
from jupyter_distill.distillation._distill import distill
from jupyter_distill.distillation._distillation import Distillation
from jupyter_distill.distillation._grid import Grid, known_grid
from jupyter_distill.distillation._ladder import Ladder
from jupyter_distill.distillation._quick import FAST
from jupyter_distill.distillation._resampled import Resamples
from jupyter_distill.distillation._rungs import ClassRung, NumberRung, Rung
from jupyter_distill.distillation._sweep import at_temperature, reached, sweep
from jupyter_distill.distillation._work import Work, interrupts
from jupyter_distill.findings import Finding, Findings
from jupyter_distill.targets.asking import InterruptedWarning

__all__ = [
    "FAST",
    "AlphaPath",
    "ClassRung",
    "Distillation",
    "Finding",
    "Findings",
    "Grid",
    "InterruptedWarning",
    "Ladder",
    "NumberRung",
    "Resamples",
    "Rung",
    "Work",
    "at_temperature",
    "distill",
    "interrupts",
    "known_grid",
    "reached",
    "sweep",
    "interrupts",
]
