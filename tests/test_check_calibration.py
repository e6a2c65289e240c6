"""Calibration in figures: what ECE and its like must keep to, and what they come to by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.metrics import brier_score_loss, log_loss

from jupyter_distill.checks._accuracy import accuracy
from jupyter_distill.checks._calibration import by_decile, calibration
from jupyter_distill.checks._reliability import (
    BINS,
    bins,
    ece,
    ece_by_chance,
    likeliest_temperature,
    reliability,
)
from jupyter_distill.targets import Predictions, SoftTargets

from .checking import subject

RUNS = 200
scores = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=80).map(np.array)


def calibrated(seed: int, n: int, k: int = 2, sharp: float = 1.0) -> SoftTargets:
    """Answers and labels that come of them; `sharp` makes the answers surer than that."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, k)) * rng.uniform(0.5, 3.0)
    labels = (softmax(z, axis=1).cumsum(1) < rng.random((n, 1))).sum(1).clip(0, k - 1)
    return SoftTargets(sharp * z, np.arange(k), labels)


def found(targets: SoftTargets | Predictions, *, test: bool) -> list[str]:
    n = targets.n_rows
    frame = np.zeros((2 * n, 1)) if test else np.zeros((n, 1))
    both = targets.join(targets) if test else targets  # type: ignore[arg-type]
    looked = calibration(subject(frame, both, test=n if test else 0))
    return [one.code for one in looked.findings]


@pytest.mark.parametrize("test", [True, False])
def test_probabilities_that_are_right_are_hardly_ever_called_wrong(test: bool) -> None:
    called = sum(
        bool(found(calibrated(seed, 40 + 4 * seed, 2 + seed % 3), test=test))
        for seed in range(RUNS)
    )
    assert called <= RUNS // 50


@pytest.mark.parametrize("noise", ["normal", "skewed", "heavy"])
def test_numbers_that_are_right_are_hardly_ever_called_wrong(noise: str) -> None:
    called = 0
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(40, 500))
        said = rng.normal(size=n) if seed % 2 else rng.lognormal(size=n)
        draws = {"normal": rng.normal, "skewed": rng.exponential}
        error = rng.standard_t(4, n) if noise == "heavy" else draws[noise](size=n)
        called += bool(found(Predictions(said, said + error - error.mean()), test=True))
    assert called <= RUNS // 40


def test_a_teacher_that_is_surer_than_it_is_right_is_told() -> None:
    assert found(calibrated(0, 800, sharp=4.0), test=True) == ["miscalibrated-teacher"]
    assert found(calibrated(0, 800, sharp=4.0), test=False) == ["miscalibrated-teacher"]
    assert found(calibrated(0, 800, sharp=0.2), test=True) == ["miscalibrated-teacher"]
    # too cautious on rows that it may have learnt: that is how a forest answers to its own rows
    assert found(calibrated(0, 800, sharp=0.2), test=False) == []


@given(scores)
def test_bins_part_the_rows_and_equal_scores_stay_together(said: np.ndarray) -> None:
    place = bins(said)
    assert set(place) == set(range(place.max() + 1)) and place.max() < BINS
    for score in np.unique(said):
        assert len(set(place[said == score])) == 1
    order = np.argsort(said, kind="stable")
    assert (np.diff(place[order]) >= 0).all()


@given(scores, st.integers(0, 2**16))
def test_ece_is_a_share_and_0_where_every_bin_is_right(said: np.ndarray, seed: int) -> None:
    happened = np.random.default_rng(seed).random(len(said)) < said
    whole, over = ece(said, happened), ece(said, happened, over=True)
    assert 0.0 <= over <= whole + 1e-12 <= 1.0 + 1e-9
    assert whole >= abs(float((said - happened).mean())) - 1e-9
    assert ece(happened.astype(float), happened) == 0.0
    curve = reliability(said, happened)
    assert curve["rows"].sum() == len(said)
    assert (curve["low"] <= curve["happened"]).all() and (curve["happened"] <= curve["high"]).all()
    assert float(
        (curve["rows"] * (curve["said"] - curve["happened"]).abs()).sum()
    ) == pytest.approx(whole * len(said), abs=1e-9)


def test_equal_mass_bins_hold_about_as_many_rows_each() -> None:
    said = np.random.default_rng(0).random(1_500)
    assert np.ptp(np.bincount(bins(said))) <= 2 and bins(said).max() == BINS - 1


def test_what_ece_comes_to_by_chance_is_the_same_however_it_is_drawn() -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(0.5, 1.0, 60_000)  # more rows than are drawn one by one
    place = bins(said)
    many = ece_by_chance(said, place, 0).mean()
    observed = [ece(said, rng.random(len(said)) < said, place) for _ in range(40)]
    assert many == pytest.approx(np.mean(observed), rel=0.1)
    few = said[:2_000]
    drawn = ece_by_chance(few, bins(few), 0)
    observed = [ece(few, rng.random(2_000) < few) for _ in range(200)]
    assert drawn.mean() == pytest.approx(np.mean(observed), rel=0.1) and len(drawn) == 999


@pytest.mark.parametrize("sharp", [0.4, 1.0, 3.0])
def test_the_likeliest_temperature_undoes_what_sharpened(sharp: float) -> None:
    targets = calibrated(3, 3_000, 3, sharp)
    assert targets.labels is not None
    best, low, high, least = likeliest_temperature(targets, targets.labels)
    assert low < sharp < high and best == pytest.approx(sharp, rel=0.15)
    assert least == pytest.approx(log_loss(targets.labels, targets.at(best)), rel=1e-6)


def test_the_figures_are_those_of_scikit_learn() -> None:
    targets = calibrated(4, 500)
    parts = accuracy(subject(np.zeros((500, 1)), targets), 0).parts
    figures = parts["calibration"].set_index("measure")["value"]
    p, labels = targets.at(1.0), targets.labels
    assert figures["Brier score"] == pytest.approx(2 * brier_score_loss(labels, p[:, 1]))
    assert figures["log loss"] == pytest.approx(log_loss(labels, p))
    beside = parts["calibration"].set_index("measure")["if calibrated"]
    assert abs(figures["log loss"] - beside["log loss"]) < 0.06
    assert abs(figures["classwise ECE"] - beside["classwise ECE"]) < 0.02
    for name in ("accuracy", "calibration"):
        frame = parts[name].dropna(subset=["low"])
        assert ((frame["low"] <= frame["value"]) & (frame["value"] <= frame["high"])).all()


def test_deciles_say_where_numbers_are_off() -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(0, 10, 1_000)
    truth = np.where(said > 9, said - 3, said) + rng.normal(size=1_000)
    frame = by_decile(said, truth)
    assert len(frame) == 10 and frame["rows"].sum() == 1_000
    off = (frame["low"] > 0) | (frame["high"] < 0)
    assert off.iloc[-1] and frame["error"].iloc[-1] == pytest.approx(3, abs=0.4)
    assert by_decile(np.ones(50), rng.normal(size=50))["rows"].tolist() == [50]
