"""How teacher and student treat groups of people, and what the student inherited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._validation import (
    Refusal,
    check_choice,
    check_number,
    did_you_mean,
    expected,
    some,
)
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._part import NotAsked, Part, Scope
from jupyter_distill.audits._text import WHICH, left
from jupyter_distill.audits.bias._found import LISTED, found_in, said_of
from jupyter_distill.audits.bias._gaps import (
    INHERITED,
    NEW,
    NONE,
    REVERSED,
    SOFTENED,
    UNCLEAR,
    WORSE,
    Gap,
    gaps,
)
from jupyter_distill.audits.bias._measures import (
    LABELS_ONLY,
    STUDENT,
    TEACHER,
    TRUTH,
    Measure,
    measures,
    own_rates,
)
from jupyter_distill.audits.bias._people import attributes_of
from jupyter_distill.audits.bias._rates import rates
from jupyter_distill.checks._sensitive import Attribute
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Findings
from jupyter_distill.targets import Predictions, Targets

Floats = NDArray[np.float64]

SHOWN = 40  # rows of groups in the text

JUDGED = (WORSE, NEW, REVERSED, INHERITED, SOFTENED, UNCLEAR, NONE)  # what matters most first


@dataclass(frozen=True, eq=False)
class Bias:
    """Rates and errors by group, of teacher and student, and the gaps between groups.

    Attributes
    ----------
    teacher, student : str
        Who was looked at.
    which : str
        What the rows are.
    rows : int
        How many.
    least : int
        Rows of a group below which it is listed and not judged.
    groups : data frame
        See :meth:`frame`.
    rates : data frame
        See :meth:`rate_frame`.
    gaps : tuple of Gap
        A group against all others, per measure.
    findings : Findings
        What the student inherited, made worse or softened.
    notes : tuple of str
        What could not be looked at.
    """

    teacher: str
    student: str
    which: str
    rows: int
    least: int
    groups: pd.DataFrame
    rates: pd.DataFrame
    gaps: tuple[Gap, ...]
    findings: Findings
    notes: tuple[str, ...]

    def of(self, verdict: str) -> tuple[Gap, ...]:
        """Return the gaps of one verdict, the largest of the student first."""
        check_choice("verdict", verdict, JUDGED)
        of = [gap for gap in self.gaps if gap.verdict == verdict]
        return tuple(sorted(of, key=lambda gap: -abs(gap.student.value)))

    def frame(self) -> pd.DataFrame:
        """Return one row per group and model.

        Returns
        -------
        data frame
            ``attribute``, ``group``, ``rows``, ``enough``: whether these are enough to be judged;
            ``model``: ``truth``, ``teacher``, ``student``, ``labels only`` (the same student fitted
            to the truth). Of classes: ``named 'yes'``, the share that gets it (selection rate; of
            the truth, its base rate); ``right of 'yes'``, the share of those who should get it
            that do (true positive rate); ``wrongly 'yes'``, that of the others (false positive
            rate); ``accuracy``; ``over-estimates 'yes'``, mean probability less share
            (calibration); ``fidelity``. Of numbers: ``mean answer``, ``mean error``, ``mean
            absolute error``, ``distance to the teacher``, ``RMSE``, ``R2``. NaN where it is not
            known.
        """
        return self.groups.copy()

    def rate_frame(self) -> pd.DataFrame:
        """Return one row per group, measure and model: ``value``, with its 95 % interval.

        ``rows`` are those that the measure is about, ``enough`` whether they can be judged;
        ``low`` and ``high`` are Wilson's of a rate, and normal of any other mean.
        """
        return self.rates.copy()

    def gap_frame(self) -> pd.DataFrame:
        """Return one row per gap: a group against all others, the columns those of `Gap`."""
        unknown = Interval(*[float("nan")] * 3)
        nan = unknown.value  # of no gap, for the names of its columns
        none = Gap("", "", "", 0, 0, unknown, unknown, unknown, nan, nan, nan, nan, nan)
        return pd.DataFrame([gap.to_dict() for gap in self.gaps], columns=list(none.to_dict()))

    def describe(self) -> str:
        """Say in words what the student inherited, softened or made worse."""
        counts = {verdict: len(self.of(verdict)) for verdict in JUDGED}
        lines = [
            f"{self.teacher} (teacher) and {self.student} (student) on {self.rows:,} {self.which}: "
            f"{len(self.gaps)} differences between a group and all others were looked at; "
            + ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n)
            + "."
            if self.gaps
            else f"No group and its others both have {self.least} rows or more: nothing is judged."
        ]
        for verdict in (WORSE, NEW, REVERSED, INHERITED, SOFTENED):
            of = self.of(verdict)
            lines += [f"- {verdict}: {said_of(gap)}" for gap in of[:LISTED]]
            if len(of) > LISTED:
                lines.append(f"- {verdict}: and {len(of) - LISTED} more")
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def __repr__(self) -> str:
        texts = self.groups.drop(columns=["enough"]).map(_cell)
        more = f"\n... {len(texts) - SHOWN} more in .frame()" if len(texts) > SHOWN else ""
        return f"{self.describe()}\n\n{left(texts.head(SHOWN))}{more}"

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.3g}"
    return str(value)


def bias(
    d: Distillation,
    sensitive: Any,
    rows: str = "held_out",
    intersections: bool = True,
    least: int = 30,
    of_class: Any = None,
) -> Bias:
    """Compare how teacher and student treat groups of people.

    A gap is how much larger a measure is in a group than among all other rows. That it is more
    than chance, and that teacher and student differ in it row by row, is tested; the level of 1 %
    is shared among all gaps that are looked at.

    Parameters
    ----------
    d : Distillation
        What to look at.
    sensitive : str, sequence of str, Series, data frame, array, dict, or tuple of two of these
        Names of columns, or values beside the rows (and beside the test rows). Numbers are cut
        into four groups of about as many rows.
    rows : {"held_out", "all"}
        Which rows.
    intersections : bool, default True
        Whether columns are also looked at two by two, and all together.
    least : int, default 30
        Rows of a group, and of its others, below which it is not judged.
    of_class : label, optional
        The class whose rates are looked at; of two classes the second unless given, of more all.

    Raises
    ------
    TypeError, ValueError
        If a column or class does not exist, or values do not lie beside the rows.

    References
    ----------
    M. Hardt, E. Price, N. Srebro: Equality of Opportunity in Supervised Learning, 2016.
    """
    check_choice("rows", rows, ("held_out", "all"))
    least = int(check_number("least", least, low=2, integer=True))
    if not isinstance(intersections, bool):
        raise TypeError(expected("intersections to be True or False", got=repr(intersections)))
    of_classes = _of_classes(d, of_class)
    attributes = attributes_of(d, sensitive, intersections)
    table, targets = d.held_out if rows == "held_out" else (d.table, d.targets)
    if rows == "held_out":
        attributes = [one.take(d.rows.held_out) for one in attributes]
    outputs = {STUDENT: d.student.output(table)}
    if d.labels_only is not None:
        outputs[LABELS_ONLY] = d.labels_only.output(table)
    measured = measures(targets, outputs, of_classes)
    own = own_rates(targets, of_classes)
    groups = pd.concat(
        [_table(one, measured, own, targets, outputs, least) for one in attributes],
        ignore_index=True,
    )
    found = gaps(attributes, measured, own, least, d.random_state)
    notes = []
    if not own:
        notes.append("The truth is not known: errors by group cannot be measured.")
    if d.population is not None:
        notes.append("The rows are of the sample that the student was distilled from.")
    return Bias(
        teacher=d.teacher.name,
        student=d.title,
        which=WHICH[rows],
        rows=len(table),
        least=least,
        groups=groups,
        rates=rates(attributes, measured, own, least),
        gaps=found,
        findings=Findings.ordered(found_in(found, groups, least, WHICH[rows])),
        notes=tuple(notes),
    )


def _of_classes(d: Distillation, of_class: Any) -> list[int]:
    if d.task == "regression":
        if of_class is not None:
            raise Refusal(expected("no of_class, as the models give numbers", got=repr(of_class)))
        return []
    labels = d.targets.classes.tolist()
    if of_class is None:
        return [1] if len(labels) == 2 else list(range(len(labels)))
    if of_class not in labels:
        raise Refusal(
            expected(f"of_class to be one of {some(labels)}", got=repr(of_class))
            + did_you_mean(of_class, [str(label) for label in labels])
        )
    return [labels.index(of_class)]


def _table(
    attribute: Attribute,
    measured: Sequence[Measure],
    own: dict[str, Any],
    targets: Targets,
    outputs: dict[str, Floats],
    least: int,
) -> pd.DataFrame:
    """Return every measure of every group and model."""
    numbers = {TEACHER: targets.values, **outputs} if isinstance(targets, Predictions) else {}
    rows = []
    for group, mask in attribute.masks():
        n = int(mask.sum())
        about = {"attribute": attribute.name, "group": group, "rows": n, "enough": n >= least}
        if own:
            said = {name: _mean(v, mask & there) for name, (there, v) in own.items()}
            rows.append({**about, "model": TRUTH, **said})
        for model in (TEACHER, *outputs):
            row = {**about, "model": model}
            row |= {one.name: _mean(one.per_row[model], mask & one.of_rows) for one in measured}
            if own and model in numbers:
                row |= _squared(numbers[model], targets, mask)
            rows.append(row)
    return pd.DataFrame(rows)


def _mean(values: Floats, mask: NDArray[np.bool_]) -> float:
    return float(values[mask].mean()) if mask.any() else float("nan")


def _squared(said: Floats, targets: Any, mask: NDArray[np.bool_]) -> dict[str, float]:
    there = mask & targets.known
    if not there.any():
        return {"RMSE": float("nan"), "R2": float("nan")}
    error, truth = (said - targets.truth)[there], targets.truth[there]
    spread = float(truth.var())
    mse = float((error**2).mean())
    return {"RMSE": mse**0.5, "R2": 1 - mse / spread if spread > 0 else float("nan")}


def _part(d: Distillation, asked: Scope, _: float | None) -> Bias:
    if asked.sensitive is None:
        raise NotAsked('no groups are named; name some: audit(sensitive=["sex"])')
    return bias(d, asked.sensitive, asked.rows)


def _check(d: Distillation, asked: Scope) -> None:
    if asked.sensitive is not None:
        attributes_of(d, asked.sensitive, intersections=True)


PART = Part(30, "How are groups of people treated, and what was inherited?", _part, check=_check)
