"""The family `ebm`: shapes boosted by interpret, chosen and refitted by the exact loss."""

from __future__ import annotations

import pickle
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from jupyter_distill import _optional
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table
from jupyter_distill.students._bins import Binned
from jupyter_distill.students._ebm_boost import boost
from jupyter_distill.students._ebm_fit import Hold, bent, scaled
from jupyter_distill.students._ebm_goal import Goal, Merged, NumberGoal, SoftGoal
from jupyter_distill.students._ebm_terms import added, own, place_all
from jupyter_distill.students.ebm import EbmRegressionStudent, EbmStudent
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss

from .ebms import numbers, rows, teacher
from .small import people


def goal_of(frame: pd.DataFrame, targets: Any, loss: Any) -> tuple[Binned, Merged, Goal]:
    binned = Binned.of(Table.of(frame))
    merged = Merged.of(binned.codes, targets.weights)
    kind = NumberGoal if isinstance(targets, Predictions) else SoftGoal
    return binned, merged, kind(merged, targets, loss)


def boosted(frame: pd.DataFrame, binned: Binned, merged: Merged, goal: Goal, pairs: int = 0) -> Any:
    return boost(
        merged.codes,
        binned.n_codes,
        binned.categorical,
        goal,
        columns=list(range(frame.shape[1])),
        pairs=pairs,
        unpaired=frozenset(),
        seed=0,
    )


# --- what is minimised -------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("alpha", "temperature"), [(0.0, 1.0), (0.3, 3.0), (1.0, 1.0)])
def test_the_goal_is_the_composite_loss_of_the_rows(
    classes: int, alpha: float, temperature: float
) -> None:
    frame = rows(200)[["kind", "flag"]]  # few codes: many rows are merged
    loss = CompositeLoss(alpha, temperature)
    targets = teacher(rows(200), classes)
    binned, merged, goal = goal_of(frame, targets, loss)
    assert len(merged.weights) == 6
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(2, 6, goal.outputs))
    of_row = merged._into  # every row has weight

    def whole(z: np.ndarray) -> float:
        return 200 * loss((np.hstack([0 * z, z]) if goal.binary else z)[of_row], targets)

    assert goal.value(one) - goal.value(two) == pytest.approx(whole(one) - whole(two))
    slope, curve = goal.slope_and_curve(one)
    for i, j in np.ndindex(slope.shape):
        step = np.zeros_like(one)
        step[i, j] = 1e-4
        up, here, down = (whole(one + s) for s in (step, 0 * step, -step))
        assert slope[i, j] == pytest.approx((up - down) / 2e-4, abs=1e-5)
        assert curve[i, j] == pytest.approx((up - 2 * here + down) / 1e-8, abs=1e-3, rel=1e-3)


def test_the_goal_of_numbers_is_the_squared_loss_of_the_rows() -> None:
    frame, targets = rows(200)[["kind", "flag"]], numbers(rows(200))
    loss = SquaredLoss(0.3)
    _, merged, goal = goal_of(frame, targets, loss)
    one, two = np.random.default_rng(0).normal(size=(2, 6, 1))

    def whole(z: np.ndarray) -> float:
        return 200 * loss(goal.unit * z[merged._into, 0] + goal.centre, targets)

    difference = (whole(one) - whole(two)) / (2 * goal.unit**2)
    assert goal.value(one) - goal.value(two) == pytest.approx(difference)


# --- what interpret says -----------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 3])
def test_the_boosted_shapes_say_what_interpret_says(classes: int) -> None:
    frame = rows()
    binned, merged, goal = goal_of(frame, teacher(frame, classes), CompositeLoss())
    found = boosted(frame, binned, merged, goal)
    placed = place_all(found.terms, merged.codes)
    ours = added(placed, own(placed), found.intercept, len(merged.weights))
    theirs = found.model.decision_function(found.frame)
    np.testing.assert_allclose(
        ours[:, found.order] if classes == 3 else ours[:, 0], theirs, atol=1e-12
    )


