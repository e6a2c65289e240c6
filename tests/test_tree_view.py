"""What the view of a tree alone does: depth, colour, the way of a row, scikit-learn's trees."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import traitlets as t
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_wine
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)

from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import holds
from jupyter_distill.exports.folding import depth_of, to_depth
from jupyter_distill.widgets.tree import TreeView
from tests.small import EVIL, distilled, people


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=10, augment=None, temperature=1.0)


@pytest.fixture(scope="module")
def wine() -> tuple[pd.DataFrame, Any]:
    X, y = load_wine(return_X_y=True, as_frame=True)
    return X, y.map({0: "Barolo", 1: "Grignolino", 2: "Barbera"})


# --- depth, colour, search ----------------------------------------------------------------------


def test_a_depth_folds_and_a_fold_has_a_depth(d: Distillation) -> None:
    tree = d.explanation()
    view = TreeView(d, depth=2)
    assert view.folded == to_depth(tree, 2) and view.depth == 2
    view.folded = [n for n in view.folded if tree.depth[n] == 2]  # looks the same
    assert view.depth == 2
    view.folded = view.folded[1:]
    assert view.depth is None
    # a node that was folded by hand hides the others, and opens upon them as they were
    view.set_state({"folded": [0], "depth": 0})
    assert view.folded == [0] and view.depth == 0
    view.depth = 99
    assert view.depth == tree.depth.max() and view.folded == []
    view.depth = 1
    view.depth = None
    assert view.folded == []
    view.depth, by_hand = 2, [1]
    view.set_state({"folded": by_hand, "depth": None})  # as the browser says it
    assert view.folded == by_hand


@given(depth=st.integers(0, 30))
@settings(max_examples=20, deadline=None)
def test_a_fold_to_a_depth_has_that_depth(d: Distillation, depth: int) -> None:
    tree = d.explanation()
    assert depth_of(tree, to_depth(tree, depth)) == min(depth, tree.depth.max())


@pytest.mark.parametrize("depth", [-1, 1.5, True, "2"])
def test_a_depth_is_a_whole_number(d: Distillation, depth: Any) -> None:
    with pytest.raises(t.TraitError, match="Expected depth to be a whole number >= 0"):
        TreeView(d, depth=depth)


def test_colours_are_named(d: Distillation) -> None:
    assert TreeView(d, colour="agreement", search="age").search == "age"
    with pytest.raises(t.TraitError, match="Expected colour to be one of 'student', 'teacher'"):
        TreeView(d, colour="red")


# --- the way of a row ---------------------------------------------------------------------------


def test_a_row_has_a_way_with_margins(d: Distillation) -> None:
    view, tree = TreeView(d), d.explanation()
    frame = d.table.native
    numbers = 0
    for row in range(0, d.table.n_rows, 37):
        view.row = row
        steps = view.margins()
        assert steps["node"].tolist() == tree.path(view.leaf)[1:]
        assert [step[0] for step in view.path["steps"]] == steps["node"].tolist()
        assert view.path["row"] == row
        for step in steps.itertuples():
            assert step.condition == tree.condition(step.node)
            known = step.margin == step.margin
            assert known == (step.column in ("income", "age") and step.value != "missing")
            if known:
                numbers += 1
                assert step.margin == abs(frame[step.column].iloc[row] - step.threshold)
                spread = frame[step.column].std(ddof=0)
                assert step.spreads == pytest.approx(step.margin / spread)
        if steps["spreads"].notna().sum() > 1:
            assert view.path["narrowest"] == steps["spreads"].idxmin()
        else:
            assert view.path["narrowest"] is None
    assert numbers > 10
    view.row = None
    assert view.path == {}
    with pytest.raises(ValueError, match="Expected a chosen row"):
        view.margins()


def test_a_row_given_at_the_start_has_its_way(d: Distillation) -> None:
    view = TreeView(d, row=3)
    assert view.path["row"] == 3 and view.path["steps"]
    texts = [margin for _, _, margin in view.path["steps"] if margin]
    assert texts and all(text.endswith((" above", " below", "threshold")) for text in texts)


# --- what it writes -----------------------------------------------------------------------------


def test_a_tree_is_written_as_svg(d: Distillation, tmp_path: Path) -> None:
    text = TreeView(d).to_svg(tmp_path / "tree.svg").read_text(encoding="utf-8")
    assert text.startswith("<svg") and "xmlns" in text and "income" in text


def test_the_payload_is_small(d: Distillation) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6_000, 8)).round(2)
    tree = DecisionTreeClassifier(max_leaf_nodes=1_023).fit(X, rng.integers(0, 2, 6_000))
    for model, most in ((d, 15_000), (tree, 90_000)):
        assert _bytes(TreeView(model).tree) < most


def _bytes(value: Any) -> int:
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(len(str(key)) + _bytes(part) for key, part in value.items())
    if isinstance(value, list):
        return sum(_bytes(part) + 3 for part in value)
    return len(str(value))


# --- scikit-learn's trees -----------------------------------------------------------------------


def test_a_classifier_is_read_as_it_stands(wine: tuple[pd.DataFrame, Any]) -> None:
    X, y = wine
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
    view = TreeView(model, X)
    tree = view.explanation
    leaves = model.apply(X)
    assert tree.classes == tuple(model.classes_) and len(tree) == model.tree_.node_count
    for leaf, box in tree.boxes.items():
        np.testing.assert_array_equal(holds(box, X.to_numpy()), leaves == leaf)
    right = model.predict(X) == y
    for node in range(len(tree)):
        inside = TreeView(model, X, node=node).rows
        assert tree.support[node] == len(inside)
        mix = [(y.iloc[inside] == name).mean() for name in model.classes_]
        np.testing.assert_allclose(tree.student[node], mix)
        assert tree.agreement[node] == pytest.approx(right.iloc[inside].mean())
    assert tree.teacher is tree.student and view.tree["teacher"] is None
    assert view.tree["names"] == ["labels", "tree"] and "flatter" in view.tree["notes"][0]
    assert "tree: Barolo" in view.frame() and "labels: Barolo" in view.frame()
    view.row = 5
    assert view.leaf == leaves[5] and len(view.margins()) == tree.depth[view.leaf]
    data, _ = view._repr_mimebundle_()
    assert "tree says" in data["text/html"] and "flatter" in data["text/html"]
    assert "student" not in data["text/html"].split("<svg")[1]


@pytest.mark.parametrize("criterion", ["squared_error", "friedman_mse", "absolute_error"])
def test_a_regressor_is_read_as_it_stands(criterion: str) -> None:
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # newer versions have one name less
        model = DecisionTreeRegressor(max_depth=3, criterion=criterion).fit(X, y)
    tree = TreeView(model, X).explanation
    assert tree.classes == () and tree.error is not None
    if criterion == "absolute_error":
        assert np.isnan(tree.error).all() and "medians" in TreeView(model).tree["notes"][0]
    else:
        error = np.sqrt(np.mean((model.predict(X) - y) ** 2))
        assert tree.error[0] == pytest.approx(error)
    assert sorted(set(tree.student[tree.left < 0, 0])) == sorted(set(model.predict(X)))
    assert "<svg" in TreeView(model)._picture()


def test_missing_values_go_where_the_tree_sends_them(wine: tuple[pd.DataFrame, Any]) -> None:
    X, y = wine
    X = X.mask(np.random.default_rng(0).random(X.shape) < 0.2)
    X["old"] = X["proline"] > 700
    model = DecisionTreeClassifier(min_samples_leaf=4, random_state=0).fit(X, y)
    view, leaves = TreeView(model, X), model.apply(X)
    assert any("(or missing)" in rule for rule in view.frame()["rule"])
    values = view._asked_of.values.astype(np.float32).astype(float)
    for leaf, box in view.explanation.boxes.items():
        np.testing.assert_array_equal(holds(box, values), leaves == leaf)
    assert not any("(or missing)" in rule for rule in TreeView(model).frame()["rule"])


def test_a_truth_is_asked_as_one() -> None:
    X = pd.DataFrame({"employed": [True, False] * 20, "age": range(40)})
    view = TreeView(DecisionTreeClassifier().fit(X, X["employed"].astype(str)), X)
    assert set(view.frame()["rule"]) == {"all rows", "employed is False", "employed is True"}


@pytest.mark.parametrize("kind", [ExtraTreeClassifier, ExtraTreeRegressor])
def test_an_extra_tree_in_a_pipeline(kind: Any, wine: tuple[pd.DataFrame, Any]) -> None:
    X, _ = wine
    y = (X["proline"] > 700).astype(int)
    scale = make_column_transformer(
        (StandardScaler(), ["proline", "alcohol"]), verbose_feature_names_out=False
    )
    model = make_pipeline(scale, kind(max_depth=2, random_state=0)).fit(X, y)
    view = TreeView(model, X, row=3)
    assert set(view.tree["columns"]) <= {"proline", "alcohol"}
    assert view.leaf == model[-1].apply(model[:-1].transform(X))[3]
    assert "ColumnTransformer made" in view.tree["notes"][-1]


def test_names_can_be_given(wine: tuple[pd.DataFrame, Any]) -> None:
    X, y = wine
    model = DecisionTreeClassifier(max_depth=2).fit(X.to_numpy(), y, np.linspace(1, 2, len(X)))
    names = [f"{name} {EVIL}" for name in X]
    view = TreeView(model, X.to_numpy(), feature_names=names, class_names=["a", "b", EVIL])
    assert view.explanation.classes == ("a", "b", EVIL)
    assert set(view.tree["columns"]) <= set(names)
    assert "weighted" in view.tree["notes"][1]
    assert "<img" not in view._picture()
    assert TreeView(model).tree["columns"][0].startswith("x")


def test_what_cannot_be_read_is_refused_by_name(wine: tuple[pd.DataFrame, Any]) -> None:
    X, y = wine
    model = DecisionTreeClassifier(max_depth=2).fit(X, y)
    number = DecisionTreeRegressor(max_depth=2).fit(X, y.astype("category").cat.codes)
    both = DecisionTreeRegressor(max_depth=2).fit(X, X[["alcohol", "hue"]])
    with pytest.raises(NotFittedError):
        TreeView(DecisionTreeClassifier())
    with pytest.raises(ValueError, match="Expected a tree with one output. Got one with 2"):
        TreeView(both)
    with pytest.raises(ValueError, match="feature_names to be 13 different names"):
        TreeView(model, feature_names=["a"])
    with pytest.raises(ValueError, match="class_names to be 3 names"):
        TreeView(model, class_names=["a"])
    with pytest.raises(ValueError, match="no class_names"):
        TreeView(number, class_names=["a"])
    with pytest.raises(ValueError, match="X to have the 13 columns"):
        TreeView(model, X[X.columns[::-1]])
    with pytest.raises(ValueError, match="column 'hue' of categories"):
        TreeView(model, X.assign(hue="blue"))
    with pytest.raises(TypeError, match="pipeline that ends in one. Got StandardScaler"):
        TreeView(make_pipeline(StandardScaler()).fit(X))
    search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1]}).fit(X, y)
    with pytest.raises(TypeError, match="model.best_estimator_"):
        TreeView(search)
    nameless = make_pipeline(FunctionTransformer(np.asarray), DecisionTreeClassifier()).fit(X, y)
    with pytest.raises(ValueError, match="steps before it that do not tell them"):
        TreeView(nameless)
    with pytest.raises(t.TraitError, match="built without rows"):
        TreeView(model, row=1)


def test_rows_are_for_scikit_learn_alone(d: Distillation) -> None:
    with pytest.raises(TypeError, match="a tree of scikit-learn, as X is given. Got Distillation"):
        TreeView(d, d.table.native)
