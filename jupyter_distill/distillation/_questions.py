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

    def report(self, path: str | Path) -> Path:
        """Write one HTML file that shows everything offline, and return its path."""
        written: Path = late("jupyter_distill.exports.report:report")(self._d, path)
        return written

    def export(self, format: str, path: str | Path | None = None, **options: Any) -> Any:
        """Write the student as code or text that needs nothing of this package.

        What was written is run on all held-out rows, and on rows made up at its thresholds, before
        it is given back: it answers as the student does, or an error names the first row where it
        does not.

        Parameters
        ----------
        format : str
            ``"python"``, ``"sql"``, ``"json"``, ``"onnx"``, ``"markdown"`` or ``"text"``.
        path : str or Path, optional
            File to write it to as well.
        **options
            Other `rows` to check it on, the `name` to give it, and what the format takes: see
            :func:`jupyter_distill.exports.code.export`.

        Returns
        -------
        Export
            The text, or the bytes of a model; ``describe()`` says what was checked.
        """
        return late("jupyter_distill.exports.code:export")(self._d, format, path, **options)

    def view(self) -> Any:
        """Return the view of a notebook: student and disagreements, linked where it is a tree."""
        return late("jupyter_distill.widgets:view")(self._d)
