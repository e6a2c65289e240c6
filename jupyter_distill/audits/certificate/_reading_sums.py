"""Students that add up, as they are read: what each part adds, worked out from what they show."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.audits.certificate._reading import (
    Floats,
    Reading,
    RulesReading,
    TreeReading,
)
from jupyter_distill.data import Column, Table, quoted
from jupyter_distill.explanation import (
    Explanation,
    NetExplanation,
    RuleExplanation,
    ShapeExplanation,
    TermExplanation,
    TreeExplanation,
)
from jupyter_distill.reading import tree_of
from jupyter_distill.students._design import Entry

Bools = NDArray[np.bool_]
LONG = 10  # letters of a number from which on it is cut short where it only is to be read


class Summand(NamedTuple):
    """One thing that is added.

    Attributes
    ----------
    name : str
        A column, one of its values, several columns, or a unit of a net.
    columns : tuple of int
        Columns that it depends on.
    adds : ndarray of shape (n, J)
        What it adds to the scores of each row.
    """

    name: str
    columns: tuple[int, ...]
    adds: Floats


class SumReading(Reading):
    """A sum of parts.

    Attributes
    ----------
    scores : tuple of str, length J
        What each sum is about: the log-odds of the second of two classes, each of several
        classes, or the prediction.
    intercept : ndarray of shape (J,)
        What is added to every row.
    """

    scores: tuple[str, ...]
    intercept: Floats

    @abstractmethod
    def parts(self, values: Floats) -> list[Summand]:
        """Return what each part adds to each row."""

    def total(self, values: Floats) -> Floats:
        """Return the scores, shape (n, J)."""
        total = np.tile(self.intercept, (len(values), 1))
        for part in self.parts(values):
            total = total + part.adds
        return total

    def output(self, values: Floats) -> Floats:
        """Return logits or numbers: two classes share one score."""
        total = self.total(values)
        return np.hstack([-total / 2, total / 2]) if len(self.classes) == 2 else total

    def summed(self, values: Floats) -> Floats:
        """Return the sum of the sizes of all parts."""
        sizes = [np.abs(part.adds).max(1) for part in self.parts(values)]
        return np.asarray(np.sum([*sizes, np.full(len(values), np.abs(self.intercept).max())], 0))

    def _named(self, explanation: Any) -> None:
        self.explanation = explanation
        self.columns, self.classes = explanation.columns, explanation.classes
        names = self.classes or ("prediction",)
        self.scores = (f"log-odds of {names[1]}",) if len(names) == 2 else names


class LinearReading(SumReading):
    """Coefficients in the owner's units, times what a row holds."""

    def __init__(self, student: Any, explanation: TermExplanation) -> None:
        self._named(explanation)
        on = np.abs(student.scores_.coef).max(1, initial=0.0) > 0
        entries = [e for e, kept in zip(student.design_.entries, on, strict=True) if kept]
        self.terms = list(zip(explanation.terms, entries, strict=True))
        self.gaps = {entry.column for _, entry in self.terms if entry.what == "missing"}
        self.intercept = explanation.intercept
        self.used = tuple(sorted({entry.column for _, entry in self.terms}))

    def parts(self, values: Floats) -> list[Summand]:
        """Return each coefficient times its column."""
        found = []
        for term, entry in self.terms:
            # a gap counts 0 where it has a coefficient of its own, else as the mean
            filled = 0.0 if entry.column in self.gaps else entry.mean
            x = _counts(entry, values[:, entry.column], filled)
            found.append(Summand(term.name, (entry.column,), x[:, None] * term.values))
        return found

    def slope(self, column: int) -> Floats:
        """Return what a unit more of a number adds, shape (J,); 0 where it adds nothing."""
        slopes = [t.values for t, e in self.terms if e.column == column and e.what == "value"]
        return np.sum(slopes, axis=0) if slopes else np.zeros(len(self.scores))


class EbmReading(SumReading):
    """Shapes: what a term adds in the bin that a row is in."""

    def __init__(self, student: Any, explanation: ShapeExplanation) -> None:
        self._named(explanation)
        fitted = {term.features: term for term in student.terms_}
        self.intercept = explanation.intercept
        self.terms = explanation.terms
        self.lookups = [
            [
                _by_code(term.bins[axis], student.grid_.lookups[j])
                for axis, j in enumerate(term.features)
            ]
            for term in (fitted[shape.features] for shape in self.terms)
        ]
        self.used = tuple(sorted({j for shape in self.terms for j in shape.features}))

    def bins(self, t: int, axis: int, x: Floats) -> NDArray[np.intp]:
        """Return the bin of each value of one column of a term."""
        lookup = self.lookups[t][axis]
        if lookup is not None:
            return np.asarray(lookup[np.nan_to_num(x, nan=-1).astype(np.intp)])
        high = self.terms[t].axes[axis].high[1:-1]
        found = np.searchsorted(high, x, side="left") + 1
        return np.where(np.isnan(x), 0, found)

    def ends(self, column: int) -> Floats:
        """Return the numbers at which something that a column adds changes."""
        ends = [
            axis.high[1:-1]
            for shape in self.terms
            for j, axis in zip(shape.features, shape.axes, strict=True)
            if j == column
        ]
        return np.unique(np.concatenate(ends)) if ends else np.empty(0)

    def parts(self, values: Floats) -> list[Summand]:
        """Return what each term adds."""
        found = []
        for t, shape in enumerate(self.terms):
            place = np.zeros(len(values), dtype=np.intp)
            for axis, j in enumerate(shape.features):
                of = self.bins(t, axis, values[:, j])
                place = place * len(shape.axes[axis].bins) + of
            found.append(Summand(shape.name, shape.features, shape.scores[place]))
        return found


