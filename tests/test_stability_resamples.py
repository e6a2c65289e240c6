"""Stability where rows were made or assistants taught: what a resample repeats, and what not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

import jupyter_distill as jd
from jupyter_distill.data import Table
from jupyter_distill.data.manifold import nearest_real
from jupyter_distill.distillation import Distillation, Resamples, Work
from jupyter_distill.distillation._assistants import Assistant
from jupyter_distill.distillation._lessons import TIMES, Lessons, Teaching
from jupyter_distill.distillation._more_rows import Answering
from jupyter_distill.targets.asking import Asking
from jupyter_distill.teachers.estimator import EstimatorTeacher

from .refitted import measured


def world(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 5)), columns=list("abcde"))
    score = 0.6 * X["a"] + X["b"] * X["c"] + 0.5 * rng.normal(size=n)
    return X, score.to_numpy()


@cache
def distilled(task: str = "classification", assistant: str | None = None) -> Any:
    X, score = world(600, 99)
    models = {"classification": RandomForestClassifier, "regression": RandomForestRegressor}
    model = models[task](20, random_state=0, min_samples_leaf=3)
    classify = task == "classification"
    model.fit(X, score > 0 if classify else score)
    options: dict[str, Any] = {"temperature": 1.0} if classify else {}
    return jd.distill(
        model,
        world(80, 0)[0],
        student="tree",
        size=6,
        augment="local_swap",
        assistant=assistant,
        quality="greedy",
        progress=False,
        **options,
    )


def with_made(d: Distillation, more: int = 0) -> Distillation:
    """Return the same as if made rows, and some without labels, had been kept."""
    answer = Answering(d.teacher, d.targets, Asking.of(d.teacher, None, None), Work(False))
    unlabelled = Table.of(world(40, 5)[0], columns=d.table.columns)
    lessons = Lessons(d.table, d.targets, answer, (unlabelled, answer(unlabelled)))
    teaching = Teaching(unlabelled=more > 0, method="local_swap")
    table, targets = lessons.lesson(d.rows.learnt, teaching)
    course = replace(d.course, table=table, targets=targets, teaching=teaching)
    return replace(d, courses={"tree": course})


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("more", [0, 40])
def test_rows_are_made_anew_from_the_real_rows_that_were_drawn(task: str, more: int) -> None:
    d = with_made(distilled(task=task), more)
    drawn = Resamples(d)
    n = len(d.rows.learnt)
    assert drawn.anew and drawn.n_rows == n + more
    real = {row.tobytes() for row in d.course.table.values[: drawn.n_rows]}
    first, second = (drawn.draw(seed) for seed in np.random.SeedSequence(1).spawn(2))
    for table, targets in (first, second):
        there = [row.tobytes() in real for row in table.values[: drawn.n_rows]]
        assert all(there)
        distinct = {row.tobytes() for row in table.values[: drawn.n_rows]}
        assert 0.5 < len(distinct) / drawn.n_rows < 0.75  # 1 - 1 / e
        made = table.values[drawn.n_rows :]
        assert len(targets) == len(table) and len(made) % TIMES == 0
        # local swaps take every value from a labelled row that was drawn
        for j in range(made.shape[1]):
            assert set(made[:, j]) <= set(table.values[: len(made) // TIMES, j])
        said = targets.logits if task == "classification" else targets.values
        X = pd.DataFrame(table.values, columns=list("abcde"))
        asked = d.teacher.logits(X) if task == "classification" else d.teacher.predictions(X)
        np.testing.assert_allclose(said, asked)
    assert not np.array_equal(first[0].values, second[0].values)


def test_the_same_seed_gives_the_same_whatever_the_jobs_where_rows_are_made_anew() -> None:
    d = with_made(distilled())
    one = measured(d)
    with joblib.parallel_config("threading", n_jobs=2):
        others = [measured(d), measured(d, n_jobs=2)]
    for other in others:
        np.testing.assert_array_equal(one.pairs, other.pairs)
        pd.testing.assert_frame_equal(one.frame(), other.frame(), check_exact=True)
    assert one.anew and not one.notes and "with others made anew" in one.describe()


def test_a_teacher_that_may_be_far_away_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    d = with_made(distilled())
    near = measured(d, 12)

    def asked(*args: Any, **options: Any) -> Any:
        raise AssertionError("the teacher was asked")

    monkeypatch.setattr(EstimatorTeacher, "remote", True)
    monkeypatch.setattr(EstimatorTeacher, "query", asked)
    drawn = Resamples(d)
    assert not drawn.anew
    table, targets = drawn.draw(np.random.SeedSequence(3))
    assert table is None
    n = drawn.n_rows
    times = targets.weights / d.course.targets.weights
    real, made = (d.course.table.take(rows) for rows in np.split(np.arange(len(times)), [n]))
    np.testing.assert_array_equal(times[n:], times[nearest_real(real, made)])
    assert times[:n].sum() == n and (times == np.round(times)).all()
    far = measured(d, 12)
    assert "no rows were made anew" in far.notes[0] and "no rows were made anew" in repr(far)
    assert abs(far.value - near.value) < 0.06 and not far.anew


def test_assistants_are_not_taught_anew_and_that_is_said() -> None:
    d = with_made(distilled(assistant="linear"))
    chain = d.course.chain
    teaching = replace(d.course.teaching, assistants=(Assistant("any", None, 0.0),))
    d = replace(d, courses={"tree": replace(d.course, teaching=teaching)})
    found = measured(d, 2)
    assert found.notes == (f"The assistants were not taught anew: {chain[0].name}.",)
    table, targets = Resamples(d).draw(np.random.SeedSequence(0))
    np.testing.assert_allclose(targets.logits, chain[-1].output(table))


def test_of_real_rows_enough_are_needed_whatever_was_made() -> None:
    X, score = world(600, 99)
    model = RandomForestClassifier(5, random_state=0).fit(X, score > 0)
    d = jd.distill(
        model,
        world(22, 0)[0],
        size=2,
        temperature=1.0,
        augment="local_swap",
        quality="greedy",
        progress=False,
    )
    with pytest.raises(ValueError, match="at least 20 real rows, to resample them. Got 1[78]"):
        d.stability(progress=False)


def test_the_nearest_real_row_is_the_row_itself() -> None:
    table = Table.of(world(50, 0)[0])
    places = np.random.default_rng(0).permutation(50)
    np.testing.assert_array_equal(nearest_real(table, table.take(places)), places)
