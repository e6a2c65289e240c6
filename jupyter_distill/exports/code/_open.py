"""The open form: a student as plain lists and texts, and back.

``format`` is ``"jupyter_distill student"`` and ``version`` 1. ``columns`` are named, with the
``categories`` that codes point into, ``classes`` are the labels (empty for a regression), and
``model`` says how a row is answered:

``{"kind": "tree", "tree", "outcomes"}``
    ``tree`` is the number of a leaf, or ``{"ask", "yes", "no"}``.
``{"kind": "rules", "rules", "outcomes"}``
    The first rule that holds decides: ``{"all", "number"}``; the last one asks nothing.
``{"kind": "sum", "sum", "hidden", "out"}``
    ``sum`` is ``{"intercept", "parts"}``; ``hidden`` the same for the units of a net, whose tanh
    times the rows of ``out`` are added. One sum of two classes is the log-odds of the second; of
    more, softmax gives the probabilities.

A question is ``{"column", "above", "up_to", "codes", "lost"}``: of a number, whether it is greater
than ``above`` and at most ``up_to`` (null: no bound); of a category, whether its place in
``categories`` is one of ``codes``; ``lost`` answers for missing values and, of categories, for
values that are not listed. A part of a sum is ``{"column", "mean", "slope", "known", "missing"}``,
which adds ``known + slope * (x - mean)``, or ``missing``; or ``{"axes", "scores", "width"}``: the
row of ``scores`` at the bin of the first axis (times ``width`` plus that of the second). An axis
has the bin of each interval between ``cuts`` (its upper end belongs to it) or of each category, of
``other`` values, and of ``missing`` ones. Outcomes hold a ``number`` that questions point to,
``values`` (probabilities by class, or one number) and the place of the class that is ``named``.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

from jupyter_distill._validation import expected
from jupyter_distill.data import Column
from jupyter_distill.explanation import Limit
from jupyter_distill.exports.code._read import categories
from jupyter_distill.reading import (
    Addend,
    Ask,
    Axis,
    Choice,
    Clause,
    Form,
    Line,
    Question,
    Scores,
    Steps,
    Sums,
)

Columns = tuple[Column, ...]
FORMAT, VERSION = "jupyter_distill student", 1


def to_dict(form: Form) -> dict[str, Any]:
    """Return a form as plain lists and texts, ready for JSON."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "family": form.family,
        "title": form.title,
        "task": "classification" if form.classes else "regression",
        "classes": list(form.classes),
        "columns": [_column(column, j in form.used) for j, column in enumerate(form.columns)],
        "columns_read": list(form.used),
        "model": _model(form.body),
    }


def _column(column: Column, read: bool) -> dict[str, Any]:
    said = column.to_dict()  # of a column that is not read a category may be of any type
    return {**said, "categories": list(categories(column))} if read else said


def _model(body: Choice | Scores) -> dict[str, Any]:
    if isinstance(body, Scores):
        hidden = None if body.hidden is None else _sums(body.hidden)
        return {
            "kind": "sum",
            "sum": _sums(body.sums),
            "hidden": hidden,
            "out": [list(row) for row in body.out],
        }
    outcomes = [
        {"number": number, "values": list(values), "named": body.named[number]}
        for number, values in body.outcomes.items()
    ]
    if isinstance(body.how, tuple):
        rules = [
            {"number": rule.number, "all": [_question(one) for one in rule.box.items()]}
            for rule in body.how
        ]
        return {"kind": "rules", "rules": rules, "outcomes": outcomes}
    return {"kind": "tree", "tree": _tree(body.how), "outcomes": outcomes}


def _tree(how: Ask | int) -> Any:
    if isinstance(how, int):
        return how
    return {"ask": _question(how.question), "yes": _tree(how.yes), "no": _tree(how.no)}


def _question(one: Question) -> dict[str, Any]:
    column, limit = one
    return {
        "column": column,
        "above": limit.low if isfinite(limit.low) else None,
        "up_to": limit.high if isfinite(limit.high) else None,
        "codes": None if limit.codes is None else sorted(limit.codes),
        "lost": limit.missing,
    }


def _sums(of: Sums) -> dict[str, Any]:
    return {"intercept": list(of.intercept), "parts": [_part(part) for part in of.parts]}


def _part(part: Addend) -> dict[str, Any]:
    if isinstance(part, Line):
        return {
            "column": part.column,
            "mean": part.mean,
            "slope": list(part.slope),
            "known": list(part.known),
            "missing": list(part.missing),
        }
    axes = [
        {
            "column": axis.column,
            "cuts": None if axis.cuts is None else list(axis.cuts),
            "bins": list(axis.bins),
            "other": axis.other,
            "missing": axis.missing,
        }
        for axis in part.axes
    ]
    return {"axes": axes, "scores": [list(row) for row in part.scores], "width": part.width}


def from_dict(said: dict[str, Any]) -> Form:
    """Return the form that :func:`to_dict` wrote.

    Raises
    ------
    ValueError
        If it is of another format or version.
    """
    if said.get("format") != FORMAT or said.get("version") != VERSION:
        raise ValueError(
            expected(
                f"the format {FORMAT!r} in version {VERSION}",
                got=f"{said.get('format')!r} in version {said.get('version')!r}",
            )
        )
    columns = tuple(
        Column(c["name"], c["kind"], tuple(c["categories"]), c["integer"]) for c in said["columns"]
    )
    body = _body(said["model"], columns)
    return Form(said["family"], said["title"], columns, tuple(said["classes"]), body)


def _body(model: dict[str, Any], columns: Columns) -> Choice | Scores:
    if model["kind"] == "sum":
        hidden = None if model["hidden"] is None else _sums_from(model["hidden"])
        out = tuple(tuple(row) for row in model["out"])
        return Scores(_sums_from(model["sum"]), hidden, out)
    how: Any = (
        _tree_from(model["tree"], columns)
        if model["kind"] == "tree"
        else tuple(
            Clause(dict(_question_from(one, columns) for one in rule["all"]), rule["number"])
            for rule in model["rules"]
        )
    )
    outcomes = model["outcomes"]
    return Choice(
        how,
        {one["number"]: tuple(one["values"]) for one in outcomes},
        {one["number"]: one["named"] for one in outcomes},
    )


def _tree_from(said: Any, columns: Columns) -> Ask | int:
    if isinstance(said, int):
        return said
    yes, no = (_tree_from(said[way], columns) for way in ("yes", "no"))
    return Ask(_question_from(said["ask"], columns), yes, no)


def _question_from(said: dict[str, Any], columns: Columns) -> Question:
    codes = None if said["codes"] is None else frozenset(said["codes"])
    low = -inf if said["above"] is None else said["above"]
    high = inf if said["up_to"] is None else said["up_to"]
    j = said["column"]
    return j, Limit(columns[j], low, high, codes, said["lost"], seen=True)


def _sums_from(said: dict[str, Any]) -> Sums:
    return Sums(tuple(said["intercept"]), tuple(_part_from(part) for part in said["parts"]))


def _part_from(said: dict[str, Any]) -> Addend:
    if "axes" not in said:
        shares = (tuple(said[name]) for name in ("slope", "known", "missing"))
        return Line(said["column"], said["mean"], *shares)
    axes = tuple(
        Axis(
            axis["column"],
            None if axis["cuts"] is None else tuple(axis["cuts"]),
            tuple(axis["bins"]),
            axis["other"],
            axis["missing"],
        )
        for axis in said["axes"]
    )
    return Steps(axes, tuple(tuple(row) for row in said["scores"]), said["width"])