class NetReading(SumReading):
    """Weights in the owner's units: columns that act straight, and units that say tanh of a sum."""

    def __init__(self, student: Any, explanation: NetExplanation) -> None:
        self._named(explanation)
        net, entries = student.net_, student.design_.entries
        mean = np.array([entry.mean for entry in entries])
        spread = np.array([entry.spread for entry in entries])
        # from the net's own outputs to our scores
        to = student.spread_ @ [[-1.0], [1.0]] if len(self.classes) == 2 else student.spread_
        self.entries, self.names = entries, student.design_.names
        self.first, skip = net.first / spread[:, None], net.skip / spread[:, None]
        self.bias = net.bias - mean @ self.first
        self.out, self.skip = net.out @ to, skip @ to
        self.intercept = (net.intercept - mean @ skip) @ to
        groups = student.design_.groups
        self.used = tuple(int(j) for j in np.unique(groups[net.columns]))

    def matrix(self, values: Floats) -> Floats:
        """Return what each entry counts for each row, shape (n, p)."""
        counted = [_counts(e, values[:, e.column], e.mean) for e in self.entries]
        return np.column_stack(counted) if counted else np.empty((len(values), 0))

    def parts(self, values: Floats) -> list[Summand]:
        """Return what columns add straight, then what each unit adds."""
        counted = self.matrix(values)
        found = [
            Summand(self.names[i], (self.entries[i].column,), counted[:, [i]] * self.skip[i])
            for i in np.flatnonzero((self.skip != 0).any(1))
        ]
        told = np.tanh(counted @ self.first + self.bias)
        for h in range(told.shape[1]):
            read = np.flatnonzero(self.first[:, h])
            columns = tuple(sorted({self.entries[i].column for i in read}))
            found.append(Summand(f"unit {h + 1}", columns, told[:, [h]] * self.out[h]))
        return found

    def total(self, values: Floats) -> Floats:
        """Return the scores, all at once: a search asks for many."""
        counted = self.matrix(values)
        told = np.tanh(counted @ self.first + self.bias)
        return np.asarray(told @ self.out + counted @ self.skip + self.intercept)

    def units(self, values: Floats) -> tuple[str, ...]:
        """Return for one row what each unit says, and of what."""
        counted = self.matrix(values)[0]
        told = []
        for h in range(self.first.shape[1]):
            inner = counted * self.first[:, h]
            total = float(inner.sum() + self.bias[h])
            terms = [f"{inner[i]:+.4g} ({self.names[i]})" for i in np.flatnonzero(self.first[:, h])]
            told.append(
                f"unit {h + 1} says tanh({' '.join(terms)} {self.bias[h]:+.4g}) "
                f"= tanh({total:.4g}) = {np.tanh(total):.4g}"
            )
        return tuple(told)


def read(student: Any, explanation: Explanation) -> Reading:
    """Return a student as it is read.

    Raises
    ------
    TypeError
        If its explanation is of a kind that cannot be followed by hand.
    """
    if isinstance(explanation, TreeExplanation):
        return TreeReading(explanation)
    if isinstance(explanation, RuleExplanation):
        return RulesReading(explanation, tree_of(student))
    if isinstance(explanation, TermExplanation):
        return LinearReading(student, explanation)
    if isinstance(explanation, ShapeExplanation):
        return EbmReading(student, explanation)
    if isinstance(explanation, NetExplanation):
        return NetReading(student, explanation)
    raise TypeError(f"Nothing is known of how to follow a {type(explanation).__name__} by hand.")


def _counts(entry: Entry, x: Floats, filled: float) -> Floats:
    """Return what one entry of a design counts: the number, or 1 where it holds."""
    lost = np.isnan(x)
    if entry.what == "missing":
        return lost.astype(np.float64)
    raw = x
    if entry.what != "value":
        raw = (x[:, None] == np.array(entry.codes)).any(1).astype(np.float64)
    return np.where(lost, filled, raw)


def _by_code(bins: NDArray[np.intp], lookup: NDArray[np.uint8] | None) -> NDArray[np.intp] | None:
    """Return the bin of each category; the last entry is that of missing and unseen ones."""
    return None if lookup is None else bins[np.append(lookup, 0).astype(np.intp)]


def said_of(column: Column, value: float) -> str:
    """Write what a row holds of a column: ``income = 21000``, ``purpose is missing``."""
    if np.isnan(value):
        return f"{column.name} is missing"
    if column.kind == "numeric":
        return f"{column.name} = {shown(column, value)}"
    return f"{column.name} is {column.text(value)}"


def held(table: Table, row: int, j: int) -> str:
    """Write what a row has in a column; a category that was never met has a name too."""
    column, value = table.columns[j], float(table.values[row, j])
    if value < 0 and column.kind != "numeric":
        return quoted(str(table.cell(row, j)))
    return shown(column, value)


def shown(column: Column, value: float) -> str:
    """Write a value to read: of a number with very many digits the first six."""
    text = column.text(value)
    return f"{value:.6g}" if column.kind == "numeric" and len(text) > LONG else text
