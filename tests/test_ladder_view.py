"""The ladder as a view: what it measures, and how a rung is adopted in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import traitlets as t

from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.rungs import measures
from jupyter_distill.exports.wire import decode
from jupyter_distill.students.tree import TreeRegressionStudent, TreeStudent
from jupyter_distill.targets import CompositeLoss
from jupyter_distill.widgets.ladder import LadderView

from .distilling import data, run, smooth

STUDENTS = [TreeStudent(quality="greedy"), "linear"]


@pytest.fixture(scope="module")
def d() -> Distillation:
    X, y = data(300)
    return run(smooth, X, y, student=STUDENTS, temperature=2.0, alpha=0.3, random_state=0)


@pytest.fixture(scope="module")
def numbers() -> Distillation:
    X, y = data(240)
    return run(
        lambda rows: rows[:, 0] + np.sin(2 * rows[:, 1]),
        X,
        X[:, 0] + 0.3 * y,
        task="regression",
        student=[TreeRegressionStudent(quality="greedy"), "linear"],
        alpha=0.2,
        random_state=0,
    )


def by_name(d: Distillation) -> dict[str, Any]:
    return {m.name: m for m in measures(d.ladder, d)}


def test_figures_are_those_of_the_ladder(d: Distillation) -> None:
    frame, found = d.ladder.frame(), by_name(d)
    assert list(found) == ["fidelity", "kl", "loss", "accuracy"]
    for name in ("fidelity", "kl", "accuracy"):
        assert [i.value for i in found[name].intervals] == pytest.approx(frame[name].tolist())
    table, targets = d.held_out
    loss = CompositeLoss(d.alpha, 2.0)
    for rung, interval in zip(d.ladder, found["loss"].intervals, strict=True):
        assert interval.value == pytest.approx(loss(rung.student.output(table), targets))
    for measure in found.values():
        assert all(i.low <= i.value <= i.high for i in measure.intervals)


def test_baselines_are_those_of_the_card(d: Distillation) -> None:
    card = {score.model: score for score in d.fidelity().baselines}
    found = by_name(d)
    beside = dict(found["fidelity"].baselines)
    assert list(beside) == ["labels only", "most common class", "teacher"]
    assert beside["teacher"] == (1, 1, 1) and dict(found["kl"].baselines)["teacher"].value == 0
    for name, score in card.items():
        assert beside[name].value == pytest.approx(score.agreement.value)
        assert dict(found["kl"].baselines)[name] == pytest.approx(tuple(score.kl))
        assert dict(found["accuracy"].baselines)[name].value == pytest.approx(score.accuracy.value)
    assert dict(found["accuracy"].baselines)["teacher"].value == pytest.approx(
        d.fidelity().teacher_accuracy.value
    )


def test_a_regression_is_measured_in_its_own_way(numbers: Distillation) -> None:
    frame, found = numbers.ladder.frame(), by_name(numbers)
    assert list(found) == ["r2", "rmse", "loss", "r2_truth"]
    for name in ("r2", "rmse"):
        assert [i.value for i in found[name].intervals] == pytest.approx(frame[name].tolist())
    score = numbers.fidelity().overall
    place = [r is numbers.rung for r in numbers.ladder].index(True)
    assert found["rmse"].intervals[place] == pytest.approx(tuple(score.rmse))
    assert found["r2_truth"].intervals[place] == pytest.approx(tuple(score.truth_r2))
    assert "mean of the teacher" in LadderView(numbers)._repr_mimebundle_()[0]["text/html"]


def test_the_browser_gets_every_rung(d: Distillation) -> None:
    view, frame = LadderView(d), d.ladder.frame()
    sent = view.rungs
    assert [sent["families"][k] for k in decode(sent["family"])] == frame["family"].tolist()
    assert decode(sent["size"]).tolist() == frame["size"].tolist()
    assert decode(sent["x"]).tolist() == frame["statements"].tolist()
    assert (decode(sent["knee"]) == 1).tolist() == frame["knee"].tolist()
    values = decode(sent["measures"][0]["values"])
    np.testing.assert_array_equal(values, frame[["fidelity", "low", "high"]])
    assert (view.family, view.size, view.measure) == (d.family, d.size, "fidelity")
    pd.testing.assert_frame_equal(view.frame(), frame)


def other(d: Distillation, family: str) -> int:
    return next(r.size for r in d.ladder.of(family) if r is not d.rung)


def test_a_click_adopts_a_rung(d: Distillation) -> None:
    view, seen = LadderView(d), []
    view.observe(lambda c: seen.append((view.distillation.size, c["new"])), "size")  # type: ignore[union-attr]
    size = other(d, "linear")
    before = view.rungs
    view.set_state({"adopt": {"family": "linear", "size": size}})
    assert view.error == "" and view.adopt == {} and not view.busy
    assert (view.family, view.size) == ("linear", size)
    assert view.distillation is not None and view.distillation.family == "linear"
    assert view.ladder is view.distillation.ladder and d.ladder.chosen == d.size
    assert seen in ([(size, size)], [])  # [] where both families chose the same size
    assert view.frame()["chosen"].sum() == 1
    # the baseline is that of the adopted student
    assert view.rungs != before or d.labels_only is None
    view.set_state({"adopt": {"family": d.family, "size": d.size}})
    assert (view.family, view.size, view.rungs) == (d.family, d.size, before)


def test_a_rung_that_is_not_there_is_said(d: Distillation) -> None:
    view = LadderView(d)
    for wish in ({"family": "tree", "size": 999}, {"family": "forest", "size": 2}):
        with pytest.raises(ValueError, match="Expected (size|family) to be one of"):
            view.set_state({"adopt": wish})
        assert "Expected" in view.error and not view.busy and view.adopt == {}
        assert view.distillation is d
    with pytest.raises(t.TraitError, match="a family and a size"):
        view.set_state({"adopt": {"size": 2}})
    with pytest.raises(t.TraitError, match="Expected size to be one of"):
        view.size = 999
    with pytest.raises(t.TraitError, match="Expected measure to be one of"):
        view.measure = "f1"


def test_family_and_size_adopt_too(d: Distillation) -> None:
    view = LadderView(d)
    for family in d.ladder.families:
        view.family = family
        assert (view.family, view.size) == (family, d.ladder.usual[family])
        size = other(d, family)
        view.size = np.int64(size)
        assert view.distillation is not None
        assert (view.distillation.family, view.distillation.size) == (family, size)
    started = LadderView(d, family="tree", size=other(d, "tree"), measure="kl")
    assert started.distillation is not None and started.distillation.size == started.size
    assert started.measure == "kl"


def test_what_is_asked_for_last_is_shown(d: Distillation) -> None:
    view = LadderView(d)
    size = other(d, "tree")

    def ask_for_another(_change: Any) -> None:
        view.unobserve_all("family")
        view.set_state({"adopt": {"family": "tree", "size": size}})

    for family in [f for f in ("linear", "tree") if f != d.family][:1]:
        view.observe(ask_for_another, "family")
        view.family = family
    assert (view.family, view.size) == ("tree", size) and not view.busy
    assert view.distillation is not None and view.distillation.size == size


def test_a_ladder_alone(d: Distillation) -> None:
    bound = LadderView(d.ladder)
    assert [name for name, _ in bound._measures[0].baselines][-1] == "teacher"
    bound.size = other(d, d.family)
    assert bound.distillation is not None
    alone = LadderView(replace(d.ladder, adopt=None))
    assert alone.distillation is None and len(alone._measures) == 3
    assert alone._repr_mimebundle_() and "nan" not in alone._picture()
    with pytest.raises(ValueError, match=r"by itself. Build the view on the distillation"):
        alone.set_state({"adopt": {"family": d.family, "size": other(d, d.family)}})
    assert alone.size == d.size and "by itself" in alone.error


def test_its_drawing_is_a_file(d: Distillation, tmp_path: Path) -> None:
    drawing = ElementTree.parse(LadderView(d).to_svg(tmp_path / "ladder.svg")).getroot()
    texts = ["".join(e.itertext()) for e in drawing.iter() if e.tag.endswith("text")]
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert any(re.match("labels only", text) for text in texts)
    assert "the teacher itself 100\N{NO-BREAK SPACE}%" in texts
    assert "--jd-bg" in "".join(e.text or "" for e in drawing.iter() if e.tag.endswith("style"))


def test_a_ladder_in_a_cell_is_drawn(d: Distillation, numbers: Distillation) -> None:
    for one in (d, numbers):
        shown = one.ladder._repr_html_()
        assert "<svg" in shown and "Beside them" not in shown
        assert shown.count("<tr>") == 1 + len(one.ladder)
        assert "chosen" in re.sub("<svg.*?</svg>", "", shown, flags=re.S)
    heads = re.findall(r"<th[^>]*>([^<]*)</th>", d.ladder._repr_html_())
    # of the others a ladder holds no interval: only a distillation can work it out
    assert {"agreement [95 %]", "KL, nats", "accuracy"} < set(heads)
