"""Trees of scikit-learn's, read: their thresholds as people write them, and names of a forest's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from jupyter_distill.explanation._thresholds import plainest
from jupyter_distill.explanation.fitted_tree import fitted_tree
from jupyter_distill.exports import payload
from jupyter_distill.exports.wire import decode
from jupyter_distill.widgets.tree import TreeView

UP, DOWN = np.float32(np.inf), np.float32(-np.inf)
singles = st.floats(-(2.0**126), 2.0**126, width=32)


def near(threshold: float, others: list[float]) -> np.ndarray:
    """Single-precision values about a threshold, where one that is wrong would show."""
    middle = np.float32(threshold)
    both = [np.nextafter(middle, DOWN), middle, np.nextafter(middle, UP)]
    values = np.array([*both, np.nextafter(both[0], DOWN), np.nextafter(both[2], UP), *others])
    return values.astype(np.float32)


@given(singles, singles, st.lists(singles, max_size=20))
@settings(deadline=None, max_examples=400)
def test_what_is_written_parts_all_values_as_the_tree_does(
    a: float, b: float, others: list[float]
) -> None:
    middle = a / 2 + b / 2  # as scikit-learn does it
    plain = plainest(middle)
    values = near(middle, others)
    left = values.astype(np.float64) <= middle
    rounded = values <= np.float32(plain)  # the same number of single precision
    between = values.astype(np.float64) <= plain  # or one between the same two
    assert np.array_equal(left, rounded) or np.array_equal(left, between)
    assert len(repr(plain)) <= len(repr(middle))


@given(st.floats(-1e6, 1e6), st.integers(0, 4), st.lists(st.floats(-1e6, 1e6), max_size=20))
@settings(deadline=None, max_examples=400)
def test_rows_in_hand_stand_where_the_tree_sends_them(
    threshold: float, digits: int, others: list[float]
) -> None:
    # as people write numbers, the one that is written without them among these
    values = np.array([plainest(threshold), *(round(value, digits) for value in others)])
    values = values.astype(np.float32).astype(str).astype(np.float64)
    written = plainest(threshold, values)
    left = values.astype(np.float32).astype(np.float64) <= threshold
    np.testing.assert_array_equal(values <= written, left)


@pytest.mark.parametrize(
    ("threshold", "written"),
    [
        (0.800000011920929, 0.8),
        (2.449999988079071, 2.45),
        (26.949999809265137, 26.95),
        (1e-40, 1e-40),
        (0.5, 0.5),
        (-2.449999988079071, -2.45),
        (16777217.0, 16777216.0),
        (0.0, 0.0),
        (3.4028234663852886e38, 3.403e38),  # the greatest: nothing goes right
        (np.inf, np.inf),
    ],
)
def test_thresholds_are_short(threshold: float, written: float) -> None:
    assert plainest(threshold) == written


def test_a_row_on_the_short_number_that_goes_right_is_not_said_to_go_left() -> None:
    threshold = 2.449999988079071
    assert float(np.float32(2.45)) > threshold  # so the tree sends 2.45 to the right
    assert plainest(threshold, np.array([1.9, 2.45, 3.0])) < 2.45
    assert plainest(threshold, np.array([1.9, 3.0])) == 2.45


def test_conditions_read_as_people_expect_them() -> None:
    X = np.array([[0.6], [1.0]])
    tree = fitted_tree(DecisionTreeClassifier().fit(X, [0, 1])).explanation
    assert tree.condition(1) == "x0 <= 0.8"
    assert decode(payload.tree(tree)["feature"]).tolist() == [0, 1, 1]
    X, y = load_iris(return_X_y=True, as_frame=True)
    iris = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X[["petal length (cm)"]], y)
    assert fitted_tree(iris, X[["petal length (cm)"]]).explanation.condition(1).endswith("<= 2.45")


@pytest.mark.parametrize("scaled", [True, False])
def test_conditions_hold_of_the_rows_below_them(scaled: bool) -> None:
    X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=scaled)
    model = DecisionTreeRegressor(random_state=0).fit(X, y)
    read = fitted_tree(model, X)
    assert read.table is not None and read.leaves is not None
    for leaf in np.unique(read.leaves):
        holds = np.ones(len(X), dtype=bool)
        for limit in read.explanation.limits(int(leaf)).values():
            holds &= limit.holds(read.table.values[:, read.table.position(limit.column.name)])
        np.testing.assert_array_equal(holds, read.leaves == leaf)


def test_a_tree_inside_a_forest_takes_the_names_of_the_rows() -> None:
    X, y = load_iris(return_X_y=True, as_frame=True)
    y = y.map({0: "setosa", 1: "versicolor", 2: "virginica"})
    forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, y)
    inside = forest.estimators_[0]
    view = TreeView(inside, X)
    assert "petal" in view.explanation.rule(1)
    assert view.explanation.columns[0].name == X.columns[0]
    assert view.explanation.classes == ("0.0", "1.0", "2.0")
    names, classes = view.tree["notes"][-2:]
    assert "as in X" in names and "class_names= names them" in classes
    named = TreeView(inside, X, class_names=forest.classes_)
    assert named.explanation.classes == ("setosa", "versicolor", "virginica")
    assert not any("class_names=" in note for note in named.tree["notes"])
    assert TreeView(inside).explanation.columns[0].name == "x0"
    own = TreeView(inside, X, feature_names=["a", "b", "c", "d"])
    assert own.explanation.columns[0].name == "a"
    with pytest.raises(ValueError, match="X to have the 4 columns"):
        TreeView(inside, X[X.columns[:3]])


def test_notes_on_names_stand_only_where_names_are_missing() -> None:
    X, y = load_iris(return_X_y=True, as_frame=True)
    alone: Any = TreeView(DecisionTreeClassifier(max_depth=1).fit(X, y), X)
    assert not any("_names=" in note for note in alone.tree["notes"])
    numbers = ExtraTreesRegressor(2, max_depth=2, random_state=0).fit(X, pd.Series(y))
    notes = TreeView(numbers.estimators_[0], X).tree["notes"]
    assert not any("class_names=" in note for note in notes)
