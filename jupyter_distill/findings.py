"""What the person should know before trusting the figures, each with its evidence and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Any, Literal

import pandas as pd

from jupyter_distill._late import late
from jupyter_distill._validation import check_choice

Plain = int | float | str

Severity = Literal["problem", "warning", "note"]

# Every finding there is and how much it matters, what matters most first. A problem: mend it, or
# nothing that follows can be trusted. A warning: the figures are worth less than they look. A note:
# what one should know.
SEVERITY: dict[str, Severity] = {
    "constant-columns": "problem",
    "constant-teacher": "problem",
    "unsteady-teacher": "problem",
    "weak-teacher": "problem",
    "leaking-column": "problem",
    "test-rows-taught": "problem",
    "no-better-than-constant": "problem",
    "biased-teacher": "warning",
    "unequal-shares": "warning",
    "miscalibrated-teacher": "warning",
    "hard-labels": "warning",
    "mislabelled-rows": "warning",
    "drifted-rows": "warning",
    "unseen-category": "warning",
    "class-never-answered": "warning",
    "over-simplified": "warning",
    "low-fidelity": "warning",
    "few-rows": "warning",
    "rare-class": "warning",
    "class-never-taught": "warning",
    "identifier-column": "warning",
    "telling-gaps": "warning",
    "expectation-violated": "warning",
    "proxy-columns": "warning",
    "bias-worse": "warning",
    "bias-inherited": "warning",
    "differs-from-truth": "warning",
    "indistinct-rows": "warning",
    "dense-student": "warning",
    "disagreement-region": "warning",
    "weak-segment": "warning",
    "miscalibrated-student": "warning",
    "fixed-temperature": "warning",
    "ignored-by-student": "warning",
    "other-reasons": "warning",
    "teacher-disagrees": "warning",
    "locally-unfaithful": "warning",
    "outside-what-was-learnt": "warning",
    "change-not-shared": "warning",
    "few-answers": "note",
    "heavy-tails": "note",
    "small-groups": "note",
    "twin-columns": "note",
    "idle-columns": "note",
    "gaps": "note",
    "repeated-rows": "note",
    "bias-softened": "note",
    "expectation-unused": "note",
    "constraint-unused": "note",
    "size-not-reached": "note",
    "weak-assistant": "note",
    "sampled": "note",
    "techniques": "note",
    "temperature-does-not-matter": "note",
    "alpha-does-not-matter": "note",
    "narrow-margin": "note",
}
CODES = tuple(SEVERITY)
SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "note")


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
    detail : data frame, optional
        What was measured, where it is more than a few numbers: a row per column, group or row.
    """

    code: str
    sentence: str
    evidence: Mapping[str, Plain] = field(hash=False)
    remedy: str
    detail: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_choice("code", self.code, CODES)

    @property
    def severity(self) -> Severity:
        """How much it matters: ``"problem"``, ``"warning"`` or ``"note"``, the same for a code."""
        return SEVERITY[self.code]

    @property
    def table(self) -> pd.DataFrame:
        """What was measured as a data frame: `detail`, or else the evidence in one row."""
        return pd.DataFrame([dict(self.evidence)]) if self.detail is None else self.detail.copy()

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
            "severity": self.severity,
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

    def at_least(self, severity: str) -> Findings:
        """Return those that matter as much or more.

        Parameters
        ----------
        severity : {"problem", "warning", "note"}
            E.g. ``"warning"``: problems and warnings.
        """
        least = SEVERITIES.index(check_choice("severity", severity, SEVERITIES))
        return Findings(one for one in self if SEVERITIES.index(one.severity) <= least)

    def frame(self) -> pd.DataFrame:
        """Return one row per finding, what matters most first.

        Columns: ``code``, ``severity``, ``sentence``, ``evidence`` (a dict), ``remedy``.
        """
        names = ["code", "severity", "sentence", "evidence", "remedy"]
        return pd.DataFrame([one.to_dict() for one in self], columns=names)

    def __repr__(self) -> str:
        if not self:
            return "Nothing was found that the figures would not tell."
        return "\n".join(f"- {one.severity} [{one.code}] {one}" for one in self)

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.html:findings_alone")(self)
        return html


def _figure(value: Plain) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
