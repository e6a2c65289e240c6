"""What a distillation leaves: the joint between computing and the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyter_distill._late import late
from jupyter_distill._validation import Refusal, check_number, with_article
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Rows, Table
from jupyter_distill.distillation._ask_fidelity import AsksFidelity
from jupyter_distill.distillation._ask_trust import AsksTrust
from jupyter_distill.distillation._calibrate import Calibration
from jupyter_distill.distillation._carry import carry
from jupyter_distill.distillation._census import Census, constant
from jupyter_distill.distillation._course import Course
from jupyter_distill.distillation._evidence import Evidence
from jupyter_distill.distillation._find import with_findings
from jupyter_distill.distillation._fit import fit
from jupyter_distill.distillation._ladder import Ladder
from jupyter_distill.distillation._lessons import Teaching
from jupyter_distill.distillation._outlets import Outlets
from jupyter_distill.distillation._plan import no_temperature
from jupyter_distill.distillation._population import Population
from jupyter_distill.distillation._quick import plain, quick
from jupyter_distill.distillation._rungs import Rung, climb
from jupyter_distill.distillation._sample import Sample
from jupyter_distill.distillation._sweep import at_temperature, sweep
from jupyter_distill.distillation._work import Work
from jupyter_distill.findings import Findings
from jupyter_distill.students import ConstraintsReport, Student, verify
from jupyter_distill.targets import Predictions

if TYPE_CHECKING:
    from jupyter_distill.teachers import Task, Teacher


@dataclass(frozen=True, eq=False)
class Distillation(Evidence, AsksFidelity, AsksTrust, Outlets):
    """A teacher, the student distilled from it, and the rows on which the two were compared.

    In a notebook it shows itself: the student, the rows where the models part, and the
    temperature, linked.

    Attributes
    ----------
    teacher : Teacher
        Read-only; was asked once for every row.
    table : Table
        All rows of the owner; where there are too many for that, a sample of them.
    targets : SoftTargets or Predictions
        What the teacher says of them, with the ground truth where it was given.
    rows : Rows
        Which rows the student learnt from, which chose its settings, which were held out.
    ladder : Ladder
        All families and sizes that were piloted, measured on held-out rows; one of them is
        :attr:`student`.
    courses : mapping of str to Course
        How each family was taught: what was tried, and what was chosen.
    notes : tuple of str
        What an interrupt cut short.
    random_state : int
        Seed of the run, and of audits that are given no other; drawn once where none was given.
    inputs_given : bool
        Whether the teacher saw something else of the rows than the table.
    findings : Findings
        What the figures alone would not tell, e.g. a student that is simpler than its teacher
        allows: each with a code, a sentence, what was measured and what to do.
    population : Population or None
        All rows, where :attr:`table` is a sample of them.
    sample : Sample or None
        How large it is, and why: the learning curve.
    """

    teacher: Teacher
    table: Table
    targets: Any  # SoftTargets or Predictions, by the task
    rows: Rows
    ladder: Ladder
    courses: Mapping[str, Course]
    notes: tuple[str, ...]
    random_state: int
    inputs_given: bool = False
    findings: Findings = Findings()
    population: Population | None = None
    sample: Sample | None = None

    def __post_init__(self) -> None:
        # so that a rung can be adopted from where the rungs are looked at
        object.__setattr__(self, "ladder", replace(self.ladder, adopt=self._adopt))

    @property
    def student(self) -> Student:
        """The chosen student, a fitted scikit-learn classifier or regressor."""
        return self.rung.student

    @property
    def rung(self) -> Rung:
        """The chosen rung of the ladder."""
        return self.ladder.rung()

    @property
    def course(self) -> Course:
        """How the student's family was taught."""
        return self.courses[self.family]

    @property
    def template(self) -> Student:
        """The student without a fit or a temperature, for distilling again."""
        return self.course.template

    @property
    def size(self) -> int:
        """The chosen size."""
        return self.ladder.chosen

    @property
    def temperature(self) -> float | None:
        """T of the soft targets; None for a regression, which has none."""
        return self.course.temperatures[self.size]

    @property
    def alpha(self) -> float:
        """Weight of the ground truth in the loss."""
        return float(self.template.alpha)

    @property
    def is_quick(self) -> bool:
        """Whether the student was fitted briefly, for a hand that moves a slider."""
        return plain(self.notes) != self.notes

    @property
    def calibration(self) -> Calibration | None:
        """What was tried to choose the temperature; None if it was set, and for a regression."""
        return self.course.calibration

    @property
    def task(self) -> Task:
        """Whether teacher and student name a class or give a number."""
        return "regression" if isinstance(self.targets, Predictions) else "classification"

    @property
    def family(self) -> str:
        """Name of the student's family, as a user types it."""
        return self.ladder.family

    @property
    def title(self) -> str:
        """The student in words, e.g. ``tree of 12 leaves``."""
        return self.student.title_

    @cached_property
    def held_out(self) -> tuple[Table, Any]:
        """Rows that nobody trained on, and what the teacher says of them."""
        return self.table.take(self.rows.held_out), self.targets.take(self.rows.held_out)

    @cached_property
    def labels_only(self) -> Student | None:
        """The same student fitted to the ground truth without the teacher; None without truth."""
        targets = self.targets
        truth = targets.truth if isinstance(targets, Predictions) else targets.labels
        if truth is None:
            return None
        twin = at_temperature(self.template, None if self.temperature is None else 1.0)
        if self.course.teaching == Teaching():
            rows, learnt = self.course.prepared, self.course.targets
        else:  # rows that the teacher alone has labelled say nothing of the truth
            learnt = targets.take(self.rows.learnt)
            rows = self.template.prepare(self.table.take(self.rows.learnt), learnt.weights)
        return sweep(twin.set_params(alpha=1.0), rows, learnt, (self.size,))[0]

    @cached_property
    def census(self) -> Census | None:
        """What was counted on all rows of a population; None where there is none."""
        return self.count(Work(True))

    def count(self, work: Work) -> Census | None:
        """Compare student, labels-only student and a constant with the teacher on all rows."""
        if self.population is None:
            return None
        models: dict[str, Any] = {"student": self.student}
        if self.labels_only is not None:
            models["labels only"] = self.labels_only
        models["constant"] = constant(self.targets.take(self.rows.learnt))
        found = self.population.census(models, self.targets, work)
        self.__dict__["census"] = found
        return found

    def explanation(self) -> Any:
        """Return the student as data, measured over all rows."""
        return self._explanation

    @cached_property
    def _explanation(self) -> Any:
        return self.student.explain(self.table, self.targets)

    def at(
        self,
        temperature: float | None = None,
        size: int | None = None,
        family: str | None = None,
        *,
        quickly: bool = False,
    ) -> Distillation:
        """Distil again at another temperature or take another rung, on the same rows.

        Parameters
        ----------
        temperature : float, optional
            T; the family is fitted again. A regression has none.
        size : int, optional
            A size of the ladder; nothing is fitted again.
        family : str, optional
            A family of the ladder; nothing is fitted again.
        quickly : bool, default False
            Fit at `temperature` the one size alone, on 10,000 rows at most and without a search,
            as for a hand that moves a slider: a tree of 16 leaves takes about 60 ms. A note says
            so, and what else is found of a student is not looked for.

        Returns
        -------
        Distillation
            A new one; this one stays as it is.
        """
        chosen = self.ladder.rung(size, family)
        brief = self.is_quick and chosen is self.rung
        known = temperature is None or (temperature == chosen.temperature and not brief)
        if temperature is None or known:
            return self._adopt(chosen)
        if quickly:
            return quick(self, temperature, size, family)
        if chosen.temperature is None:
            raise Refusal(no_temperature(temperature))
        temperature = float(check_number("temperature", temperature, above=0))
        name = chosen.family
        course = self.courses[name].at(temperature, chosen.size)
        fitted = fit([course], Work(False))[name]
        rungs = climb(
            name, fitted, course.temperatures, chosen.size, *self.held_out, self.random_state
        )
        others = [rung for rung in self.ladder if rung.family != name]
        order = self.ladder.families.index
        ladder = replace(
            self.ladder,
            rungs=tuple(sorted([*others, *rungs], key=lambda rung: order(rung.family))),
            family=name,
            chosen=chosen.size,
        )
        courses = {**self.courses, name: course}
        notes = plain(self.notes)
        return self._seen_anew(replace(self, ladder=ladder, courses=courses, notes=notes))

    def _adopt(self, rung: Rung) -> Distillation:
        """Return the same with another rung of the ladder chosen."""
        ladder = replace(self.ladder, family=rung.family, chosen=rung.size)
        notes = self.notes if rung is self.rung else plain(self.notes)
        return self._seen_anew(replace(self, ladder=ladder, notes=notes))

    def _seen_anew(self, again: Distillation) -> Distillation:
        """Hand on what need not be made again, and look at the student."""
        same = (again.family, again.size) == (self.family, self.size)
        # who learns from labels alone has no temperature
        again = carry(self, again, "held_out", *(["labels_only"] if same else []))
        return with_findings(again, size_asked=True, before=self.findings)

    def constraints_report(self, constraints: Constraints | None = None) -> ConstraintsReport:
        """Say for each constraint whether the student keeps it, and how that is known.

        Parameters
        ----------
        constraints : Constraints, optional
            What to look for; what the student was fitted with unless given.
        """
        if constraints is None:
            constraints = getattr(self.template, "constraints", None) or Constraints()
        return verify(self.student, constraints, self.table)

    def __repr__(self) -> str:
        return "\n".join([self.headline, self.fidelity().describe(), *self.remarks])

    @property
    def silence(self) -> str:
        """Why the teacher cannot be asked about rows that are changed; empty where it can."""
        if self.inputs_given:
            return "it saw other inputs than these columns, so that they cannot be changed for it"
        return self.teacher.silence

    @property
    def remarks(self) -> list[str]:
        """Notes and findings, a line of text each."""
        found = [repr(self.findings)] if self.findings else []
        return [*(f"- {note}" for note in self.notes), *found]

    @property
    def subject(self) -> str:
        """Who was distilled into what, e.g. ``forest distilled into a tree of 12 leaves``."""
        return f"{self.teacher.name} distilled into {with_article(self.title)}"

    @property
    def headline(self) -> str:
        """Who was distilled into what, on one line of text."""
        settings = "".join(f", {name} = {value:g}" for name, value in self.settings.items())
        return f"{self.teacher.name} -> {self.title}{settings}"

    @property
    def settings(self) -> dict[str, float]:
        """The settings of the loss, by the names that a reader knows."""
        known = {} if self.temperature is None else {"T": self.temperature}
        return {**known, "alpha": self.alpha}

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return late("jupyter_distill.widgets:mimebundle")(self)
