"""distill(): which temperature and size are chosen, and that they come again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill.distillation._calibrate import GRID
from jupyter_distill.distillation._knee import Faithful, knee
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import CompositeLoss

from .distilling import data, run, same, sentences, smooth

KL = CompositeLoss(alpha=0.0, temperature=1.0)


def step(X: Any) -> np.ndarray:
    """A teacher that one question tells all about."""
    return np.where(X[:, :1] > 0.2, [[-3.0, 3.0]], [[3.0, -3.0]])


# --- temperature and size ----------------------------------------------------------------------


def test_the_temperature_path_tells_what_was_tried() -> None:
    d = run(smooth, *data(200), size=8)
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
        sizes = d.ladder.sizes
        swept = student.pilot().sweep(X[train], d.targets.take(train), sizes)
        student = swept[sizes.index(8)]
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
    d = run(smooth, *data(150), student=student, size=4, temperature=1.0)
    assert isinstance(d.student, TreeStudent)
    assert (d.family, d.title) == ("tree", "tree of 4 leaves")


def test_the_ladder_is_measured_on_held_out_rows() -> None:
    X, y = data()
    d = run(smooth, X, y, temperature=(1.0, 2.0))
    frame = d.ladder.frame()
    assert set(frame["size"]) <= set(TreeStudent.SIZES)
    assert frame["size"].is_monotonic_increasing
    assert frame["leaves"].is_monotonic_increasing
    assert frame["size"][frame["chosen"]].tolist() == [d.size]
    for rung in d.ladder:
        assert rung.student.n_leaves_ <= rung.size
        answers = rung.student.logits(d.held_out[0])
        agrees = answers.argmax(1) == d.held_out[1].predicted
        assert rung.fidelity == agrees.mean()
        assert 0 <= rung.low <= rung.fidelity <= rung.high <= 1
        np.testing.assert_allclose(rung.kl, KL(answers, d.held_out[1]))
        assert rung.accuracy == (answers.argmax(1) == d.held_out[1].labels).mean()
        assert d.ladder.rung(rung.size) is rung


def test_a_size_that_is_asked_for_is_on_the_ladder() -> None:
    d = run(smooth, *data(), size=7, temperature=1.0)
    assert d.size == 7 and d.student.n_leaves_ == 7
    assert 7 in [rung.size for rung in d.ladder]


def test_a_size_that_the_rows_do_not_allow_gives_what_there_is() -> None:
    X = np.repeat([[0.0], [1.0], [2.0]], 50, axis=0)
    d = run(lambda rows: np.column_stack([rows[:, 0], 1 - rows[:, 0]]), X, size=64)
    assert d.size == 64 and d.student.n_leaves_ == 3
    assert [rung.student.n_leaves_ for rung in d.ladder] == [2, 3, 3]
    assert "64 leaves were asked for; the data give no more than 3." in sentences(d)


def test_a_size_that_was_not_tried_is_refused_with_what_to_do() -> None:
    X = np.repeat([[0.0], [1.0], [2.0]], 50, axis=0)
    d = run(lambda rows: np.column_stack([rows[:, 0], 1 - rows[:, 0]]), X, size=64)
    with pytest.raises(ValueError, match=r"Got 7\. Distil again with size=7\."):
        d.at(size=7)
    with pytest.raises(ValueError, match=r"Got 32\. Take size=3: its student is the one of 32"):
        d.at(size=32)
    with pytest.raises(ValueError, match="size to be a whole number >= 2"):
        d.at(size=1)


def test_columns_that_add_nothing_are_said_to_add_nothing() -> None:
    X = np.column_stack([data()[0], data(seed=1)[0]])
    d = run(
        lambda rows: 2 * rows[:, 0] - rows[:, 1], X, student="linear", size=6, task="regression"
    )
    used = d.student.complexity_.features
    assert used < 6
    assert f"{used} columns say all that 6 could: the others add nothing." in sentences(d)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"size": 8, "min_rows": 1_000}, "the data and min_rows=1000 give no more"),
        ({"size": 8}, "the data give no more"),
        ({"student": "net", "size": 2}, "the data give no more"),
        ({"student": "linear", "size": 2}, "the data give no more"),
    ],
)
def test_no_larger_size_is_advised_where_none_would_help(
    options: dict[str, Any], what: str
) -> None:
    X, _ = data()
    if "min_rows" not in options:
        X = np.ones_like(X)
    places = np.arange(len(X))
    answers = smooth(data()[0])
    d = run(lambda rows: answers[rows], X, teacher_inputs=places, **options)
    never = d.findings.of("class-never-answered")
    assert never and f"A larger size would not help, as {what}" in never[0].remedy


SIZES = TreeStudent.SIZES
SHARES = st.lists(st.floats(0, 1), min_size=len(SIZES), max_size=len(SIZES))


@given(st.tuples(SHARES, SHARES, SHARES))
def test_a_readable_size_is_chosen_and_the_smallest_of_equals(
    shares: tuple[list[float], ...],
) -> None:
    found = Faithful(*(np.array(share) for share in shares))
    at = SIZES.index(knee(SIZES, found, 32))
    readable = [i for i, size in enumerate(SIZES) if size <= 32]
    assert at in readable

    def misses(i: int) -> float:
        behind = [max(share[i] for i in readable) - share[i] for share in shares]
        return max(b / close for b, close in zip(behind, (0.01, 0.03, 0.1), strict=True))

    assert misses(at) <= max(1, min(misses(i) for i in readable)) + 1e-9
    assert all(misses(i) > max(1, misses(at)) for i in readable[:at])


def test_a_rare_class_moves_the_choice_of_size() -> None:
    fidelity = np.array([0.990, 0.995, 0.996])
    assert knee((2, 4, 8), Faithful(fidelity, np.array([0.9, 0.9, 0.91])), 32) == 2
    assert knee((2, 4, 8), Faithful(fidelity, np.array([0.5, 0.9, 0.91])), 32) == 4


def test_what_is_known_of_the_distribution_moves_the_choice_of_size() -> None:
    same = np.array([0.95, 0.95, 0.951])
    assert knee((1, 2, 4), Faithful(same, same, np.array([0.71, 0.78, 0.8])), 32) == 1
    assert knee((1, 2, 4), Faithful(same, same, np.array([0.50, 0.72, 0.8])), 32) == 2


def test_a_teacher_that_says_the_same_of_all_rows_leaves_nothing_to_know() -> None:
    d = run(lambda rows: np.tile([0.3, 0.7], (len(rows), 1)), data()[0], student="linear")
    assert d.size == 1
    assert d.calibration is not None and d.calibration.faithful().known is None
    assert d.title == "linear model of 0 columns"  # and not of what rounding has left


def test_a_simple_teacher_gets_a_small_student() -> None:
    X, _ = data()
    d = run(step, X)
    assert d.size == 2
    assert d.student.n_leaves_ == 2
    assert d.fidelity().value > 0.95


def test_sizes_are_told_apart_in_earnest_where_brief_fits_cannot() -> None:
    X, y = data(200)
    brief: dict[str, Any] = {"student": "net", "epochs": 30, "temperature": (1.0, 2.0)}
    d = run(smooth, X, y, **brief)
    found = d.calibration
    assert found is not None and found.sized is not None
    assert [part.shape for part in found.sized] == [found.agrees.shape[1:]] * 3
    np.testing.assert_allclose(found.faithful().fidelity, found.sized.agrees.mean(1))
    assert d.size == knee(found.sizes, found.faithful(), 8)
    asked = run(smooth, X, y, size=4, **brief).calibration
    assert asked is not None and asked.sized is None  # there is nothing to choose
    assert run(smooth, X, y).calibration.sized is None  # trees are piloted well enough


# --- again -------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_to_the_bit() -> None:
    X, y = data(200)
    grid = {"student": "tree", "temperature": (0.5, 1.0, 2.0)}  # the tree that is searched for
    one, again = (run(smooth, X, y, **grid) for _ in range(2))
    same(one, again)
    other, again = (run(smooth, X, y, random_state=7, temperature=1.0) for _ in range(2))
    same(other, again)
    assert not np.array_equal(one.rows.held_out, other.rows.held_out)


def test_batches_make_no_difference() -> None:
    X, y = data()
    asked = {"size": 8, "temperature": 1.0}
    one, other = run(smooth, X, y, **asked), run(smooth, X, y, batch_size=37, **asked)
    np.testing.assert_allclose(one.targets.logits, other.targets.logits)
    np.testing.assert_array_equal(one.student.apply(X), other.student.apply(X))


@pytest.mark.parametrize("first", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("then", [0.5, 3.0])
def test_distilled_again_is_what_it_would_have_been_at_once(first: float, then: float) -> None:
    X, y = data()
    student = TreeStudent(quality="greedy")
    d = run(smooth, X, y, student=student, temperature=first, size=8)
    again = d.at(temperature=then)
    at_once = run(smooth, X, y, student=student, temperature=then, size=8)
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
    assert small.student is d.ladder.rung(3).student
    assert small.ladder.frame()["chosen"].tolist() == [rung.size == 3 for rung in d.ladder]
    assert small.explanation().n_leaves == 3
    assert small.fidelity().student == "tree of 3 leaves"
    assert small.fidelity().value == d.ladder.rung(3).fidelity


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


@pytest.mark.parametrize("grid", [(4.0, 0.5, 1.0), np.array([0.5, 1.0, 4.0])])
def test_a_grid_of_one_s_own_is_searched(grid: Any) -> None:
    d = run(smooth, *data(), size=8, temperature=grid)
    assert d.temperature_path["temperature"].tolist() == [0.5, 1.0, 4.0]
    assert d.temperature in (0.5, 1.0, 4.0)
