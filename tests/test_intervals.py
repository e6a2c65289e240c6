"""Means with their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jupyter_distill._resample import FEW, resampled_means
from jupyter_distill._wilson import wilson
from jupyter_distill.audits._intervals import MANY, Interval, mean_intervals
from jupyter_distill.audits._measured import intervals, mean


@given(st.data(), st.integers(1, 40))
@settings(max_examples=20)
def test_every_interval_holds_its_mean(data: st.DataObject, n: int) -> None:
    shares = data.draw(arrays(np.float64, (n, 1), elements=st.sampled_from([0.0, 1.0])))
    others = data.draw(arrays(np.float64, (n, 2), elements=st.floats(0, 50)))
    groups = data.draw(arrays(np.bool_, (n, 2)))
    values = np.column_stack([shares, others])
    for g, row in enumerate(mean_intervals(values, groups, [True, False, False], 0)):
        for c, interval in enumerate(row):
            if not groups[:, g].any():
                assert np.isnan(interval).all()
                continue
            np.testing.assert_allclose(interval.value, values[groups[:, g], c].mean())
            if c and groups[:, g].sum() < FEW:
                assert np.isnan([interval.low, interval.high]).all()
                continue
            assert interval.low <= interval.value <= interval.high
            if c == 0:
                assert 0 <= interval.low < interval.high <= 1  # no share is certain


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    shares = (rng.random((200, 400)) < 0.8).astype(float)
    found = mean_intervals(shares, np.ones((200, 1), bool), [True] * 400, 0)[0]
    assert 0.92 <= np.mean([i.low <= 0.8 <= i.high for i in found]) <= 0.98


@pytest.mark.parametrize("few", [100, MANY])
def test_intervals_shrink_with_the_root_of_the_rows(few: int) -> None:
    values = np.random.default_rng(0).exponential(size=(16 * few, 1))
    widths = []
    for n in (few, 16 * few):
        ((interval,),) = mean_intervals(values[:n], np.ones((n, 1), bool), [False], 0)
        widths.append(interval.high - interval.low)
    assert 3 < widths[0] / widths[1] < 5.3


def test_the_bootstrap_and_its_limit_meet() -> None:
    values = np.random.default_rng(0).exponential(size=(MANY + 1, 1))
    ((drawn,),) = mean_intervals(values[:-1], np.ones((MANY, 1), bool), [False], 0)
    ((normal,),) = mean_intervals(values, np.ones((MANY + 1, 1), bool), [False], 0)
    np.testing.assert_allclose(drawn, normal, atol=2e-3)


def test_a_small_group_of_many_rows_is_measured_by_its_own_rows() -> None:
    rng = np.random.default_rng(0)
    values = np.column_stack([np.ones(MANY + 1), rng.exponential(size=MANY + 1)])
    values[0, 0] = 0.0
    groups = np.column_stack([np.ones(MANY + 1, bool), np.arange(MANY + 1) < 12])
    every, few = mean_intervals(values, groups, [True, False], 0)
    assert few[0] == (11 / 12, *wilson(11 / 12, 12)) and few[0].high < 1
    assert every[0].high <= 1
    # as if there were no other rows
    ((alone,),) = mean_intervals(values[:12, 1:], np.ones((12, 1), bool), [False], 0)
    np.testing.assert_allclose(few[1], alone, rtol=0.15)
    assert few[1].high - few[1].value > 1.1 * (few[1].value - few[1].low)  # it is skewed


@pytest.mark.parametrize("n", [30, MANY + 1])
def test_every_share_has_the_interval_of_wilson(n: int) -> None:
    values = (np.arange(n) % 3 > 0).astype(float)[:, None]
    ((found,),) = mean_intervals(values, np.ones((n, 1), bool), [True], 0)
    np.testing.assert_allclose(found[1:], wilson(found.value, n))
    one = intervals({"share": mean(values[:, 0], share=True)}, 0)["share"]
    np.testing.assert_allclose(one, found)


def test_the_means_of_one_column_are_drawn_of_any_number_of_rows() -> None:
    values = np.random.default_rng(0).exponential(size=(MANY + 1, 1))
    few, many = resampled_means(values[:-1], 0), resampled_means(values, 0)
    assert few.shape == many.shape == (500, 1)
    np.testing.assert_allclose(many.std(), few.std(), rtol=0.2)
    np.testing.assert_allclose(many.mean(), values.mean(), atol=1e-3)


def test_intervals_are_the_same_for_the_same_seed() -> None:
    values, groups = np.random.default_rng(0).random((50, 2)), np.ones((50, 1), bool)
    assert mean_intervals(values, groups, [False] * 2, 3) == mean_intervals(
        values, groups, [False] * 2, 3
    )
    assert mean_intervals(values, groups, [False] * 2, 3) != mean_intervals(
        values, groups, [False] * 2, 4
    )


def test_an_interval_is_written_with_its_ends() -> None:
    assert Interval(0.9123, 0.8994, 0.9241).text() == "0.912 [0.899, 0.924]"
    assert Interval(np.nan, np.nan, np.nan).text() == "-"
    assert Interval(0.5, np.nan, np.nan).text() == "0.500"
