"""What a tree is, whatever it says: searched for, filled, cut and explained."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from jupyter_distill.data import Table
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.students._base import Student, fitted
from jupyter_distill.students._bins import Binned
from jupyter_distill.students._columns import within
from jupyter_distill.students._complexity import Complexity
from jupyter_distill.students._criterion import Criterion
from jupyter_distill.students._explain import Met, tree_explanation
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.students._prune import Pruning
from jupyter_distill.students._search import GREEDY, Effort, Search

Floats = NDArray[np.float64]

# Rows by which every node's means are pulled towards its parent's (hierarchical shrinkage,
# Agarwal et al., 2022): keeps the probabilities of small leaves away from 0 and 1.
SHRINKAGE = 5.0
SEARCHED = 30_000  # rows to search on: more hardly move a tree of this size, but take their time
SHARE = 4  # of very many rows every fourth is searched on: small leaves are worth more then
FEW = 2_000  # rows below which a search must pay on rows that it did not see
DEAR = 0.2  # share of what a tree tells from which on an order may cost more than a column
EFFORT = {
    "greedy": GREEDY,
    "fast": Effort(larger=3, rounds=1, sweeps=2, renewals=1, spared=64),
    "best": Effort(larger=4, rounds=3, sweeps=4, renewals=2, parts=0.2),
}


class TreeBase(Student):
    """A tree without saying yet what its leaves hold."""

    SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
    READABLE = 32
    UNIT = "leaves"
    SMALLEST = 2
    CHOICES: ClassVar[Mapping[str, Sequence[str]]] = {"quality": tuple(EFFORT)}
    JOINS = "a tree asks about one column after another"

    min_rows: float | None
    quality: str
    random_state: int | None
    nodes_: Nodes
    answers_: Floats
    costs_: Floats
    met_: Met
    constraints: Any
    free_: Floats
    weight_: Floats
    order_cost_: float  # share of what the free answers tell that an order takes away

    @classmethod
    def _prepared(cls) -> type:
        return Binned

    def prepare(self, table: Table, weights: Floats | None = None) -> Binned:
        """Bin the rows once; give the result to :meth:`fit_soft` as often as wanted."""
        return Binned.of(table, weights, self._seed)

    def _fit(self, rows: Table | Binned, targets: Any, loss: Any) -> None:
        (found,) = self._searched(rows, targets, loss, (self.size,))
        self.__dict__.update(found)

    def pilot(self) -> Self:
        """Return an unfitted copy that grows and cuts back, without a search."""
        copy: Self = clone(self).set_params(quality="greedy")
        return copy

    def _swept(self, rows: Any, targets: Any, loss: Any, sizes: Sequence[int]) -> list[Self]:
        """Search for the best tree of every size, from one that is grown once."""
        swept = []
        for size, found in zip(sizes, self._searched(rows, targets, loss, sizes), strict=True):
            tree: Self = clone(self).set_params(size=size)
            tree.__dict__.update(fitted(self), **found)
            swept.append(tree)
        return swept

    def _searched(
        self, rows: Table | Binned, targets: Any, loss: Any, sizes: Sequence[int]
    ) -> list[dict[str, Any]]:
        """Return the fitted attributes of the best tree for every size."""
        effort = EFFORT[self.quality]
        weights = np.ones(targets.n_rows) if targets.weights is None else targets.weights
        if isinstance(rows, Table):
            rows = self.prepare(rows, targets.weights)
        min_rows = self._least(weights)
        allowed = self._allowed(rows.table)
        criterion, starts = self._judged(targets, loss, weights)
        some = self._sample(weights)
        search = Search(
            rows if some is None else rows.at(some),
            weights if some is None else weights[some],
            criterion if some is None else criterion.at(some),
            min_rows,
            allowed,
        )
        if some is not None:
            starts = [start[some] for start in starts]
        leaves = [self._leaves(size) for size in sizes]
        careful = bool(effort.rounds) and float(weights.sum()) < FEW
        seed = self._seed if careful else None

        def found(search: Search, way: Effort) -> list[dict[str, Any]]:
            return [
                self._filled(tree.nodes(rows), rows.table, targets, loss, weights, criterion)
                for tree in within(search, self._budget(), starts, leaves, way, seed)
            ]

        if not self.demands_ or not self.constraints.hard:
            return found(search, effort)

        def paid(tree: dict[str, Any]) -> float:
            return _loss_of(
                tree["answers_"][tree["nodes_"].apply(rows.table.values)], targets, loss
            )

        # what an order costs is seen only when it is made: plainer trees may lose less by it
        ways = dict.fromkeys([GREEDY, replace(effort, renewals=0), effort])
        tried = [found(search, way) for way in ways]
        free = self._undemanded(rows.table)
        if free.any() and max(tree["order_cost_"] for tree in tried[0]) > DEAR:
            # an order against what the rows say is kept at the least loss by not asking
            around = search.asking(free)
            tried.append(found(around, GREEDY))
            if any(paid(of[-1]) < min(map(paid, of[:-1])) for of in zip(*tried, strict=True)):
                tried.append(found(around, effort))
        return [min(of, key=paid) for of in zip(*tried, strict=True)]

    def _filled(
        self,
        nodes: Nodes,
        table: Table,
        targets: Any,
        loss: Any,
        weights: Floats,
        criterion: Criterion,
    ) -> dict[str, Any]:
        """Return the fitted attributes that a structure has, given the rows."""
        leaf = nodes.apply(table.values)
        sums = nodes.totals(leaf, criterion.rows)
        free = self._fill(nodes, leaf, targets, loss, weights, criterion.answers(sums))
        weight, costs = sums[:, 0] + SHRINKAGE, criterion.cost(sums)
        answers = self._ordered(nodes, free, weight)
        order_cost = 0.0
        if self.demands_:
            told, ordered, nothing = (
                _loss_of(said, targets, loss)
                for said in (free[leaf], answers[leaf], free[leaf * 0])
            )
            order_cost = (ordered - told) / max(nothing - told, 1e-300)
            # an order may make leaves alike: then their question tells nothing
            keep, answers = nodes.telling(answers)
            nodes, old = nodes.kept(keep)
            leaf = nodes.apply(table.values)
            answers, free, weight, costs = answers[old], free[old], weight[old], costs[old]
        return {
            "nodes_": nodes,
            "answers_": answers,
            "free_": free,
            "weight_": weight,
            "costs_": costs,
            "order_cost_": order_cost,
            "met_": Met.of(nodes, leaf, targets),
        }

    def _undemanded(self, table: Table) -> NDArray[np.bool_]:
        """Return which columns may be asked about that no direction is demanded of."""
        allowed = self._allowed(table)
        free = np.ones(table.n_columns, dtype=bool) if allowed is None else allowed.copy()
        required = self._budget()[1]
        free[[d.feature for d in self.demands_ if d.feature not in required]] = False
        return free

    def _allowed(self, table: Table) -> NDArray[np.bool_] | None:
        """Return which columns may be asked about; None for all."""
        if self.constraints is None:
            return None
        return ~np.isin(table.names, self.constraints.forbid)

    def _budget(self) -> tuple[int | None, list[int]]:
        """Return how many columns may be asked about, and those that have to be among them."""
        if self.constraints is None:
            return None, []
        names = [column.name for column in self.columns_]
        return self.constraints.max_features, [names.index(n) for n in self.constraints.require]

    def _ordered(self, nodes: Nodes, free: Floats, weight: Floats) -> Floats:
        """Return the answers in the order that constraints demand, or on the way to it."""
        if not self.demands_:
            return free
        ordered = self._in_order(nodes, free, weight)
        if self.constraints.hard:
            return ordered
        # the minimiser of squared errors and, at this price, the squared distance to the order
        price = self.constraints.penalty
        return np.asarray(free + price / (1 + price) * (ordered - free))

    @abstractmethod
    def _in_order(self, nodes: Nodes, free: Floats, weight: Floats) -> Floats:
        """Return the answers with the leaves in the order that constraints demand."""

    def _leaves(self, size: int) -> int:
        """Return how many leaves a size stands for."""
        return size

    def _least(self, weights: Floats) -> float:
        """Return the least weight of a leaf."""
        if self.min_rows is not None:
            return self.min_rows
        return float(np.clip(weights.sum() / 400, 2, 5))

    def _sample(self, weights: Floats) -> NDArray[np.intp] | None:
        """Return the rows to search on; None for all."""
        rows = np.flatnonzero(weights > 0)
        most = SEARCHED if self.quality == "greedy" else max(SEARCHED, len(rows) // SHARE)
        if len(rows) <= most:
            return None
        return np.sort(np.random.default_rng(self._seed).choice(rows, most, False))

    @abstractmethod
    def _judged(self, targets: Any, loss: Any, weights: Floats) -> tuple[Criterion, list[Floats]]:
        """Return what a tree is judged by, and responses, of shape (n, m), to start from."""

    @abstractmethod
    def _fill(
        self,
        nodes: Nodes,
        leaf: NDArray[np.intp],
        targets: Any,
        loss: Any,
        weights: Floats,
        answers: NDArray[np.intp] | None,
    ) -> Floats:
        """Return what every node would say as a leaf; `answers` are the classes to name."""

    @abstractmethod
    def _says(self) -> Floats:
        """Return what every node says, as probabilities or numbers."""

    def _output(self, table: Table) -> Floats:
        return self.answers_[self.nodes_.apply(table.values)]

    def apply(self, X: Any) -> NDArray[np.intp]:
        """Return the node (a leaf) that each row falls in."""
        check_is_fitted(self)
        return self.nodes_.apply(self._read(X, reset=False).values)

    @property
    def title_(self) -> str:
        """The fitted student in words."""
        return f"tree of {self.n_leaves_} {'leaf' if self.n_leaves_ == 1 else 'leaves'}"

    @property
    def n_leaves_(self) -> int:
        """Number of leaves."""
        return len(self.nodes_.leaves)

    @property
    def depth_(self) -> int:
        """Questions on the longest way to a leaf."""
        return int(self.nodes_.depth.max())

    @property
    def complexity_(self) -> Complexity:
        """How much there is to read."""
        asked = self.nodes_.feature[self.nodes_.left >= 0]
        return Complexity(
            features=len(np.unique(asked)),
            leaves=self.n_leaves_,
            depth=self.depth_,
            conditions=len(asked),
        )

    def _cut(self, size: int) -> None:
        nodes, leaves = self.nodes_, self._leaves(size)
        keep = Pruning(nodes.left.tolist(), nodes.right.tolist(), self.costs_, leaves).keep(leaves)
        self.nodes_, old = nodes.kept(keep)
        self.costs_, self.free_ = self.costs_[old], self.free_[old]
        self.weight_, self.met_ = self.weight_[old], self.met_.at(old)
        # what were inner nodes speak now, so the order is made anew
        self.answers_ = self._ordered(self.nodes_, self.free_, self.weight_)

    def explain(self, X: Any = None, targets: Any = None) -> TreeExplanation:
        """Return the tree as data.

        Parameters
        ----------
        X : Table, data frame or array, optional
            Rows on which support, class mixes and agreement are measured; those of the fit
            unless given.
        targets : SoftTargets or Predictions, optional
            What the teacher says of these rows; needed with `X`.
        """
        check_is_fitted(self)
        met = self.met_
        if X is not None:
            met = Met.of(self.nodes_, self.nodes_.apply(self._shown(X, targets).values), targets)
        return tree_explanation(
            self.columns_, getattr(self, "classes_", None), self.nodes_, self._says(), met
        )


def _loss_of(said: Floats, targets: Any, loss: Any) -> float:
    """Return the loss of answers of shape (n, K), or (n, 1) of numbers."""
    return float(loss(said if said.shape[1] > 1 else said[:, 0], targets))
