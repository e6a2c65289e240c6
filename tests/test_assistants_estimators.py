"""What scikit-learn estimators are taught, and what they see of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.ensemble import (
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVR

from jupyter_distill.data import Table
from jupyter_distill.distillation._stages import stages
from jupyter_distill.targets import Predictions, SoftTargets, SquaredLoss

from .assisted import cancer, diabetes, digits, halves, one


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_a_regressor_learns_the_blend(alpha: float) -> None:
    table, targets = diabetes()
    fitted = one(LinearRegression(), (table, targets), alpha=alpha)
    known = LinearRegression().fit(table.native, SquaredLoss(alpha).blend(targets))
    np.testing.assert_allclose(fitted.output(table), known.predict(table.native))


def test_weights_of_a_classifier_are_the_teachers_doubts() -> None:
    # rows that are all alike: the most likely answer is the mean of the teacher's
    p = np.array([[0.7, 0.3], [0.5, 0.5], [0.9, 0.1]])
    weights = [1.0, 1.0, 2.0]
    targets = SoftTargets.from_probabilities(p, ["a", "b"], weights=weights)
    table = Table.of(np.zeros((3, 1)))
    fitted = one(LogisticRegression(C=1e9), (table, targets), alpha=0.0)
    mean = np.average(p, axis=0, weights=weights)
    np.testing.assert_allclose(np.exp(fitted.output(table)[0]), mean, atol=1e-3)
    assert fitted.note == ""


def test_without_weights_the_class_named_is_learnt_and_it_is_said() -> None:
    fit, held = halves(cancer())
    fitted = one(KNeighborsClassifier(1), fit)
    assert "classes named" in fitted.name
    (stage,) = stages([fitted], *held, seed=0)
    assert "takes no sample_weight" in stage.note
    assert fitted.output(fit[0]).argmax(1).tolist() == fit[1].predicted.tolist()


def test_rows_without_weight_are_named_where_a_regressor_takes_none() -> None:
    table, targets = diabetes()
    weighted = Predictions(targets.values, targets.truth, np.arange(1, 443))
    assert "weighed the same" in one(KNeighborsRegressor(), (table, weighted)).note
    assert one(LinearRegression(), (table, weighted)).note == ""
    assert one(KNeighborsRegressor(), (table, targets)).note == ""
    known = LinearRegression().fit(
        table.native, SquaredLoss(0.1).blend(targets), sample_weight=weighted.weights
    )
    said = one(LinearRegression(), (table, weighted)).output(table)
    np.testing.assert_allclose(said, known.predict(table.native))


def test_a_class_that_no_row_was_taught_has_the_least_probability() -> None:
    z = np.column_stack([np.tile([0.0, 5.0], 20), np.tile([5.0, 0.0], 20), np.full(40, -30.0)])
    data = Table.of(np.tile([[1.0], [-1.0]], (20, 1))), SoftTargets(z, list("abc"))
    said = one(LogisticRegression(), data, alpha=0.0).output(data[0])
    assert said.shape == (40, 3)
    assert (np.exp(said[:, 2]) < 1e-5).all()
    np.testing.assert_array_equal(said.argmax(1), z.argmax(1))


def test_a_regressor_learns_centred_logits_of_any_size() -> None:
    table = Table.of(np.arange(6.0)[:, None])
    z = np.column_stack([np.arange(6.0), np.zeros(6), np.full(6, 1.0)]) + 1e6
    fitted = one(LinearRegression(), (table, SoftTargets(z, list("abc"))), alpha=0.0)
    said = fitted.output(table)
    np.testing.assert_allclose(said, z - z.mean(1, keepdims=True), atol=1e-6)
    huge = SoftTargets([[0.0, 1e300], [1e300, 0.0]] * 3, ["a", "b"])
    said = one(RandomForestRegressor(10), (table, huge), alpha=0.0).output(table)
    assert np.abs(said).max() < 10


@pytest.mark.parametrize("model", [SVR(), make_pipeline(StandardScaler(), SVR())])
def test_rows_weigh_in_every_logit_of_a_regressor_of_one_target(model: Any) -> None:
    table, targets = digits()
    table, targets = table.take(np.arange(80)), targets.take(np.arange(80))
    weights = np.repeat([1.0, 3.0], 40)
    weighted = SoftTargets(targets.logits, targets.classes, weights=weights)
    said = one(model, (table, weighted), alpha=0.0).output(table)
    z = np.log(np.maximum(targets.at(1.0), 1e-6))
    key = "sample_weight" if isinstance(model, SVR) else "svr__sample_weight"
    goal = z[:, 2] - z.mean(1)
    known = clone(model).fit(table.values, goal, **{key: weights}).predict(table.values)
    np.testing.assert_allclose(said[:, 2], known)
    assert not np.allclose(said, one(model, (table, targets), alpha=0.0).output(table))


def frame(n: int = 300) -> tuple[pd.DataFrame, SoftTargets]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=n), "kind": rng.choice(list("uvw"), n)})
    score = 2 * X["x"] + (X["kind"] == "u")
    X.loc[rng.random(n) < 0.1, ["x", "kind"]] = None
    return X, SoftTargets(np.column_stack([0 * score, score]), ["no", "yes"])


def encoded(model: Any) -> Any:
    numbers = make_column_selector(dtype_include="number")
    words = make_column_selector(dtype_exclude="number")
    return make_pipeline(
        make_column_transformer(
            (SimpleImputer(), numbers), (OneHotEncoder(handle_unknown="ignore"), words)
        ),
        model,
    )


@pytest.mark.parametrize("asked", ["linear", "tree", encoded(LogisticRegression())])
def test_categories_and_missing_values(asked: Any) -> None:
    X, targets = frame()
    before = X.copy()
    table = Table.of(X)
    fitted = one(asked, (table, targets), alpha=0.0)
    (stage,) = stages([fitted], table, targets, seed=0)
    assert stage.fidelity > 0.8
    pd.testing.assert_frame_equal(X, before)


@pytest.mark.parametrize("form", ["pandas", "polars", "pyarrow", "array", "array of objects"])
def test_an_estimator_sees_the_rows_in_their_owners_form(form: str) -> None:
    X = load_diabetes(as_frame=True).data
    forms = {
        "pandas": X,
        "polars": pl.from_pandas(X),
        "pyarrow": pl.from_pandas(X).to_arrow(),
        "array": X.to_numpy(),
        "array of objects": X.to_numpy(object),
    }
    table = Table.of(forms[form])
    z = 30 * X["bmi"].to_numpy()
    data = table, SoftTargets(np.column_stack([-z, z]), ["low", "high"])
    model: Any = LogisticRegression(C=1e4)
    if not form.startswith("array"):  # which has no names to choose columns by
        model = make_pipeline(make_column_transformer(("passthrough", ["bmi"])), model)
    (stage,) = stages([one(model, data, alpha=0.0)], *data, seed=0)
    assert stage.fidelity > 0.95
