"""The best tree of at most four leaves on some rows: every one is tried, none is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._bins import Binned

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Score = Callable[[Floats], Floats]  # from sums over the rows of a leaf, (c, ...), to what it gains

MOST_CODES = 8  # of a category, with the missing: all ways to part more of them are too many


class TooMany(Exception):
    """There are more trees than were to be tried."""


class Question(NamedTuple):
    """A question of a tree: the column and which of its codes go left."""

    column: int
    goes_left: Flags


@dataclass(frozen=True)
class Tree:
    """A leaf, or a question with what comes left and right of it."""

    question: Question | None = None
    left: Tree | None = None
    right: Tree | None = None

    def leaf(self, codes: NDArray[np.uint8]) -> NDArray[np.intp]:
        """Return a number of the leaf of each row, from its codes of shape (n, d)."""
        if self.question is None or self.left is None or self.right is None:
            return np.zeros(len(codes), dtype=np.intp)
        goes = self.question.goes_left[codes[:, self.question.column]]
        return np.where(goes, 2 * self.left.leaf(codes), 2 * self.right.leaf(codes) + 1)


class Candidates:
    """All questions that can be asked of rows that were binned.

    Attributes
    ----------
    questions : tuple of ndarray of bool, shape (questions, codes)
        By column, which codes go left; empty for a category of too many values.
    """

    def __init__(self, binned: Binned) -> None:
        self.binned = binned
        self.missing = (binned.codes == 0).any(0)
        self.questions = tuple(self._of(j) for j in range(binned.codes.shape[1]))

    @property
    def left_out(self) -> list[str]:
        """Categories of too many values to try every way to part them."""
        of, kinds = self.binned.table.columns, self.binned.categorical
        return [of[j].name for j in np.flatnonzero(kinds).tolist() if self._codes(j) > MOST_CODES]

    @property
    def cells(self) -> int:
        """How many pairs of questions there are."""
        n = sum(len(of) for of in self.questions)
        return n * (n + 1) // 2

    @property
    def count(self) -> int:
        """How many questions there are."""
        return sum(len(of) for of in self.questions)

    def _codes(self, j: int) -> int:
        return int(self.binned.n_codes[j]) - (0 if self.missing[j] else 1)

    def _of(self, j: int) -> Flags:
        codes, lost = int(self.binned.n_codes[j]), bool(self.missing[j])
        if not self.binned.categorical[j]:
            below = np.arange(codes) <= np.arange(1, codes - 1)[:, None]
            below[:, 0] = False
            if not lost:
                return below
            known = np.arange(codes)[None] > 0
            also = below.copy()
            also[:, 0] = True
            return np.concatenate([below, also, known])
        if self._codes(j) > MOST_CODES:
            return np.zeros((0, codes), dtype=bool)
        first = 0 if lost else 1  # the last code stays right, so that no way comes twice
        ways = np.arange(1, 2 ** (codes - first - 1))[:, None] >> np.arange(codes - first) & 1
        parted = np.zeros((len(ways), codes), dtype=bool)
        parted[:, first:] = ways
        return parted

    def sums(self, rows: NDArray[np.intp], of: Floats, f: int, g: int) -> Floats:
        """Sum over rows that go left by each two questions of two columns: (c, S_f, S_g)."""
        codes, n_codes = self.binned.codes, self.binned.n_codes
        place = codes[rows, f].astype(np.intp) * int(n_codes[g]) + codes[rows, g]
        cells = int(n_codes[f] * n_codes[g])
        sums = [np.bincount(place, weights=one, minlength=cells) for one in of[rows].T]
        table: Floats = np.stack(sums).astype(np.float64)
        table = self._left(table.reshape(len(table), n_codes[f], n_codes[g]), f)
        left = self._left(table.transpose(0, 2, 1), g)
        return np.ascontiguousarray(left.transpose(0, 2, 1))

    def _left(self, table: Floats, j: int) -> Floats:
        """Sum codes along the middle axis by every question of a column."""
        if self.binned.categorical[j]:
            parted: Floats = self.questions[j].astype(np.float64)
            return np.asarray(parted @ table)
        below = table[:, 1:-1].cumsum(1)
        if not self.missing[j]:
            return below
        known = table[:, 1:].sum(1, keepdims=True)
        return np.concatenate([below, below + table[:, :1], known], axis=1)


class _Sides(NamedTuple):
    """Of every question as the first: what either side gains as a leaf, or with another one."""

    leaf: Floats  # (2, S)
    stump: Floats  # (2, S)
    second: NDArray[np.intp]  # (2, S): the question that is best there


class EveryTree:
    """Searches rows for the tree whose leaves gain most.

    Parameters
    ----------
    candidates : Candidates
        What may be asked.
    of : ndarray of shape (n, c)
        What is summed over the rows of a leaf.
    score : callable
        What a leaf with such sums gains, never less for two leaves than for both as one.
    most : float
        How many numbers to look at, at most: one per pair of questions and column of `of`.
    """

    def __init__(self, candidates: Candidates, of: Floats, score: Score, most: float) -> None:
        self.candidates, self.of, self.score, self.left = candidates, of, score, most
        counts = [len(one) for one in candidates.questions]
        self.starts = np.concatenate([[0], np.cumsum(counts)])

    def best(self, rows: NDArray[np.intp], leaves: int) -> tuple[float, Tree]:
        """Return the greatest gain of a tree of at most so many leaves, from 1 to 4, and it.

        Raises
        ------
        TooMany
            If these are too many to try.
        """
        whole = float(self.score(self.of[rows].sum(0)))
        if leaves == 1 or not self.candidates.count or not len(rows):
            return whole, Tree()
        sides = self._sides(rows)
        found = [(whole, Tree()), self._pick(sides.leaf[0] + sides.leaf[1], sides, (False, False))]
        if leaves > 2:
            found.append(self._pick(sides.stump[0] + sides.leaf[1], sides, (True, False)))
            found.append(self._pick(sides.leaf[0] + sides.stump[1], sides, (False, True)))
        if leaves > 3:
            found.append(self._pick(sides.stump[0] + sides.stump[1], sides, (True, True)))
        best = max(found, key=lambda one: one[0])
        return best if leaves < 4 else self._chained(rows, sides, best)

    def _chained(
        self, rows: NDArray[np.intp], sides: _Sides, best: tuple[float, Tree]
    ) -> tuple[float, Tree]:
        """Try a leaf on one side of every question, and the best tree of three on the other."""
        codes, alone = self.candidates.binned.codes, self.of[rows]
        perfect = self.score(alone.T)  # each row a leaf of its own
        for s in np.argsort(-sides.stump.sum(0), kind="stable"):
            question = self._question(int(s))
            goes = question.goes_left[codes[rows, question.column]]
            for side, there in ((0, ~goes), (1, goes)):
                if sides.leaf[side, s] + perfect[there].sum() <= best[0]:
                    continue  # not even then would it be better
                gain, below = self.best(rows[there], 3)
                if sides.leaf[side, s] + gain > best[0]:
                    parts = (Tree(), below) if side == 0 else (below, Tree())
                    best = float(sides.leaf[side, s]) + gain, Tree(question, *parts)
        return best

    def _pick(self, gain: Floats, sides: _Sides, asked: Sequence[bool]) -> tuple[float, Tree]:
        s = int(gain.argmax())
        below = [
            Tree(self._question(int(sides.second[i, s])), Tree(), Tree()) if more else Tree()
            for i, more in enumerate(asked)
        ]
        return float(gain[s]), Tree(self._question(s), *below)

    def _question(self, s: int) -> Question:
        column = int(np.searchsorted(self.starts, s, side="right")) - 1
        return Question(column, self.candidates.questions[column][s - self.starts[column]])

    def _sides(self, rows: NDArray[np.intp]) -> _Sides:
        self.left -= self.candidates.cells * self.of.shape[1]
        if self.left < 0:
            raise TooMany
        total, score, count = self.of[rows].sum(0), self.score, self.candidates.count
        asked = [j for j, of in enumerate(self.candidates.questions) if len(of)]
        lefts = np.zeros((self.of.shape[1], count))
        for j in asked:
            own = self.candidates.sums(rows, self.of, j, j)
            lefts[:, self.starts[j] : self.starts[j + 1]] = own.diagonal(axis1=1, axis2=2)
        stump, second = np.full((2, count), -np.inf), np.zeros((2, count), dtype=np.intp)
        for f, g in combinations_with_replacement(asked, 2):
            both = self.candidates.sums(rows, self.of, f, g)
            at_f, at_g = (slice(self.starts[j], self.starts[j + 1]) for j in (f, g))
            of_f, of_g = lefts[:, at_f, None], lefts[:, None, at_g]
            four = [score(part) for part in (both, of_f - both, of_g - both)]
            four.append(score(total[:, None, None] - of_f - of_g + both))
            ways = [(at_f, self.starts[g], four[0] + four[1], four[2] + four[3])]
            if f != g:  # and the other way round
                ways.append((at_g, self.starts[f], (four[0] + four[2]).T, (four[1] + four[3]).T))
            for first, start, left, right in ways:
                for side, gain in enumerate((left, right)):
                    most = gain.argmax(1)
                    value = gain[np.arange(len(most)), most]
                    better = value > stump[side, first]
                    stump[side, first][better] = value[better]
                    second[side, first][better] = start + most[better]
        leaf = np.stack([score(lefts), score(total[:, None] - lefts)])
        return _Sides(leaf, stump, second)
