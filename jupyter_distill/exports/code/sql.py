"""A student as SQL: a ``CASE`` expression or a sum, or a whole query over a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any

from jupyter_distill._validation import check_choice, did_you_mean, expected, some
from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import Cells, kind_of
from jupyter_distill.exports.code._names import one_line
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.exports.code._sql_expression import (
    Expressions,
    Lines,
    indent,
    listed,
    named,
)
from jupyter_distill.exports.code._sql_run import run
from jupyter_distill.exports.code._sql_words import DIALECTS, identifier, literal, number
from jupyter_distill.reading import Choice, Form, Value

SUFFIX = ".sql"
Table = str | tuple[str, str]


def write(
    form: Form,
    about: About,
    *,
    dialect: str = "duckdb",
    table: Table | None = None,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    answer: Value | None = None,
) -> str:
    """Return an expression over the columns of a table, or a query.

    Parameters
    ----------
    form, about
        The student.
    dialect : {"duckdb", "sqlite", "ansi"}
        Whose SQL. Missing is NULL, and for DuckDB NaN too.
    table : str or (schema, table), optional
        With it a whole query is written: the columns, the leaf, rule or scores, the answer, and
        the probability of every class.
    columns : mapping of str to str, optional
        What the table calls the student's columns, where it is not the same.
    keep : sequence of str
        Other columns of the table that the query returns, e.g. a key.
    answer : optional
        Without a table: the class whose probability to give; unless given the class that is named.
    """
    check_choice("dialect", dialect, DIALECTS)
    names = _names(form, columns, keep)
    _check_types(form)
    of = _answer(form, answer, table)
    head = "".join(f"-- {one_line(line)}".rstrip() + "\n" for line in about.head)
    if table is None:
        if keep:
            raise ValueError(expected("a table beside keep=", got="table=None"))
        write = Expressions(form, dialect, {j: identifier(name) for j, name in names.items()})
        return head + "\n".join(_expression(form, write, of)) + "\n"
    return head + "\n".join(_query(form, dialect, names, keep, _table(table))) + ";\n"


def check(
    content: str,
    form: Form,
    cells: Cells,
    *,
    dialect: str = "duckdb",
    table: Table | None = None,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    answer: Value | None = None,
) -> Checked:
    """Run it in the database that it is for."""
    names = _names(form, columns, keep)
    of = _answer(form, answer, table)
    where = ("rows",) if table is None else (table,) if isinstance(table, str) else table
    return run(content, form, cells, dialect, names, list(keep), where, of, table is None)


def _answer(form: Form, answer: Any, table: Any) -> int | None:
    if answer is None:
        return None
    if table is not None or not form.classes:
        got = "a table, whose query gives all of them" if table is not None else "a regression"
        raise ValueError(expected("answer= for an expression that names classes", got=got))
    if answer not in form.classes:
        raise ValueError(expected(f"answer to be a class: {some(form.classes)}", got=repr(answer)))
    return form.classes.index(answer)


def _table(table: Any) -> str:
    parts = (table,) if isinstance(table, str) else table
    if not isinstance(parts, tuple) or not 1 <= len(parts) <= 2:
        what = "table to be a name, or a pair of schema and name"
        raise TypeError(expected(what, got=repr(table)))
    return ".".join(identifier(part) for part in parts)


def _names(form: Form, columns: Mapping[str, str] | None, keep: Sequence[str]) -> dict[int, str]:
    """Return what the table calls each column that is read."""
    if isinstance(keep, str):
        raise TypeError(expected("keep to be a list of columns", got=repr(keep)))
    own = [form.columns[j].name for j in form.used]
    for name in columns or {}:
        if name not in own:
            raise ValueError(
                expected(f"columns= of what the student reads: {some(own, 20)}", got=repr(name))
                + did_you_mean(name, own)
            )
    names = {j: (columns or {}).get(form.columns[j].name, form.columns[j].name) for j in form.used}
    keep = _beside(keep, names)
    # not even in quotes do most databases tell upper from lower case in names
    alike = [name.lower() for name in (*names.values(), *keep)]
    for place, name in enumerate((*names.values(), *keep)):
        identifier(name)
        if alike.index(alike[place]) != place:
            raise ValueError(
                expected(
                    "columns whose names a database tells apart",
                    got=some([(*names.values(), *keep)[alike.index(alike[place])], name]),
                    remedy="Say what the table calls them: columns={'Age': 'age_2'}.",
                )
            )
    return names


def _beside(keep: Sequence[str], names: Mapping[int, str]) -> list[str]:
    """Return the columns to keep that are not shown anyway, as the student reads them."""
    return [name for name in keep if name not in names.values()]


def _check_types(form: Form) -> None:
    """Refuse what no typed column holds."""
    for j in form.used:
        if kind_of(form.columns[j]) == "mixed":
            raise TypeError(
                expected(
                    f"categories of one type in column {form.columns[j].name!r}",
                    got=some(form.columns[j].categories),
                    remedy="Turn them into text before distilling.",
                )
            )
    if len({type(c) for c in form.classes}) > 1:
        remedy = "Turn them into text before distilling."
        raise TypeError(expected("classes of one type", got=some(form.classes), remedy=remedy))


def _expression(form: Form, write: Expressions, of: int | None) -> Lines:
    body, classes = form.body, form.classes
    if isinstance(body, Choice):
        says = {
            n: literal(classes[body.named[n]])
            if classes and of is None
            else number(values[of or 0])
            for n, values in body.outcomes.items()
        }
        return write.choice(body, says)
    units = [write.unit(body, h) for h in range(len(body.out))]
    totals = [write.total(body, k, units) for k in range(len(body.sums.intercept))]
    if not classes:
        return totals[0]
    if len(classes) == 2:
        if of is None:
            yes, no = literal(classes[1]), literal(classes[0])
            return ["CASE WHEN (", *indent(totals[0]), f") > 0e0 THEN {yes} ELSE {no} END"]
        sign = "-" if of == 1 else ""
        return [f"1e0 / (1e0 + exp({sign}(", *indent(totals[0]), ")))"]
    scores = [identifier(f"s{k}") for k in range(len(totals))]
    said = _label(classes, scores) if of is None else _share(scores, of)
    inner = listed([named(total, name) for total, name in zip(totals, scores, strict=True)])
    return [f"(SELECT {said}", "FROM (SELECT", *indent(inner), ") AS scores)"]


def _query(
    form: Form, dialect: str, names: dict[int, str], keep: Sequence[str], table: str
) -> Lines:
    body, classes, keep = form.body, form.classes, _beside(keep, names)
    fresh = _Fresh([*names.values(), *keep])
    columns = [identifier(name) for name in (*keep, *names.values())]
    given = [[f"t.{column}"] for column in columns]
    write = Expressions(form, dialect, {j: f"t.{identifier(n)}" for j, n in names.items()})
    source = [f"FROM {table} AS t"]
    if isinstance(body, Choice):
        shown = [fresh("rule" if isinstance(body.how, tuple) else "leaf")]
        numbers = {n: literal(n) for n in body.outcomes}
        inner = [named(write.choice(body, numbers), shown[0])]
        answers = _of_outcomes(body, classes, f"r.{shown[0]}")
    else:
        units = [fresh(f"unit {h + 1}") for h in range(len(body.out))]
        if units:
            of = [named(write.unit(body, h), unit) for h, unit in enumerate(units)]
            source = [
                "FROM (",
                *indent(["SELECT", *indent(listed([*given, *of])), *source]),
                ") AS t",
            ]
        shown = [fresh(name) for name in _score_names(classes)]
        inner = [
            named(write.total(body, k, [[f"t.{unit}"] for unit in units]), name)
            for k, name in enumerate(shown)
        ]
        answers = _of_scores(classes, [f"r.{name}" for name in shown])
    titles = ["prediction", *(f"probability of {c}" for c in classes)]
    said = [[f"r.{column}"] for column in (*columns, *shown)]
    said += [[f"{a} AS {fresh(title)}"] for a, title in zip(answers, titles, strict=True)]
    within = ["SELECT", *indent(listed([*given, *inner])), *source]
    return ["SELECT", *indent(listed(said)), "FROM (", *indent(within), ") AS r"]


class _Fresh:
    """Gives names that no column has."""

    def __init__(self, taken: Sequence[str]) -> None:
        self.taken = {name.lower() for name in taken}

    def __call__(self, name: str) -> str:
        name = name.replace("\0", "")
        found = next(
            one
            for one in chain([name], (f"{name} {more}" for more in count(2)))
            if one.lower() not in self.taken
        )
        self.taken.add(found.lower())
        return identifier(found)


def _score_names(classes: tuple[Value, ...]) -> list[str]:
    if len(classes) == 2:
        return [f"log-odds of {classes[1]}"]
    return [f"score of {c}" for c in classes] or ["sum"]


def _of_outcomes(body: Choice, classes: tuple[Value, ...], which: str) -> list[str]:
    def case(says: dict[int, str]) -> str:
        whens = " ".join(f"WHEN {n} THEN {said}" for n, said in says.items())
        return f"CASE {which} {whens} END"

    if not classes:
        return [case({n: number(values[0]) for n, values in body.outcomes.items()})]
    named = case({n: literal(classes[k]) for n, k in body.named.items()})
    shares = [
        case({n: number(values[k]) for n, values in body.outcomes.items()})
        for k in range(len(classes))
    ]
    return [named, *shares]


def _of_scores(classes: tuple[Value, ...], scores: list[str]) -> list[str]:
    if not classes:
        return scores
    if len(classes) == 2:
        (odds,) = scores
        label = f"CASE WHEN {odds} > 0e0 THEN {literal(classes[1])} ELSE {literal(classes[0])} END"
        return [label, *(f"1e0 / (1e0 + exp({sign}{odds}))" for sign in ("", "-"))]
    shares = [_share(scores, k) for k in range(len(classes))]
    return [_label(classes, scores), *shares]


def _label(classes: tuple[Value, ...], scores: list[str]) -> str:
    whens = []
    for k, score in enumerate(scores[:-1]):
        best = " AND ".join(f"{score} >= {other}" for other in scores if other != score)
        whens.append(f"WHEN {best} THEN {literal(classes[k])}")
    return f"CASE {' '.join(whens)} ELSE {literal(classes[-1])} END"


def _share(scores: list[str], k: int) -> str:
    # softmax without a power that could be too large: by differences to this score
    powers = " + ".join(
        "1e0" if other == scores[k] else f"exp({other} - {scores[k]})" for other in scores
    )
    return f"1e0 / ({powers})"
