"""Stability: which parts of a student recur, as each family has its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill.audits._recurring import overlap, parts, recurring
from jupyter_distill.audits._shapes_alike import correlation
from jupyter_distill.explanation import Explanation, Shape
from jupyter_distill.explanation.shapes import Axis
from jupyter_distill.students.tree import TreeStudent

from .refitted import measured, rows, run


def test_a_tree_says_root_thresholds_and_categories() -> None:
    found = measured(run("tree", "regression", 6), 6).frame().set_index(["kind", "part"])
    root, column = found.loc[("root", "first")], found.loc[("column", "first")]
    assert root["share"] == 1.0
    for row in (root, column):
        assert row["threshold_q1"] <= row["threshold"] <= row["threshold_q3"]
        assert abs(row["threshold"]) < 1
    assert root["threshold"] == column["threshold"]  # the topmost question about it
    assert found.index[0] == ("root", "first")
    questions = found[found.index.get_level_values("kind") == "question"]
    assert (questions["share"] <= 1).all()


def test_a_question_of_categories_is_the_same_whichever_side_goes_left() -> None:
    frame = rows()
    red = (frame["kind"] == "red").to_numpy()
    first = TreeStudent(size=2, alpha=1.0).fit(frame, red)
    asked = [name for kind, name in parts(first.explain()) if kind == "question"]
    assert asked == ["kind is red"]
    tree = first.explain()
    turned = replace(
        tree, left_categories=tuple(c and tuple({0, 1, 2} - set(c)) for c in tree.left_categories)
    )
    assert parts(turned) == parts(tree)


def test_splits_further_down_recur_by_the_columns_and_sides_above_them() -> None:
    # two questions about x on one path, and the same region asked for in the other order
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.uniform(size=(600, 2)), columns=["x", "z"])
    step = np.digitize(frame["x"], [0.3, 0.7]) % 2
    d = jd.distill(
        lambda X: np.digitize(X["x"], [0.3, 0.7]) % 2 * 1.0,
        frame,
        step.astype(float),
        task="regression",
        size=3,
        progress=False,
        quality="greedy",
        augment=None,
    )
    found = measured(d, 8).frame().set_index(["kind", "part"])
    splits = found.loc["split"]
    assert splits["share"].sum() == pytest.approx(1.0)  # each refit has one
    for part, near in (("x, where x <=", 0.3), ("x, where x >", 0.7)):
        if part in splits.index:
            assert splits.loc[part, "threshold_q1"] == pytest.approx(near, abs=0.02)
            assert splits.loc[part, "threshold_q3"] == pytest.approx(near, abs=0.02)
    assert splits["in_student"].sum() == 1


def test_a_split_is_the_same_whichever_side_of_a_question_goes_left() -> None:
    frame = rows()
    red = (frame["kind"] == "red").to_numpy()
    y = np.where(red, frame["first"] > 0.5, frame["first"] > -0.5)
    tree = TreeStudent(size=4, alpha=1.0).fit(frame, y).explain()
    found = {name for kind, name in parts(tree) if kind == "split"}
    assert found & {"first, where kind is red", "kind, where first <=", "kind, where first >"}
    codes = [c and tuple({0, 1, 2} - set(c)) for c in tree.left_categories]
    asks = np.array([c is not None for c in tree.left_categories]) & (tree.left >= 0)
    left, right = np.where(asks, tree.right, tree.left), np.where(asks, tree.left, tree.right)
    turned = replace(tree, left_categories=tuple(codes), left=left, right=right)
    assert parts(turned).keys() == parts(tree).keys()


def test_whole_rules_recur_by_their_columns_and_sides() -> None:
    d = run("rules")
    found = measured(d).frame().set_index(["kind", "part"])
    rules = found.loc["rule"]
    assert (rules["share"] <= 1).all() and rules["in_student"].any()
    limits = [rule for rule in d.explanation().limits if rule]
    assert rules["in_student"].sum() == len({part for part in map(_sides, limits)})


def _sides(rule: Any) -> frozenset[tuple[str, bool, bool, Any]]:
    return frozenset(
        (one.column.name, one.low > -np.inf, one.high < np.inf, one.codes) for one in rule
    )


def test_rules_say_the_direction_and_spread_of_a_condition() -> None:
    found = measured(run("rules")).frame().set_index(["kind", "part"])
    conditions = [part for kind, part in found.index if kind == "condition"]
    assert set(conditions) & {"first >", "first <="}
    assert found.loc[("condition", conditions[0]), "share"] == 1.0
    assert np.isfinite(found.loc[("condition", conditions[0]), "threshold"])


def test_linear_students_say_the_sign_of_coefficients() -> None:
    found = measured(run("linear")).frame().set_index(["kind", "part"])
    row = found.loc[("coefficient", "first")]
    assert row["positive"] == 1.0 and row["coefficient_q1"] > 0
    assert row["coefficient_q1"] <= row["coefficient"] <= row["coefficient_q3"]


def test_ebms_say_how_alike_the_shapes_are() -> None:
    found = measured(run("ebm")).frame().set_index(["kind", "part"])
    assert found.loc[("term", "first"), "correlation"] > 0.9


def test_an_unknown_explanation_is_refused() -> None:
    class Odd(Explanation):
        def frame(self) -> pd.DataFrame:
            return pd.DataFrame()

        def to_dict(self) -> dict[str, Any]:
            return {}

    with pytest.raises(TypeError, match="Expected an explanation by nodes.* Got 'Odd'"):
        parts(Odd())


def test_students_that_use_no_column_share_all_of_them() -> None:
    frame = pd.DataFrame({"flat": np.ones(60)})
    tree = TreeStudent(size=2, alpha=1.0).fit(frame, np.arange(60) % 2).explain()
    assert overlap([tree, tree]).tolist() == [[1, 1], [1, 1]]
    table = recurring([tree, tree], tree)
    assert list(table.columns) == ["kind", "part", "share", "in_student"] and table.empty


# --- shapes ------------------------------------------------------------------------------------


def shape(highs: list[float], scores: list[float], support: list[float]) -> Shape:
    """A shape over bins that end at `highs`, after a first bin for what is missing."""
    high = np.array([np.nan, *highs])
    low = np.array([np.nan, -np.inf, *highs[:-1]])
    bins = tuple(f"{a} to {b}" for a, b in zip(low, high, strict=True))
    values = np.array([0.0, *scores])[:, None]
    weights = np.array([0.0, *support])
    axis = Axis("x", bins, low, high)
    return Shape("x", (0,), "shape", 1.0, bins, low, high, values, weights, (axis,))


def test_shapes_with_other_bins_are_compared_as_functions() -> None:
    coarse = shape([0.0, np.inf], [-1.0, 1.0], [10, 10])
    fine = shape([-1.0, 0.0, 1.0, np.inf], [-2.0, -2.0, 2.0, 2.0], [5, 5, 5, 5])
    assert correlation(coarse, fine) == pytest.approx(1.0)
    assert correlation(coarse, shape([0.0, np.inf], [1.0, -1.0], [10, 10])) == pytest.approx(-1)
    crossed = shape([-1.0, 0.0, 1.0, np.inf], [-1.0, 1.0, -1.0, 1.0], [5, 5, 5, 5])
    assert correlation(coarse, crossed) == pytest.approx(0.0)
    assert np.isnan(correlation(coarse, shape([0.0, np.inf], [0.0, 0.0], [10, 10])))
