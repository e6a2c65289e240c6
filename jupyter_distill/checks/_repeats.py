"""Findings of rows that come more than once: in X, or in X and among the test rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill.checks._paired import LEVEL, chance
from jupyter_distill.checks._rows import codes_of_rows
from jupyter_distill.checks._subject import Looked, Positions, Subject
from jupyter_distill.data import Table
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions

OFTEN = 0.05  # share of the rows of X that stand there more than once
TAUGHT = 0.01  # share of the test rows by which more stand in X than chance would put there


def repeats(subject: Subject) -> Looked:
    """Look for rows that are the same in every column."""
    codes = codes_of_rows(subject.table.values)
    own = codes[subject.own]
    counts = np.bincount(own, minlength=int(codes.max()) + 1)
    again = counts[own] > 1
    rows, figures = [_row("X", again, subject, subject.own)], {}
    found: list[Finding] = []
    if subject.unseen:
        taught = counts[codes[subject.measured]] > 0
        rows.append(_row("test, also in X", taught, subject, subject.measured))
        figures = {"test rows": len(taught), "also in X": int(taught.sum())}
        found += _taught(taught, again, figures, subject)
    found += _often(again, own, subject)
    return Looked(found, {"repeats": pd.DataFrame(rows)})


def _row(of: str, again: NDArray[np.bool_], subject: Subject, rows: Positions) -> dict[str, object]:
    return {"rows of": of, "rows": len(again), "repeated": int(again.sum())}


def _taught(
    taught: NDArray[np.bool_], again: NDArray[np.bool_], figures: dict[str, int], subject: Subject
) -> Iterator[Finding]:
    """Compare how many test rows stand in X with how many rows of X stand there once more."""
    share, usual = float(taught.mean()), float(again.mean())
    if share - usual < TAUGHT:
        return
    counts = [[int(mask.sum()), int((~mask).sum())] for mask in (taught, again)]
    p = float(stats.fisher_exact(counts, alternative="greater")[1])
    if p >= LEVEL:
        return
    rows = subject.measured[taught]
    yield Finding(
        "test-rows-taught",
        f"{int(taught.sum()):,} of {len(taught):,} test rows stand in X as well ({share:.1%}), "
        f"while {usual:.1%} of the rows of X are repeated there ({chance(p)}).",
        {**figures, "repeated within X": usual, "p": p},
        "Take rows that were kept apart from the start: those that were learnt from flatter every "
        "figure.",
        pd.DataFrame({"test row": rows - subject.measured[0]}),
    )


def _often(again: NDArray[np.bool_], own: Positions, subject: Subject) -> Iterator[Finding]:
    if again.mean() < OFTEN:
        return
    table: Table = subject.table
    rows = subject.own[again]
    detail = pd.DataFrame({"row": rows, "group": pd.factorize(own[again])[0]})
    figures = {"rows": len(again), "repeated": int(again.sum()), "columns": table.n_columns}
    said = ""
    known = subject.targets.known
    if known is not None:
        targets = subject.targets
        truth = targets.truth if isinstance(targets, Predictions) else targets.labels
        assert truth is not None
        detail["truth"] = truth[rows]
        groups = detail[known[rows]].groupby("group")["truth"]
        unlike = int((groups.transform("nunique") > 1).sum())
        figures["of these with a truth unlike their twin's"] = unlike
        said = f"; {unlike:,} of these have another truth than their twin"
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
