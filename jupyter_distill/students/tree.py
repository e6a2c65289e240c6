"""A decision tree with few leaves, grown and filled to minimise the composite loss."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from jupyter_distill._validation import check_number, expected
from jupyter_distill.data import Table
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.students._base import Student
from jupyter_distill.students._bins import Binned
from jupyter_distill.students._explain import Met, tree_explanation
from jupyter_distill.students._grow import grow
from jupyter_distill.students._leaves import leaf_logits
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.targets import CompositeLoss, SoftTargets, soften

Floats = NDArray[np.float64]

# Rows by which every node's means are pulled towards its parent's (hierarchical shrinkage,
# Agarwal et al., 2022): keeps the probabilities of small leaves away from 0 and 1.
SHRINKAGE = 1.0


class TreeStudent(Student):
    """A decision tree of at most `size` leaves.

    It is grown best first on ``alpha y + (1 - alpha) T softmax(z / T)``, whose squared error is
    the second-order expansion of the composite loss; every leaf then says the exact minimiser of
    that loss over its rows. Categories are divided into two sets of values, missing values go to
    the side where they fit best, thresholds are the roundest numbers in their gap.

    Parameters
    ----------
    size : int, default 16
        Leaves, at most; at least 2.
    alpha : float, default 0.1
        Weight of the ground truth in the loss, from 0 to 1.
    temperature : float, default 1.0
        T of the soft targets.
    leaf_temperature : float, optional
        T at which the leaves are filled; `temperature`, but at least 1, unless given. With T
        below 1 the structure follows the decision boundary more closely, while leaves filled
        there would say less than they know.
    min_rows : int, default 5
        Least weight of a leaf; a row weighs 1 unless weights are given.
    random_state : int, optional
        Seed of the rows that choose the cuts when there are more than 50,000.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        Class labels.
    columns_ : tuple of Column
        The columns that were fitted.
    nodes_ : Nodes
        Structure.
    logits_ : ndarray of shape (m, K)
        What each node says if it is a leaf.
    """

    nodes_: Nodes
    logits_: Floats
    met_: Met

    def __init__(
        self,
        size: int = 16,
        alpha: float = 0.1,
        temperature: float = 1.0,
        leaf_temperature: float | None = None,
        min_rows: int = 5,
        random_state: int | None = None,
    ) -> None:
        self.size = size
        self.alpha = alpha
        self.temperature = temperature
        self.leaf_temperature = leaf_temperature
        self.min_rows = min_rows
        self.random_state = random_state

    @classmethod
    def _prepared(cls) -> type:
        return Binned

    def prepare(self, table: Table, weights: Floats | None = None) -> Binned:
        """Bin the rows once; give the result to :meth:`fit_soft` as often as wanted."""
        return Binned.of(table, weights, self.random_state)

    def _fit(self, rows: Table | Binned, targets: SoftTargets, loss: CompositeLoss) -> None:
        size = int(check_number("size", self.size, low=2, integer=True))
        min_rows = check_number("min_rows", self.min_rows, above=0)
        weights = np.ones(targets.n_rows) if targets.weights is None else targets.weights
        if isinstance(rows, Table):
            rows = self.prepare(rows, targets.weights)
        response = loss.response(targets)
        if targets.n_classes == 2:
            response = response[:, 1:]  # the other column is its mirror image
        self.nodes_ = grow(rows, response, weights, size, min_rows)
        leaf = self.nodes_.apply(rows.table.values)
        self.logits_ = self._fill(leaf, targets, loss, weights)
        self.met_ = Met.of(self.nodes_, leaf, targets)

    def _fill(
        self, leaf: NDArray[np.intp], targets: SoftTargets, loss: CompositeLoss, weights: Floats
    ) -> Floats:
        """Return what every node would say as a leaf."""
        at = self.leaf_temperature
        at = (
            max(loss.temperature, 1.0)
            if at is None
            else check_number("leaf_temperature", at, above=0)
        )
        loss = CompositeLoss(loss.alpha, at)
        k = targets.n_classes
        of = [weights[:, None], targets.at(at) * weights[:, None]]
        if targets.labels is not None:
            of.append(np.eye(k)[targets.labels] * weights[:, None])
        sums = self.nodes_.totals(leaf, np.column_stack(of))
        means = np.empty_like(sums[:, 1:])
        for node, parent in enumerate(self.nodes_.parent):
            prior = means[parent] if parent >= 0 else np.full(means.shape[1], 1.0 / k)
            means[node] = (sums[node, 1:] + SHRINKAGE * prior) / (sums[node, 0] + SHRINKAGE)
        labels = means[:, k:] if targets.labels is not None else None
        return leaf_logits(means[:, :k], labels, loss)

    def _logits(self, table: Table) -> Floats:
        return self.logits_[self.nodes_.apply(table.values)]

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

    def at_size(self, size: int) -> Self:
        """Return the tree of at most `size` leaves from which this one grew.

        Raises
        ------
        ValueError
            If `size` is larger than what was grown.
        """
        check_is_fitted(self)
        check_number("size", size, low=2, integer=True)
        if size > self.size:
            raise ValueError(
                expected(
                    f"a size of at most {self.size}, which was grown",
                    got=repr(size),
                    remedy=f"Fit again with size={size}.",
                )
            )
        smaller: Self = clone(self).set_params(size=size)
        for name, value in vars(self).items():
            if name.endswith("_"):
                setattr(smaller, name, value)
        nodes = self.nodes_.first(size)
        smaller.nodes_, smaller.logits_ = nodes, self.logits_[: len(nodes)]
        smaller.met_ = self.met_.first(len(nodes))
        return smaller

    def explain(self, X: Any = None, targets: SoftTargets | None = None) -> TreeExplanation:
        """Return the tree as data.

        Parameters
        ----------
        X : Table, data frame or array, optional
            Rows on which support, class mixes and agreement are measured; those of the fit
            unless given.
        targets : SoftTargets, optional
            What the teacher says of these rows; needed with `X`.
        """
        check_is_fitted(self)
        met = self.met_
        if X is not None:
            if targets is None:
                raise ValueError(expected("soft targets for the rows of X", got="none"))
            met = Met.of(self.nodes_, self.apply(X), targets)
        return tree_explanation(
            self.columns_, self.classes_, self.nodes_, soften(self.logits_), met
        )
