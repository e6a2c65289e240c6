"""What a check of a teacher leaves: findings, and everything that was measured, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jupyter_distill._late import late
from jupyter_distill._validation import check_choice, expected
from jupyter_distill.findings import SEVERITIES, Findings
from jupyter_distill.teachers import Task

FINDINGS = "findings"
SHOWN = (  # measures that the text begins with
    *("accuracy", "balanced accuracy", "ECE", "log loss", "likeliest temperature"),
    *("R2", "RMSE", "mean error"),
)


@dataclass(frozen=True, eq=False, repr=False)
class TeacherCheck:
    """Whether a teacher is fit to teach. Made by :func:`check_teacher`; shows itself.

    Attributes
    ----------
    teacher : str
        Its name.
    task : {"classification", "regression"}
        What it does.
    rows, test_rows : int
        How many rows of X, and how many that the teacher was not trained on, were looked at.
    findings : Findings
        What is to be said of it, what matters most first. Each has a `code`, a `severity`, a
        `sentence`, `evidence`, a `table` and a `remedy`.
    parts : mapping of str to data frame
        What was measured, by name: see :meth:`frame`.
    notes : tuple of str
        What was left out, e.g. rows that an interrupt left without an answer.
    """

    teacher: str
    task: Task
    rows: int
    test_rows: int
    findings: Findings
    parts: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no problem; there may be warnings."""
        return not self.problems

    @property
    def problems(self) -> Findings:
        """Findings to be mended before anything is distilled."""
        return self.findings.at_least("problem")

    def frame(self, part: str = FINDINGS) -> pd.DataFrame:
        """Return the findings, or something that was measured, as a data frame.

        Parameters
        ----------
        part : str
            ``"findings"``, or one of :attr:`parts`. Of every teacher:

            - ``answers``: how many are different, how sure they are.
            - ``columns``: for each column how many values it has, what is missing, whether it is
              idle, a twin or an identifier, and how well it tells y alone (AUC, or R2).
            - ``missing``: columns with gaps, by class of y.
            - ``repeats``: rows that come more than once, in X and among the test rows.
            - ``steadiness``: answers to the same rows.

            Where the truth is known: ``accuracy`` with intervals; of classes ``calibration`` (ECE,
            classwise ECE, Brier score, log loss, likeliest temperature), ``reliability``,
            ``confusion``, ``per_class``, ``classes``, ``label_noise`` (how many labels look
            wrong), ``labels`` (which rows, by position) and ``label_joint``; of a regression
            ``deciles`` and ``errors``. With `test`: ``drift``. With `sensitive`: ``groups`` and
            ``group_differences``.

        Raises
        ------
        ValueError
            If there is no such part.
        """
        check_choice("part", part, (FINDINGS, *self.parts))
        return self.findings.frame() if part == FINDINGS else self.parts[part].copy()

    def evidence(self, code: str) -> pd.DataFrame:
        """Return what was measured for a finding, a row per column, group or row.

        Parameters
        ----------
        code : str
            Of a finding that was made; several of one code stand one after another.

        Raises
        ------
        ValueError
            If there is no such code, or nothing of the kind was found.
        """
        found = self.findings.of(code)
        if not found:
            raise ValueError(
                expected(
                    f"a code that was found ({', '.join(self.findings.codes) or 'none was'})",
                    got=f"{code!r}, which was not found",
                    remedy="What was measured in any case: " + ", ".join(self.parts) + ".",
                )
            )
        return pd.concat([one.table for one in found], ignore_index=True)

    @property
    def headline(self) -> str:
        """What came of it, in one line."""
        counts = [(len(self._only(severity)), severity) for severity in SEVERITIES]
        said = [f"{n} {name}{'s' * (n > 1)}" for n, name in counts if n]
        rows = f"{self.rows:,} rows"
        if self.test_rows:
            rows += f" and {self.test_rows:,} test rows"
        return f"{self.teacher}, looked at on {rows}: {', '.join(said) or 'nothing found'}."

    def _only(self, severity: str) -> Findings:
        return Findings(one for one in self.findings if one.severity == severity)

    @property
    def measured_on(self) -> str:
        """Which rows the figures are of."""
        if any(one.code == "test-rows-taught" for one in self.findings):
            return "test rows, some of which the teacher may have been trained on"
        if self.test_rows:
            return "test rows, which the teacher was not trained on"
        return "rows that the teacher may have been trained on: give test=(X_test, y_test)"

    @property
    def figures(self) -> list[str]:
        """The figures that come first, a line of text each."""
        rows = [
            row
            for name in ("accuracy", "calibration")
            if name in self.parts
            for row in self.parts[name].to_dict("records")
        ]
        return [_line(row) for row in rows if row["measure"] in SHOWN]

    def describe(self) -> str:
        """Return the check as text: the outcome, the figures that come first, the findings."""
        parts = ["\n".join([self.headline, *self.notes])]
        if self.figures:
            parts.append(f"On {self.measured_on}:\n" + "\n".join(f"  {f}" for f in self.figures))
        return "\n\n".join([*parts, repr(self.findings)])

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.check:check")(self)
        return html


def _line(row: Mapping[Any, Any]) -> str:
    """Write one measure with its interval, or with what chance alone would make of it."""
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    text = f"{row['measure']} {value:.4g}"
    if low == low:
        return f"{text} [{low:.4g}, {high:.4g}]"
    return f"{text} (if calibrated {float(row['if calibrated']):.4g})"
