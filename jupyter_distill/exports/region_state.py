"""Regions of disagreement for the table view: what each is called, and which rows are in it."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from jupyter_distill.audits._region import Region, Regions
from jupyter_distill.audits.regions import regions as seek
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.html import count
from jupyter_distill.exports.regions import who_is_right
from jupyter_distill.exports.rows import RowIndex

State = dict[str, Any]

# Rows up to which regions are sought unasked: less than half a second's work.
UNASKED = 60_000
# Another view of the same distillation need not seek again.
_KNOWN: WeakKeyDictionary[Distillation, Regions] = WeakKeyDictionary()


def unsought(d: Distillation) -> State:
    """Return that nobody has sought regions yet, and whether a view may do so unasked."""
    return {"sought": False, "unasked": d.table.n_rows <= UNASKED, "rows": d.table.n_rows}


def found(d: Distillation, rows: RowIndex) -> State:
    """Seek regions, keep which rows are in each, and return what a view says of them."""
    if d not in _KNOWN:
        _KNOWN[d] = seek(d)
    sought = _KNOWN[d]
    rows.regions = []
    for one in sought:
        inside = np.zeros(d.table.n_rows, dtype=bool)
        inside[one.positions] = True
        rows.regions.append(inside)
    apart = rows.scopes["disagreements"]
    return {
        "sought": True,
        "numbers": sought.regression,
        "rate": sought.rate,
        "measured": f"{count(sought.rows)} {sought.which}",
        "found": [
            _said(one, int(inside[apart].sum()), sought.regression)
            for one, inside in zip(sought, rows.regions, strict=True)
        ],
        "notes": list(sought.notes),
    }


def _said(one: Region, apart: int, numbers: bool) -> State:
    rate = [None if np.isnan(end) else float(end) for end in one.rate]
    return {
        "number": one.number,
        "rule": one.rule,
        "rate": rate,
        "elsewhere": None if np.isnan(one.elsewhere) else one.elsewhere,
        "rows": one.rows,
        "clear": one.clear,
        "right": who_is_right(one, numbers),
        "apart": apart,
    }
