"""The kernel's half of the temperature slider: what it sends, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import traitlets as t

from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.wire import decode
from jupyter_distill.targets import soften
from jupyter_distill.widgets.temperature import TemperatureSlider
from tests.distilling import run
from tests.small import distilled, people


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=8)


def test_the_slider_softens_what_the_teacher_said(d: Distillation) -> None:
    slider = TemperatureSlider(d)
    z = decode(slider.logits).astype(float)
    np.testing.assert_allclose(soften(z, 3.0), d.targets.at(3.0), atol=1e-6)
    assert slider.temperature == slider.distilled_at == d.temperature
    assert slider.curve["calibrated"] == d.temperature
    assert TemperatureSlider(d, temperature=4).temperature == 4.0
    pd.testing.assert_frame_equal(slider.frame(), d.temperature_path)


@pytest.mark.parametrize("temperature", [0, -1.0, np.inf, np.nan])
def test_a_temperature_is_above_zero(d: Distillation, temperature: float) -> None:
    slider = TemperatureSlider(d)
    for name in ("temperature", "distil_at"):
        with pytest.raises(t.TraitError, match=f"Expected {name} to be a finite number > 0"):
            setattr(slider, name, temperature)
    assert slider.distilled_at == d.temperature and not slider.busy


def test_a_row_outside_the_sample_is_sent() -> None:
    frame = pd.DataFrame({"age": np.arange(12_000) % 80, "x": np.arange(12_000.0)})
    d = run(_steep, frame, size=4, temperature=1.0)
    slider = TemperatureSlider(d)
    ids = decode(slider.row_ids)
    assert len(ids) == 10_000
    outside = int(np.setdiff1d(np.arange(12_000), ids)[0])
    slider.row = outside
    assert outside in decode(slider.row_ids)
    assert slider.logits["shape"][0] == len(decode(slider.row_ids))
    several = np.setdiff1d(np.arange(12_000), ids)[[1, 5, 9]].tolist()
    slider.rows_chosen = several
    assert slider.row == several[-1]
    assert np.isin(several, decode(slider.row_ids)).all()
    assert len(decode(slider.row_ids)) == 10_000
    slider.row = outside
    assert slider.rows_chosen == [outside]


def test_distilling_again(d: Distillation) -> None:
    slider = TemperatureSlider(d)
    seen = []
    slider.observe(lambda change: seen.append(change["new"]), "busy")
    slider.set_state({"distil_at": 2.5})
    assert slider.distilled_at == slider.distillation.temperature == 2.5
    assert slider.distil_at is None and seen == [True, False]
    assert d.temperature != 2.5  # the first one stays as it is


def _steep(X: pd.DataFrame) -> Any:
    p = 1 / (1 + np.exp(-(X["age"].to_numpy() - 40) / 5))
    return np.column_stack([1 - p, p])
