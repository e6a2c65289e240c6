"""Linear students that name the teacher's classes more often at little cost in distribution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad

from jupyter_distill.constraints import Constraints
from jupyter_distill.students._linear_apart import Apart
from jupyter_distill.students._linear_fit import Fit, Lesson, in_measure
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.targets import KL, CompositeLoss, SoftTargets


def bent(k: int, n: int = 6_000, seed: int = 0) -> tuple[np.ndarray, SoftTargets]:
    """A teacher whose boundary is straight while its certainty is not."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 6))
    straight = X @ rng.normal(size=(6, k))
    z = 3 * straight + 2 * np.abs(X[:, :1]) ** 2 * np.sin(2 * straight)
    return X, SoftTargets(z, np.arange(k), (z + rng.gumbel(size=z.shape)).argmax(1))


def agreement(student: LinearStudent, X: np.ndarray, targets: SoftTargets) -> float:
    return float((student.logits(X).argmax(1) == targets.predicted).mean())


@pytest.mark.parametrize("k", [2, 3])
def test_the_gradient_is_that_of_the_cost(k: int) -> None:
    _, targets = bent(k, 8)
    apart = Apart.of(targets, CompositeLoss(0.3), 2.0, 0.5)
    shape = (1 if k == 2 else k, 8)
    z = np.random.default_rng(0).normal(size=shape)
    off = check_grad(
        lambda flat: float(apart.beside(flat.reshape(shape))[0].sum()),
        lambda flat: apart.beside(flat.reshape(shape))[1].ravel(),
        z.ravel(),
    )
    assert off < 1e-5


@pytest.mark.parametrize("k", [2, 3])
def test_near_width_0_it_counts_the_rows_that_part_and_pays_for_labels_by_alpha(k: int) -> None:
    X, targets = bent(k, 200)
    z = np.random.default_rng(1).normal(size=(200, k))
    scores = (z[:, 1:] - z[:, :1] if k == 2 else z).T
    named = z.argmax(1)
    for alpha in (0.0, 0.25):
        cost = Apart.of(targets, CompositeLoss(alpha), 2.0, 1e-4).beside(scores)[0]
        wrong = (1 - alpha) * (named != targets.predicted) + alpha * (named != targets.labels)
        assert np.abs(cost - 2 * wrong).max() < 0.1


@pytest.mark.parametrize("k", [2, 3])
def test_objectives_trade_distribution_for_agreement_on_rows_not_learnt_from(k: int) -> None:
    X, targets = bent(k)
    learnt, new = np.arange(3_000), np.arange(3_000, 6_000)
    held = targets.take(new)
    kl, agrees = [], []
    for objective in ("distribution", "balanced", "fidelity"):
        student = LinearStudent(6, 0.0, objective=objective).fit_soft(
            X[learnt], targets.take(learnt)
        )
        kl.append(KL(student.logits(X[new]), held))
        agrees.append(agreement(student, X[new], held))
    assert agrees[1] > agrees[0] + 0.005 and agrees[2] >= agrees[1] - 0.005
    assert kl[0] < kl[1] < kl[2] + 1e-3 and kl[1] < kl[0] + 0.05


@pytest.mark.parametrize("k", [2, 3])
def test_the_factor_is_the_best_one_and_names_the_same_classes(k: int) -> None:
    X, targets = bent(k, 500)
    loss = CompositeLoss(0.1)
    student = LinearStudent(6).fit_soft(X, targets)
    z = student.logits(X)
    least = min(loss(factor * z, targets) for factor in (0.9, 0.97, 1.0, 1.03, 1.1))
    assert least == loss(z, targets)

    lesson = Lesson.of(targets, loss)
    found = Fit(7 * student.scores_.coef, 7 * student.scores_.intercept, np.inf)
    matrix = student.design_.apply(student._read(X, reset=False))
    assert in_measure(matrix, lesson, found, None) is found  # the loss alone has its measure


@pytest.mark.parametrize("amplitude", [0.1, 0.01, 0.001])
def test_a_teacher_of_weak_opinions_is_not_made_sure(amplitude: float) -> None:
    X = np.random.default_rng(0).normal(size=(2_000, 3))
    score = amplitude * (X[:, 0] - np.abs(X[:, 1]))
    targets = SoftTargets(np.column_stack([0 * score, score]), [0, 1])
    student = LinearStudent(2, 0.0).fit_soft(X, targets)
    constant = np.tile([0, float(score.mean())], (2_000, 1))
    assert KL(student.logits(X), targets) < KL(constant, targets)


def test_a_teacher_that_is_linear_is_still_met_exactly() -> None:
    X = np.random.default_rng(0).normal(size=(800, 3))
    z = np.column_stack([np.zeros(800), X @ [1.0, -2.0, 0.5] + 0.3])
    student = LinearStudent(3, 0.0).fit_soft(X, SoftTargets(z, np.arange(2)))
    np.testing.assert_allclose(student.coef_[:, 0], [1.0, -2.0, 0.5], atol=0.02)


def test_few_rows_pay_less_for_disagreement_whether_repeated_or_weighed() -> None:
    _, targets = bent(2, 500)
    weighed = SoftTargets(targets.logits, targets.classes, targets.labels, np.full(500, 9.0))
    student, loss = LinearStudent(), CompositeLoss(0.1)
    prices = [student._lesson(t, loss).apart.price for t in (targets, weighed)]  # type: ignore[union-attr]
    assert prices == pytest.approx([1.0, 1.8])


@pytest.mark.parametrize("k", [2, 3])
def test_signs_hold_for_every_objective(k: int) -> None:
    X, targets = bent(k, 800)
    asked = Constraints(monotone={"x1": {1: -1}})
    for objective in ("balanced", "fidelity"):
        student = LinearStudent(6, objective=objective, constraints=asked).fit_soft(X, targets)
        coef = student.coef_[1]
        assert (coef[1:] <= coef[[0]] + 1e-12).all() if k == 3 else coef[0] <= 0
        moved = X + np.eye(6)[1]
        change = student.predict_proba(moved)[:, 1] - student.predict_proba(X)[:, 1]
        assert (change <= 1e-12).all()


def test_an_objective_that_there_is_not_is_refused() -> None:
    X, targets = bent(2, 50)
    with pytest.raises(ValueError, match="objective to be one of 'balanced', 'fidelity'"):
        LinearStudent(objective="faith").fit_soft(X, targets)
