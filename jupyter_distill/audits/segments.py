"""Where is the student less faithful? Every category, quarter of a number, and pair of them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jupyter_distill._late import late
from jupyter_distill._paired import LEVEL, chance
from jupyter_distill._shares import percent
from jupyter_distill._validation import Refusal, check_choice, check_number, expected
from jupyter_distill.audits._levels import Levels, levels
from jupyter_distill.audits._models import Models, of_a_sample
from jupyter_distill.audits._part import Part
from jupyter_distill.audits._segment_counts import Counts, count
from jupyter_distill.audits._segment_distinct import distinct_of
from jupyter_distill.audits._segment_measures import (
    Measured,
    chances,
    of_classes,
    of_numbers,
    table_of,
    whole_of,
    worst_first,
)
from jupyter_distill.audits._text import left
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Finding, Findings
from jupyter_distill.targets import Predictions

MEASURES = ("agreement", "kl", "accuracy")
NUMBERS = ("rmse",)
PAIRED = 60  # columns beyond which pairs are of those alone whose own segments differ most
NAMED = 5
MATTERS = 0.05  # of agreement or accuracy: less is not worth a finding, however certain
TIMES = 1.25  # and how many times the KL or RMSE of the others


@dataclass(frozen=True, eq=False)
class Segments:
    """All segments, the surely worst one first.

    Attributes
    ----------
    teacher, student : str
        What is compared.
    measure : {"agreement", "kl", "accuracy", "rmse"}
        What they are ordered by.
    whole : float
        Of all rows.
    rows : int
        How many these are.
    which : str
        What they are called.
    table : data frame
        See :meth:`frame`.
    distinct : tuple of int
        Places in it of the segments that are worse than the other rows beyond chance, each once:
        none that is so only because another one is.
    findings : Findings
        ``weak-segment``, where there is one.
    notes : tuple of str
        What was not looked at.
    """

    teacher: str
    student: str
    measure: str
    whole: float
    rows: int
    which: str
    table: pd.DataFrame
    distinct: tuple[int, ...]
    findings: Findings
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The measure in the first segment; NaN where there is none."""
        return float(self.table[self.measure].iloc[0]) if len(self.table) else float("nan")

    @property
    def worst(self) -> pd.DataFrame:
        """The segments of `distinct`."""
        return self.table.iloc[list(self.distinct)]

    def frame(self) -> pd.DataFrame:
        """Return one row per segment, the one first whose interval ends the worst.

        Columns: ``segment`` in the owner's words; ``columns``, one or two; ``rows``, ``share`` of
        all; ``agreement`` with 95 % interval (Wilson), ``kl`` in nats (normal interval); where the
        truth is known ``known`` rows and the ``accuracy`` of the student (Wilson), of the
        ``teacher_accuracy`` and of the ``labels_only_accuracy``. Of a regression ``rmse`` with its
        interval (normal), ``ratio`` to that of all rows, ``mean_error`` (student less teacher) and
        ``truth_rmse`` with ``teacher_truth_rmse``. Then the measure in all other rows ``rest``,
        the ``difference`` to it, ``p`` (how likely chance alone makes the segment so much worse)
        and ``p_adjusted`` for the number of segments.
        """
        return self.table.copy()

    def describe(self) -> str:
        """Name the segments that are worse beyond chance, or say that there is none."""
        head = (
            f"{_NAMES[self.measure]} of {self.student} to {self.teacher} by segment of "
            f"{self.rows:,} {self.which}: {self.whole:.3g} on the whole, {len(self.table):,} "
            "segments"
        )
        if self.measure == "accuracy":
            head = head.replace(f" to {self.teacher}", "")
        worst = self.worst
        if not len(worst):
            said = "No segment is worse than the other rows beyond what chance makes of so many "
            said += f"(p, adjusted, below {LEVEL:g})."
            if not len(self.table):
                said = "No segment has enough rows for anything to be said of it (least=)."
            return "\n".join([head, said, *self.notes])
        lines = pd.DataFrame(
            {
                "worse than the others": worst["segment"],
                "rows": [f"{n:,}" for n in worst["rows"]],
                f"{self.measure} [95 %]": [
                    f"{row[self.measure]:.3g} [{row[self.measure + '_low']:.3g}, "
                    f"{row[self.measure + '_high']:.3g}]"
                    for _, row in worst.iterrows()
                ],
                "others": [f"{rest:.3g}" for rest in worst["rest"]],
                "p, adjusted": [f"{p:.2g}" for p in worst["p_adjusted"]],
            }
        )
        return "\n".join([head, left(lines), *self.notes])

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


