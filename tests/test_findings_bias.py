"""A teacher that errs on one side is named, and one that does not is left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.checks._bias import bias
from jupyter_distill.checks._subject import Subject
from jupyter_distill.data import Table
from jupyter_distill.distillation import Finding, Findings
from jupyter_distill.targets import Predictions, SoftTargets

RUNS = 150


def biases(frame: pd.DataFrame, targets: Any) -> list[Finding]:
    rows = np.arange(len(frame))
    return bias(Subject(Table.of(frame), targets, rows, rows, False, "held-out rows")).findings


def groups(rng: np.random.Generator, n: int) -> pd.DataFrame:
    sizes = enumerate((2, 3, 5, 8))
    frame = pd.DataFrame({f"c{j}": [f"v{v}" for v in rng.integers(0, k, n)] for j, k in sizes})
    return frame.assign(flag=rng.random(n) < 0.3, number=rng.normal(size=n))


def named(answers: np.ndarray, y: np.ndarray, k: int, sure: float = 3.0) -> SoftTargets:
    return SoftTargets(sure * np.eye(k)[answers], np.arange(k), labels=y)


def unbiased(seed: int) -> list[Finding]:
    """Look at a teacher that is wrong at random."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(100, 900)), int(rng.integers(2, 6))
    shares = rng.dirichlet(np.full(k, 2.0))
    y = rng.choice(k, n, p=shares)
    kept = rng.random(n) < rng.uniform(0.4, 0.95)
    return biases(groups(rng, n), named(np.where(kept, y, rng.choice(k, n, p=shares)), y, k))


def unbiased_numbers(seed: int) -> list[Finding]:
    """Look at errors that are 0 in the mean and far from normal."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(100, 900))
    y = rng.normal(size=n)
    return biases(groups(rng, n), Predictions(y + rng.gamma(1.0, 1.0, n) - 1.0, y))


def test_an_unbiased_teacher_is_called_biased_in_less_than_one_of_fifty_runs() -> None:
    assert sum(bool(unbiased(seed)) for seed in range(RUNS)) < RUNS / 50
    assert sum(bool(unbiased_numbers(seed)) for seed in range(RUNS)) < RUNS / 50


def test_a_class_that_is_named_too_often_is_named() -> None:
    rng = np.random.default_rng(0)
    y = rng.choice(3, 600, p=[0.6, 0.3, 0.1])
    answers = np.where((y == 0) & (rng.random(600) < 0.4), 2, y)
    found = biases(groups(rng, 600), named(answers, y, 3))
    assert [one.code for one in found] == ["biased-teacher"]
    said = found[0].evidence
    assert said["class"] == "2" and said["named"] == int((answers == 2).sum())
    assert said["labelled"] == int((y == 2).sum()) and said["classes looked at"] == 3
    assert "Its probabilities are off too" in found[0].remedy


def test_a_rare_class_that_honest_probabilities_never_name_is_told_apart() -> None:
    rng = np.random.default_rng(0)
    p = np.full(800, 0.2)
    y = (rng.random(800) < p).astype(int)
    targets = SoftTargets.from_probabilities(np.column_stack([1 - p, p]), ["no", "yes"], labels=y)
    found = biases(groups(rng, 800), targets)
    assert found[0].evidence["class"] == "yes" and found[0].evidence["named"] == 0
    assert found[0].remedy.startswith("Its probabilities are in line with the labels")


def test_the_group_where_the_teacher_is_worst_is_named() -> None:
    rng = np.random.default_rng(1)
    frame, n = groups(rng, 900), 900
    y = rng.integers(0, 2, n)
    wrong = rng.random(n) < np.where(frame["c1"] == "v2", 0.35, 0.1)
    wrong |= (frame["flag"] & (rng.random(n) < 0.2)).to_numpy()
    found = biases(frame, named(np.where(wrong, 1 - y, y), y, 2))
    assert [one.evidence["group"] for one in found] == ["c1 = v2"]
    said = found[0].evidence
    inside = (frame["c1"] == "v2").to_numpy()
    assert said["rows"] == inside.sum() and said["accuracy"] == (~wrong)[inside].mean()
    assert said["accuracy elsewhere"] == (~wrong)[~inside].mean()


def test_missing_values_are_a_group_and_small_groups_are_none() -> None:
    rng = np.random.default_rng(2)
    n = 500
    kind = np.array(["a", "b", None, "rare"], dtype=object)[
        rng.choice(4, n, p=[0.4, 0.4, 0.18, 0.02])
    ]
    y = rng.integers(0, 2, n)
    frame = pd.DataFrame({"kind": kind})
    rare = kind == "rare"
    assert not biases(frame, named(np.where(rare, 1 - y, y), y, 2))
    lost = pd.isna(kind) & (rng.random(n) < 0.6)
    found = biases(frame, named(np.where(lost, 1 - y, y), y, 2))
    assert found[0].evidence["group"] == "kind = missing"
    assert found[0].evidence["groups looked at"] == 3


def test_a_regression_that_is_too_high_in_a_group_or_everywhere() -> None:
    rng = np.random.default_rng(3)
    n = 600
    frame, y = groups(rng, n), rng.normal(100, 10, n)
    noise = rng.normal(0, 3, n)
    assert not biases(frame, Predictions(y + noise, y))
    high = biases(frame, Predictions(y + noise + 5 * (frame["c2"] == "v1").to_numpy(), y))
    assert high[0].evidence["group"] == "c2 = v1" and 3 < float(high[0].evidence["mean error"]) < 7
    assert "too high in the mean" in high[0].sentence
    low = biases(frame, Predictions(y + noise - 5, y))
    assert low[0].evidence["group"] == "all rows" and "too low in the mean" in low[0].sentence
    assert not biases(frame, Predictions(y + noise - 1, y))  # clear, and too little to matter


def test_without_the_truth_nothing_is_said() -> None:
    rng = np.random.default_rng(4)
    frame = groups(rng, 200)
    assert not biases(frame, SoftTargets(rng.normal(size=(200, 2)), ["a", "b"]))
    assert not biases(frame, Predictions(rng.normal(size=200)))


def test_two_of_one_code_stay_two() -> None:
    rng = np.random.default_rng(5)
    n = 900
    frame, y = groups(rng, n), rng.choice(2, n, p=[0.8, 0.2])
    answers = np.where((frame["c0"] == "v0") & (rng.random(n) < 0.5), 1, y)
    found = Findings.ordered(biases(frame, named(answers, y, 2)))
    assert found.codes == ("biased-teacher", "biased-teacher")
    assert {"class", "group"} == {next(iter(one.evidence)) for one in found}
