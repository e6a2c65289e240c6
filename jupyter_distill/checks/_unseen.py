"""Findings of categories that the teacher has never seen, and answers all the same."""

from __future__ import annotations

from collections.abc import Iterator, Set

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import some
from jupyter_distill.checks._subject import Looked, Positions, Subject
from jupyter_distill.data import Table
from jupyter_distill.findings import Finding

NAMED = 3  # values and columns that are named in a sentence


def unseen(subject: Subject) -> Looked:
    """Look for values that none of the teacher's encoders knows."""
    table = subject.table
    tested = np.zeros(table.n_rows, dtype=bool)
    tested[subject.measured] = subject.unseen
    found, every = [], np.zeros(table.n_rows, dtype=bool)
    for name, known in subject.levels.items():
        for value, rows in _strange(table, table.position(name), known):
            of_test = int(tested[rows].sum())
            found.append((name, str(value), len(rows) - of_test, of_test))
            every[rows] = True
    if not found:
        return Looked()
    frame = pd.DataFrame(found, columns=["column", "value", "rows", "test rows"])
    return Looked([_said(frame, every)])


def _strange(table: Table, j: int, known: Set[object]) -> Iterator[tuple[object, Positions]]:
    """Yield the values of a column that are not known, with their rows; missing is no value."""
    codes = table.values[:, j]
    order = np.argsort(codes, kind="stable")
    order = order[: np.count_nonzero(~np.isnan(codes))]
    starts = np.unique(codes[order], return_index=True)[1]
    for rows in np.split(order, starts[1:]) if len(order) else ():
        if table.columns[j].kind == "category" and codes[rows[0]] < 0:  # those it does not list
            several: dict[object, list[int]] = {}
            for row in rows:
                several.setdefault(table.cell(int(row), j), []).append(int(row))
            yield from ((v, np.array(of)) for v, of in several.items() if v not in known)
        elif (value := table.cell(int(rows[0]), j)) not in known:
            yield value, rows


def _said(frame: pd.DataFrame, every: NDArray[np.bool_]) -> Finding:
    columns = [
        f"{some(of['value'], NAMED)} in {name!r}"
        for name, of in frame.groupby("column", sort=False)
    ]
    more = len(columns) - NAMED
    listed = "; ".join(columns[:NAMED]) + (f"; more in {more} other columns" if more > 0 else "")
    rows, among = int(every.sum()), len(every)
    have = "row has" if rows == 1 else "rows have"
    return Finding(
        "unseen-category",
        f"{rows:,} of {among:,} {have} a value that the teacher's encoders have never seen, which "
        f"it answers all the same: {listed}.",
        {"rows": rows, "of": among, "columns": len(columns), "values": len(frame)},
        "Train the teacher again with such rows, or leave them out: what it says of them, and what "
        "a student learns from that, knows nothing of the value.",
        frame,
    )