def test_the_boosted_shapes_of_a_number_say_what_interpret_says() -> None:
    frame = rows()
    binned, merged, goal = goal_of(frame, numbers(frame), SquaredLoss())
    found = boosted(frame, binned, merged, goal)
    placed = place_all(found.terms, merged.codes)
    ours = added(placed, own(placed), found.intercept, len(merged.weights))
    np.testing.assert_allclose(ours[:, 0], found.model.predict(found.frame), atol=1e-12)


@pytest.mark.parametrize(("alpha", "temperature"), [(0.1, 1.0), (0.1, 4.0), (0.8, 2.0)])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_loss_falls_by_stretching_and_again_by_bending(
    classes: int, alpha: float, temperature: float
) -> None:
    frame = rows()
    loss = CompositeLoss(alpha, temperature)
    binned, merged, goal = goal_of(frame, teacher(frame, classes), loss)
    found = boosted(frame, binned, merged, goal)
    placed = place_all(found.terms, merged.codes)
    n = len(merged.weights)
    before = goal.value(added(placed, own(placed), found.intercept, n))
    shapes, intercept = scaled(goal, placed, own(placed), found.intercept)
    stretched = goal.value(added(placed, shapes, intercept, n))
    fit = bent(goal, placed, shapes, intercept, cycles=30)
    assert before > stretched > fit.value
    np.testing.assert_allclose(added(placed, fit.shapes, fit.intercept, n), fit.z, atol=1e-9)
    for t, shape in shapes.items():  # a factor that is not negative
        assert (shape * placed[t].term.scores >= 0).all()


@given(st.integers(0, 1000), st.booleans())
def test_a_newton_step_minimises_the_quadratic_model(seed: int, ordered: bool) -> None:
    rng = np.random.default_rng(seed)
    scores = np.zeros((rng.integers(2, 9), 2))
    term = SimpleNamespace(features=(0,), scores=scores, ordered=ordered)
    hold = Hold(SimpleNamespace(term=term))  # type: ignore[arg-type]
    slope, moved = rng.normal(size=(2, *scores.shape))
    curve = rng.random(scores.shape)

    def model(step: np.ndarray) -> float:
        return float((slope * step + curve * step**2 / 2).sum()) + hold.cost(moved + step)

    step = hold.newton(slope.copy(), curve.copy(), moved)
    for _ in range(5):
        assert model(step) <= model(step + 0.1 * rng.normal(size=scores.shape)) + 1e-9


@pytest.mark.parametrize("factor", [2.0, 0.5, 1000.0])
@pytest.mark.parametrize("classes", [2, 3])
def test_twice_the_weight_moves_the_answers_a_little(classes: int, factor: float) -> None:
    frame = rows()
    targets = teacher(frame, classes)
    weights = np.random.default_rng(0).choice([1.0, 2.0], len(frame))
    one, other = (
        SoftTargets(targets.logits, targets.classes, targets.labels, w)
        for w in (weights, factor * weights)
    )
    shapes = []
    for each in (one, other):
        found = boosted(frame, *goal_of(frame, each, CompositeLoss()))
        shapes.append(np.concatenate([term.scores for term in found.terms]))
    np.testing.assert_allclose(shapes[0], shapes[1], atol=1e-9)
    if factor < 1000:
        fits = [EbmStudent(6).fit_soft(frame, each).logits(frame) for each in (one, other)]
        assert np.abs(fits[0] - fits[1]).mean() < 0.02


