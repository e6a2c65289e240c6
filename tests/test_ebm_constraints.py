"""EBMs keep directions, budgets and required columns, or say why they cannot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill.constraints import Constraints
from jupyter_distill.students._ebm_monotone import Monotone
from jupyter_distill.students._prove import prove
from jupyter_distill.students.ebm import EbmRegressionStudent, EbmStudent
from jupyter_distill.targets import Predictions, SoftTargets

from .ebms import rows, teacher


def along(frame: pd.DataFrame, name: str) -> list[pd.DataFrame]:
    values = np.linspace(-3, 3, 61)
    return [frame.assign(**{name: value}) for value in values]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_monotone_column_is_monotone(sign: int) -> None:
    frame = rows(300)
    student = EbmStudent(constraints=Constraints(monotone={"a": sign}), interactions=True)
    student.fit_soft(frame, teacher(frame))
    p = np.array([student.predict_proba(f)[:, 1] for f in along(frame.head(20), "a")])
    assert (sign * np.diff(p, axis=0) >= -1e-12).all()
    assert all(0 not in t.features for t in student.terms_ if len(t.features) == 2)
    of_first = Constraints(monotone={"a": {"red": -sign}})
    again = EbmStudent(constraints=of_first, interactions=True).fit_soft(frame, teacher(frame))
    np.testing.assert_array_equal(again.logits(frame), student.logits(frame))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_probability_of_a_named_class_is_monotone(sign: int) -> None:
    frame = rows(300)
    constraints = Constraints(monotone={"a": {"green": sign}})
    student = EbmStudent(constraints=constraints).fit_soft(frame, teacher(frame, 3))
    p = np.array([student.predict_proba(f)[:, 1] for f in along(frame.head(20), "a")])
    assert (sign * np.diff(p, axis=0) >= -1e-12).all()
    assert np.ptp(p) > 0.01


@pytest.mark.parametrize(
    "asked",
    [
        {"green": 1, "blue": -1},
        {"red": -1, "green": 1},
        {"red": 1, "blue": 1},
        {"red": 1, "green": -1, "blue": -1},
        {"four": 1, "green": -1},
        {"four": 1, "green": -1, "red": 1},
    ],
)
def test_several_classes_may_be_named_for_one_column(asked: dict[str, int]) -> None:
    frame = rows(400)
    three = teacher(frame, 3)
    four = np.column_stack([three.logits, np.cos(3 * frame["a"]) - frame["c"]])
    names = np.array(["red", "green", "blue", "four"])
    targets = SoftTargets(four, names) if "four" in asked else three
    asked_of = Constraints(monotone={"a": asked})
    student = EbmStudent(alpha=0.0, constraints=asked_of).fit_soft(frame, targets)
    p = np.array([student.predict_proba(f) for f in along(frame.head(20), "a")])
    classes = student.classes_.tolist()
    for name, sign in asked.items():
        moves = sign * np.diff(p[..., classes.index(name)], axis=0)
        assert (moves >= -1e-12).all()
        proof = prove(student, 0, sign, classes.index(name))
        assert proof is not None and not proof.violations
    assert np.ptp(p, axis=0).max() > 0.01


@given(st.integers(0, 10_000))
def test_every_order_of_classes_is_kept_in_every_bin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    outputs, bins = int(rng.integers(3, 7)), int(rng.integers(2, 12))
    named = rng.permutation(outputs)[: rng.integers(1, outputs)]
    signs = {int(k): int(rng.choice([-1, 1])) for k in named}
    term = SimpleNamespace(features=(0,))
    scores = rng.normal(size=(bins, outputs)) * 10.0 ** rng.integers(-2, 3)
    weights = rng.random((bins, outputs)) * (rng.random((bins, outputs)) < 0.8)
    kept = Monotone({0: dict(signs)})(SimpleNamespace(term=term), scores, weights)  # type: ignore
    np.testing.assert_array_equal(kept[0], scores[0])  # missing values have no place in the order
    close = 1e-12 * np.abs(scores).max()
    for k, sign in signs.items():
        odds = sign * (kept[1:, [k]] - kept[1:])
        assert (np.diff(odds, axis=0) >= -close).all()
    again = Monotone({0: dict(signs)})(SimpleNamespace(term=term), kept, weights)  # type: ignore
    np.testing.assert_allclose(again, kept, atol=100 * close)


def test_a_monotone_number_is_monotone_and_costs_nothing_where_it_is_true() -> None:
    frame = rows(500)
    targets = Predictions(2 * frame["a"] + frame["c"] ** 2)
    free = EbmRegressionStudent(alpha=0.0).fit_soft(frame, targets)
    bound = EbmRegressionStudent(alpha=0.0, constraints=Constraints(monotone={"a": 1}))
    bound.fit_soft(frame, targets)
    says = np.array([bound.predict(f) for f in along(frame.head(20), "a")])
    assert (np.diff(says, axis=0) >= -1e-12).all()
    losses = [np.mean((s.predict(frame) - targets.values) ** 2) for s in (free, bound)]
    assert losses[1] < 1.05 * losses[0] + 1e-3


@pytest.mark.parametrize("classes", [2, 3])
def test_a_soft_direction_is_a_price(classes: int) -> None:
    rng = np.random.default_rng(5)
    X = pd.DataFrame(rng.normal(size=(600, 2)), columns=["a", "b"])
    z = np.column_stack([np.zeros(600), 2 * np.sin(2 * X["a"]) + X["b"], X["b"]])[:, :classes]
    targets = SoftTargets(z, np.arange(classes))

    def wrong(constraints: Constraints | None) -> float:
        student = EbmStudent(size=2, alpha=0.0, random_state=0, constraints=constraints)
        student.fit_soft(X, targets)
        (term,) = (term for term in student.terms_ if term.features == (0,))
        score = term.scores[1:]
        rise = score[:, 0] if classes == 2 else score[:, 1] - score[:, 0]
        return float(np.maximum(-np.diff(rise), 0).sum())

    up: dict[str, Any] = {"a": {1: +1}}
    free, hard = wrong(None), wrong(Constraints(monotone=up))
    soft = [wrong(Constraints(monotone=up, hard=False, penalty=p)) for p in (0.0, 0.3, 3.0, 1e4)]
    assert soft[0] == pytest.approx(free, rel=1e-6) and free > 1
    assert soft == sorted(soft, reverse=True) and soft[1] < 0.9 * free
    assert hard == pytest.approx(0, abs=1e-9) and soft[3] < 0.01 * free < soft[2]


def test_forbidden_columns_are_not_used_and_required_ones_come_first() -> None:
    frame = rows(300)
    constraints = Constraints(forbid=("a",), require=("d",))
    student = EbmStudent(constraints=constraints, interactions=True, size=12)
    student.fit_soft(frame, teacher(frame))
    assert all(0 not in term.features for term in student.terms_)
    assert [t.features for t in student.at_size(1).terms_] == [(3,)]


@pytest.mark.parametrize(
    ("monotone", "says"),
    [
        ({"a": 2}, "-1 .* for 'a'. Got 2"),
        ({"kind": 1}, "values have an order. Got the category 'kind'"),
        ({"z": 1}, "monotone to name columns.*Got 'z'"),
        ({"a": 1}, "class whose probability 'a' raises or lowers. Got .1 and 3 classes"),
        ({"a": {"black": 1}}, "a class among 'red', 'green', 'blue'. Got 'black'"),
    ],
)
def test_a_demand_that_cannot_be_kept_is_refused(monotone: Any, says: str) -> None:
    frame = rows(60)
    with pytest.raises(ValueError, match=says):
        EbmStudent(constraints=Constraints(monotone=monotone)).fit_soft(frame, teacher(frame, 3))
