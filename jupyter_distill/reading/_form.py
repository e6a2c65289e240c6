"""The neutral form of a fitted student: what it asks and adds, exact and complete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from jupyter_distill.data import Column
from jupyter_distill.explanation import Box, Limit

Numbers = tuple[float, ...]
Value = str | bool | int | float
Question = tuple[int, Limit]  # place of a column, and what is asked of it


@dataclass(frozen=True)
class Ask:
    """A question of a tree, and the questions or leaves that follow."""

    question: Question
    yes: Ask | int
    no: Ask | int

    @cached_property
    def depth(self) -> int:
        """Questions on the longest way down."""
        return 1 + max(depth(self.yes), depth(self.no))


@dataclass(frozen=True, eq=False)
class Clause:
    """What a row must fulfil, and the number of the rule or leaf that then answers."""

    box: Box
    number: int


@dataclass(frozen=True)
class Line:
    """What a numeric column adds to J scores: ``known + slope * (x - mean)``, or `missing`."""

    column: int
    mean: float
    slope: Numbers
    known: Numbers
    missing: Numbers


@dataclass(frozen=True)
class Axis:
    """How the values of a column are put in bins.

    Attributes
    ----------
    column : int
        Which.
    cuts : tuple of float or None
        Of a number, ascending: the value i belongs to is the first whose cut is not below it.
    bins : tuple of int
        Bin of each interval (one more than there are cuts), or of each category.
    other, missing : int
        Bin of categories that were never seen, and of missing values.
    """

    column: int
    cuts: Numbers | None
    bins: tuple[int, ...]
    other: int
    missing: int


@dataclass(frozen=True)
class Steps:
    """What the bins of one column, or of two, add to J scores.

    ``scores[bin]``; of two columns ``scores[first * width + second]``.
    """

    axes: tuple[Axis, ...]
    scores: tuple[Numbers, ...]
    width: int = 1


Addend = Line | Steps


@dataclass(frozen=True)
class Sums:
    """J sums: an intercept each, and what the parts add."""

    intercept: Numbers
    parts: tuple[Addend, ...]


@dataclass(frozen=True)
class Choice:
    """A tree or a list of rules: it picks one of several outcomes.

    Attributes
    ----------
    how : Ask, int, or tuple of Clause
        The tree (a number if it is a single leaf), or rules of which the first that holds decides;
        the last one asks nothing.
    outcomes : dict of int to tuple of float
        By the number of leaf or rule: the probability of each class, or a number.
    named : dict of int to int
        Place of the class that each names; 0 in a regression.
    """

    how: Ask | int | tuple[Clause, ...]
    outcomes: dict[int, Numbers]
    named: dict[int, int]


@dataclass(frozen=True)
class Scores:
    """A sum: linear, of shapes, or with hidden units.

    Attributes
    ----------
    sums : Sums
        Two classes share one sum, the log-odds of the second; a regression has one, its answer;
        else there is one for each class, whose softmax are the probabilities.
    hidden : Sums or None
        Each of these goes through ``tanh``: the units of a net.
    out : tuple of tuple of float
        Per unit, what 1 of it adds to each sum.
    """

    sums: Sums
    hidden: Sums | None = None
    out: tuple[Numbers, ...] = ()


@dataclass(frozen=True)
class Form:
    """A fitted student without its library.

    Attributes
    ----------
    family, title : str
        E.g. ``"tree"`` and ``"tree of 12 leaves"``.
    columns : tuple of Column
        All that it was fitted to.
    classes : tuple
        Labels, of their own type; empty for a regression.
    body : Choice or Scores
        How it answers.
    """

    family: str
    title: str
    columns: tuple[Column, ...]
    classes: tuple[Value, ...]
    body: Choice | Scores

    @property
    def used(self) -> tuple[int, ...]:
        """Places of the columns that it reads, in order; the first where it reads none."""
        return tuple(sorted(set(_columns(self.body)))) or (0,)

    def rounded(self, digits: int) -> Form:
        """Return the form with what is added or answered rounded; what is asked stays exact."""

        def short(numbers: Numbers) -> Numbers:
            return tuple(float(f"{number:.{digits}g}") for number in numbers)

        def sums(of: Sums) -> Sums:
            return Sums(short(of.intercept), tuple(part(one) for one in of.parts))

        def part(one: Addend) -> Addend:
            if isinstance(one, Steps):
                return replace(one, scores=tuple(short(row) for row in one.scores))
            (mean,) = short((one.mean,))
            return Line(one.column, mean, short(one.slope), short(one.known), short(one.missing))

        body = self.body
        if isinstance(body, Choice):
            body = replace(body, outcomes={k: short(v) for k, v in body.outcomes.items()})
        else:
            hidden = None if body.hidden is None else sums(body.hidden)
            body = Scores(sums(body.sums), hidden, tuple(short(row) for row in body.out))
        return replace(self, body=body)


def depth(how: Ask | int) -> int:
    """Return the questions on the longest way down from here."""
    return how.depth if isinstance(how, Ask) else 0


def questions(body: Choice) -> Iterator[Question]:
    """Yield everything that is asked."""
    if isinstance(body.how, tuple):
        for clause in body.how:
            yield from clause.box.items()
        return
    below = [body.how]
    while below:
        how = below.pop()
        if isinstance(how, Ask):
            yield how.question
            below += [how.no, how.yes]


def parts(body: Scores) -> tuple[Addend, ...]:
    """Return everything that adds to a sum."""
    return body.sums.parts + (() if body.hidden is None else body.hidden.parts)


def column_of(part: Addend) -> int:
    """Return the column of a part, of two the first."""
    return part.column if isinstance(part, Line) else part.axes[0].column


def _columns(body: Choice | Scores) -> Iterator[int]:
    if isinstance(body, Choice):
        yield from (column for column, _ in questions(body))
        return
    for part in parts(body):
        yield from [part.column] if isinstance(part, Line) else [a.column for a in part.axes]
