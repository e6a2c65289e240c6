"""distill(): what is learnt from which rows, what is chosen, and what is refused."""

from __future__ import annotations

import re
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
from scipy import sparse
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation, InterruptedWarning
from jupyter_distill.distillation._calibrate import GRID
from jupyter_distill.distillation._ladder import SIZES, knee
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import CompositeLoss

from .small import distilled, numbers, people

torch.set_num_threads(1)

KL = CompositeLoss(alpha=0.0, temperature=1.0)


def data(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    score = X[:, 0] + np.sin(2 * X[:, 1]) + 0.5 * rng.normal(size=n)
    return X, (score > 0).astype(int)


def smooth(X: Any) -> np.ndarray:
    """A teacher that is a function of its rows: two logits."""
    z = 2 * X[:, 0] + 2 * np.sin(2 * X[:, 1])
    return np.column_stack([-z, z])


def step(X: Any) -> np.ndarray:
    """A teacher that one question tells all about."""
    return np.where(X[:, :1] > 0.2, [[-3.0, 3.0]], [[3.0, -3.0]])


def by_heart(answers: np.ndarray) -> Callable[[Any], np.ndarray]:
    """A teacher that knows the answer to row i; give ``teacher_inputs=np.arange(n)``."""
    return lambda rows: answers[np.asarray(rows)]


def run(*args: Any, **options: Any) -> Distillation:
    return jd.distill(*args, progress=False, **options)


def same(one: Distillation, other: Distillation) -> None:
    """Assert that two runs came to the same, to the bit."""
    assert (one.size, one.temperature, one.alpha) == (other.size, other.temperature, other.alpha)
    for part in ("train", "validation", "held_out"):
        np.testing.assert_array_equal(getattr(one.rows, part), getattr(other.rows, part))
    np.testing.assert_array_equal(one.student.logits(one.table), other.student.logits(other.table))
    pd.testing.assert_frame_equal(one.ladder.frame(), other.ladder.frame())
    pd.testing.assert_frame_equal(one.temperature_path, other.temperature_path)
    assert one.explanation().to_dict() == other.explanation().to_dict()


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
    X, y = data()
    answers = smooth(X)
    # The split keeps the teacher's classes in proportion, so lies must name the same class.
    places = np.arange(len(X))
    one = run(by_heart(answers), X, y, teacher_inputs=places)
    held_out = one.rows.held_out
    other_answers, other_y = answers.copy(), y.copy()
    other_answers[held_out] *= 0.01
    other_y[held_out] = 1 - y[held_out]
    other = run(
        by_heart(other_answers), X, other_y, teacher_inputs=places, classes=one.targets.classes
    )
    np.testing.assert_array_equal(other.rows.held_out, held_out)
    np.testing.assert_array_equal(other.student.logits(X), one.student.logits(X))
    np.testing.assert_array_equal(other.labels_only.logits(X), one.labels_only.logits(X))
    assert (other.size, other.temperature) == (one.size, one.temperature)
    pd.testing.assert_frame_equal(other.temperature_path, one.temperature_path)
    # ... but they are what is measured
    assert other.fidelity().overall.kl != one.fidelity().overall.kl
    assert other.fidelity().overall.accuracy != one.fidelity().overall.accuracy


def test_held_out_values_have_no_part_in_the_student() -> None:
    X, y = data()
    answers = smooth(X)
    places = np.arange(len(X))
    one = run(by_heart(answers), X, y, teacher_inputs=places)
    moved = X.copy()
    moved[one.rows.held_out] = 1e6
    other = run(by_heart(answers), moved, y, teacher_inputs=places)
    np.testing.assert_array_equal(other.student.logits(X), one.student.logits(X))


def test_learnt_rows_do_matter() -> None:
    X, y = data()
    answers = smooth(X)
    places = np.arange(len(X))
    one = run(by_heart(answers), X, y, teacher_inputs=places)
    lies = answers.copy()
    lies[one.rows.learnt] *= 0.01
    other = run(by_heart(lies), X, y, size=one.size, teacher_inputs=places)
    assert np.abs(other.student.logits(X) - one.student.logits(X)).max() > 0.1


def test_the_student_is_the_one_that_its_settings_give_on_the_learnt_rows() -> None:
    X, y = data()
    d = run(smooth, X, y, size=6, temperature=2.0, alpha=0.3)
    learnt = d.rows.learnt
    twin = TreeStudent(size=6, alpha=0.3, temperature=2.0, random_state=0)
    twin.fit_soft(X[learnt], d.targets.take(learnt))
    np.testing.assert_allclose(d.student.logits(X), twin.logits(X), atol=1e-9)
    by_labels = TreeStudent(size=6, random_state=0).fit(X[learnt], y[learnt])
    np.testing.assert_allclose(
        d.labels_only.at_size(6).predict_proba(X), by_labels.predict_proba(X), atol=1e-12
    )


def test_test_rows_become_the_held_out_ones() -> None:
    X, y = data()
    X_test, y_test = data(150, seed=1)
    d = run(smooth, X, y, test=(X_test, y_test))
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
    d = run(teacher, frame, y, teacher_inputs=inputs)
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
    d = run(smooth, X)
    assert d.alpha == 0.0
    assert d.targets.labels is None and d.labels_only is None
    assert d.ladder.frame()["accuracy"].isna().all()
    assert d.fidelity().value > 0.8


def test_no_input_is_changed() -> None:
    frame, y = people(200)
    before, labels = frame.copy(deep=True), y.copy()
    distilled(frame, y)
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
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(0)) / X.std(0)
    d = run(TEACHERS[teacher](X[:380], y[:380]), X[:380], y[:380], test=(X[380:], y[380:]))
    card = d.fidelity()
    by_labels, most_common = card.baselines
    assert card.value > 0.85
    assert card.overall.kl.value < by_labels.kl.value < most_common.kl.value
    assert most_common.agreement.value < card.value


