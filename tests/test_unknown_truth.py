"""Every family of students learns from rows whose truth is unknown beside rows where it is known.

What such rows are worth follows from the loss, so that it can be written down in other rows, whose
truth is known, and the student has to be the same.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

import jupyter_distill as jd
from jupyter_distill import students
from jupyter_distill.data import Table
from jupyter_distill.students import Student, _quality
from jupyter_distill.targets import KL, CompositeLoss, Predictions, SoftTargets, Targets, soften

from .families import TASKS
from .small import people

torch.set_num_threads(1)

N = 160
ALPHA = 0.6
FRAME = people(N)[0]  # categories, booleans, missing values


@pytest.fixture(params=students.names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=TASKS)
def task(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def made(name: str, task: str, **settings: Any) -> Student:
    settings = {"size": 6, "alpha": ALPHA, "random_state": 0, **settings}
    if name == "net":
        settings = {"epochs": 20, **settings, "size": 2}
    if name == "rules":  # which are made of trees, and those are searched for below
        settings["quality"] = "greedy"
    return students.load(name, "regression" if task == "regression" else "classification")(
        **settings
    )


def taught(task: str, frame: pd.DataFrame = FRAME, seed: int = 0) -> Targets:
    """What a smooth teacher says, and the truth with noise in it."""
    rng = np.random.default_rng(seed)
    income = (frame["income"].fillna(20) / 20 - 2.5).to_numpy()
    car = (frame["purpose"] == "car").to_numpy(float)
    if task == "regression":
        score = income + 2 * car
        return Predictions(score, score + rng.normal(size=len(frame)) + frame["employed"])
    z = np.column_stack([income, 2 * car - income, frame["employed"] - income / 2])
    z = z[:, : 2 if task == "binary" else 3]
    labels = (z + frame["age"].to_numpy()[:, None] / 60 * [1, -1, 0][: z.shape[1]]).argmax(1)
    return SoftTargets(z, ["no", "yes", "maybe"][: z.shape[1]], labels)


def unknown(targets: Targets, weights: np.ndarray | None = None) -> Targets:
    """The same rows without their truth."""
    if isinstance(targets, Predictions):
        return Predictions(targets.values, weights=weights)
    return SoftTargets(targets.logits, targets.classes, weights=weights)


def weighted(targets: Targets, weights: np.ndarray) -> Targets:
    if isinstance(targets, Predictions):
        return Predictions(targets.values, targets.truth, weights)
    return SoftTargets(targets.logits, targets.classes, targets.labels, weights)


def join(*targets: Targets) -> Targets:
    return targets[0].join(*targets[1:])  # type: ignore[arg-type]


def learnt(student: Student, rows: list[pd.DataFrame], targets: Targets) -> Student:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jd.students.DensityWarning)
        return student.fit_soft(pd.concat(rows, ignore_index=True), targets)


def alike(name: str, one: Student, other: Student, targets: Targets, close: float = 1e-6) -> None:
    """Assert that two students are one; nets, which are not convex, that they are as good."""
    if name != "net":
        a, b = (s.output(FRAME) for s in (one, other))
        if isinstance(targets, SoftTargets):
            a, b = soften(a), soften(b)
        np.testing.assert_allclose(a, b, atol=close)
        return
    loss = one._loss()
    a, b = (loss(s.output(FRAME), targets) for s in (one, other))  # type: ignore[arg-type]
    nothing = loss(0 * one.output(FRAME), targets)  # type: ignore[arg-type]
    assert abs(a - b) < 0.05 * nothing


# --- what rows without truth are worth ---------------------------------------------------------


@pytest.mark.parametrize("copies", [1, 3])
def test_rows_once_more_without_truth_lessen_alpha(name: str, task: str, copies: int) -> None:
    """At T = 1, n rows and w times the same without truth are n rows of 1 + w at alpha / (1 + w).

    The loss of both together is ``(1 + w) [alpha' CE(y) + (1 - alpha') KL(q)]``.
    """
    known = taught(task)
    more = unknown(known, np.full(N, float(copies)))
    both = learnt(made(name, task), [FRAME, FRAME], join(known, more))
    fewer = made(name, task, alpha=ALPHA / (1 + copies))
    heavier = weighted(known, np.full(N, 1.0 + copies))
    alike(name, learnt(fewer, [FRAME], heavier), both, known)


@pytest.mark.parametrize("T", [0.5, 3.0])
def test_a_row_without_label_is_the_row_with_every_label_as_the_teacher_has_them(
    name: str, T: float
) -> None:
    """At any T: the cross-entropy is linear in the label."""
    known = taught("three classes")
    assert isinstance(known, SoftTargets)
    some = known.take(slice(0, 60))
    rest, others = unknown(known.take(slice(60, None))), FRAME[60:]
    every = SoftTargets(
        np.repeat(known.logits[60:], 3, axis=0),
        known.classes,
        np.tile([0, 1, 2], N - 60),
        known.at(1.0)[60:].ravel(),
    )
    settings: dict[str, Any] = {"temperature": T}
    if name in ("tree", "rules", "linear"):
        settings["objective"] = "distribution"  # names are the teacher's where truth is unknown
    student = made(name, "three classes", **settings)
    one = learnt(clone(student), [FRAME[:60], others], join(some, rest))
    thrice = others.loc[others.index.repeat(3)]
    other = learnt(clone(student), [FRAME[:60], thrice], join(some, every))
    alike(name, one, other, known)


def test_a_number_without_truth_is_one_whose_truth_is_the_teacher_s(name: str) -> None:
    known = taught("regression")
    assert isinstance(known, Predictions) and known.truth is not None
    lost = np.arange(N) % 3 > 0
    some = Predictions(known.values, np.where(lost, np.nan, known.truth))
    told = Predictions(known.values, np.where(lost, known.values, known.truth))
    one, other = (learnt(made(name, "regression"), [FRAME], t) for t in (some, told))
    np.testing.assert_array_equal(one.output(FRAME), other.output(FRAME))


def test_truth_that_is_known_of_hardly_any_row_hardly_counts(name: str, task: str) -> None:
    """At T = 1 nothing but one light row is left of alpha."""
    known = taught(task)
    weights = np.where(np.arange(N + 1) < 1, 1e-6, 1.0)
    few = weighted(join(known.take([0]), unknown(known)), weights)
    one = learnt(made(name, task), [FRAME[:1], FRAME], few)
    other = learnt(made(name, task, alpha=0.0), [FRAME], unknown(known))
    alike(name, one, other, known, close=1e-3)


# --- weights, gaps, odds and ends --------------------------------------------------------------


def test_rows_without_weight_are_absent_whatever_is_known_of_them(name: str, task: str) -> None:
    known, seed = taught(task), np.random.default_rng(1)
    lost = np.flatnonzero(seed.random(N) < 0.5)
    targets = join(known, unknown(known, np.where(np.isin(np.arange(N), lost), 0.0, 2.0)))
    with_them = learnt(made(name, task), [FRAME, FRAME], targets)
    kept = np.flatnonzero(targets.weights)  # type: ignore[arg-type]
    rows = pd.concat([FRAME, FRAME], ignore_index=True).iloc[kept]
    without = learnt(made(name, task), [rows], targets.take(kept))
    np.testing.assert_allclose(with_them.output(FRAME), without.output(FRAME), atol=1e-6)


def test_all_that_a_student_does_it_does_with_rows_without_truth(name: str, task: str) -> None:
    """A sweep, smaller sizes, explanations, prepared rows, values that only such rows have."""
    known = taught(task)
    strange = FRAME.assign(purpose=FRAME["purpose"].replace("house", "boat"))
    strange.loc[::2, ["income", "purpose"]] = np.nan
    rows = Table.of(pd.concat([FRAME, strange], ignore_index=True))
    first, second = rows.take(np.arange(N)), rows.take(np.arange(N, 2 * N))
    table, targets = first.join(second), join(known, unknown(known))
    student = made(name, task)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jd.students.DensityWarning)
        swept = student.sweep(student.prepare(table, targets.weights), targets, [2, 3])
    for one in (*swept, swept[1].at_size(2)):
        assert np.isfinite(one.output(rows)).all()
        assert len(one.explain(table, targets).frame()) >= 0


def test_a_pilot_on_rows_of_which_no_truth_is_known(
    name: str, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share of the rows is drawn by lot, and the lot may miss all of the known ones."""
    monkeypatch.setattr(_quality, "TRIED_ON", 40)
    known, tried = taught(task), _quality.drawn(None, N, 0)
    assert tried is not None
    one = int(np.setdiff1d(np.arange(1, N - 1), tried)[0])
    before, after = (unknown(known.take(part)) for part in (slice(0, one), slice(one + 1, None)))
    targets = join(before, known.take([one]), after)
    assert targets.known is not None and not targets.known[tried].any()
    pilot = learnt(made(name, task).pilot(), [FRAME], targets)
    assert np.isfinite(pilot.output(FRAME)).all()


