"""The drawings of an EBM: every term, its values, and nothing that could run."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.explanation import ShapeExplanation
from jupyter_distill.exports import bars, theme
from jupyter_distill.exports.shapes import shapes
from jupyter_distill.students.ebm import EbmRegressionStudent, EbmStudent
from jupyter_distill.targets import Predictions, SoftTargets

EVIL = "</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("classes", [2, 3])
def test_every_term_is_drawn_and_named_as_text(classes: int) -> None:
    rng = np.random.default_rng(0)
    n = 400
    frame = pd.DataFrame(
        {
            EVIL: rng.normal(size=n),
            "kind": rng.choice(["a", EVIL, "b"], n),
            "age": rng.normal(size=n),
        }
    )
    frame.loc[rng.random(n) < 0.2, "age"] = np.nan
    z = np.column_stack([frame[EVIL], frame["kind"] == "a", frame["age"].fillna(2)])[:, :classes]
    targets = SoftTargets(z.astype(float) * 2, [EVIL, "yes", "maybe"][:classes])
    explained = EbmStudent(3, 0.0, random_state=0).fit_soft(frame, targets).explain()
    assert isinstance(explained, ShapeExplanation)
    drawn = shapes(explained)
    assert "<img" not in drawn
    assert "</script" not in drawn
    page = ElementTree.fromstring(f"<div>{drawn.replace('&nbsp;', ' ')}</div>")
    pictures = [svg for svg in page.iter("svg") if svg.get("role") == "img"]
    assert len(pictures) == len(explained.terms)
    said = " ".join("".join(p.itertext()) for p in page.iter("p"))
    assert explained.reading in said and "A dot: missing." in said
    for name, value in zip(explained.scores, explained.intercept, strict=True):
        start = f"{name} {bars.signed(value)}" if classes > 2 else bars.signed(value)
        assert start in said
    for svg, term in zip(pictures, explained.terms, strict=True):
        name = svg.find("text")
        assert term.name == (name.findtext("title") or name.text)
        assert term.bins[0] in svg.get("aria-label")
        texts = [text.text for text in svg.iter("text")]
        drawn_scores = term.scores
        if np.isfinite(term.low).any():
            drawn_scores = term.scores[np.isfinite(term.low) | np.isfinite(term.high)]
        assert f"{drawn_scores.min():+.2f} to {drawn_scores.max():+.2f}" in texts
        if term.name == "kind":
            assert {"missing or another value", "a", "b"} < set(texts)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_pair_is_a_map_of_its_cells(classes: int) -> None:
    rng = np.random.default_rng(0)
    n = 600
    frame = pd.DataFrame({EVIL: rng.normal(size=n), "kind": rng.choice(["a", EVIL, "b"], n)})
    frame["kind"] = frame["kind"].where(frame[EVIL] < 0.9, "a")  # cells without rows
    z = 3 * np.sign(frame[EVIL]) * np.where(frame["kind"] == "a", 1, -1)
    logits = np.column_stack([0 * z, z, -z / 2])[:, :classes]
    targets = SoftTargets(logits, [EVIL, "yes", "maybe"][:classes])
    student = EbmStudent(3, 0.0, interactions=1, random_state=0).fit_soft(frame, targets)
    explained = student.explain()
    drawn = shapes(explained)
    assert "<img" not in drawn and "</script" not in drawn
    (term,) = (term for term in explained.terms if term.kind == "pair")
    assert ("scales of their own" in drawn) == (len(explained.terms) > 1)
    page = ElementTree.fromstring(f"<div>{drawn.replace('&nbsp;', ' ')}</div>")
    (svg,) = (svg for svg in page.iter("svg") if svg.findtext("text") == term.name)
    titles = {rect.findtext("title"): rect for rect in svg.iter("rect")}
    titles.pop(None)  # the legend's
    texts = [text.text for text in svg.iter("text")]
    says = term.scores.argmax(1)
    told = term.scores[np.arange(len(says)), says]
    met = term.support > 0
    top = np.abs(told[met]).max()
    assert f"{top:+.2f}" in texts and "no rows" in texts and "across: kind" in texts
    assert (~met).any()
    for bin_, value, likely, rows in zip(term.bins, told, says, term.support, strict=True):
        cells = [rect for title, rect in titles.items() if title.startswith(f"{bin_} (")]
        if rows == 0:  # where no row has the one column's bin at all it is not drawn either
            assert all(cell.get("fill") == "var(--jd-shade)" for cell in cells)
            continue
        (cell,) = cells
        ink = theme.colour(int(likely))
        if classes == 2:
            ink = "var(--jd-accent)" if value >= 0 else "var(--jd-warn)"
        assert cell.get("fill") == ink
        assert float(cell.get("fill-opacity")) == pytest.approx(0.6 * abs(value) / top, abs=1e-3)
    labelled = np.sort(np.abs(told[met]))[-6:]
    assert sum(f"{v:+.2f}" in texts or f"{-v:+.2f}" in texts for v in labelled) == 6


def test_small_numbers_are_not_written_as_nothing() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=400)})
    student = EbmRegressionStudent(1, 0.0, random_state=0)
    explained = student.fit_soft(frame, Predictions(1e-4 * frame["a"].to_numpy())).explain()
    drawn = shapes(explained)
    assert "+0.00 " not in drawn and "-0.00 " not in drawn and "+0.000" in drawn
    assert "A dot" not in drawn
