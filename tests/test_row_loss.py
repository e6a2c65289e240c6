"""The quick form of the composite loss is the composite loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill.students._row_loss import RowLoss
from jupyter_distill.targets import CompositeLoss


@given(st.integers(2, 5), st.sampled_from([0, 0.1, 1]), st.floats(0.2, 8), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_value_slope_and_curve_are_those_of_the_composite_loss(
    classes: int, alpha: float, temperature: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    z = 4 * rng.normal(size=(7, classes))
    soft = rng.dirichlet(np.ones(classes), 7)
    labels = np.eye(classes)[rng.integers(classes, size=7)]
    loss = CompositeLoss(alpha, temperature)
    rows = RowLoss.of(loss, labels if alpha > 0 else None, soft)
    scores = z[:, 1:] - z[:, :1] if classes == 2 else z
    value, slope = rows.value_and_slope(scores)
    np.testing.assert_allclose(value, loss.value_at(z, labels, soft), atol=1e-10)
    np.testing.assert_array_equal(rows.value(scores), value)
    np.testing.assert_allclose(rows.slope(scores.T), slope.T, atol=1e-12)
    shown = slice(1, None) if classes == 2 else slice(None)
    np.testing.assert_allclose(slope, loss.gradient_at(z, labels, soft)[:, shown], atol=1e-10)
    same, curve = rows.slope_and_curve(scores)
    np.testing.assert_allclose(same, slope, atol=1e-12)
    hessian = np.diagonal(loss.hessian(z), axis1=1, axis2=2)
    np.testing.assert_allclose(curve, hessian[:, shown], atol=1e-10)


@pytest.mark.parametrize("classes", [2, 3])
def test_scores_far_out_are_no_trouble(classes: int) -> None:
    z = np.full((1, classes), -2e3)
    z[0, 0] = 2e3
    soft = np.eye(classes)[[1]]
    rows = RowLoss.of(CompositeLoss(0.0, 0.5), None, soft)
    value, slope = rows.value_and_slope(z[:, 1:] - z[:, :1] if classes == 2 else z)
    np.testing.assert_allclose(value, CompositeLoss(0.0, 0.5).value_at(z, None, soft))
    assert np.isfinite(slope).all()
