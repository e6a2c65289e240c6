"""Do teacher and student have the same reasons? SHAP, LIME or a local surrogate of both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._validation import Refusal, check_choice, check_number, expected
from jupyter_distill.audits._labels import labels_of
from jupyter_distill.audits._part import Part, Scope
from jupyter_distill.audits.attributions import _local_run, _shap_run
from jupyter_distill.audits.attributions._alike import compared, notable
from jupyter_distill.audits.attributions._cost import usual
from jupyter_distill.audits.attributions._explained import Attribution
from jupyter_distill.audits.attributions._found import found_in
from jupyter_distill.audits.attributions._plan import EVALUATIONS, Budget, Plan, make_plan, why_not
from jupyter_distill.audits.attributions._row import RowReasons
from jupyter_distill.audits.attributions._score_scale import Scale, scale_of
from jupyter_distill.audits.attributions._text import described
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation, Work
from jupyter_distill.expectations import as_expectations
from jupyter_distill.findings import Findings
from jupyter_distill.students import used_columns

Floats = NDArray[np.float64]

METHODS = ("shap", "lime", "surrogate")
ROWS = {"shap": 100, "lime": 20, "surrogate": 50}
UNUSED = 0.02  # share of the teacher's reasons above which it uses a column


@dataclass(frozen=True, eq=False, repr=False)
class Attributions:
    """The reasons of two models for the same rows, and how far they agree.

    Attributes
    ----------
    method : {"shap", "lime", "surrogate"}
        How they were found.
    scale : Scale
        Of which scores; ``scale.words`` says it.
    columns : tuple of str
        In the order of the values.
    index : ndarray
        What the owner calls the rows: the index of a pandas frame, else their places.
    student : Attribution
    teacher : Attribution or None
        None where the teacher cannot be asked about rows that are put together.
    again : Attribution or None
        The teacher once more, with another seed and against other rows: how far it agrees with
        itself is what agreement can be measured against.
    background : int
        How many rows the rows were compared with.
    scores : ndarray of shape (n, J)
        What decides (the teacher; the student where there is none) says of the rows.
    notes : tuple of str
        What was left out, and why.
    alone : str or None
        Why only the student was explained, which is one of the notes; None where both were.
    findings : Findings
        What the person should know.
    """

    method: str
    scale: Scale
    columns: tuple[str, ...]
    index: NDArray[Any]
    student: Attribution
    teacher: Attribution | None
    again: Attribution | None
    background: int
    scores: Floats
    notes: tuple[str, ...]
    _table: Table
    _reads: NDArray[np.bool_]
    _seed: int
    _run: Any = field(repr=False)
    alone: str | None = None
    findings: Findings = Findings()

    @property
    def _models(self) -> dict[str, Attribution]:
        both = {"teacher": self.teacher, "student": self.student}
        return {who: of for who, of in both.items() if of is not None}

    @property
    def distillation(self) -> Distillation:
        """Whose two models these are."""
        plan: Plan = self._run.plan
        return plan.d

    @property
    def places(self) -> NDArray[np.intp]:
        """Positions of the rows in the owner's X."""
        return np.asarray(self._run.rows, dtype=np.intp)

    @cached_property
    def decided(self) -> NDArray[np.intp]:
        """The score of each row that agreement is measured on: of several, the teacher's class."""
        return self.scale.decided(self.scores)

    def frame(self) -> pd.DataFrame:
        """Return one row per column, what matters most to the teacher first.

        Columns: ``column``; of each model (``teacher``, ``student``) the mean absolute value over
        rows and scores, its ``_share`` of all columns and ``_rank``; ``sign_agreement``, of the
        rows in which both give it more than 5 % of their reasons, the share in which it pushes
        the same way; ``used`` by the student at all; ``ignored``, where the teacher gives it more
        than 2 % of its reasons, both times, and the student does not use it.
        """
        data: dict[str, Any] = {"column": list(self.columns)}
        for who, of in self._models.items():
            data |= {who: of.sizes, f"{who}_share": of.shares}
            data[f"{who}_rank"] = pd.Series(-of.sizes).rank(method="min").astype(int).to_numpy()
        data["sign_agreement"] = self._signs()
        data["used"] = self._reads
        data["ignored"] = self._ignored
        first = next(iter(self._models))
        frame = pd.DataFrame(data).sort_values(first, ascending=False, kind="stable")
        return frame.reset_index(drop=True)

    @property
    def _ignored(self) -> NDArray[np.bool_]:
        nothing = np.zeros(len(self.columns), dtype=bool)
        both = [of.shares > UNUSED for of in (self.teacher, self.again) if of is not None]
        return np.logical_and.reduce([*both, ~self._reads]) if self.teacher else nothing

    def _signs(self) -> Floats:
        if self.teacher is None:
            return np.full(len(self.columns), np.nan)
        one, other = (of.of_scores(self.decided) for of in (self.teacher, self.student))
        both = notable(one) & notable(other)
        same = (both & (np.sign(one) == np.sign(other))).sum(0)
        with np.errstate(invalid="ignore"):
            return np.asarray(same / np.where(both.any(0), both.sum(0), np.nan))

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that the teacher uses and the student does not, the most important first."""
        frame = self.frame()
        return tuple(frame.loc[frame["ignored"], "column"])

    def of(self, row: Any, output: str | None = None) -> pd.DataFrame:
        """Return the reasons for one row, the teacher's largest first.

        Parameters
        ----------
        row : label
            One of `index`.
        output : str, optional
            Of several classes the one whose score is explained; that of the teacher unless given.

        Returns
        -------
        data frame
            ``column``, ``value`` (as its owner wrote it), ``teacher`` and ``student``, each with
            its ``_error`` where it is not exact.
        """
        return self.at(self._place(row), output)

    def at(self, place: int, output: str | None = None) -> pd.DataFrame:
        """Return the same as :meth:`of` by the place of the row among those explained."""
        which = int(self.decided[place])
        if output is not None:
            which = self.scale.outputs.index(check_choice("output", output, self.scale.outputs))
        values = [self._table.cell(place, j) for j in range(len(self.columns))]
        data: dict[str, Any] = {"column": list(self.columns), "value": values}
        for who, of in self._models.items():
            data[who] = of.values[place, :, which]
            if of.error is not None:
                data[f"{who}_error"] = of.error[place, :, which]
        first = next(iter(self._models))
        frame = pd.DataFrame(data)
        frame["value"] = frame["value"].astype(object)
        order = np.argsort(-np.abs(frame[first].to_numpy()), kind="stable")
        return frame.iloc[order].reset_index(drop=True)

    def row(self, row: Any, output: str | None = None, *, place: int | None = None) -> RowReasons:
        """Return the same of one row as a result that shows itself, both models side by side.

        Of rows with the same label `place` says which one is meant.
        """
        at = self._place(row) if place is None else place
        which = int(self.decided[at])
        words = self.scale.of_output(output or self.scale.outputs[which])
        teacher = None if self.teacher is None else self.teacher.model
        return RowReasons(row, words, teacher, self.student.model, self.at(at, output))

    def _place(self, row: Any) -> int:
        found = [i for i, label in enumerate(self.index.tolist()) if label == row]
        if not found:
            what = "one of the rows that were explained (see .index)"
            raise KeyError(expected(what, got=repr(row)))
        return found[0]

    def agreement(self) -> pd.DataFrame:
        """Return how far student and teacher agree in their reasons, beside the noise floor.

        Returns
        -------
        data frame
            A row per ``measure`` (see `measures`): ``value`` with its 95 % interval over the rows,
            ``low`` to ``high``; ``floor``, the same of the teacher with itself at another seed
            and background; ``gap``, by how much agreement is less, row by row; ``p``, how likely
            chance alone makes it so much less, adjusted for the number of measures (Holm);
            ``below_floor``, whether that is less than 1 %. Of several classes the score of the
            teacher's class is compared.

        Raises
        ------
        ValueError
            If only the student was explained.

        References
        ----------
        S. Krishna et al.: The disagreement problem in explainable machine learning, 2022.
        """
        if self.teacher is None:
            what = "a teacher that was explained beside its student"
            raise Refusal(expected(what, got="the student alone", remedy=self.alone or ""))
        return self._agreement.copy()

    @cached_property
    def _agreement(self) -> pd.DataFrame:
        assert self.teacher is not None
        again = None if self.again is None else self.again.of_scores(self.decided)
        one, other = (of.of_scores(self.decided) for of in (self.teacher, self.student))
        return compared(one, other, again, self._seed)

    def chart(self) -> Any:
        """Return an Altair chart of :meth:`frame`, drawn offline too; needs extra ``charts``."""
        return late("jupyter_distill.exports.vega_audits:attributions_chart")(self)

    def describe(self) -> str:
        """Say it in a few sentences: of what, how far they agree, and what is ignored."""
        return described(self)

    def __repr__(self) -> str:
        notes = "".join(f"\n- {note}" for note in self.notes)
        what = f"\n{self.findings!r}" if self.findings else ""
        table = self.frame().to_string(index=False, max_rows=30, float_format="{:.3g}".format)
        return f"{self.describe()}{notes}{what}\n\n{table}"

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html

    def view(self, **chosen: Any) -> Any:
        """Return the view of a notebook; `chosen` is what it starts with, e.g. ``row=17``."""
        return late("jupyter_distill.widgets.audit:AuditView")(self, **chosen)


def attributions(
    d: Distillation,
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
    resume: Attributions | None = None,
) -> Attributions:
    """Explain teacher and student on the same rows, and compare their reasons.

    See :meth:`Distillation.attributions` for the parameters.

    References
    ----------
    S. M. Lundberg, S.-I. Lee: A unified approach to interpreting model predictions, 2017.
    """
    check_choice("method", method, METHODS)
    if n is not None:
        check_number("n", n, low=1, integer=True)
    check_number("background", background, low=2, integer=True)
    if seconds is not None:
        check_number("seconds", seconds, above=0)
    if evaluations is not None:
        check_number("evaluations", evaluations, low=1, integer=True)
    if random_state is not None:
        check_number("random_state", random_state, low=0, high=2**32 - 1, integer=True)
    earlier = None if resume is None else _earlier(resume, d, method)
    notes: list[str] = []
    if earlier is not None:
        plan: Plan = earlier.plan
        evaluations = evaluations or EVALUATIONS
    else:
        chosen, of_scale = scale_of(d, scale)
        notes += of_scale
        if evaluations is None:
            few = 1 if isinstance(rows, str) or not hasattr(rows, "__len__") else len(rows)
            evaluations, why = usual(d, method, chosen, few, background)
            notes += why
        budget = evaluations

        def most(size: int) -> int:
            if method == "shap":
                return _shap_run.most_rows(d, chosen, budget, size)
            return _local_run.most_rows(method, budget)

        seed = d.random_state if random_state is None else random_state
        plan = make_plan(d, method, chosen, rows, n or ROWS[method], background, seed, most=most)
    work = Work(bool(progress))
    within = Budget.of(evaluations, seconds)
    run: Any = _shap_run.run_shap if method == "shap" else _local_run.run_local
    return _result(run(plan, earlier, within, work), notes)


def _earlier(resume: Any, d: Distillation, method: str) -> Any:
    """Return what was done before, of the same."""
    if not isinstance(resume, Attributions):
        raise TypeError(expected("resume to be an earlier result", got=repr(resume)))
    plan: Plan = resume._run.plan
    if plan.d is not d or plan.method != method:
        raise Refusal(
            expected(
                "resume to be of the same distillation and method",
                got=f"one of {plan.d.subject} by method={plan.method!r}",
                remedy="Leave resume= out.",
            )
        )
    return resume._run


def _result(run: Any, notes: list[str]) -> Attributions:
    plan: Plan = run.plan
    d, places = plan.d, run.rows
    student, teacher, again = run.attributions()
    said = d.targets.take(places)
    decides = said.values if d.task == "regression" else said.logits
    used = used_columns(d.student)
    reads = np.ones(d.table.n_columns, dtype=bool)
    if used is not None:
        reads = np.isin(np.arange(len(reads)), used)
    parts: dict[str, Any] = {
        "method": plan.method,
        "scale": plan.scale,
        "columns": d.table.names,
        "index": labels_of(d.table, places).to_numpy(),
        "student": student,
        "teacher": teacher,
        "again": again,
        "background": len(plan.background),
        "scores": plan.scale.of(decides),
        "notes": (*plan.notes, *notes, *run.notes),
        "_table": d.table.take(places),
        "_reads": reads,
        "_seed": plan.seed,
        "_run": run,
        "alone": why_not(d) if teacher is None else None,
    }
    result = Attributions(**parts)
    return replace(result, findings=found_in(result, d))


def _part(d: Distillation, scope: Scope, seconds: float | None) -> Attributions:
    result = attributions(
        d,
        rows=scope.rows,
        n=scope.explained,
        evaluations=scope.evaluations,
        seconds=seconds,
        random_state=scope.random_state,
        progress=scope.progress,
    )
    if scope.expectations is None:
        return result
    unwanted = as_expectations(scope.expectations).unwanted
    return replace(result, findings=found_in(result, d, unwanted))


PART = Part(50, "Do teacher and student have the same reasons?", _part, asks_teacher=True)
