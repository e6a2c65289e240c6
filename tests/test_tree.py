"""The tree: where rows go, what is asked of them, and what a leaf says."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from jupyter_distill.data import Table
from jupyter_distill.students import tree
from jupyter_distill.students._bins import Binned, roundest
from jupyter_distill.students._grow import grow
from jupyter_distill.students._histograms import Histograms
from jupyter_distill.students._leaves import leaf_logits
from jupyter_distill.students._sketch import Sketch
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import CompositeLoss, SoftTargets, soften

from .trees import PLANTED, SEEDS, grown, planted, rows_of_every_kind, texts

# --- structure ---------------------------------------------------------------------------------


@given(PLANTED)
def test_leaves_part_the_rows_and_parents_hold_their_children_s(seed: int) -> None:
    student, frame, _ = planted(seed)
    e, leaf = student.explain(), student.apply(frame)
    assert set(leaf) == set(np.flatnonzero(e.left < 0))
    assert e.support[0] == len(frame)
    np.testing.assert_array_equal(
        e.support[e.left < 0], np.bincount(leaf, minlength=len(e))[e.left < 0]
    )
    inner = np.flatnonzero(e.left >= 0)
    np.testing.assert_array_equal(
        e.support[inner], e.support[e.left[inner]] + e.support[e.right[inner]]
    )
    assert (e.parent[e.left[inner]] == inner).all() and (e.parent[e.right[inner]] == inner).all()
    assert (e.parent[1:] < np.arange(1, len(e))).all() and e.parent[0] == -1
    assert (e.depth[1:] == e.depth[e.parent[1:]] + 1).all()
    assert student.n_leaves_ == e.n_leaves <= 16
    assert student.depth_ == e.depth.max()


@given(PLANTED)
def test_a_smaller_tree_is_the_best_that_can_be_cut_from_the_larger(seed: int) -> None:
    large, _, _ = planted(seed)
    nodes, costs = large.nodes_, large.costs_

    @cache
    def cheapest(node: int, leaves: int) -> float:
        """Try every way to share the leaves out."""
        best = float(costs[node])
        if nodes.left[node] >= 0:
            for on_left in range(1, leaves):
                left = cheapest(int(nodes.left[node]), on_left)
                best = min(best, left + cheapest(int(nodes.right[node]), leaves - on_left))
        return best

    for size in (2, 3, 7):
        small = large.at_size(size)
        assert small.n_leaves_ <= size
        found = small.costs_[small.nodes_.leaves].sum()
        np.testing.assert_allclose(found, cheapest(0, size))


@given(SEEDS, st.integers(1, 60), st.sampled_from(["fast", "greedy", "greedy"]))
@settings(max_examples=25)
def test_no_leaf_is_lighter_than_it_may_be(seed: int, min_rows: int, quality: str) -> None:
    rng = np.random.default_rng(seed)
    frame, weights = rows_of_every_kind(200, rng), rng.integers(0, 3, 200)
    targets = SoftTargets(rng.normal(size=(200, 3)), np.arange(3), weights=weights)
    student = TreeStudent(alpha=0.0, min_rows=min_rows, quality=quality)
    student.fit_soft(frame, targets)
    leaf = student.apply(frame)
    weight = np.bincount(leaf, weights, minlength=leaf.max() + 1)
    assert (weight[np.unique(leaf[weights > 0])] >= min_rows).all()


# --- the best question -------------------------------------------------------------------------


def squared(response: np.ndarray) -> float:
    return float(((response - response.mean()) ** 2).sum())


def fall(response: np.ndarray, left: np.ndarray) -> float:
    """Return by how much a division lowers the squared error."""
    if left.all() or not left.any():
        return -np.inf
    return squared(response) - squared(response[left]) - squared(response[~left])


def every_division(values: np.ndarray) -> list[np.ndarray]:
    lost = np.isnan(values)
    cuts = [values <= cut for cut in np.unique(values[~lost])]
    return [side for cut in cuts for side in (cut, cut | lost)]


@given(SEEDS)
def test_the_first_question_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 9, (40, 3)).astype(float)
    X[:, 1] += rng.random(40)
    X[rng.random((40, 3)) < 0.15] = np.nan
    z = np.column_stack([np.zeros(40), rng.normal(size=40)])
    student = TreeStudent(2, 0.0, min_rows=1, objective="distribution", quality="greedy")
    student.fit_soft(X, SoftTargets(z, [0, 1]))
    response = soften(z)[:, 1]
    best = max(fall(response, side) for column in X.T for side in every_division(column))
    found = fall(response, student.apply(X) == student.nodes_.left[0])
    np.testing.assert_allclose(found, best)


@given(PLANTED)
@settings(max_examples=20)
def test_the_leaf_that_gains_most_is_divided_first(seed: int) -> None:
    student, frame, targets = planted(seed)
    response = CompositeLoss(student.alpha, student.temperature).response(targets)
    binned, weights = Binned.of(Table.of(frame)), np.ones(len(frame))
    tree = grow(Sketch(), binned, Histograms(binned), response, weights, 7, 3)
    nodes = tree.nodes(binned)
    leaf = nodes.apply(binned.table.values)
    reached = nodes.totals(leaf, np.eye(len(frame))) > 0  # nodes by rows
    gains = {
        int(node): sum(
            fall(column[reached[node]], reached[nodes.left[node]][reached[node]])
            for column in response.T
        )
        for node in np.flatnonzero(nodes.left >= 0)
    }
    for node, gain in gains.items():
        # The other leaves at that moment: made by then, and divided later.
        waiting = [g for n, g in gains.items() if n < nodes.left[node] < nodes.left[n]]
        assert gain >= max(waiting, default=0.0) * (1 - 1e-9)


@given(SEEDS)
def test_categories_of_equal_weight_are_divided_in_the_best_way(seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = np.array(list("abcdef"))
    kinds = np.tile(levels, 6)
    z = np.column_stack([np.zeros(36), rng.normal(size=36)])
    student = TreeStudent(2, 0.0, min_rows=1, objective="distribution", quality="greedy")
    student.fit_soft(pd.DataFrame({"kind": kinds}), SoftTargets(z, [0, 1]))
    response = soften(z)[:, 1]
    sets = [set(s) for r in (1, 2, 3) for s in combinations(levels, r)]
    best = max(fall(response, np.isin(kinds, list(s))) for s in sets)
    left = student.apply(pd.DataFrame({"kind": kinds})) == student.nodes_.left[0]
    np.testing.assert_allclose(fall(response, left), best)


# --- what a leaf says --------------------------------------------------------------------------


@given(SEEDS, st.floats(0, 1), st.floats(0.2, 10), st.integers(2, 5))
def test_leaf_values_minimise_the_loss(seed: int, alpha: float, temperature: float, k: int) -> None:
    rng = np.random.default_rng(seed)
    teacher, labels = rng.dirichlet(np.ones(k), 3), rng.dirichlet(np.ones(k), 3)
    teacher, labels = (0.98 * mix + 0.02 / k for mix in (teacher, labels))
    loss = CompositeLoss(alpha, temperature)
    z = leaf_logits(teacher, labels, loss)
    np.testing.assert_allclose(z.mean(1), 0, atol=1e-9)
    for found, q, y in zip(z, teacher, labels, strict=True):
        solved = minimize(
            lambda at, q=q, y=y: float(loss.value_at(at, y, q)),
            np.zeros(k),
            jac=lambda at, q=q, y=y: loss.gradient_at(at, y, q),
            method="BFGS",
            options={"gtol": 1e-7},
        )
        # Values, not places: where the loss is flat there are many places of the same value.
        assert loss.value_at(found, y, q) <= solved.fun + 1e-9
        np.testing.assert_allclose(loss.gradient_at(found, y, q), 0, atol=1e-5)


@given(SEEDS, st.floats(0.05, 0.95), st.floats(1, 6))
@settings(max_examples=10)
def test_every_leaf_minimises_the_loss_of_its_own_rows(
    seed: int, alpha: float, temperature: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree, "SHRINKAGE", 1e-12)  # nothing borrowed from the parent
        student, frame, targets = grown(
            seed, alpha=alpha, temperature=temperature, objective="distribution"
        )
    slopes = CompositeLoss(alpha, temperature).gradient(student.logits(frame), targets)
    leaf = student.apply(frame)
    for node in np.unique(leaf):
        np.testing.assert_allclose(slopes[leaf == node].mean(0), 0, atol=1e-5)


def test_a_small_leaf_leans_on_its_parent() -> None:
    X = np.repeat([[0.0], [1.0]], [5, 500], axis=0)
    student = TreeStudent(size=2, min_rows=1).fit(X, (X[:, 0] == 0).astype(int))
    few, many = student.predict_proba([[0.0], [1.0]])[:, 1]
    # means of 5 and 500 rows with some rows of the root's mean added
    s = tree.SHRINKAGE
    root = (5 + 0.5 * s) / (505 + s)
    borrowed = [(5 + s * root) / (5 + s), s * root / (500 + s)]
    np.testing.assert_allclose([few, many], borrowed, rtol=1e-4)


def test_below_temperature_one_leaves_are_filled_at_one() -> None:
    student, frame, targets = grown(3, alpha=0.0, temperature=0.5)
    same, sharp = (
        TreeStudent(12, 0.0, 0.5, at, min_rows=3, quality="greedy").fit_soft(frame, targets)
        for at in (1.0, 0.5)
    )
    np.testing.assert_array_equal(student.logits(frame), same.logits(frame))
    assert CompositeLoss(0.0)(same.logits(frame), targets) < CompositeLoss(0.0)(
        sharp.logits(frame), targets
    )
    with pytest.raises(ValueError, match="leaf_temperature to be a finite number > 0. Got -1"):
        same.set_params(leaf_temperature=-1).fit_soft(frame, targets)


# --- round thresholds --------------------------------------------------------------------------


def digits(value: float) -> int:
    return len(Decimal(repr(value)).normalize().as_tuple().digits)


def fewest_digits(low: float, high: float) -> int:
    """Return the digits of the shortest decimal number in ``[low, high)``, in exact arithmetic."""
    if low <= 0 < high:
        return 1
    for power in range(310, -340, -1):
        unit = Fraction(10) ** power
        steps = -((-Fraction(low)) // unit)  # the first multiple of the unit that is not below
        if steps * unit < Fraction(high) and float(steps * unit) < high:
            return len(str(abs(steps)))
    raise AssertionError("a float is a decimal number itself")


SIZED = st.one_of(
    st.just(0.0),
    st.builds(
        lambda digits, power, sign: sign * float(f"{digits}e{power}"),
        st.floats(1, 9.999),
        st.integers(-9, 20),  # every power of ten that is met is an exact number
        st.sampled_from([-1, 1]),
    ),
)
FAR = st.tuples(SIZED, SIZED)
NEAR = st.builds(lambda at, step: (at, at + abs(at) * step), SIZED, st.floats(1e-12, 1.0))
GAPS = st.one_of(FAR, NEAR).map(sorted).filter(lambda gap: gap[0] < gap[1])


@given(st.lists(GAPS, min_size=1, max_size=4))
@settings(max_examples=300)
def test_no_shorter_number_lies_in_the_gap_than_the_threshold(gaps: list[list[float]]) -> None:
    low, high = np.array(gaps).T
    for (above, below), found in zip(gaps, roundest(low, high).tolist(), strict=True):
        assert above <= found < below
        assert digits(found) <= fewest_digits(above, below)


@given(st.floats(-1e300, 1e300), st.integers(1, 4))
def test_the_threshold_lies_between_neighbours_however_near(low: float, steps: int) -> None:
    high = low
    for _ in range(steps):
        high = float(np.nextafter(high, np.inf))
    found = roundest(np.array([low]), np.array([high]))[0]
    assert low <= found < high


@pytest.mark.parametrize(
    ("low", "high", "best"),
    [
        (51_873.2, 52_411.9, 52_000),
        (0.0712, 0.0748, 0.073),
        (-3, 8, 0),
        (3, 4, 3),
        (95, 105, 100),
        (1_030, 1_060, 1_050),
        (-0.31, -0.29, -0.3),
        (1e-40, 4e-40, 2e-40),
        (-3.1e250, -2.9e250, -3e250),
    ],
)
def test_thresholds_are_the_numbers_a_person_would_take(
    low: float, high: float, best: float
) -> None:
    # beside a gap of another size, which must not matter
    assert roundest(np.array([low, 1e9]), np.array([high, 2e9]))[0] == best


def test_values_at_the_edge_of_floating_point_are_parted() -> None:
    X = np.array([[-9e306], [-5e-324], [0.0], [5e-324], [9e306]]).repeat(10, axis=0)
    y = np.arange(5).repeat(10)
    with np.errstate(all="raise", under="ignore"):
        assert TreeStudent(min_rows=1).fit(X, y).score(X, y) == 1.0


# --- large tables ------------------------------------------------------------------------------


def test_columns_with_more_values_than_bins_are_still_parted_well() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=60_000)})
    student = TreeStudent(size=2, random_state=0).fit(X, X["x"] > 0.5)
    assert student.score(X, X["x"] > 0.5) > 0.99
    again = TreeStudent(size=2, random_state=0).fit(X, X["x"] > 0.5)
    np.testing.assert_array_equal(student.logits(X), again.logits(X))


def test_of_very_many_categories_the_common_ones_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    rare = [f"rare {k}" for k in range(400)]
    kinds = np.concatenate([np.repeat([f"common {k}" for k in range(10)], 50), rare])
    answer = np.isin(kinds, ["common 3", "common 7"])
    order = rng.permutation(len(kinds))
    frame = pd.DataFrame({"kind": kinds[order]})
    student = TreeStudent(size=2).fit(frame, answer[order])
    assert student.score(frame, answer[order]) == 1.0
    e = student.explain()
    assert "kind is common 3 or common 7" in texts(e)
