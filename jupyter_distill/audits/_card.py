"""What a fidelity card says first, of classes as of numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from jupyter_distill.audits._text import WHICH


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Card(ABC):
    """Who is compared, and on which rows.

    Attributes
    ----------
    teacher, student : str
        What is compared.
    rows : int
        Held-out rows.
    unseen : bool
        Whether the teacher did not see these rows either; if it may have, its errors flatter.
    which : str
        What the rows are: ``"held-out rows"``, or all.
    """

    teacher: str
    student: str
    rows: int
    unseen: bool
    which: str = WHICH["held_out"]

    @property
    def head(self) -> str:
        """The same as a heading."""
        head = f"Fidelity of {self.student} to {self.teacher}, {self.rows:,} {self.which}"
        if not self.unseen:
            head += "\n(the teacher may have seen them; for rows that it did not, pass test=)"
        return head

    @abstractmethod
    def describe(self) -> str:
        """Return the card as text."""

    def __repr__(self) -> str:
        return self.describe()
