"""An ordered list of rules: the first that holds decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from jupyter_distill.data import Table
from jupyter_distill.explanation import RuleExplanation
from jupyter_distill.students._complexity import Complexity
from jupyter_distill.students._rule_list import Rule, rule_list
from jupyter_distill.students._tree import TreeBase
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent


class _Rules(TreeBase):
    """A tree that is read as a list of rules."""

    SIZES = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 30)
    READABLE = 12
    UNIT = "rules"
    SMALLEST = 1

    rules_: tuple[Rule, ...]

    def _leaves(self, size: int) -> int:
        return size + 1  # the last leaf is what is said otherwise

    def _fit(self, rows: Any, targets: Any, loss: Any) -> None:
        super()._fit(rows, targets, loss)
        self._read_tree()

    def _swept(self, rows: Any, targets: Any, loss: Any, sizes: Sequence[int]) -> list[Self]:
        swept = super()._swept(rows, targets, loss, sizes)
        for student in swept:
            student._read_tree()
        return swept

    def _cut(self, size: int) -> None:
        super()._cut(size)
        self._read_tree()

    def _read_tree(self) -> None:
        self.rules_ = rule_list(super().explain(), self.columns_)

    def decide(self, X: Any) -> NDArray[np.intp]:
        """Return the place in the list of the rule that decides each row."""
        check_is_fitted(self)
        return self._decided(self._read(X, reset=False))

    def _decided(self, table: Table) -> NDArray[np.intp]:
        place = np.full(table.n_rows, len(self.rules_) - 1, dtype=np.intp)
        for i in range(len(self.rules_) - 2, -1, -1):
            place[self.rules_[i].holds(table.values)] = i
        return place

    def _output(self, table: Table) -> NDArray[np.float64]:
        # by the list, not by the tree it was read from: what is read is what answers
        leaves = np.array([rule.leaf for rule in self.rules_])
        return np.asarray(self.answers_[leaves[self._decided(table)]])

    @property
    def title_(self) -> str:
        """The fitted student in words."""
        n = len(self.rules_) - 1
        return f"list of {n} {'rule' if n == 1 else 'rules'}"

    @property
    def complexity_(self) -> Complexity:
        """How much there is to read."""
        return Complexity(
            features=len({column for rule in self.rules_ for column in rule.box}),
            rules=len(self.rules_) - 1,
            conditions=sum(len(rule.conditions) for rule in self.rules_),
        )

    def explain(self, X: Any = None, targets: Any = None) -> RuleExplanation:  # type: ignore[override]
        """Return the rules as data, measured on rows (default: those of the fit).

        Parameters
        ----------
        X : Table, data frame or array, optional
            Rows on which support, class mixes and agreement are measured.
        targets : SoftTargets or Predictions, optional
            What the teacher says of these rows; needed with `X`.
        """
        tree = super().explain(X, targets)
        leaves = np.array([rule.leaf for rule in self.rules_])
        return RuleExplanation(
            columns=self.columns_,
            classes=tree.classes,
            limits=tuple(tuple(rule.box.values()) for rule in self.rules_),
            support=tree.support[leaves],
            teacher=tree.teacher[leaves],
            student=tree.student[leaves],
            agreement=tree.agreement[leaves],
            error=None if tree.error is None else tree.error[leaves],
        )


class RulesStudent(_Rules, TreeStudent):
    """An ordered list of at most `size` rules, and what is said otherwise.

    It is found like a tree of one leaf more, see :class:`TreeStudent` for all parameters, and
    then put in an order in which each rule can leave out what the rules before it have settled.
    Exactly one rule decides each row: the first that holds.

    Parameters
    ----------
    size : int, default 10
        Rules, at most, besides the last one; at least 1.
    alpha, temperature, leaf_temperature, min_rows, objective, quality, random_state, constraints
        As of :class:`TreeStudent`.

    Attributes
    ----------
    rules_ : tuple of Rule
        In order; the last one has no condition.

    References
    ----------
    R. L. Rivest: Learning Decision Lists, 1987.
    """

    def __init__(
        self,
        size: int = 10,
        alpha: float = 0.1,
        temperature: float = 1.0,
        leaf_temperature: float | None = None,
        min_rows: float | None = None,
        objective: str = "balanced",
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        super().__init__(
            size,
            alpha,
            temperature,
            leaf_temperature,
            min_rows,
            objective,
            quality,
            random_state,
            constraints,
        )


class RulesRegressionStudent(_Rules, TreeRegressionStudent):
    """An ordered list of at most `size` rules that each give a number. See :class:`RulesStudent`.

    Parameters
    ----------
    size : int, default 10
        Rules, at most, besides the last one; at least 1.
    alpha, min_rows, quality, random_state, constraints
        As of :class:`TreeRegressionStudent`.
    """

    def __init__(
        self,
        size: int = 10,
        alpha: float = 0.1,
        min_rows: float | None = None,
        quality: str = "fast",
        random_state: int | None = None,
        constraints: Any = None,
    ) -> None:
        super().__init__(size, alpha, min_rows, quality, random_state, constraints)

    def _output(self, table: Table) -> NDArray[np.float64]:
        return super()._output(table)[:, 0]