# --- the student -------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 3])
def test_contributions_add_up_to_the_answer(classes: int) -> None:
    frame = rows()
    student = EbmStudent(size=4, interactions=True).fit_soft(frame, teacher(frame, classes))
    total = student.contributions(frame).sum(1) + student.intercept_
    logits = student.logits(frame)
    if classes == 2:
        total, logits = total[:, 0], logits[:, 1] - logits[:, 0]
    np.testing.assert_allclose(total, logits, atol=1e-9)
    for term in student.terms_:  # a contribution is told from the average one
        np.testing.assert_allclose(term.support @ term.scores, 0, atol=1e-6)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_there_are_at_most_so_many_terms_and_the_larger_hold_the_smaller(size: int) -> None:
    frame = rows()
    large = EbmStudent(size=6).fit_soft(frame, teacher(frame))
    small = large.at_size(size)
    assert len(small.terms_) == size
    assert small.title_ == ("EBM of 1 term" if size == 1 else f"EBM of {size} terms")
    features = [{t.features for t in s.terms_} for s in (small, large)]
    assert features[0] < features[1]
    assert small.complexity_.to_dict() == {"features": size, "terms": size}
    assert small.complexity_.scores == 1
    assert EbmStudent(size).fit_soft(frame, teacher(frame, 3)).complexity_.scores == 3


def test_the_terms_that_matter_are_taken() -> None:
    frame = rows(2_000)
    student = EbmStudent(size=3).fit_soft(frame, teacher(frame))
    taken = {frame.columns[t.features[0]] for t in student.terms_}
    assert {"a", "b"} < taken <= {"a", "b", "c", "kind"}


def test_a_pair_is_found_where_only_a_pair_helps() -> None:
    frame = rows(2_000)
    z = 3 * np.sign(frame["a"] * frame["c"])
    targets = SoftTargets(np.column_stack([-z / 2, z / 2]), np.array(["no", "yes"]))
    alone = EbmStudent(size=3, alpha=0.0).fit_soft(frame, targets)
    paired = EbmStudent(size=3, alpha=0.0, interactions=3).fit_soft(frame, targets)
    agreement = [(s.logits(frame).argmax(1) == targets.predicted).mean() for s in (alone, paired)]
    assert agreement[0] < 0.75 < 0.95 < agreement[1]
    assert (0, 2) in [t.features for t in paired.terms_]
    again = pickle.loads(pickle.dumps(paired))
    np.testing.assert_array_equal(again.logits(frame), paired.logits(frame))


def test_a_number_is_learnt_in_its_own_unit() -> None:
    frame = rows(1_000)
    targets = numbers(frame)
    student = EbmRegressionStudent(size=6).fit_soft(frame, targets)
    assert 1 - np.mean((student.predict(frame) - targets.values) ** 2) / targets.values.var() > 0.9
    far = Predictions(1e6 * targets.values + 1e8, 1e6 * targets.truth + 1e8)
    other = EbmRegressionStudent(size=6).fit_soft(frame, far)
    np.testing.assert_allclose(other.predict(frame), 1e6 * student.predict(frame) + 1e8, rtol=1e-4)


def test_a_category_never_seen_counts_as_missing() -> None:
    frame, y = people()
    frame.loc[::7, "purpose"] = None
    student = EbmStudent().fit(frame, y)
    missing, new = frame.copy(), frame.copy()
    missing["purpose"], new["purpose"] = None, "boat"
    np.testing.assert_array_equal(student.logits(new), student.logits(missing))
    assert np.abs(student.logits(new) - student.logits(frame)).max() > 0.1


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("alpha", "temperature"), [(0.0, 1.0), (0.0, 4.0), (0.1, 2.0)])
def test_a_constant_answer_needs_no_term(classes: int, alpha: float, temperature: float) -> None:
    frame = rows(300)
    targets = SoftTargets(
        np.tile([0.3, 2.0, -1.0][:classes], (300, 1)), np.arange(classes), np.ones(300, dtype=int)
    )
    student = EbmStudent(3, alpha, temperature).fit_soft(frame, targets)
    assert student.title_ == "EBM of 0 terms"
    number = EbmRegressionStudent(3, 0.0).fit_soft(frame, Predictions(np.full(300, 7.3)))
    assert number.title_ == "EBM of 0 terms"
    np.testing.assert_allclose(number.predict(frame), 7.3, rtol=1e-12)


