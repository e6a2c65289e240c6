"""Findings of the columns of X: idle ones, twins, identifiers, and those that tell y alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import some
from jupyter_distill.checks._alone import MEASURES, alone
from jupyter_distill.checks._subject import Looked, Subject
from jupyter_distill.data import Column, Table
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Targets

ALONE = 0.99  # AUC or R2 from which one column is said to tell y by itself
ENOUGH = 30  # rows below which a column of different values may be anything
DENSE = 2  # whole numbers in a range of at most so many times the rows are a numbering


@dataclass(frozen=True)
class _Values:
    """One column: a code per row, in the order of the values; missing ones have the highest."""

    codes: NDArray[np.intp]
    levels: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> _Values:
        levels, codes = np.unique(values, return_inverse=True)  # takes all NaN for one
        return cls(codes.astype(np.intp), levels)

    @property
    def different(self) -> int:
        """How many different values there are, missing being none of them."""
        return int((~np.isnan(self.levels)).sum())

    def pattern(self, kind: str) -> bytes:
        """Return what columns have in common that set the same rows apart in the same way.

        Numbers of the same order, rising or falling; categories under whatever names.
        """
        there = ~np.isnan(self.levels)[self.codes]
        codes = self.codes[there]
        if kind == "category":
            codes = pd.factorize(codes)[0]
        elif len(codes):
            unlike = codes[codes != codes[0]]
            if len(unlike) and unlike[0] < codes[0]:  # begins by falling
                codes = self.different - 1 - codes
        pattern = np.full(len(self.codes), -1, dtype=np.int32)
        pattern[there] = codes
        return pattern.tobytes()


def columns(subject: Subject) -> Looked:
    """Look at every column of X."""
    table, targets = subject.table.take(subject.own), subject.targets.take(subject.own)
    frame = _measured(table, targets)
    found = [*_idle(frame), *_twins(frame), *_identifiers(frame), *_leaks(frame, targets)]
    return Looked(found, {"columns": frame})


def _measured(table: Table, targets: Targets) -> pd.DataFrame:
    """Return a row per column."""
    first: dict[bytes, str] = {}
    rows = []
    for j, column in enumerate(table.columns):
        values = _Values.of(table.values[:, j])
        idle = len(values.levels) == 1
        # a column without values to tell apart is idle, not a twin
        twin = None if idle else first.setdefault(values.pattern(column.kind), column.name)
        numbering = _numbering(column, table.values[:, j], values)
        rows.append(
            {
                "column": column.name,
                "kind": column.kind,
                "different": values.different,
                "missing": float(np.isnan(table.values[:, j]).mean()),
                "idle": idle,
                "twin": "" if twin in (None, column.name) else twin,
                "identifier": numbering,
                "alone": np.nan if idle else alone(values.codes, table.values[:, j], targets),
            }
        )
    return pd.DataFrame(rows)


def _numbering(column: Column, values: NDArray[np.float64], seen: _Values) -> str:
    """Return in what way a column numbers or names the rows, one by one; nothing where it does not.

    Numbers that only happen to be different do not: they must have no gaps to speak of, or rise
    from row to row.
    """
    n = len(values)
    if n < ENOUGH or seen.different < n:
        return ""
    if column.kind == "category":
        return "a name for every row"
    if not column.integer:
        return ""
    if np.ptp(values) < DENSE * n:
        return "a number for every row, with hardly a gap"
    return "a number that rises from row to row" if (np.diff(values) > 0).all() else ""


def _idle(frame: pd.DataFrame) -> Iterator[Finding]:
    idle = frame[frame["idle"]]
    if len(idle) == len(frame):
        yield Finding(
            "constant-columns",
            "Every column of X holds one value only: no student can tell its rows apart.",
            {"columns": len(frame)},
            "Give columns that differ from row to row.",
            idle,
        )
    elif len(idle):
        yield Finding(
            "idle-columns",
            f"{_count(idle, frame)} one value only: {some(idle['column'])}.",
            {"columns": len(frame), "idle": len(idle)},
            "Nothing need be done: no student uses them. Look whether they were filled.",
            idle[["column", "kind", "different", "missing"]].reset_index(drop=True),
        )


def _twins(frame: pd.DataFrame) -> Iterator[Finding]:
    twins = frame[frame["twin"] != ""]
    if len(twins):
        pairs = [f"{row.column!r} with {row.twin!r}" for row in twins.itertuples()]
        listed = ", ".join(pairs[:3]) + (f" and {len(pairs) - 3} more" if len(pairs) > 3 else "")
        yield Finding(
            "twin-columns",
            f"{_count(twins, frame, 'put', 'puts')} the rows in the same order, or the same groups,"
            f" as another: {listed}.",
            {"columns": len(frame), "twins": len(twins)},
            "Leave one of each pair out: which of the two a student names is chance.",
            twins[["column", "twin"]].reset_index(drop=True),
        )


def _identifiers(frame: pd.DataFrame) -> Iterator[Finding]:
    found = frame[frame["identifier"] != ""]
    if len(found):
        yield Finding(
            "identifier-column",
            f"{_count(found, frame, 'name', 'names')} the rows one by one, like an identifier: "
            f"{some(found['column'])} ({found['identifier'].iloc[0]}).",
            {"columns": len(frame), "identifiers": len(found)},
            "Leave it out: what a student learns from it holds for no other row.",
            found[["column", "identifier", "different"]].reset_index(drop=True),
        )


def _leaks(frame: pd.DataFrame, targets: Targets) -> Iterator[Finding]:
    found = frame[frame["alone"] > ALONE].sort_values("alone", ascending=False)
    if len(found):
        measure = MEASURES[type(targets)]
        best = float(found["alone"].iloc[0])
        yield Finding(
            "leaking-column",
            f"{_count(found, frame, 'tell', 'tells')} y nearly by itself: {some(found['column'])} "
            f"({measure} {best:.3f} on rows that were set aside).",
            {"columns": len(frame), "leaking": len(found), measure: best},
            "Look whether it is known before y is, or is y under another name: if so, leave it out "
            "and train the teacher again.",
            found[["column", "alone"]].rename(columns={"alone": measure}).reset_index(drop=True),
        )


def _count(
    found: pd.DataFrame, frame: pd.DataFrame, several: str = "hold", one: str = "holds"
) -> str:
    return f"{len(found)} of {len(frame)} columns {one if len(found) == 1 else several}"
