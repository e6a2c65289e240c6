"""Whether a fitted student keeps its constraints, one line each."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from html import escape

import pandas as pd


@dataclass(frozen=True)
class Verdict:
    """One constraint and how it fared.

    Attributes
    ----------
    what : str
        The constraint in words.
    method : str
        How it was looked at; it begins with ``"proven"`` if it holds whatever rows come.
    verdict : {"met", "violated", "not used", "unknown"}
        ``"not used"``: the column has no part in the student, so that any direction holds;
        ``"unknown"``: neither family nor rows can tell.
    violations : int
        How many of what was looked at go the wrong way.
    worst : float
        The largest of them, as a probability or in the unit of the target.
    example : str
        The worst in the owner's words.
    """

    what: str
    method: str
    verdict: str
    violations: int = 0
    worst: float = 0.0
    example: str = ""


@dataclass(frozen=True)
class ConstraintsReport:
    """All constraints of a student.

    Attributes
    ----------
    verdicts : tuple of Verdict
        One per constraint.
    """

    verdicts: tuple[Verdict, ...]

    @property
    def ok(self) -> bool:
        """Whether none is violated or unknown."""
        return all(v.verdict in ("met", "not used") for v in self.verdicts)

    def frame(self) -> pd.DataFrame:
        """Return one row per constraint."""
        names = [f.name for f in fields(Verdict)]
        return pd.DataFrame([asdict(v) for v in self.verdicts], columns=names)

    def describe(self) -> str:
        """Say it in words, one line per constraint."""
        if not self.verdicts:
            return "No constraints."
        lines = []
        for v in self.verdicts:
            line = f"{v.what}: {v.verdict} ({v.method})"
            if v.violations and v.worst:
                line += f", {v.violations} of them, the worst by {v.worst:.4g}"
            lines.append(f"{line}: {v.example}" if v.example else line)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        names = [f.name for f in fields(Verdict)]
        head = "".join(f"<th>{name}</th>" for name in names)
        rows = (
            "<tr>" + "".join(f"<td>{escape(_text(getattr(v, n)))}</td>" for n in names) + "</tr>"
            for v in self.verdicts
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
