"""Laws of stratified samples of rows that lie in several places."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jupyter_distill.data import strata

counts = arrays(
    np.int64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.integers(0, 40)
)


@given(counts, st.integers(1, 500), st.integers(0, 99))
def test_a_sample_is_exact_in_proportion_and_never_more_than_there_is(
    counts: np.ndarray, n: int, seed: int
) -> None:
    whole = int(counts.sum())
    if not whole:
        return
    n = min(n, whole)
    wanted = strata.allot(counts, n, seed)
    assert wanted.sum() == n and (wanted >= 0).all() and (wanted <= counts).all()
    totals, drawn = counts.sum(0), wanted.sum(0)
    there = totals > 0
    if n >= there.sum():
        assert (drawn[there] > 0).all()  # no stratum is left out
    rare = (totals * n / whole < 1).sum()
    assert (np.abs(drawn - totals * n / whole) <= 1 + rare).all()


@given(st.integers(0, 99))
def test_partitions_give_what_a_draw_from_all_rows_would(seed: int) -> None:
    counts = np.array([[1_000, 0], [3_000, 100], [0, 900]])
    wanted = strata.allot(counts, 1_000, seed)
    assert wanted.sum(0).tolist() == [800, 200]
    assert 120 < wanted[0, 0] < 280  # 200 in the mean, within six standard errors
    assert wanted[0, 1] == wanted[2, 0] == 0


@given(arrays(np.int64, st.integers(1, 200), elements=st.integers(-1, 3)), st.integers(0, 99))
def test_rows_are_drawn_without_replacement_from_their_stratum(of: np.ndarray, seed: int) -> None:
    there = np.bincount(of[of >= 0], minlength=4)
    wanted = there // 2
    at = strata.draw(of, wanted, seed, 3)
    assert len(set(at.tolist())) == len(at) == wanted.sum() and (np.diff(at) > 0).all()
    np.testing.assert_array_equal(np.bincount(of[at], minlength=4), wanted)
    np.testing.assert_array_equal(at, strata.draw(of, wanted, seed, 3))


@given(st.integers(0, 99), st.integers(10, 990))
def test_every_beginning_of_an_order_is_in_proportion(seed: int, n: int) -> None:
    of = np.repeat([0, 1, 2], [700, 250, 50])
    order = strata.spread(of, seed)
    assert sorted(order.tolist()) == list(range(1_000))
    begun = np.bincount(of[order[:n]], minlength=3)
    assert (np.abs(begun - n * np.array([0.7, 0.25, 0.05])) <= 2).all()
