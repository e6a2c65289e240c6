"""Differences between a group and the others, of teacher and student, told from chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from jupyter_distill import _resample as resample
from jupyter_distill._paired import LEVEL
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits.bias._measures import LABELS_ONLY, STUDENT, TEACHER, Measure
from jupyter_distill.checks._sensitive import Attribute

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

INHERITED, SOFTENED, WORSE, NEW, REVERSED = "inherited", "softened", "worse", "new", "reversed"
NONE, UNCLEAR = "none", "unclear"


@dataclass(frozen=True)
class Gap:
    """By how much a measure is larger in a group than among all others.

    Attributes
    ----------
    attribute, group, measure : str
        What is compared.
    rows, others : int
        Rows that the measure is about, in the group and elsewhere.
    teacher, student : Interval
        Their gaps, with 95 % intervals from the same resamples of the rows.
    change : Interval
        Student's less teacher's.
    labels_only, truth : float
        The gap of the same student fitted to the truth alone, and of the truth; NaN where there
        is none.
    p_teacher, p_student, p_change : float
        How likely chance alone makes each so large, before it is taken into account how many were
        looked at.
    verdict : str
        ``"inherited"``: both have it; ``"softened"``, ``"worse"``: the student's is smaller, or
        larger, than the teacher's; ``"reversed"``: it is one in favour of the other side;
        ``"new"``: only the student has it; ``"none"``; ``"unclear"``: one of them has it, and the
        rows are too few to tell whether they differ.
    """

    attribute: str
    group: str
    measure: str
    rows: int
    others: int
    teacher: Interval
    student: Interval
    change: Interval
    labels_only: float
    truth: float
    p_teacher: float
    p_student: float
    p_change: float
    verdict: str = NONE

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; the ends of intervals under names of their own."""
        row: dict[str, Any] = {}
        for name, value in vars(self).items():
            if isinstance(value, Interval):
                row |= {name: value.value, f"{name}_low": value.low, f"{name}_high": value.high}
            else:
                row[name] = value
        return row


def gaps(
    attributes: Sequence[Attribute],
    measures: Sequence[Measure],
    own: dict[str, tuple[Mask, Floats]],
    least: int,
    seed: int | None,
) -> tuple[Gap, ...]:
    """Return all gaps between groups with enough rows, judged."""
    found = []
    for attribute in attributes:
        masks = list(attribute.masks())
        large = [(name, mask) for name, mask in masks if mask.sum() >= least]
        if len(masks) == 2:
            large = large[:1]  # the other group has the same gap, with its sign turned
        for measure in measures:
            pairs = [
                (name, measure.of_rows & mask, measure.of_rows & ~mask) for name, mask in large
            ]
            enough = [one for one in pairs if min(one[1].sum(), one[2].sum()) >= least]
            found += [
                (gap, measure) for gap in _measured(attribute.name, enough, measure, own, seed)
            ]
    return tuple(replace(gap, verdict=_verdict(gap, measure, len(found))) for gap, measure in found)


def _measured(
    attribute: str,
    groups: list[tuple[str, Mask, Mask]],
    measure: Measure,
    own: dict[str, tuple[Mask, Floats]],
    seed: int | None,
) -> Iterator[Gap]:
    if not groups:
        return
    teacher, student = measure.per_row[TEACHER], measure.per_row[STUDENT]
    labels_only = measure.per_row.get(LABELS_ONLY)
    columns = np.concatenate(
        [
            np.column_stack([part, part * teacher, part * student])
            for _, group, others in groups
            for part in (group, others)
        ],
        axis=1,
    )
    means = resample.resampled_means(columns, seed)
    for g, (name, group, others) in enumerate(groups):
        of = slice(6 * g, 6 * g + 6)
        by_teacher, by_student, change = (
            Interval(*resample.interval(columns[:, of], means[:, of], difference))
            for difference in (_of_teacher, _of_student, _of_change)
        )
        truth = own.get(measure.name)
        yield Gap(
            attribute=attribute,
            group=name,
            measure=measure.name,
            rows=int(group.sum()),
            others=int(others.sum()),
            teacher=by_teacher,
            student=by_student,
            change=change,
            labels_only=float("nan") if labels_only is None else _gap(labels_only, group, others),
            truth=float("nan")
            if truth is None
            else _gap(truth[1], group & truth[0], others & truth[0]),
            p_teacher=_chance(teacher, group, others, measure.rate),
            p_student=_chance(student, group, others, measure.rate),
            p_change=_chance(student - teacher, group, others, measure.rate),
        )


def _gap(values: Floats, group: Mask, others: Mask) -> float:
    if not group.any() or not others.any():
        return float("nan")
    return float(values[group].mean() - values[others].mean())


def _of_teacher(m: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(m[..., 1] / m[..., 0] - m[..., 4] / m[..., 3])


def _of_student(m: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(m[..., 2] / m[..., 0] - m[..., 5] / m[..., 3])


def _of_change(m: Floats) -> Floats:
    return _of_student(m) - _of_teacher(m)


def _chance(values: Floats, group: Mask, others: Mask, rate: bool) -> float:
    """Return how likely chance alone sets two groups so far apart (Student, two-sided).

    A group that hardly varies may do so by chance: its variance is taken to be at least that of
    both together, and that of a rate at least that of one row in it.
    """
    parts = values[group], values[others]
    pooled = float(np.concatenate(parts).var())
    apart, squared = float(parts[0].mean() - parts[1].mean()), 0.0
    for part in parts:
        n = len(part)
        least = (1 / n) * (1 - 1 / n) if rate and pooled > 0 else 0.0
        squared += max(float(part.var(ddof=1)), pooled, least) / n
    if apart == 0 or squared == 0:
        return 1.0
    df = min(len(part) for part in parts) - 1
    return float(2 * special.stdtr(df, -abs(apart) / np.sqrt(squared)))


def _verdict(gap: Gap, measure: Measure, looked: int) -> str:
    """Judge a gap; chance is shared among all that were looked at."""

    def clear(value: float, p: float, least: float) -> bool:
        return abs(value) >= least and p * looked < LEVEL

    teacher, student = gap.teacher.value, gap.student.value
    has = clear(teacher, gap.p_teacher, measure.matters)
    copies = clear(student, gap.p_student, measure.matters)
    changed = clear(student - teacher, gap.p_change, measure.change)
    if not has:
        return NONE if not copies else NEW if changed else UNCLEAR
    if not changed:
        return INHERITED if copies else UNCLEAR
    if copies and student * teacher < 0:
        return REVERSED
    return WORSE if (student - teacher) * teacher > 0 else SOFTENED
