"""What each view starts from: the values of its traits, made from a distillation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.distillation import Distillation, reached
from jupyter_distill.exports import payload
from jupyter_distill.exports.card import Card
from jupyter_distill.exports.counted import pairs
from jupyter_distill.exports.query import whole
from jupyter_distill.exports.rows import RowIndex
from jupyter_distill.exports.wire import encode

State = dict[str, Any]

# Rows of the first window, as many as keep a wide table under 30 kB.
FIRST_ROWS, LEAST_ROWS, FIRST_CELLS = 50, 25, 1_300
# Rows that a page without a kernel carries, fewer where the table is very wide.
PAGE_ROWS, PAGE_CELLS = 1_000, 60_000


def table(rows: RowIndex, query: State) -> State:
    """Return the columns of a table and the window of a query, so that it shows without asking."""
    return {"columns": columns(rows), "page": window(rows, query), "pairs": pairs(rows)}


def columns(rows: RowIndex) -> list[State]:
    """Return what the browser knows of each column."""
    return [field.describe() for field in rows.fields]


def first_rows(rows: RowIndex) -> int:
    """Return how many rows the first window has."""
    return int(np.clip(FIRST_CELLS // len(rows.fields), LEAST_ROWS, FIRST_ROWS))


def window(
    rows: RowIndex, query: dict[str, Any], node: int | None = None, region: int | None = None
) -> State:
    """Answer a query with one window of rows."""
    found = rows.select(query, node, region)
    start = whole(query, "start", 0)
    stop = whole(query, "stop", start + first_rows(rows))
    # a person sees a screen at a time, whatever is asked for
    shown = found[start : min(stop, start + PAGE_ROWS)]
    scope = rows.scopes[query.get("scope") or "disagreements"]
    ticket = whole(query, "ticket", 0)
    return _page(rows, shown, ticket=ticket, start=start, total=len(found), everything=len(scope))


def carried(rows: RowIndex, query: State | None = None, *, regions: bool = False) -> State:
    """Return the table that an exported view carries: worst disagreements first.

    With `regions` each row says in which it is, by a bit for each.

    A table that fits goes whole, so that the reader can also look at where the models agree;
    otherwise the view is kept to the disagreements.
    """
    chosen = rows.scopes["disagreements"]
    query = dict(query or {})
    most = int(np.clip(PAGE_CELLS // len(rows.fields), LEAST_ROWS, PAGE_ROWS))
    if rows.table.n_rows <= most:
        chosen = np.concatenate([chosen, np.setdiff1d(rows.scopes["all"], chosen)])
    elif query:
        query["scope"] = "disagreements"
    shown = chosen[:most]
    page = _page(rows, shown, ticket=0, start=0, total=len(shown), everything=len(shown))
    # what a reader without a kernel is not given is said: of how many rows these are the first
    page["held_of"] = len(chosen)
    if regions:
        bits = np.zeros(len(shown), dtype=np.int32)
        for k, inside in enumerate(rows.regions):
            bits |= inside[shown].astype(np.int32) << k
        page["regions"] = encode(bits, "i4")
    return {"page": page, "query": query}


def temperature(d: Distillation, *, keep: Sequence[int] = (), most: int | None = None) -> State:
    """Return the teacher's logits and the curve of the temperatures tried.

    A regression has neither: then there is nothing to show.
    """
    if d.temperature is None:
        return {}
    rows = payload.sample(d.targets.n_rows, d.targets.n_classes, keep=keep, most=most)
    return {
        "logits": payload.logits(d.targets.logits[rows]),
        "row_ids": encode(rows, "i4"),
        "classes": [str(c) for c in d.targets.classes],
        "curve": curve(d),
        "distilled_at": float(d.temperature),
        "temperature": float(d.temperature),
    }


def curve(d: Distillation) -> State:
    """Return what the temperatures that were tried did, and at which the teacher is true."""
    assert d.temperature is not None, "a regression has no temperature"
    tried = payload.curve(d.temperature_path, d.temperature)
    return {**tried, **payload.truest(d.held_out[1], unseen=d.rows.unseen)}


def summary(d: Distillation, card: Card) -> State:
    """Return the head of the linked view: who, how small, how faithful."""
    baselines = [
        {"name": score.model, "fidelity": plain(score.fidelity)} for score in card.baselines
    ]
    return _summary(d, plain(card.overall.fidelity), baselines)


def brief(d: Distillation, baselines: list[State]) -> State:
    """Return the head while a slider moves: the student by its rung, beside some baselines."""
    rung = d.rung
    return _summary(d, plain([rung.fidelity, rung.low, rung.high]), baselines)


def _summary(d: Distillation, fidelity: list[float | None], baselines: list[State]) -> State:
    return {
        "teacher": d.teacher.name,
        "student": d.family,
        "size": reached(d.student) or d.size,
        "unit": d.student.UNIT,
        "temperature": None if d.temperature is None else float(d.temperature),
        "measure": "R2" if d.task == "regression" else "agreement",
        "fidelity": fidelity,
        "baselines": baselines,
        "rows": d.table.n_rows,
        "classes": 0 if d.task == "regression" else len(d.targets.classes),
        "notes": list(d.notes),
        "findings": [
            {
                "code": one.code,
                "severity": one.severity,
                "sentence": one.sentence,
                "remedy": one.remedy,
                "figures": one.figures,
            }
            for one in d.findings
        ],
    }


def plain(interval: Iterable[float]) -> list[float | None]:
    """Return a value and the ends of its interval for JSON, None where they are not known."""
    return [None if np.isnan(v) else float(v) for v in interval]


def _page(
    rows: RowIndex, shown: NDArray[Any], *, ticket: int, start: int, total: int, everything: int
) -> State:
    """Return one window of a table: the answer to the query with the same ticket."""
    return {
        "ticket": ticket,
        "start": start,
        "total": total,
        "all": everything,
        "rows": rows.table.n_rows,
        "row_ids": encode(shown, "i4"),
        "leaves": encode(rows.leaves[shown], "i4"),
        "cells": rows.cells(shown),
    }
