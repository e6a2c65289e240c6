"""What a net promises beyond what every student does."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table
from jupyter_distill.students._net_losses import CompositeLesson, torch_
from jupyter_distill.students._net_rows import DistinctRows
from jupyter_distill.students._net_slope import SlopePenalty, cost_and_slope
from jupyter_distill.students._net_train import Course, _cost
from jupyter_distill.students._net_weights import NetWeights
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.students.net import NetRegressionStudent, NetStudent
from jupyter_distill.targets import CompositeLoss, Predictions, SoftTargets, SquaredLoss

from .nets import bent

# --- the loss ----------------------------------------------------------------------------------


@given(
    st.integers(2, 4),
    st.floats(0, 1),
    st.floats(0.3, 10),
    st.integers(0, 2**16),
)
@settings(deadline=None, max_examples=40)
def test_torch_has_the_composite_loss_and_its_gradient(
    classes: int, alpha: float, temperature: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, 6)
    targets = SoftTargets(3 * rng.normal(size=(6, classes)), np.arange(classes), labels)
    loss = CompositeLoss(alpha, temperature)
    lesson = CompositeLesson.of(targets, loss, np.arange(classes))
    said = torch.tensor(rng.normal(size=(6, lesson.outputs)), requires_grad=True)
    z = said.detach().numpy()
    logits = z if classes > 2 else np.hstack([0 * z, z])
    found = lesson.losses(said, *lesson.tensors())
    np.testing.assert_allclose(found.detach(), loss.per_row(logits, targets), atol=1e-9)
    found.sum().backward()
    np.testing.assert_allclose(
        said.grad, loss.gradient(logits, targets)[:, -lesson.outputs :], atol=1e-9
    )
    directions = rng.normal(size=(3, lesson.outputs))
    along = directions if classes > 2 else np.hstack([0 * directions, directions])
    hessian = loss.hessian(logits)
    np.testing.assert_allclose(
        lesson.curvature(z, directions),
        np.einsum("mi,nij,mj->nm", along, hessian, along),
        atol=1e-9,
    )


@pytest.mark.parametrize("classes", [2, 3])
def test_the_slope_that_is_written_out_is_the_one_that_torch_finds(classes: int) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, 40)
    targets = SoftTargets(rng.normal(size=(40, classes)), np.arange(classes), labels)
    lesson = CompositeLesson.of(targets, CompositeLoss(0.1, 2.0), np.arange(classes))
    shapes = ((6, 4), (4,), (4, lesson.outputs), (6, lesson.outputs), (lesson.outputs,))
    net = NetWeights(*(rng.normal(size=shape) for shape in shapes))
    penalty = SlopePenalty(np.array([1, 1, 3]), rng.normal(size=(3, lesson.outputs)), 0.7)
    course = Course(rng.normal(size=(40, 6)), rng.random(40), lesson, 0.01, penalty)
    cost, slope = cost_and_slope(
        net, course.X, course.weights / course.weights.sum(), lesson, course.ridge, penalty
    )
    parts = [torch.tensor(part, requires_grad=True) for part in net.arrays]
    X, weights = torch.tensor(course.X), torch.tensor(course.weights)
    found = _cost(course, parts, X, weights, lesson.tensors())
    found.backward()
    assert float(found.detach()) == pytest.approx(cost)
    for part, own in zip(parts, slope.arrays, strict=True):
        np.testing.assert_allclose(part.grad, own, atol=1e-12)


def test_a_regression_comes_closer_with_units_and_has_its_own_unit() -> None:
    frame, targets = bent()
    wanted = Predictions(1e6 * targets.logits[:, 1] + 5e7)
    straight, net = (
        NetRegressionStudent(size=size, alpha=0.0).fit_soft(frame, wanted) for size in (1, 8)
    )
    loss = SquaredLoss(alpha=0.0)
    variance = wanted.values.var()
    assert loss(net.predict(frame), wanted) < 0.15 * variance
    assert loss(net.predict(frame), wanted) < loss(straight.predict(frame), wanted)


# --- torch is a guest --------------------------------------------------------------------------


def test_torch_is_left_as_it_was() -> None:
    frame, targets = bent(100)
    before, threads = torch.random.get_rng_state(), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with torch.no_grad():
            NetStudent(size=2).fit_soft(frame, targets)
            assert not torch.is_grad_enabled()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_fitted_net_answers_without_torch() -> None:
    frame, targets = bent(100)
    student = NetStudent(size=2).fit_soft(frame, targets)
    code = (
        "import sys, pickle\n"
        "class Without:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.split('.')[0] == 'torch': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Without())\n"
        "student, frame = pickle.loads(sys.stdin.buffer.read())\n"
        "sys.stdout.buffer.write(pickle.dumps(student.logits(frame)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps((student, frame)),
        capture_output=True,
        check=True,
    )
    np.testing.assert_allclose(pickle.loads(done.stdout), student.logits(frame), atol=1e-12)


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r'Fitting a net needs torch.*"jupyter-distill\[torch\]"'):
        torch_()


# --- rows --------------------------------------------------------------------------------------


def test_the_order_of_rows_does_not_matter() -> None:
    frame, targets = bent(200)
    order = np.random.default_rng(1).permutation(len(frame))
    one = NetStudent(size=3).fit_soft(frame, targets)
    other = NetStudent(size=3).fit_soft(frame.iloc[order], targets.take(order))
    np.testing.assert_array_equal(one.logits(frame), other.logits(frame))


def test_copies_are_one_row_and_never_on_both_sides() -> None:
    frame = pd.DataFrame({"x": np.repeat(np.arange(100.0), 3)})
    taught = np.tile([[0.0], [0.0], [1.0]], (100, 1))  # two copies, and a third with another answer
    rows = DistinctRows.of(Table.of(frame), taught, None, 0)
    assert sorted(rows.weights) == [1.0] * 100 + [2.0] * 100
    train, held = (set(frame["x"].to_numpy()[part]) for part in np.split(rows.at, [rows.train]))
    assert not train & held
    assert 0.6 < len(train) / 100 < 0.95


@pytest.mark.parametrize("n", [4, 20])
def test_a_handful_of_rows_is_enough(n: int) -> None:
    frame, targets = bent(n)
    assert np.isfinite(NetStudent().fit_soft(frame, targets).logits(frame)).all()


def test_a_table_that_says_nothing_gives_one_answer() -> None:
    frame = pd.DataFrame({"same": np.ones(40), "none": np.full(40, np.nan)})
    y = np.arange(40) % 4 == 0
    student = NetStudent().fit(frame, y)
    np.testing.assert_allclose(student.predict_proba(frame)[:, 1], 0.25, atol=1e-3)
    assert student.complexity_.weights == 0


@pytest.mark.parametrize("family", [NetStudent, LinearStudent])
@pytest.mark.parametrize("value", [0.0, 0.1, 1.0, -1.0, 1e9, np.nan])
def test_columns_that_never_change_change_nothing(family: Any, value: float) -> None:
    frame, targets = bent(120)
    wider = frame.assign(last=value)
    wider.insert(0, "first", value)
    # nor does what rows without weight hold, or the rounding of a sum
    frame, wider = (pd.concat([rows, rows.iloc[:1]]) for rows in (frame, wider))
    wider.iloc[-1, 0] = 7.0
    weights = np.r_[np.ones(len(frame) - 1), 0.0]
    targets = targets.take(np.r_[: len(frame) - 1, 0])
    targets = replace(targets, weights=weights)
    without, beside = (family(size=2).fit_soft(rows, targets) for rows in (frame, wider))
    np.testing.assert_array_equal(beside.logits(wider), without.logits(frame))
    assert without.design_.names == beside.design_.names


# --- sparse ------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [1, 5, 20])
def test_a_number_of_weights_is_not_exceeded(weights: int) -> None:
    frame, targets = bent()
    student = NetStudent(weights=weights).fit_soft(frame, targets)
    assert 0 < student.complexity_.weights <= weights
    assert f"{student.complexity_.weights} weight" in student.title_


def test_columns_without_meaning_drop_out() -> None:
    frame, targets = bent(1_000)
    read = NetStudent(alpha=0.0).fit_soft(frame, targets).explain().frame()["column"]
    assert set(read) == {"a", "b", "c"}


@pytest.mark.parametrize(("seed", "scale"), [(0, 1.0), (1, 1e3), (4, 1e-3)])
def test_a_teacher_that_is_straight_is_told_without_units(seed: int, scale: float) -> None:
    frame, _ = bent(600, seed=seed)
    z = (1.5 * frame["a"] - frame["b"] + 0.5 * frame["c"]).to_numpy()
    targets = SoftTargets(np.column_stack([0 * z, z]), np.array(["no", "yes"]))
    frame["a"] *= scale
    student = NetStudent(size=4, alpha=0.0).fit_soft(frame, targets)
    assert (student.net_.n_units, student.net_.count) == (0, 3)
    np.testing.assert_allclose(np.diff(student.logits(frame))[:, 0], z, atol=0.3)


def test_signs_hold_without_units() -> None:
    frame, _ = bent(600)
    z = (1.5 * frame["a"] - frame["b"]).to_numpy()
    targets = SoftTargets(np.column_stack([0 * z, z]), np.array(["no", "yes"]))
    asked = Constraints(monotone={"b": 1}, forbid=("c",), require=("d",))
    student = NetStudent(size=4, alpha=0.0, constraints=asked).fit_soft(frame, targets)
    change = slopes(student, frame, "b")
    assert (change[..., 1] - change[..., 0]).min() >= -1e-9
    assert {"a", "d"} <= set(student.explain().frame()["column"]) <= {"a", "b", "d", "e"}


def test_the_weights_are_all_there_is() -> None:
    frame, targets = bent(classes=3)
    student = NetStudent(size=3).fit_soft(frame, targets)
    table = student.weights_frame()
    assert (table["from"] != "constant").sum() == student.complexity_.weights
    said: dict[str, Any] = {}

    def value(row: pd.Series) -> Any:
        if row["from"] == "constant":
            return 1.0
        if row["from"].startswith("unit"):
            return np.tanh(said[row["from"]])
        return (frame[row["from"]] - row["mean"]) / row["spread"]

    for _, row in table.sort_values("to", key=lambda to: ~to.str.startswith("unit")).iterrows():
        said[row["to"]] = said.get(row["to"], 0.0) + row["weight"] * value(row)
    by_hand = np.column_stack([said[name] for name in student.classes_])
    np.testing.assert_allclose(by_hand, student.logits(frame), atol=1e-9)


def test_importance_is_measured_on_the_rows_that_are_given() -> None:
    frame, targets = bent()
    student = NetStudent().fit_soft(frame, targets)
    still = frame.assign(a=frame["a"].mean())
    assert student.explain().importance[0] > 0.5
    assert student.explain(still, targets).importance[0] == pytest.approx(0, abs=1e-9)
    assert student.explain().to_dict()["kind"] == "net"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"weights": "few"}, "\"auto\" or a whole number >= 1. Got 'few'"),
        ({"weights": 0}, ">= 1. Got 0"),
        ({"epochs": 0}, "epochs to be a whole number >= 1. Got 0"),
        ({"constraints": Constraints(interactions=False)}, "interactions=False"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], says: str) -> None:
    frame, targets = bent(50)
    with pytest.raises(ValueError, match=says):
        NetStudent(**wrong).fit_soft(frame, targets)


# --- constraints -------------------------------------------------------------------------------


def slopes(student: Any, frame: pd.DataFrame, name: str) -> np.ndarray:
    """Move each row along one column; return the changes of the answer, shape (rows, moves, K)."""
    moves = np.linspace(-4, 4, 41)
    said = [student.output(frame.assign(**{name: at})) for at in moves]
    return np.diff(np.stack(said, 1), axis=1)


@pytest.mark.parametrize(("size", "sign"), [(1, -1), (2, 1), (8, -1), (8, 1)])
def test_a_hard_sign_holds_everywhere(sign: int, size: int) -> None:
    frame, targets = bent()
    asked = Constraints(monotone={"a": sign, "b": 1})
    student = NetStudent(size=size, constraints=asked).fit_soft(frame, targets)
    for name, way in asked.monotone.items():
        change = slopes(student, frame, name)
        assert (way * (change[..., 1] - change[..., 0])).min() >= -1e-9
    free = NetStudent(size=8).fit_soft(frame, targets)
    change = slopes(free, frame, "a")
    assert (change[..., 1] - change[..., 0]).min() < -0.01


def test_among_three_classes_the_named_one_rises_against_each() -> None:
    frame, targets = bent(classes=3)
    asked = Constraints(monotone={"a": {"yes": 1}, "b": {"maybe": 1}})
    student = NetStudent(constraints=asked).fit_soft(frame, targets)
    for name, k in (("a", 1), ("b", 2)):
        change = slopes(student, frame, name)
        assert (change[..., [k]] - change).min() >= -1e-9
    with pytest.raises(ValueError, match="whose probability 'a' raises.*3 classes"):
        NetStudent(constraints=Constraints(monotone={"a": 1})).fit_soft(frame, targets)


def test_a_class_may_be_named_among_two() -> None:
    frame, targets = bent()
    asked = Constraints(monotone={"a": {"no": -1}})
    student = NetStudent(constraints=asked).fit_soft(frame, targets)
    change = slopes(student, frame, "a")
    assert (change[..., 1] - change[..., 0]).min() >= -1e-9


def test_a_regression_keeps_its_sign() -> None:
    frame, targets = bent()
    wanted = Predictions(targets.logits[:, 1])
    student = NetRegressionStudent(alpha=0.0, constraints=Constraints(monotone={"a": 1}))
    assert slopes(student.fit_soft(frame, wanted), frame, "a").min() >= -1e-9


def test_a_soft_sign_is_a_price() -> None:
    frame, targets = bent()
    wrong = []
    for price in (0.0, 1.0, 100.0):
        asked = Constraints(monotone={"a": 1}, hard=False, penalty=price)
        student = NetStudent(constraints=asked).fit_soft(frame, targets)
        change = slopes(student, frame, "a")
        wrong.append(np.minimum(change[..., 1] - change[..., 0], 0).sum())
    assert wrong[0] < wrong[-1] / 2
    assert wrong[0] < wrong[1]


def test_forbidden_and_required_columns_and_their_number() -> None:
    frame, targets = bent()
    asked = Constraints(forbid=("a",), require=("e",), max_features=2)
    student = NetStudent(constraints=asked).fit_soft(frame, targets)
    read = set(student.explain().frame()["column"])
    assert "a" not in read
    assert "e" in read
    assert len(read) <= 2
