"""The drawings of an EBM: every term, its values, and nothing that could run."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.explanation import ShapeExplanation
from jupyter_distill.exports.shapes import shapes
from jupyter_distill.students.ebm import EbmStudent
from jupyter_distill.targets import SoftTargets

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
    for svg, term in zip(pictures, explained.terms, strict=True):
        assert svg.find("text").text == term.name
        assert term.bins[0] in svg.get("aria-label")
