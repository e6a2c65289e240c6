"""Trees and charts are drawings that hold every word, and fold where they grow too large."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import Explanation
from jupyter_distill.exports import axes, charts, outline
from jupyter_distill.exports.curves import Curve
from jupyter_distill.exports.svg import tree_svg
from tests.small import distilled, grown, people

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=8)


@pytest.mark.parametrize("size", [2, 3, 16, 64])
def test_a_tree_is_drawn_whole(size: int) -> None:
    tree = grown(size)
    drawing = ElementTree.fromstring(tree_svg(tree))
    said = " ".join(element.text or "" for element in drawing.iter(f"{SVG}text"))
    for node in range(1, len(tree)):
        for word in tree.condition(node).split():
            assert word in said
    assert drawing.find(f"{SVG}title") is not None
    about = drawing.find(f"{SVG}desc")
    assert about is not None and f"{tree.n_leaves} leaves" in str(about.text)
    labels = str(drawing.get("aria-labelledby")).split()
    assert {e.get("id") for e in drawing.iter() if e.get("id")} == set(labels)
    assert "Folded" not in said
    assert "agreement, all rows" in {"".join(e.itertext()) for e in drawing.iter(f"{SVG}text")}


def test_a_large_tree_is_folded_and_says_so() -> None:
    tree = grown(511)
    assert tree.n_leaves > 300
    shown, fold = outline.rows(tree)
    ends = [row for row in shown if tree.left[row.node] < 0 or row.hidden]
    assert fold is not None and 2 <= len(ends) <= outline.MOST_LEAVES
    assert sum(row.hidden or 1 for row in ends) == tree.n_leaves
    text = tree_svg(tree)
    assert f"Folded at depth {fold}" in text and f"of {tree.n_leaves} leaves" in text
    assert "leaves folded" in outline.plain(tree)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=80))
def test_wrapping_loses_nothing_and_fits(text: str) -> None:
    lines = outline.wrap(text, 120)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(outline.width(line) <= 120 or len(line) == 1 for line in lines)
    assert outline.width(outline.shorten(text, 120)) <= 120


def test_a_tree_reads_as_text(d: Distillation) -> None:
    text = outline.plain(d.explanation())
    assert text.startswith("all rows (600 rows)")
    assert text.count("\n") + 1 == len(d.explanation())


def test_an_explanation_in_a_cell_is_drawn(d: Distillation) -> None:
    shown = d.explanation()._repr_html_()
    assert "<style>" in shown and tree_svg(d.explanation()) in shown


def test_an_explanation_of_ones_own_is_text_in_a_cell() -> None:
    class Sentence(Explanation):
        columns, classes = (), ()

        def frame(self) -> pd.DataFrame:
            return pd.DataFrame({"sentence": ["It depends."]})

        def to_dict(self) -> dict[str, Any]:
            return {"sentence": "It depends."}

    assert Sentence()._repr_html_() is None
    assert "It depends." in repr(Sentence())


def test_charts_are_drawings_with_words(d: Distillation) -> None:
    tried = charts.temperature_chart(d.temperature_path, matters=True)
    for drawn in (tried, charts.ladder_chart(d.ladder)):
        drawing = ElementTree.fromstring(drawn)
        assert drawing.get("role") == "img"
        assert len(str(drawing.get("aria-label"))) > 40
        assert "nan" not in drawn


def test_the_chosen_size_is_named_above_every_point(d: Distillation) -> None:
    drawing = ElementTree.fromstring(charts.ladder_chart(d.ladder))
    (mark,) = (e for e in drawing.iter("text") if str(e.text).startswith("chosen"))
    points = [float(e.get("cy")) - float(e.get("r")) for e in drawing.iter("circle")]
    assert float(mark.get("y")) < min(points)
    half = outline.width(str(mark.text), 12) * outline.BOLD / 2
    assert half <= float(mark.get("x")) + 0.1 and float(mark.get("x")) + half <= charts.WIDTH + 0.1


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.02, 0.5), (0.0, 0.83)])
def test_the_axis_of_agreement_stays_within_what_shares_can_be(low: float, high: float) -> None:
    frame = pd.DataFrame({"size": [2, 4], "fidelity": [low, high], "low": low, "high": high})
    _, ticks = axes.upwards(Curve(frame, "size", "fidelity", "", "", "", "", ticks=[2, 4]), 100, 0)
    assert min(ticks) >= 0 and min(ticks) <= low
    assert max(ticks) <= 1 and max(ticks) >= high
