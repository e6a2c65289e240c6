"""Temperature per size, the temperature that logits have by themselves, and alpha by trial."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill.distillation._alpha import AlphaPath
from jupyter_distill.distillation._plan import ALPHAS

from .distilling import by_heart, data, run, smooth

TASKS = {"two classes": 2, "many classes": 4}


def answers(X: np.ndarray, classes: int) -> np.ndarray:
    if classes == 2:
        return smooth(X)
    return X @ np.random.default_rng(0).normal(size=(3, classes)) * 2


# --- temperature per size -----------------------------------------------------------------------


def test_every_size_learns_at_its_own_temperature() -> None:
    d = run(smooth, *data(300), student="linear", temperature=(0.25, 1.0, 4.0))
    frame = d.ladder.frame().set_index("size")
    assert set(d.course.temperatures) == set(d.ladder.sizes)
    for rung in d.ladder:
        T = d.course.temperatures[rung.size]
        assert T == d.calibration.best_temperature(rung.size) == rung.student.temperature
        assert frame["temperature"][rung.size] == rung.temperature == T
        there = d.at(size=rung.size)
        path = there.temperature_path
        assert there.temperature == T == path["temperature"][path["chosen"]].item()


def test_sizes_may_differ_in_temperature(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_distill.distillation._calibrate import Calibration

    monkeypatch.setattr(Calibration, "best_temperature", lambda self, size: 1 + size % 2)
    d = run(smooth, *data(300), student="linear", temperature=(1.0, 2.0))
    assert {rung.temperature for rung in d.ladder} == {1.0, 2.0}
    for rung in d.ladder:
        assert rung.temperature == rung.student.temperature == 1 + rung.size % 2


# --- logit-standardised -------------------------------------------------------------------------


@pytest.mark.parametrize("classes", TASKS.values(), ids=list(TASKS))
def test_the_temperature_is_the_spread_of_the_logits(classes: int) -> None:
    X, _ = data(200)
    d = run(lambda X: answers(X, classes), X, temperature="logit-standardised", size=2)
    z = d.targets.logits[d.rows.learnt]  # held-out rows have no say
    assert d.temperature == pytest.approx(np.sqrt(z.var(1).mean()))
    assert d.temperature_path.empty


@settings(max_examples=8)
@given(st.floats(0.3, 5), st.sampled_from(list(TASKS)))
def test_a_louder_teacher_is_heard_at_a_higher_temperature_and_teaches_the_same(
    factor: float, task: str
) -> None:
    X, _ = data(150)
    asked: Any = {"temperature": "logit-standardised", "size": 3}
    quiet = run(lambda X: answers(X, TASKS[task]), X, **asked)
    loud = run(lambda X: factor * answers(X, TASKS[task]), X, **asked)
    assert loud.temperature == pytest.approx(factor * quiet.temperature)
    np.testing.assert_allclose(
        loud.targets.at(loud.temperature), quiet.targets.at(quiet.temperature), atol=1e-9
    )
    np.testing.assert_array_equal(loud.student.predict(X), quiet.student.predict(X))
    if min(loud.temperature, quiet.temperature) >= 1:  # below, leaves answer at T = 1
        np.testing.assert_allclose(
            loud.student.logits(X) / factor, quiet.student.logits(X), atol=1e-9
        )


def test_a_teacher_that_says_the_same_of_all_has_no_spread() -> None:
    with pytest.raises(ValueError, match="answers differ by class.*auto"):
        run(lambda X: np.full((len(X), 2), 0.5), data(100)[0], temperature="logit-standardised")


# --- alpha --------------------------------------------------------------------------------------


def path_of(off: list[float], off_truth: list[float]) -> AlphaPath:
    noise = np.random.default_rng(0).normal(size=(len(off), 2, 400)) / 100
    return AlphaPath(
        (0.0, 0.1, 0.5)[: len(off)],
        np.array(off)[:, None] + noise[:, 0],
        np.array(off_truth)[:, None] + noise[:, 1],
        np.ones((len(off), 400), dtype=bool),
    )


def test_the_best_alpha_is_best_for_the_truth_of_those_that_cost_no_fidelity() -> None:
    assert path_of([1, 1, 1], [3, 2, 1]).best == 0.5
    assert path_of([1, 1, 2], [3, 2, 1]).best == 0.1
    assert path_of([1, 2, 2], [3, 2, 1]).best == 0.0
    assert path_of([1, 1, 1], [1, 1, 1]).best == 0.1
    assert path_of([1, 1, 2], [3, 2, 1]).matters and not path_of([1, 1, 1], [1, 1, 1]).matters


def test_a_teacher_that_errs_the_same_way_everywhere_is_corrected_by_the_labels() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_500, 3))
    y = (X[:, 0] + rng.normal(size=1_500) > 0).astype(int)
    z = np.column_stack([-X[:, 0] - 0.5, X[:, 0] + 0.5])  # fresh labels, and it says yes too often
    asked: Any = {"teacher_inputs": np.arange(1_500), "temperature": 1.0, "size": 8}
    asked["student"] = "tree"
    d = run(by_heart(z), X, y, alpha="auto", **asked)
    path = d.alpha_path.set_index("alpha")
    assert list(path.index) == list(ALPHAS) and path.index[path["chosen"]].tolist() == [d.alpha]
    assert d.alpha == d.student.alpha > 0
    assert path["log_loss"].is_monotonic_decreasing
    assert "alpha-does-not-matter" not in d.findings.codes


def test_where_no_alpha_is_better_the_usual_one_is_taken() -> None:
    X, _ = data(300)
    y = (smooth(X)[:, 1] > 0).astype(int)
    d = run(smooth, X, y, alpha=(0.05, 0.1, 0.15), size=4, temperature=1.0)
    assert d.alpha == 0.1 == d.student.alpha and len(d.alpha_path) == 3
    (found,) = d.findings.of("alpha-does-not-matter")
    worst = d.alpha_path["behind_best"].max()
    assert found.evidence["largest difference in KL to the teacher"] == worst
    assert "alpha-does-not-matter" not in run(smooth, X, y, alpha=0.1, size=4).findings.codes


def test_alpha_of_a_regression_is_tried() -> None:
    X, _ = data(300)
    truth = X[:, 0] + 0.1 * np.random.default_rng(1).normal(size=300)
    d = run(lambda X: X[:, 0] + 3.0, X, truth, task="regression", alpha="auto", size=4)
    teacher, truth = ["rmse", "behind_best", "se"], ["rmse_truth", "behind_best_truth", "se_truth"]
    assert list(d.alpha_path) == ["alpha", *teacher, *truth, "chosen"]
    assert d.alpha_path["alpha"][d.alpha_path["chosen"]].item() == d.alpha
    assert d.alpha_path["rmse_truth"].is_monotonic_decreasing  # the teacher is off by 3


@pytest.mark.parametrize("classes", [True, False])
def test_the_path_of_alpha_says_how_far_each_is_behind_and_what_is_chance(classes: bool) -> None:
    for off, off_truth in (([1, 1, 2], [3, 2, 1]), ([1, 1, 1], [1, 1, 1])):
        tried = path_of(off, off_truth)
        frame = tried.frame(classes=classes)
        names = ("kl", "log_loss") if classes else ("rmse", "rmse_truth")
        clear = []
        for name, squares, end in zip(
            names, (tried.off, tried.off_truth), ("", "_truth"), strict=True
        ):
            behind, se = frame[f"behind_best{end}"], frame[f"se{end}"]
            np.testing.assert_allclose(behind, frame[name] - frame[name].min())
            apart = squares - squares[squares.mean(1).argmin()]
            error = apart.std(1) / np.sqrt(400)
            # a root is as many standard errors behind as its square
            np.testing.assert_allclose(behind * error, apart.mean(1) * se, atol=1e-12)
            if classes:
                np.testing.assert_allclose(se, error)
            clear.append((behind > 2 * se + 1e-12).any())
        assert any(clear) == tried.matters


def test_the_path_of_alpha_is_empty_under_the_same_names_where_it_was_set() -> None:
    X, y = data(200)
    searched, given = (
        run(smooth, X, y, alpha=alpha, size=4, temperature=1.0) for alpha in ("auto", 0.3)
    )
    assert given.alpha_path.empty and list(given.alpha_path) == list(searched.alpha_path)


@pytest.mark.parametrize(
    ("y", "alpha", "text"),
    [
        (False, "auto", r"the ground truth y, as alpha weighs it. Got alpha='auto' and no y"),
        (True, (0.2,), r"a grid of at least two alphas. Got \(0.2,\). Give the number alone"),
        (True, "best", r"alpha to be a number from 0 to 1, several or \"auto\". Got 'best'"),
    ],
)
def test_what_cannot_be_tried_is_refused(y: bool, alpha: Any, text: str) -> None:
    X, labels = data(100)
    with pytest.raises(ValueError, match=text):
        run(smooth, X, labels if y else None, alpha=alpha)
