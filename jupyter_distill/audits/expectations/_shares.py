"""Whether a column has no more of the reasons than it may have, in teacher and student."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jupyter_distill._shares import UNIT, percent
from jupyter_distill._validation import Refusal, expected
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._models import STUDENT, TEACHER
from jupyter_distill.audits.attributions import Attributions, attributions
from jupyter_distill.audits.attributions._explained import Attribution
from jupyter_distill.audits.attributions._plan import TooFew
from jupyter_distill.audits.expectations._judged import MET, NEARLY, READ, UNKNOWN, VIOLATED
from jupyter_distill.audits.expectations._sampled import share_of
from jupyter_distill.distillation import Distillation
from jupyter_distill.expectations import Expectation
from jupyter_distill.findings import Finding

NAN = float("nan")
ROWS = 100  # that are explained, at most


@dataclass(frozen=True)
class Share:
    """What part of all reasons a column has in one model, and what it may have.

    Attributes
    ----------
    column : str
        Its name.
    most : float
        The share that it may have.
    model : {"teacher", "student"}
        Who is looked at.
    verdict : {"met", "nearly met", "violated", "unknown"}
        ``"nearly met"``: it has more, which may be chance of the rows or of the sampling.
    method : str
        How that is known; of an unknown verdict, why.
    share, low, high : float
        Mean absolute SHAP value of the column over rows and scores, as a share of the sum over
        all columns, with its 95 % interval over the rows. Of values that were sampled the noise
        is taken off, which makes absolute values larger, and its error is in the interval.
    rank : int
        Its place among the columns, from 1; 0 where it is not known.
    rows : int
        Rows that were explained.
    """

    column: str
    most: float
    model: str
    verdict: str
    method: str
    share: float = NAN
    low: float = NAN
    high: float = NAN
    rank: int = 0
    rows: int = 0

    @property
    def text(self) -> str:
        """The judgement in words."""
        if self.verdict == UNKNOWN:
            return f"{self.model} unknown, as {self.method}"
        if self.method == READ:
            return f"{self.model} {self.verdict} ({self.method})"
        had = Interval(100 * self.share, 100 * self.low, 100 * self.high).text(1)
        return f"{self.model} {self.verdict}, it has {had}{UNIT} ({self.method})"


@dataclass(frozen=True)
class Shares:
    """Every share that is limited, and what finding it took."""

    judged: tuple[Share, ...] = ()
    asked: int = 0
    notes: tuple[str, ...] = ()


def shares(
    d: Distillation,
    looked: Sequence[Expectation],
    rows: str,
    n: int,
    evaluations: int | None,
    progress: bool,
) -> Shares:
    """Explain both models by SHAP values, and hold the shares of columns against their limits.

    Raises
    ------
    ValueError
        If the evaluations are not enough to explain one row.
    """
    wanted = [one for one in looked if one.most is not None]
    if not wanted:
        return Shares()
    try:
        n = min(n, ROWS)
        found = attributions(d, rows=rows, n=n, evaluations=evaluations, progress=progress)
    except TooFew as error:
        if evaluations is None:
            raise
        what = "evaluations enough to explain the teacher, for max_share"
        remedy = "Raise evaluations=."
        raise Refusal(expected(what, got=f"{evaluations}", remedy=remedy)) from error
    judged = [
        _judged(d, found, one, model, of)
        for one in wanted
        for model, of in ((TEACHER, found.teacher), (STUDENT, found.student))
    ]
    asked = sum(of.evaluations for of in (found.teacher, found.again) if of is not None)
    # who was not explained is said with the verdict
    notes = tuple(note for note in found.notes if note != found.alone)
    return Shares(tuple(judged), asked, notes)


def unasked(looked: Sequence[Expectation], why: str) -> Shares:
    """Return the same where nothing was explained, and why."""
    return Shares(
        tuple(
            Share(one.column, one.most, model, UNKNOWN, why)
            for one in looked
            if one.most is not None
            for model in (TEACHER, STUDENT)
        )
    )


def _judged(
    d: Distillation, found: Attributions, one: Expectation, model: str, of: Attribution | None
) -> Share:
    assert one.most is not None
    about = (one.column, one.most, model)
    if of is None:
        return Share(*about, UNKNOWN, d.silence)
    read = found.frame().set_index("column").loc[one.column]
    if model == STUDENT and not read["used"]:
        return Share(*about, MET, READ, 0.0, 0.0, 0.0, 0, len(found.index))
    share, low, high = share_of(of.values, of.error, one.feature, d.random_state)
    if np.isnan(share):  # a model that says the same of every row has no reasons
        share = low = high = 0.0
    verdict = MET if share <= one.most else VIOLATED if low > one.most else NEARLY
    rank = int((of.sizes > of.sizes[one.feature]).sum()) + 1
    n = len(found.index)
    method = f"SHAP values of {n:,} rows, {of.explainer}"
    return Share(*about, verdict, method, share, low, high, rank, n)


def found_in_shares(judged: Sequence[Share]) -> Iterator[Finding]:
    """Return a finding per model that leans on columns more than it may."""
    for model in (TEACHER, STUDENT):
        of = [one for one in judged if one.model == model]
        broken = [one for one in of if one.verdict == VIOLATED]
        if not broken:
            continue
        worst = max(broken, key=lambda one: one.share - one.most)
        had = f"{percent(worst.share)} [{percent(worst.low)}, {percent(worst.high)}]"
        yield Finding(
            "expectation-violated",
            f"The {model} leans on {len(broken)} of {len(of)} columns more than it may, the most "
            f"on {worst.column}: it has {had} of all reasons, and may have {percent(worst.most)}.",
            {
                "model": model,
                "column": worst.column,
                "share": worst.share,
                "low": worst.low,
                "high": worst.high,
                "max_share": worst.most,
                "rank": worst.rank,
                "rows": worst.rows,
            },
            "Look what it does in .attributions() and certificates; a student without it is "
            f"distilled with constraints=Constraints(forbid=[{worst.column!r}]).",
            pd.DataFrame([vars(one) for one in of]),
        )
