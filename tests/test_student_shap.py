"""Exact Shapley values of students: against all subsets, against shap, and by the laws."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shap
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill import students
from jupyter_distill.audits.attributions._score_scale import Scale
from jupyter_distill.audits.attributions._shapley import Game
from jupyter_distill.audits.attributions._student_shap import _of_box, _of_unit, exact_values
from jupyter_distill.data import Table
from jupyter_distill.students.ebm import EbmRegressionStudent
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import Predictions, SoftTargets

from .families import TASKS, student

N, B = 5, 12


def frame(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    made = pd.DataFrame(
        {
            "a": rng.normal(size=n),
            "b": rng.integers(0, 5, n).astype(float),
            "kind": rng.choice(list("xyz"), n).astype(object),
            "flag": rng.random(n) < 0.5,
        }
    )
    made.loc[rng.random(n) < 0.15, "a"] = np.nan
    made.loc[rng.random(n) < 0.1, "kind"] = None
    return made


FRAME = frame()
SCORE = (
    FRAME["a"].fillna(1.0) * (1 + FRAME["flag"]) + FRAME["b"] / 3 - (FRAME["kind"] == "x") * 2
).to_numpy()
TABLE = Table.of(FRAME)
ROWS, BACKGROUND = np.arange(N), np.arange(100, 100 + B)


def targets(task: str) -> Any:
    if task == "regression":
        return Predictions(SCORE)
    z = [0 * SCORE, 2 * SCORE, 1 - np.abs(SCORE)][: 2 if task == "binary" else 3]
    return SoftTargets(np.column_stack(z), ["no", "yes", "maybe"][: len(z)])


def scale(task: str, kind: str = "log-odds") -> Scale:
    if task == "regression":
        return Scale("number", ("prediction",), 1)
    names = ("yes",) if task == "binary" else ("no", "yes", "maybe")
    return Scale(kind, names, 2 if task == "binary" else 3)  # type: ignore[arg-type]


def quick(name: str, task: str, **settings: Any) -> Any:
    return student(name, task, **({} if name == "linear" else {"quality": "greedy"}), **settings)


def brute(says: Any, table: Table = TABLE) -> np.ndarray:
    """The definition: over all subsets, each cell taken from the row or the other."""
    d = table.n_columns
    out = None
    for i in ROWS:
        value = {}
        for size in range(d + 1):
            for subset in combinations(range(d), size):
                values = table.values[BACKGROUND].copy()
                values[:, list(subset)] = table.values[i, list(subset)]
                value[subset] = says(Table(table.columns, values, values)).mean(0)
        out = np.zeros((N, d, len(value[()]))) if out is None else out
        for subset, worth in value.items():
            for j in set(range(d)) - set(subset):
                more = value[tuple(sorted((*subset, j)))]
                out[i, j] += (more - worth) / (d * comb(d - 1, len(subset)))
    assert out is not None
    return out


FAMILIES = [("tree", 6), ("rules", 5), ("linear", 4), ("ebm", 4), ("net", 3)]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("name", "size"), FAMILIES)
def test_they_are_those_of_the_definition(name: str, size: int, task: str) -> None:
    fitted = quick(name, task, size=size).fit_soft(FRAME, targets(task))
    of = scale(task)

    def says(table: Table) -> np.ndarray:
        return of.of(fitted.output(table))

    found = exact_values(fitted, TABLE.take(ROWS), TABLE.take(BACKGROUND), of)
    assert found is not None
    np.testing.assert_allclose(found, brute(says), atol=1e-10)
    assert np.abs(found).max() > 0.01
    whole = says(TABLE.take(ROWS)) - says(TABLE.take(BACKGROUND)).mean(0)
    np.testing.assert_allclose(found.sum(1), whole, atol=1e-10)


def test_pairs_of_an_ebm_and_probabilities_of_a_tree_are_exact_too() -> None:
    pair = FRAME["a"].fillna(0).to_numpy() * FRAME["flag"].to_numpy() * 3
    ebm = EbmRegressionStudent(size=4, alpha=0.0, interactions=3, quality="greedy").fit_soft(
        FRAME, Predictions(pair)
    )
    assert any(len(term.features) == 2 for term in ebm.terms_)
    of = scale("regression")
    found = exact_values(ebm, TABLE.take(ROWS), TABLE.take(BACKGROUND), of)
    np.testing.assert_allclose(found, brute(lambda t: of.of(ebm.output(t))), atol=1e-10)
    tree, chances = quick("tree", "binary", size=6), scale("binary", "probability")
    tree.fit_soft(FRAME, targets("binary"))
    found = exact_values(tree, TABLE.take(ROWS), TABLE.take(BACKGROUND), chances)
    np.testing.assert_allclose(found, brute(lambda t: chances.of(tree.output(t))), atol=1e-10)


def test_a_sum_of_log_odds_has_no_exact_probabilities() -> None:
    fitted = quick("linear", "binary").fit_soft(FRAME, targets("binary"))
    rows = TABLE.take(ROWS)
    assert exact_values(fitted, rows, rows, scale("binary", "probability")) is None


def test_a_tree_of_numbers_has_the_values_of_shap() -> None:
    X = np.random.default_rng(0).normal(size=(400, 4))
    z = 2 * X[:, 0] + X[:, 1] * X[:, 2]
    tree = TreeStudent(size=10, alpha=0.0, quality="greedy").fit_soft(
        X, SoftTargets(np.column_stack([-z, z]), ["no", "yes"])
    )
    nodes, of = tree.nodes_, scale("binary")
    says = of.of(tree.answers_)
    told = {
        "children_left": nodes.left,
        "children_right": nodes.right,
        "children_default": nodes.left,
        "features": nodes.feature,
        "thresholds": np.nan_to_num(nodes.threshold),
        "values": np.where(nodes.left[:, None] < 0, says, 0.0),
        "node_sample_weight": np.ones(len(nodes)),
    }
    explainer = shap.TreeExplainer(
        {"trees": [told], "internal_dtype": np.float64, "input_dtype": np.float64},
        data=X[100:150],
        feature_perturbation="interventional",
    )
    theirs = explainer.shap_values(X[:40], check_additivity=False)
    table = Table.of(X)
    ours = exact_values(tree, table.take(np.arange(40)), table.take(np.arange(100, 150)), of)
    assert ours is not None
    # shap counts in single precision
    np.testing.assert_allclose(ours[:, :, 0], theirs.reshape(40, 4), atol=2e-7)


def test_a_tree_of_one_leaf_has_no_reasons() -> None:
    tree = quick("tree", "regression", size=2).fit_soft(FRAME, Predictions(np.ones(len(FRAME))))
    rows = TABLE.take(ROWS)
    assert not np.any(exact_values(tree, rows, rows, scale("regression")))


@pytest.mark.parametrize("name", [name for name, _ in FAMILIES])
def test_what_is_not_used_has_no_value_and_a_row_against_itself_none_at_all(name: str) -> None:
    fitted = quick(name, "binary", size=2).fit_soft(FRAME, targets("binary"))
    rows, of = TABLE.take(ROWS), scale("binary")
    found = exact_values(fitted, rows, TABLE.take(BACKGROUND), of)
    assert found is not None
    together = students.used_together(fitted)
    unused = [j for j in range(4) if j not in frozenset().union(*(together or []))]
    assert not found[:, unused].any()
    one = TABLE.take(np.array([7]))
    np.testing.assert_allclose(exact_values(fitted, one, one, of), 0, atol=1e-12)


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_boxes_share_what_the_row_and_the_other_differ_by(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    mine, theirs = rng.random((4, k)) < 0.6, rng.random((5, k)) < 0.6
    found = _of_box(mine, theirs)
    np.testing.assert_allclose(found.sum(1), mine.all(1) - theirs.all(1).mean(), atol=1e-12)
    order = rng.permutation(k)  # names of columns decide nothing
    np.testing.assert_allclose(_of_box(mine[:, order], theirs[:, order]), found[:, order])


@given(st.integers(0, 10_000), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_units_share_what_they_say(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    mine, theirs = rng.normal(size=(3, k)), rng.normal(size=(4, k))
    found = _of_unit(mine, theirs, 0.3)
    said = np.tanh(mine.sum(1) + 0.3) - np.tanh(theirs.sum(1) + 0.3).mean()
    np.testing.assert_allclose(found.sum(1), said, atol=1e-12)


# --- the sampled ones --------------------------------------------------------------------------


def product(table: Table) -> np.ndarray:
    """Pairs of columns act together, and no more: orders and their reverse are exact then."""
    v = np.nan_to_num(table.values, nan=0.5)
    return np.column_stack([v[:, 0] * v[:, 1] + v[:, 2], v[:, 3] * v[:, 1] - v[:, 0]])


def triple(table: Table) -> np.ndarray:
    v = np.nan_to_num(table.values, nan=0.5)
    return (v[:, 0] * (1 + v[:, 1]) * (1 + v[:, 2]) * (1 + v[:, 3]))[:, None]


def played(says: Any, rounds: int, exact: bool = False, steps: int = 1) -> Game:
    game = Game(TABLE, ROWS, BACKGROUND, np.arange(4), 7, exact)
    game.begin(says)
    for _ in range(rounds // steps):
        game.play(says, steps)
    return game


def test_all_subsets_are_the_definition() -> None:
    game = played(triple, B, exact=True)
    assert game.complete and game.errors() is None
    np.testing.assert_allclose(game.values(), brute(triple), atol=1e-10)
    np.testing.assert_allclose(game.base(), game.whole_base())


def test_an_order_and_its_reverse_are_exact_for_pairs() -> None:
    game = played(product, B)
    np.testing.assert_allclose(game.values(), brute(product), atol=1e-10)


def test_sampled_values_come_near_within_their_errors() -> None:
    game, right = played(triple, 40 * B, steps=20), brute(triple)
    errors = game.errors()
    assert errors is not None
    off = np.abs(game.values() - right)
    assert np.all(off <= 5 * errors + 1e-9) and off.max() < 0.2 * np.abs(right).max()
    whole = game.own - game.whole_base()
    np.testing.assert_allclose(game.values().sum(1), whole, atol=1e-9)


def test_rounds_are_the_same_however_they_are_asked() -> None:
    one, other = played(triple, 12), played(triple, 12, steps=4)
    np.testing.assert_array_equal(one.values(), other.values())
    np.testing.assert_array_equal(one.met, other.met)


def test_no_question_is_asked_twice_in_a_round() -> None:
    asked: list[int] = []

    def says(table: Table) -> np.ndarray:
        asked.append(len(np.unique(table.values, axis=0)) - table.n_rows)
        return triple(table)

    game = Game(TABLE, ROWS[:1], BACKGROUND, np.arange(4), 7, False)
    game.begin(says)
    for _ in range(B):
        game.play(says, 1)
    assert asked[1:] == [0] * B and game.evaluations < 1 + B + B * game.cost
