"""Reasons of teacher and student: by which way, how far they agree, and what is said of that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interpret.glassbox import ExplainableBoostingRegressor
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_distill.audits.attributions._alike import compared, measures
from jupyter_distill.audits.attributions._shapley import Game

from .explaining import FEW, boosted, classes, explained, mixed, other_reasons, plain, rows
from .small import people

# --- which way ---------------------------------------------------------------------------------

WAYS: dict[str, tuple[Any, str]] = {
    "boosting": (GradientBoostingClassifier(n_estimators=15, random_state=0), "TreeExplainer"),
    "forest": (RandomForestClassifier(8, random_state=0), "TreeExplainer"),
    "line": (LogisticRegression(), "closed form"),
    "steps": (make_pipeline(StandardScaler(), LogisticRegression()), "closed form"),
}


@pytest.mark.parametrize("name", WAYS)
def test_what_a_kind_allows_is_what_all_subsets_say(name: str) -> None:
    model, way = WAYS[name]
    d = classes(model)
    found = d.attributions(**FEW)
    assert found.teacher is not None and way in found.teacher.explainer
    assert found.scale.kind == ("probability" if name == "forest" else "log-odds")
    plan = found._run.plan
    game = Game(d.table, plan.rows, plan.background, np.arange(4), 0, True)
    game.begin(plan.teacher_says)
    game.play(plan.teacher_says, len(plan.background))
    np.testing.assert_allclose(found.teacher.values, game.values(), atol=1e-5)
    np.testing.assert_allclose(found.teacher.base, game.base(), atol=1e-5)
    assert found.teacher.error is None and found.teacher.evaluations < 100


def test_a_line_has_the_values_of_shap() -> None:
    import shap

    d = classes(LogisticRegression())
    found = d.attributions(**FEW)
    plan = found._run.plan
    background = d.table.values[plan.background]
    masker = shap.maskers.Independent(background, max_samples=len(background))
    explainer = shap.LinearExplainer(d.teacher.model, masker)
    theirs = explainer.shap_values(d.table.values[plan.rows])
    assert found.teacher is not None
    np.testing.assert_allclose(found.teacher.values[:, :, 0], theirs, atol=1e-10)


def test_three_classes_and_numbers() -> None:
    X, z = rows()
    y = np.digitize(z, [-0.5, 0.5])
    d = plain(LogisticRegression().fit(X, y), X, y, student="linear")
    found = d.attributions(**FEW)
    assert found.scale.words.startswith("log-odds of each class") and "closed" in str(found)
    assert found.teacher is not None
    said = d.teacher.logits(X.loc[found.index])
    centred = said - said.mean(1, keepdims=True)
    np.testing.assert_allclose(found.teacher.values.sum(1) + found.teacher.base, centred, atol=1e-8)
    np.testing.assert_array_equal(found.decided, said.argmax(1))
    chances = d.attributions(scale="probability", evaluations=5_000, **FEW)
    assert chances.teacher is not None and chances.scale.outputs == ("0", "1", "2")
    proba = d.teacher.predict_proba(X.loc[chances.index])
    whole = chances.teacher.values.sum(1) + chances.teacher.base
    np.testing.assert_allclose(whole, proba, atol=1e-8)
    own = d.student.predict_proba(X.loc[chances.index])
    np.testing.assert_allclose(chances.student.values.sum(1) + chances.student.base, own, atol=1e-8)
    assert list(chances.of(chances.index[0], "2")["column"]) != []

    forest = RandomForestRegressor(8, random_state=0).fit(X, z)
    numbers = plain(forest, X, z, classes_too=False).attributions(**FEW)
    assert numbers.scale.words == "unit of the target" and numbers.teacher is not None
    assert "TreeExplainer" in numbers.teacher.explainer
    whole = numbers.teacher.values.sum(1)[:, 0] + numbers.teacher.base[0]
    np.testing.assert_allclose(whole, forest.predict(X.loc[numbers.index]), rtol=1e-5)


def test_an_ebm_tells_its_own_values() -> None:
    X, z = rows(200)
    ebm = ExplainableBoostingRegressor(interactions=1, max_rounds=60, outer_bags=1, n_jobs=1)
    d = plain(ebm.fit(X, z), X, z, classes_too=False)
    found = d.attributions(**FEW)
    assert found.teacher is not None and found.teacher.explainer == "native EBM"
    plan = found._run.plan
    game = Game(d.table, plan.rows, plan.background, np.arange(4), 0, False)
    game.begin(plan.teacher_says)
    for _ in plan.background:  # pairs: an order and its reverse are exact
        game.play(plan.teacher_says, 1)
    np.testing.assert_allclose(found.teacher.values, game.values(), atol=1e-8)


def test_what_does_not_add_up_is_sampled_and_said() -> None:
    model = HistGradientBoostingClassifier(max_iter=10, max_leaf_nodes=4)
    d = classes(model)
    found = d.attributions(**FEW)
    assert found.teacher is not None
    said = d.teacher.logits(d.table.native.loc[found.index])
    whole = found.teacher.values.sum(1)[:, 0] + found.teacher.base[0]
    np.testing.assert_allclose(whole, said[:, 1] - said[:, 0], atol=1e-3)
    if "TreeExplainer" not in found.teacher.explainer:
        assert any("TreeExplainer" in note for note in found.notes)


def test_what_shap_cannot_read_is_not_given_to_it() -> None:
    from catboost import CatBoostClassifier

    X, z = rows(120)
    y = np.digitize(z, [-0.5, 0.5])
    model = CatBoostClassifier(n_estimators=3, verbose=0, allow_writing_files=False).fit(X, y)
    found = plain(model, X, y).attributions(**{**FEW, "evaluations": 3_000})
    assert found.teacher is not None and "catboost for several classes" in found.notes[0]
    assert "orders of columns" in found.teacher.explainer


def test_a_teacher_is_not_changed() -> None:
    d = boosted()
    before = d.teacher.fingerprint
    d.attributions(**FEW)
    assert d.teacher.fingerprint == before


# --- columns as they are -----------------------------------------------------------------------


def test_categories_and_missing_values_stay_as_they_are() -> None:
    found = explained()
    assert found.teacher is not None and found.scale.words == "log-odds of 'yes'"
    X, d = people(300)[0], mixed()
    said = d.teacher.logits(X.loc[found.index])
    whole = found.teacher.values.sum(1)[:, 0] + found.teacher.base[0]
    np.testing.assert_allclose(whole, said[:, 1] - said[:, 0], atol=1e-8)
    values = found.frame().set_index("column")
    assert values.loc["age", "teacher"] == pytest.approx(0, abs=1e-9)
    assert values.loc["income", "teacher_rank"] == 1
    one = found.of(found.index[0])
    cells = dict(zip(one["column"], one["value"], strict=True))
    written = X.loc[found.index[0]].to_dict()
    assert cells["purpose"] == written["purpose"] and cells["employed"] == written["employed"]


@pytest.mark.parametrize("kind", ["polars", "pyarrow", "numpy"])
def test_every_kind_of_rows_gives_the_same(kind: str) -> None:
    X, z = rows(200)
    make = {"polars": pl.DataFrame, "pyarrow": pa.table, "numpy": pd.DataFrame.to_numpy}
    given = make[kind](X.reset_index(drop=True) if kind == "pyarrow" else X)

    def teacher(rows: Any) -> np.ndarray:
        of = rows.to_pandas() if hasattr(rows, "to_pandas") else pd.DataFrame(np.asarray(rows))
        v = of.to_numpy(dtype=float)
        return v[:, 0] + v[:, 1] * v[:, 2]

    options = {"evaluations": 4_000, **FEW}
    found, same = (
        plain(teacher, one, task="regression", classes_too=False).attributions(**options)
        for one in (given, X)
    )
    assert found.teacher is not None and same.teacher is not None
    np.testing.assert_allclose(found.teacher.values, same.teacher.values)
    np.testing.assert_allclose(found.student.values, same.student.values)
    np.testing.assert_array_equal(found.index + 1_000, same.index)


# --- agreement ---------------------------------------------------------------------------------


def test_a_model_agrees_with_itself_and_its_mirror_image_in_all_but_signs() -> None:
    values = np.random.default_rng(0).normal(size=(20, 6))
    alike = compared(values, values, values, 0)
    assert (alike[["value", "low", "high", "floor"]] == 1).all().all()
    assert not alike["below_floor"].any()
    mirror = {name: of.mean() for name, of in measures(values, -values).items()}
    assert mirror["rank_correlation"] == mirror["rank_agreement@3"] == 1
    assert mirror["sign_agreement"] == mirror["signed_agreement@5"] == 0


@given(st.integers(0, 10_000), st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_measures_are_shares_and_know_no_names_of_columns(seed: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = (np.round(rng.normal(size=(5, d)), 1) for _ in range(2))
    order = rng.permutation(d)
    found, again = measures(one, other), measures(one[:, order] * 3.0, other[:, order])
    for name, of in found.items():
        known = of[~np.isnan(of)]
        assert np.all(np.abs(known) <= 1 + 1e-12)
        if len(np.unique(np.abs(one))) == one.size and len(np.unique(np.abs(other))) == other.size:
            np.testing.assert_allclose(again[name], of)


def test_the_known_case() -> None:
    teacher = np.array([[5.0, -3.0, 2.0, 0.1, 0.0, 0.0]])
    student = np.array([[4.0, 2.0, 0.0, 0.0, 3.0, 0.0]])
    found = {name: float(of[0]) for name, of in measures(teacher, student).items()}
    assert found["sign_agreement"] == 1 / 2
    assert found["feature_agreement@3"] == pytest.approx(2 / 3)
    assert found["rank_agreement@3"] == found["signed_agreement@3"] == pytest.approx(1 / 3)
    assert found["signed_rank_agreement@3"] == pytest.approx(1 / 3)
    # the teacher has four reasons: there is no fifth to be missed
    assert found["feature_agreement@5"] == 2 / 4
    nothing = measures(np.zeros((1, 6)), np.zeros((1, 6)))
    assert all(np.isnan(of[0]) for name, of in nothing.items() if "pairwise" not in name)


def test_chance_alone_puts_hardly_any_of_all_measures_below_the_floor() -> None:
    rng = np.random.default_rng(0)
    found = []
    for seed in range(100):
        true = rng.normal(size=(20, 8))
        again, other = (true + 0.5 * rng.normal(size=true.shape) for _ in range(2))
        found.append(bool(compared(true, other, again, seed)["below_floor"].any()))
    assert np.mean(found) <= 0.04
    far = compared(true, rng.normal(size=true.shape), again, 0).set_index("measure")
    assert far.loc["rank_correlation", "below_floor"] and far["p"].between(0, 1).all()
    few = compared(true[:4], -true[:4], true[:4], 0)
    assert (few["gap"] > 0).any() and not few["below_floor"].any()
    alone = compared(true, other, None, 0)
    assert alone["p"].isna().all() and not alone["below_floor"].any()


def test_other_reasons_and_ignored_columns_are_found() -> None:
    found = other_reasons()
    assert set(found.findings.codes) == {"ignored-by-student", "other-reasons"}
    assert set(found.unused) == set("abcd")
    judged = found.agreement().set_index("measure")
    assert judged.loc["rank_correlation", "below_floor"]
    assert "the student does not" in found.describe() and "teacher with itself" in repr(found)


def test_a_student_that_is_its_teacher_is_not_below_the_floor() -> None:
    X, z = rows()
    line = LinearRegression().fit(X, z)
    d = plain(line, X, z, student="linear", classes_too=False, size=4)
    found = d.attributions(**FEW)
    assert found.findings.codes == () and found.unused == ()
    judged = found.agreement()
    assert not judged["below_floor"].any() and (judged["value"] > 0.99).all()
