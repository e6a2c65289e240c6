"""What a tree is, whatever it says: grown on a response, filled, cut and explained."""

from __future__ import annotations

from abc import abstractmethod
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
from jupyter_distill.students._complexity import Complexity
from jupyter_distill.students._explain import Met, tree_explanation
from jupyter_distill.students._grow import grow
from jupyter_distill.students._nodes import Nodes

Floats = NDArray[np.float64]


class TreeBase(Student):
    """A tree without saying yet what its leaves hold."""

    SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
    READABLE = 32
    UNIT = "leaves"
    SMALLEST = 2

    min_rows: float
    random_state: int | None
    nodes_: Nodes
    answers_: Floats
    met_: Met

    @classmethod
    def _prepared(cls) -> type:
        return Binned

    def prepare(self, table: Table, weights: Floats | None = None) -> Binned:
        """Bin the rows once; give the result to :meth:`fit_soft` as often as wanted."""
        return Binned.of(table, weights, self.random_state)

    def _fit(self, rows: Table | Binned, targets: Any, loss: Any) -> None:
        size = int(check_number("size", self.size, low=2, integer=True))
        min_rows = check_number("min_rows", self.min_rows, above=0)
        weights = np.ones(targets.n_rows) if targets.weights is None else targets.weights
        if isinstance(rows, Table):
            rows = self.prepare(rows, targets.weights)
        self.nodes_ = grow(rows, self._response(targets, loss), weights, size, min_rows)
        leaf = self.nodes_.apply(rows.table.values)
        self.answers_ = self._fill(leaf, targets, loss, weights)
        self.met_ = Met.of(self.nodes_, leaf, targets)

    @abstractmethod
    def _response(self, targets: Any, loss: Any) -> Floats:
        """Return what to part rows by, shape (n, m)."""

    @abstractmethod
    def _fill(self, leaf: NDArray[np.intp], targets: Any, loss: Any, weights: Floats) -> Floats:
        """Return what every node would say as a leaf."""

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
            rules=self.n_leaves_,
            conditions=int(self.nodes_.depth[self.nodes_.leaves].sum()),
        )

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
        smaller.nodes_, smaller.answers_ = nodes, self.answers_[: len(nodes)]
        smaller.met_ = self.met_.first(len(nodes))
        return smaller

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
            if targets is None:
                raise ValueError(expected("soft targets for the rows of X", got="none"))
            met = Met.of(self.nodes_, self.apply(X), targets)
        return tree_explanation(
            self.columns_, getattr(self, "classes_", None), self.nodes_, self._says(), met
        )
