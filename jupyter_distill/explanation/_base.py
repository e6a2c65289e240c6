"""What every explanation offers to views, audits and exports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import pandas as pd

from jupyter_distill._late import late
from jupyter_distill.data import Column


class Explanation(ABC):
    """What a student says, as data: frozen, without any drawing.

    Attributes
    ----------
    columns : tuple of Column
        The columns that the student was fitted to.
    classes : tuple of str
        Names of the K classes; empty for a regression.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]

    @abstractmethod
    def frame(self) -> pd.DataFrame:
        """Return one row per thing to read: node, rule or coefficient."""

    def drawn(self) -> pd.DataFrame:
        """Return the frame as it is drawn: texts that would be long are cut short."""
        return self.frame()

    def __repr__(self) -> str:
        return self.drawn().to_string(index=False, max_rows=60, float_format="{:.4g}".format)

    def _repr_html_(self) -> str | None:
        html: str | None = late("jupyter_distill.exports.overview:alone")(self)
        return html

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, ready for JSON."""
