"""What can be asked of a distillation: audits, a report and views, each resolved on first use."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_distill._late import late

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation


class Questions:
    """The part of a distillation that answers questions about its student."""

    @property
    def _d(self) -> Distillation:
        return cast("Distillation", self)

    def fidelity(self, rows: str = "held_out") -> Any:
        """Return the fidelity card: student against teacher on held-out rows.

        Per class, hard (agreement) and soft (KL), with intervals, beside the most common class
        and the same student fitted to the labels without the teacher. Of a regression: R2, RMSE
        and MAE, beside the teacher's mean and that same student.

        Parameters
        ----------
        rows : {"held_out", "all"}
            Which rows to measure on. Where the student was distilled from a sample, rows outside
            of it are held out as well: the card is over all that no student learnt from.
        """
        return self._fidelity if rows == "held_out" else self._measured(rows)

    @cached_property
    def _fidelity(self) -> Any:
        return self._measured("held_out")

    def _measured(self, rows: str) -> Any:
        return late("jupyter_distill.audits.fidelity:fidelity")(self._d, rows)

    def disagreements(self, rows: str = "held_out") -> Any:
        """Return the rows where teacher and student part, worst first, in the owner's frame type.

        Of a regression these are all rows, the largest difference first.

        Parameters
        ----------
        rows : {"held_out", "all"}
            Which rows to look at.
        """
        return late("jupyter_distill.audits.disagreements:disagreements")(self._d, rows)

    def stability(
        self,
        resamples: int = 20,
        *,
        rows: str = "held_out",
        random_state: int | None = None,
        n_jobs: int | None = None,
        progress: bool = True,
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
        """
        return late("jupyter_distill.audits.stability:stability")(
            self._d, resamples, rows, random_state, n_jobs, progress
        )

    def attributions(
        self,
        method: str = "shap",
        *,
        rows: Any = "held_out",
        n: int | None = None,
        background: int = 100,
        scale: str = "auto",
        evaluations: int | None = None,
        seconds: float | None = None,
        random_state: int | None = None,
        progress: bool = True,
        resume: Any = None,
    ) -> Any:
        """Explain teacher and student on the same rows, and say how far their reasons agree.

        The student's SHAP values are exact. The teacher's are so where its kind allows it (sums
        of trees by the package shap, linear models, EBMs); else orders of the columns are sampled.
        The teacher is explained twice, with another seed and background, as no student can agree
        with it more than it does with itself.

        Parameters
        ----------
        method : {"shap", "lime", "surrogate"}
            SHAP values; LIME by its own package; or a local line fitted on rows whose cells were
            all seen, which is steadier.
        rows : {"held_out", "all"} or array of int
            Rows to draw from, by class and by whether the models agree; or their places.
        n : int, optional
            How many: 100, of LIME 20, of the surrogate 50, and fewer where the budget is short.
        background : int, default 100
            Rows that they are compared with, of those that the student learnt from.
        scale : {"auto", "log-odds", "probability"}
            What of the answers is explained. ``"auto"`` takes log-odds, and probabilities where
            the teacher often gives a class none. A regression is explained in its own unit.
        evaluations : int, optional
            Rows that the teacher is asked about, at most: 200,000, and of a teacher that may be
            far away as many as the table has.
        seconds : float, optional
            When to stop, between two questions; what is done is kept.
        random_state : int, optional
            Seed; that of this distillation unless given.
        progress : bool, default True
            Whether to show progress. An interrupt keeps what is done.
        resume : Attributions, optional
            An earlier result that was cut short, or is to be made surer: it is gone on with.
        """
        return late("jupyter_distill.audits.attributions:attributions")(
            self._d,
            method,
            rows=rows,
            n=n,
            background=background,
            scale=scale,
            evaluations=evaluations,
            seconds=seconds,
            random_state=random_state,
            progress=progress,
            resume=resume,
        )

    def report(self, path: str | Path) -> Path:
        """Write one HTML file that shows everything offline, and return its path."""
        written: Path = late("jupyter_distill.exports.report:report")(self._d, path)
        return written

    def view(self) -> Any:
        """Return the view of a notebook: student and disagreements, linked where it is a tree."""
        return late("jupyter_distill.widgets:view")(self._d)
