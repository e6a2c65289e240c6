"""What the view of rules is given: the rules, and how one row meets each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._reading_sums import held
from jupyter_distill.data import Table
from jupyter_distill.explanation import Limit
from jupyter_distill.exports.html import number
from jupyter_distill.exports.rule_lines import RuleLines
from jupyter_distill.exports.wire import Wire, encode

State = dict[str, Any]


def rules(lines: RuleLines) -> State:
    """Return rules for the browser: conditions, support and class mixes of each.

    Of a regression means in place of mixes, with their range, the ends of the line that they are
    drawn on, and error. Shares and means are
    rounded to single precision, which is more than a screen can show. Conditions that are cut
    short are also sent in full.
    """
    cut = [lines.asked(place) for place in range(len(lines))]
    full = [lines.asked(place, in_full=True) for place in range(len(lines))]
    asked = {limit.column.name for of in lines.limits for limit in of}
    numbers = {}
    if lines.error is not None:
        numbers = {
            "range": list(lines.span),
            "axis": list(lines.axis),
            "error": _shown(lines.error),
        }
    return {
        **numbers,
        "classes": list(lines.classes),
        "columns": [column.name for column in lines.columns if column.name in asked],
        "conditions": cut,
        "full": {str(k): text for k, text in enumerate(full) if text != cut[k]},
        "ordered": lines.ordered,
        "nodes": encode(lines.nodes, "i4"),
        "support": _shown(lines.support),
        "teacher": _shown(lines.teacher),
        "student": _shown(lines.student),
        "agreement": _shown(lines.agreement),
    }


def decided(lines: RuleLines, table: Table, row: int, place: int) -> State:
    """Return how a row meets the rules.

    Parameters
    ----------
    lines : RuleLines
        The rules.
    table : Table
        The rows, read with the columns of the rules.
    row : int
        Which row.
    place : int
        The rule that decides it.

    Returns
    -------
    dict
        ``row``, ``rule``, and ``tests``: place of a rule, which of its conditions, and what the row
        has there. Of the rule that decides all conditions, which hold; of the others that were
        asked those that do not.
    """
    tests: list[list[Any]] = []
    for k in range(place + 1 if lines.ordered else len(lines)):
        for i, limit in enumerate(lines.limits[k]):
            j = table.position(limit.column.name)
            x = float(table.values[row, j])
            if (k == place) != bool(limit.holds(np.array([x]))[0]):
                continue
            tests.append([k, i, met(limit, x, held(table, row, j))])
    return {"row": row, "rule": place, "tests": tests}


def met(limit: Limit, x: float, value: str) -> str:
    """Say what a row has where a limit is asked, and how far from its nearer threshold that is."""
    ends = [end for end in (limit.low, limit.high) if np.isfinite(end)]
    if limit.codes is not None or np.isnan(x) or not ends or limit.low >= limit.high:
        return f"is {value}"
    end = min(ends, key=lambda end: abs(x - end))
    if x == end:
        return f"is {value}, on the threshold"
    apart = number(float(f"{abs(x - end):.4g}"))
    return f"is {value}, {apart} {'above' if x > end else 'below'}"


def _shown(values: NDArray[np.float64]) -> Wire:
    return encode(np.asarray(values, dtype=np.float32), "f4")
