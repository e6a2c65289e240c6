"""Findings of rows that come more than once: in X, or in X and among the test rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._paired import LEVEL, chance
from jupyter_distill._shares import percent
from jupyter_distill.checks._rows import codes_of_rows
from jupyter_distill.checks._subject import Looked, Subject
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions

OFTEN = 0.05  # share of the rows of X that stand there more than once
TAUGHT = 0.01  # share of the test rows by which more stand in X than chance would put there

Flags = NDArray[np.bool_]


def repeats(subject: Subject) -> Looked:
    """Look for rows that are the same in every column."""
    codes = codes_of_rows(subject.table.values)
    counts = np.bincount(codes[subject.own], minlength=len(codes))
    again = counts[codes[subject.own]] > 1
    found, rows = list(_often(again, codes, subject)), [("X, more than once", again)]
    if subject.unseen:
        taught = counts[codes[subject.measured]] > 0
        rows.append(("test rows, in X as well", taught))
        found += _taught(taught, again, subject)
    frame = pd.DataFrame([(of, len(flags), int(flags.sum())) for of, flags in rows])
    return Looked(found, {"repeats": frame.set_axis(["of", "rows", "repeated"], axis=1)})


def _taught(taught: Flags, again: Flags, subject: Subject) -> Iterator[Finding]:
    """Compare how many test rows stand in X with how many rows of X stand there once more."""
    share, usual = float(taught.mean()), float(again.mean())
    if share - usual < TAUGHT:
        return
    # rows of X come again in pairs, of which either tells what the other does
    pairs = int(again.sum()) // 2, int((~again).sum()) // 2
    counts = [[int(taught.sum()), int((~taught).sum())], list(pairs)]
    p = float(stats.fisher_exact(counts, alternative="greater")[1])
    if p >= LEVEL:
        return
    yield Finding(
        "test-rows-taught",
        f"{int(taught.sum()):,} of {len(taught):,} test rows stand in X as well "
        f"({percent(share)}), while {percent(usual)} of the rows of X stand there more than once "
        f"({chance(p)}).",
        {
            "test rows": len(taught),
            "also in X": int(taught.sum()),
            "share": share,
            "share of X that is repeated": usual,
            "p": p,
        },
        "Take rows that were kept apart from the start: those that were learnt from flatter every "
        "figure.",
        pd.DataFrame({"test row": subject.among_test(subject.measured[taught])}),
    )


def _often(again: Flags, codes: NDArray[np.intp], subject: Subject) -> Iterator[Finding]:
    if again.mean() < OFTEN:
        return
    rows = subject.own[again]
    detail = pd.DataFrame({"row": subject.called(rows), "group": pd.factorize(codes[rows])[0]})
    figures = {"rows": len(again), "repeated": int(again.sum())}
    said, targets = "", subject.targets
    truth = targets.truth if isinstance(targets, Predictions) else targets.labels
    if truth is not None and targets.known is not None:
        detail["truth"] = np.where(targets.known, truth, np.nan)[rows]
        unlike = int((detail.groupby("group")["truth"].transform("nunique") > 1).sum())
        figures["with another truth"] = unlike
        said = f"; {unlike:,} of these have another truth than one that they are the same as"
    yield Finding(
        "repeated-rows",
        f"{int(again.sum()):,} of {len(again):,} rows of X are the same as another in every column"
        f"{said}.",
        figures,
        "If they are one case written down twice, drop them: a held-out row that was also learnt "
        "from flatters every figure. If they are cases that these columns cannot tell apart, "
        "nothing need be done.",
        detail,
    )
