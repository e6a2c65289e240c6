"""Rows with other columns than a distillation has are refused, which these are being said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from jupyter_distill._validation import brief
from jupyter_distill.data import Column
from jupyter_distill.distillation import Distillation

from .audited import applicants, planted
from .distilling import data, run, smooth

OTHER = applicants(5).drop(columns="age").assign(postcode=1, shoe=2.0)
NAMED = r"Got no column 'age' and unknown column 'postcode', 'shoe'\."
SHAPE = r"Got a DataFrame of shape 5 by 5"


@pytest.mark.parametrize(
    "call",
    [
        lambda d: d.export("python", rows=OTHER),
        lambda d: d.export("text", rows=OTHER),
        lambda d: d.certificate(OTHER),
        lambda d: d.certificate(OTHER.to_dict("records")[0]),
        lambda d: d.certificate(OTHER, reasons=["shap"]),
        lambda d: d.student.explain(OTHER, d.targets),
    ],
)
def test_what_is_missing_and_what_is_not_known_is_named(call: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=NAMED):
        call(planted())


def test_their_order_and_their_number_are_named_too() -> None:
    d, frame = planted(), applicants(5)
    with pytest.raises(ValueError, match=r"in the order 'income'.*Reorder them: X\[columns\]"):
        d.export("json", rows=frame[frame.columns[::-1]])
    with pytest.raises(ValueError, match=r"4 columns: 'income', 'age'.* Got 3 columns"):
        d.export("json", rows=frame.to_numpy()[:, :3])
    with pytest.raises(TypeError, match="column 'income' to be numeric as before. Got 'much'"):
        d.export("json", rows=frame.assign(income="much"))


@pytest.mark.parametrize(
    "name", ["fidelity", "segments", "regions", "disagreements", "reliability"]
)
def test_a_frame_in_place_of_a_word_is_named_and_not_printed(name: str) -> None:
    with pytest.raises(ValueError, match=rf"'held_out', 'all'\. {SHAPE}\.$"):
        getattr(planted(), name)(rows=OTHER)


def test_new_rows_are_explained_by_certificates() -> None:
    for rows, kind in ((OTHER, "DataFrame"), (OTHER.to_numpy(), "ndarray")):
        with pytest.raises(ValueError, match=rf"places of rows.*a {kind} of shape.*certificate\("):
            planted().attributions(rows=rows)


def test_a_region_of_other_columns_is_refused() -> None:
    d = planted()
    region = d.regions()[0]
    assert len(d.disagreements(region=region))
    named = replace(region.limits[0], column=Column("goal", "category", ("car",)))
    strange = replace(region, limits=(named,))
    with pytest.raises(ValueError, match="one of other columns: 'goal'. See d.regions"):
        d.disagreements(region=strange)
    with pytest.raises(TypeError, match=SHAPE):
        d.disagreements(region=OTHER)


def distilled(kind: str) -> tuple[Distillation, Any]:
    """A distillation of rows of one kind, and two of its rows of another kind."""
    X, y = data(200)
    frame = pd.DataFrame(X, columns=["x0", "x1", "x2"])
    of = {"array": X, "polars": pl.from_pandas(frame)}[kind]
    teacher = smooth if kind == "array" else (lambda rows: smooth(rows.to_numpy()))
    return run(teacher, of, y, size=3, temperature=1.0), frame[:2]


@pytest.mark.parametrize("kind", ["array", "polars"])
def test_rows_in_a_frame_of_another_kind_are_certified_by_the_student_alone(kind: str) -> None:
    d, rows = distilled(kind)
    for one, row in zip(d.certificate(rows, reasons=["shap"]), (0, 1), strict=True):
        own = d.certificate(row)
        assert (one.answer, one.decision.text) == (own.answer, own.decision.text)
        assert one.change is not None and own.change is not None
        assert (one.change.cost, one.change.steps) == (own.change.cost, own.change.steps)
        assert one.teacher is None and one.beside[0].student and not one.beside[0].teacher


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("tree", "'tree'"),
        (None, "None"),
        (OTHER, "a DataFrame of shape 5 by 5"),
        (np.zeros((1_000, 2)), "a ndarray of shape 1,000 by 2"),
        ("x" * 100, "a str 'xxx"),
        (np.arange(40), "a ndarray array([ 0, 1,"),
    ],
)
def test_values_in_messages_are_brief(value: Any, said: str) -> None:
    assert brief(value).startswith(said) and len(brief(value)) < 120
