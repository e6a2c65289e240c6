"""What can be asked of a distillation: audits, a report and views, each resolved on first use."""

from __future__ import annotations

from collections.abc import Sequence
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
        and MAE, beside the teacher's mean and that same student. All other measures are those of
        :meth:`measures`; where the student is weak is said by :meth:`segments` and
        :meth:`regions`.

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
        if (max_regions, rows) == (6, "held_out"):
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

    def expectations(
        self,
        expectations: Any,
        *,
        rows: str = "held_out",
        n: int = 200,
        grid: int = 20,
        tolerance: float = 0.01,
        budget: int | None = None,
        progress: bool = True,
    ) -> Any:
        """Say whether teacher and student behave as people who know the field expect.

        Rows are moved, all else equal, through observed values of a column (ICE); of the student
        directions are proven where its family allows it.

        Parameters
        ----------
        expectations : Expectations or dict
            By column: ``Expectations(income="+", age=None, postcode="unused")``.
        rows : {"held_out", "all"}
            Rows to draw from.
        n, grid : int
            How many rows are moved, and through how many values.
        tolerance : float, default 0.01
            How far an answer may turn back for its direction to be nearly met: a probability, or
            a share of the standard deviation of the teacher's numbers.
        budget : int, optional
            Moved rows that the teacher is asked about, at most: 100,000; of one that may be far
            away 2,000, or as many as there are rows.
        progress : bool, default True
            Whether to show progress. An interrupt keeps the columns that are done.
        """
        return late("jupyter_distill.audits.expectations:expectations")(
            self._d, expectations, rows, n, grid, tolerance, budget, progress
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

    def audit(
        self,
        sensitive: Any = None,
        expectations: Any = None,
        *,
        rows: str = "held_out",
        only: Sequence[str] | None = None,
        seconds: float | None = 300.0,
        explained: int = 50,
        evaluations: int = 200_000,
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
        evaluations : int, default 200_000
            Rows that the teacher may be asked about, by each part that asks it.
        resamples : int, default 10
            Refits by which stability is measured.
        random_state : int, optional
            Seed; that of this distillation unless given.
        progress : bool, default True
            Whether to show progress. An interrupt keeps the parts that are done.

        Returns
        -------
        Audit
            The findings of all parts, each part by name, and what was not done, and why.
        """
        asked = late("jupyter_distill.audits.audit:Scope")(
            *(rows, sensitive, expectations, explained, evaluations, resamples),
            self._d.random_state if random_state is None else random_state,
            progress,
        )
        run = late("jupyter_distill.audits.audit:audit")
        return run(self._d, only=only, seconds=seconds, asked=asked)

    def report(self, path: str | Path, *, audit: Any = None, date: Any = None) -> Path:
        """Write one HTML file that shows everything offline, and return its path.

        Parameters
        ----------
        path : str or Path
            Where to; an existing file is replaced.
        audit : Audit, optional
            What :meth:`audit` found, to be shown as well.
        date : datetime, date or str, optional
            The date that it states; now, unless given. The same distillation and date give the
            same bytes.
        """
        written: Path = late("jupyter_distill.exports.report:report")(self._d, path, audit, date)
        return written

    def save(self, path: str | Path) -> Path:
        """Write all of this to one file that :func:`jupyter_distill.load` shows again.

        An open format without code: a ZIP of JSON (settings, students, what was tried), Arrow
        (rows, answers) and safetensors (weights of nets). The rows are in it, so that it can be
        looked at and fitted again elsewhere; the teacher is not, nor the partitions that a sample
        was drawn from, nor assistants that are no students of a family. Needs the extra ``store``.

        Parameters
        ----------
        path : str or Path
            Where to, e.g. ``"loans.distill"``; an existing file is replaced, as a whole.

        Returns
        -------
        Path
            The file that was written.

        Raises
        ------
        TypeError
            If a student is of a class of your own, or rows are of a type that cannot be read back.
        FileNotFoundError
            If the folder does not exist.
        """
        written: Path = late("jupyter_distill.saving:save")(self._d, path)
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
