"""What a person should know of gaps between groups: findings, and a gap in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from jupyter_distill._paired import chance
from jupyter_distill.audits.bias._gaps import INHERITED, NEW, REVERSED, SOFTENED, WORSE, Gap
from jupyter_distill.audits.bias._measures import LABELS_ONLY, TRUTH
from jupyter_distill.findings import Finding

LISTED = 5  # gaps or groups that are named in the text


def said_of(gap: Gap) -> str:
    """Write a gap: of whom, by how much, and beside what."""
    beside = [
        f"{name} {value:+.3g}"
        for name, value in ((TRUTH, gap.truth), (LABELS_ONLY, gap.labels_only))
        if not np.isnan(value)
    ]
    return (
        f"{gap.measure}, {gap.group} against others ({gap.rows:,} and {gap.others:,} rows): "
        f"teacher {gap.teacher.value:+.3g}, student {gap.student.value:+.3g} "
        f"[{gap.student.low:+.3g}, {gap.student.high:+.3g}]"
        + (f" ({', '.join(beside)})" if beside else "")
    )


def found_in(
    found: Sequence[Gap], groups: pd.DataFrame, least: int, where: str
) -> Iterator[Finding]:
    """Return what is to be said of gaps, and of groups that are too small to be judged."""
    kinds = {
        "bias-worse": ((WORSE, NEW, REVERSED), "adds to or makes worse"),
        "bias-inherited": ((INHERITED,), "takes over from its teacher"),
        "bias-softened": ((SOFTENED,), "softens"),
    }
    remedies = {
        "bias-worse": "Look at the student's rules for these rows: a larger size, or the labels "
        "with more weight (alpha), may bring it nearer to teacher or truth there.",
        "bias-inherited": "Decide whether the difference is one that may be made. If not, train "
        "the teacher anew, or distil with constraints that forbid what stands for the group: "
        "leaving the column out alone seldom helps.",
        "bias-softened": "The student treats these groups more alike than its teacher: say so "
        "where it stands for the teacher.",
    }
    for code, (verdicts, does) in kinds.items():
        of = [gap for gap in found if gap.verdict in verdicts]
        if of:
            of.sort(key=lambda gap: -max(abs(gap.student.value), abs(gap.teacher.value)))
            top = of[0]
            p = top.p_student if code == "bias-inherited" else top.p_change
            yield Finding(
                code,
                f"The student {does} {len(of)} of {len(found)} differences between groups that "
                f"were looked at, the largest: {said_of(top)} ({chance(p)}).",
                {
                    "group": top.group,
                    "measure": top.measure,
                    "teacher": top.teacher.value,
                    "student": top.student.value,
                    "change": top.change.value,
                    "p": p,
                    "rows": top.rows,
                    "looked at": len(found),
                    "found": len(of),
                },
                remedies[code],
                pd.DataFrame([gap.to_dict() for gap in of]),
            )
    small = groups.loc[~groups["enough"], ["attribute", "group", "rows"]].drop_duplicates()
    if len(small):
        fewest = small.sort_values("rows", kind="stable").reset_index(drop=True)
        listed = ", ".join(
            f"{one.group!r} ({one.rows})" for one in fewest.head(LISTED).itertuples()
        )
        more = f" and {len(small) - LISTED} more" if len(small) > LISTED else ""
        total = groups[["attribute", "group"]].drop_duplicates()
        yield Finding(
            "small-groups",
            f"{len(small)} of {len(total)} groups have fewer than {least} {where}, so that nothing "
            f"can be said of them: {listed}{more}.",
            {
                "groups": len(total),
                "small": len(small),
                "fewest rows": int(fewest["rows"].iloc[0]),
            },
            'Give more rows of these people, coarser groups, or look at rows="all".',
            fewest,
        )
