"""Stability: refits on resamples, how far they agree, and what recurs in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill.audits import _refits
from jupyter_distill.audits import stability as audit
from jupyter_distill.audits._agreement import interval
from jupyter_distill.audits._recurring import parts
from jupyter_distill.audits.stability import Stability
from jupyter_distill.distillation import InterruptedWarning, Resamples, Work
from jupyter_distill.students.tree import TreeStudent

from .refitted import FAMILIES, TEACHERS, classes, measured, rows, run
from .small import distilled, people


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
    assert f"No column is in all refits, {len(columns)} in some" in found.describe()
    assert "a smaller size would steady it" in found.describe()


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
    d = jd.distill(
        lambda X: np.ones(len(X)),
        rows(),
        task="regression",
        size=2,
        quality="greedy",
        progress=False,
    )
    found = measured(d, 2)
    assert np.isnan(found.value)
    text = found.describe()
    assert "agreement has no scale" in text and "differ by 0 (RMSE)" in text
    assert "nan" not in text


def test_the_interval_draws_refits_and_never_a_refit_against_itself() -> None:
    pairs = np.full((8, 8), 0.5)
    np.fill_diagonal(pairs, 1.0)
    assert interval(pairs, np.random.default_rng(0)) == pytest.approx((0.5, 0.5, 0.5))
    rng = np.random.default_rng(0)
    pairs = rng.uniform(0.4, 0.6, (20, 20))
    pairs = (pairs + pairs.T) / 2
    found = interval(pairs, rng)
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
    whole, *resamples = seen
    assert whole[0] is None and len(resamples) == 2
    for weights, settings, sizes in resamples:
        assert weights.sum() == len(learnt)
        assert 0.3 < (weights == 0).mean() < 0.45  # 1 / e
        assert (weights == np.round(weights)).all()
        assert settings["alpha"] == d.alpha and settings["temperature"] == d.temperature
        assert d.size in sizes
    assert (resamples[0][0] != resamples[1][0]).any()


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("student", FAMILIES)
def test_on_the_rows_themselves_a_refit_is_the_student(
    student: str, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = run(student, task, 2)
    monkeypatch.setattr(Resamples, "draw", lambda self, seed: (None, d.course.targets))
    own = d.student.output(d.table)
    seed = np.random.SeedSequence(0)
    (again,) = _refits.refits(d, d.table, [seed], Work(False), Resamples(d))
    np.testing.assert_allclose(again.said, own, rtol=1e-7, atol=1e-9)
    assert parts(again.explanation).keys() == parts(d.student.explain()).keys()


def test_a_row_is_drawn_with_all_that_it_weighs() -> None:
    d = run()
    weights = np.tile([0.0, 2.5, 0.5], d.table.n_rows // 3)
    learnt = weights[d.rows.learnt]
    course = replace(d.course, targets=replace(d.course.targets, weights=learnt))
    weighted = replace(d, courses={d.family: course})
    _, drawn = Resamples(weighted).draw(np.random.SeedSequence(0))
    weights, there = learnt, learnt > 0
    assert (drawn.weights[~there] == 0).all()
    times = drawn.weights[there] / weights[there]
    assert (times == np.round(times)).all() and times.sum() == there.sum()


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
    options = {**TEACHERS["classification"][1], "student": "ebm", "quality": "greedy"}
    d = jd.distill(classes, rows(), size=2, progress=False, **options)
    before = d.student.output(d.table)
    memory = len(d.course.prepared.kept)
    measured(d, 2)
    np.testing.assert_array_equal(d.student.output(d.table), before)
    assert len(d.course.prepared.kept) == memory


# --- said --------------------------------------------------------------------------------------


def test_it_is_said_in_three_sentences() -> None:
    frame, y = people()
    d = distilled(frame, y, size=4, temperature=1.0, quality="greedy")
    found = measured(d, 5)
    text = found.describe()
    assert text.count(". ") <= 2 and text.endswith(".")
    assert "fitted to 5 resamples" in text and "120 held-out rows" in text
    assert "All refits use income" in text and "income is asked first in" in text
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
    assert "its reasons are not" in said(0.95, 0.3) and "leaving some" in said(0.95, 0.3)


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
        classes,
        rows(22),
        classes=["no", "yes"],
        size=2,
        temperature=1.0,
        progress=False,
        quality="greedy",
    )
    with pytest.raises(ValueError, match="at least 20 real rows, to resample them. Got 1[78]"):
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
    interrupted(monkeypatch, at=5)  # the first fit is that of the student
    with pytest.warns(InterruptedWarning, match="3 of 10 refits were done"):
        found = measured(d, 10)
    np.testing.assert_array_equal(found.pairs, whole.pairs)
    assert found.refits == 3 and "3 of 10 refits" in found.notes[0]
    assert "Interrupted" in repr(found)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_interrupt_before_two_refits_stops(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    d = run()
    interrupted(monkeypatch, at)
    with pytest.raises(KeyboardInterrupt):
        measured(d)
