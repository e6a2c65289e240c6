"""Stability: refits on resamples, how far they agree, and what recurs in them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill.audits import stability as audit
from jupyter_distill.audits._recurring import overlap, parts, recurring
from jupyter_distill.audits._shapes_alike import correlation
from jupyter_distill.audits.stability import Stability, _interval
from jupyter_distill.distillation import Distillation, InterruptedWarning
from jupyter_distill.explanation import Explanation, Shape
from jupyter_distill.explanation.shapes import Axis
from jupyter_distill.students.tree import TreeStudent

from .small import distilled, people

FAMILIES = ("tree", "rules", "linear", "ebm", "net")


def rows(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(n, 4)), columns=["first", "second", "third", "fourth"])
    return frame.assign(kind=rng.choice(["red", "green", "blue"], n))


def score(frame: pd.DataFrame) -> np.ndarray:
    return 4 * frame["first"].to_numpy() + (frame["kind"] == "red").to_numpy()


def classes(frame: pd.DataFrame) -> np.ndarray:
    z = score(frame)
    return np.column_stack([-z, z])


def many(frame: pd.DataFrame) -> np.ndarray:
    z = score(frame)
    return np.column_stack([z, 0 * z + 1, -z])


TEACHERS: dict[str, Any] = {
    "classification": (classes, {"classes": ["no", "yes"], "temperature": 1.0}),
    "three classes": (many, {"classes": ["no", "yes", "maybe"], "temperature": 1.0}),
    "regression": (score, {"task": "regression"}),
}


@cache
def run(student: str = "tree", task: str = "classification", size: int = 3) -> Distillation:
    teacher, options = TEACHERS[task]
    quick = {"net": {"epochs": 5}, "tree": {"quality": "greedy"}}.get(student, {})
    options = {**options, **quick}
    return jd.distill(teacher, rows(), student=student, size=size, progress=False, **options)


def measured(d: Distillation, resamples: int = 5, **options: Any) -> Stability:
    found: Stability = d.stability(resamples, progress=False, **options)
    return found


def same(one: Stability, other: Stability) -> None:
    """Assert that two are the same to the bit."""
    pd.testing.assert_frame_equal(one.frame(), other.frame(), check_exact=True)
    for name in ("pairs", "to_student", "fidelity", "agreement", "unanimous", "rmse", "overlap"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# --- what recurs -------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TEACHERS)
@pytest.mark.parametrize("student", FAMILIES)
def test_a_dominant_column_recurs_in_every_family(student: str, task: str) -> None:
    found = measured(run(student, task))
    frame = found.frame().set_index(["kind", "part"])
    assert frame.loc[("column", "first"), "share"] == 1.0
    assert frame.loc[("column", "first"), "in_student"]
    assert frame["share"].between(0, 1).all()
    assert found.refits == len(found.pairs) == 5
    assert found.value == found.agreement.value > 0.7
    assert 0 < found.overlap <= 1
    kinds = set(frame.index.get_level_values("kind"))
    own = {
        "tree": {"root"},
        "rules": {"condition"},
        "linear": {"coefficient"},
        "ebm": {"term"},
        "net": set(),
    }
    assert own[student] <= kinds


def test_of_noise_no_column_recurs() -> None:
    frame = pd.DataFrame(np.random.default_rng(1).normal(size=(300, 12))).rename(columns=str)
    noise = np.random.default_rng(2).normal(size=(300, 2))
    d = jd.distill(
        lambda at: noise[np.asarray(at)],
        frame,
        teacher_inputs=np.arange(300),
        classes=[0, 1],
        size=4,
        temperature=1.0,
        progress=False,
        quality="greedy",
    )
    found = measured(d, 10)
    columns = found.frame().query("kind == 'column'")
    assert (columns["share"] < 1).all()
    assert found.overlap < 0.5 and found.value < measured(run()).value
    assert "0 of" in found.describe() and "a smaller size would steady it" in found.describe()


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


# --- agreement ---------------------------------------------------------------------------------


def test_agreement_is_the_share_of_rows_with_the_same_class(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = {}
    fit = audit.refits
    monkeypatch.setattr(audit, "refits", lambda *a: kept.setdefault("refits", fit(*a)))
    d = run()
    found = measured(d)
    names = [refit.said.argmax(1) for refit in kept["refits"]]
    table, targets = d.held_out
    apart = [(i, k) for i in range(5) for k in range(5) if i != k]
    assert found.value == pytest.approx(np.mean([(names[i] == names[k]).mean() for i, k in apart]))
    own = d.student.output(table).argmax(1)
    for i, of in enumerate(names):
        assert found.to_student[i] == (of == own).mean()
        assert found.fidelity[i] == (of == targets.predicted).mean()
    assert found.agreement.low <= found.value <= found.agreement.high
    assert found.rows == targets.n_rows and found.unanimous <= found.value
    assert np.isnan(found.rmse)


def test_numbers_agree_by_the_variance_that_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {}
    fit = audit.refits
    monkeypatch.setattr(audit, "refits", lambda *a: kept.setdefault("refits", fit(*a)))
    d = run("tree", "regression")
    found = measured(d, 3, rows="all")
    said = [refit.said for refit in kept["refits"]]
    target = d.targets.values
    for i in range(3):
        off = ((said[i] - target) ** 2).mean()
        np.testing.assert_allclose(found.fidelity[i], 1 - off / target.var())
    squared = [((said[i] - said[k]) ** 2).mean() for i, k in ((0, 1), (0, 2), (1, 2))]
    np.testing.assert_allclose(found.value, 1 - np.mean(squared) / target.var())
    np.testing.assert_allclose(found.rmse, np.mean(np.sqrt(squared)))
    assert found.rows == d.table.n_rows and np.isnan(found.unanimous)
    assert np.isnan(found.agreement.low)  # of three refits no interval is known
    assert "(R2) on 300 rows" in found.describe()


def test_where_the_teacher_says_one_number_agreement_has_no_scale() -> None:
    d = jd.distill(lambda X: np.ones(len(X)), rows(), task="regression", size=2, progress=False)
    found = measured(d, 2)
    assert np.isnan(found.value)
    assert "agreement has no scale" in found.describe()


def test_the_interval_draws_refits_and_never_a_refit_against_itself() -> None:
    pairs = np.full((8, 8), 0.5)
    np.fill_diagonal(pairs, 1.0)
    assert _interval(pairs, np.random.default_rng(0)) == pytest.approx((0.5, 0.5, 0.5))
    rng = np.random.default_rng(0)
    pairs = rng.uniform(0.4, 0.6, (20, 20))
    pairs = (pairs + pairs.T) / 2
    found = _interval(pairs, rng)
    assert found.low < found.value < found.high < 0.6


# --- resamples ---------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_to_the_bit_whatever_the_jobs() -> None:
    d = run()
    one = measured(d)
    same(one, measured(d, n_jobs=2))
    with joblib.parallel_config("threading", n_jobs=2):
        same(one, measured(d))
    with joblib.parallel_config("multiprocessing"):  # gives nothing before all is done
        same(one, measured(d))
    same(one, measured(d, random_state=d.random_state))
    assert (one.pairs != measured(d, random_state=7).pairs).any()


def test_more_refits_begin_with_those_of_fewer() -> None:
    d = run()
    np.testing.assert_array_equal(measured(d, 3).pairs, measured(d, 6).pairs[:3, :3])


@pytest.mark.parametrize("student", FAMILIES)
def test_a_resample_is_weights_and_rows_not_drawn_are_absent(
    student: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = run(student)
    learnt, seen = d.rows.learnt, []
    family = type(d.student)
    sweep = family.sweep

    def watched(self: Any, rows: Any, targets: Any, sizes: Any) -> Any:
        seen.append((targets.weights, self.get_params(), sizes))
        return sweep(self, rows, targets, sizes)

    monkeypatch.setattr(family, "sweep", watched)
    measured(d, 2)
    for weights, settings, sizes in seen:
        assert weights.sum() == len(learnt)
        assert 0.3 < (weights == 0).mean() < 0.45  # 1 / e
        assert (weights == np.round(weights)).all()
        assert settings["alpha"] == d.alpha and settings["temperature"] == d.temperature
        assert tuple(sizes) == (d.size,)


def test_rows_that_weigh_nothing_are_never_drawn() -> None:
    d = run()
    weights = np.ones(d.table.n_rows)
    absent = d.rows.learnt[::3]
    weights[absent] = 0.0
    logits = d.targets.logits.copy()
    weighted = replace(d, targets=replace(d.targets, weights=weights))
    logits[absent] *= -1
    turned = replace(d, targets=replace(d.targets, logits=logits, weights=weights))
    one, other = measured(weighted), measured(turned)
    np.testing.assert_array_equal(one.pairs, other.pairs)
    np.testing.assert_array_equal(one.fidelity, other.fidelity)


def test_refits_keep_the_constraints() -> None:
    d = jd.distill(
        classes,
        rows(),
        classes=["no", "yes"],
        size=4,
        temperature=1.0,
        progress=False,
        constraints=jd.Constraints(forbid=["first"]),
        quality="greedy",
    )
    columns = measured(d, 3).frame().query("kind == 'column'")["part"]
    assert "first" not in set(columns)


def test_the_distillation_stays_as_it_was() -> None:
    d = run("linear")
    before = d.student.output(d.table)
    memory = len(d._prepared[0]._chosen)
    measured(d, 2)
    np.testing.assert_array_equal(d.student.output(d.table), before)
    assert len(d._prepared[0]._chosen) == memory


# --- said --------------------------------------------------------------------------------------


def test_it_is_said_in_three_sentences() -> None:
    frame, y = people()
    d = distilled(frame, y, size=4, temperature=1.0, quality="greedy")
    found = measured(d, 5)
    text = found.describe()
    assert text.count(". ") <= 2 and text.endswith(".")
    assert "fitted to 5 resamples" in text and "120 held-out rows" in text
    assert "income is asked first in" in text
    assert text in repr(found) and "in_student" in repr(found)
    given = found.frame()
    given["share"] = 0.0
    assert (found.frame()["share"] > 0).any()  # a copy was given


def test_what_is_poor_says_what_would_help() -> None:
    found = measured(run())

    def said(value: float, shared: float = 1.0) -> str:
        agreement = found.agreement._replace(value=value)
        return replace(found, agreement=agreement, overlap=shared).describe()

    assert "depend much on the rows" in said(0.5) and "more rows" in said(0.5)
    assert "fairly steady" in said(0.8) and "smaller size" in said(0.8)
    assert said(0.95).endswith("Its answers are steady.")
    assert "its reasons are not" in said(0.95, 0.3) and "leave some" in said(0.95, 0.3)


# --- refused and interrupted -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"resamples": 1}, ValueError, "Expected resamples to be a whole number >= 2. Got 1"),
        ({"resamples": 2.5}, TypeError, "Expected resamples to be a whole number"),
        ({"rows": "learnt"}, ValueError, "Expected rows to be one of 'held_out', 'all'"),
        ({"random_state": -1}, ValueError, "Expected random_state"),
        ({"n_jobs": 0}, ValueError, "Expected n_jobs to be a whole number other than 0. Got 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: Any, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        run().stability(progress=False, **options)


def test_few_rows_are_refused() -> None:
    d = jd.distill(
        classes, rows(22), classes=["no", "yes"], size=2, temperature=1.0, progress=False
    )
    with pytest.raises(ValueError, match="at least 20 rows, to resample them. Got 1[78]"):
        d.stability(progress=False)
    d = run()
    few = replace(d, rows=replace(d.rows, held_out=d.rows.held_out[:3]))
    with pytest.raises(ValueError, match=r"at least 5 rows.*Got 3.*Take rows=\"all\""):
        few.stability(progress=False)
    assert measured(few, 2, rows="all").rows == 300


def interrupted(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    sweep, calls = TreeStudent.sweep, iter(range(1, 1_000))

    def tiring(self: TreeStudent, *args: Any) -> Any:
        if next(calls) == at:
            raise KeyboardInterrupt
        return sweep(self, *args)

    monkeypatch.setattr(TreeStudent, "sweep", tiring)


def test_an_interrupt_keeps_the_refits_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    d = run()
    whole = measured(d, 3)
    interrupted(monkeypatch, at=4)
    with pytest.warns(InterruptedWarning, match="3 of 10 refits were done"):
        found = measured(d, 10)
    np.testing.assert_array_equal(found.pairs, whole.pairs)
    assert found.refits == 3 and "3 of 10 refits" in found.notes[0]
    assert "Interrupted" in repr(found)


def test_an_interrupt_of_the_second_refit_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    d = run()
    interrupted(monkeypatch, at=2)
    with pytest.raises(KeyboardInterrupt):
        measured(d)
