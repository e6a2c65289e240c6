"""Which parts of a student recur in others of its kind, read from their explanations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.audits._shapes_alike import correlation
from jupyter_distill.explanation import (
    Explanation,
    Limit,
    NetExplanation,
    RuleExplanation,
    ShapeExplanation,
    TermExplanation,
    TreeExplanation,
)

Part = tuple[str, str]  # its kind and its name
Found = dict[Part, dict[str, float]]

ROOT, COLUMN, SPLIT, QUESTION = "root", "column", "split", "question"
RULE, CONDITION = "rule", "condition"
COEFFICIENT, TERM = "coefficient", "term"
KINDS = (ROOT, COLUMN, SPLIT, QUESTION, RULE, CONDITION, COEFFICIENT, TERM)


@singledispatch
def parts(said: Explanation) -> Found:
    """Return the parts of a student, each with its measures."""
    what = "an explanation by nodes, rules, coefficients, shapes or weights"
    raise TypeError(expected(what, got=repr(type(said).__name__)))


@parts.register
def _(said: TreeExplanation) -> Found:
    found: Found = {}
    inner = np.flatnonzero(said.left >= 0)
    # of several questions about a column the topmost, and there the one most rows meet
    for node in inner[np.lexsort((-said.support[inner], said.depth[inner]))]:
        column = said.columns[said.feature[node]]
        measures = {}
        if column.kind == "numeric":
            measures["threshold"] = float(said.threshold[node])
        else:
            found.setdefault((QUESTION, f"{column.name} is {_asked(said, node)[0]}"), {})
        found.setdefault((COLUMN, column.name), measures)
        if said.parent[node] < 0:
            found[ROOT, column.name] = measures
        else:
            found.setdefault((SPLIT, f"{column.name}, where {_above(said, node)}"), measures)
    return found


def _asked(said: TreeExplanation, node: int) -> tuple[str, bool]:
    """Return the categories that a question sets apart, and whether these go left.

    A question is the same whichever answer goes left; the shorter side is named.
    """
    column = said.columns[said.feature[node]]
    inside = set(said.left_categories[node] or ())
    sides = [inside, set(range(len(column.categories))) - inside]
    asked = min(sides, key=lambda codes: (not codes, len(codes), sorted(codes)))
    return ", ".join(column.text(code) for code in sorted(asked)), asked is inside


def _above(said: TreeExplanation, node: int) -> str:
    """Return the columns and sides that lead to a node, in whatever order they are asked."""
    sides = set()
    while (parent := int(said.parent[node])) >= 0:
        column, left = said.columns[said.feature[parent]], said.left[parent] == node
        if column.kind == "numeric":
            sides.add(f"{column.name} {'<=' if left else '>'}")
        else:
            names, these_left = _asked(said, parent)
            sides.add(f"{column.name} is {'' if left == these_left else 'not '}{names}")
        node = parent
    return " and ".join(sorted(sides))


@parts.register
def _(said: RuleExplanation) -> Found:
    found: Found = {}
    for rule in said.limits:
        asked: Found = {}
        for limit in rule:
            found.setdefault((COLUMN, limit.column.name), {})
            asked |= _conditions(limit)
        for part, measures in asked.items():  # the first rule that asks decides for most rows
            found.setdefault(part, measures)
        if asked:
            found.setdefault((RULE, " and ".join(sorted(name for _, name in asked))), {})
    return found


def _conditions(limit: Limit) -> Found:
    """Return what a rule asks of one column: each side with its threshold, or the categories."""
    bounds = {f"{limit.column.name} >": limit.low, f"{limit.column.name} <=": limit.high}
    finite = {text: cut for text, cut in bounds.items() if np.isfinite(cut)}
    if limit.codes is None and finite and limit.low < limit.high:
        return {(CONDITION, text): {"threshold": cut} for text, cut in finite.items()}
    return {(CONDITION, limit.text(in_full=True)): {}}


@parts.register
def _(said: TermExplanation) -> Found:
    found: Found = {}
    for term in said.terms:
        for score, value in zip(said.scores, term.values, strict=True):
            if value != 0:
                name = term.name if len(said.scores) == 1 else f"{term.name}: {score}"
                found.setdefault((COLUMN, said.columns[term.feature].name), {})
                found[COEFFICIENT, name] = {"coefficient": float(value)}
    return found


@parts.register
def _(said: ShapeExplanation) -> Found:
    found: Found = {}
    for term in said.terms:
        if np.any(term.scores):
            for j in term.features:
                found.setdefault((COLUMN, said.columns[j].name), {})
            found[TERM, term.name] = {"importance": term.importance}
    return found


@parts.register
def _(said: NetExplanation) -> Found:
    read = np.flatnonzero(said.straight + said.bent > 0)
    return {(COLUMN, said.columns[j].name): {"importance": float(said.importance[j])} for j in read}


def recurring(refits: Sequence[Explanation], student: Explanation) -> pd.DataFrame:
    """Return one row per part that any refit or the student has, the most frequent first."""
    found, own = [parts(refit) for refit in refits], parts(student)
    every = dict.fromkeys(part for of in (*found, own) for part in of)
    rows = []
    for kind, name in every:
        measures = [of[kind, name] for of in found if (kind, name) in of]
        row: dict[str, Any] = {"kind": kind, "part": name, "share": len(measures) / len(found)}
        row["in_student"] = (kind, name) in own
        row |= _measured(measures)
        if kind == TERM:
            row["correlation"] = _alike(refits, name)
        rows.append(row)
    rows.sort(key=lambda row: (KINDS.index(row["kind"]), -row["share"]))
    return pd.DataFrame(rows, columns=None if rows else ["kind", "part", "share", "in_student"])


def _measured(measures: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return median and quartiles of every measure, and which sign coefficients have."""
    row: dict[str, float] = {}
    for name in dict.fromkeys(name for of in measures for name in of):
        values = np.array([of[name] for of in measures if name in of])
        # a threshold may be infinite, which no two values lie between
        between = np.isfinite(values).all()
        way: Literal["linear", "inverted_cdf"] = "linear" if between else "inverted_cdf"
        low, middle, high = np.quantile(values, np.array([0.25, 0.5, 0.75]), method=way)
        row |= {name: float(middle), f"{name}_q1": float(low), f"{name}_q3": float(high)}
        if name == COEFFICIENT:
            row["positive"] = float((values > 0).mean())
    return row


def _alike(refits: Sequence[Explanation], name: str) -> float:
    """Return the mean correlation of a term's shapes between the refits that have it."""
    shapes = [
        term
        for said in refits
        if isinstance(said, ShapeExplanation)
        for term in said.terms
        if term.name == name and np.any(term.scores)
    ]
    found = [correlation(one, other) for one, other in combinations(shapes, 2)]
    known = [value for value in found if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def overlap(refits: Sequence[Explanation]) -> NDArray[np.float64]:
    """Return the Jaccard index of the columns that each two refits use; 1 where none uses any."""
    used = [{name for kind, name in parts(refit) if kind == COLUMN} for refit in refits]
    return np.array([[len(a & b) / len(a | b) if a | b else 1.0 for b in used] for a in used])
