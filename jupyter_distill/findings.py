"""What the person should know before trusting the figures, each with its evidence and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Any

import pandas as pd

from jupyter_distill._late import late
from jupyter_distill._validation import check_choice

Plain = int | float | str

# Every finding there is, what matters most first.
CODES = (
    "constant-columns",
    "constant-teacher",
    "weak-teacher",
    "biased-teacher",
    "no-better-than-constant",
    "class-never-answered",
    "over-simplified",
    "few-rows",
    "dense-student",
    "constraint-unused",
    "class-never-taught",
    "size-not-reached",
    "weak-assistant",
    "fixed-temperature",
    "techniques",
    "temperature-does-not-matter",
)


@dataclass(frozen=True)
class Finding:
    """One thing that the figures alone would not tell.

    Attributes
    ----------
    code : str
        What it is, one of `CODES`, e.g. ``"over-simplified"``.
    sentence : str
        What was found.
    evidence : mapping of str to int, float or str
        What was measured, by name.
    remedy : str
        What to do about it.
    """

    code: str
    sentence: str
    evidence: Mapping[str, Plain] = field(hash=False)
    remedy: str

    def __post_init__(self) -> None:
        check_choice("code", self.code, CODES)

    @property
    def figures(self) -> str:
        """The evidence as text: ``size = 4, fidelity = 0.71``."""
        return ", ".join(f"{name} = {_figure(value)}" for name, value in self.evidence.items())

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, ready for JSON: what is not a number is None there."""
        evidence = {
            name: None if isinstance(value, float) and isnan(value) else value
            for name, value in self.evidence.items()
        }
        return {
            "code": self.code,
            "sentence": self.sentence,
            "evidence": evidence,
            "remedy": self.remedy,
        }

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}"


class Findings(tuple[Finding, ...]):
    """Findings, what matters most first; shows itself as a list, in a notebook too.

    Examples
    --------
    >>> Findings().codes
    ()
    """

    __slots__ = ()

    @classmethod
    def ordered(cls, found: Iterable[Finding]) -> Findings:
        """Return findings in the order of `CODES`."""
        return cls(sorted(found, key=lambda one: CODES.index(one.code)))

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of each."""
        return tuple(one.code for one in self)

    def of(self, code: str) -> Findings:
        """Return those of one code; none where it was looked for and not found.

        Raises
        ------
        ValueError
            If there is no such code.
        """
        check_choice("code", code, CODES)
        return Findings(one for one in self if one.code == code)

    def frame(self) -> pd.DataFrame:
        """Return one row per finding: ``code``, ``sentence``, ``evidence`` (a dict), ``remedy``."""
        names = ["code", "sentence", "evidence", "remedy"]
        return pd.DataFrame([one.to_dict() for one in self], columns=names)

    def __repr__(self) -> str:
        if not self:
            return "Nothing was found that the figures would not tell."
        return "\n".join(f"- [{one.code}] {one}" for one in self)

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.html:findings_alone")(self)
        return html


def _figure(value: Plain) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
