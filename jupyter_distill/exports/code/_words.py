"""A student in words: sections of sentences and tables, in the owner's names and numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf, isfinite

from jupyter_distill.data import Column
from jupyter_distill.data.columns import number
from jupyter_distill.explanation import Box, Limit
from jupyter_distill.exports.code._read import categories
from jupyter_distill.reading import (
    Ask,
    Axis,
    Choice,
    Clause,
    Form,
    Line,
    Scores,
    Steps,
    Sums,
    Value,
    questions,
)


@dataclass(frozen=True)
class Section:
    """A heading, sentences, and a table under them; its first column holds words."""

    heading: str
    sentences: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def name_of(column: Column) -> str:
    """Return a column's name, in quotes where it could be taken for something else."""
    plain = column.name.isprintable() and column.name.strip() == column.name != ""
    return column.name if plain and '"' not in column.name else quoted(column.name)


def quoted(value: Value) -> str:
    """Return text in quotes with nothing invisible in it, anything else as it is."""
    if not isinstance(value, str):
        return number(value) if isinstance(value, float) else str(value)
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def sections(form: Form) -> list[Section]:
    """Return how a student answers, part by part."""
    body = form.body
    return _of_choice(form, body) if isinstance(body, Choice) else _of_scores(form, body)


def as_rules(form: Form) -> Form:
    """Return a tree as rules, one for each leaf; of any row exactly one holds."""
    body = form.body
    if not isinstance(body, Choice) or isinstance(body.how, tuple):
        return form
    return replace(form, body=replace(body, how=tuple(_paths(body.how, {}))))


def _paths(how: Ask | int, above: Box) -> Iterator[Clause]:
    if isinstance(how, int):
        yield Clause(above, how)
        return
    column, asked = how.question
    for step, below in ((asked, how.yes), (asked.opposite, how.no)):
        limit = above[column].narrowed(step) if column in above else step
        yield from _paths(below, {**above, column: limit})


def said(limit: Limit) -> str:
    """Return a limit in words; unlike its own text they always say what of missing values."""
    name, lost = name_of(limit.column), " or missing" if limit.missing else ""
    if limit.codes is None:
        low, high = limit.low, limit.high
        if low >= high:
            return f"{name} is missing" if limit.missing else f"{name} is never so"
        if not isfinite(low) and not isfinite(high):
            return f"{name} is any number{lost}"
        if not isfinite(low):
            return f"{name} <= {number(high)}{lost}"
        if not isfinite(high):
            return f"{name} > {number(low)}{lost}"
        return f"{number(low)} < {name} <= {number(high)}{lost}"
    known = categories(limit.column)
    chosen = [quoted(known[code]) for code in sorted(limit.codes)]
    if not chosen:
        return f"{name} is missing" if limit.missing else f"{name} is never so"
    return f"{name} is {' or '.join(chosen)}{lost}"


def _of_choice(form: Form, body: Choice) -> list[Section]:
    listed = isinstance(body.how, tuple)
    rules = as_rules(form).body
    assert isinstance(rules, Choice) and isinstance(rules.how, tuple)
    rows: list[tuple[str, ...]] = []
    for place, rule in enumerate(rules.how):
        asked = _together([said(limit) for limit in rule.box.values()])
        if not asked:
            asked = "otherwise" if place else "any row"
        number_of = str(rule.number)
        values = body.outcomes[rule.number]
        if not form.classes:
            rows.append((number_of, asked, number(values[0])))
            continue
        label = quoted(form.classes[body.named[rule.number]])
        rows.append((number_of, asked, label, *(number(value) for value in values)))
    which = "rule" if listed else "leaf"
    header = (which, "if", *_answers(form, "answer"))
    how = (
        "The first rule that holds decides."
        if listed
        else "Of these rules exactly one holds; each is a leaf of the tree."
    )
    asked_of = dict.fromkeys(column for column, _ in questions(rules))
    known = [_known(form.columns[j]) for j in asked_of if form.columns[j].kind == "category"]
    return [Section("How it answers", (how, *known), header, tuple(rows))]


def _known(column: Column) -> str:
    """Say which categories there are, as any other goes where missing ones go."""
    listed = ", ".join(quoted(value) for value in categories(column))
    return f"{name_of(column)} is one of {listed}; any other value counts as missing."


