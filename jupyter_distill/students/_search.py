"""The search for a tree: grown too large, cut back to size, improved, grown on and cut again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.students._bins import Binned
from jupyter_distill.students._criterion import Criterion
from jupyter_distill.students._grow import grow
from jupyter_distill.students._histograms import Histograms
from jupyter_distill.students._prune import Pruning
from jupyter_distill.students._refine import refine
from jupyter_distill.students._sketch import Sketch

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PARTS = 3  # of the rows, each left out once to see what pays
CLOSE = 1e-4  # a round that saves a smaller share of the cost is the last


@dataclass(frozen=True)
class Effort:
    """How long to search.

    Attributes
    ----------
    larger : int
        The first tree has this many times the wanted leaves before it is cut back.
    rounds : int
        How often, at most, a tree is improved, grown on and cut back.
    sweeps : int
        Sweeps of improvement per round, at most.
    regrown : float
        To how many times the wanted leaves it is grown on.
    """

    larger: int = 4
    rounds: int = 4
    sweeps: int = 3
    regrown: float = 2.0


GREEDY = Effort(larger=2, rounds=0)


class Search:
    """Looks for trees of any size on the same rows.

    Parameters
    ----------
    binned : Binned
        The rows.
    weights : ndarray of shape (n,)
        Their weights.
    criterion : Criterion
        What a tree is judged by.
    min_rows : float
        Least weight of a leaf.
    allowed : ndarray of bool, shape (d,), optional
        Columns that may be asked about.
    """

    def __init__(
        self,
        binned: Binned,
        weights: Floats,
        criterion: Criterion,
        min_rows: float,
        allowed: Bools | None = None,
    ) -> None:
        self.binned, self.weights, self.criterion = binned, weights, criterion
        self.min_rows, self.allowed = min_rows, allowed
        self.rows = np.flatnonzero(weights > 0)
        self.histograms = Histograms(binned)

    def grown(self, tree: Sketch, response: Floats, size: int) -> Sketch:
        """Grow a tree in place to `size` leaves, by `response`."""
        return grow(
            tree,
            self.binned,
            self.histograms,
            response,
            self.weights,
            size,
            self.min_rows,
            self.allowed,
        )

    def sums(self, tree: Sketch) -> Floats:
        """Return the criterion's sums over the rows that reach each node."""
        leaf = tree.route(self.binned.codes, self.rows)
        return tree.totals(leaf, self.criterion.rows[self.rows])

    def costs(self, tree: Sketch) -> Floats:
        """Return what each node costs as a leaf; infinite where it would be too light."""
        sums = self.sums(tree)
        cost = self.criterion.cost(sums)
        cost[1:][sums[1:, 0] < self.min_rows] = np.inf
        return cost

    def cut(self, tree: Sketch, size: int) -> tuple[float, Sketch]:
        """Return the best subtree of at most `size` leaves, and its cost."""
        pruning = Pruning(tree.left, tree.right, self.costs(tree), size)
        return pruning.cost(size), tree.kept(pruning.keep(size))

    def within(
        self,
        budget: tuple[int | None, list[int]],
        responses: Sequence[Floats],
        sizes: Sequence[int],
        effort: Effort,
        seed: int | None,
    ) -> list[Sketch]:
        """Search with at most so many columns, some of them required; carefully with a seed.

        Where a tree asks about too many, the required ones and those that save most are kept and
        the search begins anew with them.
        """
        find = self.trees if seed is None else partial(self.careful, seed=seed)
        trees = find(responses, sizes, effort)
        most, required = budget
        for i, size in enumerate(sizes):
            saved = self._saved(trees[i])
            if most is None or (saved > 0).sum() <= most:
                continue
            saved[required] = np.inf
            keep = np.zeros(len(saved), dtype=bool)
            keep[np.argsort(-saved, kind="stable")[:most]] = True
            narrow = Search(self.binned, self.weights, self.criterion, self.min_rows, keep)
            (trees[i],) = narrow.within((None, []), responses, [size], effort, seed)
        return trees

    def _saved(self, tree: Sketch) -> Floats:
        """Return what the questions about each column save."""
        cost = self.criterion.cost(self.sums(tree))
        saved = np.zeros(len(self.binned.n_codes))
        for node, feature in enumerate(tree.feature):
            if feature >= 0:
                below = cost[tree.left[node]] + cost[tree.right[node]]
                saved[feature] += max(float(cost[node] - below), 1e-12)
        return saved

    def trees(
        self, responses: Sequence[Floats], sizes: Sequence[int], effort: Effort
    ) -> list[Sketch]:
        """Return for each size the best tree that was found.

        Parameters
        ----------
        responses : sequence of ndarray of shape (n, m)
            A search starts from a tree grown by each of them.
        sizes : sequence of int
            Most leaves of each tree.
        effort : Effort
            How long to search.
        """
        begun: list[list[tuple[float, Sketch, Floats]]] = [[] for _ in sizes]
        for response in responses if effort.rounds else responses[:1]:
            large = self.grown(Sketch(), response, max(sizes) * effort.larger)
            pruning = Pruning(large.left, large.right, self.costs(large), max(sizes))
            for size, starts in zip(sizes, begun, strict=True):
                starts.append((pruning.cost(size), large.kept(pruning.keep(size)), response))
        best = []
        for size, starts in zip(sizes, begun, strict=True):
            found = [
                self.improved(cost, tree, response, size, effort) for cost, tree, response in starts
            ]
            best.append(min(found, key=lambda one: one[0])[1])
        return best

    def improved(
        self, cost: float, tree: Sketch, response: Floats, size: int, effort: Effort
    ) -> tuple[float, Sketch]:
        """Improve a tree, grow it on and cut it back, until that saves no more."""
        best = cost, tree
        for _ in range(effort.rounds):
            tree = tree.copy()
            refine(
                tree,
                self.binned,
                self.histograms,
                self.rows,
                self.criterion,
                self.min_rows,
                effort.sweeps,
                self.allowed,
            )
            tree = tree.without_empty(self.sums(tree)[:, 0])
            tree = self.grown(tree, response, int(size * effort.regrown))
            cost, tree = self.cut(tree, size)
            if cost < best[0]:
                saved = best[0] - cost
                best = cost, tree
                if saved > CLOSE * abs(cost):
                    continue
            break
        return best

    def careful(
        self, responses: Sequence[Floats], sizes: Sequence[int], effort: Effort, seed: int | None
    ) -> list[Sketch]:
        """Search like :meth:`trees`, but only as far as it pays on rows that were left out.

        Few rows are learnt by heart by a long search. Parts of them are left out in turn; each
        size takes the way whose trees cost least there, but the plainest one, grown by the last
        response and cut back, unless another one saves more than one standard error.
        """
        ways = [([response], GREEDY) for response in reversed(responses)]
        ways.append((list(responses), effort))
        # rows of the same codes are left out together: a copy would tell what is to be guessed
        codes, copy = np.unique(self.binned.codes[self.rows], axis=0, return_inverse=True)
        parts = np.random.default_rng(seed).permutation(len(codes)) % PARTS
        part = np.full(len(self.weights), -1)
        part[self.rows] = parts[copy]
        cost = np.zeros((len(ways), len(sizes), len(self.weights)))
        for left_out in range(PARTS):
            inside = np.where(part == left_out, 0.0, self.weights)
            rows = self.criterion.rows * (inside > 0)[:, None]
            criterion = Criterion(rows, self.criterion.n_answers, self.criterion.fidelity)
            search = Search(self.binned, inside, criterion, self.min_rows, self.allowed)
            if len(search.rows) == 0:
                continue
            outside = np.flatnonzero(part == left_out)
            for i, (starts, how) in enumerate(ways):
                trees = search.trees(starts, sizes, how)
                cost[i][:, outside] = [self._beyond(tree, search, outside) for tree in trees]
        order = np.argsort(copy, kind="stable")
        first = np.searchsorted(copy[order], np.arange(len(codes)))
        saved = np.add.reduceat((cost[:1] - cost)[..., self.rows[order]], first, axis=2)
        error = saved.std(2) * np.sqrt(len(codes))
        best = np.where(saved.sum(2) > error, saved.sum(2), 0.0).argmax(0)
        found = {i: self.trees(ways[i][0], sizes, ways[i][1]) for i in np.unique(best)}
        return [found[i][j] for j, i in enumerate(best)]

    def _beyond(self, tree: Sketch, search: Search, outside: NDArray[np.intp]) -> Floats:
        """Return what each row costs in the leaves that other rows have filled."""
        prices = self.criterion.prices(search.sums(tree))
        leaf = tree.route(self.binned.codes, outside)
        return np.asarray((self.criterion.rows[outside] * prices[leaf]).sum(1))