# --- temperature and size ----------------------------------------------------------------------


def test_the_temperature_path_tells_what_was_tried() -> None:
    d = run(smooth, *data())
    path = d.temperature_path
    assert path["temperature"].tolist() == list(GRID)
    assert path["temperature"][path["chosen"]].tolist() == [d.temperature]
    best = path.loc[path["chosen"]].iloc[0]
    assert best["kl"] == path["kl"].min() and best["behind_best"] == best["se"] == 0.0
    np.testing.assert_allclose(path["behind_best"], path["kl"] - best["kl"], atol=1e-7)
    others = path[~path["chosen"]]
    assert (others["behind_best"] >= 0).all()
    assert (others["se"] > 0).any() and (path["se"] >= 0).all()
    assert path["fidelity"].between(0, 1).all()


def test_the_path_is_scored_on_rows_the_student_did_not_learn_from() -> None:
    X, _ = data(3_000)  # enough for one validation part
    d = run(smooth, X, size=8)
    train, validation = d.rows.train, d.rows.validation
    for T, kl in zip(d.temperature_path["temperature"], d.temperature_path["kl"], strict=True):
        student = TreeStudent(size=8, alpha=0.0, temperature=T, random_state=0)
        student.fit_soft(X[train], d.targets.take(train))
        found = KL(student.logits(X[validation]), d.targets.take(validation))
        np.testing.assert_allclose(kl, found, rtol=1e-5)


def test_a_temperature_that_is_set_is_not_searched() -> None:
    X, y = data()
    d = run(smooth, X, y, temperature=3)
    assert d.temperature == 3.0 and isinstance(d.temperature, float)
    assert d.calibration is None
    assert d.temperature_path.empty and "chosen" in d.temperature_path
    assert d.student.get_params()["temperature"] == 3.0


def test_a_student_s_own_settings_hold_unless_they_are_overruled() -> None:
    X, y = data()
    own = TreeStudent(size=5, alpha=0.4, temperature=2.0, min_rows=20)
    d = run(smooth, X, y, student=own)
    assert (d.size, d.alpha, d.temperature) == (5, 0.4, 2.0)
    assert d.explanation().support[d.explanation().left < 0].min() >= 20
    assert not hasattr(own, "classes_")
    d = run(smooth, X, y, student=own, size=3, alpha=0.2, temperature=1.5)
    assert (d.size, d.alpha, d.temperature) == (3, 0.2, 1.5)


