"""The order of a tree's leaves is exact, and keeping it costs the least."""

from __future__ import annotations

import time
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from sklearn.tree import DecisionTreeRegressor

from jupyter_distill._softmax import softmax
from jupyter_distill.constraints import Constraints, MonotoneDemand
from jupyter_distill.data import Column, Table
from jupyter_distill.students._isotone import MeanLeaves, isotone
from jupyter_distill.students._leaf_order import (
    OddsLeaves,
    isotone_logits,
    isotone_numbers,
    ordered_pairs,
)
from jupyter_distill.students._leaves import leaf_logits
from jupyter_distill.students._monotone import cover, order_edges, violations
from jupyter_distill.students._nodes import Nodes
from jupyter_distill.students.tree import TreeRegressionStudent
from jupyter_distill.targets import CompositeLoss

Floats = NDArray[np.float64]

COLUMNS = (
    Column("income", "numeric"),
    Column("age", "numeric"),
    Column("owner", "boolean", (False, True)),
    Column("region", "category", ("n", "s", "w")),
)
# every value that can be told apart by thresholds at 0, 1 and 2, or by a set of categories
POINTS = [
    *([-0.5, 0.5, 1.5, 2.5, np.nan],) * 2,
    [0.0, 1.0, np.nan],
    [0.0, 1.0, 2.0, np.nan],
]
GRID = np.array(list(product(*POINTS)))


def tree(rng: np.random.Generator, n_leaves: int) -> Nodes:
    """Return a tree of random questions, some of which no row answers one way."""
    left, right, parent, feature = [-1], [-1], [-1], [-1]
    threshold: list[float] = [np.nan]
    codes: list[Any] = [None]
    missing = [False]
    while len(left) < 2 * n_leaves - 1:
        node = int(rng.choice([i for i, child in enumerate(left) if child < 0]))
        j = int(rng.integers(len(COLUMNS)))
        feature[node], missing[node] = j, bool(rng.random() < 0.5)
        if COLUMNS[j].kind == "numeric":
            threshold[node] = float(rng.choice([0, 1, 2, np.inf]))
        else:
            codes[node] = rng.random(len(COLUMNS[j].categories)) < 0.5
        left[node], right[node] = len(left), len(left) + 1
        for _ in range(2):
            left.append(-1)
            right.append(-1)
            parent.append(node)
            feature.append(-1)
            threshold.append(np.nan)
            codes.append(None)
            missing.append(False)
    return Nodes(
        np.array(left),
        np.array(right),
        np.array(parent),
        np.array(feature),
        np.array(threshold),
        tuple(codes),
        np.array(missing),
        np.ones(len(left), dtype=bool),
    )


def moves(nodes: Nodes, feature: int) -> set[tuple[int, int]]:
    """Return the leaves between which a rise in one column can lead, by trying all rows."""
    found = set()
    known = [v for v in POINTS[feature] if not np.isnan(v)]
    rows = GRID[~np.isnan(GRID[:, feature])]
    at = {}
    for value in known:
        moved = rows.copy()
        moved[:, feature] = value
        at[value] = nodes.apply(moved)
    for i, low in enumerate(known):
        for high in known[i + 1 :]:
            found |= set(zip(at[low].tolist(), at[high].tolist(), strict=True))
    return {(a, b) for a, b in found if a != b}


seeds = st.integers(0, 10**6)


@settings(deadline=None, max_examples=60)
@given(seed=seeds, n_leaves=st.integers(1, 14), feature=st.integers(0, 2))
def test_the_order_is_what_a_search_over_all_rows_finds(
    seed: int, n_leaves: int, feature: int
) -> None:
    nodes = tree(np.random.default_rng(seed), n_leaves)
    edges = order_edges(nodes, COLUMNS, feature, 1)
    assert set(map(tuple, edges.tolist())) == moves(nodes, feature)
    falls = order_edges(nodes, COLUMNS, feature, -1)
    assert set(map(tuple, falls[:, ::-1].tolist())) == set(map(tuple, edges.tolist()))


def test_the_cover_implies_the_rest_and_nothing_more() -> None:
    chain = np.array([[3, 5], [5, 9], [3, 9], [9, 11], [3, 11], [5, 11]])
    assert cover(chain).tolist() == [[3, 5], [5, 9], [9, 11]]
    assert cover(chain[:0]).shape == (0, 2)


