"""Pilots of linear students: the columns are chosen once for all temperatures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from jupyter_distill.constraints import Constraints
from jupyter_distill.students import _linear
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.targets import CompositeLoss, SoftTargets


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one whenever columns are chosen."""
    times: list[int] = []

    class Counted(_linear.Selection):
        def supports(self, size: int, *asked: Any) -> list[frozenset[int]]:
            times.append(size)
            return super().supports(size, *asked)

    monkeypatch.setattr(_linear, "Selection", Counted)
    return times


def curved(seed: int = 0, n: int = 400) -> tuple[np.ndarray, SoftTargets]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 8))
    z = 4 * np.tanh(X @ rng.normal(size=(8, 3)))
    return X, SoftTargets(z, np.arange(3), (z + rng.gumbel(size=z.shape)).argmax(1))


def test_a_pilot_chooses_columns_once_for_all_temperatures(chosen: list[int]) -> None:
    X, targets = curved()
    pilot = LinearStudent(random_state=0).pilot()
    laid = pilot.prepare(pilot._rows(X))
    read, coef = set(), []
    for T in (1.0, 0.5, 4.0):
        student = pilot.set_params(temperature=T).sweep(laid, targets, (1, 3))[-1]
        read.add(tuple(sorted({term.feature for term in student.explain().terms})))
        coef.append(student.coef_)
    assert chosen == [3] and len(read) == 1
    assert np.abs(coef[0] - coef[1]).max() > 0.05 and np.abs(coef[0] - coef[2]).max() > 0.05


@pytest.mark.parametrize(
    "other",
    [
        {"alpha": 0.9},
        {"constraints": Constraints(forbid=["x0"])},
        {"random_state": 7},
        {"size": 2},
    ],
)
def test_what_else_is_asked_for_is_chosen_anew(chosen: list[int], other: dict[str, Any]) -> None:
    X, targets = curved()
    pilot = LinearStudent(3).pilot()
    laid = pilot.prepare(pilot._rows(X))
    pilot.fit_soft(laid, targets)
    again = LinearStudent(**{"size": 3, **other}).pilot().fit_soft(laid, targets)
    assert len(chosen) == 2
    fresh = LinearStudent(**{"size": 3, **other}).pilot().fit_soft(X, targets)
    np.testing.assert_array_equal(again.coef_, fresh.coef_)


def test_other_targets_for_the_same_rows_are_learnt(chosen: list[int]) -> None:
    X, targets = curved()
    _, others = curved(1)
    pilot = LinearStudent(3).pilot()
    laid = pilot.prepare(pilot._rows(X))
    pilot.fit_soft(laid, targets)
    pilot.fit_soft(laid, others)
    np.testing.assert_array_equal(pilot.coef_, LinearStudent(3).pilot().fit_soft(X, others).coef_)


def test_a_pilot_is_nearly_as_good_and_what_is_kept_is_fitted_in_earnest(
    chosen: list[int],
) -> None:
    X, targets = curved()
    loss = CompositeLoss(0.1, 2.0)
    laid = LinearStudent().prepare(LinearStudent()._rows(X))
    full = LinearStudent(4, temperature=2.0)
    assert loss(full.pilot().fit_soft(laid, targets).logits(X), targets) < 1.1 * loss(
        full.fit_soft(laid, targets).logits(X), targets
    )
    full.set_params(temperature=1.0).fit_soft(laid, targets)
    assert len(chosen) == 3
