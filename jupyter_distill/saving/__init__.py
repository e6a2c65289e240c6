"""A distillation as one file that can be sent on, and read without running anything in it.

A ZIP without compression: ``manifest.json`` with the version of the format and the digest of every
part, JSON for settings, students and what was tried, Arrow for rows and answers, safetensors for
the weights of nets.
"""

from jupyter_distill.saving._load import load
from jupyter_distill.saving._save import save
from jupyter_distill.saving._teacher import UncheckedTeacherWarning

__all__ = ["UncheckedTeacherWarning", "load", "save"]
