"""What is said of a student beside what it answers: name, origin, settings, fidelity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jupyter_distill._versions import own
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._names import one_line
from jupyter_distill.reading import Form


@dataclass(frozen=True, eq=False)
class About:
    """What stands above an export.

    Attributes
    ----------
    name : str
        What the student is called.
    form : Form
        What it is.
    student : Student
        Where its explanation comes from.
    cells : Cells
        The rows on which what is written will be checked.
    distillation : Distillation or None
        Where it comes from itself, if it was distilled.
    """

    name: str
    form: Form
    student: Any
    cells: Cells
    distillation: Any = None

    @property
    def head(self) -> list[str]:
        """A few lines for a comment."""
        lines = [one_line(self.name), f"Exported by jupyter_distill {self.version}."]
        if self.form.classes:
            lines.append(f"Classes: {', '.join(repr(c) for c in self.form.classes)}")
        return lines

    @property
    def version(self) -> str:
        """Version of the package."""
        return own()

    @cached_property
    def settings(self) -> dict[str, str]:
        """Whose student it is, and how it was fitted, in words."""
        d = self.distillation
        found = {"family": self.form.family, "student": self.form.title}
        if d is not None:
            found["teacher"] = d.teacher.name
            found |= {name: f"{value:g}" for name, value in d.settings.items()}
            found["size"] = str(d.size)
            found["held-out rows"] = f"{len(d.rows.held_out):,}"
        else:
            given = self.student.get_params(deep=False)
            found |= {k: str(v) for k, v in given.items() if v is not None}
        found["columns"] = ", ".join(self.form.columns[j].name for j in self.form.used)
        return found

    @cached_property
    def card(self) -> str | None:
        """The fidelity card as text; None where no teacher is known."""
        d = self.distillation
        return None if d is None else str(d.fidelity().describe())

    @cached_property
    def explanation(self) -> Any:
        """The student as data that people read."""
        d = self.distillation
        return self.student.explain() if d is None else d.explanation()
