"""Reasons of teacher and student: by which way, how far they agree, and what is said of that."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
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

import jupyter_distill as jd
from jupyter_distill.audits.attributions import Attributions, _shap_run
from jupyter_distill.audits.attributions._alike import compared, measures
from jupyter_distill.audits.attributions._chosen_rows import chosen_rows
from jupyter_distill.audits.attributions._shapley import Game
from jupyter_distill.distillation import Distillation, InterruptedWarning
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent

from .distilling import by_heart, run
from .small import people

FEW: dict[str, Any] = {"n": 12, "background": 20, "progress": False}


def rows(n: int = 300) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"), index=np.arange(n) + 1_000)
    return X, (X["a"] + X["b"] * X["c"]).to_numpy()


def plain(*args: Any, **options: Any) -> Distillation:
    classes = options.pop("classes_too", True)
    tree = TreeStudent(quality="greedy") if classes else TreeRegressionStudent(quality="greedy")
    given = {"augment": None, "size": 4, "student": tree, "random_state": 0, "alpha": 0.0}
    if classes:
        given["temperature"] = 1.0
    return run(*args, **{**given, **options})


@cache
def classes(kind: Any, **options: Any) -> Distillation:
    X, z = rows()
    y = np.where(z > 0, "yes", "no")
    return plain(kind.fit(X, y), X, y, **options)


@cache
def boosted() -> Distillation:
    return classes(GradientBoostingClassifier(n_estimators=15, random_state=0))


@cache
def mixed() -> Distillation:
    """A function over categories, booleans and missing values."""
    X, y = people(300)

    def teacher(rows: Any) -> np.ndarray:
        frame = pd.DataFrame(rows)
        z = frame["income"].astype(float).fillna(30) / 10 - 5
        z = z + 2 * frame["employed"].astype(float) - 3 * (frame["purpose"] == "car")
        return np.column_stack([-z / 2, z / 2])

    teach = jd.as_teacher(teacher, classes=["no", "yes"])
    return plain(teach, X, y, size=5)


@cache
def explained(method: str = "shap") -> Attributions:
    return mixed().attributions(method, evaluations=30_000, **FEW)


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


def other_reasons() -> Attributions:
    """A student of one column, of a teacher that says the same by others."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 5)), columns=list("abcde"))
    X["e"] = X[["a", "b", "c", "d"]].sum(axis=1)
    line = LinearRegression().fit(X[list("abcde")], X["e"])
    line.coef_, line.intercept_ = np.array([1.0, 1.0, 1.0, 1.0, 0.0]), 0.0
    d = plain(line, X, student="linear", size=1, task="regression", classes_too=False)
    return d.attributions(n=40, progress=False)


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


# --- budgets, interrupts, seeds ----------------------------------------------------------------


def asked(d: Distillation) -> tuple[Distillation, list[int]]:
    """The same with a teacher that counts what it is asked."""
    count: list[int] = []
    teacher = d.teacher

    def counts(rows: Any) -> np.ndarray:
        count.append(len(rows))
        return teacher.logits(rows)

    return replace(d, teacher=jd.as_teacher(counts, classes=["no", "yes"])), count


@pytest.mark.parametrize("method", ["shap", "surrogate"])
@pytest.mark.parametrize("evaluations", [2_500, 5_000])
def test_the_budget_is_kept(method: str, evaluations: int) -> None:
    d, count = asked(mixed())
    found = d.attributions(method, evaluations=evaluations, **FEW)
    assert sum(count) <= evaluations
    assert found.teacher is not None and found.again is not None
    assert found.teacher.evaluations + found.again.evaluations == sum(count)


def test_a_service_is_asked_about_no_more_rows_than_there_are() -> None:
    d, count = asked(mixed())
    found = d.attributions(progress=False, background=20)
    assert sum(count) <= d.table.n_rows and "service that costs" in " ".join(found.notes)
    assert "rows were explained instead of" in " ".join(found.notes)


def test_the_same_seed_gives_the_same_to_the_bit_and_another_one_another() -> None:
    again = mixed().attributions(evaluations=30_000, **FEW)
    other = mixed().attributions(evaluations=30_000, random_state=5, **FEW)
    first = explained()
    assert first.teacher is not None and again.teacher is not None
    np.testing.assert_array_equal(first.teacher.values, again.teacher.values)
    pd.testing.assert_frame_equal(first.agreement(), again.agreement())
    assert other.index.tolist() != first.index.tolist()


def test_what_is_gone_on_with_is_what_was_never_stopped() -> None:
    d = mixed()
    part = d.attributions(evaluations=2_600, **FEW)
    whole = d.attributions(evaluations=1_000, resume=part, **FEW)
    rounds = [found._run.games[0].rounds for found in (part, whole)]
    assert 0 < rounds[0] < rounds[1]
    game = copy_of(part)
    game.play(part._run.plan.teacher_says, rounds[1])
    assert whole.teacher is not None
    np.testing.assert_allclose(whole.teacher.values, game.values(), atol=1e-12)
    assert part._run.games[0].rounds == rounds[0]  # the earlier result stays as it was


def copy_of(found: Attributions) -> Game:
    """The teacher's game of a result, from its beginning."""
    one = found._run.games[0]
    game = Game(one.table, one.rows, one.background, one.players, one.seed, one.exact)
    game.begin(found._run.plan.teacher_says)
    return game


