"""The narrow waist between students and views: what a student says, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import Column

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TreeExplanation:
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
        Share of those rows for which student and teacher name the same class.
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
        texts = [""] * len(self)
        above: list[dict[int, _Limit]] = [{} for _ in range(len(self))]
        for node in np.flatnonzero(self.left >= 0):
            column = int(self.feature[node])
            before = above[node].get(column)
            for side, child in ((True, self.left[node]), (False, self.right[node])):
                step = self._limit(int(node), side)
                texts[child] = step.text(before)
                above[child] = {**above[node], column: before.narrowed(step) if before else step}
        return tuple(texts)

    def rule(self, node: int) -> str:
        """Return the whole way to `node` in the owner's words, each column named once."""
        limits: dict[int, _Limit] = {}
        path = self.path(node)
        for above, below in zip(path[:-1], path[1:], strict=True):
            step = self._limit(above, bool(self.left[above] == below))
            column = int(self.feature[above])
            limits[column] = limits[column].narrowed(step) if column in limits else step
        return " and ".join(limit.text() for limit in limits.values()) or "all rows"

    def _limit(self, node: int, left: bool) -> _Limit:
        column = self.columns[self.feature[node]]
        missing = bool(self.missing_left[node] == left)
        seen = bool(self.missing_seen[node])
        if column.kind == "numeric":
            cut = float(self.threshold[node])
            low, high = (-np.inf, cut) if left else (cut, np.inf)
            return _Limit(column, low, high, None, missing, seen)
        inside = frozenset(self.left_categories[node] or ())
        codes = inside if left else frozenset(range(len(column.categories))) - inside
        return _Limit(column, -np.inf, np.inf, codes, missing, seen)

    def frame(self) -> pd.DataFrame:
        """Return one row per node: rule, support, agreement and both class mixes."""
        data: dict[str, Any] = {
            "node": np.arange(len(self)),
            "parent": self.parent,
            "depth": self.depth,
            "leaf": self.left < 0,
            "rule": [self.rule(node) for node in range(len(self))],
            "rows": self.support,
            "agreement": self.agreement,
            "answer": [self.classes[k] for k in self.student.argmax(1)],
        }
        for who, mix in (("teacher", self.teacher), ("student", self.student)):
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
            **{name: _plain(getattr(self, name)) for name in (*shares, "threshold")},
            "left_categories": [None if c is None else list(c) for c in self.left_categories],
            "rules": [self.rule(node) for node in range(len(self))],
        }


@dataclass(frozen=True)
class _Limit:
    """What a path has fixed of one column: an interval, or a set of category codes."""

    column: Column
    low: float  # values must be greater
    high: float  # values may be equal
    codes: frozenset[int] | None
    missing: bool  # missing values are let through
    seen: bool  # missing values were met, so the text must say where they go

    def narrowed(self, step: _Limit) -> _Limit:
        codes = self.codes if self.codes is None or step.codes is None else self.codes & step.codes
        return _Limit(
            self.column,
            max(self.low, step.low),
            min(self.high, step.high),
            codes,
            self.missing and step.missing,
            self.seen or step.seen,
        )

    def text(self, before: _Limit | None = None) -> str:
        """Say it; `before` is what the path above has fixed of the same column already."""
        name = self.column.name
        if self.codes is None:
            return f"{name} is missing" if self.low == np.inf else self._interval(name)
        possible = before.codes if before is not None else None
        if possible is None:
            possible = frozenset(range(len(self.column.categories)))
        chosen = [self.column.text(code) for code in sorted(self.codes & possible)]
        others = [self.column.text(code) for code in sorted(possible - self.codes)]
        # the shorter of the two ways to say it; a boolean is always said positively
        both = chosen and others
        if both and (len(chosen) <= len(others) or self.column.kind == "boolean"):
            return f"{name} is {_either(chosen)}" + self._missing()
        if not chosen:
            return f"{name} is missing" if self.missing else f"{name} is another value"
        if not others:
            return f"{name} is known" if self.seen and not self.missing else f"{name} is any value"
        unknown = " and is known" if self.seen and not self.missing else ""
        return f"{name} is not {_either(others)}{unknown}"

    def _interval(self, name: str) -> str:
        if np.isinf(self.low) and np.isinf(self.high):
            return f"{name} is known"
        low, high = self.column.text(self.low), self.column.text(self.high)
        if np.isinf(self.low):
            return f"{name} <= {high}" + self._missing()
        if np.isinf(self.high):
            return f"{name} > {low}" + self._missing()
        return f"{low} < {name} <= {high}" + self._missing()

    def _missing(self) -> str:
        return " (or missing)" if self.missing and self.seen else ""


def _plain(values: Floats) -> list[Any]:
    """Return numbers as nested lists, None in place of those that JSON does not have."""
    plain = values.astype(object)
    plain[~np.isfinite(values)] = None
    return list(plain.tolist())


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