@settings(deadline=None, max_examples=40)
@given(
    seed=seeds,
    n_leaves=st.integers(2, 14),
    k=st.integers(2, 4),
    alpha=st.sampled_from([0, 0.3, 1]),
)
def test_no_row_breaks_the_order_and_no_other_order_costs_less(
    seed: int, n_leaves: int, k: int, alpha: float
) -> None:
    rng = np.random.default_rng(seed)
    nodes = tree(rng, n_leaves)
    loss = CompositeLoss(alpha, float(rng.choice([0.5, 1, 3])))
    weights = rng.uniform(0.1, 50, len(nodes))
    soft, labels = (rng.dirichlet(np.ones(k), len(nodes)) + 1e-4 for _ in range(2))
    soft, labels = (p / p.sum(1, keepdims=True) for p in (soft, labels))
    answers = leaf_logits(soft, labels, loss)
    of = int(rng.integers(k))
    demands = [MonotoneDemand(0, 1, of), MonotoneDemand(2, -1, of)]
    filled = isotone_logits(nodes, COLUMNS, demands, answers, weights, soft, labels, loss)
    for demand in demands:
        said = softmax(filled)[:, of] * demand.sign
        for low, high in moves(nodes, demand.feature):
            assert said[low] <= said[high] + 1e-12
    leaves = nodes.leaves
    edges = ordered_pairs(nodes, COLUMNS, demands)
    costs = OddsLeaves.of(answers[leaves], of, weights[leaves], soft[leaves], labels[leaves], loss)
    every = np.arange(len(leaves))

    def cost(scores: Floats) -> float:
        value = loss.value_at(costs.logits(every, scores), labels[leaves], soft[leaves])
        return float((weights[leaves] * value).sum())

    best = isotone(costs, len(leaves), edges)
    least = cost(best)
    assert np.isclose(
        least,
        (weights[leaves] * loss.value_at(filled[leaves], labels[leaves], soft[leaves])).sum(),
    )
    for noise in (1e-3, 0.1, 1.0, 3.0):
        other = best + rng.normal(0, noise, len(best))
        for _ in every:
            np.maximum.at(other, edges[:, 1], other[edges[:, 0]])
        assert least <= cost(other) + 1e-6 * weights.sum()


def test_several_classes_are_each_in_order() -> None:
    rng = np.random.default_rng(0)
    loss = CompositeLoss(0.0, 1.0)
    for _ in range(20):
        nodes = tree(rng, 12)
        soft = rng.dirichlet(np.ones(4), len(nodes)) * 0.99 + 0.0025
        demands = [MonotoneDemand(0, 1, 3), MonotoneDemand(1, -1, 0), MonotoneDemand(0, -1, 1)]
        weights = np.ones(len(nodes))
        filled = isotone_logits(
            nodes, COLUMNS, demands, leaf_logits(soft, None, loss), weights, soft, None, loss
        )
        for d in demands:
            edges = order_edges(nodes, COLUMNS, d.feature, d.sign)
            assert len(violations(edges, softmax(filled)[:, d.of_class])[0]) == 0


@pytest.mark.parametrize("temperature", [1.0, 8.0])
def test_several_classes_of_a_sure_teacher_are_in_order(temperature: float) -> None:
    rng = np.random.default_rng(2)
    loss = CompositeLoss(0.0, temperature)
    for _ in range(10):
        nodes = tree(rng, 12)
        soft = softmax(temperature * 12 * rng.normal(size=(len(nodes), 3)), temperature)
        soft = np.maximum(soft, 1e-12)
        demands = [MonotoneDemand(0, 1, 2), MonotoneDemand(0, -1, 0)]
        filled = isotone_logits(
            nodes,
            COLUMNS,
            demands,
            leaf_logits(soft, None, loss),
            np.full(len(nodes), 1e5),
            soft,
            None,
            loss,
        )
        assert np.isfinite(filled).all()
        for d in demands:
            edges = order_edges(nodes, COLUMNS, d.feature, d.sign)
            assert len(violations(edges, softmax(filled)[:, d.of_class])[0]) == 0


def test_directions_of_all_classes_are_refused() -> None:
    nodes = tree(np.random.default_rng(1), 4)
    soft = np.full((len(nodes), 3), 1 / 3)
    demands = [MonotoneDemand(0, 1, 0), MonotoneDemand(1, 1, 1), MonotoneDemand(2, 1, 2)]
    ones = np.ones(len(nodes))
    with pytest.raises(ValueError, match="at most 2 of 3 classes"):
        isotone_logits(nodes, COLUMNS, demands, soft, ones, soft, None, CompositeLoss(0.0))