@pytest.mark.parametrize("family", ["tree", "rules"])
def test_directions_are_kept_with_rows_without_truth(family: str, task: str) -> None:
    asked: Any = {"income": "+"} if task != "three classes" else {"income": {"no": "+"}}
    known = taught(task)
    student = made(family, task, constraints=jd.Constraints(monotone=asked))
    fitted = learnt(student, [FRAME, FRAME], join(known, unknown(known)))
    steps = FRAME.loc[[0] * 40].assign(income=np.linspace(0, 120, 40))
    said = fitted.output(steps)
    along = said if task == "regression" else soften(said)[:, 0 if "th" in task else 1]
    assert (np.diff(along) >= -1e-9).all()


# --- what it is good for -----------------------------------------------------------------------

KNOWN, SEEDS = 40, 3


@cache
def _cancer(seed: int) -> tuple[pd.DataFrame, SoftTargets]:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X = X.iloc[:, :10]
    order = np.random.default_rng(seed).permutation(len(X))
    X, y = X.iloc[order], y.iloc[order]
    teacher = RandomForestClassifier(60, min_samples_leaf=3, random_state=0).fit(X[:400], y[:400])
    p = teacher.predict_proba(X)
    return X, SoftTargets.from_probabilities(p, [0, 1], y.to_numpy())


