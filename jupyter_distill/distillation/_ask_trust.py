"""What can be asked of a distillation: reasons, expectations, groups of people, one decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_distill._late import late
from jupyter_distill.distillation._mixin import Mixin


class AsksTrust(Mixin):
    """Whether the student can be trusted, and the account of one decision."""

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

    def expectations(
        self,
        expectations: Any,
        *,
        rows: str = "held_out",
        n: int = 200,
        grid: int = 20,
        tolerance: float = 0.01,
        evaluations: int | None = None,
        progress: bool = True,
    ) -> Any:
        """Say whether teacher and student behave as people who know the field expect.

        Rows are moved, all else equal, through observed values of a column (ICE); of the student
        directions are proven where its family allows it. Of columns that should have no part it is
        measured how well those that a model reads tell them.

        Parameters
        ----------
        expectations : Expectations or dict
            By column: ``Expectations(income="+", age=None, postcode="unused")``;
            ``age={"max_share": 0.1}`` limits its share of the SHAP values.
        rows : {"held_out", "all"}
            Rows to draw from.
        n, grid : int
            How many rows are moved, and through how many values.
        tolerance : float, default 0.01
            How far an answer may turn back for its direction to be nearly met: a probability, or
            a share of the standard deviation of the teacher's numbers.
        evaluations : int, optional
            Moved rows that the teacher is asked about, at most: 100,000; of one that may be far
            away 2,000, or as many as there are rows. For shares as many again: see
            :meth:`attributions`.
        progress : bool, default True
            Whether to show progress. An interrupt keeps the columns that are done.
        """
        return late("jupyter_distill.audits.expectations:expectations")(
            self._d, expectations, rows, n, grid, tolerance, evaluations, progress
        )

    def bias(
        self,
        sensitive: Any,
        *,
        rows: str = "held_out",
        intersections: bool = True,
        least: int = 30,
        of_class: Any = None,
    ) -> Any:
        """Say how teacher and student treat groups of people, and what the student inherited.

        Rates and errors by group and intersection, and the gap between each group and all others:
        inherited, softened, worse or new, where that is more than chance.

        Parameters
        ----------
        sensitive : str, sequence of str, Series, data frame, array, or tuple of two of the latter
            Names of columns, or values beside the rows (and beside the test rows).
        rows : {"held_out", "all"}
            Which rows.
        intersections : bool, default True
            Whether columns are also looked at two by two, and all together.
        least : int, default 30
            Rows of a group below which it is listed and not judged.
        of_class : label, optional
            The class whose rates are looked at; of two the second unless given, of more all.
        """
        return late("jupyter_distill.audits.bias:bias")(
            self._d, sensitive, rows, intersections, least, of_class
        )

    def compare(
        self,
        resamples: int = 20,
        *,
        rows: str = "held_out",
        n: int = 100,
        grid: int = 10,
        random_state: int | None = None,
        n_jobs: int | None = None,
        progress: bool = True,
    ) -> Any:
        """Compare the student with the same student fitted to the truth (distil and compare).

        Which columns the teacher leans on more, or less, than the truth asks for; splits, rules
        or terms that only one of the two has; how far their answers part.

        Parameters
        ----------
        resamples : int, default 20
            Refits of each, which tell differences from chance.
        rows : {"held_out", "all"}
            Rows to compare on.
        n, grid : int
            Rows that are moved through each column, and through how many values.
        random_state : int, optional
            Seed; that of this distillation unless given.
        n_jobs : int, optional
            Fits at a time. An interrupt keeps the refits that are done.
        progress : bool, default True
            Whether to show progress.
        """
        return late("jupyter_distill.audits.compare:compare")(
            self._d, resamples, rows, n, grid, random_state, n_jobs, progress
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
        reasons: Any = True,
        ask: bool = True,
        evaluations: int | None = None,
    ) -> Any:
        """Return the account of one decision, or of many: the exact rule, and how far to trust it.

        The student's rule or sum in the owner's words, applied to the row again; the rows that it
        stands on and fidelity among them; what the teacher says; the margin to each threshold; the
        smallest change that gives another decision; the columns by what they add.

        Parameters
        ----------
        row : int, str, dict, frame, array of two axes, or list of int, str or dict
            A position among the rows that were distilled from; where the index of the pandas frame
            X is of texts, the label of a row; or a new row. Of a list or a frame of many rows, all
            of them.
        index : label or list of labels, optional
            In place of `row`: the label of a row in the index of the pandas frame X, which may be
            a number too.
        immutable : sequence of str
            Columns that may not change.
        limits : dict, optional
            Per column where it may go: ``(low, high)``, ``"+"``, ``"-"``, or of a category a list.
        target : class, list of classes, or (low, high), optional
            The decision that is wanted; of a regression the range of the prediction.
        fill_missing : bool, default False
            Whether a change may fill in a missing value.
        reasons : bool, {"shap", "lime", "surrogate"} or several of these, default True
            Whether to say how much each column adds to the student's decision; by these methods
            also of the teacher.
        ask : bool, default True
            Whether the teacher may be asked about rows that it has not answered.
        evaluations : int, optional
            Rows that it is asked about by each of these methods, at most: 20,000 for each row; of
            one that may be far away 2,000 for each row, and for several no more than the table
            has, or 2,000; and no more than it answers in about 10 seconds.
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
            evaluations=evaluations,
        )

    def audit(
        self,
        sensitive: Any = None,
        expectations: Any = None,
        *,
        rows: str = "held_out",
        only: Sequence[str] | None = None,
        seconds: float | None = 300.0,
        explained: int = 50,
        evaluations: int | None = None,
        resamples: int = 10,
        random_state: int | None = None,
        progress: bool = True,
    ) -> Any:
        """Look at everything that says whether this student can be trusted, within a budget.

        Parameters
        ----------
        sensitive : column names, array, data frame or mapping, optional
            By which groups of people are told apart; see :meth:`bias`.
        expectations : Expectations, optional
            What the owner expects of each column; see :meth:`expectations`.
        rows : {"held_out", "all"}
            Rows to measure on.
        only : sequence of str, optional
            Parts to do; all, unless given.
        seconds : float or None, default 300
            Time after which no part is begun any more; None: as long as it takes.
        explained : int, default 50
            Rows whose reasons are looked at, in both models.
        evaluations : int, optional
            Rows that the teacher may be asked about, by each part that asks it; by default up to
            200,000, and fewer where it may be a service that costs.
        resamples : int, default 10
            Refits by which stability is measured.
        random_state : int, optional
            Seed; that of this distillation unless given.
        progress : bool, default True
            Whether to show progress. An interrupt keeps what is done, and ends the audit.

        Returns
        -------
        Audit
            The findings of all parts, each part by name, and what was not done, and why. Where an
            error ends it, what was done before is the ``audit`` of that error.
        """
        asked = late("jupyter_distill.audits.audit:Scope")(
            *(rows, sensitive, expectations, explained, evaluations, resamples),
            self._d.random_state if random_state is None else random_state,
            progress,
        )
        run = late("jupyter_distill.audits.audit:audit")
        return run(self._d, only=only, seconds=seconds, asked=asked)
