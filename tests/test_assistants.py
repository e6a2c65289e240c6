"""Assistants learn from the teacher, or each other, and are measured against the teacher."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVR, LinearSVC

from jupyter_distill import students
from jupyter_distill.data import Table
from jupyter_distill.distillation._assistants import (
    Assistant,
    Fitted,
    fit_chain,
    read_assistants,
    taught,
)
from jupyter_distill.distillation._stages import Stage, doubts, stages
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.targets import KL, Predictions, SoftTargets, SquaredLoss, Targets

torch.set_num_threads(1)

Data = tuple[Table, Targets]


def cancer() -> Data:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    teacher = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(X[::2], y[::2])
    p = teacher.predict_proba(X)
    return Table.of(X), SoftTargets.from_probabilities(p, ["bad", "good"], y.to_numpy())


def digits() -> Data:
    X, y = load_digits(return_X_y=True)
    X, y = X[y < 4], y[y < 4]
    z = LogisticRegression(C=0.01, max_iter=500).fit(X, y).decision_function(X)
    return Table.of(X), SoftTargets(z, list("abcd"), y)


def diabetes() -> Data:
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    said = RandomForestRegressor(30, random_state=0).fit(X[::2], y[::2]).predict(X)
    return Table.of(X), Predictions(said, y.to_numpy())


def halves(data: Data) -> tuple[Data, Data]:
    table, targets = data
    order = np.random.default_rng(0).permutation(table.n_rows)
    a, b = order[: len(order) // 2], order[len(order) // 2 :]
    return (table.take(a), targets.take(a)), (table.take(b), targets.take(b))


def read(asked: Any, targets: Targets, alpha: float = 0.1, **options: Any) -> Any:
    number = isinstance(targets, Predictions)
    student = TreeRegressionStudent() if number else TreeStudent()
    task: Any = "regression" if number else "classification"
    options = {"student": student, "sizes": (4, 8), "seed": 0, **options}
    return read_assistants(asked, task, alpha=alpha, **options)


def one(asked: Any, data: Data, **options: Any) -> Fitted:
    (fitted,) = fit_chain(read(asked, data[1], **options), *data)
    return fitted


CLASSIFIERS = {
    "net": students.load("net")(size=8, epochs=20),
    "own linear": LinearStudent(size=8),
    "tree": "tree",
    "classifier": RandomForestClassifier(30, min_samples_leaf=2),
    "pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
    "search": GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1]}
    ),
    "margins": make_pipeline(StandardScaler(), LinearSVC()),
    "without weights": make_pipeline(StandardScaler(), KNeighborsClassifier(25)),
    "regressor": RandomForestRegressor(30),
    "regressor of one target": HistGradientBoostingRegressor(max_iter=20),
}
REGRESSORS = {
    "net": students.load("net", "regression")(size=8, epochs=20),
    "tree": "tree",
    "regressor": RandomForestRegressor(30),
    "pipeline": make_pipeline(StandardScaler(), LinearRegression()),
}


@pytest.mark.parametrize("data", [cancer, digits])
@pytest.mark.parametrize("asked", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_classes_are_learnt_and_taught_on(asked: Any, data: Any) -> None:
    fit, held = halves(data())
    fitted = one(asked, fit)
    logits = fitted.output(held[0])
    assert logits.shape == held[1].logits.shape
    assert np.isfinite(logits).all()
    (stage,) = stages([fitted], *held, seed=0)
    assert stage.fidelity > 0.85
    assert stage.low <= stage.fidelity <= stage.high
    constant = KL(np.zeros_like(logits), held[1])
    assert stage.kl is not None and stage.kl < constant

    said = taught(fitted, *fit)
    assert isinstance(said, SoftTargets)
    np.testing.assert_array_equal(said.labels, fit[1].labels)
    np.testing.assert_array_equal(said.classes, fit[1].classes)
    np.testing.assert_array_equal(said.logits, fitted.output(fit[0]))
    again = one(asked, fit).output(held[0])
    np.testing.assert_array_equal(again, logits)  # same seed, same result


@pytest.mark.parametrize("asked", REGRESSORS.values(), ids=REGRESSORS)
def test_numbers_are_learnt_and_taught_on(asked: Any) -> None:
    fit, held = halves(diabetes())
    fitted = one(asked, fit)
    (stage,) = stages([fitted], *held, seed=0)
    assert stage.fidelity > 0.3
    assert stage.kl is None and "kl" not in stage.to_dict()
    said = taught(fitted, *fit)
    assert isinstance(said, Predictions)
    np.testing.assert_array_equal(said.truth, fit[1].truth)
    np.testing.assert_array_equal(said.values, fitted.output(fit[0]))
    np.testing.assert_array_equal(one(asked, fit).output(held[0]), fitted.output(held[0]))


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


def test_a_temperature_is_learnt_at_and_undone() -> None:
    targets = SoftTargets([[0.0, 3.0]] * 4, ["a", "b"])
    table = Table.of(np.zeros((4, 1)))
    for asked in (LogisticRegression(C=1e9), LinearStudent(size=1)):
        (assistant,) = read(asked, targets, alpha=0.0)
        said = assistant.fit(table, targets, temperature=3.0).output(table)
        np.testing.assert_allclose(said[:, 1] - said[:, 0], 3.0, atol=0.05)
    own = LinearStudent(size=1, temperature=2.0)
    (assistant,) = read(own, targets, alpha=0.0)
    assert assistant.fit(table, targets, temperature=3.0).model.temperature == 2.0
    (assistant,) = read(LinearStudent(size=1), targets, alpha=0.0)
    assert assistant.fit(table, targets).model.temperature == 1.0
    assert assistant.fit(table, targets, 3.0).model.temperature == 3.0


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


def test_each_is_taught_by_the_one_before_it() -> None:
    fit, held = halves(digits())
    asked = [RandomForestClassifier(20), "tree"]
    chain = fit_chain(read(asked, fit[1]), *fit)
    first = one(asked[0], fit)
    np.testing.assert_array_equal(chain[0].output(held[0]), first.output(held[0]))
    second = one("tree", (fit[0], taught(first, *fit)))
    np.testing.assert_array_equal(chain[1].output(held[0]), second.output(held[0]))
    alone = one("tree", fit)
    assert not np.array_equal(chain[1].output(held[0]), alone.output(held[0]))
    said = stages(chain, *held, seed=0)
    assert [stage.name for stage in said] == ["RandomForestClassifier", chain[1].model.title_]
    assert json.loads(json.dumps(said[0].to_dict()))["kl"] == said[0].kl


@pytest.mark.parametrize("name", students.names())
def test_a_family_is_larger_than_any_rung_of_its_ladder(name: str) -> None:
    _, targets = cancer()
    kind = students.load(name)
    (assistant,) = read(name, targets, student=kind(), sizes=kind.SIZES)
    assert name in assistant.name
    assert assistant.whole or assistant.model.size > max(kind.SIZES)
    assert assistant.model.random_state == 0
    (larger,) = read(name, targets, student=kind(size=80), sizes=(80,))
    assert larger.whole or larger.model.size > 80


@pytest.mark.parametrize("name", ["linear", "ebm"])
def test_all_columns_are_those_of_the_table(name: str) -> None:
    X = load_diabetes().data[:200]
    targets = SoftTargets(np.column_stack([0 * X[:, 0], X @ np.arange(-5, 5) * 5]), ["a", "b"])
    fitted = one(name, (Table.of(X), targets), alpha=0.0)
    assert fitted.model.complexity_.features == 10


def test_shapes_of_many_columns_and_classes_are_fitted_briefly() -> None:
    table, targets = digits()
    few = table.take(np.arange(150)), targets.take(np.arange(150))
    fitted = one("ebm", few)
    assert fitted.model.quality == "greedy"
    (stage,) = stages([fitted], *few, seed=0)
    assert "fitted briefly" in stage.note and stage.fidelity > 0.9
    narrow = Table.of(few[0].values[:, 20:30])
    fitted = one("ebm", (narrow, few[1]))
    assert fitted.model.quality == "fast" and fitted.note == ""


def test_what_was_given_stays_as_it_was() -> None:
    fit, _ = halves(cancer())
    model, student = RandomForestClassifier(5), LinearStudent(size=3)
    before = model.get_params(), student.get_params()
    for assistant in read([model, student], fit[1]):
        assistant.fit(*fit)
        assert not any(name.endswith("_") for name in vars(assistant.model))
    assert (model.get_params(), student.get_params()) == before
    assert not hasattr(model, "classes_") and not hasattr(student, "classes_")


def test_nobody_is_told_that_an_assistant_is_dense(recwarn: pytest.WarningsRecorder) -> None:
    fitted = one("tree", cancer())
    assert isinstance(fitted.model, TreeStudent) and fitted.model.size == 256
    one("linear", digits())
    assert not [w for w in recwarn if issubclass(w.category, students.DensityWarning)]


def test_an_assistant_no_closer_than_the_student_is_named() -> None:
    fit, held = halves(cancer())
    poor, good = one(TreeStudent(size=2), fit, sizes=(1,)), one(RandomForestClassifier(30), fit)
    student = LinearStudent(size=10, alpha=0.1).fit_soft(*fit)
    (said,) = doubts([poor, good], student, *held)
    assert said.startswith("The assistant tree of") and "Leave it out" in said
    fit, held = halves(diabetes())
    number = TreeRegressionStudent(size=2).fit_soft(*fit)
    assert doubts([one(RandomForestRegressor(30), fit)], number, *held) == ()


def test_an_assistant_has_a_name_before_it_is_fitted() -> None:
    _, targets = cancer()
    names = [a.name for a in read(["net", "ebm", GridSearchCV(LinearSVC(), {})], targets)]
    assert names == [
        "net of at most 64 hidden units",
        "ebm of all columns and 10 pairs of them",
        "GridSearchCV of LinearSVC",
    ]
    assert isinstance(read("net", targets)[0], Assistant)
    assert Stage("a", 1.0, 0.9, 1.0, None).to_dict() == {
        "name": "a",
        "fidelity": 1.0,
        "low": 0.9,
        "high": 1.0,
    }