_NAMES = {"agreement": "Agreement", "kl": "KL", "accuracy": "Accuracy", "rmse": "RMSE"}


def segments(
    d: Distillation,
    rows: str = "held_out",
    pairs: bool = True,
    least: int = 30,
    measure: str | None = None,
    top: int | None = None,
) -> Segments:
    """Measure a distillation's student in every segment of its rows."""
    numbers = isinstance(d.targets, Predictions)
    choices = NUMBERS if numbers else MEASURES
    measure = choices[0] if measure is None else check_choice("measure", measure, choices)
    least = int(check_number("least", least, low=2, integer=True))
    if top is not None:
        top = int(check_number("top", top, low=1, integer=True))
    beside = Models.of(d, rows)
    if measure == "accuracy" and not beside.known.any():
        raise Refusal(
            expected(
                "the truth, for measure='accuracy'",
                got="none of these rows",
                remedy="Distil with y, or take measure='agreement'.",
            )
        )
    measured = of_numbers(beside) if numbers else of_classes(beside)
    columns = levels(beside.table, d.table.values[d.rows.learnt])
    counted, notes = _counted(columns, measured, measure, least, pairs)
    table = table_of(columns, counted, measured, measure)
    order = worst_first(table, measure)
    table = table.iloc[order].reset_index(drop=True)
    first, second = counted.first[order], counted.second[order]
    distinct = distinct_of(table, columns, first, second, measured, measure)
    whole = whole_of(measured, measure)
    found = _found(table.iloc[distinct], measure, whole, beside.which)
    if top is not None:
        notes = (*notes, *([f"The first {top} of {len(table):,}."] if len(table) > top else []))
        table, distinct = table.head(top), [k for k in distinct if k < top]
    return Segments(
        teacher=d.teacher.name,
        student=d.title,
        measure=measure,
        whole=whole,
        rows=len(beside.table),
        which=beside.which,
        table=table,
        distinct=tuple(distinct),
        findings=Findings.ordered(found),
        notes=(*of_a_sample(d), *notes),
    )


def _counted(
    columns: list[Levels], measured: Measured, measure: str, least: int, pairs: bool
) -> tuple[Counts, tuple[str, ...]]:
    of = measured.stacked
    paired = list(range(len(columns))) if pairs else []
    notes: tuple[str, ...] = ()
    if len(paired) > PAIRED:
        alone = count(columns, of, least, [])
        p = chances(alone, measured, measure)
        least_p = {j: p[alone.first[:, 0] == j].min(initial=1.0) for j in paired}
        paired = sorted(sorted(paired, key=lambda j: (least_p[j], j))[:PAIRED])
        notes = (
            f"Pairs are of the {PAIRED} columns (of {len(columns)}) whose own segments differ "
            "most from the other rows.",
        )
    return count(columns, of, least, paired), notes


def _found(worst: pd.DataFrame, measure: str, whole: float, where: str) -> list[Finding]:
    if measure in ("kl", "rmse"):
        worst = worst[worst[measure] >= TIMES * worst["rest"]]
    else:
        worst = worst[worst["difference"] <= -MATTERS]
    if not len(worst):
        return []
    one = worst.iloc[0]
    name = {"agreement": "names its teacher's class", "accuracy": "is right"}.get(measure)
    if name:
        said = f"{name} in {percent(one[measure])} of the {one['rows']:,} {where} with "
        said += f"{one['segment']}, and in {percent(one['rest'])} of the others"
    else:
        said = f"is off by {one[measure]:.3g} ({_NAMES[measure]}) in the {one['rows']:,} {where} "
        said += f"with {one['segment']}, and by {one['rest']:.3g} in the others"
    others = [f"{text}" for text in worst["segment"].iloc[1:NAMED]]
    more = f" Weak as well: {'; '.join(others)}." if others else ""
    return [
        Finding(
            "weak-segment",
            f"The student {said} ({chance(float(one['p_adjusted']))} for so many segments).{more}",
            {
                "segment": str(one["segment"]),
                "rows": int(one["rows"]),
                measure: float(one[measure]),
                "others": float(one["rest"]),
                "whole": whole,
                "p, adjusted": float(one["p_adjusted"]),
                "weak segments": len(worst),
            },
            "Look at the teacher itself there, or take a larger size (d.ladder), or more rows of "
            "this kind.",
            worst.reset_index(drop=True),
        )
    ]


PART = Part(20, "Where is the student less faithful?", lambda d, scope, _: segments(d, scope.rows))