def test_a_term_that_is_required_is_kept_though_it_adds_nothing() -> None:
    frame = rows(300)
    targets = SoftTargets(np.tile([0.0, 2.0], (300, 1)), np.arange(2))
    kept = Constraints(require=("c",))
    student = EbmStudent(3, 0.0, constraints=kept).fit_soft(frame, targets)
    assert [term.features for term in student.terms_] == [(2,)]


def test_pilots_of_all_temperatures_start_from_shapes_that_are_boosted_once() -> None:
    frame = rows(300)
    targets = teacher(frame, 3)
    tried = EbmStudent(4).pilot()
    prepared = tried.prepare(Table.of(frame), None)
    shared = [clone(tried).set_params(temperature=T) for T in (0.5, 1.0, 4.0)]
    alone = [clone(student).fit_soft(frame, targets) for student in shared]
    for student, other in zip(shared, alone, strict=True):
        student.fit_soft(prepared, targets)
        np.testing.assert_array_equal(student.logits(frame), other.logits(frame))
    assert len(prepared.kept) == 1
    assert np.abs(alone[0].logits(frame) - alone[2].logits(frame)).max() > 0.1
    clone(tried).set_params(alpha=0.5).fit_soft(prepared, targets)  # another question
    clone(tried).fit_soft(prepared, teacher(frame.iloc[::-1], 3))
    assert len(prepared.kept) == 3


def test_a_pilot_has_the_sizes_that_were_swept_and_no_other() -> None:
    frame = rows(300)
    targets = teacher(frame)
    tried = EbmStudent().pilot()
    swept = clone(tried).sweep(frame, targets, (1, 4, 9))
    assert [len(student.terms_) for student in swept] == [1, 4, 6]  # there are six columns
    whole = clone(tried).set_params(size=9).fit_soft(frame, targets)
    for student in swept:
        of_size = whole.at_size(student.size)
        np.testing.assert_array_equal(student.logits(frame), of_size.logits(frame))
    assert len(swept[2].at_size(7).terms_) == 6
    with pytest.raises(ValueError, match="a size that was swept: 1, 4, 6. Got 3. Sweep it as well"):
        swept[2].at_size(3)


def test_columns_that_say_nothing_are_no_terms() -> None:
    frame = pd.DataFrame({"same": np.ones(50), "none": np.full(50, np.nan)})
    y = np.arange(50) % 5 == 0
    student = EbmStudent().fit(frame, y)
    assert student.title_ == "EBM of 0 terms"
    np.testing.assert_allclose(student.predict_proba(frame)[:, 1], 0.2, atol=1e-6)


def test_a_class_that_no_row_is_of_is_improbable() -> None:
    frame = rows(200)
    targets = teacher(frame, 2)
    z = np.column_stack([targets.logits, np.full(200, -20.0)])
    student = EbmStudent(alpha=0.0).fit_soft(frame, SoftTargets(z, np.array(["a", "b", "c"])))
    assert student.predict_proba(frame)[:, 2].max() < 0.05


def test_the_fitted_student_does_without_interpret() -> None:
    frame = rows(100)
    student = EbmStudent().fit_soft(frame, teacher(frame))
    code = (
        "import pickle, sys; s, X = pickle.load(sys.stdin.buffer); s.predict_proba(X);"
        "print('interpret' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps((student, frame)),
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == [b"False"]


def test_without_interpret_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}", name="interpret")

    monkeypatch.setattr(_optional, "import_module", missing)
    with pytest.raises(ImportError, match=r'pip install "jupyter-distill\[ebm\]"'):
        EbmStudent().fit_soft(rows(50), teacher(rows(50)))


def test_interactions_must_be_counted() -> None:
    with pytest.raises(ValueError, match="interactions to be a whole number >= 0. Got -1"):
        EbmStudent(interactions=-1).fit_soft(rows(50), teacher(rows(50)))
