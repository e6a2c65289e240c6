"""Why the student decides a row as it does, in the owner's words: its rule, or its sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._certified import (
    Added,
    Condition,
    DecidingRule,
    DecidingSum,
)
from jupyter_distill.audits.certificate._margins import Margins
from jupyter_distill.audits.certificate._reading import Reading, RulesReading, TreeReading
from jupyter_distill.audits.certificate._reading_sums import NetReading, SumReading, said_of
from jupyter_distill.explanation import Limit

Floats = NDArray[np.float64]


def decided(reading: Reading, row: Floats, margins: Margins) -> DecidingRule | DecidingSum:
    """Return the account of one row."""
    if isinstance(reading, TreeReading):
        place = int(reading.place(row[None])[0])
        leaf = int(reading.leaves[place])
        limits = list(reading.asked[place].values())
        text = reading.explanation.rule(leaf, in_full=True)
        return DecidingRule("leaf", leaf, text, _conditions(limits))
    if isinstance(reading, RulesReading):
        return _of_rules(reading, row, margins)
    assert isinstance(reading, SumReading)
    return _of_sum(reading, row)


def _of_rules(reading: RulesReading, row: Floats, margins: Margins) -> DecidingRule:
    place = int(reading.place(row[None])[0])
    limits = list(reading.asked[place].values())
    text = " and ".join(limit.text(in_full=True) for limit in limits)
    if place:
        before = "the rule before does not hold"
        if place > 1:
            before = f"none of the {place} rules before holds"
        text = f"{text}, and {before}" if text else f"otherwise: {before}"
    return DecidingRule("rule", place, text or "all rows", _conditions(limits), margins.failed(row))


def _conditions(limits: Sequence[Limit]) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            limit.column.name,
            limit.text(in_full=True),
            float(limit.low) if np.isfinite(limit.low) else None,
            float(limit.high) if np.isfinite(limit.high) else None,
            None
            if limit.codes is None
            else tuple(limit.column.categories[code] for code in sorted(limit.codes)),
            limit.missing,
        )
        for limit in limits
    )


def _of_sum(reading: SumReading, row: Floats) -> DecidingSum:
    parts = reading.parts(row[None])
    order = np.argsort([-float(np.abs(part.adds).max()) for part in parts], kind="stable")
    columns = reading.columns
    terms = tuple(
        Added(
            parts[i].name,
            tuple(columns[j].name for j in parts[i].columns),
            " and ".join(said_of(columns[j], float(row[j])) for j in parts[i].columns),
            tuple(float(v) + 0.0 for v in parts[i].adds[0]),  # of -0.0 and 0.0 there is one
        )
        for i in order
    )
    return DecidingSum(
        text=reading.explanation.reading,
        scores=reading.scores,
        intercept=tuple(float(v) for v in reading.intercept),
        terms=terms,
        total=tuple(float(v) for v in reading.total(row[None])[0]),
        inside=reading.units(row[None]) if isinstance(reading, NetReading) else (),
    )
