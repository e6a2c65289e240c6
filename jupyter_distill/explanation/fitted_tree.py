"""A tree that scikit-learn has fitted, read as it stands: nothing is distilled or fitted again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.validation import check_is_fitted

from jupyter_distill._validation import expected, some
from jupyter_distill.data import Column, Table
from jupyter_distill.explanation._thresholds import plainest
from jupyter_distill.explanation.tree import TreeExplanation

Floats = NDArray[np.float64]

NAMES = ("labels", "tree")
# Criteria whose impurity is a mean squared difference.
SQUARED = ("squared_error", "friedman_mse")


@dataclass(frozen=True, eq=False)
class FittedTree:
    """A tree of scikit-learn's, with the rows that it is shown with.

    Attributes
    ----------
    explanation : TreeExplanation
        The tree; in the place of a teacher are the labels that it was fitted to.
    table : Table or None
        Rows, as the tree sees them.
    leaves : ndarray of int, shape (n,), or None
        The leaf of each.
    notes : tuple of str
        What its figures are about.
    """

    explanation: TreeExplanation
    table: Table | None
    leaves: NDArray[np.intp] | None
    notes: tuple[str, ...]


def fitted_tree(
    model: Any,
    X: Any = None,
    feature_names: Sequence[str] | None = None,
    class_names: Sequence[str] | None = None,
) -> FittedTree:
    """Read a decision tree or extra tree of scikit-learn, or a pipeline that ends in one.

    Parameters
    ----------
    model : DecisionTreeClassifier, DecisionTreeRegressor, a kind of them, or Pipeline
        A fitted one.
    X : data frame or array of shape (n, d), optional
        Rows to choose from, as the model takes them. The figures of the nodes stay those that the
        tree holds of the rows it was fitted to.
    feature_names : sequence of str, optional
        Names of the columns that the tree reads, where it does not know them itself, as a tree
        inside a forest; by default those of X, where there are as many.
    class_names : sequence of str, optional
        Names of the classes in the order of ``classes_``.

    Raises
    ------
    TypeError
        If it is another model.
    ValueError
        If it has several outputs, or names or rows do not fit it.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    tree = model.steps[-1][1] if isinstance(model, Pipeline) else model
    if not isinstance(tree, DecisionTreeClassifier | DecisionTreeRegressor):
        raise TypeError(
            expected(
                "a decision tree of scikit-learn, or a pipeline that ends in one",
                got=type(tree).__name__,
                remedy="Distil it: TreeView(jd.distill(model, X)).",
            )
        )
    check_is_fitted(tree)
    if tree.n_outputs_ != 1:
        raise ValueError(
            expected("a tree with one output", got=f"one with {tree.n_outputs_}: no view shows it")
        )
    names = _names(model, tree, X, feature_names)
    table = None if X is None else _table(model, tree, X, names)
    columns = _columns(tree, names, table)
    explanation = _explanation(tree, columns, _classes(tree, class_names), table)
    leaves = None if table is None else np.asarray(tree.tree_.apply(_single(table)))
    notes = _notes(model, tree, feature_names is None, class_names is None)
    return FittedTree(explanation, table, leaves, notes)


