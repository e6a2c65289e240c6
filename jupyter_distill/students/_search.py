"""The search for a tree: grown too large, cut back, improved, its parts then sought anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    renewals : int
        How often, at most, the parts of the improved tree are sought anew.
    others : int
        How many other columns are tried at the top of a part.
    parts : float
        Share of the wanted leaves that makes a part.
    spared : float
        How many of the wanted leaves, times these, a part may lack: the parts of large trees take
        longer than those of small ones, and gain less.
    """

    larger: int = 4
    rounds: int = 4
    sweeps: int = 3
    regrown: float = 2.0
    renewals: int = 0
    others: int = 3
    parts: float = 0.5
    spared: float = np.inf


GREEDY = Effort(larger=2, rounds=0)
BRIEF = Effort(rounds=1, sweeps=1, regrown=1.5)  # for a part that is sought anew


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
    histograms : Histograms, optional
        Of these rows, where they have been made.
    """

    def __init__(
        self,
        binned: Binned,
        weights: Floats,
        criterion: Criterion,
        min_rows: float,
        allowed: Bools | None = None,
        histograms: Histograms | None = None,
    ) -> None:
        self.binned, self.weights, self.criterion = binned, weights, criterion
        self.min_rows, self.allowed = min_rows, allowed
        self.rows = np.flatnonzero(weights > 0)
        self.histograms = histograms or Histograms(binned)

    def among(self, rows: NDArray[np.intp]) -> Search:
        """Return a search that looks at some rows only."""
        weights = np.zeros_like(self.weights)
        weights[rows] = self.weights[rows]
        return Search(
            self.binned, weights, self.criterion, self.min_rows, self.allowed, self.histograms
        )

    def asking(self, allowed: Bools) -> Search:
        """Return a search on the same rows that asks about some columns only."""
        return Search(
            self.binned, self.weights, self.criterion, self.min_rows, allowed, self.histograms
        )

    def grown(self, tree: Sketch, response: Floats, size: int, but: Sequence[int] = ()) -> Sketch:
        """Grow a tree in place to `size` leaves, by `response`, not asking about columns `but`."""
        allowed = self.allowed
        if len(but):
            others = ~np.isin(np.arange(len(self.binned.n_codes)), but)
            allowed = others if allowed is None else others & allowed
        return grow(
            tree,
            self.binned,
            self.histograms,
            response,
            self.weights,
            size,
            self.min_rows,
            allowed,
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

    def cost(self, tree: Sketch) -> float:
        """Return what the leaves of a tree cost."""
        return float(self.costs(tree)[np.array(tree.left) < 0].sum())

    def cut(self, tree: Sketch, size: int) -> tuple[float, Sketch]:
        """Return the best subtree of at most `size` leaves, and its cost."""
        pruning = Pruning(tree.left, tree.right, self.costs(tree), size)
        return pruning.cost(size), tree.kept(pruning.keep(size))

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
            cost, tree, response = min(starts, key=lambda one: one[0])
            cost, tree = self.improved(cost, tree, response, size, effort)
            for i in range(effort.renewals):
                response = responses[-1 - i % len(responses)]
                least = max(3, size * effort.parts, size - effort.spared / size)
                tree = self.renewed(tree, response, effort.others, least)
                cost, tree = self.improved(self.cost(tree), tree, response, size, effort)
            best.append(tree)
        return best

    def renewed(self, tree: Sketch, response: Floats, others: int, least: float) -> Sketch:
        """Return the tree after its parts were sought anew, each with another column at its top.

        Improving a tree question by question, the others held, seldom gets away from the columns
        of its first questions. So the best tree that begins with another column is grown, cut
        back and improved, for the whole and then for what is below either side, and kept where
        it costs less.

        Parameters
        ----------
        tree : Sketch
            A tree.
        response : ndarray of shape (n, m)
            What to grow by.
        others : int
            How many other columns are tried at the top, those of the largest gain.
        least : float
            Leaves of a part, at least.
        """
        size = tree.n_leaves
        if size < least:
            return tree
        asked = [tree.feature[0]]
        found: list[tuple[float, Sketch]] = []
        for _ in range(others):
            other = self.grown(Sketch(), response, 2, but=asked)
            if other.n_leaves < 2:
                break
            asked.append(other.feature[0])
            large = self.grown(other, response, int(size * BRIEF.regrown))
            found.append(self.cut(large, size))
        if found:
            cost, other = min(found, key=lambda one: one[0])
            cost, other = self.improved(cost, other, response, size, BRIEF)
            if cost < self.cost(tree) - CLOSE * abs(cost):
                tree = other
        goes = tree.goes[0]
        if goes is None:
            return tree
        on_left = goes[self.binned.codes[self.rows, tree.feature[0]]]
        left, right = (
            self.among(self.rows[side]).renewed(tree.below(node), response, others, least)
            for side, node in ((on_left, tree.left[0]), (~on_left, tree.right[0]))
        )
        return tree.joined(left, right)

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