def test_an_interrupt_keeps_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    d = mixed()
    monkeypatch.setattr(_shap_run, "AT_A_TIME", 100)
    play, times = Game.play, []

    def stopped(self: Game, ask: Any, rounds: int) -> None:
        times.append(rounds)
        if len(times) == 6:
            raise KeyboardInterrupt
        play(self, ask, rounds)

    monkeypatch.setattr(Game, "play", stopped)
    with pytest.warns(InterruptedWarning, match="resume="):
        found = d.attributions(evaluations=30_000, **FEW)
    assert found._run.games[0].rounds == 3 and found._run.games[1].rounds == 2
    assert any(note.startswith("Interrupted") for note in found.notes)
    monkeypatch.setattr(Game, "play", play)
    whole = d.attributions(evaluations=30_000, resume=found, **FEW)
    first = explained()
    assert whole.teacher is not None and first.teacher is not None
    if whole._run.games[0].rounds == first._run.games[0].rounds:
        np.testing.assert_array_equal(whole.teacher.values, first.teacher.values)
    times[:] = [0] * 5  # before anything is done there is nothing to keep
    monkeypatch.setattr(Game, "play", stopped)
    with pytest.raises(KeyboardInterrupt):
        d.attributions(evaluations=30_000, **FEW)


def test_the_time_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_shap_run, "AT_A_TIME", 100)
    found = mixed().attributions(evaluations=30_000, seconds=1e-9, **FEW)
    assert "time was up" in " ".join(found.notes) and found._run.games[0].rounds == 1


# --- without a teacher to ask ------------------------------------------------------------------


def test_of_other_inputs_or_recorded_answers_the_student_alone_is_explained() -> None:
    X, z = rows()
    answers = np.column_stack([-z, z])
    other = plain(by_heart(answers), X, teacher_inputs=np.arange(len(X)), task="classification")
    recorded = plain(pd.DataFrame(answers, columns=["no", "yes"], index=X.index), X)
    for d, why in ((other, "other inputs"), (recorded, "recorded answers")):
        found = d.attributions(**FEW)
        assert found.teacher is None and why in found.notes[0]
        said = d.student.logits(d.table)[found._run.rows]
        whole = found.student.values.sum(1)[:, 0] + found.student.base[0]
        np.testing.assert_allclose(whole, said[:, 1] - said[:, 0], atol=1e-9)
        assert found.unused == () and "student" in found.frame() and found.describe()
        with pytest.raises(ValueError, match="the student alone"):
            found.agreement()
        local = d.attributions("surrogate", **{**FEW, "n": 2})
        assert local.teacher is None and len(local.index) == 2


# --- rows and refusals -------------------------------------------------------------------------


def test_rows_of_every_kind_are_among_those_drawn() -> None:
    d = boosted()
    drawn = chosen_rows(d, "all", 20, 0)
    assert len(drawn) == 20 and len(set(drawn)) == 20
    teacher = d.targets.predicted[drawn]
    apart = d.student.logits(d.table).argmax(1)[drawn] != teacher
    assert set(teacher) == {0, 1} and apart.any() and not apart.all()
    np.testing.assert_array_equal(chosen_rows(d, [7, 3], 1, 0), [7, 3])
    held_out = chosen_rows(d, "held_out", 10_000, 0)
    np.testing.assert_array_equal(held_out, np.sort(d.rows.held_out))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "shapley"}, 'Did you mean "shap"'),
        ({"rows": "train"}, "places of some rows"),
        ({"rows": [0, 0]}, "each once"),
        ({"rows": [0, 999]}, "each once"),
        ({"scale": "logits"}, "scale"),
        ({"n": 0}, "n to be"),
        ({"background": 1}, "background to be"),
        ({"seconds": 0}, "seconds to be"),
        ({"evaluations": 30}, "evaluations"),
        ({"evaluations": 300, "rows": list(range(50))}, "fewer rows"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        mixed().attributions(**{**FEW, **options})


def test_a_result_of_another_run_is_not_gone_on_with() -> None:
    with pytest.raises(ValueError, match="same distillation"):
        boosted().attributions(resume=explained())
    with pytest.raises(ValueError, match="method='shap'"):
        mixed().attributions("surrogate", resume=explained())
    with pytest.raises(TypeError, match="earlier result"):
        mixed().attributions(resume=3)
    with pytest.raises(KeyError, match="rows that were explained"):
        explained().of("nobody")


def test_rows_that_are_named_keep_their_order_and_their_own_reasons() -> None:
    d, quick = boosted(), {"background": 10, "evaluations": 30_000, "progress": False}
    found = d.attributions("surrogate", rows=[50, 3, 20], **quick)
    assert found.index.tolist() == [1_050, 1_003, 1_020]
    for row, place in ((1_050, 50), (1_003, 3)):
        alone = d.attributions("surrogate", rows=[place, 20], **quick)
        pd.testing.assert_frame_equal(found.of(row), alone.of(row))


def test_a_wide_service_is_asked_enough_to_explain_a_row() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 26))
    d = plain(lambda rows: 1 / (1 + np.exp(-np.column_stack([-rows[:, 0], rows[:, 0]]))), X)
    found = d.attributions(background=10, progress=False)
    assert len(found.index) >= 1 and any("service that costs" in note for note in found.notes)
    audit = d.audit(only=["fidelity", "attributions"], evaluations=30, progress=False)
    assert list(audit.parts) == ["fidelity"]
    assert "enough for one row" in audit.skipped["attributions"]
    asked_of, asked_about = asked(d)
    budget = asked_of.audit(
        expectations={"x0": "+"}, only=["expectations"], evaluations=200, progress=False
    )
    assert list(budget.parts) == ["expectations"] and sum(asked_about) <= 200


def test_what_is_not_gone_on_with_says_so() -> None:
    X, y = people(150)
    d = mixed()
    first = d.attributions(evaluations=5_000, **FEW)
    again = d.attributions(evaluations=3, resume=first, progress=False)
    assert any("Nothing was added" in note for note in again.notes)
    np.testing.assert_array_equal(again.student.values, first.student.values)
