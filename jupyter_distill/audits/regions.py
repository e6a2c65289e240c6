"""Where do teacher and student part? A small tree over the rows where they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from jupyter_distill._paired import chance
from jupyter_distill._shares import percent, percents
from jupyter_distill._validation import check_choice, check_number
from jupyter_distill._wilson import wilson
from jupyter_distill.audits._intervals import UNKNOWN, Interval
from jupyter_distill.audits._models import of_a_sample
from jupyter_distill.audits._part import Part
from jupyter_distill.audits._parting import Parting
from jupyter_distill.audits._region import Region, Regions
from jupyter_distill.audits._region_tree import leaves
from jupyter_distill.audits._segment_counts import adjusted
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Finding, Findings

MATTERS, TIMES = 0.05, 1.5  # points, and times the others' rate, from which on it is a finding


def regions(d: Distillation, max_regions: int = 6, rows: str = "held_out") -> Regions:
    """Seek regions where teacher and student part, on rows other than they are measured on."""
    most = int(check_number("max_regions", max_regions, low=1, integer=True))
    check_choice("rows", rows, ("held_out", "all"))
    found_on, measured, which = d.rows.learnt, d.rows.held_out, "held-out rows"
    if rows == "all":  # one half to seek on, the other one to measure
        order = np.random.default_rng(d.random_state).permutation(d.table.n_rows)
        found_on, measured = (np.sort(part) for part in np.array_split(order, 2))
        which = "rows, half of all"
    parting = Parting.of(d)
    sought = leaves(d, parting.sought[found_on], found_on, most)
    made = []
    for rule, limits, positions in sought:
        inside = np.isin(measured, positions)
        if inside.any() and not inside.all():
            made.append((rule, limits, positions, inside))
    p = adjusted(np.array([parting.chance(measured, one[-1]) for one in made]))
    whole = parting.rate(measured)
    found = []
    for (rule, limits, positions, inside), likely in zip(made, p, strict=True):
        own = measured[inside]
        rate = parting.rate(own)
        who = parting.right(own)
        found.append(
            Region(
                number=0,
                rule=rule,
                limits=limits,
                positions=positions,
                of_rows=d.table.n_rows,
                rows=len(own),
                share=len(own) / len(measured),
                rate=rate,
                elsewhere=parting.rate(measured[~inside]).value,
                lift=rate.value / whole.value if whole.value else float("nan"),
                p=float(likely),
                known=who[0],
                teacher_right=_of(who[1], who[0]),
                student_right=_of(who[2], who[0]),
                neither=_of(who[0] - who[1] - who[2], who[0]),
                pair=parting.pair(own),
            )
        )
    # of too few numbers nothing is sure
    found.sort(key=lambda one: (not one.clear, -np.nan_to_num(one.rate.low, nan=0.0)))
    numbered = tuple(replace(one, number=k) for k, one in enumerate(found))
    return Regions(
        teacher=d.teacher.name,
        student=d.title,
        regression=parting.numbers,
        regions=numbered,
        rate=whole.value,
        rows=len(measured),
        found_on=len(found_on),
        which=which,
        findings=Findings.ordered(_found(numbered, parting.numbers, which, rows)),
        notes=of_a_sample(d),
    )


def _of(hits: int, n: int) -> Interval:
    return Interval(hits / n, *wilson(hits / n, n)) if n else UNKNOWN


def _found(found: tuple[Region, ...], numbers: bool, where: str, rows: str) -> Iterator[Finding]:
    matter = [
        one
        for one in found
        if one.clear
        and one.rate.value >= TIMES * one.elsewhere
        and (numbers or one.rate.value - one.elsewhere >= MATTERS)
    ]
    said_rows = "" if rows == "held_out" else f"rows={rows!r}, "
    for one in matter[:1]:
        if numbers:
            said = f"are apart by {one.rate.text()} (RMSE), elsewhere by {one.elsewhere:.3g}"
        else:
            rate, span = percent(one.rate.value), percents(one.rate.low, one.rate.high)
            said = f"part in {rate} of the cases (95 % interval {span}), elsewhere in "
            said += percent(one.elsewhere)
        right = ""
        if one.known and not numbers:
            right = f"; of {one.known:,} of these with a truth the teacher is right for "
            right += f"{percent(one.teacher_right.value)}, the student for "
            right += percent(one.student_right.value)
        yield Finding(
            "disagreement-region",
            f"Where {one.rule} ({one.rows:,} {where}), teacher and student {said} "
            f"({chance(one.p)}){right}.",
            {
                "region": one.number,
                "rule": one.rule,
                "rows": one.rows,
                "rate": one.rate.value,
                "rate from": one.rate.low,
                "rate to": one.rate.high,
                "elsewhere": one.elsewhere,
                "p": one.p,
                "such regions": len(matter),
            },
            f"Look at these rows, d.disagreements({said_rows}region={one.number}): do not rely on "
            "the student there, or take a larger size (d.ladder).",
            pd.DataFrame([{"rule": m.rule, "rows": m.rows, "rate": m.rate.value} for m in matter]),
        )


PART = Part(
    25, "Where do teacher and student part?", lambda d, scope, _: regions(d, rows=scope.rows)
)
