"""The way of one row through a tree: what it was asked, and how near it was to going elsewhere."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._reading_sums import held
from jupyter_distill.data import Table
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports.html import number

Floats = NDArray[np.float64]


class Step(NamedTuple):
    """One condition that a row has passed.

    Attributes
    ----------
    node : int
        The node that it leads to.
    column, condition, value : str
        What was asked, and what the row has.
    threshold, margin : float
        Of a number: the threshold, and how far the row is from it in the column's unit; NaN
        otherwise.
    spreads : float
        The margin in standard deviations of the column.
    """

    node: int
    column: str
    condition: str
    value: str
    threshold: float
    margin: float
    spreads: float


def spreads(table: Table) -> Floats:
    """Return the standard deviation of every column; NaN where there is none."""
    found = np.full(table.n_columns, np.nan)
    for j, column in enumerate(table.columns):
        known = table.values[:, j]
        known = known[np.isfinite(known)]
        if column.kind == "numeric" and len(known):
            found[j] = known.std()
    return found


def steps(
    tree: TreeExplanation, table: Table, places: list[int], of: Floats, row: int, leaf: int
) -> list[Step]:
    """Return the conditions from the root to the leaf of a row.

    Parameters
    ----------
    tree : TreeExplanation
        The tree.
    table : Table
        The rows.
    places : list of int
        Where each column of the tree is in the table.
    of : ndarray of shape (d,)
        Spread of each column of the table.
    row, leaf : int
        Which row, and where it ends.
    """
    found = []
    path = tree.path(leaf)
    for above, below in zip(path[:-1], path[1:], strict=True):
        column, j = tree.columns[tree.feature[above]], places[tree.feature[above]]
        x, end = float(table.values[row, j]), float(tree.threshold[above])
        apart = abs(x - end) if np.isfinite(end) else np.nan
        found.append(
            Step(
                below,
                column.name,
                tree.condition(below),
                held(table, row, j),
                end if np.isfinite(end) else np.nan,
                apart,
                apart / of[j] if of[j] > 0 else np.nan,
            )
        )
    return found


def state(row: int, steps: list[Step]) -> dict[str, Any]:
    """Return the way of a row for the browser, its narrowest threshold marked."""
    told = [step.spreads for step in steps]
    known = np.isfinite(told)
    return {
        "row": row,
        "steps": [[step.node, step.value, _margin(step)] for step in steps],
        "narrowest": int(np.nanargmin(told)) if known.sum() > 1 else None,
    }


def frame(steps: list[Step]) -> pd.DataFrame:
    """Return the way of a row as data."""
    return pd.DataFrame(steps, columns=list(Step._fields))


def _margin(step: Step) -> str:
    if np.isnan(step.margin):
        return ""
    if step.margin == 0:
        return "on the threshold"
    return f"{number(float(f'{step.margin:.4g}'))} {_side(step)}"


def _side(step: Step) -> str:
    return "above" if step.condition.startswith(f"{step.column} > ") else "below"