def _together(asked: list[str]) -> str:
    """Return conditions that must all hold, those with an "or" in brackets."""
    if len(asked) > 1:
        asked = [f"({one})" if " or " in one else one for one in asked]
    return " and ".join(asked)


def _answers(form: Form, first: str) -> tuple[str, ...]:
    if not form.classes:
        return ("prediction",)
    return (first, *(f"probability of {quoted(c)}" for c in form.classes))


def _of_scores(form: Form, body: Scores) -> list[Section]:
    classes = form.classes
    titles: tuple[str, ...] = ("adds",)
    if not classes:
        how = "The prediction is a sum."
    elif len(classes) == 2:
        one, two = (quoted(c) for c in classes)
        how = (
            f"A sum gives the log-odds of {two}: above 0 the answer is {two}, else {one}. The "
            f"probability of {two} is 1 / (1 + exp(-sum))."
        )
    else:
        how = (
            "A sum for each class; the class with the highest one is the answer, of equal ones "
            "the first. Softmax of the sums gives the probabilities."
        )
        titles = tuple(quoted(c) for c in classes)
    found = [Section("How it answers", (how,))]
    if body.hidden is not None:
        units = tuple(f"unit {h + 1}" for h in range(len(body.out)))
        first = "Each unit is tanh of a sum of its own, a number between -1 and 1."
        found.append(Section("Units", (first,)))
        found += _of_sums(form, body.hidden, units)
        found.append(Section("The sum"))
        found += _of_sums(form, body.sums, titles)
        rows = tuple(
            (f"{weight} times", *(number(value) for value in row))
            for weight, row in zip(units, body.out, strict=True)
        )
        return [*found, Section("Units in the sum", (), ("of", *titles), rows)]
    return found + _of_sums(form, body.sums, titles)


def _of_sums(form: Form, of: Sums, titles: tuple[str, ...]) -> list[Section]:
    start = tuple(number(value) for value in of.intercept)
    found = [Section("Start", (), ("where", *titles), (("any row", *start),))]
    for part in of.parts:
        if isinstance(part, Line):
            found.append(_of_line(form, part, titles))
        else:
            found.append(_of_steps(form, part, titles))
    return found


def _of_line(form: Form, part: Line, titles: tuple[str, ...]) -> Section:
    name = name_of(form.columns[part.column])
    rows = []
    if any(part.known):
        rows.append(("where it is known", *(number(v) for v in part.known)))
    rows.append((f"({name} {minus(part.mean)}) times", *(number(value) for value in part.slope)))
    rows.append(("where it is missing", *(number(value) for value in part.missing)))
    return Section(name, (), ("where", *titles), tuple(rows))


def _of_steps(form: Form, part: Steps, titles: tuple[str, ...]) -> Section:
    names = [name_of(form.columns[axis.column]) for axis in part.axes]
    rows = []
    firsts = _bins(form, part.axes[0])
    seconds = _bins(form, part.axes[1]) if len(part.axes) == 2 else [(0, "")]
    for place, text in firsts:
        for other, beside in seconds:
            row = part.scores[place * part.width + other if beside else place]
            both = f"{text} and {beside}" if beside else text
            rows.append((both, *(number(value) for value in row)))
    return Section(" and ".join(names), (), ("where", *titles), tuple(rows))


def minus(value: float) -> str:
    """Return what stands behind a name from which a number is taken."""
    return f"+ {number(-value)}" if value < 0 else f"- {number(value)}"


def _bins(form: Form, axis: Axis) -> list[tuple[int, str]]:
    """Return the bins of an axis, and what holds of the values in each."""
    column = form.columns[axis.column]
    name = name_of(column)
    if axis.cuts is not None:
        ends = [-inf, *axis.cuts, inf]
        found = [
            (place, said(Limit(column, low, high, None, missing=False, seen=True)))
            for place, low, high in zip(axis.bins, ends[:-1], ends[1:], strict=True)
        ]
        return [*found, (axis.missing, f"{name} is missing")]
    known = categories(column)
    found = []
    for place in dict.fromkeys(axis.bins):
        chosen = [quoted(v) for v, of in zip(known, axis.bins, strict=True) if of == place]
        found.append((place, f"{name} is {' or '.join(chosen)}"))
    if column.kind != "boolean":
        found.append((axis.other, f"{name} is none of these"))
    return [*found, (axis.missing, f"{name} is missing")]
