"""Every measure is the one that others call so, with an interval that a bootstrap would give."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from jupyter_distill._softmax import softmax
from jupyter_distill.audits import _best_possible as best
from jupyter_distill.audits import _measured as measured
from jupyter_distill.audits._every_tree import Candidates, EveryTree, TooMany
from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table
from jupyter_distill.students._bins import Binned
from jupyter_distill.students.linear import LinearStudent
from jupyter_distill.students.rules import RulesStudent
from jupyter_distill.students.tree import TreeStudent
from jupyter_distill.targets import SoftTargets

from .audited import applicants, copied, plain, planted, planted_numbers, yes_or_no
from .distilling import run
from .trees import SEEDS, rows_of_every_kind


def drawn(seed: int, k: int, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Logits with ties, and classes that have something to do with them; all are there."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, k)).round(1)
    named = (z + rng.gumbel(size=(n, k))).argmax(1)
    named[:k] = np.arange(k)
    return z, named


def values(counted: dict[str, Any], seed: int | None = 0) -> dict[str, float]:
    return {name: one.value for name, one in measured.intervals(counted, seed).items()}


@given(SEEDS, st.integers(2, 4))
@settings(max_examples=20, deadline=None)
def test_measures_are_those_of_scikit_learn(seed: int, k: int) -> None:
    z, named = drawn(seed, k)
    p, answer, one_hot = softmax(z), z.argmax(1), np.eye(k)[named]
    said = values(measured.to_labels(z, named))
    auc = metrics.roc_auc_score(named, p[:, 1]) if k == 2 else None
    if auc is None:
        auc = metrics.roc_auc_score(named, p, multi_class="ovr")
    np.testing.assert_allclose(said["accuracy"], metrics.accuracy_score(named, answer))
    np.testing.assert_allclose(
        said["balanced accuracy"], metrics.balanced_accuracy_score(named, answer)
    )
    np.testing.assert_allclose(said["AUC"], auc)
    np.testing.assert_allclose(said["log loss"], metrics.log_loss(named, p))
    np.testing.assert_allclose(said["Brier"], ((p - one_hot) ** 2).sum(1).mean())
    if k == 2:
        binary = metrics.brier_score_loss(named, p[:, 1])
        np.testing.assert_allclose(said["Brier"], 2 * binary)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_measures_of_numbers_are_those_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    target = rng.normal(size=80).round(1)
    said = (target + rng.normal(size=80)).round()
    found = values(measured.to_numbers(said, target))
    np.testing.assert_allclose(found["R2"], metrics.r2_score(target, said))
    np.testing.assert_allclose(found["RMSE"], metrics.root_mean_squared_error(target, said))
    np.testing.assert_allclose(found["MAE"], metrics.mean_absolute_error(target, said))
    np.testing.assert_allclose(found["Spearman"], stats.spearmanr(said, target)[0])


@given(SEEDS, st.integers(2, 4))
@settings(max_examples=20, deadline=None)
def test_a_perfect_copy_is_perfect_in_every_measure(seed: int, k: int) -> None:
    z, _ = drawn(seed, k)
    z += 1e-3 * np.random.default_rng(seed).random(z.shape)  # no ties between classes
    found = values({**measured.to_classes(z, z.argmax(1)), **measured.to_distribution(z, z)})
    for name, value in found.items():
        wanted = 0.0 if name in ("KL", "Brier") else 1.0
        if name == "AUC" and k > 2:
            assert 0.5 < value <= 1  # a class may be likelier where another is named
        else:
            np.testing.assert_allclose(value, wanted, atol=1e-12)


def test_intervals_are_those_of_a_bootstrap_that_measures_every_resample_anew() -> None:
    z, named = drawn(3, 2, 300)
    target = z[:, 0] + np.random.default_rng(0).normal(size=300)
    found = measured.intervals(
        {**measured.to_classes(z, named), **measured.to_numbers(z[:, 0], target)}, 0
    )
    rng, again = np.random.default_rng(5), []
    for _ in range(150):
        rows = rng.integers(0, 300, 300)
        again.append(
            (
                metrics.balanced_accuracy_score(named[rows], z[rows].argmax(1)),
                metrics.roc_auc_score(named[rows], z[rows, 1] - z[rows, 0]),
                stats.spearmanr(z[rows, 0], target[rows])[0],
            )
        )
    for name, of in zip(("balanced agreement", "AUC", "Spearman"), np.array(again).T, strict=True):
        low, high = np.quantile(of, [0.025, 0.975])
        width = high - low
        assert abs(found[name].low - low) < 0.2 * width, name
        assert abs(found[name].high - high) < 0.2 * width, name


@pytest.mark.parametrize("make", [planted, planted_numbers])
def test_a_distillation_is_measured_like_its_card_and_beside_its_baselines(make: Any) -> None:
    d = make()
    found, card = d.measures(), d.fidelity()
    assert found.value == card.value and found.rows == card.rows == len(d.rows.held_out)
    frame = found.frame()
    inside = frame.dropna()
    assert (inside["low"] <= inside["value"]).all() and (inside["value"] <= inside["high"]).all()
    to_truth = frame[frame["against"] == "truth"]
    assert set(to_truth["model"]) == {found.measures[0].model, "labels only", "teacher"} | {
        "mean of the teacher" if d.task == "regression" else "most common class"
    }
    own = found.of("R2" if d.task == "regression" else "accuracy", against="truth")
    wanted = card.overall.truth_r2 if d.task == "regression" else card.overall.accuracy
    assert own.value == pytest.approx(wanted.value)
    pd.testing.assert_frame_equal(frame, d.measures().frame())
    assert "to the teacher" in repr(found) and "Best possible" in repr(found)


def test_a_student_that_is_its_teacher_measures_so() -> None:
    d = copied(planted())
    found = d.measures()
    for name in ("agreement", "balanced agreement", "AUC", "R2 of log-odds"):
        assert found.of(name).value == pytest.approx(1)
    assert found.of("KL").value == pytest.approx(0) == found.of("Brier").value
    assert found.of("AUC", against="truth") == found.of("AUC", "teacher", "truth")


def test_without_truth_only_the_teacher_is_measured_against() -> None:
    found = planted(truth=False).measures()
    assert found.known == 0 and set(found.frame()["against"]) == {"teacher"}
    with pytest.raises(ValueError, match="name to be one of"):
        found.of("accuracy", against="truth")
    with pytest.raises(ValueError, match="model"):
        found.of("KL", "labels only")
    with pytest.raises(ValueError, match="rows to be one of"):
        planted().measures("some")


# --- the best possible -------------------------------------------------------------------------


def naive(
    codes: np.ndarray, of: np.ndarray, questions: list[Any], leaves: int, score: Any
) -> float:
    """Try every tree by its definition."""
    most = float(score(of.sum(0)))
    if leaves == 1 or not len(codes):
        return most
    for column, goes_left in questions:
        goes = goes_left[codes[:, column]]
        for on_left in range(1, leaves):
            parts = [
                naive(codes[at], of[at], questions, n, score)
                for at, n in ((goes, on_left), (~goes, leaves - on_left))
            ]
            most = max(most, sum(parts))
    return most


@pytest.mark.parametrize("leaves", [2, 3, 4])
@pytest.mark.parametrize("numbers", [False, True])
def test_no_tree_of_a_size_gains_more_than_the_one_that_is_found(
    leaves: int, numbers: bool
) -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        frame = rows_of_every_kind(40, rng)
        frame["age"] = frame["age"] // 30
        frame["income"] = frame["income"].fillna(90) // 40
        frame.loc[:3, "income"] = np.nan
        binned = Binned.of(Table.of(frame[["income", "age", "employed"]]))
        of = np.eye(3)[rng.integers(0, 3, 40)]
        score = best._of_classes
        if numbers:
            of, score = np.column_stack([np.ones(40), rng.normal(size=40)]), best._of_numbers
        candidates = Candidates(binned)
        gain, tree = EveryTree(candidates, of, score, np.inf).best(np.arange(40), leaves)
        asked = [(j, q) for j, qs in enumerate(candidates.questions) for q in qs]
        wanted = naive(binned.codes, of, asked, leaves, score)
        np.testing.assert_allclose(gain, wanted)
        leaf = tree.leaf(binned.codes)
        reached = sum(float(score(of[leaf == k].sum(0))) for k in np.unique(leaf))
        np.testing.assert_allclose(reached, wanted)
        assert len(np.unique(leaf)) <= leaves


def test_all_ways_to_part_categories_and_missing_values_are_tried() -> None:
    frame = pd.DataFrame({"kind": ["a", "b", "c", None] * 5, "on": [True, False] * 10})
    candidates = Candidates(Binned.of(Table.of(frame)))
    kinds, flags = candidates.questions
    assert len(kinds) == 2**3 - 1 and len(flags) == 1
    both = {tuple(row) for row in kinds} | {tuple(~row) for row in kinds}
    assert both == {way for way in product([False, True], repeat=4) if any(way) and not all(way)}
    many = pd.DataFrame({"kind": [f"k{i}" for i in range(20)] * 2, "n": range(40)})
    assert Candidates(Binned.of(Table.of(many))).left_out == ["kind"]


@pytest.mark.parametrize("make", [planted, planted_numbers])
def test_no_student_of_the_size_is_better_than_the_best_possible(make: Any) -> None:
    d = make(3)
    found = d.measures()
    assert found.best.reason == "" and found.best.learnt >= found.best.student > 0.5
    there = found.of(found.best.measure, "best possible")
    assert there.low <= there.value <= there.high < 1
    assert found.best.ceiling == 1.0


def test_it_is_said_why_the_best_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "more than 4 leaves" in planted(8).measures().best.reason
    frame = applicants(300)
    other = run(yes_or_no, frame, size=2, temperature=1.0, **plain(RulesStudent(quality="greedy")))
    assert "only of trees" in other.measures().best.reason
    bound = TreeStudent(quality="greedy", constraints=Constraints(forbid=("age",)))
    other = run(yes_or_no, frame, size=2, temperature=1.0, **plain(bound))
    assert "constraints" in other.measures().best.reason
    monkeypatch.setattr(best, "MOST", 10)
    found = planted(3).measures()
    assert "too many trees of 3 leaves" in repr(found)
    assert "best possible" not in set(found.frame()["model"])
    candidates = Candidates(Binned.of(Table.of(frame[["income"]])))
    with pytest.raises(TooMany):
        EveryTree(candidates, np.ones((300, 1)), best._of_classes, 1).best(np.arange(300), 2)


def test_of_a_linear_model_every_choice_of_columns_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = applicants(300)
    d = run(yes_or_no, frame, size=2, temperature=1.0, **plain(LinearStudent(quality="greedy")))
    found = d.measures()
    assert found.best.reason == "" and found.best.learnt >= found.best.student > 0.5
    assert found.of("agreement", "best possible").value > 0.5
    monkeypatch.setattr(best, "WAYS", 5)
    assert "6 ways to choose 2 of 4 columns" in repr(d.measures())


@pytest.mark.parametrize("rows", ["held_out", "all"])
def test_a_teacher_that_always_says_the_same_is_measured_as_far_as_it_can_be(rows: str) -> None:
    frame = applicants(200)
    student = TreeStudent(quality="greedy")
    d = run(lambda X: np.tile([0.3, 0.7], (len(X), 1)), frame, size=2, **plain(student))
    found = d.measures(rows)
    assert found.value == 1 and np.isnan(found.of("AUC").value)
    assert np.isnan(found.of("R2 of log-odds").value) and found.of("KL").value < 1e-3
    assert not d.segments(rows).findings and not len(d.regions(rows=rows))
    assert "-" in repr(found)


def test_of_a_single_row_with_a_truth_no_interval_is_made_up() -> None:
    d = planted()
    labels = np.full(d.table.n_rows, -1)
    keep = np.append(d.rows.learnt, d.rows.held_out[0])
    labels[keep] = d.targets.labels[keep]
    few = replace(d, targets=SoftTargets(d.targets.logits, d.targets.classes, labels))
    found = few.measures()
    assert found.known == 1 and "known for 1" in repr(found)
    loss, accuracy = (found.of(name, against="truth") for name in ("log loss", "accuracy"))
    assert loss.value > 0 and np.isnan(loss.low) and np.isnan(loss.high)
    assert accuracy.high - accuracy.low > 0.5
    assert few.reliability().known == 1 and not few.reliability().findings


def test_a_sample_is_measured_on_its_own_rows_and_that_is_said() -> None:
    d = run(
        yes_or_no,
        applicants(1_500),
        sample=600,
        size=3,
        temperature=1.0,
        **plain(TreeStudent(quality="greedy")),
    )
    assert d.population is not None
    for found in (d.measures(), d.segments(), d.regions(), d.reliability()):
        assert found.rows == len(d.rows.held_out)
        assert "rows of the sample alone (600 of 1,500)" in repr(found)


def test_rows_that_are_alike_bound_every_model_of_the_columns() -> None:
    table = Table.of(pd.DataFrame({"a": [1.0, 1.0, 1.0, 2.0, np.nan, np.nan]}))
    votes = np.eye(2)[[0, 0, 1, 1, 0, 1]]
    assert best._ceiling(table, votes, False) == pytest.approx(4 / 6)
    assert best._ceiling(table, np.array([1.0, 1, 1, 2, 3, 3])[:, None], True) == 1.0
