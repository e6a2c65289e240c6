"""Would other rows have given the same student? Refits on resamples, compared with each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._validation import Refusal, check_choice, check_number, expected
from jupyter_distill.audits._agreement import compared, interval
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._part import Part
from jupyter_distill.audits._recurring import COLUMN, ROOT, overlap, recurring
from jupyter_distill.audits._refits import refits
from jupyter_distill.audits._text import figures
from jupyter_distill.distillation import Distillation, Resamples, Work

Floats = NDArray[np.float64]

LEARNT, SHOWN = 20, 5  # rows below which resamples, and comparisons, say nothing
STEADY, FAIRLY = 0.9, 0.75  # agreement from which answers are called so
SHARED = 0.6  # overlap of columns below which two students give different reasons
LISTED = 3  # columns that are named in the text


@dataclass(frozen=True, eq=False)
class Stability:
    """How far students agree that were fitted to bootstrap resamples of the same rows.

    Two students agree on the share of rows for which they name the same class. Those of a
    regression agree by ``1 - MSE / variance``: the mean squared difference between them against
    the variance of the teacher's numbers, so that 1 means the same, as in R2 to the teacher.

    Attributes
    ----------
    student : str
        What was fitted again.
    regression : bool
        Whether it gives a number.
    where : {"held_out", "all"}
        Rows on which students are compared.
    rows : int
        How many these are.
    pairs : ndarray of shape (B, B)
        Agreement of every two refits.
    agreement : Interval
        Its mean over pairs of different refits, and a 95 % interval by bootstrap over refits; its
        ends are NaN for fewer than 5 refits.
    to_student : ndarray of shape (B,)
        Agreement of each refit with the student itself.
    fidelity : ndarray of shape (B,)
        Of each refit to the teacher: agreement, or R2.
    unanimous : float
        Share of rows for which all refits name the same class; NaN in a regression.
    rmse : float
        Of a regression: root mean squared difference between two refits, in the target's unit,
        on average over pairs; NaN where classes are named.
    overlap : float
        Jaccard index of the columns that two refits use, on average over pairs.
    parts : data frame
        See :meth:`frame`.
    anew : bool
        Whether every resample had rows made anew from the real rows in it, for the teacher to
        label: where rows that were made were learnt from, and the teacher is at hand.
    notes : tuple of str
        What of the distillation was not repeated, and what an interrupt cut short.
    """

    student: str
    regression: bool
    where: str
    rows: int
    pairs: Floats
    agreement: Interval
    to_student: Floats
    fidelity: Floats
    unanimous: float
    rmse: float
    overlap: float
    parts: pd.DataFrame
    anew: bool
    notes: tuple[str, ...]

    @property
    def value(self) -> float:
        """Mean agreement of two refits."""
        return self.agreement.value

    @property
    def refits(self) -> int:
        """How many students were fitted."""
        return len(self.pairs)

    def frame(self) -> pd.DataFrame:
        """Return one row per part that a refit or the student has.

        Returns
        -------
        data frame
            ``kind`` and ``part``; ``share`` of refits that have it; ``in_student``: whether the
            student itself has it. By kind, the most frequent first:

            - ``root``: the column a tree asks about first.
            - ``column``: a column that is used.
            - ``split``: a column a tree asks about further down, told by the columns and sides that
              lead there, in whatever order, e.g. ``age, where age <= and income >``.
            - ``question``: which categories a tree sets apart, where first it asks.
            - ``rule``: a whole rule, told by its columns and sides.
            - ``condition``: what a rule asks of one column.
            - ``coefficient``: of a linear student; ``positive`` is the share of the refits with
              it for which it is above 0.
            - ``term``: of an EBM; ``correlation`` of its shapes, on average over pairs.

            ``threshold`` (the topmost of a tree, the first of a rule list), ``coefficient`` and
            ``importance`` are medians over the refits that have the part; ``_q1`` and ``_q3``
            behind them mark the quartiles. NaN where a part has no such measure.
        """
        return self.parts.copy()

    def describe(self) -> str:
        """Say it in three sentences: the answers, the parts, and what would help."""
        return " ".join((self._answers(), self._columns(), self._verdict()))

    def _answers(self) -> str:
        rows = f"{self.rows:,} {'held-out rows' if self.where == 'held_out' else 'rows'}"
        low, high = self.fidelity.min(), self.fidelity.max()
        known = not np.isnan(self.agreement.low)
        agree = self.agreement.text() if known else f"{self.value:.3f}"
        fidelity = f"{self.fidelity.mean():.3f} ({low:.3f} to {high:.3f})"
        begin = (
            f"The {self.student} was fitted to {self.refits} resamples of its "
            f"{'real rows, with others made anew' if self.anew else 'rows'}: two of these"
        )
        if np.isnan(self.value):
            return f"{begin} refits differ by {self.rmse:.3g} (RMSE) on {rows}."
        if self.regression:
            return (
                f"{begin} refits explain each other's numbers by {agree} (R2) on {rows}, and the "
                f"teacher's by {fidelity}."
            )
        return (
            f"{begin} refits name the same class on {agree} of {rows}, and the teacher's on "
            f"{fidelity}."
        )

    def _columns(self) -> str:
        columns = self.parts[self.parts["kind"] == COLUMN]
        always = columns.loc[columns["share"] == 1, "part"].tolist()
        named, others = ", ".join(always[:LISTED]), len(columns) - len(always)
        if len(always) > LISTED:
            named += f" and {len(always) - LISTED} more"
        text = f"All refits use {named}" if always else "No column is in all refits"
        if others:
            text += (
                f", and some use {others} other{'s' * (others > 1)}"
                if always
                else f", {others} in some"
            )
        text += f"; the columns of two overlap by {self.overlap:.2f} (Jaccard)"
        roots = self.parts[self.parts["kind"] == ROOT]
        if len(roots):
            times = round(roots["share"].iloc[0] * self.refits)
            text += f"; {roots['part'].iloc[0]} is asked first in {times} of {self.refits}"
        return f"{text}."

    def _verdict(self) -> str:
        what = "more rows (the teacher answers unlabelled or made-up ones too) or a smaller size"
        help_ = f"{what} would steady it"
        if np.isnan(self.value):
            return "The teacher says one number of all these rows, so agreement has no scale."
        if self.value < FAIRLY:
            return f"Its answers depend much on the rows it happened to see: {help_}."
        if self.value < STEADY:
            return f"Its answers are fairly steady; {what} may make it steadier."
        if self.overlap < SHARED:
            return (
                "Its answers are steady and its reasons are not, as columns stand in for each "
                f"other: {help_}, and so would leaving some of them out."
            )
        return "Its answers are steady."

    def __repr__(self) -> str:
        notes = "".join(f"\n- {note}" for note in self.notes)
        table = figures(self.parts, 4).to_string(index=False, max_rows=30, na_rep="")
        return f"{self.describe()}{notes}\n\n{table}"

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def stability(
    d: Distillation,
    resamples: int = 20,
    rows: str = "held_out",
    random_state: int | None = None,
    n_jobs: int | None = None,
    progress: bool = True,
    *,
    seconds: float | None = None,
) -> Stability:
    """Fit a distillation's student again to bootstrap resamples, and compare.

    The real rows are drawn. Rows that were made for the student to learn from are made anew from
    those drawn, and the teacher is asked about them; where it may be far away, a made row is
    drawn as often as the real row nearest to it. Family, size, temperature, alpha and techniques
    stay as they were chosen, and assistants as they were taught: what choosing anew would change
    is not in the figures. The result's ``notes`` say what was not repeated.

    Parameters
    ----------
    d : Distillation
        What to look at.
    resamples : int, default 20
        How many refits.
    rows : {"held_out", "all"}
        Rows on which they are compared; nobody learnt from those held out.
    random_state : int, optional
        Seed of the resamples; that of the distillation unless given.
    n_jobs : int, optional
        How many at a time, through the backend of joblib that is active.
    progress : bool, default True
        Whether to show progress.
    seconds : float, optional
        After which no further refit is waited for, once two are done.

    References
    ----------
    B. Efron, R. Tibshirani: An Introduction to the Bootstrap, 1993.
    """
    check_number("resamples", resamples, low=2, integer=True)
    check_choice("rows", rows, ("held_out", "all"))
    if random_state is not None:
        check_number("random_state", random_state, low=0, high=2**32 - 1, integer=True)
    if seconds is not None:
        check_number("seconds", seconds, above=0)
    work = Work(bool(progress), n_jobs)
    shown, targets = d.held_out if rows == "held_out" else (d.table, d.targets)
    drawn = Resamples(d)
    _check_rows(drawn.n_rows, len(shown), rows)
    seed = d.random_state if random_state is None else random_state
    first, *seeds = np.random.SeedSequence(seed).spawn(resamples + 1)
    found = refits(d, shown, seeds, work, drawn, seconds)
    said = np.array([refit.said for refit in found])
    says = [refit.explanation for refit in found]
    measures = compared(said, d.student.output(shown), targets)
    apart = ~np.eye(len(said), dtype=bool)
    return Stability(
        student=d.title,
        regression=d.task == "regression",
        where=rows,
        rows=len(shown),
        agreement=interval(measures["pairs"], np.random.default_rng(first)),
        overlap=float(overlap(says)[apart].mean()),
        parts=recurring(says, d.explanation()),
        anew=drawn.anew,
        notes=(*drawn.notes, *work.notes),
        **measures,
    )


def _check_rows(learnt: int, shown: int, rows: str) -> None:
    if learnt < LEARNT:
        what = f"a student that learnt from at least {LEARNT} real rows, to resample them"
        remedy = "Distil with more rows: the teacher can label them."
        raise Refusal(expected(what, got=f"{learnt}", remedy=remedy))
    if shown < SHOWN:
        what = f"at least {SHOWN} rows to compare on"
        raise Refusal(expected(what, got=f"{shown} with rows={rows!r}", remedy='Take rows="all".'))


PART = Part(
    90,
    "Would other rows have given the same student?",
    lambda d, asked, left: stability(
        *(d, asked.resamples, asked.rows, asked.random_state, None, asked.progress), seconds=left
    ),
)