@pytest.mark.parametrize("student", ["tree", TreeStudent, TreeStudent()])
def test_a_student_is_named_by_its_family_a_class_or_an_example(student: Any) -> None:
    d = run(smooth, *data(), student=student, size=4, temperature=1.0)
    assert isinstance(d.student, TreeStudent)
    assert (d.family, d.title) == ("tree", "tree of 4 leaves")


def test_the_ladder_is_cut_from_one_growth() -> None:
    X, y = data()
    d = run(smooth, X, y)
    frame = d.ladder.frame()
    assert set(frame["size"]) <= set(SIZES)
    assert frame["size"].is_monotonic_increasing
    assert frame["leaves"].is_monotonic_increasing
    assert frame["size"][frame["chosen"]].tolist() == [d.size]
    largest = d.ladder[-1].student
    for rung in d.ladder:
        nodes, m = rung.student.nodes_, len(rung.student.nodes_)
        np.testing.assert_array_equal(nodes.parent, largest.nodes_.parent[:m])
        np.testing.assert_array_equal(rung.student.logits_, largest.logits_[:m])
        answers = rung.student.logits(d.held_out[0])
        agrees = answers.argmax(1) == d.held_out[1].predicted
        assert rung.fidelity == agrees.mean()
        assert 0 <= rung.low <= rung.fidelity <= rung.high <= 1
        np.testing.assert_allclose(rung.kl, KL(answers, d.held_out[1]))
        assert rung.accuracy == (answers.argmax(1) == d.held_out[1].labels).mean()
        assert d.ladder.select(rung.size) is rung


def test_a_size_that_is_asked_for_is_on_the_ladder() -> None:
    d = run(smooth, *data(), size=7)
    assert d.size == 7 and d.student.n_leaves_ == 7
    assert 7 in [rung.size for rung in d.ladder]


def test_a_size_that_the_rows_do_not_allow_gives_what_there_is() -> None:
    X = np.repeat([[0.0], [1.0], [2.0]], 50, axis=0)
    d = run(lambda rows: np.column_stack([rows[:, 0], 1 - rows[:, 0]]), X, size=64)
    assert d.size == 64 and d.student.n_leaves_ == 3
    assert [rung.student.n_leaves_ for rung in d.ladder] == [2, 3, 3]


SHARES = st.lists(st.floats(0, 1), min_size=len(SIZES), max_size=len(SIZES))


@given(SHARES, SHARES)
def test_a_readable_size_is_chosen_and_the_smallest_of_equals(
    fidelity: list[float], per_class: list[float]
) -> None:
    chosen = knee(SIZES, fidelity, per_class)
    at = SIZES.index(chosen)
    readable = [i for i, size in enumerate(SIZES) if size <= 32]
    assert at in readable
    best, best_per_class = (max(share[i] for i in readable) for share in (fidelity, per_class))

    def near(i: int) -> bool:
        return best - fidelity[i] <= 0.01 and best_per_class - per_class[i] <= 0.03

    if any(near(i) for i in readable):  # else no size is good at both, and rare classes decide
        assert near(at) and not any(near(i) for i in readable[:at])
    else:
        assert per_class[at] == best_per_class


def test_a_rare_class_moves_the_choice_of_size() -> None:
    fidelity, per_class = [0.990, 0.995, 0.996], [0.50, 0.90, 0.91]
    assert knee((2, 4, 8), fidelity, [0.9, 0.9, 0.91]) == 2
    assert knee((2, 4, 8), fidelity, per_class) == 4


def test_a_simple_teacher_gets_a_small_student() -> None:
    X, _ = data()
    d = run(step, X)
    assert d.size == 2
    assert d.student.n_leaves_ == 2
    assert d.fidelity().value > 0.95


