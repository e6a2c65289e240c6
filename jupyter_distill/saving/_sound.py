"""Whether a student that was read can be asked: places in range, no way in a circle, shapes alike.

Types are checked before, where values are read. Here is what the types cannot say; a student of a
family that is not named here is still asked about rows before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.constraints import MonotoneDemand
from jupyter_distill.data import Column
from jupyter_distill.explanation import Limit
from jupyter_distill.saving._refuse import need
from jupyter_distill.students import Student
from jupyter_distill.students._design import Design
from jupyter_distill.students._ebm import Sum
from jupyter_distill.students._ebm_terms import Grid
from jupyter_distill.students._net_weights import NetWeights
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.students._rule_list import Rule

LARGEST = 1e300  # what is summed beyond is infinite


def sound(student: Student, where: str) -> None:
    """Refuse a fitted student that could not be asked."""
    columns = student.columns_
    _columns(columns, where)
    need(getattr(student, "n_features_in_", 0) == len(columns), where, "the columns of its fit")
    names = getattr(student, "feature_names_in_", None)
    if names is not None:
        same = isinstance(names, np.ndarray) and names.tolist() == [c.name for c in columns]
        need(same, where, "the names of its columns", names)
    classes = getattr(student, "classes_", None)
    outputs = 1 if classes is None else len(classes)
    need(classes is None or (classes.ndim == 1 and outputs > 1), where, "classes", classes)
    for name, value in vars(student).items():
        for record in _records(value):
            check = _CHECKS.get(type(record))
            if check is not None:
                check(record, columns, f"{where}.{name}")
    of_family = _FAMILIES.get(next((a for a in _FAMILIES if hasattr(student, a)), ""))
    if of_family is not None:
        of_family(student, outputs, where)


def _records(value: Any) -> Iterator[Any]:
    """Yield all records in a value."""
    if is_dataclass(value):
        yield value
        for one in fields(value):
            yield from _records(getattr(value, one.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _records(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _records(item)


def _columns(columns: tuple[Column, ...], where: str) -> None:
    names = [column.name for column in columns]
    need(names and len(set(names)) == len(names), where, "columns, each once", names)
    for column in columns:
        levels = column.categories
        fine = len({(type(one), one) for one in levels}) == len(levels)
        if column.kind == "boolean":
            fine = levels == (False, True)
        need(fine and (bool(levels) or column.kind != "boolean"), where, "levels", levels)
        need(column.kind != "numeric" or not levels, where, "a number without levels", levels)


def _within(values: Any, low: int, high: int) -> bool:
    array = np.asarray(values)
    return not array.size or bool(array.min() >= low and array.max() < high)


def _finite(array: NDArray[Any], shape: tuple[int, ...], where: str) -> None:
    need(array.shape == shape, where, f"shape {shape}", f"{array.shape}")
    need(bool((np.abs(array) < LARGEST).all()), where, "finite numbers", "others")


def _nodes(nodes: Nodes, columns: tuple[Column, ...], where: str) -> None:
    m, d = len(nodes.left), len(columns)
    arrays = [nodes.right, nodes.parent, nodes.feature, nodes.threshold, nodes.missing_left]
    fine = all(a.shape == (m,) for a in (nodes.left, *arrays, nodes.missing_seen))
    need(m and fine and len(nodes.left_codes) == m, where, "one value a node")
    inner = nodes.left >= 0
    place = np.arange(m)
    for side in (nodes.left, nodes.right):
        need(((side == -1) == ~inner).all(), where, "two children or none")
        need((side[inner] > place[inner]).all(), where, "children after their parents")
        need(_within(side[inner], 1, m), where, "children that are there")
    children = np.concatenate([nodes.left[inner], nodes.right[inner]])
    need(sorted(children.tolist()) == list(range(1, m)), where, "one parent a node")
    parent = np.full(m, -1)
    parent[nodes.left[inner]] = parent[nodes.right[inner]] = place[inner]
    need((parent == nodes.parent).all(), where, "the parents of the nodes")
    need((nodes.feature[~inner] == -1).all(), where, "leaves that ask nothing")
    need(_within(nodes.feature[inner], 0, d), where, "columns that are there")
    for node in range(m):
        codes = nodes.left_codes[node]
        column = columns[nodes.feature[node]] if inner[node] else None
        if column is None or column.kind == "numeric":
            need(codes is None, where, "no codes of a number")
            known = column is None or not np.isnan(nodes.threshold[node])
            need(known, where, "a threshold")
        else:
            fine = codes is not None and codes.shape == (len(column.categories),)
            need(fine, where, "whether each category goes left")


def _rule(rule: Rule, columns: tuple[Column, ...], where: str) -> None:
    need(_within(list(rule.box), 0, len(columns)), where, "columns that are there")
    for j, limit in rule.box.items():
        need(limit.column == columns[j], where, "a limit of its column")


def _limit(limit: Limit, columns: tuple[Column, ...], where: str) -> None:
    number = limit.column.kind == "numeric"
    need((limit.codes is None) == number, where, "a range of numbers, or codes")
    codes = limit.codes or ()
    need(_within(list(codes), 0, len(limit.column.categories)), where, "codes that are there")
    need(limit.low == limit.low and limit.high == limit.high, where, "the ends of a range")


def _demand(demand: MonotoneDemand, columns: tuple[Column, ...], where: str) -> None:
    need(_within(demand.feature, 0, len(columns)), where, "a column that is there")
    need(demand.sign in (1, -1), where, "a direction")


def _design(design: Design, columns: tuple[Column, ...], where: str) -> None:
    need(design.columns == columns, where, "the columns of the student")
    for entry in design.entries:
        need(_within(entry.column, 0, len(columns)), where, "columns that are there")
        need(entry.what in ("value", "levels", "missing"), where, "what it holds", entry.what)
        column = columns[entry.column]
        need(_within(entry.codes, -1, len(column.categories)), where, "codes that are there")
        need(entry.codes or entry.what != "levels", where, "codes of levels")
        need(column.kind == "numeric" or entry.what != "value", where, "levels of a category")
        need(0 < entry.spread < LARGEST and abs(entry.mean) < LARGEST, where, "mean and spread")


def _grid(grid: Grid, columns: tuple[Column, ...], where: str) -> None:
    d = len(columns)
    fine = len(grid.cuts) == len(grid.lookups) == d and grid.n_codes.shape == (d,)
    need(fine, where, "one value a column")
    pairs = zip(columns, grid.cuts, grid.lookups, grid.n_codes, strict=True)
    for column, cuts, lookup, n in pairs:
        need(cuts.ndim == 1 and np.isfinite(cuts).all(), where, "cuts that are numbers")
        need((np.diff(cuts) > 0).all(), where, "cuts that rise")
        if column.kind == "numeric":
            need(lookup is None and n == len(cuts) + 2, where, "one code a bin")
            continue
        fine = lookup is not None and lookup.shape == (len(column.categories),)
        need(fine and not len(cuts), where, "a code for each category")
        need(_within(lookup, 0, int(n)), where, "codes that are there")


def _net(net: NetWeights, columns: tuple[Column, ...], where: str) -> None:
    need(net.first.ndim == 2 and net.intercept.ndim == 1, where, "weights of a net")
    (p, units), outputs = net.first.shape, len(net.intercept)
    shapes = ((p, units), (units,), (units, outputs), (p, outputs), (outputs,))
    for array, shape in zip(net.arrays, shapes, strict=True):
        _finite(array, shape, where)


def _tree_family(student: Any, outputs: int, where: str) -> None:
    m = len(student.nodes_)
    _finite(student.answers_, (m, outputs), where)
    _finite(student.free_, (m, outputs), where)
    met = student.met_
    for name in ("weight_", "costs_"):
        _finite(getattr(student, name), (m,), f"{where}.{name}")
    _finite(met.rows, (m,), f"{where}.met_.rows")
    for name in ("teacher", "votes"):
        _finite(getattr(met, name), (m, outputs), f"{where}.met_.{name}")
    need((met.rows >= 0).all() and (student.weight_ > 0).all(), where, "rows of each node")
    # what every node met is met by one of its children
    inner = student.nodes_.left >= 0
    both = met.rows[student.nodes_.left[inner]] + met.rows[student.nodes_.right[inner]]
    need(np.allclose(both, met.rows[inner]), where, "rows that go left or right")
    rules = getattr(student, "rules_", None)
    if rules is not None:
        leaves = sorted(rule.leaf for rule in rules)
        need(leaves == student.nodes_.leaves.tolist(), where, "one rule a leaf")
        need(not rules[-1].box, where, "a last rule without a condition")


def _linear_family(student: Any, outputs: int, where: str) -> None:
    p, scores = len(student.design_.entries), 1 if outputs == 2 else outputs
    need(student.path_, where, "a path of models")
    for of in (student.scores_, *student.path_):
        _finite(of.coef, (p, scores), where)
        _finite(of.intercept, (scores,), where)
        need(of.size >= 1, where, "a size", of.size)
    _finite(student.spreads_, (p,), where)


def _ebm_family(student: Any, outputs: int, where: str) -> None:
    grid, scores = student.grid_, 1 if outputs == 2 else outputs
    need(student.sums_, where, "sums of shapes")
    for size, of in student.sums_.items():
        need(size == len(of.terms), where, "as many terms as are said")
        _sum(of, grid, scores, where)


def _sum(of: Sum, grid: Grid, scores: int, where: str) -> None:
    _finite(of.intercept, (scores,), where)
    for term in of.terms:
        features = term.features
        need(len(features) in (1, 2) and len(term.bins) == len(features), where, "bins of columns")
        need(len(set(features)) == len(features), where, "two columns, or one")
        need(_within(features, 0, len(grid.cuts)), where, "columns that are there")
        size = 1
        for j, bins in zip(features, term.bins, strict=True):
            need(bins.shape == (grid.n_codes[j],), where, "a bin for each code")
            need(bins.min() >= 0 and bins.max() < len(bins), where, "bins that are there")
            size *= int(bins.max()) + 1
        _finite(term.scores, (size, scores), where)
        _finite(term.support, (size,), where)
        need((term.support >= 0).all() and term.support.sum() > 0, where, "rows of the bins")


def _net_family(student: Any, outputs: int, where: str) -> None:
    p, scores = len(student.design_.entries), 1 if outputs == 2 else outputs
    need(student.nets_ and set(student.nets_) <= set(student.importances_), where, "nets")
    for size, net in student.nets_.items():
        need(net.first.shape[0] == p and len(net.intercept) == scores, where, "weights of columns")
        need(student.importances_[size].ndim == 1, where, "an importance of each column")
    _finite(student.spread_, (scores, outputs), where)


# by what only students of a family have; rules are read from a tree
_FAMILIES: dict[str, Callable[[Any, int, str], None]] = {
    "nodes_": _tree_family,
    "path_": _linear_family,
    "sums_": _ebm_family,
    "nets_": _net_family,
}
_CHECKS: dict[type, Callable[[Any, tuple[Column, ...], str], None]] = {
    Nodes: _nodes,
    Rule: _rule,
    Limit: _limit,
    MonotoneDemand: _demand,
    Design: _design,
    Grid: _grid,
    NetWeights: _net,
}
