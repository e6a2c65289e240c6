"""Differences between models on the same rows: what is chance, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_distill._paired import Paired, holm


def test_the_luck_of_a_row_cancels_in_a_pair() -> None:
    luck = np.random.default_rng(0).normal(0, 10, 500)
    off = np.array([luck + 0.5, luck, luck + np.tile([0.0, 0.2], 250)])
    behind = Paired.behind_best(off)
    np.testing.assert_allclose(behind.mean, [0.5, 0, 0.1])
    np.testing.assert_allclose(behind.se, [0, 0, 0.1 / np.sqrt(500)], atol=1e-12)
    assert behind.beyond(2.0).tolist() == [True, False, True]
    assert behind.beyond(30.0).tolist() == [True, False, False]


def test_the_best_is_one_of_those_that_are_named() -> None:
    off = np.array([[0.0, 0.0], [1.0, 1.0], [1.5, 2.5]])
    behind = Paired.behind_best(off, np.array([False, True, True]))
    np.testing.assert_allclose(behind.mean, [-1, 0, 1])
    np.testing.assert_allclose(behind.se, [0, 0, 0.5 / np.sqrt(2)])


def test_no_difference_is_beyond_no_error() -> None:
    assert not Paired.behind_best(np.ones((3, 40)) + 1e-14 * np.eye(3, 40)).beyond(0.0).any()


def test_one_difference_is_a_number() -> None:
    mean, se = Paired.of(np.array([1.0, 3.0]))
    assert float(mean) == 2 and float(se) == pytest.approx(1 / np.sqrt(2))


def test_holm_is_the_first_that_is_least_times_all_and_never_falls() -> None:
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(holm(p), [0.03, np.nan, 0.06, 0.06, 0.02])
    assert holm(np.array([0.6, 0.7])).tolist() == [1.0, 1.0] and holm(np.zeros(0)).size == 0
