"""Is what is given fit to be distilled? The teacher, the truth and the rows, looked at first."""

from jupyter_distill.checks._cheap import CHEAP, cheap
from jupyter_distill.checks._check_teacher import check_teacher
from jupyter_distill.checks._subject import Subject
from jupyter_distill.checks._teacher_check import TeacherCheck

__all__ = ["CHEAP", "Subject", "TeacherCheck", "cheap", "check_teacher"]