def _names(model: Any, tree: Any, X: Any, given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of what the tree reads: those given, its own, those of X, or x0, x1, ..."""
    own = getattr(tree, "feature_names_in_", None)
    if own is None and model is not tree and given is None:
        try:
            own = model[:-1].get_feature_names_out()
        except (AttributeError, ValueError) as error:
            raise ValueError(
                expected(
                    "the names of the columns that the tree reads",
                    got=f"steps before it that do not tell them ({error})",
                    remedy="Give them: TreeView(pipeline, feature_names=[...]).",
                )
            ) from error
    n = tree.n_features_in_
    if own is None and hasattr(X, "columns") and len(X.columns) == n:
        own = list(X.columns)
    names = [f"x{j}" for j in range(n)] if own is None else own
    if given is not None:
        names = given
    if isinstance(names, str) or len(names) != n or len(set(map(str, names))) != n:
        what = f"feature_names to be {n} different names, one a column"
        raise ValueError(expected(what, got=some(names, 6)))
    return tuple(str(name) for name in names)


def _classes(tree: Any, given: Sequence[str] | None) -> tuple[str, ...]:
    if not isinstance(tree, DecisionTreeClassifier):
        if given is not None:
            raise ValueError(
                expected("no class_names, as the tree gives numbers", got=some(given, 6))
            )
        return ()
    names = tree.classes_ if given is None else given
    if isinstance(names, str) or len(names) != len(tree.classes_):
        what = f"class_names to be {len(tree.classes_)} names, in the order of classes_"
        raise ValueError(expected(what, got=some(names, 6)))
    return tuple(str(name) for name in names)


def _table(model: Any, tree: Any, X: Any, names: tuple[str, ...]) -> Table:
    """Read rows as the tree sees them: through the steps before it, where there are any."""
    seen = X if model is tree else model[:-1].transform(X)
    own = tuple(map(str, getattr(tree, "feature_names_in_", ())))
    table = Table.of(seen)
    if table.n_columns != len(names) or (hasattr(seen, "columns") and own not in ((), table.names)):
        what = f"X to have the {len(names)} columns that the tree was fitted to, in order"
        raise ValueError(expected(f"{what}: {some(own or names, 6)}", got=some(table.names, 6)))
    text = [column.name for column in table.columns if column.kind == "category"]
    if text:
        what = "X to hold numbers, as the tree was fitted to numbers"
        raise ValueError(expected(what, got=f"the column {text[0]!r} of categories"))
    if np.isnan(table.values).any() and not tree.__sklearn_tags__().input_tags.allow_nan:
        what = "X without missing values, which this tree cannot follow"
        raise ValueError(expected(what, got=f"{int(np.isnan(table.values).sum())} of them"))
    columns = tuple(
        Column(name, column.kind, column.categories, column.integer)
        for name, column in zip(names, table.columns, strict=True)
    )
    return Table(columns, table.values, table.native)


def _columns(tree: Any, names: tuple[str, ...], table: Table | None) -> tuple[Column, ...]:
    """Return the columns; a truth is one only where every threshold parts the two values."""
    if table is None:
        return tuple(Column(name, "numeric") for name in names)
    held = tree.tree_
    columns = []
    for j, column in enumerate(table.columns):
        asked = held.threshold[(held.feature == j) & (held.children_left >= 0)]
        parted = ((asked >= 0) & (asked < 1)).all()
        truth = column.kind == "boolean" and column.categories == (False, True) and parted
        numeric = Column(column.name, "numeric", integer=column.integer)
        columns.append(column if truth or column.kind == "numeric" else numeric)
    return tuple(columns)


def _explanation(
    tree: Any, columns: tuple[Column, ...], classes: tuple[str, ...], table: Table | None
) -> TreeExplanation:
    held = tree.tree_
    left, right = held.children_left, held.children_right
    leaf = left < 0
    m = len(left)
    parent = np.full(m, -1, dtype=np.int32)
    depth = np.zeros(m, dtype=np.int32)
    for node in np.flatnonzero(~leaf):
        for child in (left[node], right[node]):
            parent[child], depth[child] = node, depth[node] + 1
    values = np.asarray(held.value[:, 0, :], dtype=np.float64)
    if classes:
        values = values / values.sum(1, keepdims=True)
    feature = np.where(leaf, -1, held.feature).astype(np.int32)
    truth = np.array([columns[j].kind == "boolean" for j in feature]) & ~leaf
    ask = ~leaf & ~truth
    threshold = np.full(m, np.nan)
    for node in np.flatnonzero(ask):
        rows = None if table is None else table.values[:, held.feature[node]]
        threshold[node] = plainest(float(held.threshold[node]), rows)
    missing = np.asarray(held.missing_go_to_left, dtype=bool) & ~leaf
    agreement, error = _fit(tree, values, parent, leaf)
    return TreeExplanation(
        columns=columns,
        classes=classes,
        left=left.astype(np.int32),
        right=right.astype(np.int32),
        parent=parent,
        depth=depth,
        feature=feature,
        threshold=threshold,
        left_categories=tuple((0,) if yes else None for yes in truth),
        missing_left=missing,
        missing_seen=_seen(tree, feature, table),
        support=held.n_node_samples.astype(np.float64),
        teacher=values,
        student=values,
        agreement=agreement,
        error=error,
        names=NAMES,
    )


def _fit(
    tree: Any, values: Floats, parent: NDArray[np.int32], leaf: NDArray[np.bool_]
) -> tuple[Floats, Floats | None]:
    """Return how well the leaves below each node give back the labels, and the error of numbers."""
    held = tree.tree_
    weight = held.weighted_n_node_samples
    classes = isinstance(tree, DecisionTreeClassifier)
    each = values.max(1) if classes else held.impurity
    if not classes and tree.criterion not in SQUARED:
        each = np.full(len(values), np.nan)
    total = np.where(leaf, each * weight, 0.0)
    for node in range(len(total) - 1, 0, -1):
        total[parent[node]] += total[node]
    share = total / weight
    if classes:
        return share, None
    return np.full(len(values), np.nan), np.sqrt(np.maximum(share, 0.0))


def _seen(tree: Any, feature: NDArray[np.int32], table: Table | None) -> NDArray[np.bool_]:
    """Return which nodes meet missing values: a tree of scikit-learn's does not hold it."""
    # known values against missing ones: that is asked by a threshold beyond all numbers
    seen: NDArray[np.bool_] = np.isinf(tree.tree_.threshold) & (feature >= 0)
    if table is None:
        return seen
    gaps = np.isnan(table.values)
    reach = tree.tree_.decision_path(_single(table)).tocsc()
    for j in np.flatnonzero(gaps.any(0)):
        lost = np.flatnonzero(gaps[:, j])
        seen |= (feature == j) & (np.asarray(reach[lost].sum(0)).ravel() > 0)
    return seen


def _notes(model: Any, tree: Any, own_columns: bool, own_classes: bool) -> tuple[str, ...]:
    classes = isinstance(tree, DecisionTreeClassifier)
    of = type(tree).__name__
    text = (
        f"A fitted {of}: its figures are those it holds of the rows that it was fitted to, so "
        "they flatter it. "
    )
    if classes:
        text += "Agreement is the share of their labels that it gives back."
    elif tree.criterion in SQUARED:
        text += "The error is that of the numbers it gives to the labels of these rows."
    else:
        kind = "medians" if tree.criterion == "absolute_error" else "means"
        text += f"Its numbers are {kind}; a tree fitted by {tree.criterion} holds no RMS error."
    held = tree.tree_
    notes = [text]
    if not np.allclose(held.weighted_n_node_samples, held.n_node_samples):
        notes.append("It was fitted with weights: shares are weighted, rows are counted.")
    if model is not tree:
        steps = " and ".join(type(step).__name__ for _, step in model.steps[:-1])
        notes.append(f"Its columns are what {steps} made of the data.")
    elif own_columns and not hasattr(tree, "feature_names_in_"):
        notes.append(
            "It holds no names of its columns, as no tree inside a forest does: they are named as "
            "in X, in order, where X names them; feature_names= gives others."
        )
    if classes and own_classes and tree.classes_.dtype.kind == "f":
        notes.append(
            "Its classes are numbers, as those of every tree inside a forest are; class_names= "
            "names them, in the order of classes_ (that of the forest)."
        )
    return tuple(notes)


def _single(table: Table) -> NDArray[np.float32]:
    return np.ascontiguousarray(table.values, dtype=np.float32)
