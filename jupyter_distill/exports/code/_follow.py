"""Follow what a text says, row by row: its rules, or its sums.

Nothing of the student is known here but its columns and classes, by which the names in the text are
told apart. What is followed is the text that was written, so that a word or a digit that is wrong
in it comes to light.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import expected
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._clauses import Clauses, Listed, holds
from jupyter_distill.exports.code._words import name_of, quoted
from jupyter_distill.reading import Answers, Form, Value

Floats = NDArray[np.float64]
Block = tuple[str, ...]

HOW, FIRST, ONLY = "How it answers", "The first rule that holds", "Of these rules exactly one"
UNITS, TANH, SHARE = "Units", "Each unit is tanh of a sum", "probability of "


@dataclass(frozen=True)
class Passage:
    """What stands under a heading: blocks of lines; cells of a table are two blanks apart."""

    heading: str
    blocks: tuple[Block, ...]

    @property
    def table(self) -> Block:
        """The last block: the head of a table, and its rows."""
        return self.blocks[-1] if self.blocks else ()


def follow(passages: list[Passage], form: Form, cells: Cells) -> Answers:
    """Answer rows as the passages of a text say.

    Parameters
    ----------
    passages : list of Passage
        In order; settings before, fidelity after.
    form : Form
        Whose columns and classes they speak of.
    cells : Cells
        The rows.

    Raises
    ------
    ValueError
        If a line cannot be understood, or a row is told nothing, or two things.
    """
    at = next((i for i, one in enumerate(passages) if one.heading == HOW), None)
    if at is None:
        raise _unclear("no passage on how it answers")
    reader = _Reader(form, cells.values)
    how = passages[at]
    if any(line.startswith((FIRST, ONLY)) for line in how.blocks[0]):
        return reader.rules(how)
    return reader.sums(how, [one for one in passages[at + 1 :] if not _beside(one)])


def _beside(one: Passage) -> bool:
    """Tell what stands after the sums: the card of fidelity."""
    told = bool(one.blocks) and not one.table[0].startswith(("where ", "of "))
    return told and one.heading == "Fidelity"


class _Reader:
    def __init__(self, form: Form, values: Floats) -> None:
        self.classes: tuple[Value, ...] = form.classes
        self.named = {quoted(label): k for k, label in enumerate(form.classes)}
        self.columns = {name_of(column): j for j, column in enumerate(form.columns)}
        self.clauses = Clauses(form.columns)
        self.values = values

    def rules(self, how: Passage) -> Answers:
        sentences = [line for block in how.blocks[:-1] for line in block]
        listed = [one for line in sentences if (one := self.clauses.listed(line)) is not None]
        head, *lines = how.table
        said = head.split(None, 2)[2] if len(head.split(None, 2)) == 3 else ""
        alone = any(line.startswith(ONLY) for line in sentences)
        shares: list[int] = []
        if self.classes:
            shares = self._places(said.removeprefix("answer").strip(), SHARE)
        elif said != "prediction":
            raise _unclear(head)
        n = len(self.values)
        numbers = np.full((n, max(len(self.classes), 1)), np.nan)
        named, met = np.full(n, -1, dtype=np.intp), np.zeros(n, dtype=np.intp)
        for line in lines:
            rest, given = _numbers(line, max(len(shares), 1))
            asked = rest.split(None, 1)[1] if len(rest.split(None, 1)) == 2 else ""
            label = -1
            if self.classes:
                asked, label = self._label(asked)
            held = self._held(asked, listed)
            new = held & (met == 0)
            met += held
            numbers[np.ix_(new, shares or [0])] = given
            named[new] = label
        self._all_told(met if alone else np.minimum(met, 1))
        return Answers(named if self.classes else None, numbers)

    def sums(self, how: Passage, passages: list[Passage]) -> Answers:
        told = how.blocks[0][0]
        first = passages[0].blocks if passages else ()
        hidden: Floats | None = None
        if passages and passages[0].heading == UNITS and first and first[0][0].startswith(TANH):
            end = next((i for i, one in enumerate(passages) if not one.blocks), len(passages))
            units, hidden = self._total(passages[1:end])
            *passages, out = passages[end + 1 :]
        titles, scores = self._total(passages)
        if hidden is not None:
            scores = scores + np.tanh(hidden) @ self._weights(out, units, titles)
        if not self.classes:
            return Answers(None, scores)
        if titles == ["adds"]:
            yes = self._above(told)
            shares = np.empty((len(scores), 2))
            shares[:, yes], shares[:, 1 - yes] = expit(scores[:, 0]), expit(-scores[:, 0])
            return Answers(np.where(scores[:, 0] > 0, yes, 1 - yes), shares)
        ordered = scores[:, np.argsort([self.named[title] for title in titles])]
        return Answers(ordered.argmax(1), softmax(ordered))

    def _total(self, passages: list[Passage]) -> tuple[list[str], Floats]:
        """Return the titles of sums, and the sums of every row."""
        titles = self._titles(passages[0].table[0])
        total = np.zeros((len(self.values), len(titles)))
        for one in passages:
            if self._titles(one.table[0]) != titles:
                raise _unclear(one.table[0])
            total += self._adds(one, len(titles))
        return titles, total

    def _adds(self, one: Passage, width: int) -> Floats:
        """Return what the table of one passage adds; each row must be told once."""
        adds = np.zeros((len(self.values), width))
        met = np.zeros(len(self.values), dtype=np.intp)
        sloped = any(line.startswith("(") and ") times " in line for line in one.table[1:])
        for line in one.table[1:]:
            asked, given = _numbers(line, width)
            if not sloped:
                held = self._held(asked, ())
                adds[held] += given
                met += held
                continue
            x = self.values[:, self._column(one.heading)]
            lost = np.isnan(x)
            if asked == "where it is missing":
                adds[lost] += given
                met += lost
            elif asked == "where it is known":
                adds[~lost] += given
            else:
                far = x - self.clauses.centre(asked)
                adds[~lost] += (given * far[:, None])[~lost]
                met += ~lost
        self._all_told(met)
        return adds

    def _weights(self, out: Passage, units: list[str], titles: list[str]) -> Floats:
        if self._titles(out.table[0]) != titles:
            raise _unclear(out.table[0])
        rows = dict(_numbers(line, len(titles)) for line in out.table[1:])
        return np.array([rows[f"{unit} times"] for unit in units])

    def _held(self, asked: str, listed: tuple[Listed, ...] | list[Listed]) -> NDArray[np.bool_]:
        if asked in ("otherwise", "any row"):
            return np.ones(len(self.values), dtype=bool)
        found = self.clauses.read(asked)
        if found is None:
            raise _unclear(asked)
        held = [holds(one, self.values, listed) for one in found]
        return np.asarray(np.logical_and.reduce(held))

    def _label(self, text: str) -> tuple[str, int]:
        for label in sorted(self.named, key=len, reverse=True):
            if text.endswith(f"  {label}"):
                return text.removesuffix(label).rstrip(), self.named[label]
        raise _unclear(text)

    def _places(self, text: str, before: str = "") -> list[int]:
        """Return the places of the classes that a head names, each behind `before`."""
        found = []
        while text:
            text = text.lstrip()
            name = next(
                (
                    name
                    for name in sorted(self.named, key=len, reverse=True)
                    if f"{text}  ".startswith(f"{before}{name}  ")
                ),
                None,
            )
            if name is None:
                raise _unclear(text)
            found.append(self.named[name])
            text = text[len(before) + len(name) :]
        if sorted(found) != list(range(len(self.named))):
            raise _unclear(text)
        return found

    def _titles(self, head: str) -> list[str]:
        first, _, text = head.partition(" ")
        text = text.strip()
        if first not in ("where", "of"):
            raise _unclear(head)
        if text == "adds":
            return ["adds"]
        if re.fullmatch(r"(unit \d+\s*)+", text):
            return re.findall(r"unit \d+", text)
        names = list(self.named)
        return [names[k] for k in self._places(text)]

    def _column(self, heading: str) -> int:
        if heading not in self.columns:
            raise _unclear(heading)
        return self.columns[heading]

    def _above(self, sentence: str) -> int:
        for name, k in self.named.items():
            other = next(one for one in self.named if one != name)
            if f"log-odds of {name}: above 0 the answer is {name}, else {other}." in sentence:
                return k
        raise _unclear(sentence)

    def _all_told(self, met: NDArray[np.intp]) -> None:
        wrong = np.flatnonzero(met != 1)
        if len(wrong):
            got = "nothing" if met[wrong[0]] == 0 else f"{met[wrong[0]]} things"
            raise ValueError(expected("a text that tells every row one thing", got=got))


def _numbers(line: str, count: int) -> tuple[str, list[float]]:
    """Take the numbers from the end of a line."""
    parts = line.rsplit(None, count)
    try:
        return parts[0].rstrip(), [float(part) for part in parts[1:]]
    except ValueError:
        raise _unclear(line) from None


def _unclear(text: str) -> ValueError:
    return ValueError(expected("a text that can be followed", got=repr(text)))