# --- again -------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_to_the_bit() -> None:
    X, y = data()
    same(run(smooth, X, y), run(smooth, X, y))
    same(run(smooth, X, y, random_state=7), run(smooth, X, y, random_state=7))
    one, other = run(smooth, X, y), run(smooth, X, y, random_state=7)
    assert not np.array_equal(one.rows.held_out, other.rows.held_out)


def test_batches_make_no_difference() -> None:
    X, y = data()
    one, other = run(smooth, X, y), run(smooth, X, y, batch_size=37)
    np.testing.assert_allclose(one.targets.logits, other.targets.logits)
    np.testing.assert_array_equal(one.student.apply(X), other.student.apply(X))


@pytest.mark.parametrize("first", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("then", [0.5, 3.0])
def test_distilled_again_is_what_it_would_have_been_at_once(first: float, then: float) -> None:
    X, y = data()
    d = run(smooth, X, y, temperature=first, size=8)
    again = d.at(temperature=then)
    at_once = run(smooth, X, y, temperature=then, size=8)
    assert (again.temperature, again.size, d.temperature) == (then, 8, first)
    np.testing.assert_array_equal(again.student.logits(X), at_once.student.logits(X))
    np.testing.assert_array_equal(again.rows.held_out, d.rows.held_out)
    pd.testing.assert_frame_equal(again.ladder.frame(), at_once.ladder.frame())
    assert again.fidelity().frame().equals(at_once.fidelity().frame())
    # ... and back
    np.testing.assert_array_equal(
        again.at(temperature=first).student.logits(X), d.student.logits(X)
    )
    pd.testing.assert_frame_equal(again.at(temperature=first).ladder.frame(), d.ladder.frame())


def test_another_size_is_taken_from_the_ladder_without_a_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X, y = data()
    d = run(smooth, X, y, size=8, temperature=2.0)
    monkeypatch.setattr(TreeStudent, "fit_soft", lambda *args: pytest.fail("fitted again"))
    small = d.at(size=3)
    assert (small.size, small.student.n_leaves_, d.student.n_leaves_) == (3, 3, 8)
    assert small.student is d.ladder.select(3).student
    assert small.ladder.frame()["chosen"].tolist() == [rung.size == 3 for rung in d.ladder]
    assert small.explanation().n_leaves == 3
    assert small.fidelity().student == "tree of 3 leaves"
    assert small.fidelity().value == d.ladder.select(3).fidelity


def test_again_refuses_what_it_cannot_do() -> None:
    d = run(smooth, *data(), size=8, temperature=2.0)
    with pytest.raises(ValueError, match=r"size to be one of 2, 3, 4, 6, 8, .* Got 5"):
        d.at(size=5)
    with pytest.raises(ValueError, match=r"temperature to be a finite number > 0. Got 0"):
        d.at(temperature=0)
    with pytest.raises(TypeError, match=r"temperature to be a finite number > 0. Got 'auto'"):
        d.at(temperature="auto")  # type: ignore[arg-type]


def test_a_distillation_says_in_words_what_it_is() -> None:
    d = run(smooth, *data(100), size=4, temperature=2.0)
    said = repr(d)
    assert "tree of 4 leaves, T = 2, alpha = 0.1" in said
    assert "20 held-out rows" in said
    assert "Only 20 rows are held out" in said
    assert "size" in repr(d.ladder)


# --- what should be known ----------------------------------------------------------------------


def test_a_class_that_the_teacher_never_names_is_noted() -> None:
    X, _ = data()

    def three(rows: Any) -> np.ndarray:
        return np.column_stack([smooth(rows), np.full(len(rows), -50.0)])

    d = run(three, X, classes=["a", "b", "c"])
    assert "The teacher never answers 'c' on these rows." in d.notes
    assert d.fidelity().per_class[2].rows == 0


def test_few_held_out_rows_are_noted() -> None:
    X, _ = data(499)
    assert any("Only 99 rows" in n or "Only 100 rows" in n for n in run(smooth, X[:495]).notes)
    assert not any("held out" in note for note in run(smooth, np.vstack([X, X])).notes)


def test_a_teacher_whose_temperature_does_not_matter_is_noted() -> None:
    X, _ = data()
    flat = "Temperature makes no measurable difference for this teacher."
    d = run(lambda rows: smooth(rows) / 20, X)
    assert flat in d.notes and d.temperature == 1.0
    assert flat not in run(lambda rows: 3 * smooth(rows), X).notes
    assert flat not in run(lambda rows: smooth(rows) / 20, X, temperature=1.0).notes


def test_a_teacher_that_always_says_the_same_is_noted() -> None:
    X, y = data()
    d = run(lambda rows: np.tile([1.0, -1.0], (len(rows), 1)), X, y)
    assert any("the same answer: there is nothing to learn" in note for note in d.notes)
    assert d.fidelity().value == 1.0


def test_a_teacher_whose_rows_are_mixed_up_is_noted() -> None:
    X, _ = data()
    answers = smooth(X) + [1.5, -1.5]  # names the second class for a quarter of the rows
    y, places = answers.argmax(1), np.arange(400)
    mixed = np.random.default_rng(0).permutation(answers)
    d = run(by_heart(mixed), X, y, teacher_inputs=places)
    said = " ".join(d.notes)
    assert "Are its rows, columns or classes in another order than X and y?" in said
    assert "not clearly better than always answering the teacher's most common class" in said
    sound = " ".join(run(by_heart(answers), X, y, teacher_inputs=places).notes)
    assert "another order" not in sound and "not clearly better" not in sound


# --- interrupted -------------------------------------------------------------------------------


class Tiring:
    """A teacher that a person interrupts at its n-th question."""

    def __init__(self, at: int) -> None:
        self.at, self.asked = at, 0

    def __call__(self, rows: Any) -> np.ndarray:
        self.asked += 1
        if self.asked == self.at:
            raise KeyboardInterrupt
        return smooth(rows)


@pytest.mark.parametrize("seed", [0, None])
def test_an_interrupt_keeps_the_rows_that_were_answered(seed: int | None) -> None:
    X, y = data(2_000)
    X = X[np.argsort(X[:, 0])]
    frame = pd.DataFrame(X, index=[f"row {i}" for i in range(2_000)])
    with pytest.warns(InterruptedWarning, match="Interrupted: the teacher answered 600 of 2000"):
        d = (
            run(lambda rows: tiring(rows.to_numpy()), frame, batch_size=50, random_state=seed)
            if (tiring := Tiring(13))
            else None
        )
    assert d.table.n_rows == d.targets.n_rows == 600
    assert any("600 of 2000 rows, spread over the data" in note for note in d.notes)
    assert "Interrupted" in repr(d)
    # the answers are beside their own rows, and these come from all over the data
    np.testing.assert_allclose(d.targets.logits, smooth(d.table.values))
    places = [int(name.removeprefix("row ")) for name in d.table.native.index]
    assert places == sorted(places) and max(places) > 900
    assert tiring.asked == 13


def test_an_interrupt_on_the_third_batch_keeps_two_with_their_labels() -> None:
    X, _ = data()
    y = (X[:, 2] > 0).astype(int)
    with pytest.warns(InterruptedWarning, match="200 of 400 rows"):
        d = run(Tiring(3), X, y, batch_size=100, classes=[0, 1])
    np.testing.assert_array_equal(d.targets.labels, d.table.values[:, 2] > 0)
    assert len(d.rows.learnt) + len(d.rows.held_out) == 200


def test_an_interrupt_among_the_test_rows_keeps_those_that_were_answered() -> None:
    X, y = data()
    X_test, y_test = data(300, seed=1)
    with pytest.warns(InterruptedWarning, match="200 of 300 rows"):
        d = run(Tiring(7), X, y, test=(X_test, y_test), batch_size=100)
    assert len(d.rows.learnt) == 400
    np.testing.assert_array_equal(d.rows.held_out, np.arange(400, 600))
    np.testing.assert_allclose(d.targets.logits, smooth(d.table.values))


def test_an_interrupt_with_hardly_an_answer_stops() -> None:
    X, y = data()
    with pytest.raises(KeyboardInterrupt):
        run(Tiring(3), X, y, batch_size=20)
    with pytest.raises(KeyboardInterrupt):
        run(Tiring(1), X, y)


def interrupted_fit(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    fit, fits = TreeStudent._fit, iter(range(1, 1_000))

    def _fit(self: TreeStudent, *args: Any) -> None:
        if next(fits) == at:
            raise KeyboardInterrupt
        fit(self, *args)

    monkeypatch.setattr(TreeStudent, "_fit", _fit)


def test_an_interrupt_of_the_calibration_keeps_what_was_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X, y = data(3_000)
    interrupted_fit(monkeypatch, at=4)
    with pytest.warns(InterruptedWarning, match=r"3 of 8 temperatures were tried \(0.7 to 1.4\)"):
        d = run(smooth, X, y)
    assert d.temperature_path["temperature"].tolist() == [0.7, 1.0, 1.4]  # from 1 outwards
    assert d.temperature_path["chosen"].sum() == 1
    assert d.temperature in (0.7, 1.0, 1.4)
    assert any("3 of 8 temperatures" in note for note in d.notes)
    assert d.fidelity().value > 0.8


def test_an_interrupt_of_the_first_temperature_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted_fit(monkeypatch, at=1)
    with pytest.raises(KeyboardInterrupt):
        run(smooth, *data())


# --- what is refused ---------------------------------------------------------------------------

X, Y = data(60)
MODEL = LogisticRegression().fit(X, Y)
NAMED = pd.DataFrame(X, columns=["age", "income", "debt"])
OF_NAMED = LogisticRegression().fit(NAMED, Y)


PLACES = np.arange(60)


def spoilt(value: float) -> np.ndarray:
    answers = smooth(X)
    answers[7, 1] = value
    return answers


CHANCES = MODEL.predict_proba(X)

REFUSED: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "rows of y": ((MODEL, X, Y[:-1]), {}, r"Expected y to have 60 rows, like X. Got 59 rows"),
    "y is no list": ((MODEL, X, 3), {}, r"Expected y to have 60 rows.* Got 3, which has none"),
    "y has two axes": (
        (MODEL, X, Y[:, None]),
        {},
        r"Expected one label per row.* Got shape \(60, 1\). One column: y.squeeze",
    ),
    "missing labels": (
        (MODEL, X, np.where(X[:, 0] > 0, np.nan, 1)),
        {},
        r"Expected a label for every row. Got \d+ missing labels .* Leave these rows out",
    ),
    "one class": (
        (MODEL, X, np.zeros(60, int)),
        {},
        r"Expected labels of at least two classes. Got 0 only, in all 60 rows. Give rows",
    ),
    "strange class": (
        (MODEL, X, np.where(Y == 1, 2, 0)),
        {},
        r"Expected labels among the teacher's classes 0, 1. Got 2",
    ),
    "rows of teacher_inputs": (
        (MODEL, X, Y),
        {"teacher_inputs": X[:-1]},
        r"Expected teacher_inputs to have 60 rows, like X. Got 59 rows",
    ),
    "teacher_inputs of several lengths": (
        (MODEL, X, Y),
        {"teacher_inputs": (X, X[:-1])},
        r"Expected the same number of rows in every part of X. Got 60 in 'part 0', 59",
    ),
    "test is no pair": (
        (MODEL, X, Y),
        {"test": X},
        r"Expected test to be \(X_test, y_test\) or .* Got ndarray",
    ),
    "test of one": ((MODEL, X, Y), {"test": (X,)}, r"Expected test to be .* Got tuple of 1"),
    "rows of y_test": (
        (MODEL, X, Y),
        {"test": (X[:59], Y)},
        r"Expected y_test to have 59 rows, like X_test. Got 60 rows",
    ),
    "rows of the test's inputs": (
        (MODEL, X, Y),
        {"teacher_inputs": X, "test": (X[:59], Y[:59], X)},
        r"Expected teacher_inputs_test to have 59 rows, like X_test. Got 60 rows",
    ),
    "columns of the test": (
        (OF_NAMED, NAMED, Y),
        {"test": (NAMED.drop(columns="debt"), Y)},
        r"Expected the columns 'age', 'income', 'debt'. Got no column 'debt'",
    ),
    "test without labels": (
        (MODEL, X, Y),
        {"test": (X[:59], None)},
        r"Expected y_test for the test rows exactly if .* Got it for the rows only. Give it for",
    ),
    "test without inputs": (
        (MODEL, X, Y),
        {"teacher_inputs": X, "test": (X[:59], Y)},
        r"Expected teacher_inputs for the test rows exactly if .* Give it for the test too",
    ),
    "the same rows as test": (
        (MODEL, X, Y),
        {"test": (X, Y)},
        r"Expected test rows that neither teacher nor student saw. Got X itself. Give rows that",
    ),
    "labels in another order": (
        (OF_NAMED, NAMED, pd.Series(Y)[::-1]),
        {},
        r"Expected y in the order of X. Got the same index .* Reorder it: y.loc\[X.index\]",
    ),
    "empty test": ((MODEL, X, Y), {"test": (X[:0], Y[:0])}, r"Expected at least one row. Got 0"),
    "NaN": (
        (by_heart(spoilt(np.nan)), X, Y),
        {"teacher_inputs": PLACES},
        r"Expected finite answers from .* Got NaN or infinity in 1 of 60 rows \(first: 7\). Look",
    ),
    "infinite logits": (
        (by_heart(spoilt(-np.inf)), X, Y),
        {"teacher_inputs": PLACES},
        r"Got NaN or infinity in 1 of 60 rows \(first: 7\).* instead of log\(0\), return prob",
    ),
    "sums": (
        (by_heart(CHANCES * 0.9), X, Y),
        {"teacher_inputs": PLACES},
        r"Expected probabilities that sum to one .* row \d+ sums to 0.9 .* say output='logits'",
    ),
    "hard labels": (
        (lambda rows: Y, X, Y),
        {},
        r"Expected logits or probabilities .* Got what looks like hard labels.* return predict_p",
    ),
    "order of classes": (
        (by_heart(np.log(CHANCES[:, ::-1])), X, Y),
        {"teacher_inputs": PLACES},
        r"classes seem to come in another order. Expected .* \[0, 1\]\. Got .*classes=\[1, 0\]",
    ),
    "repeated columns": (
        (lambda rows: smooth(X), pd.DataFrame(X, columns=["a", "b", "a"]), Y),
        {},
        r"Expected every column to have a name of its own. Got 'a' more than once. Rename",
    ),
    "strange column": (
        (OF_NAMED, NAMED.assign(wage=1.0), Y),
        {},
        r"Expected the columns LogisticRegression was fitted with.*'wage'.* Leave them out",
    ),
    "columns in another order": (
        (OF_NAMED, NAMED[["income", "age", "debt"]], Y),
        {},
        r"Got another order: 'income' where 'age' belongs. Reorder",
    ),
    "unfitted": (
        (LogisticRegression(), X, Y),
        {},
        r"Expected a fitted teacher. Got LogisticRegression that is not fitted. Call model.fit",
    ),
    "no teacher": ((3, X, Y), {}, r"Expected a teacher. Got 3 \(int\). Give a fitted classifier"),
    "student": (
        (MODEL, X, Y),
        {"student": "tre"},
        r"Expected student to be one of .*'tree'.* Got 'tre'. Did you mean \"tree\"\?",
    ),
    "option": (
        (MODEL, X, Y),
        {"temprature": 2},
        r"no option 'temprature'. Did you mean \"temperature\"\? Its options are student, size",
    ),
    "size of one": ((MODEL, X, Y), {"size": 1}, r"size to be a whole number >= 2. Got 1"),
    "size in halves": ((MODEL, X, Y), {"size": 2.5}, r"size to be a whole number >= 2. Got 2.5"),
    "size in words": ((MODEL, X, Y), {"size": "big"}, r"size to be .* or \"auto\". Got 'big'"),
    "temperature of zero": (
        (MODEL, X, Y),
        {"temperature": 0},
        r"temperature to be a finite number > 0. Got 0",
    ),
    "negative temperature": ((MODEL, X, Y), {"temperature": -1.5}, r"number > 0. Got -1.5"),
    "infinite temperature": ((MODEL, X, Y), {"temperature": np.inf}, r"finite .* > 0. Got inf"),
    "temperature in words": (
        (MODEL, X, Y),
        {"temperature": "hot"},
        r"temperature to be .* or \"auto\". Got 'hot'",
    ),
    "alpha below": ((MODEL, X, Y), {"alpha": -0.1}, r"alpha to be .* >= 0 and <= 1. Got -0.1"),
    "alpha above": ((MODEL, X, Y), {"alpha": 1.5}, r"alpha to be .* >= 0 and <= 1. Got 1.5"),
    "alpha without y": (
        (MODEL, X),
        {"alpha": 0.5},
        r"Expected the ground truth y, as alpha weighs it. Got alpha=0.5 and no y. Give y",
    ),
    "batch of none": ((MODEL, X, Y), {"batch_size": 0}, r"batch_size to be .* >= 1. Got 0"),
    "infinity": (
        (MODEL, np.where(X > 1, np.inf, X), Y),
        {},
        r"Expected finite numbers \(or missing\) in column 'x0'. Got infinity in .* Replace inf",
    ),
    "sparse": (
        (MODEL, sparse.csr_matrix(X), Y),
        {},
        r"Expected a dense table. Got a sparse matrix. Use X.toarray",
    ),
    "lazy": ((MODEL, pl.DataFrame(X).lazy(), Y), {}, r"Got a lazy LazyFrame. Use X.collect"),
    "dates": (
        (lambda rows: smooth(X), NAMED.assign(day=pd.Timestamp("2020-01-01")), Y),
        {},
        r"Expected numbers, text or booleans in column 'day'. Got dates .* Turn it into a number",
    ),
    "one axis": ((MODEL, X[:, 0], Y), {}, r"Expected a table .* Got .* \(60,\). Reshape"),
    "nine rows": (
        (MODEL, X[:9], Y[:9]),
        {},
        r"Expected at least 10 rows to split .* Got 9. Give more rows",
    ),
    "no row": ((MODEL, X[:0], Y[:0]), {}, r"Expected at least one row. Got 0"),
    "no column": ((MODEL, X[:, :0], Y), {}, r"0 feature\(s\) .* minimum of 1 is required"),
    "columns too few": (
        (MODEL, X[:, :2], Y),
        {},
        r"Expected rows of 3 features.* Got 2 features. Give the teacher its own rows",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_distilled_is_refused_with_what_to_do(case: str) -> None:
    args, options, says = REFUSED[case]
    with pytest.raises((TypeError, ValueError)) as refused:
        run(*args, **options)
    assert re.search(says, " ".join(str(refused.value).split()))


@pytest.mark.parametrize(
    "options",
    [
        {"size": 1},
        {"temperature": 0},
        {"alpha": 2},
        {"student": "tre"},
        {"batch_size": 0},
        {"temprature": 2},
        {"test": (X,)},
        {"teacher_inputs": X[:-1]},
        {"test": (X[:59], Y)},
        {"test": (X[:59, :2], Y[:59])},
    ],
)
def test_what_is_wrong_from_the_start_is_said_before_the_teacher_is_asked(
    options: dict[str, Any],
) -> None:
    def never(rows: Any) -> np.ndarray:
        pytest.fail("the teacher was asked")

    with pytest.raises((TypeError, ValueError)):
        run(never, X, Y, **options)


def test_a_teacher_that_fails_says_with_which_rows() -> None:
    def failing(rows: Any) -> np.ndarray:
        raise OSError("no such weights")

    with pytest.raises(RuntimeError, match=r"failed on rows .*: OSError: no such weights"):
        run(failing, X, Y)
