"""distill(): what is learnt from which rows, of which teachers, and what should be known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from jupyter_distill.students.tree import TreeStudent

from .distilling import by_heart, data, run, sentences, smooth
from .small import distilled, numbers, people

# --- rows --------------------------------------------------------------------------------------


@given(st.integers(10, 400), st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_every_row_is_in_one_part(n: int, seed: int) -> None:
    X, _ = data(n, seed % 1000)
    d = run(smooth, X, size=2, temperature=1.0, random_state=seed)
    parts = [d.rows.train, d.rows.validation, d.rows.held_out]
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(n))
    assert len(d.held_out[0]) == len(d.rows.held_out)


def test_held_out_rows_have_no_part_in_the_student() -> None:
    X, y = data(200)
    answers = smooth(X)
    chosen: dict[str, Any] = {"temperature": (0.5, 1.0, 2.0)}
    # The split keeps the teacher's classes in proportion, so lies must name the same class.
    places = np.arange(len(X))
    one = run(by_heart(answers), X, y, teacher_inputs=places, **chosen)
    held_out = one.rows.held_out
    other_answers, other_y = answers.copy(), y.copy()
    other_answers[held_out] *= 0.01
    other_y[held_out] = 1 - y[held_out]
    chosen |= {"classes": one.targets.classes}
    other = run(by_heart(other_answers), X, other_y, teacher_inputs=places, **chosen)
    np.testing.assert_array_equal(other.rows.held_out, held_out)
    np.testing.assert_array_equal(other.student.logits(X), one.student.logits(X))
    np.testing.assert_array_equal(other.labels_only.logits(X), one.labels_only.logits(X))
    assert (other.size, other.temperature) == (one.size, one.temperature)
    pd.testing.assert_frame_equal(other.temperature_path, one.temperature_path)
    # ... but they are what is measured
    assert other.fidelity().overall.kl != one.fidelity().overall.kl
    assert other.fidelity().overall.accuracy != one.fidelity().overall.accuracy


def test_held_out_values_have_no_part_in_the_student() -> None:
    X, y = data(200)
    answers = smooth(X)
    asked: dict[str, Any] = {"teacher_inputs": np.arange(len(X)), "temperature": (0.5, 2.0)}
    one = run(by_heart(answers), X, y, **asked)
    moved = X.copy()
    moved[one.rows.held_out] = 1e6
    other = run(by_heart(answers), moved, y, **asked)
    np.testing.assert_array_equal(other.student.logits(X), one.student.logits(X))


def test_learnt_rows_do_matter() -> None:
    X, y = data(200)
    answers = smooth(X)
    asked: dict[str, Any] = {"teacher_inputs": np.arange(len(X)), "temperature": 1.0, "size": 6}
    one = run(by_heart(answers), X, y, **asked)
    lies = answers.copy()
    lies[one.rows.learnt] *= 0.01
    other = run(by_heart(lies), X, y, **asked)
    assert np.abs(other.student.logits(X) - one.student.logits(X)).max() > 0.1


def test_the_student_is_the_one_that_its_settings_give_on_the_learnt_rows() -> None:
    X, y = data(200)
    d = run(smooth, X, y, student="tree", size=6, temperature=2.0, alpha=0.3)
    learnt = d.rows.learnt
    twin = TreeStudent(size=6, alpha=0.3, temperature=2.0, random_state=0)
    sizes = d.ladder.sizes
    twin = twin.sweep(X[learnt], d.targets.take(learnt), sizes)[sizes.index(6)]
    np.testing.assert_allclose(d.student.logits(X), twin.logits(X), atol=1e-9)
    by_labels = TreeStudent(size=6, random_state=0).fit(X[learnt], y[learnt])
    np.testing.assert_allclose(
        d.labels_only.predict_proba(X), by_labels.predict_proba(X), atol=1e-12
    )


def test_test_rows_become_the_held_out_ones() -> None:
    X, y = data()
    X_test, y_test = data(150, seed=1)
    d = run(smooth, X, y, test=(X_test, y_test), temperature=(1.0, 2.0))
    np.testing.assert_array_equal(d.rows.held_out, np.arange(400, 550))
    np.testing.assert_array_equal(d.rows.learnt, np.arange(400))
    np.testing.assert_array_equal(d.table.values, np.concatenate([X, X_test]))
    table, targets = d.held_out
    np.testing.assert_array_equal(table.native, X_test)
    np.testing.assert_array_equal(targets.labels, y_test)
    assert d.fidelity().rows == 150
    assert d.fidelity().value == (d.student.predict(X_test) == smooth(X_test).argmax(1)).mean()


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "mixed"])
def test_test_rows_come_in_every_frame(kind: str) -> None:
    frame, y = people(400)
    inputs = numbers(frame)
    teacher = LogisticRegression(max_iter=2_000).fit(inputs[:300], y[:300])
    parts = [frame.iloc[:300], frame.iloc[300:].assign(purpose="a new purpose")]
    plain = [p.astype(object).where(p.notna(), None).to_dict("list") for p in parts]
    if kind in ("polars", "pyarrow"):
        parts = [(pl.DataFrame if kind == "polars" else pa.table)(p) for p in plain]
    if kind == "mixed":
        parts[1] = parts[1].to_numpy(dtype=object)
    d = run(
        teacher,
        parts[0],
        y[:300],
        teacher_inputs=inputs[:300],
        test=(parts[1], y[300:], inputs[300:]),
        size=4,
        temperature=1.0,
    )
    assert d.fidelity().rows == 100
    assert d.table.cell(399, 1) == "a new purpose"
    assert (
        len(d.disagreements("all")) == (d.student.predict(d.table) != teacher.predict(inputs)).sum()
    )


def test_the_teacher_may_see_other_inputs_than_the_student() -> None:
    frame, y = people(300)
    inputs = numbers(frame)
    teacher = LogisticRegression(max_iter=2_000).fit(inputs, y)
    d = run(teacher, frame, y, teacher_inputs=inputs, size=4, temperature=1.0)
    np.testing.assert_allclose(d.targets.at(1.0), teacher.predict_proba(inputs), atol=1e-6)
    assert d.table.native is frame
    assert d.student.columns_ == d.table.columns

    class Two(torch.nn.Module):
        def forward(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
            z = left[:, 0] - right
            return torch.stack([-z, z], dim=1)

    left, right = inputs[:, :2].astype(np.float32), inputs[:, 2].astype(np.float32)
    for both in ((left, right), {"left": left, "right": right}):
        d = run(Two(), frame, teacher_inputs=both, size=2, temperature=1.0)
        np.testing.assert_allclose(d.targets.logits[:, 1], left[:, 0] - right, rtol=1e-5)


def test_without_labels_the_student_follows_the_teacher_alone() -> None:
    X, _ = data()
    d = run(smooth, X, temperature=(1.0, 2.0))
    assert d.alpha == 0.0
    assert d.targets.labels is None and d.labels_only is None
    assert d.ladder.frame()["accuracy"].isna().all()
    assert d.fidelity().value > 0.8


def test_no_input_is_changed() -> None:
    frame, y = people(200)
    before, labels = frame.copy(deep=True), y.copy()
    distilled(frame, y, temperature=(1.0, 2.0))
    pd.testing.assert_frame_equal(frame, before)
    np.testing.assert_array_equal(y, labels)


# --- teachers of every kind --------------------------------------------------------------------


def trained_net(X: np.ndarray, y: np.ndarray) -> torch.nn.Module:
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Linear(X.shape[1], 16),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.2),
        torch.nn.Linear(16, 2),
    )
    # Held back as nets are: one that knows its rows by heart says no more than their labels do.
    steps = torch.optim.Adam(net.parameters(), lr=0.02, weight_decay=0.02)
    for _ in range(60):
        steps.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(torch.tensor(X).float()), torch.tensor(y))
        loss.backward()
        steps.step()
    return net


TEACHERS: dict[str, Callable[..., Any]] = {
    "net": trained_net,
    "boosting": lambda X, y: GradientBoostingClassifier(n_estimators=30).fit(X, y),
    "histograms": lambda X, y: HistGradientBoostingClassifier(max_iter=30).fit(X, y),
    "logistic": lambda X, y: LogisticRegression(max_iter=3_000).fit(X, y),
    "function": lambda X, y: LogisticRegression(max_iter=3_000).fit(X, y).predict_proba,
}


@pytest.mark.parametrize("teacher", TEACHERS)
def test_a_student_is_more_faithful_than_one_of_labels(teacher: str) -> None:
    # labels that are wrong for some rows: what a teacher knows better than they do
    X, y = make_classification(3_000, 12, n_informative=6, flip_y=0.15, random_state=0)
    X = (X - X.mean(0)) / X.std(0)
    d = run(TEACHERS[teacher](X[:2000], y[:2000]), X[:2000], y[:2000], test=(X[2000:], y[2000:]))
    card = d.fidelity()
    by_labels, most_common = card.baselines
    assert card.value > 0.8
    assert card.overall.kl.value < by_labels.kl.value < most_common.kl.value
    assert most_common.agreement.value < card.value


# --- what should be known ----------------------------------------------------------------------


def test_a_class_that_the_teacher_never_names_is_noted() -> None:
    X, _ = data()

    def three(rows: Any) -> np.ndarray:
        return np.column_stack([smooth(rows), np.full(len(rows), -50.0)])

    d = run(three, X, classes=["a", "b", "c"], temperature=1.0)
    assert "The teacher never answers 'c' on these rows." in sentences(d)
    assert d.fidelity().per_class[2].rows == 0


def test_few_held_out_rows_are_noted() -> None:
    X, _ = data(499)
    few, many = (
        run(smooth, rows, size=4, temperature=1.0) for rows in (X[:495], np.vstack([X, X]))
    )
    assert any("Only 99 rows" in n or "Only 100 rows" in n for n in sentences(few))
    assert not any("held out" in note for note in sentences(many))


def test_a_teacher_whose_temperature_does_not_matter_is_noted() -> None:
    X, _ = data(200)
    flat = "Temperature makes no measurable difference for this teacher."
    d = run(lambda rows: smooth(rows) / 20, X)
    assert flat in sentences(d) and d.temperature == 1.0
    assert flat not in sentences(run(lambda rows: 3 * smooth(rows), X))
    assert flat not in sentences(run(lambda rows: smooth(rows) / 20, X, temperature=1.0))


def test_a_teacher_that_always_says_the_same_is_noted() -> None:
    X, y = data()
    d = run(lambda rows: np.tile([1.0, -1.0], (len(rows), 1)), X, y, temperature=1.0)
    assert any("the same answer: there is nothing to learn" in note for note in sentences(d))
    assert d.fidelity().value == 1.0


def test_a_teacher_whose_rows_are_mixed_up_is_noted() -> None:
    X, _ = data()
    answers = smooth(X) + [1.5, -1.5]  # names the second class for a quarter of the rows
    y, places = answers.argmax(1), np.arange(400)
    mixed = np.random.default_rng(0).permutation(answers)
    asked: dict[str, Any] = {"teacher_inputs": places, "size": 8, "temperature": 1.0}
    d = run(by_heart(mixed), X, y, **asked)
    said = " ".join(map(str, d.findings))
    assert "its rows, columns or classes are in another order than X and y." in said
    assert "not clearly better than always answering the teacher's most common class" in said
    sound = " ".join(map(str, run(by_heart(answers), X, y, **asked).findings))
    assert "another order" not in sound and "not clearly better" not in sound