@settings(deadline=None, max_examples=30)
@given(seed=seeds, n=st.integers(1, 40))
def test_a_chain_is_plain_isotonic_regression(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    means, weights = rng.normal(size=n), rng.uniform(0.1, 9, n)
    edges = np.column_stack([np.arange(n - 1), np.arange(1, n)])
    found = isotone(MeanLeaves(weights, means), n, edges)
    expected = isotonic_regression(means, weights=weights).x
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert all(a <= b for a, b in pairwise(found))


def test_violations_are_told_worst_first() -> None:
    edges = np.array([[0, 1], [1, 2], [0, 2]])
    pairs, gaps = violations(edges, np.array([0.9, 0.2, 0.5]))
    assert pairs.tolist() == [[0, 1], [0, 2]]
    np.testing.assert_allclose(gaps, [0.7, 0.4])


def r2(said: Floats, signal: Floats) -> float:
    return float(1 - np.mean((said - signal) ** 2) / signal.var())


def test_order_costs_little_on_monotone_rows_and_less_than_bounds_while_growing() -> None:
    lost = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X = rng.uniform(-2, 2, (6000, 4))
        signal = np.tanh(2 * X[:, 0]) + 0.5 * X[:, 1] + np.sin(3 * X[:, 2])
        y = signal + rng.normal(0, 0.3, len(X))
        learnt, unseen = slice(0, 3000), slice(3000, None)
        student = TreeRegressionStudent(size=16).fit(X[learnt], y[learnt])
        asked = Constraints(monotone={"x0": 1, "x1": 1})
        bounded = TreeRegressionStudent(size=16, constraints=asked).fit(X[learnt], y[learnt])
        bound = r2(bounded.predict(X[unseen]), signal[unseen])
        grown = DecisionTreeRegressor(
            max_leaf_nodes=16, monotonic_cst=[1, 1, 0, 0], random_state=0
        ).fit(X[learnt], y[learnt])
        assert bound > r2(grown.predict(X[unseen]), signal[unseen])
        lost.append(r2(student.predict(X[unseen]), signal[unseen]) - bound)
    # a structure that was found without the order may not suit it: some is lost, not nothing
    assert np.mean(lost) < 0.01


def test_many_leaves_take_less_than_a_second() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(-1, 1, (4000, 3)), columns=list("abc"))
    y = X.sum(axis=1) + rng.normal(0, 1, 4000)
    student = TreeRegressionStudent(size=64, quality="greedy", min_rows=20).fit(X, y)
    demands = [MonotoneDemand(j, 1, None) for j in range(3)]
    nodes, weights = student.nodes_, np.ones(len(student.nodes_))
    start = time.perf_counter()
    filled = isotone_numbers(nodes, student.columns_, demands, student.answers_, weights)
    assert time.perf_counter() - start < 1
    assert Table.of(X).names == ("a", "b", "c")
    for d in demands:
        edges = order_edges(nodes, student.columns_, d.feature, 1)
        assert len(violations(edges, filled[:, 0])[0]) == 0


@pytest.mark.parametrize("quality", ["greedy", "fast"])
def test_against_what_the_rows_say_a_tree_asks_about_other_columns(quality: str) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(600, 3)), columns=["a", "b", "c"])
    y = 2 * X["a"] + np.where(X["b"] > 0, 1.0, 0.0)
    asked = Constraints(monotone={"a": "-"})
    kept = TreeRegressionStudent(4, constraints=asked, quality=quality, random_state=0).fit(X, y)
    without = TreeRegressionStudent(4, quality=quality, random_state=0).fit(X[["b", "c"]], y)
    assert kept.score(X, y) >= without.score(X[["b", "c"]], y) - 1e-9 > 0.03


def test_leaves_that_an_order_makes_alike_are_one() -> None:
    rng = np.random.default_rng(1)
    X = pd.DataFrame({"a": rng.normal(size=400)})
    y = -X["a"]
    tree = TreeRegressionStudent(8, constraints=Constraints(monotone={"a": "+"})).fit(X, y)
    assert tree.n_leaves_ == 1 and tree.order_cost_ == pytest.approx(1, abs=1e-3)
    free = TreeRegressionStudent(8, constraints=Constraints(monotone={"a": "-"})).fit(X, y)
    assert free.n_leaves_ == 8 and free.order_cost_ == pytest.approx(0, abs=1e-9)
