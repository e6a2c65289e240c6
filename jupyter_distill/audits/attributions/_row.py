"""The reasons of both models for one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from jupyter_distill._late import late


@dataclass(frozen=True, eq=False, repr=False)
class RowReasons:
    """What each column adds to one score of one row, in teacher and student.

    Attributes
    ----------
    row : label
        What the owner calls it.
    words : str
        What is explained, e.g. ``log-odds of 'yes'``.
    teacher : str or None
        Its name; None where only the student was explained.
    student : str
        Its title.
    table : data frame
        See :meth:`frame`.
    """

    row: Any
    words: str
    teacher: str | None
    student: str
    table: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return one row per column, the teacher's largest reason first, as ``of`` gives it."""
        return self.table.copy()

    def describe(self) -> str:
        """Say of what, and the reasons as a table."""
        who = self.student if self.teacher is None else f"{self.teacher} and {self.student}"
        table = self.table.to_string(index=False, max_rows=30, float_format="{:.3g}".format)
        return f"Reasons of {who} for row {self.row}, {self.words}:\n{table}"

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html
