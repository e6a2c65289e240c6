"""What an export gives back: the text or bytes, and what was checked of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_distill.reading import Answers


@dataclass(frozen=True, eq=False)
class Rounded:
    """What an export has to answer, as its numbers are rounded.

    Attributes
    ----------
    digits : int
        How many are written; 17 are exact.
    answers : Answers
        Of the student with numbers of so many digits, to the rows of the check.
    """

    digits: int
    answers: Answers


@dataclass(frozen=True, eq=False)
class Checked:
    """What an export answered to the rows of its check.

    Attributes
    ----------
    answers : Answers or None
        None where nothing could run it; the notes then say why.
    by : str
        What ran it, e.g. ``"DuckDB 1.4.1"``.
    notes : tuple of str
        What a reader should know of the check.
    tolerance : float
        Largest difference of probabilities, or of numbers in parts of the largest, that counts as
        the same.
    of : int or None
        The class whose probability alone is answered.
    rounded : Rounded or None
        What was to be written, where numbers may be rounded; None where they are exact.
    """

    answers: Answers | None
    by: str
    notes: tuple[str, ...] = ()
    tolerance: float = 1e-9
    of: int | None = None
    rounded: Rounded | None = None


@dataclass(frozen=True, eq=False)
class Export:
    """A student as code or text.

    Attributes
    ----------
    format : str
        E.g. ``"sql"``.
    content : str or bytes
        The text; bytes of an ONNX model.
    checked_rows : int
        Rows of the owner on which it gave the student's answers; 0 where none were given, or where
        nothing could run it.
    checked_edges : int
        Rows made up at its thresholds, with values missing or never seen, for which it did too.
    max_difference : float or None
        Largest difference from the student over all of them: of a probability, or of a number in
        its own unit. None where it was not checked, or holds labels alone.
    rounding : float or None
        How much of it rounding makes by itself: what is written was found to be exactly what was
        to be written. None where nothing is rounded.
    checked_by : str
        What ran it for the check.
    path : Path or None
        Where it was written.
    notes : tuple of str
        What a reader should know.
    """

    format: str
    content: str | bytes
    checked_rows: int
    checked_edges: int
    max_difference: float | None
    checked_by: str
    path: Path | None = None
    notes: tuple[str, ...] = ()
    rounding: float | None = None

    @property
    def checked(self) -> bool:
        """Whether anything ran it and compared it with the student."""
        return self.checked_rows + self.checked_edges > 0

    def describe(self) -> str:
        """Return what was written, and how it was checked."""
        size = f"{len(self.content):,} {'bytes' if isinstance(self.content, bytes) else 'letters'}"
        lines = [f"{self.format}: {size}" + (f" in {self.path}" if self.path else "")]
        if self.checked:
            rows = f"{self.checked_rows:,} {'row' if self.checked_rows == 1 else 'rows'}"
            differs = ""
            if self.max_difference is not None:
                differs = f"; largest difference {self.max_difference:.3g}"
            if self.rounding is not None:
                differs += f", of which rounding makes {self.rounding:.3g}"
            lines.append(
                f"Run by {self.checked_by} on {rows} and {self.checked_edges:,} made up at its "
                f"thresholds: the student's answer on every one{differs}."
            )
        else:
            lines.append("Not checked.")
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def __str__(self) -> str:
        return self.describe() if isinstance(self.content, bytes) else self.content

    def __repr__(self) -> str:
        return str(self)
