"""What can be asked of a distillation: how faithful its student is, and where it is not."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from jupyter_distill._late import late
from jupyter_distill.distillation._mixin import Mixin


class AsksFidelity(Mixin):
    """How faithful the student is, where it is not, and whether other rows would tell otherwise."""

    def fidelity(self, rows: str = "held_out") -> Any:
        """Return the fidelity card: student against teacher on held-out rows.

        Per class, hard (agreement) and soft (KL), with intervals, beside the most common class
        and the same student fitted to the labels without the teacher. Of a regression: R2, RMSE
        and MAE, beside the teacher's mean and that same student. All other measures are those of
        :meth:`measures`; where the student is weak is said by :meth:`segments` and
        :meth:`regions`.

        Parameters
        ----------
        rows : {"held_out", "all"}
            Which rows to measure on. Where the student was distilled from a sample, rows outside
            of it are held out as well: the card is over all that no student learnt from.
        """
        if isinstance(rows, str) and rows == "held_out":
            return self._fidelity
        return self._measured(rows)

    @cached_property
    def _fidelity(self) -> Any:
        return self._measured("held_out")

    def _measured(self, rows: str) -> Any:
        return late("jupyter_distill.audits.fidelity:fidelity")(self._d, rows)

    def measures(self, rows: str = "held_out") -> Any:
        """Return every measure of the student, to the teacher and to the truth, with intervals.

        Hard (agreement, balanced agreement), soft (KL, Brier, R2 of log-odds) and as a ranking
        (AUC); accuracy, ECE, log loss and Brier against the truth. All beside the same student
        fitted to the labels, the most common class, the teacher, and the best possible tree of
        this size where all can be tried. Of a regression: R2, RMSE, MAE and Spearman.

        Parameters
        ----------
        rows : {"held_out", "all"}
            Which rows to measure on; of a sample of more rows, those of the sample.
        """
        return late("jupyter_distill.audits.measures:measures")(self._d, rows)

    def segments(
        self,
        rows: str = "held_out",
        pairs: bool = True,
        least: int = 30,
        measure: str | None = None,
        top: int | None = None,
    ) -> Any:
        """Measure the student in each category, each quarter of a number, and pairs of them.

        Worst first, each beside all other rows, with p-values for so many segments.

        Parameters
        ----------
        rows : {"held_out", "all"}
            Which rows to measure on; of a sample of more rows, those of the sample.
        pairs : bool, default True
            Whether segments of two columns are looked at too.
        least : int, default 30
            Rows below which a segment is left out.
        measure : {"agreement", "kl", "accuracy"}, optional
            What they are ordered and tested by; agreement unless given. Of a regression, RMSE.
        top : int, optional
            How many to keep; all unless given.
        """
        ask = late("jupyter_distill.audits.segments:segments")
        return ask(self._d, rows, pairs, least, measure, top)

    def regions(self, max_regions: int = 6, rows: str = "held_out") -> Any:
        """Return regions where teacher and student part more often, each as a rule.

        A small tree seeks them on the rows that the student learnt from; their rates are measured
        on held-out rows, with intervals, and who is right there.

        Parameters
        ----------
        max_regions : int, default 6
            How many at most.
        rows : {"held_out", "all"}
            Rows to measure on. Of all rows a random half is measured, and the other one sought on.
        """
        if isinstance(rows, str) and (max_regions, rows) == (6, "held_out"):
            return self._regions
        return late("jupyter_distill.audits.regions:regions")(self._d, max_regions, rows)

    @cached_property
    def _regions(self) -> Any:
        return late("jupyter_distill.audits.regions:regions")(self._d)

    def reliability(self, rows: str = "held_out") -> Any:
        """Say whether the student's probabilities, or its numbers, can be taken at their word.

        ECE, classwise ECE, Brier, log loss and reliability curves of student, labels-only student
        and teacher against the truth, and of the student against the teacher's probabilities.

        Parameters
        ----------
        rows : {"held_out", "all"}
            Which rows to measure on; of a sample of more rows, those of the sample.
        """
        return late("jupyter_distill.audits.reliability:reliability")(self._d, rows)

    def disagreements(self, rows: str = "held_out", region: Any = None) -> Any:
        """Return the rows where teacher and student part, worst first, in the owner's frame type.

        Of a regression these are all rows, the largest difference first.

        Parameters
        ----------
        rows : {"held_out", "all"}
            Which rows to look at.
        region : int, str or Region, optional
            Only those in a region of :meth:`regions`: itself, its number or its rule.
        """
        return late("jupyter_distill.audits.disagreements:disagreements")(self._d, rows, region)

    def stability(
        self,
        resamples: int = 20,
        *,
        rows: str = "held_out",
        random_state: int | None = None,
        n_jobs: int | None = None,
        progress: bool = True,
        seconds: float | None = None,
    ) -> Any:
        """Say whether other rows would have given the same student.

        It is fitted again, with the same settings, to bootstrap resamples of the real rows that it
        learnt from, with rows made anew where it learnt from such: how far the refits agree, and
        which splits, rules or terms recur. Assistants are not taught again.

        Parameters
        ----------
        resamples : int, default 20
            How many refits.
        rows : {"held_out", "all"}
            Rows on which they are compared.
        random_state : int, optional
            Seed of the resamples; that of this distillation unless given. The same seed gives the
            same to the bit, whatever `n_jobs`.
        n_jobs : int, optional
            How many at a time, through the backend of joblib that is active. An interrupt keeps
            the refits that are done.
        progress : bool, default True
            Whether to show progress.
        seconds : float, optional
            After which no further refit is waited for, once two are done.
        """
        return late("jupyter_distill.audits.stability:stability")(
            self._d, resamples, rows, random_state, n_jobs, progress, seconds=seconds
        )
