"""Assistants learn from the teacher, or each other, and are measured against the teacher."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from sklearn.ensemble import (
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from jupyter_distill import students
from jupyter_distill.data import Table
from jupyter_distill.distillation._assistants import (
    Assistant,
    fit_chain,
    taught,
)
from jupyter_distill.distillation._stages import Stage, stages, weak
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.targets import KL, Predictions, SoftTargets

from .assisted import cancer, diabetes, digits, halves, one, read

torch.set_num_threads(1)

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


def test_the_temperature_that_is_learnt_at_is_said() -> None:
    targets = SoftTargets([[0.0, 3.0]] * 4, ["a", "b"])
    table = Table.of(np.zeros((4, 1)))
    learnt_at = {
        LogisticRegression(C=1e9): 1.0,
        LinearStudent(size=1): 1.0,
        LinearStudent(size=1, temperature=2.0): 2.0,
        LinearRegression(): None,  # of logits
    }
    for asked, temperature in learnt_at.items():
        fitted = one(asked, (table, targets), alpha=0.0)
        (stage,) = stages([fitted], table, targets, seed=0)
        assert stage.temperature == temperature
        if temperature is not None:  # undone in what it says
            said = fitted.output(table)
            np.testing.assert_allclose(said[:, 1] - said[:, 0], 3.0, atol=0.05)
    (stage,) = stages([one(KNeighborsClassifier(1), cancer())], *cancer(), seed=0)
    assert stage.temperature is None  # of names
    numbers = one("tree", diabetes())
    assert "temperature" not in stages([numbers], *diabetes(), seed=0)[0].to_dict()


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
    ((found, away, own),) = weak([poor, good], student, *held)
    assert found is poor and away >= own > 0
    fit, held = halves(diabetes())
    number = TreeRegressionStudent(size=2).fit_soft(*fit)
    assert weak([one(RandomForestRegressor(30), fit)], number, *held) == ()


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
