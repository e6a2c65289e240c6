"""Classifiers that learn copies of rows: a search, and early stopping, among those copies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    StackingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, KFold, RandomizedSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from jupyter_distill.data import Table
from jupyter_distill.distillation._assistant_splits import (
    DRAWS,
    Copies,
    by_rows,
    stops_by_copies,
    weighs,
)
from jupyter_distill.distillation._stages import stages
from jupyter_distill.targets import KL, SoftTargets

from .assisted import Data, cancer, digits, halves, one, read

SHUFFLED = KFold(3, shuffle=True, random_state=0)
STRENGTHS = {"logisticregression__C": [0.01, 0.1, 1, 100]}
Boosting = HistGradientBoostingClassifier


def logistic() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


def calibrated(**options: Any) -> Any:
    forest = RandomForestClassifier(20, random_state=0)
    return CalibratedClassifierCV(forest, method="isotonic", **options)


def stacked() -> Any:
    tree = DecisionTreeClassifier(random_state=0)
    return StackingClassifier([("tree", tree), ("bayes", GaussianNB())])


def by_a_line() -> Data:
    """Rows of a teacher that a logistic regression can be."""
    table, targets = cancer()
    assert isinstance(targets, SoftTargets)
    teacher = logistic().set_params(logisticregression__C=0.1)
    z = teacher.fit(table.values, targets.labels).decision_function(table.values)
    return table, SoftTargets(np.column_stack([0 * z, z]), ["bad", "good"])


@pytest.mark.parametrize("data", [by_a_line, digits])
@pytest.mark.parametrize(
    "search",
    [
        GridSearchCV(logistic(), STRENGTHS, cv=SHUFFLED),
        GridSearchCV(logistic(), STRENGTHS, cv=SHUFFLED, scoring="neg_log_loss"),
    ],
    ids=["accuracy", "loss"],
)
def test_a_search_chooses_by_rows_and_not_by_their_copies(data: Any, search: Any) -> None:
    fit, held = halves(data())
    fitted = one(search, fit, alpha=0.0)
    (table, targets), (shown, told) = fit, held
    q = targets.at(1.0)
    row, code = np.nonzero(q >= 1e-4)
    weights = {"logisticregression__sample_weight": q[row, code]}
    among_copies = sklearn.clone(search).fit(table.take(row).native, code, **weights)
    of_copies = among_copies.predict_log_proba(shown.native)
    assert KL(fitted.output(shown), told) < KL(of_copies, told)
    (stage,) = stages([fitted], *held, seed=0)
    assert "scored by classes drawn" in stage.note


@pytest.mark.parametrize("model", [calibrated(), calibrated(ensemble=False), stacked()])
def test_folds_that_a_model_learns_from_are_of_rows_and_not_of_their_copies(model: Any) -> None:
    fit, held = halves(digits())
    fitted = one(model, fit, alpha=0.0)
    (table, targets), (shown, told) = fit, held
    copies = Copies.of(targets.at(1.0))
    weights = copies.q[copies.row, copies.code]
    among_copies = sklearn.clone(model).fit(
        table.take(copies.row).native, copies.code, sample_weight=weights
    )
    of_copies = np.log(np.maximum(among_copies.predict_proba(shown.native), 1e-6))
    assert KL(fitted.output(shown), told) < KL(of_copies, told)
    assert fitted.note == "" and fitted.temperature == 1.0  # all of it was learnt
    scored = np.concatenate([score for _, score in fitted.model.cv])
    assert np.sort(scored).tolist() == list(range(len(copies.row)))  # each copy once
    for learnt, score in fitted.model.cv:
        assert not set(copies.row[learnt]) & set(copies.row[score])


@pytest.mark.parametrize(
    "model",
    [
        CalibratedClassifierCV(logistic()),
        StackingClassifier([("a", GaussianNB()), ("b", KNeighborsClassifier())]),
    ],
)
def test_folds_of_models_that_take_no_weights_learn_the_class_named(model: Any) -> None:
    fitted = one(model, halves(by_a_line())[0], alpha=0.0)
    assert "learnt the class named" in fitted.note
    assert fitted.model.cv is None  # every row is there once


@pytest.mark.parametrize(
    ("model", "inner"),
    [
        (GridSearchCV(calibrated(), {"method": ["isotonic"]}), "CalibratedClassifierCV"),
        (StackingClassifier([("a", calibrated()), ("b", GaussianNB())]), "CalibratedClassifierCV"),
        (BaggingClassifier(stacked()), "StackingClassifier"),
    ],
)
def test_folds_deep_inside_of_a_model_are_refused_by_name(model: Any, inner: str) -> None:
    said = f"copies of a row must stay together. Got {inner} inside of {type(model).__name__}"
    with pytest.raises(ValueError, match=f"{said}. Give {inner} alone"):
        read(model, cancer()[1])
    read(
        StackingRegressor([("a", GridSearchCV(Ridge(), {"alpha": [1]}))]), cancer()[1]
    )  # no copies


@given(st.integers(0, 99), st.integers(6, 40), st.integers(2, 5), st.booleans())
@settings(deadline=None, max_examples=30)
def test_copies_of_a_row_are_never_on_both_sides(
    seed: int, rows: int, classes: int, in_a_pipeline: bool
) -> None:
    q = np.random.default_rng(seed).dirichlet(np.full(classes, 0.2), rows)
    copies = Copies.of(q)
    search: Any = RandomizedSearchCV(LogisticRegression(), {"C": [1]}, n_iter=1, cv=SHUFFLED)
    key, model = None, search
    if in_a_pipeline:
        model = make_pipeline(StandardScaler(), search)
    ready = by_rows(model, np.zeros((rows, 1)), copies, key)
    splits = (ready[-1] if in_a_pipeline else ready).cv
    assert search.cv is SHUFFLED and len(splits) == 3
    scored = np.concatenate([score for _, score in splits])
    assert np.bincount(copies.row[scored]).tolist() == [DRAWS] * rows  # each in one fold
    assert (q[copies.row[scored], copies.code[scored]] >= 1e-4).all()
    for learnt, score in splits:
        assert not set(copies.row[learnt]) & set(copies.row[score])
        assert len(learnt) == np.isin(copies.row, copies.row[learnt]).sum()  # all of them


def test_a_class_is_drawn_as_often_as_it_is_likely() -> None:
    copies = Copies.of(np.tile([0.0, 0.72, 0.28, 0.00001], (4_000, 1)))
    drawn = copies.code[copies.drawn()]
    assert len(drawn) == 4_000 * DRAWS and set(drawn) == {1, 2}
    assert (drawn == 1).mean() == pytest.approx(0.72, abs=0.01)


def test_a_search_that_weighs_what_it_scores_is_scored_by_all_copies() -> None:
    release = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
    plain = GridSearchCV(LogisticRegression(), {"C": [1]}, cv=SHUFFLED)
    assert weighs(plain, "sample_weight") == (release >= (1, 7))
    assert not weighs(plain, "logisticregression__sample_weight")
    own = GridSearchCV(LogisticRegression(), {"C": [1]}, scoring=unweighed)
    assert not weighs(own, "sample_weight")
    copies = Copies.of(np.full((9, 2), 0.5))
    cv = by_rows(plain, np.zeros((9, 1)), copies, "sample_weight").cv
    assert sum(len(score) for _, score in cv) == 9 * (2 if release >= (1, 7) else DRAWS)


def unweighed(model: Any, X: Any, y: Any) -> float:
    return float(accuracy_score(y, model.predict(X)))


def test_folds_that_a_person_lists_are_of_the_rows() -> None:
    fit, _ = halves(by_a_line())
    n = fit[0].n_rows
    own = [(np.arange(n // 2), np.arange(n // 2, n))]
    fitted = one(GridSearchCV(logistic(), STRENGTHS, cv=own), fit, alpha=0.0)
    ((_, scored),) = fitted.model.cv
    assert len(scored) == DRAWS * (n - n // 2)


def test_boosting_that_would_not_stop_early_by_the_rows_does_not_by_their_copies() -> None:
    X = np.random.default_rng(0).normal(size=(2_600, 1))
    z = np.column_stack([np.zeros(2_600), X[:, 0], -X[:, 0], X[:, 0] ** 2])
    data = Table.of(X), SoftTargets(z, list("abcd"))
    fitted = one(make_pipeline(StandardScaler(), Boosting(max_iter=2)), data, alpha=0.0)
    assert fitted.model[-1].do_early_stopping_ is False and fitted.note == ""
    fitted = one(Boosting(max_iter=2, early_stopping=True), data, alpha=0.0)
    assert fitted.model.do_early_stopping_ is True and "stopped early" in fitted.note


@pytest.mark.parametrize(
    ("model", "rows", "stops"),
    [
        (Boosting(), 10_001, True),
        (Boosting(), 10_000, False),
        (Boosting(early_stopping=True, validation_fraction=None), 10, False),
        (MLPClassifier(early_stopping=True), 10, True),
        (make_pipeline(StandardScaler(), MLPClassifier(early_stopping=True)), 10, True),
        (GridSearchCV(MLPClassifier(early_stopping=True), {"alpha": [1]}), 10, True),
        (MLPClassifier(), 10, False),
        (SGDClassifier(loss="log_loss"), 10, False),
        (GradientBoostingClassifier(n_iter_no_change=3), 10, True),
        (GradientBoostingClassifier(), 10, False),
        (LogisticRegression(), 10, False),
    ],
)
def test_what_stops_early_is_known(model: Any, rows: int, stops: bool) -> None:
    assert stops_by_copies(model, rows) is stops


@pytest.mark.parametrize(
    "model",
    [
        Boosting(early_stopping=True, random_state=0),
        make_pipeline(StandardScaler(), MLPClassifier(early_stopping=True, random_state=0)),
    ],
    ids=["boosting", "network"],
)
def test_what_stops_early_learns_more_of_copies_than_of_a_class_per_row(model: Any) -> None:
    fit, held = halves(digits())
    copies = Copies.of(fit[1].at(1.0))
    once = copies.code[copies.drawn()[: fit[0].n_rows]]
    drawn = sklearn.clone(model).fit(fit[0].native, once)
    fitted = one(model, fit, alpha=0.0)
    said = np.log(np.maximum(drawn.predict_proba(held[0].native), 1e-6))
    assert KL(fitted.output(held[0]), held[1]) < KL(said, held[1])
    assert "stopped early by rows of which it had learnt some classes" in fitted.note