def _kl(name: str, seed: int) -> tuple[float, float]:
    """Return KL(teacher || student) on rows held out, without and with rows of unknown truth."""
    X, said = _cancer(seed)
    known, more, held = said.take(slice(KNOWN)), said.take(slice(KNOWN, 400)), slice(400, None)
    student = made(name, "binary", alpha=0.1)
    one = learnt(clone(student), [X[:KNOWN]], known)
    other = learnt(clone(student), [X[:400]], join(known, unknown(more)))
    a, b = (KL(s.output(X[held]), said.take(held)) for s in (one, other))
    return a, b


@cache
def _sugar(seed: int) -> tuple[pd.DataFrame, Predictions]:
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    order = np.random.default_rng(seed).permutation(len(X))
    X, y = X.iloc[order], y.iloc[order]
    teacher = RandomForestRegressor(60, min_samples_leaf=3, random_state=0).fit(X[:300], y[:300])
    return X, Predictions(teacher.predict(X), y.to_numpy())


def _squared(name: str, seed: int) -> tuple[float, float]:
    """Return the squared error to the teacher on rows held out, without and with such rows."""
    X, said = _sugar(seed)
    known, more, held = said.take(slice(KNOWN)), said.take(slice(KNOWN, 300)), slice(300, None)
    student = made(name, "regression", alpha=0.1)
    one = learnt(clone(student), [X[:KNOWN]], known)
    other = learnt(clone(student), [X[:300]], join(known, unknown(more)))
    errors = [((s.output(X[held]) - said.values[held]) ** 2).mean() for s in (one, other)]
    return float(errors[0]), float(errors[1])


@pytest.mark.parametrize("measure", [_kl, _squared])
def test_rows_without_truth_bring_a_student_nearer_to_its_teacher(name: str, measure: Any) -> None:
    without, with_them = np.mean([measure(name, seed) for seed in range(SEEDS)], axis=0)
    assert with_them < 0.9 * without


def test_the_twin_of_alpha_one_has_the_teacher_s_word_where_truth_is_unknown() -> None:
    known = taught("binary")
    assert isinstance(known, SoftTargets)
    student = students.load("tree")(size=2, alpha=1.0, objective="distribution")
    fitted = learnt(student, [FRAME, FRAME], join(known, unknown(known)))
    both = join(known, unknown(known))
    assert isinstance(both, SoftTargets)
    mix = CompositeLoss(1.0).label_mix(both)
    assert mix is not None
    leaf = fitted.apply(pd.concat([FRAME, FRAME]))  # type: ignore[attr-defined]
    for one in np.unique(leaf):
        here = leaf == one
        p = soften(fitted.answers_[one])[1]  # type: ignore[attr-defined]
        assert p == pytest.approx(mix[here, 1].mean(), abs=0.05)
