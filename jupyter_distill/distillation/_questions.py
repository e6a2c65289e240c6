"""What can be asked of a distillation: audits, a report and views, each resolved on first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

    def certificate(
        self,
        row: Any = None,
        *,
        index: Any = None,
        immutable: Sequence[str] = (),
        limits: Mapping[str, Any] | None = None,
        target: Any = None,
        fill_missing: bool = False,
        reasons: bool = True,
        ask: bool = True,
    ) -> Any:
        """Return the account of one decision, or of many: the exact rule, and how far to trust it.

        The student's rule or sum in the owner's words, applied to the row again; the rows that it
        stands on and fidelity among them; what the teacher says; the margin to each threshold; the
        smallest change that gives another decision; the columns by what they add.

        Parameters
        ----------
        row : int, dict, frame, array of two axes, or list of int or dict
            A position among the rows that were distilled from, or a new row; of a list or a frame
            of many rows, all of them.
        index : label or list of labels, optional
            In place of `row`: the label of a row in the index of the pandas frame X.
        immutable : sequence of str
            Columns that may not change.
        limits : dict, optional
            Per column where it may go: ``(low, high)``, ``"+"``, ``"-"``, or of a category a list.
        target : class, list of classes, or (low, high), optional
            The decision that is wanted; of a regression the range of the prediction.
        fill_missing : bool, default False
            Whether a change may fill in a missing value.
        reasons : bool, default True
            Whether to say how much each column adds to the decision.
        ask : bool, default True
            Whether the teacher may be asked about rows that it has not answered.
        """
        return late("jupyter_distill.audits.certificate:certificate")(
            self._d,
            row,
            index=index,
            immutable=immutable,
            limits=limits,
            target=target,
            fill_missing=fill_missing,
            reasons=reasons,
            ask=ask,
        )

    def report(self, path: str | Path) -> Path:
        """Write one HTML file that shows everything offline, and return its path."""
        written: Path = late("jupyter_distill.exports.report:report")(self._d, path)
        return written

    def view(self) -> Any:
        """Return the view of a notebook: student and disagreements, linked where it is a tree."""
        return late("jupyter_distill.widgets:view")(self._d)
