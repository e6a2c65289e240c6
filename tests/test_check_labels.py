"""Labels that are wrong are counted; rows that are merely hard to tell are not taken for them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.special import softmax

from jupyter_distill.checks._confident import confident_joint, seeming, suspects
from jupyter_distill.checks._lapse import Lapse, _Loss, lapse
from jupyter_distill.checks._linear import design, out_of_fold
from jupyter_distill.data import Table

from .checking import credit

RUNS = 120


def drawn(seed: int, n: int, k: int, clear: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels that come of them."""
    rng = np.random.default_rng(seed)
    z = clear * rng.normal(size=(n, k))
    labels = (softmax(z, axis=1).cumsum(1) < rng.random((n, 1))).sum(1)
    return z, np.minimum(labels, k - 1)


def relabelled(labels: np.ndarray, k: int, share: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(labels)) < share
    return np.where(wrong, (labels + rng.integers(1, k, len(labels))) % k, labels)


def test_labels_that_are_right_are_hardly_ever_called_wrong() -> None:
    called = 0
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        n, k = int(rng.integers(150, 600)), int(rng.integers(2, 4))
        z, labels = drawn(seed, n, k, rng.uniform(0.3, 4.0))
        # surer or less sure than right, and one class too likely
        seen = z * rng.uniform(0.3, 3.0) + np.append(np.zeros(k - 1), rng.normal())
        found = lapse([seen], np.unique(labels, return_inverse=True)[1])
        called += found.share >= 0.03 and found.p < 0.003
    assert called <= RUNS // 50


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("share", [0.05, 0.15])
def test_the_share_of_wrong_labels_lies_in_the_interval(k: int, share: float) -> None:
    z, labels = drawn(1, 1_500, k, 4.0)
    found = lapse([z / 2], relabelled(labels, k, share))
    assert found.low < share < found.high and found.p < 1e-6
    assert found.high - found.low < 0.1


def test_a_second_model_takes_for_hard_what_the_first_would_take_for_wrong() -> None:
    z, labels = drawn(2, 1_500, 2, 3.0)
    coarse = np.clip(z, -0.8, 0.8)  # cannot tell the clearest rows from others
    assert lapse([coarse, z], labels).p > 0.01
    assert lapse([coarse], labels).share >= lapse([coarse, z], labels).share


def test_no_label_may_be_wrong_at_all() -> None:
    z = np.repeat([[4.0, -4.0], [-4.0, 4.0]], 100, axis=0)
    found = lapse([z], np.repeat([0, 1], 100))
    assert isinstance(found, Lapse) and found.share < 0.005
    assert found.low == 0.0 and found.high < 0.04


def test_the_slope_of_the_loss_is_that_of_the_loss() -> None:
    z, labels = drawn(5, 60, 3, 2.0)
    loss = _Loss(np.stack([z, z**2]), labels)
    point = np.array([0.7, -0.2, 0.4, -0.3, -1.5])
    slope = approx_fprime(point, lambda x: loss.with_share(x)[0], 1e-7)
    np.testing.assert_allclose(loss.with_share(point)[1], slope, atol=1e-5)


def test_confident_learning_counts_as_its_authors_do() -> None:
    # thresholds are the mean probability of the rows with that label: 0.6 of 0, 0.7 of 1
    p = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.6, 0.4], [0.1, 0.9], [0.2, 0.8]])
    labels = np.array([0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(seeming(p, labels), [0, 0, 1, 0, 1, 1])
    np.testing.assert_array_equal(confident_joint(p, labels), [[2, 1], [1, 2]])
    frame = suspects(p, labels)
    assert frame["row"].tolist() == [2, 3]  # the surest first
    assert frame["probability"].tolist() == [0.2, 0.4] and frame["seems"].tolist() == [1, 0]


@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(
            st.tuples(st.integers(0, k - 1), *[st.floats(0.01, 1.0)] * k), min_size=2, max_size=40
        )
    )
)
def test_every_row_seems_to_be_one_class_or_none(rows: list[tuple[float, ...]]) -> None:
    labels = np.array([row[0] for row in rows], dtype=int)
    p = np.array([row[1:] for row in rows])
    p /= p.sum(1, keepdims=True)
    seems, joint = seeming(p, labels), confident_joint(p, labels)
    assert joint.sum() == (seems >= 0).sum() <= len(rows)
    assert len(suspects(p, labels)) == joint.sum() - joint.trace()
    assert set(seems[seems >= 0]) <= set(labels)  # a class without a label is nobody's


def test_the_linear_model_sees_categories_and_gaps_and_no_row_that_it_judges() -> None:
    A, _, a, _ = credit()
    table, labels = Table.of(A), (a == "good").to_numpy().astype(int)
    X = design(table)
    assert np.isfinite(X).all() and np.abs(X).max() <= 5.0 and X.shape[1] > table.n_columns
    logits = out_of_fold(table, labels, 2, 0)
    assert ((logits.argmax(1) == labels).mean()) > 0.75
    # labels that have nothing to do with the rows are told no better than by their shares
    noise = np.random.default_rng(0).permutation(labels)
    told = out_of_fold(table, noise, 2, 0).argmax(1) == noise
    assert told.mean() < np.bincount(noise).max() / len(noise) + 0.02
