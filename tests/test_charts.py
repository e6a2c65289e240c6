"""The Altair charts hold what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation

from .distilling import run


def points(chart: Any) -> list[dict[str, Any]]:
    (data,) = chart.to_dict()["datasets"].values()
    return list(data)


@pytest.fixture(scope="module")
def distilled() -> Distillation:
    X = np.random.default_rng(0).normal(size=(300, 3))
    return run(lambda rows: np.column_stack([0 * rows[:, 0], 3 * rows[:, 0] * rows[:, 1]]), X)


def test_the_ladder_is_drawn_with_intervals_and_the_chosen_size(distilled: Distillation) -> None:
    chart = distilled.ladder.chart()
    frame = distilled.ladder.frame()
    drawn = points(chart)
    assert [p["x"] for p in drawn] == frame["size"].tolist()
    for name, column in (("y", "fidelity"), ("low", "low"), ("high", "high")):
        assert [p[name] for p in drawn] == pytest.approx(frame[column].tolist())
    assert [p["chosen"] for p in drawn] == frame["chosen"].tolist()
    spec = chart._repr_mimebundle_()["application/vnd.vegalite.v5+json"]
    assert spec["$schema"].endswith("/v5.json") and "leaves" in str(spec)


def test_the_path_of_temperatures_is_drawn(distilled: Distillation) -> None:
    path = distilled.temperature_path
    drawn = points(distilled.temperature_chart())
    assert [p["x"] for p in drawn] == path["temperature"].tolist()
    assert [p["y"] for p in drawn] == pytest.approx(path["kl"].tolist())
    assert [p["chosen"] for p in drawn] == path["chosen"].tolist()


def test_without_a_search_there_is_no_path_to_draw() -> None:
    X = np.random.default_rng(0).normal(size=(120, 2))
    d = jd.distill(lambda rows: rows[:, :2], X, size=2, temperature=2.0, alpha=0.0, progress=False)
    with pytest.raises(ValueError, match=r"temperatures that were tried. Got 2.0 alone.*auto"):
        d.temperature_chart()
