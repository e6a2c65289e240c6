"""Shapley values of whatever answers rows: all subsets of few columns, else sampled orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.data import Table
from jupyter_distill.data._cells import gathered

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Ask = Callable[[Table], Floats]

MOST = 15  # columns beyond which nobody looks at all subsets


@dataclass(eq=False)
class Game:
    """Rows of a table against other rows of it: a round is every row against one other.

    The value of some columns is the answer where these are the row's own and the others are those
    of the other row: rows are put together from the owner's cells, so that types, categories and
    missing values stay as they are. A round looks at all subsets of the columns, or at one random
    order of them and its reverse, which is exact too where no more than two columns act together.
    The sums over rounds are all that is kept, and the order of a round depends on the seed and its
    number alone: one that is gone on with is the same as one that was never stopped.

    Parameters
    ----------
    table : Table
        Rows and background.
    rows, background : ndarray of int
        Places in it.
    players : ndarray of int
        Columns that may matter.
    seed : int
        Of the orders, and of the order of the background.
    exact : bool
        Whether to look at all subsets.

    Attributes
    ----------
    rounds : int
        How many were played.
    evaluations : int
        Rows that were asked about.

    References
    ----------
    E. Strumbelj, I. Kononenko: Explaining prediction models and individual predictions with
    feature contributions, 2014. R. Mitchell et al.: Sampling permutations for Shapley value
    estimation, 2022.
    """

    table: Table
    rows: Places
    background: Places
    players: Places
    seed: int
    exact: bool
    rounds: int = 0
    evaluations: int = 0
    own: Floats | None = None  # answers to the rows, (n, J)
    others: Floats | None = None  # answers to the background, (B, J)
    sums: Any = field(default=0.0)  # (n, players, J)
    squares: Any = field(default=0.0)

    @property
    def cost(self) -> int:
        """Rows to ask about in a round, at most."""
        k = len(self.players)
        return len(self.rows) * ((2**k - 2) if self.exact else 2 * (k - 1) if k > 1 else 0)

    def begin(self, ask: Ask, own: Floats | None = None) -> None:
        """Ask about the background, and the rows themselves where `own` are not the answers."""
        asked = self.background if own is not None else np.append(self.rows, self.background)
        said = ask(self.table.take(asked))
        self.own = said[: len(self.rows)] if own is None else own
        self.others = said[-len(self.background) :]
        self.evaluations += len(said)

    def play(self, ask: Ask, rounds: int) -> None:
        """Play some rounds, all in one question."""
        assert self.own is not None and self.others is not None
        numbers = range(self.rounds, self.rounds + rounds)
        drawn = [self._drawn(number) for number in numbers]
        wanted = [self._sources(other, inside) for other, inside in drawn]
        where = np.concatenate(wanted).reshape(-1, self.table.n_columns)
        answers = np.empty((0, self.own.shape[1]))
        asked = 0
        if len(where):
            distinct, of = np.unique(where, axis=0, return_inverse=True)
            asked = len(distinct)
            answers = ask(gathered(self.table, distinct))[np.ravel(of)]
        at, sums, squares = 0, self.sums, self.squares
        for (other, inside), source in zip(drawn, wanted, strict=True):
            n = source.shape[0] * source.shape[1]
            said = answers[at : at + n].reshape(*source.shape[:2], self.own.shape[1])
            found = self._shares(said, self.others[other], inside)
            sums, squares = sums + found, squares + found**2
            at += n
        # at the end, so that an interrupt leaves whole rounds
        self.sums, self.squares, self.rounds = sums, squares, self.rounds + rounds
        self.evaluations += asked

    def values(self) -> Floats:
        """Return the values, shape (n, columns, J)."""
        return self._spread(self.sums / self.rounds)

    @property
    def complete(self) -> bool:
        """Whether the values are exact: all subsets were tried against all of the background."""
        return self.exact and self.rounds == len(self.background)

    def errors(self) -> Floats | None:
        """Return their standard errors, with what drawing the background adds; None if exact."""
        if self.complete or self.rounds < 2:
            return None
        of = np.maximum(self.squares / self.rounds - (self.sums / self.rounds) ** 2, 0.0)
        return self._spread(np.sqrt(of / (self.rounds - 1)))

    def base(self) -> Floats:
        """Return the mean answer to the background rows that were met, shape (J,)."""
        assert self.others is not None
        return np.asarray(self.others[self._met].mean(0))

    def whole_base(self) -> Floats:
        """Return the mean answer to the background, shape (J,)."""
        assert self.others is not None
        return np.asarray(self.others.mean(0))

    @property
    def met(self) -> Places:
        """Places of the background rows that were compared with, as often as they were."""
        return self.background[self._met]

    @property
    def _met(self) -> list[int]:
        return [self._other(number) for number in range(self.rounds)]

    def _spread(self, of: Floats) -> Floats:
        whole = np.zeros((len(self.rows), self.table.n_columns, of.shape[2]))
        whole[:, self.players] = of
        return whole

    def _other(self, number: int) -> int:
        """Return the place, in the background, of the row that a round compares with."""
        turn, place = divmod(number, len(self.background))
        return int(
            np.random.default_rng([self.seed, 0, turn]).permutation(len(self.background))[place]
        )

    def _drawn(self, number: int) -> tuple[int, NDArray[np.bool_] | Places]:
        k, n = len(self.players), len(self.rows)
        if self.exact:
            codes = np.arange(2**k)[:, None] >> np.arange(k) & 1
            return self._other(number), codes.astype(bool)
        rng = np.random.default_rng([self.seed, 1, number])
        ranks = rng.permuted(np.tile(np.arange(k), (n, 1)), axis=1)
        return self._other(number), ranks

    def _inside(self, drawn: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which columns are the row's own, shape (n, mixed rows, players)."""
        n, k = len(self.rows), len(self.players)
        if self.exact:
            return np.broadcast_to(drawn[1:-1], (n, 2**k - 2, k))
        steps = np.arange(1, k)[None, :, None]
        return np.concatenate([drawn[:, None, :] < steps, k - 1 - drawn[:, None, :] < steps], 1)

    def _sources(self, other: int, drawn: NDArray[Any]) -> Places:
        """Return the row that each cell is taken from, shape (n, mixed rows, columns)."""
        own, them = self.rows, self.background[other]
        inside = self._inside(drawn)
        source = np.empty((len(own), inside.shape[1], self.table.n_columns), dtype=np.intp)
        source[:] = own[:, None, None]
        values = self.table.values
        # what is the same is taken from the row itself, so that no question is asked twice
        mine, theirs = values[own], values[them]
        same = (mine == theirs) & (mine != -1) | np.isnan(mine) & np.isnan(theirs)
        theirs_here = ~inside & ~same[:, None, self.players]
        source[:, :, self.players] = np.where(theirs_here, them, own[:, None, None])
        return source

    def _shares(self, said: Floats, other: Floats, drawn: NDArray[Any]) -> Floats:
        """Return what each player adds in a round, shape (n, players, J)."""
        assert self.own is not None
        n, k, scores = len(self.rows), len(self.players), self.own.shape[1]
        ends = np.broadcast_to(other, (n, 1, scores)), self.own[:, None, :]
        if k == 0:
            return np.zeros((n, 0, scores))
        if self.exact:
            whole = np.concatenate([ends[0], said, ends[1]], 1)
            size = drawn.sum(1)
            f = np.array([factorial(i) for i in range(k + 1)], dtype=np.float64)
            up = np.where(drawn, (f[size - 1] * f[k - size] / f[k])[:, None], 0.0)
            less = f[np.maximum(k - size - 1, 0)]
            down = np.where(drawn, 0.0, (f[size] * less / f[k])[:, None])
            return np.asarray(np.einsum("sk,nsj->nkj", up - down, whole))
        found = np.zeros((n, k, scores))
        for part, ranks in ((said[:, : k - 1], drawn), (said[:, k - 1 :], k - 1 - drawn)):
            steps = np.diff(np.concatenate([ends[0], part, ends[1]], 1), axis=1)
            found += np.take_along_axis(steps, ranks[:, :, None], axis=1) / 2
        return found
