"""A tree as data: its nodes, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import Column
from jupyter_distill.explanation._base import Explanation
from jupyter_distill.explanation._plain import plain
from jupyter_distill.explanation.limits import MANY, Box, Limit

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class TreeExplanation(Explanation):
    """A fitted tree as arrays over its ``m`` nodes, parents before children, the root first.

    Attributes
    ----------
    columns : tuple of Column
        The columns that the tree reads.
    classes : tuple of str
        Names of the K classes.
    left, right, parent, depth : ndarray of int32, shape (m,)
        The structure; -1 where there is no such node.
    feature : ndarray of int32, shape (m,)
        Column that the node asks about, -1 for a leaf.
    threshold : ndarray of float64, shape (m,)
        Rows with a value ``<=`` it go left; NaN unless the column is numeric.
    left_categories : tuple of (tuple of int or None), length m
        Codes that go left where the column is a category or boolean.
    missing_left : ndarray of bool, shape (m,)
        Where missing values (and categories never seen) go.
    missing_seen : ndarray of bool, shape (m,)
        Whether the node met missing values while it was grown; only then rules mention them.
    support : ndarray of float64, shape (m,)
        Rows that reach the node.
    teacher, student : ndarray of float64, shape (m, K)
        Mean soft targets of those rows at temperature 1, and what the student says there.
    agreement : ndarray of float64, shape (m,)
        Share of those rows for which student and teacher name the same class; NaN in a regression.
    error : ndarray of float64, shape (m,), optional
        Of a regression, whose `classes` are empty and whose K is 1: root mean squared difference
        between student and teacher.
    names : tuple of (str, str)
        What the two are called: teacher and student, unless the tree was read from elsewhere.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    left: Ints
    right: Ints
    parent: Ints
    depth: Ints
    feature: Ints
    threshold: Floats
    left_categories: tuple[tuple[int, ...] | None, ...]
    missing_left: NDArray[np.bool_]
    missing_seen: NDArray[np.bool_]
    support: Floats
    teacher: Floats
    student: Floats
    agreement: Floats
    error: Floats | None = None
    names: tuple[str, str] = ("teacher", "student")

    def __len__(self) -> int:
        return len(self.left)

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return int((self.left < 0).sum())

    def _check(self, node: int) -> int:
        if not 0 <= node < len(self):
            raise IndexError(expected(f"a node from 0 to {len(self) - 1}", got=repr(node)))
        return int(node)

    def path(self, node: int) -> list[int]:
        """Return the nodes from the root down to `node`."""
        nodes = [self._check(node)]
        while self.parent[nodes[-1]] >= 0:
            nodes.append(int(self.parent[nodes[-1]]))
        return nodes[::-1]

    def condition(self, node: int) -> str:
        """Return what a row must fulfil to come from the parent to `node`."""
        return self.conditions[self._check(node)]

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """The condition on the edge above every node; empty for the root."""
        return self._conditions(in_full=False)

    @cached_property
    def conditions_in_full(self) -> tuple[str, ...]:
        """The same with every category named, however many."""
        if all(len(column.categories) <= MANY for column in self.columns):
            return self.conditions
        return self._conditions(in_full=True)

    def _conditions(self, *, in_full: bool) -> tuple[str, ...]:
        texts = [""] * len(self)
        above: list[dict[int, Limit]] = [{} for _ in range(len(self))]
        for node in np.flatnonzero(self.left >= 0):
            column = int(self.feature[node])
            before = above[node].get(column)
            for side, child in ((True, self.left[node]), (False, self.right[node])):
                step = self._step(int(node), side)
                texts[child] = step.text(before, in_full=in_full)
                above[child] = {**above[node], column: before.narrowed(step) if before else step}
        return tuple(texts)

    def rule(self, node: int, *, in_full: bool = False) -> str:
        """Return the whole way to `node` in the owner's words, each column named once.

        Of a long list of categories the first few are named, or all if `in_full`.
        """
        texts = [limit.text(in_full=in_full) for limit in self.limits(node).values()]
        return " and ".join(texts) or "all rows"

    def limits(self, node: int) -> dict[int, Limit]:
        """Return what the whole way to `node` lets through, per column that it asks about."""
        limits: dict[int, Limit] = {}
        path = self.path(node)
        for above, below in zip(path[:-1], path[1:], strict=True):
            step = self._step(above, bool(self.left[above] == below))
            column = int(self.feature[above])
            limits[column] = limits[column].narrowed(step) if column in limits else step
        return limits

    @cached_property
    def boxes(self) -> dict[int, Box]:
        """The limits of every leaf: of any row exactly one holds."""
        return {int(leaf): self.limits(int(leaf)) for leaf in np.flatnonzero(self.left < 0)}

    def question(self, node: int) -> Limit:
        """Return what a row fulfils that goes left at `node`, which is no leaf."""
        column = self.columns[self.feature[node]]
        missing, seen = bool(self.missing_left[node]), bool(self.missing_seen[node])
        if column.kind == "numeric":
            return Limit(column, -np.inf, float(self.threshold[node]), None, missing, seen)
        codes = frozenset(self.left_categories[node] or ())
        return Limit(column, -np.inf, np.inf, codes, missing, seen)

    def _step(self, node: int, left: bool) -> Limit:
        return self.question(node) if left else self.question(node).opposite

    def frame(self) -> pd.DataFrame:
        """Return one row per node: rule in full, support, agreement and both class mixes."""
        data: dict[str, Any] = {
            "node": np.arange(len(self)),
            "parent": self.parent,
            "depth": self.depth,
            "leaf": self.left < 0,
            "rule": [self.rule(node, in_full=True) for node in range(len(self))],
            "rows": self.support,
        }
        if self.error is not None:
            means = zip(self.names, (self.teacher[:, 0], self.student[:, 0]), strict=True)
            return pd.DataFrame({**data, "error": self.error, **dict(means)})
        data["agreement"] = self.agreement
        data["answer"] = [self.classes[k] for k in self.student.argmax(1)]
        for who, mix in zip(self.names, (self.teacher, self.student), strict=True):
            for k, name in enumerate(self.classes):
                data[f"{who}: {name}"] = mix[:, k]
        return pd.DataFrame(data)

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, ready for JSON.

        None stands for what is not known of a node without rows, and for a threshold that a node
        has not; a numeric split without one parts known values from missing ones.
        """
        arrays = ("left", "right", "parent", "depth", "feature", "missing_left", "missing_seen")
        shares = ("support", "teacher", "student", "agreement")
        return {
            "kind": "tree",
            "columns": [c.to_dict() for c in self.columns],
            "classes": list(self.classes),
            **{name: getattr(self, name).tolist() for name in arrays},
            **{name: plain(getattr(self, name)) for name in (*shares, "threshold")},
            "error": None if self.error is None else plain(self.error),
            "left_categories": [None if c is None else list(c) for c in self.left_categories],
            "rules": [self.rule(node, in_full=True) for node in range(len(self))],
        }
