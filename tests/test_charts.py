"""The Altair charts hold what was measured."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_distill._resample import interval, r2, r2_columns, resampled_means
from jupyter_distill.distillation import AlphaPath, Distillation
from jupyter_distill.exports import axes
from jupyter_distill.exports import charts as svg
from jupyter_distill.exports.curves import Curve, alpha_curves, ladder_curve, temperature_curve
from jupyter_distill.exports.report import compose

from .distilling import data, run, smooth

COLUMNS = ["family", "size", "statements", "fidelity", "low", "high", "knee", "chosen"]


def points(chart: Any) -> pd.DataFrame:
    """Return what the first layer draws, without what is written of it."""
    spec = chart.to_dict()
    panel = spec["vconcat"][0] if "vconcat" in spec else spec
    parts = (panel["layer"][0], panel, spec)
    name = next(part["data"]["name"] for part in parts if "data" in part)
    return pd.DataFrame(spec["datasets"][name]).drop(columns="said")


@pytest.fixture(scope="module")
def distilled() -> Distillation:
    X = np.random.default_rng(0).normal(size=(300, 3))
    return run(lambda rows: np.column_stack([0 * rows[:, 0], 3 * rows[:, 0] * rows[:, 1]]), X)


@pytest.fixture(scope="module")
def several() -> Distillation:
    X, y = data(300)
    options: dict[str, Any] = {"temperature": (1.0, 2.0), "alpha": (0.0, 0.5), "quality": "greedy"}
    return run(smooth, X, y, student=["tree", "rules", "linear"], **options)


def test_the_ladder_is_drawn_with_intervals_and_the_chosen_size(distilled: Distillation) -> None:
    chart = distilled.ladder.chart()
    pd.testing.assert_frame_equal(points(chart), distilled.ladder.frame()[COLUMNS])
    spec = chart._repr_mimebundle_()["application/vnd.vegalite.v5+json"]
    assert spec["$schema"].endswith("/v5.json") and "leaves" in str(spec)
    assert "'field': 'size'" in str(spec)


def test_a_knee_that_was_not_chosen_is_marked(distilled: Distillation) -> None:
    knee = distilled.ladder.knees["tree"]
    (other,) = [r.size for r in distilled.ladder if r.size != knee][-1:]
    at_knee, beyond = (distilled.at(size=size).ladder for size in (knee, other))
    assert "Ring" not in ladder_curve(at_knee).about and "Ring" in ladder_curve(beyond).about
    assert "knee" not in svg.ladder_chart(at_knee)
    assert svg.ladder_chart(beyond).count('class="knee"') == 1
    assert str(beyond.chart().to_dict()).count("datum.knee") == 1


def test_families_are_drawn_by_what_there_is_to_read(several: Distillation) -> None:
    ladder = several.ladder
    drawn = points(ladder.chart())
    frame = ladder.frame()[COLUMNS]
    assert list(drawn) == COLUMNS
    key = ["family", "size"]
    pd.testing.assert_frame_equal(
        drawn.sort_values(key, ignore_index=True), frame.sort_values(key, ignore_index=True)
    )
    spec = ladder.chart().to_dict()
    (beside,) = [d for d in spec["datasets"].values() if len(d) == 3]
    assert [name["family"] for name in beside] == ["tree", "rules", "linear"]
    assert "things to read" in str(spec) and several.title in str(spec)


def test_families_are_drawn_with_names_and_knees(several: Distillation) -> None:
    drawing = ElementTree.fromstring(svg.ladder_chart(several.ladder))
    named = [e for e in drawing.iter("text") if "name" in str(e.get("class"))]
    assert [e.text for e in named] == ["tree", "rules", "linear"]
    assert len({e.get("style") for e in named}) == 3
    rings = [e for e in drawing.iter("circle") if e.get("class") == "knee"]
    assert len(rings) == several.ladder.frame()["knee"].sum() > 0
    dots = [e for e in drawing.iter("circle") if e.get("class") is None]
    assert len(dots) == len(several.ladder)
    (filled,) = [e for e in dots if e.get("r") == "5"]
    assert several.family in "".join(filled.itertext())
    assert f"chosen: {several.title}" in {e.text for e in drawing.iter("text")}


ends = st.lists(
    st.tuples(st.floats(1, 100), st.floats(0.5, 1)), min_size=2, max_size=5, unique=True
)


@given(ends)
def test_names_lie_on_no_other_and_inside_the_picture(ends: list[tuple[float, float]]) -> None:
    frame = pd.DataFrame(
        [
            {"family": f"family {k}", "read": x, "r2": y, "low": y - 0.1, "high": y}
            for k, end in enumerate(ends)
            for x, y in ((1.0, 0.2), end)
        ]
    )
    curve = Curve(frame, "read", "r2", "", "", "", "", ticks=[1.0], by="family")
    x, (y, _) = axes.across(curve, 0, 400), axes.upwards(curve, 200, 0)
    right = 400 + axes.room(curve)
    places = axes.names(curve, x, y, right)
    wide = axes.room(curve) - axes.GAP
    assert list(places) == [f"family {k}" for k in range(len(ends))]
    for one, other in combinations(places.values(), 2):
        assert abs(one[0] - other[0]) >= wide or abs(one[1] - other[1]) >= axes.NAME
    assert all(at + wide <= right + 1e-6 and 0 <= down <= 200 for at, down in places.values())


@given(st.floats(-1e3, 1e3), st.floats(1e-4, 1e3))
def test_the_axis_encloses_what_is_drawn_with_few_lines(low: float, span: float) -> None:
    frame = pd.DataFrame({"x": [1.0], "y": [low], "low": [low], "high": [low + span]})
    scale, levels = axes.upwards(Curve(frame, "x", "y", "", "", "", "", ticks=[]), 100, 0)
    tiny = 1e-6 * max(1, abs(low))
    assert scale.low <= low + tiny and low + span <= scale.high + tiny
    assert 3 <= len(levels) <= 6
    assert scale.high - scale.low <= 2.6 * span + tiny


@given(st.sampled_from(["linear", "log", "symlog"]), st.floats(1, 9), st.floats(10, 99))
def test_a_scale_leads_back(kind: str, low: float, high: float) -> None:
    scale = axes.Scale(low, high, 12, 388, kind)
    assert (scale(low), scale(high)) == pytest.approx((12, 388))
    assert scale.back(scale(0.3 * low + 0.7 * high)) == pytest.approx(0.3 * low + 0.7 * high)


def test_a_student_without_anything_to_read_is_drawn() -> None:
    X, _ = data(120)
    d = run(
        lambda rows: np.column_stack([0 * rows[:, 0] - 1, 3 + 0 * rows[:, 0]]),
        X,
        student=["tree", "linear"],
        temperature=1.0,
        quality="greedy",
    )
    assert (d.ladder.frame()["statements"] == 0).any()
    assert "nan" not in svg.ladder_chart(d.ladder) and "symlog" in str(d.ladder.chart().to_dict())


@pytest.mark.parametrize("student", ["tree", ["tree", "linear"]])
def test_where_the_teacher_says_one_number_rmse_is_drawn(student: Any, tmp_path: Any) -> None:
    d = run(
        lambda X: np.full(len(X), 3.0), data(120)[0], task="regression", student=student, size=2
    )
    drawn = points(d.ladder.chart())
    assert (drawn[["rmse", "low", "high"]].abs() < 1e-12).all(axis=None)
    page = d.report(tmp_path / "report.html").read_text()
    assert "RMSE to the teacher on held-out rows" in page and "R2 has no scale here" in page
    assert any(finding.code == "constant-teacher" for finding in d.findings)
    assert d.findings[0].sentence[:40] in page
    assert not re.search(r"\bnan\b", page)


def test_an_interval_of_r2_leaves_out_resamples_of_equal_numbers() -> None:
    target = np.r_[np.full(59, 3.0), 4.0]
    columns = r2_columns(target - 1e-3, target)
    value, low, high = interval(columns, resampled_means(columns, 0), r2)
    assert 0.99 < low <= value <= high <= 1


@pytest.mark.parametrize("student", ["tree", ["tree", "linear"]])
def test_a_teacher_of_one_class_is_drawn(student: Any, tmp_path: Any) -> None:
    X, y = data(120)
    options = {"temperature": (1.0, 2.0), "alpha": (0.0, 0.5), "student": student, "size": 2}
    d = run(lambda X: np.tile([0.3, 0.7], (len(X), 1)), X, y, **options)
    for chart in (d.ladder.chart(), d.temperature_chart(), d.alpha_chart()):
        assert "NaN" not in chart.to_json()
    page = d.report(tmp_path / "report.html").read_text()
    assert d.findings[0].sentence[:40] in page and not re.search(r"\bnan\b", page)


def test_the_path_of_temperatures_is_drawn(distilled: Distillation) -> None:
    path = distilled.temperature_path
    drawn = points(distilled.temperature_chart())
    pd.testing.assert_frame_equal(drawn[list(path)], path)
    assert drawn["high"].tolist() == pytest.approx((path["kl"] + path["se"]).tolist())


def test_a_regression_is_drawn_by_r2_and_rmse() -> None:
    X, y = data(200)
    d = run(
        lambda rows: rows[:, 0] + np.sin(2 * rows[:, 1]),
        X,
        X[:, 0] + 0.3 * y,
        task="regression",
        student=["tree", "linear"],
        alpha="auto",
    )
    frame = d.ladder.frame()
    assert points(d.ladder.chart())["fidelity"].tolist() == pytest.approx(frame["r2"].tolist())
    drawing = ElementTree.fromstring(svg.ladder_chart(d.ladder))
    texts = [str(e.text) for e in drawing.iter("text")]
    assert "R2 to the teacher on held-out rows" in texts
    assert not any(text.endswith("%") for text in texts)
    assert "RMSE to the truth" in str(d.alpha_chart().to_dict())
    assert "Alpha" in compose(d)


def test_alpha_is_drawn_for_teacher_and_truth(several: Distillation) -> None:
    chart = several.alpha_chart()
    path = several.alpha_path
    pd.testing.assert_frame_equal(points(chart)[list(path)], path)
    spec = chart._repr_mimebundle_()["application/vnd.vegalite.v5+json"]
    assert len(spec["vconcat"]) == 2
    assert "KL(teacher || student)" in str(spec) and "Log loss against the truth" in str(spec)
    assert f"alpha = {several.alpha:g}" in str(spec)
    tried = several.course.alphas
    assert tried is not None
    for curve, error in zip(alpha_curves(tried, classes=True), ("se", "se_truth"), strict=True):
        band = (curve.frame["high"] - curve.frame["low"]) / 2
        np.testing.assert_allclose(band, path[error])


@pytest.mark.parametrize("apart", [0.0, 1.0])
def test_a_setting_that_makes_no_difference_says_so(apart: float) -> None:
    rng = np.random.default_rng(0)
    off = np.abs(rng.normal(1, 0.1, (2, 200)))
    off[1] += apart
    path = AlphaPath((0.0, 0.5), off, off[::-1] * 0 + 1, off > 0)
    said = "alpha makes no measurable difference"
    assert [said in curve.about for curve in alpha_curves(path, classes=True)] == [not apart] * 2
    assert (said in svg.alpha_chart(path, classes=True).replace("</text>", "")) == (not apart)


def test_a_temperature_that_makes_no_difference_says_so(several: Distillation) -> None:
    calibration = several.calibration
    assert calibration is not None
    for matters in (True, False):
        curve = temperature_curve(several.temperature_path, matters)
        assert ("T makes no measurable difference" in curve.about) == (not matters)
    said = "T makes no measurable difference" in str(several.temperature_chart().to_dict())
    assert said == (not calibration.matters(several.size))


def test_a_report_holds_the_ladder_of_all_families_and_alpha(several: Distillation) -> None:
    text = compose(several)
    assert "The other families" in text and "<h2>Alpha</h2>" in text
    for rung in several.ladder:
        interval = f"{rung.fidelity:.3f} [{rung.low:.3f}, {rung.high:.3f}]"
        assert interval in text
    tried = several.course.alphas
    assert tried is not None
    assert ("No value that was tried is measurably better" in text) == (not tried.matters)
    tree = compose(several.ladder.select(family="tree"))
    assert "Every size of tree that was piloted" in tree
    # a tree's own view takes the place of what stands before "Where the two part"
    assert tree.index("<h2>Where the two part") < tree.index("<h2>Alpha</h2>")


def test_without_a_search_there_is_no_path_to_draw() -> None:
    X = np.random.default_rng(0).normal(size=(120, 2))
    d = run(lambda rows: rows[:, :2], X, size=2, temperature=2.0, alpha=0.0)
    with pytest.raises(ValueError, match=r"temperatures that were tried. Got 2.0 alone.*auto"):
        d.temperature_chart()


def test_without_a_search_there_is_no_alpha_to_draw(distilled: Distillation) -> None:
    with pytest.raises(ValueError, match=r"values of alpha that were tried. Got 0 alone.*auto"):
        distilled.alpha_chart()


@pytest.mark.parametrize("numbers", [False, True])
def test_calibration_is_drawn_as_it_was_measured(numbers: bool) -> None:
    X, y = data(300)
    if numbers:
        d = run(lambda rows: rows[:, 0] ** 2, X, X[:, 0] ** 2 + 0.1, task="regression")
    else:
        d = run(smooth, X, y)
    found = d.reliability()
    spec = found.chart().to_dict()
    assert len(spec["hconcat"]) == 3
    drawn = {panel["title"]["text"]: panel for panel in spec["hconcat"]}
    panel = drawn["The student against its teacher"]
    (points,) = (
        spec["datasets"][layer["data"]["name"]]
        for layer in panel["layer"]
        if layer["mark"]["type"] == "circle"
    )
    curve = found.curve("student", "teacher")
    np.testing.assert_allclose([p["happened"] for p in points], curve["happened"])
    assert found.chart()._repr_mimebundle_()["text/plain"].startswith("<chart: The student")


def test_reasons_are_drawn_by_column_and_model() -> None:
    X, y = data(200)
    found = run(smooth, X, y).attributions(n=20)
    spec = found.chart()._repr_mimebundle_()["application/vnd.vegalite.v5+json"]
    (bars,) = spec["datasets"].values()
    of = {(bar["column"], bar["model"]): bar["share"] for bar in bars}
    for _, row in found.frame().iterrows():
        assert of[row["column"], "teacher"] == pytest.approx(row["teacher_share"])
        assert of[row["column"], "student"] == pytest.approx(row["student_share"])
